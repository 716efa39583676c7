"""The real game behind the frame-level seam: an mGBA core in this process, without a window.

Frames are counted here, and what the console waits for is asked after each one on the core's own memory. One emulator
a process is the rule (`server.py`); several in one process work too, each with a copy of the core, one after another.
A damaged state may be whole by every sign and still hang or crash the core: another reason for a process of its own.

The console is deterministic: one state and the same keys give the same RAM. Nothing outside it is used: no BIOS file,
no save file, no clock but the one in the state. Frames are drawn only while somebody asks for pictures (`lazy_screen`).
"""

from __future__ import annotations

import asyncio
import dataclasses
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import libretro_abi as abi
from pmd_gym.emulator.cartridge import Cartridge, open_cartridge
from pmd_gym.emulator.conditions import StopRule, Watch, check_press
from pmd_gym.emulator.core import check_version, find_core
from pmd_gym.emulator.interface import Button, Condition, EmulatorInfo, Frame, Press
from pmd_gym.emulator.lazy_screen import LazyScreen
from pmd_gym.emulator.libretro_core import LibretroCore
from pmd_gym.errors import ClosedError, ConfigError, SavestateError
from pmd_gym.ram import MgbaState, layout, libretro_state, png_state, take_apart

FRAMES_AT_ONCE = 64
"""Frames run without letting the event loop do anything else: about 0.1 s of a busy game."""
MAX_READ = 1 << 16
MAX_STATE_FILE = 4 << 20

_JOYPAD_OF_BUTTON = {
    Button.A: abi.JOYPAD_A, Button.B: abi.JOYPAD_B, Button.SELECT: abi.JOYPAD_SELECT, Button.START: abi.JOYPAD_START,
    Button.RIGHT: abi.JOYPAD_RIGHT, Button.LEFT: abi.JOYPAD_LEFT, Button.UP: abi.JOYPAD_UP,
    Button.DOWN: abi.JOYPAD_DOWN, Button.R: abi.JOYPAD_R, Button.L: abi.JOYPAD_L,
}  # fmt: skip


