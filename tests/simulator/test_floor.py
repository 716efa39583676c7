"""Floor generation against floors of the original code, and rules that hold for every floor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmd_gym.errors import ScenarioError
from pmd_gym.simulator import GeneratedFloor, generate_floor, rng
from pmd_gym.simulator.fixed_room import FIRST_CHAMBER
from pmd_gym.simulator.floor import generate
from pmd_gym.simulator.layouts import draw_grid_size
from pmd_gym.simulator.plan import PLAN
from pmd_gym.simulator.rules import rules

ROOT = Path(__file__).parents[2]
RECORDED = json.loads((ROOT / "tests/data/floorgen_golden.json").read_text())
TURNS = json.loads((ROOT / "tests/data/turns_golden.json").read_text())
BOSS_FLOOR = (2, 9)
LOCKED_CHAMBER = (36, 10)


def crc(layer: np.ndarray) -> int:
    return zlib.crc32(layer.tobytes())


def floor_row(dungeon: int, floor: int) -> np.void:
    row: np.void = rules()[0]["dungeons"][dungeon]["floors"][floor - 1]
    return row


@cache
def all_floors() -> list[tuple[int, int]]:
    dungeons = rules()[0]["dungeons"]
    return [(i, floor) for i in range(len(dungeons)) for floor in range(1, int(dungeons[i]["floor_count"]) + 1)]


def fixed_floors(chambers: bool) -> list[tuple[int, int]]:
    def wanted(number: int) -> bool:
        return number >= FIRST_CHAMBER if chambers else 0 < number < FIRST_CHAMBER

    return [place for place in all_floors() if wanted(int(floor_row(*place)["fixed_room"]))]


def drawn(floor: GeneratedFloor) -> list[str]:
    """The map in the signs of the recorded floors."""
    signs = "#", ",", "~", "="
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rows = []
    for flags, rooms in zip(floor.terrain_flags, floor.rooms, strict=True):
        kinds = zip(flags & 3, rooms, strict=True)
        rows.append("".join(letters[room] if kind == 1 and room != 0xFF else signs[kind] for kind, room in kinds))
    return rows


@pytest.mark.parametrize("case", RECORDED["floors"], ids=lambda case: f"{case['dungeon']}-{case['floor']}F")
def test_floor_equals_the_original(case: dict[str, Any]) -> None:
    floor = generate_floor(case["dungeon"], case["floor"], case["seed"], case["story_done"])
    assert drawn(floor) == case["rows"]
    assert crc(floor.terrain_flags) == case["crc32_flags"]
    assert crc(floor.rooms) == case["crc32_rooms"]
    assert crc(floor.spawns) == case["crc32_spawn"]
    assert (list(floor.player), list(floor.stairs)) == (case["player"], case["stairs"])
    for name in ("items", "buried", "traps", "monsters"):
        assert [list(tile) for tile in getattr(floor, name)] == case[name], name
    assert list(floor.shopkeeper or (-1, -1)) == case["kecleon"]
    assert (0xFF if floor.monster_house_room is None else floor.monster_house_room) == case["monster_house_room"]
    assert floor.force_monster_house == bool(case["force_mh"])
    assert floor.layout_attempts - 1 == case["last_layout_attempt"]
    assert floor.rng_after == case["rng_after"]


def test_all_checksum_rows_equal_the_original() -> None:
    wrong = []
    for dungeon, floor, seed, *expected in RECORDED["regression"]:
        made = generate_floor(dungeon, floor, seed)
        sums = [made.rng_after, crc(made.terrain_flags), crc(made.rooms), crc(made.spawns)]
        if [*sums, list(made.player), list(made.stairs)] != expected:
            wrong.append((dungeon, floor, seed))
    assert len(RECORDED["regression"]) == 989
    assert wrong == []


@pytest.mark.parametrize("run", TURNS["runs"], ids=lambda run: f"{run['dungeon']}-{run['floor']}F-{run['floor_seed']}")
def test_floors_of_recorded_runs_equal_the_original(run: dict[str, Any]) -> None:
    plan = np.zeros(1, PLAN)[0]
    plan["rng_dungeon"] = run["rng_before_generation"]
    generate(plan, floor_row(run["dungeon"], run["floor"]), rules()[0], False)
    assert plan["rng_dungeon"] == run["rng_after_generation"]
    assert [plan["player_x"], plan["player_y"]] == run["player"]
    assert [plan["stairs_x"], plan["stairs_y"]] == run["stairs"]


@pytest.mark.parametrize(
    ("place", "seed", "player", "stairs", "items", "traps", "monsters", "state", "flags", "rooms"),
    [
        ((0, 1), 16571321, (9, 28), (9, 10), [(19, 7), (22, 7), (3, 10)], [], [(18, 9), (7, 29)],
         1256172290, 1619389802, 1309943354),
        ((1, 1), 2979887, (23, 27), (30, 13), [(30, 14), (30, 16), (33, 16), (22, 24)], [(7, 12), (21, 26)],
         [(35, 15), (8, 17)], 2925522912, 339300119, 882134378),
        ((2, 4), 987009, (28, 7), (46, 21), [(45, 11), (12, 12), (45, 27)], [(8, 11), (41, 26)],
         [(21, 8), (47, 19), (3, 23), (40, 24)], 470416679, 1171236808, 1650411815),
        ((3, 5), 14244297, (9, 10), (21, 24), [(3, 4), (38, 9), (47, 11), (22, 12)], [(7, 25)],
         [(35, 8), (37, 10), (48, 13)], 1906082093, 1080195384, 4055875225),
        ((5, 7), 10961491, (25, 22), (22, 19), [(21, 10), (42, 13), (22, 18)], [(35, 22), (44, 22)],
         [(30, 11), (46, 18), (34, 22)], 4008941144, 1549643441, 1058493854),
    ],
)  # fmt: skip
def test_published_cases(
    place: tuple[int, int], seed: int, player: object, stairs: object, items: object, traps: object,
    monsters: object, state: int, flags: int, rooms: int,
) -> None:  # fmt: skip
    floor = generate_floor(*place, seed)
    assert (floor.player, floor.stairs, floor.items, floor.traps) == (player, stairs, items, traps)
    assert (floor.monsters, floor.rng_after) == (monsters, state)
    assert (crc(floor.terrain_flags), crc(floor.rooms)) == (flags, rooms)


def test_grid_size_is_drawn_until_it_fits() -> None:
    plan = np.zeros(1, PLAN)[0]
    rng.seed_dungeon(plan, 4321)
    draw_grid_size(plan, False)
    assert (plan["grid_width"], plan["grid_height"]) == (6, 3)


def test_compiled_generator_equals_plain_python() -> None:
    places = [*all_floors()[::97], BOSS_FLOOR, LOCKED_CHAMBER]
    cases = [[dungeon, floor, 1000 * index + 7] for index, (dungeon, floor) in enumerate(places)]
    program = ROOT / "tests/oracles/plain_floor.py"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-W", "error", str(program), json.dumps(cases)],
        env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    for case, sums in zip(cases, json.loads(run.stdout), strict=True):
        floor = generate_floor(*case)
        compiled = [floor.rng_after, crc(floor.terrain_flags), crc(floor.rooms), crc(floor.spawns)]
        assert [*compiled, *floor.player, *floor.stairs] == sums, case


def walkable_from(floor: GeneratedFloor, start: tuple[int, int]) -> set[tuple[int, int]]:
    """Tiles a land walker reaches; straight steps are enough, since diagonals need both tiles beside them."""
    open_tiles = (floor.terrain_flags & 3) == 1
    seen, stack = {start}, [start]
    while stack:
        x, y = stack.pop()
        for tile in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if open_tiles[tile[1], tile[0]] and tile not in seen:
                seen.add(tile)
                stack.append(tile)
    return seen


@settings(max_examples=300)
@given(data=st.data(), seed=st.integers(0, 0xFFFFFFFF), junk=st.integers(0, 255))
def test_every_floor_can_be_played(data: st.DataObject, seed: int, junk: int) -> None:
    place = data.draw(st.sampled_from(all_floors()))
    floor = generate_floor(*place, seed)
    ground = floor.terrain_flags & 3
    border = np.concatenate([floor.terrain_flags[0], floor.terrain_flags[-1], *floor.terrain_flags[:, ::55]])
    assert (border & 0x10).all()
    x, y = floor.player
    assert ground[y, x] == 1
    fixed = int(floor_row(*place)["fixed_room"])
    if fixed == 0:
        assert not (border & 3).any()
        assert floor.rooms[y, x] != 0xFF
        assert floor.stairs in walkable_from(floor, floor.player) or floor.spawn_attempts == 11
        assert floor.terrain_flags[floor.stairs[1], floor.stairs[0]] & 0x200
    assert floor.player not in floor.items + floor.monsters + floor.traps
    assert not set(floor.traps) & set(floor.items)
    assert not set(floor.monsters) & {floor.stairs, *floor.buried}
    assert_same_from_junk(place, seed, junk, floor)


def assert_same_from_junk(place: tuple[int, int], seed: int, junk: int, expected: GeneratedFloor) -> None:
    """A work space full of junk gives the same floor."""
    plan = np.full(PLAN.itemsize, junk, np.uint8).view(PLAN)[0]
    rng.seed_dungeon(plan, seed)
    generate(plan, floor_row(*place), rules()[0], False)
    assert plan["rng_dungeon"] == expected.rng_after
    assert (plan["flags"] == expected.terrain_flags).all()
    assert (plan["rooms"] == expected.rooms).all()
    assert (plan["spawns"] == expected.spawns).all()


@pytest.mark.parametrize("place", fixed_floors(chambers=False), ids=str)
def test_boss_floor_is_its_fixed_room_in_rock(place: tuple[int, int]) -> None:
    floor = generate_floor(*place, 5)
    room = rules()[0]["fixed_rooms"][int(floor_row(*place)["fixed_room"])]
    cells = room["cells"][: room["height"], : room["width"]]
    inside = floor.terrain_flags[5 : 5 + room["height"], 5 : 5 + room["width"]]
    [[row, column]] = np.argwhere(cells == 4)
    assert floor.player == (column + 5, row + 5)
    assert (inside[np.isin(cells, (6, 7, 10))] & 3 == 3).all()
    assert (inside[np.isin(cells, (2, 13, 14))] & 0x1F == 0x10).all()
    assert not (inside[(cells >= 16) & (cells != 66)] & 3 != 1).any()
    outside = floor.terrain_flags.copy()
    outside[5 : 5 + room["height"], 5 : 5 + room["width"]] = 0x10
    assert (outside & 0x10).all()
    assert floor.items == floor.traps == floor.monsters == []


@pytest.mark.parametrize("place", fixed_floors(chambers=True), ids=str)
def test_chamber_lies_inside_a_floor_with_stairs(place: tuple[int, int]) -> None:
    for seed in range(5):
        floor = generate_floor(*place, seed)
        room = rules()[0]["fixed_rooms"][int(floor_row(*place)["fixed_room"])]
        hidden = (floor.terrain_flags & 0x110 == 0x110) & (floor.terrain_flags & 3 == 0)
        inner = max(0, int(room["width"]) - 4) * max(0, int(room["height"]) - 4)
        assert hidden.sum() >= (inner if room["flags"] & 1 else 0)
        assert floor.stairs in walkable_from(floor, floor.player) or floor.spawn_attempts == 11


def test_the_same_seed_gives_the_same_floor_and_another_seed_another() -> None:
    first, again, other = (generate_floor(3, 4, seed) for seed in (11, 11, 13))
    assert (first.terrain_flags == again.terrain_flags).all() and first.rng_after == again.rng_after
    assert (first.terrain_flags != other.terrain_flags).any()


def test_the_story_decides_whether_monster_houses_hold_traps() -> None:
    def traps(story_done: bool) -> int:
        return sum(len(generate_floor(20, 15, seed, story_done).traps) for seed in range(1, 40, 2))

    assert traps(True) > traps(False)


def test_a_generated_floor_cannot_be_changed() -> None:
    floor = generate_floor(0, 1, 1)
    with pytest.raises(ValueError, match="read-only"):
        floor.rooms[0, 0] = 1
    with pytest.raises(AttributeError):
        floor.rng_after = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((99, 1, 1), "dungeon 99 is not a dungeon"),
        ((-1, 1, 1), "dungeon -1 is not a dungeon"),
        ((0, 4, 1), "floors 1..3"),
        ((0, 0, 1), "floors 1..3"),
        ((0, 1, -1), "unsigned 32-bit"),
        ((0, 1, 1 << 32), "unsigned 32-bit"),
    ],
)
def test_what_does_not_exist_is_refused(arguments: tuple[int, int, int], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        generate_floor(*arguments)
