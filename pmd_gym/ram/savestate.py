"""Savestates of emulators: finds EWRAM and IWRAM in a file, and refuses whatever is not a whole state of this game.

Formats: mGBA's `.ss0`-`.ss9` (a PNG picture with the state in a `gbAs` chunk), its bare block of 397,312 bytes,
libretro states (the same block, then extra data behind a table of 16-byte headers), and raw EWRAM dumps of 262,144
bytes. Layout of the block: mGBA 0.10, checked with a state of the real game. Files are not trusted: sizes are
limited before anything is unpacked. How mGBA's files are built is `mgba_format`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import SavestateError
from pmd_gym.ram import layout
from pmd_gym.ram.mgba_format import BLOCK_SIZE, PNG, MgbaState, take_apart

Format = Literal["png", "block", "libretro", "ewram"]

MAX_FILE_BYTES = 4 << 20
_IWRAM = 0x19000
"""Where it lies in the block of a state."""


@dataclass(frozen=True, slots=True)
class Savestate:
    """One console at rest.

    `ewram` is (262144,) uint8, `iwram` (32768,) uint8; both read-only. A raw dump has no IWRAM, title, code,
    checksum; only a PNG state has a `picture`, a PNG file without the emulator's own chunks.
    """

    format: Format
    ewram: NDArray[np.uint8]
    iwram: NDArray[np.uint8] | None = None
    title: str | None = None
    code: str | None = None
    rom_crc32: int | None = None
    picture: bytes | None = None


def load_savestate(path: str | PathLike[str]) -> Savestate:
    """Read the savestate in a file; SavestateError names the file and what is wrong with it, in one line."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SavestateError(f"{path}: cannot be read ({error.strerror or error})") from error
    try:
        return parse_savestate(data)
    except SavestateError as error:
        raise SavestateError(f"{path}: {error}") from None


def parse_savestate(data: bytes) -> Savestate:
    """The savestate in `data`; SavestateError if it is torn, too large, of another game, or of no known format."""
    if len(data) > MAX_FILE_BYTES:
        raise SavestateError(f"too large for a savestate: more than {MAX_FILE_BYTES:,} bytes")
    state = take_apart(data)
    if state is not None:
        return _of_this_game(state)
    if len(data) == layout.EWRAM_SIZE:
        return Savestate("ewram", _array(data, 0, layout.EWRAM_SIZE))
    raise SavestateError(_unknown_format(data))


def _unknown_format(data: bytes) -> str:
    if not data:
        return "the file is empty"
    if PNG.startswith(data[: len(PNG)]):
        return f"truncated: {len(data)} bytes of a PNG signature"
    return (
        f"no known savestate: {len(data):,} bytes; expected a PNG savestate, a block of {BLOCK_SIZE:,} bytes, "
        f"a libretro state, or an EWRAM dump of {layout.EWRAM_SIZE:,} bytes"
    )


def _of_this_game(state: MgbaState) -> Savestate:
    rom = layout.ram_map()["rom"]
    if (state.title, state.code) != (rom["title"], rom["game_code"]):
        expected = f"{rom['title']!r} ({rom['game_code']})"
        raise SavestateError(f"a state of another game: {state.title!r} ({state.code}), expected {expected}")
    return Savestate(
        format=state.form,
        ewram=_array(state.ewram, 0, layout.EWRAM_SIZE),
        iwram=_array(state.block, _IWRAM, layout.IWRAM_SIZE),
        title=state.title,
        code=state.code,
        rom_crc32=state.rom_crc32,
        picture=state.picture,
    )


def _array(data: bytes, offset: int, size: int) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8, count=size, offset=offset)
