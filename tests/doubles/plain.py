"""Records of Python numbers over the simulator's bytes: given to kernels, they make them run as plain Python.

What `plain_view` gives reads and writes the same memory as the NumPy record or array behind it. Reads give Python ints,
so nothing overflows on the way; writes of what a field cannot hold raise an error, where compiled code would wrap
silently, and reads beyond an array's end raise IndexError, where compiled code would read on.

For each dtype one class is made, with a property for each field that reads the bytes themselves: five to ten times
faster than a wrapper around NumPy scalars, which decides how long the interpreted game takes.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np


def plain_view(data: Any) -> Any:
    """The record or array behind `data`, a NumPy record or array, as numbers of Python; it keeps `data` alive."""
    interface = data.__array_interface__
    place, read_only = interface["data"]
    low, high = np.lib.array_utils.byte_bounds(data) if isinstance(data, np.ndarray) else (place, place + data.nbytes)
    memory = memoryview((ctypes.c_ubyte * (high - low)).from_address(low)).cast("B")
    memory = memory.toreadonly() if read_only else memory
    if isinstance(data, np.ndarray):
        return PlainArray(memory, place - low, data.dtype, data.shape, data.strides, data)
    return record_class(data.dtype)(memory, 0, data)


class PlainRecord:
    """A record; its fields are properties of the class made for its dtype."""

    __slots__ = ("_children", "_memory", "_owner", "_place")
    _dtype: Any

    def __init__(self, memory: memoryview, place: int, owner: Any) -> None:
        self._memory, self._place, self._owner = memory, place, owner
        self._children: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def _bytes(self) -> memoryview:
        return self._memory[self._place : self._place + self._dtype.itemsize]


class PlainArray:
    """An array of numbers or records; indexed by one int or by one for each dimension, negative ones from the end."""

    __slots__ = ("_children", "_dtype", "_kind", "_memory", "_owner", "_place", "_shape", "_strides")

    def __init__(self, memory: memoryview, place: int, dtype: Any, shape: Any, strides: Any, owner: Any) -> None:
        self._memory, self._place, self._owner, self._dtype = memory, place, owner, dtype
        self._shape, self._strides = shape, strides
        self._kind = None if dtype.names else struct.Struct("<" + struct_code(dtype))
        self._children: dict[Any, Any] = {}

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._shape)

    def __len__(self) -> int:
        return int(self._shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        found = self._children.get(index)
        if found is not None:
            return found
        place, rest = self._locate(index)
        if rest:
            found = PlainArray(self._memory, place, self._dtype, self._shape[-rest:], self._strides[-rest:], self)
        elif self._kind is not None:
            return self._kind.unpack_from(self._memory, place)[0]
        else:
            found = record_class(self._dtype)(self._memory, place, self)
        self._children[index] = found
        return found

    def __setitem__(self, index: Any, value: Any) -> None:
        place, rest = self._locate(index)
        if rest:
            raise IndexError(f"an index for each of {len(self._shape)} dimensions, got {index!r}")
        if self._kind is None:
            self[index]._bytes()[:] = value._bytes()
        else:
            self._kind.pack_into(self._memory, place, int(value))

    def _locate(self, index: Any) -> tuple[int, int]:
        """Place of an entry in memory, and the number of dimensions that the index leaves open."""
        steps = index if type(index) is tuple else (index,)
        place = self._place
        for step, size, stride in zip(steps, self._shape, self._strides, strict=False):
            if not -size <= step < size:
                raise IndexError(f"index {index!r} of an array of shape {tuple(self._shape)}")
            place += (int(step) if step >= 0 else int(step) + size) * stride  # a NumPy integer would overflow
        return int(place), len(self._shape) - len(steps)


def struct_code(dtype: np.dtype[Any]) -> str:
    """Letter of a number's kind for `struct`."""
    return "?" if dtype.kind == "b" else dtype.char.translate(str.maketrans("lLpP", "qQqQ"))


@cache
def record_class(dtype: np.dtype[Any]) -> type[PlainRecord]:
    """The class of the records of a dtype."""
    fields = {name: _field(name, *entry[:2]) for name, entry in (dtype.fields or {}).items()}
    return type("PlainRecordOf", (PlainRecord,), {"__slots__": (), "_dtype": dtype, **fields})


def _field(name: str, dtype: np.dtype[Any], offset: int) -> property:
    if dtype.subdtype is not None:
        return _array_field(name, dtype, offset)
    return _record_field(name, dtype, offset) if dtype.names else _number_field(dtype, offset)


def _number_field(dtype: np.dtype[Any], offset: int) -> property:
    if dtype == np.uint8:
        return _byte_field(offset)
    kind = struct.Struct("<" + struct_code(dtype))

    def read(self: PlainRecord, unpack: Any = kind.unpack_from, offset: int = offset) -> Any:
        return unpack(self._memory, self._place + offset)[0]

    def write(self: PlainRecord, value: Any, pack: Any = kind.pack_into, offset: int = offset) -> None:
        pack(self._memory, self._place + offset, int(value))

    return property(read, write)


def _byte_field(offset: int) -> property:
    def read(self: PlainRecord, offset: int = offset) -> int:
        return self._memory[self._place + offset]

    def write(self: PlainRecord, value: Any, offset: int = offset) -> None:
        self._memory[self._place + offset] = int(value)

    return property(read, write)


def _record_field(name: str, dtype: np.dtype[Any], offset: int) -> property:
    kind = record_class(dtype)

    def read(self: PlainRecord) -> PlainRecord:
        found: PlainRecord | None = self._children.get(name)
        if found is None:
            found = self._children[name] = kind(self._memory, self._place + offset, self)
        return found

    def write(self: PlainRecord, value: PlainRecord) -> None:
        read(self)._bytes()[:] = value._bytes()

    return property(read, write)


def _array_field(name: str, dtype: np.dtype[Any], offset: int) -> property:
    base, shape = dtype.subdtype or (dtype, ())
    strides = _strides(base.itemsize, shape)

    def read(self: PlainRecord) -> PlainArray:
        found: PlainArray | None = self._children.get(name)
        if found is None:
            found = PlainArray(self._memory, self._place + offset, base, shape, strides, self)
            self._children[name] = found
        return found

    return property(read)


def _strides(itemsize: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    strides = [itemsize]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return tuple(strides)
