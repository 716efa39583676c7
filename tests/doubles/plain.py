"""Records of Python numbers over the simulator's bytes: given to kernels, they make them run as plain Python.

A `Plain` reads and writes the same memory as the NumPy record or array behind it. Reads give Python ints, so nothing
overflows on the way; writes of what a field cannot hold raise OverflowError, where compiled code would wrap silently,
and reads beyond an array's end raise IndexError, where compiled code would read on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


class Plain:
    """A record or array whose fields and entries are Python numbers or `Plain`s themselves."""

    __slots__ = ("_data",)

    def __init__(self, data: Any) -> None:
        object.__setattr__(self, "_data", data)

    def __getattr__(self, name: str) -> Any:
        return _plain(self._data[name])

    def __setattr__(self, name: str, value: Any) -> None:
        self._data[name] = value

    def __getitem__(self, index: Any) -> Any:
        return _plain(self._data[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._data[index] = value._data if isinstance(value, Plain) else value

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


def _plain(value: Any) -> Any:
    if isinstance(value, np.void | np.ndarray):
        return Plain(value)
    return value.item() if isinstance(value, np.generic) else value
