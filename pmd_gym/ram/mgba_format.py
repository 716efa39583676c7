"""mGBA's savestates taken apart and put together: `.ss0`-`.ss9` of its windows, libretro states, and bare blocks.

All three hold the same block of 397,312 bytes. Save memory, clock and the like are extra data: behind a table of
16-byte headers in a libretro state, in `gbAx` chunks of a PNG picture in a `.ssN`. Layout: mGBA 0.10. Knows nothing of
any game. Files are not trusted: sizes are limited before anything is unpacked.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import SavestateError

BLOCK_SIZE = 0x61000
BLOCK_MAGIC = 0x01000000
"""First word of a block: this plus a format version of 0..255; version 7 is that of mGBA 0.9 and 0.10."""
MAX_EXTRA = 1 << 20
"""Bytes of one piece of extra data; the largest save memory of a cartridge is 131,072."""
_MOST_EXTRAS = 32

PNG = b"\x89PNG\r\n\x1a\n"
_EWRAM = BLOCK_SIZE - (1 << 18)
_TITLE, _CODE, _CRC = slice(0x10, 0x1C), slice(0x1C, 0x20), slice(0x08, 0x0C)
_EXTRA_HEADER = struct.Struct("<iiq")  # tag, size, offset in the file; tag 0 ends the table
_CHUNK_HEADER = struct.Struct("<II")  # tag, size when unpacked
_SCREENSHOT = 1
_SAVE_MEMORY, _CLOCK = 2, 4
_FOR_A_CORE = (_SAVE_MEMORY, _CLOCK)
"""What a core takes; cheats and notes in a file stay outside."""


@dataclass(frozen=True, slots=True)
class MgbaState:
    """A state in parts: the bare block, extra data by tag as it lay in the file, and the picture of a PNG without it.

    `packed` is true for extra data out of a PNG: each a header of 8 bytes and zlib data.
    """

    form: Literal["png", "block", "libretro"]
    block: bytes
    extra: dict[int, bytes]
    packed: bool = False
    picture: bytes | None = None

    @property
    def title(self) -> str:
        """Title of the cartridge, up to 12 letters; what is no printable ASCII reads as `?`."""
        return _letters(self.block[_TITLE])

    @property
    def code(self) -> str:
        """Code of the cartridge, 4 letters."""
        return _letters(self.block[_CODE])

    @property
    def ewram(self) -> bytes:
        """The EWRAM image, 262,144 bytes: the end of the block."""
        return self.block[_EWRAM:]

    @property
    def rom_crc32(self) -> int:
        """CRC-32 of the ROM that ran."""
        return int.from_bytes(self.block[_CRC], "little")


def begins_like_block(data: bytes) -> bool:
    """True for the first word of a block."""
    return len(data) >= 4 and int.from_bytes(data[:4], "little") & ~0xFF == BLOCK_MAGIC


def take_apart(data: bytes) -> MgbaState | None:
    """The state in `data`; None if it does not begin like one, SavestateError if it does but is torn or too large."""
    if data.startswith(PNG):
        return _from_png(data)
    if not begins_like_block(data):
        return None
    _check_block(data[:BLOCK_SIZE])
    if len(data) == BLOCK_SIZE:
        return MgbaState("block", data, {})
    return MgbaState("libretro", data[:BLOCK_SIZE], _table(data))


def libretro_state(state: MgbaState) -> bytes:
    """What a libretro core loads: the block, then save memory and clock, where the state has them."""
    extra = [(tag, _unpacked(state, tag)) for tag in _FOR_A_CORE if tag in state.extra]
    position = BLOCK_SIZE + _EXTRA_HEADER.size * (len(extra) + 1)
    table, body = b"", b""
    for tag, data in extra:
        table += _EXTRA_HEADER.pack(tag, len(data), position + len(body))
        body += data
    return state.block + table + bytes(_EXTRA_HEADER.size) + body


def png_state(state: MgbaState, picture: NDArray[np.uint8]) -> bytes:
    """What a window of mGBA loads as `.ssN`: the picture, (height, width, 3) uint8 RGB, with the state in it."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with filter 0: as it is
    rows[:, 1:] = picture.reshape(height, 3 * width)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"gbAs", zlib.compress(state.block)),
    ]
    for tag in sorted(state.extra.keys() - {_SCREENSHOT}):
        data = _unpacked(state, tag)
        chunks.append((b"gbAx", _CHUNK_HEADER.pack(tag, len(data)) + zlib.compress(data)))
    return PNG + b"".join(_chunk(kind, body) for kind, body in (*chunks, (b"IEND", b"")))


