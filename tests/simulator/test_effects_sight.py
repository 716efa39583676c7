"""Orbs and moves that show what is hidden."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.simulator import ids
from pmd_gym.simulator.items import FIRST_TRAP
from pmd_gym.simulator.sight import SEEN, SHOWN
from tests.doubles.arena import FOE, LEADER, Arena, address_of
from tests.doubles.effects import apply_move

RATTATA = 19
ROOM = (5, 5, 15, 15)


def arena_with_trap(x: int, y: int, room: tuple[int, int, int, int] = ROOM) -> Arena:
    """A leader at (10, 10) and a hidden trap."""
    arena = Arena(room)
    arena.put(LEADER, RATTATA, (10, 10))
    entity = arena.world["all_entities"][FIRST_TRAP]
    entity["kind"], entity["pos"], entity["visible"] = ids.TRAP, (x, y), 0
    arena.world["tiles"][y, x]["object"] = address_of(FIRST_TRAP)
    return arena


@pytest.mark.parametrize(("x", "y", "shown"), [(12, 7, 1), (5, 15, 1), (17, 10, 0)])
def test_see_trap_shows_the_traps_of_the_room_and_its_rim(x: int, y: int, shown: int) -> None:
    arena = arena_with_trap(x, y)
    assert apply_move(arena, "SEE_TRAP", target=LEADER)
    assert arena.world["all_entities"][FIRST_TRAP]["visible"] == shown


@pytest.mark.parametrize(("x", "shown"), [(12, 1), (13, 0)])
def test_see_trap_in_a_corridor_reaches_as_far_as_sight(x: int, shown: int) -> None:
    arena = arena_with_trap(x, 10)
    arena.world["tiles"]["room"], arena.world["entities"][LEADER]["room"] = 255, 255
    apply_move(arena, "SEE_TRAP", target=LEADER)
    assert arena.world["all_entities"][FIRST_TRAP]["visible"] == shown


def test_the_searchlight_shows_every_tile_as_unvisited() -> None:
    arena = arena_with_trap(12, 7)
    assert apply_move(arena, "SEARCHLIGHT", target=LEADER)
    assert arena.world["map_revealed"] == 1
    assert np.all(arena.world["tiles"]["visibility"] & (SHOWN | SEEN) == SHOWN)


@pytest.mark.parametrize(
    ("key", "field"), [("SCAN", "scanning"), ("POWER_EARS", "power_ears"), ("SEE_STAIRS", "stair_spotter")]
)
def test_the_target_knows_where_things_are(key: str, field: str) -> None:
    arena = arena_with_trap(12, 7)
    assert apply_move(arena, key, target=LEADER)
    assert arena.world["monsters"][LEADER][field] == 1


def test_stairs_of_fixed_floors_stay_hidden() -> None:
    arena = arena_with_trap(12, 7)
    arena.world["fixed_room"] = 3
    assert apply_move(arena, "SEE_STAIRS", target=LEADER)
    assert arena.world["monsters"][LEADER]["stair_spotter"] == 0


def test_holders_of_items_are_marked_on_the_whole_floor() -> None:
    arena = arena_with_trap(12, 7)
    arena.put(FOE, RATTATA, (12, 12), shield_status=ids.SAFEGUARD)
    apply_move(arena, "HP_GAUGE", target=FOE)
    assert arena.world["items_identified"] == 0
    assert apply_move(arena, "HP_GAUGE", target=LEADER)
    assert arena.world["items_identified"] == 1
