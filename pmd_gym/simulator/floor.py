"""Floor generation from seed to finished map, with the retries and fallbacks of the game.

`generate` is the kernel for games; `generate_floor` gives a floor as a value of its own. Neither knows which monster
or item will stand on a marked tile.
Source: pret/pmd-red 1177316f, src/dungeon_generation.c, GenerateFloor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.errors import ScenarioError
from pmd_gym.simulator.fixed_room import FIRST_CHAMBER, build_around_chamber, fill_floor
from pmd_gym.simulator.junctions import all_reachable, mark_branches, mark_room_exits
from pmd_gym.simulator.layouts import ONE_ROOM, SMALL_GRID, build_layout, draw_grid_size, floods_rock, layout_kind
from pmd_gym.simulator.liquid import flood_rock
from pmd_gym.simulator.placement import place_monsters, place_things, resolve_conflicts
from pmd_gym.simulator.plan import PLAN
from pmd_gym.simulator.rng import chance, seed_dungeon
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.special_rooms import finish_shop
from pmd_gym.simulator.terrain import (
    FLOODED,
    FLOOR,
    GROUND,
    HEIGHT,
    IMPASSABLE,
    NO_ROOM,
    NOT_GROUND,
    SECONDARY,
    SPAWN_ITEM,
    SPAWN_MONSTER,
    SPAWN_TRAP,
    WALL,
    WIDTH,
    ground,
    reset_map,
    reset_tile,
)

ATTEMPTS = 10
LEAST_ROOM_TILES, LEAST_ROOMS = 30, 2
SECONDARY_FLAG = 0x1
WATER_TILESET = 1

Tile = tuple[int, int]


@kernel
def generate(plan: Any, floor: Any, tables: Any, story_done: bool) -> None:
    """Generate a floor into `plan`; `plan.rng_dungeon` must hold the state before and then holds the state after.

    `floor` is a row of `tables.dungeons[].floors`, `tables` the record of `rules()`, `story_done` the story flag
    that lets monster houses hold traps. No mission and no rescue is on the floor.

    Ten maps are tried; then comes one big room that is not checked, in which the player's tile of the last map is
    kept.
    """
    _begin(plan, floor, tables)
    for attempt in range(ATTEMPTS + 1):
        plan.spawn_attempt = attempt
        last_resort = attempt == ATTEMPTS
        if last_resort:
            reset_map(plan)
        _build_map(plan, floor, tables, last_resort)
        mark_room_exits(plan)
        empty_house = not last_resort and _flood_and_roll(plan, floor)
        place_things(plan, floor, empty_house, story_done)
        place_monsters(plan, int(floor.enemy_density), empty_house)
        resolve_conflicts(plan)
        if last_resort or _is_fit(plan):
            break
    _finish(plan)


@kernel
def _begin(plan: Any, floor: Any, tables: Any) -> None:
    """Set everything that outlives single attempts."""
    plan.has_shop, plan.has_monster_house, plan.floor_size = 0, 0, 0
    plan.stairs_room, plan.monster_house_room, plan.room_count = NO_ROOM, NO_ROOM, 0
    plan.shop_x0, plan.shop_y0, plan.shop_x1, plan.shop_y1 = -1, -1, -1, -1
    plan.structure_budget = floor.structure_budget
    plan.fixed_room = floor.fixed_room
    plan.fixed_x0, plan.fixed_y0, plan.fixed_x1, plan.fixed_y1 = -1, -1, -1, -1
    plan.chamber = 0
    plan.floods = tables.secondary_terrain[floor.tileset] == WATER_TILESET
    for i in range(len(plan.shop_area)):
        plan.shop_area[i] = 0
    for i in range(len(plan.points)):
        plan.points[i, 0], plan.points[i, 1] = -1, -1


@kernel
def _build_map(plan: Any, floor: Any, tables: Any, last_resort: bool) -> None:
    """Build layouts until one has room enough; after ten, or at once as the last resort, a single big room."""
    for attempt in range(ATTEMPTS if last_resort else 0, ATTEMPTS + 1):
        kind = ONE_ROOM
        if attempt < ATTEMPTS:
            kind = layout_kind(floor)
            _begin_layout(plan, attempt)
        plan.keeper_x, plan.keeper_y = -1, -1
        if attempt < ATTEMPTS and plan.fixed_room != 0:
            room = tables.fixed_rooms[plan.fixed_room]
            if plan.fixed_room < FIRST_CHAMBER:
                fill_floor(plan, plan.fixed_room, room, int(floor.tileset))
                return
            build_around_chamber(plan, floor, room)
        else:
            if attempt < ATTEMPTS:
                draw_grid_size(plan, kind == SMALL_GRID)
                plan.monster_house_room = NO_ROOM
            build_layout(plan, floor, kind)
        if attempt < ATTEMPTS:
            _close_border(plan)
            if _has_room_enough(plan):
                return


@kernel
def _begin_layout(plan: Any, attempt: int) -> None:
    plan.layout_attempt = attempt
    if attempt > 0:
        plan.structure_budget = 0
    plan.force_monster_house = 0
    reset_map(plan)
    plan.player_x, plan.player_y = -1, -1


@kernel
def _flood_and_roll(plan: Any, floor: Any) -> bool:
    """Rivers and lakes where the floor has them; then the roll for a monster house without items."""
    if plan.fixed_room == 0 and floor.room_flags & SECONDARY_FLAG and floods_rock(layout_kind(floor)):
        flood_rock(plan, int(floor.lake_density))
    return chance(plan, int(floor.itemless_monster_house_chance))


@kernel
def _is_fit(plan: Any) -> bool:
    """A player, stairs, and a floor that can be walked everywhere; fixed floors need the player only."""
    if plan.player_x == -1 or plan.player_y == -1:
        return False
    if 0 < plan.fixed_room < FIRST_CHAMBER:
        return True
    return plan.stairs_x != -1 and plan.stairs_y != -1 and all_reachable(plan)


@kernel
def _finish(plan: Any) -> None:
    if plan.shop_x0 >= 0:
        finish_shop(plan)
    mark_branches(plan)
    if plan.floods:
        for y in range(HEIGHT):
            for x in range(WIDTH):
                if plan.flags[y, x] & GROUND == SECONDARY:
                    plan.flags[y, x] |= FLOODED


@kernel
def _close_border(plan: Any) -> None:
    """Rows 1 and 30 become rock again, and nothing impassable stays open."""
    for x in range(WIDTH):
        reset_tile(plan, x, 1)
        reset_tile(plan, x, HEIGHT - 2)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if plan.flags[y, x] & IMPASSABLE:
                plan.flags[y, x] &= NOT_GROUND


@kernel
def _has_room_enough(plan: Any) -> bool:
    """At least 30 floor tiles in at least 2 rooms."""
    tiles, rooms = 0, 0
    seen = plan.shuffled
    for i in range(len(seen)):
        seen[i] = 0
    for y in range(HEIGHT):
        for x in range(WIDTH):
            room = plan.rooms[y, x]
            if room <= 0xF0 and ground(plan, x, y) == FLOOR:
                tiles += 1
                if not seen[room]:
                    seen[room] = 1
                    rooms += 1
    return tiles >= LEAST_ROOM_TILES and rooms >= LEAST_ROOMS


@dataclass(frozen=True, slots=True)
class GeneratedFloor:
    """A generated floor; tiles are (x, y), lists in row order; `stairs` is (-1, -1) on boss floors that have none.

    `terrain_flags` (32, 56) uint16, `rooms` and `spawns` (32, 56) uint8, all read-only. `buried` are items inside
    walls, `items` all others. `shopkeeper` is None without a shop, `monster_house_room` None without a house.
    `rng_after` is the state of the dungeon generator behind the last draw.
    """

    terrain_flags: NDArray[np.uint16]
    rooms: NDArray[np.uint8]
    spawns: NDArray[np.uint8]
    player: Tile
    stairs: Tile
    items: list[Tile]
    buried: list[Tile]
    traps: list[Tile]
    monsters: list[Tile]
    shopkeeper: Tile | None
    monster_house_room: int | None
    force_monster_house: bool
    layout_attempts: int
    spawn_attempts: int
    rng_after: int


def generate_floor(dungeon_id: int, floor: int, seed: int, story_done: bool = False) -> GeneratedFloor:
    """Generate floor `floor` (the first is 1) of a dungeon with the dungeon generator seeded with `seed`.

    The seed is used right before the generation itself. A running game draws from a floor's seed before that; see
    `start_floor`. `story_done` is the story flag that lets monster houses hold traps.

    Raises:
        ScenarioError: the dungeon or the floor does not exist, or the seed is no unsigned 32-bit number.
    """
    table = rules()
    _check(table[0], dungeon_id, floor, seed)
    plan = np.zeros(1, PLAN)
    seed_dungeon(plan[0], seed)
    generate(plan[0], table[0]["dungeons"][dungeon_id]["floors"][floor - 1], table[0], bool(story_done))
    return _as_floor(plan[0])


def _check(table: np.void, dungeon_id: int, floor: int, seed: int) -> None:
    dungeons = table["dungeons"]
    if not 0 <= dungeon_id < len(dungeons) or not dungeons[dungeon_id]["exists"]:
        raise ScenarioError(f"dungeon {dungeon_id} is not a dungeon of the game; use an id of 0..{len(dungeons) - 1}")
    floors = int(dungeons[dungeon_id]["floor_count"])
    if not 1 <= floor <= floors:
        raise ScenarioError(f"floor {floor} of dungeon {dungeon_id}: it has floors 1..{floors}")
    if not 0 <= seed <= 0xFFFFFFFF:
        raise ScenarioError(f"seed {seed} must be an unsigned 32-bit number, 0..{0xFFFFFFFF}")


def _as_floor(plan: np.void) -> GeneratedFloor:
    flags, spawns = _frozen(plan["flags"]), _frozen(plan["spawns"])
    in_wall = (flags & GROUND) == WALL
    item = (spawns & SPAWN_ITEM) != 0
    house = int(plan["monster_house_room"])
    return GeneratedFloor(
        terrain_flags=flags,
        rooms=_frozen(plan["rooms"]),
        spawns=spawns,
        player=(int(plan["player_x"]), int(plan["player_y"])),
        stairs=(int(plan["stairs_x"]), int(plan["stairs_y"])),
        items=_tiles(item & ~in_wall),
        buried=_tiles(item & in_wall),
        traps=_tiles((spawns & SPAWN_TRAP) != 0),
        monsters=_tiles((spawns & SPAWN_MONSTER) != 0),
        shopkeeper=(int(plan["keeper_x"]), int(plan["keeper_y"])) if plan["keeper_x"] >= 0 else None,
        monster_house_room=None if house == NO_ROOM else house,
        force_monster_house=bool(plan["force_monster_house"]),
        layout_attempts=int(plan["layout_attempt"]) + 1,
        spawn_attempts=int(plan["spawn_attempt"]) + 1,
        rng_after=int(plan["rng_dungeon"]),
    )


def _frozen(layer: NDArray[Any]) -> NDArray[Any]:
    copy = layer.copy()
    copy.flags.writeable = False
    return copy


def _tiles(mask: NDArray[np.bool_]) -> list[Tile]:
    return [(int(x), int(y)) for y, x in np.argwhere(mask)]
