"""What is known of a dungeon floor, in few bytes: how it is kept in memories, and laid over what is seen now.

Works on the planes of the `map` observation. The game makes a floor from its seed alone, so an episode of the same seed
finds the same floors; whoever remembers one recognises it by its arrival and checks it against everything seen since.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import MemoryFault
from pmd_gym.observations import PLANE_INDEX

HEIGHT, WIDTH = 32, 56
KEPT = ("known", "walkable", "wall", "ground", "secondary", "room", "stairs", "trap", "item")
"""Planes of the observation that are kept, one bit a tile."""
BYTES = len(KEPT) * HEIGHT * WIDTH // 8
TERRAIN = ("wall", "ground", "secondary")
AGREEMENT = 0.97
"""Share of the tiles known to both that must be made of the same, for two maps to be of one floor."""
LEAST_COMMON = 9
"""Fewer tiles in common prove nothing."""


@dataclass(frozen=True, slots=True)
class FloorMap:
    """`planes` (planes of `KEPT`, 32, 56) bool of one floor, as it was known."""

    planes: NDArray[np.bool_]

    def plane(self, name: str) -> NDArray[np.bool_]:
        """(32, 56) bool of one name of `KEPT`."""
        found: NDArray[np.bool_] = self.planes[KEPT.index(name)]
        return found

    @property
    def stairs(self) -> tuple[int, int] | None:
        """(x, y) of the stairs, if they were known."""
        at = np.argwhere(self.plane("stairs"))
        return (int(at[0][1]), int(at[0][0])) if len(at) else None

    def agrees(self, other: FloorMap) -> bool:
        """True if what both know of the ground is the same, walls dug through and the like apart."""
        common = self.plane("known") & other.plane("known")
        count = int(common.sum())
        if count < LEAST_COMMON:
            return False
        same = np.ones_like(common)
        for name in TERRAIN:
            same &= self.plane(name) == other.plane(name)
        return bool((same & common).sum() >= AGREEMENT * count)

    def pack(self) -> bytes:
        """A few hundred bytes that `unpack` reads."""
        return zlib.compress(np.packbits(self.planes).tobytes(), 9)


def floor_map(planes: NDArray[np.uint8]) -> FloorMap:
    """The map in the planes (23, 32, 56) of a `map` observation."""
    return FloorMap(planes[[PLANE_INDEX[name] for name in KEPT]] != 0)


def unpack(content: bytes) -> FloorMap:
    """The map that `pack` gave; MemoryFault for anything else. No content makes it read more than a map's size."""
    reader = zlib.decompressobj()
    try:
        bits = reader.decompress(content, BYTES)
    except zlib.error as error:
        raise MemoryFault(f"expected a packed floor map, got {len(content)} bytes that are none") from error
    if len(bits) != BYTES or reader.unconsumed_tail or not reader.eof:
        raise MemoryFault(f"expected a packed floor map of {BYTES} bytes, got one of another size")
    planes = np.unpackbits(np.frombuffer(bits, np.uint8)).reshape(len(KEPT), HEIGHT, WIDTH)
    return FloorMap(planes.astype(np.bool_))


def merged(now: FloorMap, remembered: FloorMap) -> FloorMap:
    """What both know: the present where it is known, memory elsewhere."""
    return FloorMap(np.where(now.plane("known"), now.planes, remembered.planes))


def laid_over(planes: NDArray[np.uint8], remembered: FloorMap) -> NDArray[np.uint8]:
    """A copy of the planes (23, 32, 56) of a `map` observation with what is remembered where nothing is known yet.

    Traps are shown on tiles that are known, too, as they are hidden until somebody has stepped on them.
    """
    shown = planes.copy()
    unknown = planes[PLANE_INDEX["known"]] == 0
    for name in KEPT:
        plane = shown[PLANE_INDEX[name]]
        plane[unknown & remembered.plane(name)] = 1
    trap = shown[PLANE_INDEX["trap"]]
    trap[remembered.plane("trap") & (trap == 0)] = 1
    return shown
