"""Which few bytes of EWRAM say what the console waits for: what a slow link reads in place of the whole.

The names are those that `ram.awaiting` reads; a test holds both together. Knows nothing of the link.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import peek
from pmd_gym.ram import layout

_VARIABLES = (
    "dungeon", "text_state", "text_flags", "ui_mode", "brightness", "floor_shown", "fading", "dungeon_submenu",
)  # fmt: skip
_OF_THE_DUNGEON = ("dungeon_id", "floor", "floor_ready", "input_wait", "map_screen", "team_entities", "team_info")
_NEAR = 64
"""Bytes between two places up to which one longer range is cheaper than two."""

Places = tuple[tuple[int, int], ...]


def signals(image: NDArray[np.uint8]) -> Places:
    """(offset, size) of the places, for the dungeon that the image's pointer names, if it names one."""
    return _signals(peek.dungeon_offset(image.data))


@cache
def _signals(dungeon: int) -> Places:
    variables = [layout.global_variable(name) for name in _VARIABLES]
    places = [(entry.offset, entry.dtype.itemsize) for entry in variables]
    if dungeon >= 0:
        fields = [layout.field(f"Dungeon.{name}") for name in _OF_THE_DUNGEON]
        places += [(dungeon + entry.offset, entry.dtype.itemsize) for entry in fields]
    return _joined(sorted(places))


def _joined(places: list[tuple[int, int]]) -> Places:
    joined: list[tuple[int, int]] = []
    for start, size in places:
        if joined and start - sum(joined[-1]) <= _NEAR:
            first = joined.pop()[0]
            joined.append((first, start + size - first))
        else:
            joined.append((start, size))
    return tuple(joined)
