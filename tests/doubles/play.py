"""Doubles of the rooms round a person's game: moments made by hand, a window that follows a script, a toy game."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.play.interface import KeyEvent, View
from pmd_gym.play.scene import Enemy, Member, Move, Scene

LEADER = Member(0, "Charmander", 5, 20, 24, 87, 100, 30, (), True)
PARTNER = Member(1, "Squirtle", 5, 18, 25, 100, 100, 30, (), False)
PIDGEY = Enemy(7, "Pidgey", 12, (12, 10))
TILES = tuple(
    ["#" * 56] * 5 + ["#####" + "." * 9 + "#" * 42] * 7 + ["#" * 56] * 20,
)
MOVES = (Move(0, "Scratch", 35, True), Move(1, "Growl", 0, False))


def mask(*names: str) -> NDArray[np.int8]:
    """(63,) int8 that allows these actions."""
    allowed = np.zeros(len(ACTIONS), np.int8)
    allowed[[ACTIONS.index(name) for name in names]] = 1
    return allowed


def moment(**changes: Any) -> Scene:
    """A moment in a room of Tiny Woods, where the leader may wait, attack, step east and use his first move."""
    usual = Scene(
        dungeon="Tiny Woods", floor=1, floor_count=3, turns_left=990, money=20, weather="Clear",
        members=(LEADER, PARTNER), enemies=(), moves=MOVES, bag=(), tiles=TILES,
        letters={"#": "wall", ".": "room", "@": "Charmander (leader)"}, place=(9, 8), facing=2, room=0,
        mask=mask("wait", "attack", "step_east", "face_north", "move_1"), log=(),
    )  # fmt: skip
    return replace(usual, **changes)


def taps(*names: str) -> list[KeyEvent]:
    """Keys pressed and released one after another."""
    return [KeyEvent(name, down) for name in names for down in (True, False)]


class ScriptedWindow:
    """Gives one batch of events at each `read`, remembers what it showed; closes itself when the script is over."""

    def __init__(self, script: Iterable[Sequence[KeyEvent]], wants_pixels: bool = False) -> None:
        self.wants_pixels = wants_pixels
        self.views: list[View] = []
        self.reads: list[float] = []
        self._script = iter(script)

    def show(self, view: View) -> None:
        """See `Window.show`."""
        self.views.append(view)

    def read(self, timeout_s: float) -> list[KeyEvent]:
        """See `Window.read`."""
        self.reads.append(timeout_s)
        return list(next(self._script, [KeyEvent("close")]))

    def close(self) -> None:
        """See `Window.close`."""
