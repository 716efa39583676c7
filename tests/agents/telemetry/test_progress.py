"""What a person sees of a run."""

from __future__ import annotations

import io

from rich.console import Console

from agents.telemetry.episodes import Episode
from agents.telemetry.interface import Slot
from agents.telemetry.progress import Progress

EPISODE = Episode(4, 7, "truncated", 2, 10, hp=20, reward=1.0, reason="max_steps")


def progress(*, terminal: bool, done: tuple[Episode, ...] = ()) -> tuple[Progress, io.StringIO]:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=100, color_system=None)
    return Progress(console, "explorer in Tiny Woods", 9, done), text


def test_a_terminal_shows_every_game() -> None:
    shown, text = progress(terminal=True)
    shown.stepped([Slot(0, 5, floor=3, hp=17, actions=[1, 2]), Slot(1)])
    shown.ended(Slot(0), EPISODE)
    shown.close()
    shown.close()
    last = text.getvalue()
    for told in ("explorer in Tiny Woods", "17", "truncated (max_steps) on floor 2", "1/9 episodes: 1 truncated"):
        assert told in last


def test_anything_else_gets_one_line_an_episode() -> None:
    shown, text = progress(terminal=False)
    shown.stepped([Slot(0, 5)])
    shown.ended(Slot(0), EPISODE)
    shown.close()
    assert text.getvalue() == "1/9 episodes  #4 truncated (max_steps) on floor 2 after 10 steps, HP 20\n"


def test_episodes_played_before_are_counted() -> None:
    shown, text = progress(terminal=False, done=(EPISODE,))
    shown.ended(Slot(0), EPISODE)
    assert text.getvalue().startswith("2/9 episodes")
