"""Moves that call other moves or take their side effect from the ground."""

from __future__ import annotations

import pytest

from pmd_gym.simulator import ids
from pmd_gym.simulator.called_moves import METRONOME_MOVES, NATURE_POWER_MOVES, SECRET_POWER_EFFECTS
from pmd_gym.simulator.rng import Draw
from pmd_gym.simulator.special_kinds import SPECIAL_MOVES, Special
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import ANY, state_before
from tests.doubles.effects import apply_move, move_ids

RATTATA = 19
SIDE_EFFECT = int(Draw.SIDE_EFFECT)
PASSIVE = (Special.NOTHING_HAPPENS, Special.METRONOME, Special.NATURE_POWER)


def duel(tileset: int) -> Arena:
    """Two plain monsters on a floor of a tileset."""
    plain = {"ability1": 0, "ability2": 0, "type1": ids.NORMAL_TYPE, "type2": 0, "hp": 300, "max_hp": 300}
    arena = Arena()
    arena.put(LEADER, RATTATA, (10, 10), **plain)
    arena.put(FOE, RATTATA, (11, 10), **plain)
    arena.world["tileset"] = tileset
    return arena


def test_the_tables_name_moves_for_every_tileset() -> None:
    numbers = move_ids()
    assert len(METRONOME_MOVES) == 105
    assert len(NATURE_POWER_MOVES) == len(SECRET_POWER_EFFECTS) == 76
    assert numbers["METRONOME"] not in METRONOME_MOVES
    assert NATURE_POWER_MOVES[[0, 2, 11]].tolist() == [numbers["SURF"], numbers["ROCK_SLIDE"], numbers["EARTHQUAKE"]]


@pytest.mark.parametrize(
    ("tileset", "field", "value"),
    [
        (1, "burn_status", ids.POISONED),
        (29, "sleep_status", ids.SLEEP),
        (0, "attack_stage", 9),
        (11, "accuracy_stage", 9),
        (2, "cringe_status", ids.CONFUSED),
        (3, "cringe_status", ids.CRINGE),
        (8, "burn_status", ids.PARALYSIS),
    ],
)
def test_secret_power_has_the_side_effect_of_the_ground(tileset: int, field: str, value: int) -> None:
    arena = duel(tileset)
    arena.game["rng_dungeon"] = state_before(ANY, ANY, ANY, (100, 50), (100, 5))
    assert apply_move(arena, "SECRET_POWER")
    foe = arena.world["monsters"][FOE]
    assert foe["hp"] < 300
    assert foe[field] == value
    assert [draw[:2] for draw in arena.draws() if draw[0] == SIDE_EFFECT] == [(SIDE_EFFECT, 100)]


def test_secret_power_may_have_none() -> None:
    arena = duel(1)
    arena.game["rng_dungeon"] = state_before(ANY, ANY, ANY, (100, 50), (100, 30))
    assert apply_move(arena, "SECRET_POWER")
    assert arena.world["monsters"][FOE]["burn_status"] == 0


@pytest.mark.parametrize("key", [key for key, kind in SPECIAL_MOVES.items() if kind in PASSIVE])
def test_some_moves_do_nothing_by_themselves(key: str) -> None:
    arena = duel(1)
    assert not apply_move(arena, key)
    assert arena.draws() == []
