"""Planes of an observation: a rectangle of the floor, one byte a tile and plane, as far as the player may know.

The order of the planes is `observations.PLANES`. Only tiles inside the rectangle are read, and things on them are found
through the tiles' own pointers, because a step of the environment must not cost more than a few cache lines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.kernels.images import ITEM_KIND, MAX_TEAM, MONSTER_KIND, TRAP_KIND, Record, entity_index
from pmd_gym.kernels.legality import FIGHTS_WILD, PEACEFUL, can_stand, mobility_class
from pmd_gym.kernels.sight import (
    Sight,
    in_sight,
    knows_tile,
    shows_item,
    shows_monster,
    shows_stairs,
    shows_trap,
)
from pmd_gym.kernels.tables import ITEM_COUNT
from pmd_gym.ram import layout

(KNOWN, IN_SIGHT, WALL, GROUND, SECONDARY, WALKABLE, ROOM, JUNCTION, STAIRS, SHOP, ITEM, MONEY, TRAP, LEADER, PARTNER,
 ENEMY, NEUTRAL, TYPE1, TYPE2, LEVEL, HP, FACING, ASLEEP, PLANE_COUNT) = range(24)  # fmt: skip

WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
MAX_ROOMS, MAX_MONSTERS, MAX_ITEMS = layout.MAX_ROOMS, layout.MAX_MONSTERS, layout.MAX_ITEMS
FIRST_TRAP = MAX_MONSTERS + MAX_ITEMS
TERRAIN_BITS, JUNCTION_BIT, SHOP_BIT = 3, 0x8, 0x20
MONEY_CATEGORY = 6
SLEEPING = 0b101010  # sleep group: sleep, nightmare, napping


@kernel
def fill_planes(
    dungeon: Record, sight: Sight, leader: int, address: int, tables: Record, planes: NDArray[np.uint8]
) -> None:
    """Write the planes of one game to zeroed `planes`, (planes, height, width) uint8.

    A rectangle of the map's own size starts at the map's corner; a smaller one is centred on the leader. `address` is
    that of the dungeon object.
    """
    whole = planes.shape[1] == HEIGHT and planes.shape[2] == WIDTH
    left = 0 if whole else sight.x - planes.shape[2] // 2
    top = 0 if whole else sight.y - planes.shape[1] // 2
    mobility = mobility_class(dungeon, leader, False, tables)
    _fill_tiles(dungeon, sight, mobility, address, left, top, tables, planes)
    _fill_stairs(dungeon, sight, left, top, planes)
    _fill_monsters(dungeon, sight, leader, left, top, planes)


@kernel
def _fill_tiles(
    dungeon: Record, sight: Sight, mobility: int, address: int, left: int, top: int, tables: Record,
    planes: NDArray[np.uint8],
) -> None:  # fmt: skip
    for y in range(max(top, 0), min(top + planes.shape[1], HEIGHT)):
        for x in range(max(left, 0), min(left + planes.shape[2], WIDTH)):
            tile = dungeon.tiles[y, x]
            if in_sight(sight, x, y):
                planes[IN_SIGHT, y - top, x - left] = 1
            if knows_tile(sight, tile):
                _fill_tile(tile, mobility, y - top, x - left, planes)
            if tile.object != 0:
                index = entity_index(address, int(tile.object))
                if index >= MAX_MONSTERS:
                    _fill_object(dungeon, sight, tile, index, x, y, tables, planes[:, y - top, x - left])


@kernel
def _fill_stairs(dungeon: Record, sight: Sight, left: int, top: int, planes: NDArray[np.uint8]) -> None:
    if shows_stairs(sight, dungeon):
        y, x = int(dungeon.stairs.y) - top, int(dungeon.stairs.x) - left
        if 0 <= y < planes.shape[1] and 0 <= x < planes.shape[2]:
            planes[STAIRS, y, x] = 1


@kernel
def _fill_tile(tile: Record, mobility: int, y: int, x: int, planes: NDArray[np.uint8]) -> None:
    planes[KNOWN, y, x] = 1
    kind = tile.terrain & TERRAIN_BITS
    planes[WALL if kind == 0 else GROUND if kind == 1 else SECONDARY, y, x] = 1
    if can_stand(tile, mobility):
        planes[WALKABLE, y, x] = 1
    if kind == 0:
        return
    if tile.room < MAX_ROOMS:
        planes[ROOM, y, x] = 1
    if tile.terrain & JUNCTION_BIT:
        planes[JUNCTION, y, x] = 1
    if tile.terrain & SHOP_BIT:
        planes[SHOP, y, x] = 1


@kernel
def _fill_object(
    dungeon: Record, sight: Sight, tile: Record, index: int, x: int, y: int, tables: Record,
    cell: NDArray[np.uint8],
) -> None:  # fmt: skip
    entity = dungeon.all_entities[index]
    if entity.kind == ITEM_KIND and index < FIRST_TRAP and shows_item(sight, tile, x, y):
        item = dungeon.floor_items[index - MAX_MONSTERS]
        kind = tables.category[item.id] if item.id < ITEM_COUNT else 0
        if kind == MONEY_CATEGORY:
            cell[MONEY] = 1
        else:
            cell[ITEM] = 1 + kind
    elif entity.kind == TRAP_KIND and index >= FIRST_TRAP and shows_trap(sight, tile, entity.visible, x, y):
        cell[TRAP] = 1 + dungeon.floor_traps[index - FIRST_TRAP].id


@kernel
def _fill_monsters(dungeon: Record, sight: Sight, leader: int, left: int, top: int, planes: NDArray[np.uint8]) -> None:
    for slot in range(MAX_MONSTERS):
        entity = dungeon.entities[slot]
        if entity.kind != MONSTER_KIND:
            continue
        y, x = int(entity.pos.y) - top, int(entity.pos.x) - left
        if 0 <= y < planes.shape[1] and 0 <= x < planes.shape[2] and shows_monster(sight, dungeon, slot):
            _fill_monster(dungeon.monsters[slot], slot, leader, sight.everything, planes[:, y, x])


@kernel
def _fill_monster(monster: Record, slot: int, leader: int, everything: int, cell: NDArray[np.uint8]) -> None:
    cell[side_plane(monster, slot, leader)] = 1
    cell[TYPE1] = monster.type1
    cell[TYPE2] = monster.type2
    cell[FACING] = 1 + (monster.direction & 7)
    cell[ASLEEP] = SLEEPING >> (monster.sleep_status & 7) & 1
    if slot < MAX_TEAM or everything:
        cell[LEVEL] = monster.level
        cell[HP] = hp_share(monster)


@kernel
def side_plane(monster: Record, slot: int, leader: int) -> int:
    """LEADER, PARTNER, NEUTRAL (a peaceful shopkeeper) or ENEMY."""
    if slot == leader:
        return LEADER
    if slot < MAX_TEAM:
        return PARTNER
    peaceful = monster.shopkeeper == PEACEFUL or monster.shopkeeper == FIGHTS_WILD
    return NEUTRAL if peaceful or not monster.is_enemy else ENEMY


@kernel
def hp_share(monster: Record) -> int:
    """HP of the maximum in 1..255, 0 only at 0 HP."""
    if monster.hp <= 0 or monster.max_hp <= 0:
        return 0
    return int(min(255, max(1, int(monster.hp) * 255 // int(monster.max_hp))))
