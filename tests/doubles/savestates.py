"""Writes savestates of a console that never ran, in each format that `pmd_gym.ram.savestate` reads."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TITLE, CODE, ROM_CRC32 = b"POKE DUNGEON", b"B24E", 0xDD0AC86C
SAVEDATA, META_TIME = 2, 0x101
_BLOCK_SIZE, _IWRAM, _EWRAM = 0x61000, 0x19000, 0x21000


def block(ewram: NDArray[np.uint8], title: bytes = TITLE, code: bytes = CODE, magic: int = 0x01000007) -> bytes:
    """The bare state of mGBA: header, then IWRAM filled with 0x5A, then the EWRAM image."""
    data = bytearray(_BLOCK_SIZE)
    struct.pack_into("<III", data, 0, magic, 0xBAAE187F, ROM_CRC32)
    data[0x10:0x1C] = title.ljust(12, b"\0")
    data[0x1C:0x20] = code
    data[_IWRAM:_EWRAM] = b"\x5a" * (_EWRAM - _IWRAM)
    data[_EWRAM:] = ewram.tobytes()
    return bytes(data)


def libretro(ewram: NDArray[np.uint8], savedata: int = 32768) -> bytes:
    """The block, the table of extra data (one entry for the save memory) and the data; padded as cores do."""
    start = _BLOCK_SIZE + 64
    table = struct.pack("<iiq", SAVEDATA, savedata, start).ljust(64, b"\0")
    return block(ewram) + table + b"\xff" * savedata


def png(ewram: NDArray[np.uint8], state: bytes | None = None, extra: bytes | None = None) -> bytes:
    """A `.ss0` file: a picture of 240x160 with the packed block in `gbAs` and save memory in `gbAx`."""
    picture = io.BytesIO()
    Image.new("RGB", (240, 160), (40, 120, 60)).save(picture, "PNG")
    head, end = picture.getvalue()[:-12], picture.getvalue()[-12:]
    packed = zlib.compress(block(ewram)) if state is None else state
    if extra is None:
        extra = struct.pack("<II", SAVEDATA, 512) + zlib.compress(b"\xff" * 512)
    return head + chunk(b"gbAs", packed) + chunk(b"gbAx", extra) + end


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
