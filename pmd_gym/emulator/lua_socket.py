"""A visible mGBA behind the frame-level seam, through a Lua script in its window (`scripts/mgba_socket.lua`, or
mGBA-http's own).

Everything that is asked together is answered between two frames, the frame's number first and last: RAM is always that
of one frame. But the game runs on in real time while nobody asks, so this mode is not frame-exact: `info.frame_exact`
is false. A press is held, and an `advance` ends, a frame or more later than asked, keys that a person presses count
too, and the same presses from the same state need not give the same game. A step costs its animation in real time.

Pictures and savestates pass through files, so mGBA must run on this machine; the protocol knows no password, so only
loopback is taken.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import lua_codec, lua_places
from pmd_gym.emulator.cartridge import GAME
from pmd_gym.emulator.conditions import StopRule, check_press, condition_bits
from pmd_gym.emulator.interface import Condition, EmulatorInfo, Frame, Press
from pmd_gym.emulator.lua_codec import Request, Value
from pmd_gym.emulator.lua_link import LuaLink, LuaTimeouts
from pmd_gym.errors import ClosedError, ConfigError, EmulatorError, PmdGymError, RomError, SavestateError
from pmd_gym.ram import MgbaState, layout, libretro_state, take_apart

DEFAULT_ADDRESS = "127.0.0.1:8888"
"""Where the scripts listen unless they were changed."""
MAX_READ = 1 << 16
_RANGE = 1 << 13
"""Bytes asked for in one request of an image: small enough to be sent in one piece by a script that does not finish."""
_WHOLE = tuple((start, _RANGE) for start in range(0, layout.EWRAM_SIZE, _RANGE))
_IMAGE_TRIES = 5
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PICTURE, _SAVE_MEMORY = 1, 2  # mGBA's flags of what goes into a state's file beside the state
_GBA = 0
_CRC32 = int(layout.ram_map()["rom"]["crc32"], 16)
_FRAME = lua_codec.number("core.currentFrame")


class LuaEmulator:
    """One mGBA window; conforms to `Emulator` within the limits of the module's docstring."""

    def __init__(self, link: LuaLink, info: EmulatorInfo) -> None:
        """Use `await LuaEmulator.open(address)`."""
        self._link = link
        self._info = info
        self._ram = np.zeros(layout.EWRAM_SIZE, np.uint8)
        self._signals = np.zeros(layout.EWRAM_SIZE, np.uint8)
        self._shared_ram = self._ram.view()
        self._shared_ram.flags.writeable = False
        self._number = 0
        self._counter: int | None = None  # of mGBA, at the last look; a loaded state brings its own
        self._keys: int | None = None  # None: unknown, so that they are set
        self._folder = Path(tempfile.mkdtemp(prefix="pmd_gym-"))
        self._closed = False

    @classmethod
    async def open(
        cls, address: str = DEFAULT_ADDRESS, *, allow_unknown_rom: bool = False, timeouts: LuaTimeouts | None = None
    ) -> LuaEmulator:
        """Connect and look what plays there.

        Raises ConfigError for an address that is not HOST:PORT on this machine, RomError for another game, and what
        `LuaLink.ask` raises.
        """
        link = LuaLink(*_host_and_port(address), timeouts or LuaTimeouts())
        try:
            info = await _identify(link, allow_unknown_rom)
        except BaseException:
            await link.close()
            raise
        return cls(link, info)

    @property
    def info(self) -> EmulatorInfo:
        """The cartridge as mGBA reads it; `frame_exact` is false."""
        return self._info

    @property
    def faults(self) -> int:
        """Exchanges that had to be made again, because a reply was cut, late or lost."""
        return self._link.faults

    async def advance(self, press: Press) -> Frame:
        """See `Press`; the game has run at least `frames` frames, or until a condition counted, and a little on."""
        self._check_open()
        check_press(press)
        met, passed = await self._look([]), 0
        rule = StopRule(press, met)
        while passed < press.frames:
            before = self._number
            met = await self._look(self._set_keys(int(press.buttons) if rule.holds() else 0))
            passed += self._number - before
            if self._number > before and rule.ends(met, self._number - before):
                frame = await self._image(self._set_keys(0))
                if frame.met & press.until:
                    return frame
        return await self._image(self._set_keys(0))

    async def read(self, address: int, size: int) -> bytes:
        """Bytes of EWRAM or IWRAM, as they are now."""
        self._check_open()
        for base, length in ((layout.EWRAM_BASE, layout.EWRAM_SIZE), (layout.IWRAM_BASE, layout.IWRAM_SIZE)):
            if base <= address and address + size <= base + length and 1 <= size <= MAX_READ:
                (data,) = await self._link.ask([lua_codec.memory(address, size)])
                assert isinstance(data, bytes)
                return data
        raise ConfigError(f"{size} bytes at {address:#010x} are not 1..{MAX_READ} bytes inside EWRAM or IWRAM")

    async def screen(self, out: NDArray[np.uint8]) -> int:
        """The picture in the window; its frame is the one the game stood in when it was taken."""
        self._check_open()
        path = self._folder / "screen.png"
        await self._at_once([lua_codec.order("core.screenshot", str(path))], [])
        out[:] = _picture(_written(path))
        return self._number

    async def save_state(self) -> bytes:
        """A `.ssN` of mGBA, picture and save memory included."""
        self._check_open()
        path = self._folder / "save.ss"
        await self._at_once([lua_codec.order("core.saveStateFile", str(path), _PICTURE | _SAVE_MEMORY)], [])
        state = _written(path)
        if take_apart(state) is None:
            raise EmulatorError(f"mGBA wrote no savestate to {path}, but {len(state)} bytes; is the disk full?")
        return state

    async def load_state(self, savestate: bytes) -> Frame:
        """A state of `save_state`, of mGBA's windows, or of a libretro core; of this cartridge."""
        self._check_open()
        state = take_apart(savestate)
        if state is None:
            raise SavestateError(f"no known savestate ({len(savestate):,} bytes); give an mGBA state, .ss0 to .ss9")
        self._check_game(state)
        path = self._folder / "load.ss"
        _write(path, libretro_state(state))
        frame = await self._image([lua_codec.order("core.loadStateFile", str(path), _SAVE_MEMORY)], loads=True)
        if frame.ram.tobytes() != state.ewram:
            raise SavestateError("mGBA did not load the state; does the file belong to another version of mGBA?")
        self._number += 1
        return Frame(self._number, frame.met, frame.ram)

    async def close(self) -> None:
        """Let go of the keys and hang up; idempotent. The window stays, and the game goes on."""
        if self._closed:
            return
        self._closed = True
        if self._keys != 0:
            with contextlib.suppress(PmdGymError):
                await self._link.ask([lua_codec.order("core.setKeys", 0)])
        await self._link.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the connection to mGBA's script was closed")

    def _check_game(self, state: MgbaState) -> None:
        if (state.title, state.code) != (self._info.title, self._info.code):
            found, needed = f"{state.title!r} ({state.code})", f"{self._info.title!r} ({self._info.code})"
            raise SavestateError(f"a state of another game: {found}, but mGBA plays {needed}")

    def _set_keys(self, keys: int) -> list[Request]:
        """What brings the pad into a position; nothing if it is there."""
        if keys == self._keys:
            return []
        self._keys = keys
        return [lua_codec.order("core.setKeys", keys)]

    async def _look(self, orders: list[Request]) -> int:
        """Bits of the conditions that hold, from the few places that say so; one exchange."""
        places = lua_places.signals(self._signals)
        while True:
            await self._fill(self._signals, places, orders)
            again = lua_places.signals(self._signals)
            if again == places:
                return condition_bits(self._signals.data)
            places, orders = again, []  # the dungeon has moved meanwhile

    async def _image(self, orders: list[Request], *, loads: bool = False) -> Frame:
        """The whole of EWRAM, of one frame."""
        if loads:
            self._counter = None
        await self._fill(self._ram, _WHOLE, orders)
        return Frame(self._number, Condition(condition_bits(self._ram.data)), self._shared_ram)

    async def _fill(self, image: NDArray[np.uint8], places: Sequence[tuple[int, int]], orders: list[Request]) -> None:
        """Bring parts of an image up to date: (offset, size) each."""
        parts = [lua_codec.memory(layout.EWRAM_BASE + start, size) for start, size in places]
        for (start, size), data in zip(places, await self._at_once(orders, parts), strict=True):
            assert isinstance(data, bytes)
            image[start : start + size] = np.frombuffer(data, np.uint8)

    async def _at_once(self, orders: list[Request], looks: list[Request]) -> list[Value]:
        """Carry out orders, then look: the replies to `looks` all belong to one frame.

        Made again where an exchange fell apart over two frames.
        """
        try:
            for _ in range(_IMAGE_TRIES):
                values = (await self._link.ask([*orders, _FRAME, *looks, _FRAME]))[len(orders) :]
                if values[0] == values[-1]:
                    self._count(values[0])
                    return values[1:-1]
        except BaseException:
            self._keys = None  # nobody knows how far it got
            raise
        raise EmulatorError("mGBA runs so fast that no frame can be read whole; set it to normal speed")

    def _count(self, counter: Value) -> None:
        """Frames since the last look; a counter that went back was loaded by someone, and counts as one frame."""
        assert isinstance(counter, int)
        if self._counter is not None and counter != self._counter:
            self._number += max(1, counter - self._counter)
        self._counter = counter


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if host.strip("[]") not in _LOOPBACK or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise ConfigError(
            f"{address!r} is not HOST:PORT on this machine; mGBA's script is reached at {DEFAULT_ADDRESS}, and pictures"
            " and savestates pass through this machine's files"
        )
    return host.strip("[]"), int(port)