def _letters(field: bytes) -> str:
    text = field.rstrip(b"\0").decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _check_block(block: bytes) -> None:
    if len(block) < BLOCK_SIZE:
        raise SavestateError(f"truncated: the state block has {len(block):,} of {BLOCK_SIZE:,} bytes")
    if not begins_like_block(block):
        raise SavestateError(f"damaged: the state block begins with {block[:4].hex()}, not with mGBA's magic number")


def _table(data: bytes) -> dict[int, bytes]:
    """Extra data of a libretro state: every header must be whole and point at whole data behind the block."""
    position, extra = BLOCK_SIZE, dict[int, bytes]()
    while len(extra) < _MOST_EXTRAS:
        if position + _EXTRA_HEADER.size > len(data):
            raise SavestateError(f"truncated: the table of extra data breaks off at byte {len(data):,}")
        tag, size, offset = _EXTRA_HEADER.unpack_from(data, position)
        if tag == 0:
            return extra
        position += _EXTRA_HEADER.size
        if size < 0 or offset < BLOCK_SIZE:
            raise SavestateError(f"damaged: extra data {tag:#x} claims {size} bytes at {offset}")
        if offset + size > len(data):
            raise SavestateError(f"truncated: extra data {tag:#x} ends at byte {offset + size:,} of {len(data):,}")
        if size > MAX_EXTRA:
            raise SavestateError(f"too large: extra data {tag:#x} has {size:,} bytes; at most {MAX_EXTRA:,} are taken")
        extra[tag] = data[offset : offset + size]
    raise SavestateError(f"damaged: more than {_MOST_EXTRAS} pieces of extra data")


def _from_png(data: bytes) -> MgbaState:
    block: bytes | None = None
    picture, extra = [PNG], {}
    for kind, body, whole in _chunks(data):
        if kind == b"gbAs":
            block = _inflate(body, BLOCK_SIZE, "the gbAs chunk")
        elif kind == b"gbAx" and len(body) >= _CHUNK_HEADER.size:
            extra[_CHUNK_HEADER.unpack_from(body)[0]] = body
        elif kind != b"gbAx":
            picture.append(whole)
    if block is None:
        raise SavestateError("a PNG picture without a savestate: it has no gbAs chunk")
    _check_block(block)
    return MgbaState("png", block, extra, True, b"".join(picture))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(kind, body, whole chunk) of each PNG chunk, checksums tested, up to and including IEND."""
    position, kind = len(PNG), b""
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


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _unpacked(state: MgbaState, tag: int) -> bytes:
    """One piece of extra data."""
    data = state.extra[tag]
    if not state.packed:
        return data
    size = _CHUNK_HEADER.unpack_from(data)[1]
    if size > MAX_EXTRA:
        raise SavestateError(f"too large: extra data {tag:#x} claims {size:,} bytes; at most {MAX_EXTRA:,} are taken")
    return _inflate(data[_CHUNK_HEADER.size :], size, f"extra data {tag:#x}")


def _inflate(packed: bytes, size: int, what: str) -> bytes:
    """Unpack `size` bytes; never more than one byte beyond, whatever the data claims."""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise SavestateError(f"damaged: {what} does not unpack ({error})") from None
    if len(data) > size:
        raise SavestateError(f"too large: {what} unpacks to more than {size:,} bytes")
    if len(data) < size or not stream.eof:
        raise SavestateError(f"truncated: {what} unpacks to {len(data):,} of {size:,} bytes")
    return data
