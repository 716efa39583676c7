"""How a kernel reaches one game inside a batch of EWRAM images, whatever the backend's memory looks like.

A backend's `ram` is (num_envs, 262144) uint8 and may be strided (a simulated game carries work space behind its image).
`flatten` gives the same bytes as one contiguous array, so that a kernel can lay the records of `ram.layout` over it;
the dungeon object is found through the game's own pointer, bound-checked as the RAM guide says. Knows no rule of the
game.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout

Bytes: TypeAlias = NDArray[np.uint8]
Record: TypeAlias = Any  # a row of a structured array: attribute access inside kernels

IMAGE = layout.EWRAM
IMAGE_SIZE = layout.EWRAM_SIZE
DUNGEON = layout.DUNGEON
DUNGEON_SIZE = layout.DUNGEON.itemsize
EWRAM_BASE = layout.EWRAM_BASE
HEAP_FIRST = layout.HEAP_BEGIN - layout.EWRAM_BASE
HEAP_LAST = layout.HEAP_END - layout.EWRAM_BASE - layout.DUNGEON.itemsize
ENTITY_SIZE = layout.ENTITY.itemsize
ENTITIES_OFFSET = layout.field("Dungeon.team_entities").offset
ENTITY_COUNT = layout.MAX_MONSTERS + layout.MAX_ITEMS + layout.MAX_TRAPS
MAX_TEAM = layout.MAX_TEAM

MONSTER_KIND = 1
TRAP_KIND = 2
ITEM_KIND = 3


def flatten(ram: Bytes) -> tuple[Bytes, int]:
    """The bytes of `ram` (num_envs, 262144) as one contiguous array without a copy, and the distance of two rows."""
    if ram.ndim != 2 or ram.shape[1] != IMAGE_SIZE or ram.dtype != np.uint8 or ram.strides[1] != 1:
        raise ConfigError(
            f"expected EWRAM images as (num_envs, {IMAGE_SIZE}) uint8 with contiguous rows, got {ram.shape} {ram.dtype}"
        )
    stride = ram.strides[0] if len(ram) > 1 else IMAGE_SIZE
    size = (len(ram) - 1) * stride + IMAGE_SIZE
    return np.lib.stride_tricks.as_strided(ram, (size,), (1,), writeable=False), stride


@kernel
def dungeon_offset(flat: Bytes, start: int) -> int:
    """Offset in `flat` of the dungeon object of the image at `start`, or -1 when the game is in no dungeon."""
    offset = np.int64(flat[start : start + IMAGE_SIZE].view(IMAGE)[0].dungeon) - EWRAM_BASE
    if offset < HEAP_FIRST or offset > HEAP_LAST or offset & 3:
        return -1
    return int(start + offset)


@kernel
def leader_slot(dungeon: Record) -> int:
    """Team slot 0..3 of the living leader, or -1: the robust way of the RAM guide, section 2."""
    for slot in range(MAX_TEAM):
        if dungeon.entities[slot].kind == MONSTER_KIND and dungeon.monsters[slot].is_leader == 1:
            return slot
    return -1


@kernel
def entity_index(dungeon_address: int, pointer: int) -> int:
    """Index 0..147 into `all_entities` (20 monsters, 64 items, 64 traps) of a pointer, or -1 if it is none of them."""
    distance = pointer - (dungeon_address + ENTITIES_OFFSET)
    if pointer == 0 or distance < 0 or distance % ENTITY_SIZE or distance >= ENTITY_SIZE * ENTITY_COUNT:
        return -1
    return distance // ENTITY_SIZE
