"""Planes and status vector of many games in one pass, because each pass fetches the games' memory again.

With a thousand games nothing of a game is in the caches when its turn comes, so memory is asked for what the next games
need while one is being looked at. Knows neither what the planes nor what the entries mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel, prefetch
from pmd_gym.kernels.images import (
    DUNGEON,
    DUNGEON_SIZE,
    ENTITIES_OFFSET,
    ENTITY_SIZE,
    EWRAM_BASE,
    IMAGE,
    IMAGE_SIZE,
    Bytes,
    dungeon_offset,
    leader_slot,
)
from pmd_gym.kernels.planes import fill_planes
from pmd_gym.kernels.sight import SCREEN_REACH_X, SCREEN_REACH_Y, sight_of
from pmd_gym.kernels.status import fill_status
from pmd_gym.ram import layout

WIDTH, HEIGHT, TILE_SIZE = layout.MAP_WIDTH, layout.MAP_HEIGHT, layout.TILE.itemsize
TILES_OFFSET, MONSTERS_OFFSET = layout.field("Dungeon.tiles").offset, layout.field("Dungeon.team_info").offset
CREATURES_SIZE, MONSTER_SIZE = layout.MAX_MONSTERS * ENTITY_SIZE, layout.MONSTER.itemsize
LINE = 64
"""Bytes of a cache line."""


@kernel
def fill_fields(
    flat: Bytes, stride: int, env_ids: NDArray[np.int64], everything: int, tables: NDArray[np.void],
    units: NDArray[np.float32], planes: NDArray[np.uint8], status: NDArray[np.float32],
) -> None:  # fmt: skip
    """Write `planes` (n, planes, height, width) uint8 and `status` (n, entries) float32 of the games `env_ids`.

    Both are zeros outside a dungeon. `units` is explained in `status.fill_status`.
    """
    for row in range(len(env_ids)):
        start = env_ids[row] * stride
        if row + 2 < len(env_ids):
            _ask_for_creatures(flat, env_ids[row + 2] * stride)
            _ask_for_tiles(flat, env_ids[row + 1] * stride)
        planes[row] = 0
        status[row] = 0
        at = dungeon_offset(flat, start)
        if at < 0:
            continue
        dungeon = flat[at : at + DUNGEON_SIZE].view(DUNGEON)[0]
        leader = leader_slot(dungeon)
        if leader < 0:
            continue
        sight = sight_of(dungeon, leader, everything)
        fill_planes(dungeon, sight, leader, at - start + EWRAM_BASE, tables[0], planes[row])
        image = flat[start : start + IMAGE_SIZE].view(IMAGE)[0]
        fill_status(image, dungeon, sight, leader, tables[0], units, status[row])


@kernel
def _ask_for_creatures(flat: Bytes, start: int) -> None:
    """Everybody's kind and place, and the record of the team's first."""
    at = dungeon_offset(flat, start)
    if at < 0:
        return
    dungeon = flat[at : at + DUNGEON_SIZE].view(DUNGEON)[0]
    for offset in range(ENTITIES_OFFSET, ENTITIES_OFFSET + CREATURES_SIZE, LINE):
        prefetch(dungeon, offset)
    for offset in range(MONSTERS_OFFSET, MONSTERS_OFFSET + MONSTER_SIZE, LINE):
        prefetch(dungeon, offset)


@kernel
def _ask_for_tiles(flat: Bytes, start: int) -> None:
    """The tiles on the screen around the team's first."""
    at = dungeon_offset(flat, start)
    if at < 0:
        return
    dungeon = flat[at : at + DUNGEON_SIZE].view(DUNGEON)[0]
    place = dungeon.entities[0].pos
    left = max(place.x - SCREEN_REACH_X, 0)
    for y in range(max(place.y - SCREEN_REACH_Y, 0), min(place.y + SCREEN_REACH_Y + 1, HEIGHT)):
        first = TILES_OFFSET + (y * WIDTH + left) * TILE_SIZE
        for offset in range(first, first + (2 * SCREEN_REACH_X + 1) * TILE_SIZE + LINE, LINE):
            prefetch(dungeon, offset)
