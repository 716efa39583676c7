"""The cartridge: reads a ROM file and makes sure that it is the game whose RAM the map describes.

Everything that is decoded later rests on this check: another revision or translation has its variables elsewhere.
Knows nothing of emulators.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from pmd_gym.errors import RomError
from pmd_gym.ram import layout

MAX_BYTES = 32 << 20
"""The console maps no more than 32 MiB of a cartridge."""
HEADER_BYTES = 0xC0

_TITLE, _CODE, _REVISION = slice(0xA0, 0xAC), slice(0xAC, 0xB0), 0xBC
_PACKED = {b"PK\x03\x04": "a zip archive", b"7z\xbc\xaf": "a 7z archive", b"\x1f\x8b": "a gzip file",
           b"Rar!": "a rar archive"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a cartridge the expected one: title (up to 12 letters), code (4 letters), SHA-1 of the whole ROM."""

    title: str
    code: str
    sha1: str


GAME = Identity(*(str(layout.ram_map()["rom"][key]) for key in ("title", "game_code", "sha1")))
"""Red Rescue Team, as `ram_map.json` has it."""


@dataclass(frozen=True, slots=True)
class Cartridge:
    """A ROM and what its header says; `verified` if it is byte for byte the expected game."""

    data: bytes
    title: str
    code: str
    revision: int
    sha1: str
    crc32: int
    verified: bool


def open_cartridge(path: str | PathLike[str], *, allow_unknown: bool = False, expected: Identity = GAME) -> Cartridge:
    """The ROM in a file; RomError, with the file's name, for whatever `read_cartridge` refuses."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RomError(f"{path}: cannot be read ({error.strerror or error}); check the path of the ROM") from error
    try:
        return read_cartridge(data, allow_unknown=allow_unknown, expected=expected)
    except RomError as error:
        raise RomError(f"{path}: {error}") from None


def read_cartridge(data: bytes, *, allow_unknown: bool = False, expected: Identity = GAME) -> Cartridge:
    """The ROM in `data`; RomError for what is no GBA ROM, and unless `allow_unknown` for what is not `expected`."""
    _check_size(data)
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    title, code = _letters(data[_TITLE]), _letters(data[_CODE])
    cartridge = Cartridge(data, title, code, data[_REVISION], sha1, zlib.crc32(data), sha1 == expected.sha1)
    if not cartridge.verified and not allow_unknown:
        raise RomError(_difference(cartridge, expected))
    return cartridge


def _check_size(data: bytes) -> None:
    for magic, name in _PACKED.items():
        if data.startswith(magic):
            raise RomError(f"this is {name}; unpack it and give the .gba file inside")
    if len(data) < HEADER_BYTES:
        raise RomError(f"truncated: {len(data)} bytes; a GBA ROM has a header of {HEADER_BYTES}")
    if len(data) > MAX_BYTES:
        raise RomError(f"too large: a GBA ROM has at most {MAX_BYTES:,} bytes")


def _letters(field: bytes) -> str:
    text = field.rstrip(b"\0").decode("ascii", "replace")
    return "".join(letter if letter.isprintable() and letter.isascii() else "?" for letter in text)


def _difference(found: Cartridge, expected: Identity) -> str:
    """What was found, what is needed, and what to do."""
    what = f"found {found.title!r} ({found.code}), revision {found.revision}, SHA-1 {found.sha1}"
    need = f"needed {expected.title!r} ({expected.code}), SHA-1 {expected.sha1}"
    if (found.title, found.code) != (expected.title, expected.code):
        return f"another game: {what}; {need}"
    return (
        f"the right title, but other bytes: a damaged dump, another revision, a translation or a hack; {what}; {need}; "
        "--allow-unknown-rom plays it all the same, with every observation marked as unverified"
    )
