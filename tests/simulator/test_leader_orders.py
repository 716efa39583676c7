"""What the leader's commands turn into: talking instead of striking, and what it does to the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids, moves
from tests.doubles.arena import FOE, LEADER, Arena

BULBASAUR, CHARMANDER, GRAVELER, KECLEON = 1, 4, 75, 380
MATE = 1
EAST, WEST = 2, 6
FOREVER = 127


@pytest.fixture
def arena() -> Arena:
    arena = Arena()
    arena.put(LEADER, BULBASAUR, (20, 15), direction=EAST)
    arena.put(MATE, CHARMANDER, (21, 15), direction=0)
    return arena


def attack(arena: Arena) -> int:
    """Press A; returns the turns that it took."""
    before = int(arena.world["turns_left"])
    arena.games.step(np.array([0]), np.array([[CommandKind.ATTACK, 0]], np.int16))
    return before - int(arena.world["turns_left"])


def mate(arena: Arena) -> Any:
    return arena.world["monsters"][MATE]


def test_talking_takes_no_turn_and_the_mate_turns_to_the_leader(arena: Arena) -> None:
    assert attack(arena) == 0
    assert mate(arena)["direction"] == WEST


def test_talking_brings_a_petrified_mate_and_one_asleep_for_good_round(arena: Arena) -> None:
    mate(arena)["freeze_status"] = ids.PETRIFIED
    mate(arena)["sleep_status"], mate(arena)["sleep_turns"] = ids.SLEEP, FOREVER
    assert attack(arena) == 0
    assert (mate(arena)["freeze_status"], mate(arena)["sleep_status"]) == (0, 0)
    assert mate(arena)["direction"] == WEST


def test_a_mate_that_cannot_speak_does_not_turn(arena: Arena) -> None:
    mate(arena)["sleep_status"], mate(arena)["sleep_turns"] = ids.SLEEP, 4
    assert attack(arena) == 0
    assert mate(arena)["direction"] == 0


def test_a_leader_that_cannot_speak_strikes_instead(arena: Arena) -> None:
    arena.world["monsters"][LEADER]["muzzled"] = 1
    assert attack(arena) == 1


@pytest.mark.parametrize(("keeper", "x"), [(1, 21), (0, 20)])
def test_the_leader_trades_places_with_a_shopkeeper_but_not_with_an_enemy(arena: Arena, keeper: int, x: int) -> None:
    arena.world["entities"][MATE]["kind"] = 0
    arena.put(FOE, KECLEON, (21, 15), shopkeeper=keeper, behavior=0)
    arena.games.step(np.array([0]), np.array([[CommandKind.STEP, EAST]], np.int16))
    assert arena.world["entities"][LEADER]["pos"].item() == (x, 15)
    assert arena.world["entities"][FOE]["pos"].item() == (41 - x, 15)


@pytest.mark.parametrize(("x", "blinded", "drawn"), [(22, 0, 1), (40, 0, 0), (22, 1, 0)])
def test_magnitudes_strength_is_drawn_when_its_user_is_shown(arena: Arena, x: int, blinded: int, drawn: int) -> None:
    arena.put(FOE, GRAVELER, (x, 15))
    arena.world["camera_tile"], arena.world["blinded"] = (20, 15), blinded
    arena.game["magnitude"] = 9
    arena.forget_draws()
    moves.announce(arena.records[0], FOE, ids.MAGNITUDE)
    assert [bound for _, bound, _ in arena.draws()] == [7] * drawn
    assert (arena.game["magnitude"] == 9) == (drawn == 0)
