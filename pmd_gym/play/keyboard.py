"""Key events into commands: which key is which button of the console.

Holding is understood as on the console (B to run, R for diagonals only, START to turn), where the window reports
releases; a terminal reports none, so every such thing has a key of its own too. Knows nothing of menus or rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


class Do(Enum):
    """What a person asks for; what it means depends on the open page."""

    GO = auto()  # number: direction
    RUN = auto()  # number: direction
    TURN = auto()  # number: direction
    CONFIRM = auto()  # the console's A
    CANCEL = auto()  # the console's B, tapped
    WAIT = auto()
    STAIRS = auto()
    MOVE = auto()  # number: slot
    MOVES = auto()
    BAG = auto()
    LOG = auto()
    HELP = auto()
    QUIT = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One request; `number` is a direction 0..7 (0 south, then counter-clockwise) or a slot."""

    do: Do
    number: int = 0


class Event(Protocol):
    """The part of `interface.KeyEvent` that is read here."""

    @property
    def name(self) -> str: ...
    @property
    def down(self) -> bool: ...
    @property
    def shift(self) -> bool: ...
    @property
    def ctrl(self) -> bool: ...


CROSS = {
    "down": (0, 1), "right": (1, 0), "up": (0, -1), "left": (-1, 0),
    "s": (0, 1), "d": (1, 0), "w": (0, -1), "a": (-1, 0),
}  # fmt: skip
"""Keys of the four straight directions: dx, dy."""
DIAGONALS = {"n": 1, "u": 3, "y": 5, "b": 7, "pagedown": 1, "pageup": 3, "home": 5, "end": 7}
"""Keys of the diagonals: the direction."""
DIRECTIONS = {(0, 1): 0, (1, 1): 1, (1, 0): 2, (1, -1): 3, (0, -1): 4, (-1, -1): 5, (-1, 0): 6, (-1, 1): 7}

BUTTON_A, BUTTON_B, BUTTON_R, BUTTON_START = ("x", "space", "enter"), "z", "r", "t"
_PLAIN = {
    "escape": Command(Do.CANCEL), "backspace": Command(Do.CANCEL), ".": Command(Do.WAIT), "5": Command(Do.WAIT),
    ">": Command(Do.STAIRS), "m": Command(Do.MOVES), "i": Command(Do.BAG), "tab": Command(Do.BAG),
    "l": Command(Do.LOG), "?": Command(Do.HELP), "f1": Command(Do.HELP), "h": Command(Do.HELP),
    "q": Command(Do.QUIT), "close": Command(Do.CLOSE),
    **{str(slot + 1): Command(Do.MOVE, slot) for slot in range(4)},
}  # fmt: skip


class Keyboard:
    """Remembers which keys are held, and whether the next direction only turns."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._b_was_used = False
        self._turning = False

    def command(self, event: Event) -> Command | None:
        """What this event asks for, if anything."""
        return self._pressed(event) if event.down else self._released(event.name)

    def _pressed(self, event: Event) -> Command | None:
        is_fresh = event.name not in self._held
        self._held.add(event.name)
        if event.name in CROSS or event.name in DIAGONALS:
            return self._directed(event)
        return self._button(event.name) if is_fresh else None

    def _button(self, name: str) -> Command | None:
        """A key that acts once however long it is held."""
        if name == BUTTON_START:
            self._turning = not self._turning
        elif name in BUTTON_A:
            return self._button_a()
        elif name == BUTTON_B:
            self._b_was_used = False
        return _PLAIN.get(name)

    def _released(self, name: str) -> Command | None:
        was_held = name in self._held
        self._held.discard(name)
        return Command(Do.CANCEL) if name == BUTTON_B and was_held and not self._b_was_used else None

    def _button_a(self) -> Command:
        if BUTTON_B in self._held:
            self._b_was_used = True
            return Command(Do.WAIT)
        return Command(Do.CONFIRM)

    def _directed(self, event: Event) -> Command | None:
        direction = self._direction(event.name)
        if direction is None:
            return None
        turning, self._turning = self._turning or event.ctrl, False
        if turning:
            return Command(Do.TURN, direction)
        if event.shift or BUTTON_B in self._held:
            self._b_was_used = True
            return Command(Do.RUN, direction)
        return Command(Do.GO, direction)

    def _direction(self, name: str) -> int | None:
        """Direction of a key together with the arrows held; None for none, or a straight one while R is held."""
        if name in DIAGONALS:
            return DIAGONALS[name]
        ways = [CROSS[key] for key in self._held if key in CROSS]
        dx, dy = sum({way[0] for way in ways}), sum({way[1] for way in ways})
        direction = DIRECTIONS.get((dx, dy))
        if direction is not None and BUTTON_R in self._held and not (dx and dy):
            return None
        return direction
