"""A record as bytes and back. Data only: nothing that is read can name a type, a file or code."""

from __future__ import annotations

import msgspec

from agents.memory.interface import Record
from pmd_gym.errors import MemoryFault

MAX_BYTES = 16 * 1024
"""Largest record; a floor's map takes less than 1.5 KiB."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Record)


def encode(record: Record) -> bytes:
    """MessagePack of a record; MemoryFault if it is larger than `MAX_BYTES`."""
    content = _ENCODER.encode(record)
    if len(content) > MAX_BYTES:
        raise MemoryFault(f"a record takes at most {MAX_BYTES} bytes, got {len(content)}; shorten `seen` or `terms`")
    return content


def decode(content: bytes | memoryview) -> Record:
    """The record that `encode` gave; MemoryFault for anything else."""
    if len(content) > MAX_BYTES:
        raise MemoryFault(f"a record takes at most {MAX_BYTES} bytes, got {len(content)}; the file is damaged")
    try:
        return _DECODER.decode(content)
    except msgspec.MsgspecError as error:
        raise MemoryFault(f"expected a record, got {len(content)} bytes that are none ({error})") from error
