"""Warps, knock-backs, leaps, hurls and exchanged places, on a floor set up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import displace, ids
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, RATTATA = 4, 19
SPAWN_TILE, OTHER = int(Draw.SPAWN_TILE), int(Draw.OTHER)
EAST = 2


@kernel
def warp(games: Any, tables: Any, source: int, target: int, mode: int, x: int, y: int) -> bool:
    return displace.warp(games[0], tables[0], source, target, mode, x, y)


@kernel
def blow_away(games: Any, tables: Any, source: int, target: int, direction: int) -> bool:
    return displace.blow_away(games[0], tables[0], source, target, direction)


@kernel
def leap(games: Any, tables: Any, target: int, direction: int) -> bool:
    return displace.leap(games[0], tables[0], target, direction)


@kernel
def swap_places(games: Any, tables: Any, source: int, target: int) -> bool:
    return displace.swap_places(games[0], tables[0], source, target)


@kernel
def hurl(games: Any, tables: Any, source: int, target: int) -> bool:
    return displace.hurl(games[0], tables[0], source, target)


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.put(LEADER, CHARMANDER, (5, 5), hp=30, max_hp=30)
    arena.put(FOE, RATTATA, (8, 5), hp=30, max_hp=30)
    return arena


def where(arena: Arena, slot: int) -> tuple[int, int]:
    x, y = arena.world["entities"][slot]["pos"].item()
    return x, y


def test_a_warp_draws_a_start_and_a_tile_six_steps_from_the_leader(arena: Arena) -> None:
    assert warp(arena.records, arena.tables, LEADER, FOE, displace.ANYWHERE, 0, 0)
    assert [(label, bound) for label, bound, _ in arena.draws()][:2] == [(SPAWN_TILE, 56), (SPAWN_TILE, 32)]
    x, y = where(arena, FOE)
    assert abs(x - 5) >= 6 or abs(y - 5) >= 6
    assert arena.world["tiles"][5, 8]["monster"] == 0
    assert arena.world["tiles"][y, x]["monster"] != 0


def test_a_warp_of_the_leader_takes_camera_and_map_along(arena: Arena) -> None:
    assert warp(arena.records, arena.tables, LEADER, LEADER, displace.BESIDE, 20, 10)
    assert where(arena, LEADER) == (20, 10)
    assert arena.world["camera_tile"].item() == (20, 10)
    assert arena.game["leader_tile"].item() == (20, 10)
    assert arena.world["rooms"][0]["discovered"] == 1


def test_a_warp_to_the_stairs_lands_beside_whatever_stands_there_and_petrifies(arena: Arena) -> None:
    arena.world["stairs"] = (8, 5)
    arena.put(FOE + 1, RATTATA, (20, 10))
    assert warp(arena.records, arena.tables, LEADER, FOE + 1, displace.TO_STAIRS, 0, 0)
    assert where(arena, FOE + 1) == (8, 4)
    assert arena.world["monsters"][FOE + 1]["freeze_status"] == ids.PETRIFIED
    assert arena.draws() == []


@pytest.mark.parametrize(
    ("start", "end", "turned"),
    [((8, 5), (9, 5), 58), ((8, 5), (20, 10), 19), ((20, 10), (8, 5), 39), ((20, 10), (22, 10), 0)],
)
def test_a_warp_turns_where_it_is_seen_to_leave_and_to_arrive(
    arena: Arena, start: tuple[int, int], end: tuple[int, int], turned: int
) -> None:
    arena.put(FOE + 1, RATTATA, start, direction=3)
    arena.world["camera_tile"] = (5, 5)
    arena.world["entities"][FOE]["kind"] = 0
    assert warp(arena.records, arena.tables, LEADER, FOE + 1, displace.EXACTLY, *end)
    assert arena.world["monsters"][FOE + 1]["direction"] == (3 + turned) % 8


@pytest.mark.parametrize("reason", ["anchored", "boss room"])
def test_nothing_lifts_the_anchored_or_anybody_in_a_boss_room(arena: Arena, reason: str) -> None:
    if reason == "anchored":
        arena.world["monsters"][FOE]["ability1"] = ids.SUCTION_CUPS
    else:
        arena.world["tileset"] = 64
    assert not warp(arena.records, arena.tables, LEADER, FOE, displace.ANYWHERE, 0, 0)
    assert not blow_away(arena.records, arena.tables, LEADER, FOE, EAST)
    assert not leap(arena.records, arena.tables, FOE, EAST)
    assert where(arena, FOE) == (8, 5)
    assert arena.draws() == []


def test_a_knock_back_ends_after_ten_tiles_without_harm(arena: Arena) -> None:
    assert blow_away(arena.records, arena.tables, LEADER, FOE, EAST)
    assert where(arena, FOE) == (18, 5)
    assert arena.world["monsters"][FOE]["hp"] == 30
    assert arena.world["monsters"][FOE]["direction"] == EAST + 4


def test_a_wall_stops_a_knock_back_and_hurts(arena: Arena) -> None:
    arena.lay(12, 5, ids.WALL)
    assert blow_away(arena.records, arena.tables, LEADER, FOE, EAST)
    assert where(arena, FOE) == (11, 5)
    assert arena.world["monsters"][FOE]["hp"] == 30 - displace.KNOCK_DAMAGE


def test_a_monster_in_the_way_is_hurt_as_well(arena: Arena) -> None:
    arena.put(FOE + 1, RATTATA, (10, 5), hp=20, max_hp=20)
    assert blow_away(arena.records, arena.tables, LEADER, FOE, EAST)
    assert where(arena, FOE) == (9, 5)
    assert [arena.world["monsters"][slot]["hp"] for slot in (FOE, FOE + 1)] == [25, 15]


def test_who_comes_down_on_water_it_cannot_cross_is_warped_off(arena: Arena) -> None:
    for x in range(9, 20):
        arena.lay(x, 5, ids.SECONDARY)
    assert blow_away(arena.records, arena.tables, LEADER, FOE, EAST)
    x, y = where(arena, FOE)
    assert arena.world["tiles"][y, x]["terrain"] & ids.GROUND_MASK == ids.NORMAL
    assert [label for label, _, _ in arena.draws()] == [SPAWN_TILE] * 3


def test_a_leap_ends_before_the_first_wall_or_monster(arena: Arena) -> None:
    assert leap(arena.records, arena.tables, LEADER, EAST)
    assert where(arena, LEADER) == (7, 5)
    assert arena.world["monsters"][LEADER]["recent_pos"][0].item() == (6, 5)


def test_two_monsters_change_places(arena: Arena) -> None:
    assert swap_places(arena.records, arena.tables, LEADER, FOE)
    assert (where(arena, LEADER), where(arena, FOE)) == ((8, 5), (5, 5))
    assert arena.game["leader_tile"].item() == (8, 5)


def test_who_is_moved_breaks_free_of_what_holds_it(arena: Arena) -> None:
    arena.world["monsters"][FOE]["freeze_status"] = ids.SHADOW_HOLD
    assert swap_places(arena.records, arena.tables, LEADER, FOE)
    assert arena.world["monsters"][FOE]["freeze_status"] == 0


def test_a_hurled_monster_hits_a_foe_and_falls_beside_it(arena: Arena) -> None:
    arena.put(FOE + 1, RATTATA, (12, 9), hp=20, max_hp=20)
    assert hurl(arena.records, arena.tables, LEADER, FOE)
    assert arena.draws() == [(OTHER, 1, 0)]
    assert where(arena, FOE) == (12, 10)
    assert [arena.world["monsters"][slot]["hp"] for slot in (FOE, FOE + 1)] == [20, 10]


def test_without_anybody_to_hit_a_tile_in_the_room_is_drawn(arena: Arena) -> None:
    assert hurl(arena.records, arena.tables, LEADER, FOE)
    (_, width, _), (_, height, _) = arena.draws()[:2]
    assert (width, height) == (31, 21)
    x, y = where(arena, FOE)
    assert arena.world["tiles"][y, x]["terrain"] & ids.GROUND_MASK == ids.NORMAL
    assert arena.world["monsters"][FOE]["hp"] == 30