class LibretroEmulator:
    """One console on an mGBA core; conforms to `Emulator`. `open_mgba` is the usual way to one."""

    def __init__(self, core: str | PathLike[str], cartridge: Cartridge, *, lend_ram: bool = False) -> None:
        """Load the core at a path, of mGBA 0.10 or newer, and switch the console on. CoreError if that fails.

        `lend_ram` hands out the core's own memory in place of a copy, which must not be touched after `close`.
        """
        self._cartridge = dataclasses.replace(cartridge, data=b"")  # the core has the ROM; 32 MiB are not kept twice
        self._core = LibretroCore(core, cartridge.data, check=check_version)
        self._ewram = self._core.region(layout.EWRAM_BASE, layout.EWRAM_SIZE)
        self._iwram = self._core.region(layout.IWRAM_BASE, layout.IWRAM_SIZE)
        self._look = Watch(self._ewram.data)
        self._ram = self._ewram if lend_ram else np.zeros(layout.EWRAM_SIZE, np.uint8)
        self._shared_ram = self._ram.view()
        self._shared_ram.flags.writeable = False
        self._screen = LazyScreen(self._core)
        self._number = 0
        self._closed = False

    @property
    def info(self) -> EmulatorInfo:
        """The core by name and version, and what the cartridge says of itself."""
        name, cartridge = f"{self._core.name} {self._core.version}", self._cartridge
        return EmulatorInfo(name, cartridge.title, cartridge.code, unverified=not cartridge.verified)

    @property
    def cartridge(self) -> Cartridge:
        """What is in the console; its `data`, which the core holds, is empty."""
        return self._cartridge

    async def advance(self, press: Press) -> Frame:
        """Run frames; see `Press`."""
        self._check_open()
        check_press(press)
        met = self._look()
        rule, keys = StopRule(press, met), joypad(press.buttons)
        for count in range(1, press.frames + 1):
            self._screen.run(keys if rule.holds() else 0)
            self._number += 1
            met = self._look()
            if rule.ends(met):
                break
            if count % FRAMES_AT_ONCE == 0:
                await asyncio.sleep(0)
        return self._stand(met)

    async def read(self, address: int, size: int) -> bytes:
        """Bytes of EWRAM or IWRAM."""
        self._check_open()
        for base, memory in ((layout.EWRAM_BASE, self._ewram), (layout.IWRAM_BASE, self._iwram)):
            start = address - base
            if start >= 0 and 1 <= size <= MAX_READ and start + size <= len(memory):
                return memory[start : start + size].tobytes()
        raise ConfigError(f"{size} bytes at {address:#010x} are not 1..{MAX_READ} bytes inside EWRAM or IWRAM")

    async def screen(self, out: NDArray[np.uint8]) -> int:
        """The last frame's picture. Straight after a load there is none: then what the next frame will show."""
        self._check_open()
        self._screen.picture(out)
        return self._number

    async def save_state(self) -> bytes:
        """A libretro state, save memory included, which mGBA's own windows load too."""
        self._check_open()
        return self._core.serialize()

    async def save_png(self) -> bytes:
        """The same as a `.ssN` file: a picture of the screen with the state in it."""
        self._check_open()
        state = take_apart(self._core.serialize())
        assert state is not None  # it is the core's own
        picture = np.zeros((layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
        await self.screen(picture)
        return png_state(state, picture)

    async def load_state(self, savestate: bytes) -> Frame:
        """A state of `save_state`, a bare block, or a `.ssN` of mGBA; of this cartridge."""
        return self.load(savestate)

    def load(self, savestate: bytes) -> Frame:
        """`load_state` for whoever has no event loop yet."""
        self._check_open()
        self._core.unserialize(state_for(self._cartridge, savestate))
        self._screen.jump()
        return self._stand(self._look())

    async def close(self) -> None:
        """Unload game and core; idempotent. RAM that was handed out stays as it was."""
        if self._closed:
            return
        self._closed = True
        self._ewram = self._iwram = self._ram = np.zeros(0, np.uint8)
        self._look = Watch(bytes(layout.EWRAM_SIZE))
        self._core.close()

    def _stand(self, met: int) -> Frame:
        if self._ram is not self._ewram:  # a copy: the core's memory is gone when it closes
            np.copyto(self._ram, self._ewram)
        return Frame(self._number, Condition(met), self._shared_ram)

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the emulator was closed")


def joypad(buttons: Button) -> int:
    """The GBA's button bits as a mask of libretro's joypad ids."""
    return sum(1 << number for button, number in _JOYPAD_OF_BUTTON.items() if buttons & button)


def state_for(cartridge: Cartridge, savestate: bytes) -> bytes:
    """A savestate in the form that a core takes; SavestateError unless it is whole and was made on this cartridge."""
    if len(savestate) > MAX_STATE_FILE:
        raise SavestateError(f"too large for a savestate: more than {MAX_STATE_FILE:,} bytes")
    state = take_apart(savestate)
    if state is None:
        what = "a bare dump of RAM is no console" if len(savestate) == layout.EWRAM_SIZE else "no known savestate"
        raise SavestateError(f"{what} ({len(savestate):,} bytes); give an mGBA state: .ss0 to .ss9, or a libretro one")
    _check_game(state, cartridge)
    return libretro_state(state)


def _check_game(state: MgbaState, game: Cartridge) -> None:
    if (state.title, state.code) != (game.title, game.code):
        found, needed = f"{state.title!r} ({state.code})", f"{game.title!r} ({game.code})"
        raise SavestateError(f"a state of another game: {found}, but the cartridge is {needed}")
    if state.rom_crc32 != game.crc32 and game.verified:
        raise SavestateError(
            f"a state of another revision of the game: made on a ROM with CRC-32 {state.rom_crc32:08X}, "
            f"this one has {game.crc32:08X}; make a new state with this ROM"
        )


def open_mgba(
    rom: str | PathLike[str], *, allow_unknown_rom: bool = False, lend_ram: bool = False
) -> LibretroEmulator:
    """The console with the ROM in a file, switched on, on the core that `find_core` finds; see `LibretroEmulator`.

    Raises RomError for the wrong ROM, CoreError where there is no core that works.
    """
    cartridge = open_cartridge(rom, allow_unknown=allow_unknown_rom)
    return LibretroEmulator(find_core().path, cartridge, lend_ram=lend_ram)


def read_state(path: str | PathLike[str], cartridge: Cartridge) -> bytes:
    """The savestate in a file as `state_for` gives it; SavestateError, with the file's name, for what that refuses."""
    try:
        with Path(path).open("rb") as file:
            return state_for(cartridge, file.read(MAX_STATE_FILE + 1))
    except OSError as error:
        raise SavestateError(f"{path}: cannot be read ({error.strerror or error})") from error
    except SavestateError as error:
        raise SavestateError(f"{path}: {error}") from None
