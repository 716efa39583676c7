"""Where stairs, items, traps, monsters and the player will appear, as spawn bits on the map.

Knows nothing of which item, trap or monster it will be. Candidate tiles are listed column by column.
Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.rng import rand_int, rand_range
from pmd_gym.simulator.terrain import (
    FLOOR,
    GROUND,
    HEIGHT,
    IMPASSABLE,
    JUNCTION,
    MONSTER_HOUSE,
    NO_ROOM,
    SHOP,
    SPAWN_ITEM,
    SPAWN_MONSTER,
    SPAWN_SPECIAL,
    SPAWN_STAIRS,
    SPAWN_TRAP,
    STAIRS,
    UNBREAKABLE,
    WALL,
    WIDTH,
)

KEPT_FREE = SHOP | JUNCTION | UNBREAKABLE
MAX_TRAPS = 56
LEAST_HOUSE_THINGS, MAX_HOUSE_THINGS = 6, 7
MAX_HOUSE_MONSTERS, MAX_EMPTY_HOUSE_MONSTERS = 18, 4


@kernel
def place_things(plan: Any, floor: Any, empty_house: bool, house_traps: bool) -> None:
    """Stairs, items, buried items, the contents of a monster house, traps, and the player, in this order.

    `floor` is a row of `rules.dungeons[].floors`; `house_traps` is the story flag that lets a house hold traps.
    """
    if plan.stairs_x == -1 or plan.stairs_y == -1:
        _place_stairs(plan)
    _place_items(plan, int(floor.item_density))
    _place_buried_items(plan, int(floor.buried_density))
    if not empty_house:
        _fill_monster_house(plan, house_traps)
    _place_traps(plan, int(floor.trap_density))
    if plan.player_x == -1 or plan.player_y == -1:
        _place_player(plan)


@kernel
def _list_room_tiles(plan: Any, barred_flags: int, barred_spawns: int) -> int:
    """`plan.spots`: floor tiles of rooms without any of the given bits; returns their number."""
    count = 0
    for x in range(WIDTH):
        for y in range(HEIGHT):
            if plan.flags[y, x] & (GROUND | barred_flags) != FLOOR or plan.rooms[y, x] == NO_ROOM:
                continue
            if plan.spawns[y, x] & barred_spawns == 0:
                plan.spots[count] = x * HEIGHT + y
                count += 1
    return count


@kernel
def _list_tiles(plan: Any, mask: int, wanted: int) -> int:
    """`plan.spots`: tiles whose terrain bits under `mask` are `wanted`; returns their number."""
    count = 0
    for x in range(WIDTH):
        for y in range(HEIGHT):
            if plan.flags[y, x] & mask == wanted:
                plan.spots[count] = x * HEIGHT + y
                count += 1
    return count


@kernel
def _forget_player_spot(plan: Any, count: int) -> int:
    """Drop the player's tile from the list and keep the order; returns the new number."""
    kept = 0
    for i in range(count):
        if plan.spots[i] != plan.player_x * HEIGHT + plan.player_y:
            plan.spots[kept] = plan.spots[i]
            kept += 1
    return kept


@kernel
def _shuffle(plan: Any, count: int) -> int:
    """Swap twice as many pairs as there are spots; returns the drawn index of the first spot to use."""
    for _ in range(2 * count):
        a = rand_int(plan, count)
        b = rand_int(plan, count)
        plan.spots[a], plan.spots[b] = plan.spots[b], plan.spots[a]
    return rand_int(plan, count)


