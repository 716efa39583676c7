"""The keys, in words: the one table behind `--help`, the help page and the README."""

from __future__ import annotations

KEYS = (
    ("Arrows, WASD", "step; two arrows together go diagonally"),
    ("Y U B N, numpad", "step diagonally: NW NE SW SE"),
    ("R held (R)", "arrows go only diagonally"),
    ("Shift or Z held", "with a direction: run (B held)"),
    ("T or Ctrl", "with a direction: turn in place (START)"),
    ("X, Space, Enter", "A: attack, choose"),
    ("Z, Esc", "B: menu, back"),
    (". or 5, Z + X", "wait a turn (A + B)"),
    ("1 2 3 4", "use a move"),
    ("M", "moves"),
    ("I, Tab", "bag: use or throw"),
    (">", "take the stairs underfoot"),
    ("L", "messages"),
    ("?, H, F1", "these keys"),
    ("F11", "full screen (window)"),
    ("Q, Ctrl-C", "leave; the recording is kept"),
)
"""(keys, what they do). A terminal reports no held keys: use Shift, Ctrl, T and the diagonal keys there."""

REPLAY_KEYS = (
    ("Space", "pause, go on"), ("Right", "one step"), ("Up, Down", "faster, slower"), ("Q, Esc", "leave"),
)  # fmt: skip


def table(indent: str = "  ") -> str:
    """The keys as lines of text, for `--help`."""
    lines = [f"{indent}{keys:<18}{what}" for keys, what in KEYS]
    replay = [f"{indent}{keys:<18}{what}" for keys, what in REPLAY_KEYS]
    return "\n".join([*lines, f"{indent}in a replay:", *replay])
