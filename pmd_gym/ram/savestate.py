"""Savestates of emulators: finds EWRAM and IWRAM in a file, and refuses whatever is not a whole state of this game.

Formats: mGBA's `.ss0`-`.ss9` (a PNG picture with the state in a `gbAs` chunk), its bare block of 397,312 bytes,
libretro states (the same block, then extra data behind a table of 16-byte headers), and raw EWRAM dumps of 262,144
bytes. Layout of the block: mGBA 0.10, checked with a state of the real game. Files are not trusted: sizes are
limited before anything is unpacked.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import SavestateError
from pmd_gym.ram import layout

Format = Literal["png", "block", "libretro", "ewram"]

MAX_FILE_BYTES = 4 << 20
BLOCK_SIZE = 0x61000
BLOCK_IWRAM = 0x19000
BLOCK_EWRAM = 0x21000
BLOCK_MAGIC = 0x01000000
"""First word of a block: this plus a format version of 0..255; version 7 is that of mGBA 0.9 and 0.10."""

_PNG = b"\x89PNG\r\n\x1a\n"
_TITLE = slice(0x10, 0x1C)
_CODE = slice(0x1C, 0x20)
_CRC = slice(0x08, 0x0C)
_EXTRA_HEADER = struct.Struct("<iiq")  # tag, size, offset in the file; tag 0 ends the table


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
    if data.startswith(_PNG):
        return _from_png(data)
    if _begins_like_block(data):
        return _from_block(data)
    if len(data) == layout.EWRAM_SIZE:
        return Savestate("ewram", _array(data, 0, layout.EWRAM_SIZE))
    raise SavestateError(_unknown_format(data))


def _unknown_format(data: bytes) -> str:
    if not data:
        return "the file is empty"
    if _PNG.startswith(data[: len(_PNG)]):
        return f"truncated: {len(data)} bytes of a PNG signature"
    return (
        f"no known savestate: {len(data):,} bytes; expected a PNG savestate, a block of {BLOCK_SIZE:,} bytes, "
        f"a libretro state, or an EWRAM dump of {layout.EWRAM_SIZE:,} bytes"
    )


def _begins_like_block(data: bytes) -> bool:
    return len(data) >= 4 and int.from_bytes(data[:4], "little") & ~0xFF == BLOCK_MAGIC


def _from_block(data: bytes) -> Savestate:
    """A bare block, or one with libretro's extra data behind it."""
    _check_block(data[:BLOCK_SIZE])
    if len(data) == BLOCK_SIZE:
        return _of_block("block", data)
    _check_extra_data(data)
    return _of_block("libretro", data[:BLOCK_SIZE])


def _check_block(block: bytes) -> None:
    if len(block) < BLOCK_SIZE:
        raise SavestateError(f"truncated: the state block has {len(block):,} of {BLOCK_SIZE:,} bytes")
    if not _begins_like_block(block):
        raise SavestateError(f"damaged: the state block begins with {block[:4].hex()}, not with mGBA's magic number")
    rom = layout.ram_map()["rom"]
    title, code = _letters(block[_TITLE]), _letters(block[_CODE])
    if (title, code) != (rom["title"], rom["game_code"]):
        expected = f"{rom['title']!r} ({rom['game_code']})"
        raise SavestateError(f"a state of another game: {title!r} ({code}), expected {expected}")


def _letters(field: bytes) -> str:
    text = field.rstrip(b"\0").decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _of_block(kind: Format, block: bytes, picture: bytes | None = None) -> Savestate:
    return Savestate(
        format=kind,
        ewram=_array(block, BLOCK_EWRAM, layout.EWRAM_SIZE),
        iwram=_array(block, BLOCK_IWRAM, layout.IWRAM_SIZE),
        title=_letters(block[_TITLE]),
        code=_letters(block[_CODE]),
        rom_crc32=int.from_bytes(block[_CRC], "little"),
        picture=picture,
    )


def _array(data: bytes, offset: int, size: int) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8, count=size, offset=offset)


def _check_extra_data(data: bytes) -> None:
    """Every header of the table must be whole and point at whole data behind the table."""
    position = BLOCK_SIZE
    while True:
        if position + _EXTRA_HEADER.size > len(data):
            raise SavestateError(f"truncated: the table of extra data breaks off at byte {len(data):,}")
        tag, size, offset = _EXTRA_HEADER.unpack_from(data, position)
        if tag == 0:
            return
        position += _EXTRA_HEADER.size
        if size < 0 or offset < BLOCK_SIZE:
            raise SavestateError(f"damaged: extra data {tag:#x} claims {size} bytes at {offset}")
        if offset + size > len(data):
            raise SavestateError(f"truncated: extra data {tag:#x} ends at byte {offset + size:,} of {len(data):,}")


def _from_png(data: bytes) -> Savestate:
    block: bytes | None = None
    picture = [_PNG]
    for kind, body, whole in _chunks(data):
        if kind == b"gbAs":
            block = _inflate(body)
        elif kind != b"gbAx":  # save memory and clock: packed data that nothing here needs
            picture.append(whole)
    if block is None:
        raise SavestateError("a PNG picture without a savestate: it has no gbAs chunk")
    _check_block(block)
    return _of_block("png", block, b"".join(picture))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(kind, body, whole chunk) of each PNG chunk, checksums tested, up to and including IEND."""
    position, kind = len(_PNG), b""
    while kind != b"IEND":
        if position + 12 > len(data):
            raise SavestateError(f"truncated: the PNG breaks off at byte {len(data):,}, before its end chunk")
        size = int.from_bytes(data[position : position + 4], "big")
        end = position + 12 + size
        if end > len(data):
            raise SavestateError(f"truncated: a PNG chunk ends at byte {end:,} of {len(data):,}")
        kind, body = data[position + 4 : position + 8], data[position + 8 : end - 4]
        if zlib.crc32(kind + body) != int.from_bytes(data[end - 4 : end], "big"):
            raise SavestateError(f"damaged: the PNG chunk at byte {position:,} has a wrong checksum")
        yield kind, body, data[position:end]
        position = end


def _inflate(packed: bytes) -> bytes:
    """Unpack the state block of a PNG; never more than one byte beyond its size, whatever the data claims."""
    stream = zlib.decompressobj()
    try:
        block = stream.decompress(packed, BLOCK_SIZE + 1)
    except zlib.error as error:
        raise SavestateError(f"damaged: the gbAs chunk does not unpack ({error})") from None
    if len(block) > BLOCK_SIZE:
        raise SavestateError(f"too large: the gbAs chunk unpacks to more than {BLOCK_SIZE:,} bytes")
    if len(block) < BLOCK_SIZE or not stream.eof:
        raise SavestateError(f"truncated: the gbAs chunk unpacks to {len(block):,} of {BLOCK_SIZE:,} bytes")
    return block
