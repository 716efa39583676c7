"""A player's memory as bytes and back: plain values and arrays in MessagePack, so that nothing in it is executed."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar, get_origin

import msgspec
import numpy as np

Kept = TypeVar("Kept")


def packed(memory: Any) -> bytes:
    """The bytes of a dataclass of plain values, arrays, sets and dicts."""
    return msgspec.msgpack.encode(memory, enc_hook=_plain)


def unpacked(content: bytes, kind: type[Kept]) -> Kept:
    """The dataclass that `packed` gave; msgspec.ValidationError for anything else."""
    return msgspec.msgpack.decode(content, type=kind, dec_hook=_object)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _object(kind: Any, value: Any) -> Any:
    if get_origin(kind) is Counter:
        return Counter(value)
    if get_origin(kind) is np.ndarray or kind is np.ndarray:
        dtype, shape, content = value
        return np.frombuffer(content, np.dtype(dtype)).reshape(shape).copy()
    raise TypeError(f"{kind} cannot be kept")