async def _identify(link: LuaLink, allow_unknown_rom: bool) -> EmulatorInfo:
    title, code, platform, checksum = await link.ask([
        lua_codec.text("core.getGameTitle"), lua_codec.text("core.getGameCode"), lua_codec.number("core.platform"),
        lua_codec.number("core.checksum")])  # fmt: skip
    title, code = str(title).rstrip("\0 "), str(code)[-4:]
    # scripts write the four bytes of the checksum in the order they have in memory
    verified = isinstance(checksum, int) and int.from_bytes((checksum % (1 << 32)).to_bytes(4, "little")) == _CRC32
    if platform != _GBA:
        raise RomError(f"mGBA plays no GBA game, but {title!r}; load the game there")
    if not verified and not allow_unknown_rom:
        raise RomError(
            f"mGBA plays {title!r} ({code}), checksum {checksum!r}; needed {GAME.title!r} ({GAME.code}), CRC-32"
            f" {_CRC32:08X}; --allow-unknown-rom plays it all the same, with every observation marked as unverified"
        )
    return EmulatorInfo("mGBA window (Lua)", title, code, unverified=not verified, frame_exact=False)


def _picture(data: bytes) -> Any:
    import io

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if picture.size != (layout.SCREEN_WIDTH, layout.SCREEN_HEIGHT):
                raise EmulatorError(f"mGBA's picture has {picture.size} pixels, not 240x160")
            return np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise EmulatorError(f"mGBA wrote no whole picture ({error}); is the disk full?") from error


def _written(path: Path) -> bytes:
    """What mGBA wrote, once: a file that stays would be taken for the next one."""
    try:
        data = path.read_bytes()
        path.unlink()
        return data
    except OSError as error:
        raise EmulatorError(f"mGBA wrote no {path}: {error.strerror}; is the disk full?") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise EmulatorError(f"cannot write {path}: {error.strerror}; mGBA reads states from files") from error
