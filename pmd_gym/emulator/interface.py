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


NO_BUTTON = Button(0)


class Condition(IntFlag):
    """What ends an `advance` early; any one of the given flags is enough.

    Evaluated after each frame on the console's RAM by the rules of `ram.awaiting`.
    """

    COMMAND = 1  # the leader may act
    MESSAGE = 2  # a text box waits for A or B
    CHOICE = 4  # a yes/no box or a list in a box is open
    MENU = 8  # a menu is open (the stairs prompt is one)
    RUN_OVER = 16  # there is no dungeon any more


NOTHING = Condition(0)


@dataclass(frozen=True, slots=True)
class EmulatorInfo:
    """What an emulator plays on: the core's name, the cartridge's title and code, and its screen in pixels.

    `savestate_is_ram` is true when a savestate is nothing but the EWRAM image, so that a mirror of it is a savestate.
    `unverified` is true for a cartridge that is not byte for byte the game whose RAM the map describes: whatever is
    decoded from it may be wrong. `frame_exact` is false where the game runs on between calls, in real time: presses and
    ends of an `advance` are then late by a frame or more, and the same presses need not give the same game.
    """

    core: str
    title: str
    code: str
    width: int = 240
    height: int = 160
    savestate_is_ram: bool = False
    unverified: bool = False
    frame_exact: bool = True


@dataclass(frozen=True, slots=True)
class Press:
    """What one `advance` asks for.

    `buttons` are down for the first `hold` frames, but are let go as soon as a condition that held at the start no
    longer holds (the game took them); with `hold` 0 they are down throughout. At most `frames` (0..3600; 0 runs
    nothing and only reports) are run, or until a condition of `until` counts.

    The leader may act both before a press and after it, so a condition that already holds when the call starts does
    not count at once: it counts after it was seen not to hold, or when `settle` frames have passed and it never
    stopped holding (the press had no effect, such as a step against a wall). With `settle` 0 it counts from the first
    frame. `COMMAND` counts when it held for two frames in a row, and for ten after a text box was open, because the
    game idles there (RAM guide section 5).
    """

    buttons: Button = NO_BUTTON
    frames: int = 600
    until: Condition = NOTHING
    hold: int = 0
    settle: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the console stands after an `advance`.

    `number` is the emulator's frame counter; `met` the conditions that hold now (none of those asked for: the frames
    ran out first); `ram` the whole EWRAM, 262,144 bytes uint8, read-only for the caller and valid until the next call
    on the emulator.
    """

    number: int
    met: Condition
    ram: NDArray[np.uint8]


class Emulator(Protocol):
    """One console. Calls are strictly one after another; a cancelled call leaves the emulator usable.

    A cancelled `advance` may or may not have run: the next call reports where the console stands.
    """

    @property
    def info(self) -> EmulatorInfo:
        """What plays there; constant for the life of the emulator."""

    async def advance(self, press: Press) -> Frame:
        """Hold buttons and run frames as `press` says; ConfigError where a field is out of range."""

    async def read(self, address: int, size: int) -> bytes:
        """`size` bytes (1..65536) at a bus address inside EWRAM or IWRAM; ConfigError for any other range."""

    async def screen(self, out: NDArray[np.uint8]) -> int:
        """Write the screen to `out`, (160, 240, 3) uint8 RGB; returns the frame number it shows."""

    async def save_state(self) -> bytes:
        """Savestate of the console, in the core's own format."""

    async def load_state(self, savestate: bytes) -> Frame:
        """Load what `save_state` gave; SavestateError for anything else, and the game is untouched."""

    async def close(self) -> None:
        """Release everything; idempotent. Other calls raise ClosedError afterwards."""
