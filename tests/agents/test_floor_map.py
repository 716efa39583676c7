"""Maps of floors: packed and back, recognised, laid over what is seen."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.floor_map import BYTES, KEPT, floor_map, laid_over, merged, unpack
from pmd_gym.errors import MemoryFault
from pmd_gym.observations import PLANE_INDEX, PLANES


def planes(left: int = 5, right: int = 15, **things: tuple[int, int]) -> NDArray[np.uint8]:
    """A room from column `left` to `right` that is known, its walls around it, and things at (x, y)."""
    made = np.zeros((len(PLANES), 32, 56), np.uint8)
    made[PLANE_INDEX["known"], 4:13, left - 1 : right + 2] = 1
    made[PLANE_INDEX["wall"], 4:13, left - 1 : right + 2] = 1
    made[PLANE_INDEX["wall"], 5:12, left : right + 1] = 0
    for name in ("ground", "walkable", "room"):
        made[PLANE_INDEX[name], 5:12, left : right + 1] = 1
    for name, (x, y) in things.items():
        made[PLANE_INDEX[name], y, x] = 1
    return made


def test_a_map_comes_back_from_its_bytes() -> None:
    made = floor_map(planes(stairs=(9, 7), trap=(6, 6)))
    packed = made.pack()
    assert len(packed) < 500
    np.testing.assert_array_equal(unpack(packed).planes, made.planes)
    assert unpack(packed).stairs == (9, 7) and floor_map(planes()).stairs is None


@pytest.mark.parametrize(
    "content",
    [b"", b"wild", zlib.compress(bytes(BYTES - 1)), zlib.compress(bytes(BYTES + 1)), zlib.compress(bytes(1 << 24))],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(MemoryFault, match="packed floor map"):
        unpack(content)


def test_the_same_floor_agrees_and_another_does_not() -> None:
    whole, part = floor_map(planes()), floor_map(planes(right=9))
    part.planes[KEPT.index("known"), :, 10:] = False
    assert whole.agrees(part) and part.agrees(whole)
    assert not whole.agrees(floor_map(planes(left=8, right=12)))
    assert not whole.agrees(floor_map(planes(left=30, right=40)))  # nothing in common proves nothing


def test_memory_fills_what_is_unknown_and_nothing_else() -> None:
    now = planes(left=5, right=9)
    remembered = floor_map(planes(left=5, right=15, stairs=(14, 7), trap=(6, 6), item=(7, 7)))
    shown = laid_over(now, remembered)
    assert shown[PLANE_INDEX["stairs"], 7, 14] == 1 and shown[PLANE_INDEX["walkable"], 7, 14] == 1
    assert shown[PLANE_INDEX["trap"], 6, 6] == 1  # hidden now, but remembered
    assert shown[PLANE_INDEX["item"], 7, 7] == 0  # taken: the tile is known and empty
    assert now[PLANE_INDEX["stairs"]].sum() == 0
    assert merged(floor_map(now), remembered).stairs == (14, 7)
