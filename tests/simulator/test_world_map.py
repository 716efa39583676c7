"""A generated floor in the game's memory, against the rules written out in plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import generate_floor, rng
from pmd_gym.simulator.game import GAME
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.world_map import build_floor, write_rooms, write_walk_masks

STEPS = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]
SOUTH, SOUTHEAST, EAST = 1, 2, 4
WALL, FLOOR, WATER = 0, 1, 2
WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
PLACES = [(0, 1), (2, 9), (20, 15), (26, 7), (17, 18), (36, 10), (44, 1), (54, 1)]


@kernel
def build(games: Any, tables: Any, dungeon: int, floor: int, seed: int) -> None:
    game = games[0]
    rng.seed_dungeon(game, seed)
    build_floor(game, tables[0].dungeons[dungeon].floors[floor - 1], tables[0], False)


@kernel
def mask(games: Any) -> None:
    write_walk_masks(games[0].world, 0, 0, WIDTH, HEIGHT)


@kernel
def list_rooms(games: Any) -> None:
    write_rooms(games[0].world)


def games_of_junk() -> Any:
    games = np.zeros(1, GAME)
    games.view(np.uint8)[:] = 0x5A
    return games


def built(place: tuple[int, int], seed: int = 12345) -> Any:
    games = games_of_junk()
    build(games, rules(), *place, seed)
    return games[0]


def plain_masks(ground: np.ndarray) -> dict[str, np.ndarray]:
    """Walk masks (32, 56) of the four classes from the ground (32, 56)."""

    def at(x: int, y: int) -> int:
        return int(ground[y, x]) if 0 <= x < WIDTH and 0 <= y < HEIGHT else WALL

    passes = {
        "walk_normal": lambda x, y: at(x, y) == FLOOR,
        "walk_liquid": lambda x, y: at(x, y) in (FLOOR, WATER),
        "walk_chasm": lambda x, y: at(x, y) != WALL,
    }
    masks = {name: np.zeros(ground.shape, np.uint8) for name in (*passes, "walk_wall")}
    for y, x in np.ndindex(ground.shape):
        for direction, (dx, dy) in enumerate(STEPS):
            free_corner = at(x + dx, y) != WALL and at(x, y + dy) != WALL
            for name, may_enter in passes.items():
                if may_enter(x + dx, y + dy) and (not dx or not dy or free_corner):
                    masks[name][y, x] |= 1 << direction
            if wall_passer_may_step(x, y, dx, dy):
                masks["walk_wall"][y, x] |= 1 << direction
    return masks


def wall_passer_may_step(x: int, y: int, dx: int, dy: int) -> bool:
    """Never onto or along the outermost ring towards the outside."""
    west, east = dx < 0 and x <= 1, dx > 0 and x >= WIDTH - 2
    north, south = dy < 0 and y <= 1, dy > 0 and y >= HEIGHT - 2
    return not (west or east or north or south)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_tiles_hold_the_generated_map(place: tuple[int, int]) -> None:
    game = built(place)
    floor = generate_floor(*place, 12345)
    tiles = game["world"]["tiles"]
    assert (tiles["terrain"] == floor.terrain_flags).all()
    assert (tiles["room"] == floor.rooms).all()
    assert game["rng_dungeon"] == floor.rng_after
    assert tuple(game["world"]["player_spawn"].tolist()) == floor.player
    assert tuple(game["world"]["stairs"].tolist()) == floor.stairs
    assert not any(tiles[name].any() for name in ("visibility", "gfx", "monster", "object"))


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_walk_masks_follow_the_terrain(place: tuple[int, int]) -> None:
    tiles = built(place)["world"]["tiles"]
    for name, expected in plain_masks(tiles["terrain"] & 3).items():
        assert (tiles[name] == expected).all(), name


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_rooms_are_the_boxes_of_their_tiles(place: tuple[int, int]) -> None:
    world = built(place)["world"]
    rooms = world["tiles"]["room"]
    for number, room in enumerate(world["rooms"]):
        ys, xs = np.nonzero(rooms == number)
        assert room["exists"] == (len(xs) > 0) and room["discovered"] == 0
        box = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) if len(xs) else (9999, 9999, -9999, -9999)
        assert (room["x_min"], room["y_min"], room["x_end"], room["y_end"]) == box
        if len(xs):
            pixels = ((box[0] - 1) * 24, (box[1] - 1) * 24, (box[2] + 1) * 24, (box[3] + 1) * 24)
            assert tuple(room[f"px_{name}"] for name in ("min_x", "min_y", "max_x", "max_y")) == pixels
    assert world["room_count"] == rooms[rooms < 32].max() + 1


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_exits_are_listed_column_by_column(place: tuple[int, int]) -> None:
    world = built(place)["world"]
    tiles = world["tiles"]
    exits: dict[int, list[tuple[int, int]]] = {}
    for x in range(WIDTH):
        for y in range(HEIGHT):
            if tiles["terrain"][y, x] & 8 and tiles["room"][y, x] < 32:
                exits.setdefault(int(tiles["room"][y, x]), []).append((x, y))
    for room in range(layout.MAX_ROOMS):
        listed = world["junctions"][room][: world["junction_counts"][room]].tolist()
        assert listed == exits.get(room, [])[:32]


def test_tile_pointers_point_at_the_tiles() -> None:
    world = built((0, 1))["world"]
    first = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.tiles").offset
    assert world["tile_pointers"].ravel().tolist() == list(range(first, first + 24 * WIDTH * HEIGHT, 24))


def test_generator_globals_and_monster_house_are_written() -> None:
    game = built((20, 15))
    assert game["world"]["force_monster_house"] == 1
    assert game["world"]["monster_house_room"] == 0
    assert (game["floor_has_monster_house"], game["floor_has_shop"]) == (1, 0)
    assert game["floor_stairs_room"] == 0
    assert (built((0, 1))["floor_size"], built((1, 1))["floor_size"]) == (1, 2)
    assert built((0, 1))["world"]["monster_house_room"] == 0xFF
    assert built((0, 1))["floor_room_count"] >= 2


def test_shop_rectangle_covers_the_shop_before_it_shrank() -> None:
    place = (26, 23)
    seed_with_shop = next(seed for seed in range(1, 4000, 2) if generate_floor(*place, seed).shopkeeper)
    game = built(place, seed_with_shop)
    x0, y0, x1, y1 = game["world"]["kecleon_shop"].tolist()
    ys, xs = np.nonzero(game["world"]["tiles"]["terrain"] & 0x20)
    assert game["floor_has_shop"] == 1
    assert x0 <= xs.min() and xs.max() <= x1 and y0 <= ys.min() and ys.max() <= y1


def test_marked_points_of_a_boss_floor_are_written() -> None:
    world = built((2, 9))["world"]
    cells = rules()[0]["fixed_rooms"][1]["cells"]
    for mark in (22, 23, 24, 25, 26, 27):
        [[row, column]] = np.argwhere(cells == mark)
        assert world["special_points"][mark - 22].tolist() == (column + 5, row + 5)


def test_inner_tiles_of_a_locked_chamber_are_marked() -> None:
    world = built((36, 10))["world"]
    x0, y0, x1, y1 = world["fixed_room_area"].tolist()
    marked = np.zeros((HEIGHT, WIDTH), bool)
    marked[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] = True
    assert (world["tiles"]["fixed_room_cell"] == np.where(marked, 14, 0)).all()
    assert (x1 - x0, y1 - y0) == (7, 7)


def map_of(*changes: tuple[int, int, int]) -> Any:
    """Masks of the tile (10, 10) on a map that is floor everywhere but for (dx, dy, ground) around that tile."""
    games = np.zeros(1, GAME)
    tiles = games[0]["world"]["tiles"]
    tiles["terrain"] = FLOOR
    for dx, dy, ground in changes:
        tiles["terrain"][10 + dy, 10 + dx] = ground
    mask(games)
    return tiles[10, 10]


def test_a_wall_beside_a_diagonal_blocks_walkers_and_swimmers() -> None:
    tile = map_of((1, 0, WALL))
    assert not tile["walk_normal"] & SOUTHEAST
    assert not tile["walk_liquid"] & SOUTHEAST
    assert not tile["walk_chasm"] & SOUTHEAST


def test_water_beside_a_diagonal_blocks_nobody() -> None:
    assert map_of((1, 0, WATER))["walk_normal"] & SOUTHEAST


def test_water_lets_swimmers_and_flyers_pass_only() -> None:
    tile = map_of((0, 1, WATER))
    assert not tile["walk_normal"] & SOUTH
    assert tile["walk_liquid"] & SOUTH and tile["walk_chasm"] & SOUTH


def test_an_attack_reaches_over_a_corner_of_water_but_not_of_wall() -> None:
    """Attacks follow the flyers' mask at least."""
    assert map_of((1, 0, WATER), (0, 1, WATER))["walk_chasm"] & SOUTHEAST
    assert not map_of((1, 0, WALL), (0, 1, WATER))["walk_chasm"] & SOUTHEAST
    assert not map_of((1, 0, WATER), (0, 1, WALL))["walk_chasm"] & SOUTHEAST


def test_wall_passers_walk_everywhere_but_onto_the_outermost_ring() -> None:
    assert map_of((0, 1, WALL))["walk_wall"] == 0xFF
    games = np.zeros(1, GAME)
    mask(games)
    tiles = games[0]["world"]["tiles"]
    assert not tiles[HEIGHT - 2, 10]["walk_wall"] & SOUTH
    assert not tiles[10, WIDTH - 2]["walk_wall"] & (EAST | SOUTHEAST)
    assert tiles[10, 1]["walk_wall"] == 0x1F


def test_room_tiles_beyond_the_table_are_ignored() -> None:
    games = np.zeros(1, GAME)
    tiles = games[0]["world"]["tiles"]
    tiles["room"] = 0xFE
    tiles["room"][3, 4] = 31
    list_rooms(games)
    assert games[0]["world"]["rooms"]["exists"].tolist() == [0] * 31 + [1]
    assert games[0]["world"]["room_count"] == 32
