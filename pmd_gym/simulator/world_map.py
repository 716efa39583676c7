"""Writes a generated floor into the game's memory: tiles, walk masks, rooms, exits and the generator's own globals.

Knows the map only: monsters, items and traps are created afterwards from `plan.spawns`, which stays as it is.
Sources: pret/pmd-red 1177316f, src/dungeon_map_access.c (walk masks, room table), src/dungeon_generation.c (exits).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator.floor import generate
from pmd_gym.simulator.terrain import GROUND, HEIGHT, JUNCTION, WALL, WIDTH

TILES_ADDRESS = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.tiles").offset
TILE_SIZE = layout.TILE.itemsize
MAX_ROOMS = layout.MAX_ROOMS
MAX_EXITS = layout.field("Dungeon.junctions").dtype.shape[1]

NOWHERE = 9999
TILE_PIXELS = 24
HIDDEN_CELL = 14
"""`Tile.fixed_room_cell` of the inner part of a chamber that is still locked."""

NORTH_SIDES, EAST_SIDES, SOUTH_SIDES = 0x38, 0x0E, 0x83
NOT_WEST = 0x1F
"""Direction bits, bit 0 is south, then counter-clockwise on the screen."""


@kernel
def build_floor(game: Any, floor: Any, tables: Any, story_done: bool) -> None:
    """Generate a floor with the game's own dungeon generator and write it into the game's memory.

    `floor` is a row of `tables.dungeons[].floors`; what shall appear where is left in `game.plan.spawns`.
    """
    game.plan.rng_dungeon = game.rng_dungeon
    generate(game.plan, floor, tables, story_done)
    game.rng_dungeon = game.plan.rng_dungeon
    write_map(game, game.plan)


@kernel
def write_map(game: Any, plan: Any) -> None:
    """Write the map of a generated `plan` into `game.world`; tiles end up unseen and without monster or object."""
    _write_tiles(game.world, plan)
    write_walk_masks(game.world, 0, 0, WIDTH, HEIGHT)
    write_rooms(game.world)
    write_exits(game.world)
    _write_places(game.world, plan)
    game.floor_has_shop = plan.has_shop
    game.floor_has_monster_house = plan.has_monster_house
    game.floor_size = plan.floor_size
    game.floor_stairs_room = plan.stairs_room
    game.floor_room_count = plan.room_count


@kernel
def _write_tiles(world: Any, plan: Any) -> None:
    for y in range(HEIGHT):
        for x in range(WIDTH):
            tile = world.tiles[y, x]
            tile.terrain, tile.room = plan.flags[y, x], plan.rooms[y, x]
            tile.visibility, tile.gfx, tile.fixed_room_cell = 0, 0, 0
            tile.monster, tile.object = 0, 0
            world.tile_pointers[y, x] = TILES_ADDRESS + (y * WIDTH + x) * TILE_SIZE
    if plan.chamber:
        for y in range(plan.fixed_y0 + 2, plan.fixed_y1 - 2):
            for x in range(plan.fixed_x0 + 2, plan.fixed_x1 - 2):
                world.tiles[y, x].fixed_room_cell = HIDDEN_CELL


@kernel
def write_walk_masks(world: Any, x0: int, y0: int, x1: int, y1: int) -> None:
    """Recompute `Tile.walk_*` of the tiles in a box (x1, y1 exclusive) from the terrain around them.

    A change of terrain at (x, y) needs the box x-1..x+2, y-1..y+2. Bit d is set when a walker of that class may
    step in direction d; a diagonal step needs both tiles beside it to be no wall.
    """
    for y in range(max(0, y0), min(HEIGHT, y1)):
        for x in range(max(0, x0), min(WIDTH, x1)):
            _write_walk_mask(world, x, y)


@kernel
def _write_walk_mask(world: Any, x: int, y: int) -> None:
    south, north = _ground(world, x, y + 1), _ground(world, x, y - 1)
    east, west = _ground(world, x + 1, y), _ground(world, x - 1, y)
    southeast, northeast, northwest, southwest = WALL, WALL, WALL, WALL
    if south != WALL and east != WALL:
        southeast = _ground(world, x + 1, y + 1)
    if north != WALL and east != WALL:
        northeast = _ground(world, x + 1, y - 1)
    if north != WALL and west != WALL:
        northwest = _ground(world, x - 1, y - 1)
    if south != WALL and west != WALL:
        southwest = _ground(world, x - 1, y + 1)
    ways = (
        _spread(south) | _spread(southeast) << 1 | _spread(east) << 2 | _spread(northeast) << 3
        | _spread(north) << 4 | _spread(northwest) << 5 | _spread(west) << 6 | _spread(southwest) << 7
    )  # fmt: skip
    low, high = ways & 0xFF, ways >> 8
    tile = world.tiles[y, x]
    tile.walk_normal, tile.walk_liquid, tile.walk_chasm = low & ~high, low ^ high, low | high
    tile.walk_wall = _border_mask(x, y)


@kernel
def _spread(kind: int) -> int:
    """The two bits of a kind of ground 0..3, the high one 8 places up: floor is 01, secondary 10, flooded 11."""
    return kind & 1 | (kind & 2) << 7


@kernel
def _ground(world: Any, x: int, y: int) -> int:
    if 0 <= x < WIDTH and 0 <= y < HEIGHT:
        return world.tiles[y, x].terrain & GROUND
    return WALL


@kernel
def _border_mask(x: int, y: int) -> int:
    """Steps of a wall passer: everywhere but onto the outermost ring of the map."""
    mask = NOT_WEST if x <= 1 else 0xFF
    if y <= 1:
        mask &= 0xFF - NORTH_SIDES
    if x > WIDTH - 3:
        mask &= 0xFF - EAST_SIDES
    if y > HEIGHT - 3:
        mask &= 0xFF - SOUTH_SIDES
    return mask


@kernel
def write_rooms(world: Any) -> None:
    """Recompute the room table from the room bytes of the tiles; every room becomes undiscovered."""
    for room in range(MAX_ROOMS):
        entry = world.rooms[room]
        entry.exists, entry.discovered = 0, 0
        entry.x_min, entry.y_min, entry.x_end, entry.y_end = NOWHERE, NOWHERE, -NOWHERE, -NOWHERE
    last = 0
    for y in range(HEIGHT):
        for x in range(WIDTH):
            room = world.tiles[y, x].room
            if room < MAX_ROOMS:
                _extend_room(world.rooms[room], x, y)
                last = max(last, room)
    for room in range(MAX_ROOMS):
        _write_pixels(world.rooms[room])
    world.room_count = last + 1


@kernel
def _extend_room(entry: Any, x: int, y: int) -> None:
    entry.exists = 1
    entry.x_min, entry.y_min = min(entry.x_min, x), min(entry.y_min, y)
    entry.x_end, entry.y_end = max(entry.x_end, x + 1), max(entry.y_end, y + 1)


@kernel
def _write_pixels(entry: Any) -> None:
    if entry.exists:
        entry.px_min_x, entry.px_min_y = (entry.x_min - 1) * TILE_PIXELS, (entry.y_min - 1) * TILE_PIXELS
        entry.px_max_x, entry.px_max_y = (entry.x_end + 1) * TILE_PIXELS, (entry.y_end + 1) * TILE_PIXELS


@kernel
def write_exits(world: Any) -> None:
    """Recompute the list of exits of every room, at most 32 each, column by column as the game lists them."""
    for room in range(MAX_ROOMS):
        world.junction_counts[room] = 0
    for x in range(WIDTH):
        for y in range(HEIGHT):
            tile = world.tiles[y, x]
            if tile.terrain & JUNCTION and tile.room < MAX_ROOMS and world.junction_counts[tile.room] < MAX_EXITS:
                spot = world.junctions[tile.room, world.junction_counts[tile.room]]
                spot.x, spot.y = x, y
                world.junction_counts[tile.room] += 1


@kernel
def _write_places(world: Any, plan: Any) -> None:
    """Single places of the floor. Without a shop the shop's rectangle of an earlier floor stays, as in the game."""
    world.player_spawn.x, world.player_spawn.y = plan.player_x, plan.player_y
    world.stairs.x, world.stairs.y = plan.stairs_x, plan.stairs_y
    if plan.fixed_room == 0 or plan.has_monster_house:  # else that of the floor before stays, as in the game
        world.monster_house_room = plan.monster_house_room
    world.force_monster_house = plan.force_monster_house
    world.generation_attempts = plan.layout_attempt
    if plan.has_shop:
        for i in range(4):
            world.kecleon_shop[i] = plan.shop_area[i]
    for i in range(len(plan.points)):
        if plan.points[i, 0] >= 0:
            world.special_points[i].x, world.special_points[i].y = plan.points[i, 0], plan.points[i, 1]
    if plan.chamber:
        world.fixed_room_area[0], world.fixed_room_area[1] = plan.fixed_x0, plan.fixed_y0
        world.fixed_room_area[2], world.fixed_room_area[3] = plan.fixed_x1, plan.fixed_y1
