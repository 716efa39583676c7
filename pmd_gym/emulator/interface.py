"""Seam 2, frame level: one game on one emulator, real or simulated.

Frames are counted inside the emulator, so that a request is exact however slow the connection is. This file knows
nothing of the wire and nothing of the game's rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Button(IntFlag):
    """GBA key bits, active high (`enums.key` of the RAM map)."""

    A = 0x001
    B = 0x002
    SELECT = 0x004
    START = 0x008
    RIGHT = 0x010
    LEFT = 0x020
    UP = 0x040
    DOWN = 0x080
    R = 0x100
    L = 0x200


class Condition(IntFlag):
    """What ends an `advance` early; any one of the given flags is enough.

    Evaluated after each frame on the console's RAM, by the rules of `ram.awaiting`.
    """

    COMMAND = 1  # the leader may act
    MESSAGE = 2  # a text box waits for A or B
    CHOICE = 4  # a yes/no box or a list in a box is open
    MENU = 8  # a menu is open (the stairs prompt is one)
    RUN_OVER = 16  # there is no dungeon any more


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the console stands after an `advance`.

    `number` is the emulator's frame counter; `met` the conditions that hold now (0: the frames ran out first); `ram` the
    whole EWRAM, 262,144 bytes uint8, read-only for the caller and valid until the next call on the emulator.
    """

    number: int
    met: Condition
    ram: NDArray[np.uint8]


class Emulator(Protocol):
    """One console. Calls are strictly one after another; a cancelled call leaves the emulator usable."""

    async def advance(self, buttons: Button, frames: int, until: Condition = Condition(0)) -> Frame:
        """Hold `buttons` for up to `frames` (1..3600) frames, or until a condition of `until` holds."""

    async def read(self, address: int, size: int) -> bytes:
        """`size` bytes at a bus address in EWRAM or IWRAM."""

    async def screen(self, out: NDArray[np.uint8]) -> int:
        """Write the screen to `out`, (160, 240, 3) uint8 RGB; returns the frame number it shows."""

    async def save_state(self) -> bytes:
        """Savestate of the console, in the core's own format."""

    async def load_state(self, savestate: bytes) -> Frame:
        """Load what `save_state` gave; SavestateError for anything else, and the game is untouched."""

    async def close(self) -> None:
        """Release everything; idempotent."""