@kernel
def _mark_spots(plan: Any, count: int, wanted: int, spawn: int) -> None:
    """Give `wanted` spots of the shuffled list a spawn bit; the list is a ring."""
    first = _shuffle(plan, count)
    for i in range(wanted):
        spot = plan.spots[(first + i) % count]
        plan.spawns[spot % HEIGHT, spot // HEIGHT] |= spawn


@kernel
def _place_stairs(plan: Any) -> None:
    count = _list_room_tiles(plan, KEPT_FREE, SPAWN_MONSTER | SPAWN_SPECIAL)
    if count:
        spot = plan.spots[rand_int(plan, count)]
        x, y = spot // HEIGHT, spot % HEIGHT
        plan.spawns[y, x] = plan.spawns[y, x] & (0xFF - SPAWN_ITEM) | SPAWN_STAIRS
        plan.stairs_x, plan.stairs_y, plan.stairs_room = x, y, plan.rooms[y, x]


@kernel
def _place_items(plan: Any, density: int) -> None:
    count = _list_room_tiles(plan, KEPT_FREE | MONSTER_HOUSE, 0)
    if count and density:
        wanted = max(1, rand_range(plan, density - 2, density + 2))
        _mark_spots(plan, count, wanted, SPAWN_ITEM)


@kernel
def _place_buried_items(plan: Any, density: int) -> None:
    count = _list_tiles(plan, GROUND, WALL)
    if count and density:
        wanted = rand_range(plan, density - 2, density + 2)
        if wanted > 0:
            _mark_spots(plan, count, wanted, SPAWN_ITEM)


@kernel
def _fill_monster_house(plan: Any, traps: bool) -> None:
    count = _list_tiles(plan, SHOP | MONSTER_HOUSE | JUNCTION, MONSTER_HOUSE)
    if count == 0:
        return
    wanted = rand_range(plan, count // 2, count * 8 // 10)
    wanted = min(max(wanted, LEAST_HOUSE_THINGS), MAX_HOUSE_THINGS)
    first = _shuffle(plan, count)
    for i in range(wanted):
        spot = plan.spots[(first + i) % count]
        if rand_int(plan, 2) != 0:
            plan.spawns[spot % HEIGHT, spot // HEIGHT] |= SPAWN_ITEM
        elif traps:
            plan.spawns[spot % HEIGHT, spot // HEIGHT] |= SPAWN_TRAP


@kernel
def _place_traps(plan: Any, density: int) -> None:
    count = _list_room_tiles(plan, KEPT_FREE, SPAWN_ITEM)
    if count:
        wanted = rand_range(plan, density // 2, density)
        if wanted > 0:
            _mark_spots(plan, count, min(wanted, MAX_TRAPS), SPAWN_TRAP)


@kernel
def _place_player(plan: Any) -> None:
    count = _list_room_tiles(plan, KEPT_FREE, SPAWN_ITEM | SPAWN_MONSTER | SPAWN_TRAP)
    if count:
        spot = plan.spots[rand_int(plan, count)]
        plan.player_x, plan.player_y = spot // HEIGHT, spot % HEIGHT


@kernel
def place_monsters(plan: Any, density: int, empty_house: bool) -> None:
    """Monsters all over the floor, and more of them in a forced monster house; `density` is an unsigned byte."""
    wanted = max(1, rand_range(plan, density // 2, density)) if density > 0 else 0
    count = _forget_player_spot(plan, _list_room_tiles(plan, KEPT_FREE, SPAWN_ITEM | SPAWN_STAIRS))
    if count and wanted:
        _mark_spots(plan, count, wanted, SPAWN_MONSTER)
    if plan.force_monster_house:
        _crowd_monster_house(plan, MAX_EMPTY_HOUSE_MONSTERS if empty_house else MAX_HOUSE_MONSTERS)


@kernel
def _crowd_monster_house(plan: Any, limit: int) -> None:
    mask = GROUND | SHOP | UNBREAKABLE | MONSTER_HOUSE
    count = _list_tiles(plan, mask, FLOOR | MONSTER_HOUSE)
    kept = 0
    for i in range(count):
        if plan.rooms[plan.spots[i] % HEIGHT, plan.spots[i] // HEIGHT] != NO_ROOM:
            plan.spots[kept] = plan.spots[i]
            kept += 1
    count = _forget_player_spot(plan, kept)
    if count:
        wanted = max(1, rand_range(plan, 7 * count // 10, 8 * count // 10))
        _mark_spots(plan, count, min(wanted, limit), SPAWN_MONSTER)


@kernel
def resolve_conflicts(plan: Any) -> None:
    """No traps outside floor or under stairs and items, no items where nobody can get; stairs get their flag."""
    for y in range(HEIGHT):
        for x in range(WIDTH):
            flags, spawns = plan.flags[y, x], plan.spawns[y, x]
            if flags & GROUND != FLOOR:
                spawns &= 0xFF - SPAWN_TRAP
                if flags & (UNBREAKABLE | IMPASSABLE):
                    spawns &= 0xFF - SPAWN_ITEM
            if spawns & SPAWN_STAIRS:
                plan.flags[y, x] |= STAIRS
            if spawns & (SPAWN_STAIRS | SPAWN_ITEM):
                spawns &= 0xFF - SPAWN_TRAP
            plan.spawns[y, x] = spawns
