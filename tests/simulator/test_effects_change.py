"""Moves that change what a monster is or knows."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import ids
from pmd_gym.simulator.called_moves import CAMOUFLAGE_TYPES
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import state_before
from tests.doubles.effects import apply_move, move_ids

RATTATA, PIDGEY, SNORLAX, MEW = 19, 16, 143, 151
TACKLE, EMBER, FLY, ENCORE, HIDDEN_POWER, STRUGGLE_TYPELESS = 154, 262, 153, 17, 324, 352
OTHER, SPAWN_SPECIES = int(Draw.OTHER), int(Draw.SPAWN_SPECIES)


def duel(foe: dict[str, Any] | None = None, **leader: Any) -> tuple[Arena, Any, Any]:
    """An arena with two plain monsters, and their records."""
    plain = {"ability1": 0, "ability2": 0, "type1": ids.NORMAL_TYPE, "type2": 0}
    arena = Arena()
    arena.put(LEADER, RATTATA, (10, 10), **{**plain, **leader})
    arena.put(FOE, RATTATA, (11, 10), **{**plain, **(foe or {})})
    return arena, arena.world["monsters"][LEADER], arena.world["monsters"][FOE]


def last_used(monster: Any, index: int) -> None:
    monster["moves"][index]["flags"] |= ids.MOVE_LAST_USED


def test_torment_disables_the_last_move_and_frees_others() -> None:
    arena, _, foe = duel({"moves": (TACKLE, EMBER), "charge_status": ids.BIDE})
    last_used(foe, 1)
    foe["moves"][0]["flags"] |= ids.MOVE_DISABLED
    assert apply_move(arena, "TORMENT")
    assert foe["moves"]["flags"][:2].tolist() == [
        ids.MOVE_EXISTS | ids.MOVE_FOR_AI,
        ids.MOVE_EXISTS | ids.MOVE_FOR_AI | ids.MOVE_LAST_USED | ids.MOVE_DISABLED,
    ]
    assert foe["charge_status"] == 0
    assert not apply_move(arena, "TORMENT")


def test_torment_reaches_struggle() -> None:
    arena, _, foe = duel({"struggle_flags": ids.MOVE_LAST_USED})
    assert apply_move(arena, "TORMENT")
    assert foe["struggle_flags"] == ids.MOVE_LAST_USED | ids.MOVE_DISABLED


def test_spite_empties_the_last_move() -> None:
    arena, _, foe = duel({"moves": (TACKLE, EMBER)})
    assert not apply_move(arena, "SPITE")
    last_used(foe, 0)
    assert apply_move(arena, "SPITE")
    assert foe["moves"]["pp"][0] == 0
    assert foe["moves"]["pp"][1] > 0


def test_a_grudge_is_borne_once() -> None:
    arena, leader, _ = duel()
    assert apply_move(arena, "GRUDGE", target=LEADER)
    assert leader["grudge"] == 1
    assert not apply_move(arena, "GRUDGE", target=LEADER)


def test_psych_up_copies_stages_and_multipliers() -> None:
    arena, leader, _ = duel({"attack_stage": 13, "evasion_stage": 7, "sp_defense_mult": 64})
    assert apply_move(arena, "PSYCH_UP")
    assert (leader["attack_stage"], leader["evasion_stage"], leader["sp_defense_mult"]) == (13, 7, 64)
    assert leader["exp_mode"] == 1


def test_skill_swap_exchanges_abilities_and_ends_what_they_forbid() -> None:
    arena, leader, foe = duel(
        {"ability1": ids.LIMBER, "ability2": ids.OWN_TEMPO},
        ability1=ids.INSOMNIA, burn_status=ids.PARALYSIS, burn_turns=5, cringe_status=ids.CONFUSED, cringe_turns=5,
    )  # fmt: skip
    foe["sleep_status"], foe["sleep_turns"] = ids.SLEEP, 5
    assert apply_move(arena, "SKILL_SWAP")
    assert (leader["ability1"], leader["ability2"], foe["ability1"], foe["ability2"]) == (
        ids.LIMBER,
        ids.OWN_TEMPO,
        ids.INSOMNIA,
        0,
    )
    assert (leader["burn_status"], leader["cringe_status"], foe["sleep_status"]) == (0, 0, 0)
    assert arena.world["abilities_changed"] == 1


def test_an_ability_that_wakes_from_a_nightmare_lets_it_hurt() -> None:
    arena, leader, _ = duel({"ability1": ids.INSOMNIA}, ability1=ids.GUTS)
    leader["sleep_status"], leader["sleep_turns"] = ids.NIGHTMARE, 5
    before = int(leader["hp"])
    assert apply_move(arena, "ROLE_PLAY")
    assert (leader["sleep_status"], leader["hp"]) == (0, before - 8)


@pytest.mark.parametrize("key", ["SKILL_SWAP", "ROLE_PLAY"])
def test_wonder_guard_is_not_given_away(key: str) -> None:
    arena, leader, _ = duel({"ability1": ids.WONDER_GUARD}, ability1=ids.GUTS)
    assert not apply_move(arena, key)
    assert leader["ability1"] == ids.GUTS


def test_role_play_copies_abilities() -> None:
    arena, leader, foe = duel({"ability1": ids.LEVITATE, "ability2": ids.STATIC})
    assert apply_move(arena, "ROLE_PLAY")
    assert (leader["ability1"], leader["ability2"]) == (foe["ability1"], foe["ability2"]) == (ids.LEVITATE, ids.STATIC)


def test_sketch_becomes_the_last_move_of_the_target() -> None:
    arena, _, foe = duel({"moves": (TACKLE, EMBER)})
    assert not apply_move(arena, "SKETCH")
    last_used(foe, 1)
    assert apply_move(arena, "SKETCH")
    move = arena.records[0]["move"]
    assert (move["id"], move["pp"]) == (EMBER, arena.tables[0]["moves"][EMBER]["pp"])
    assert move["flags2"] == 4 | 32


def test_mimic_notes_the_last_move_unless_it_cannot_be_copied() -> None:
    arena, leader, foe = duel({"moves": (EMBER, FLY, ENCORE)})
    for index in (1, 2):
        last_used(foe, index)
    assert not apply_move(arena, "MIMIC")
    last_used(foe, 0)
    assert apply_move(arena, "MIMIC")
    assert leader["mimic_moves"].tolist() == [EMBER, 0, 0, 0]


@pytest.mark.parametrize(("drawn", "kind"), [(0, ids.NORMAL_TYPE), (1, ids.FIRE), (2, ids.ICE)])
def test_conversion_draws_the_type_of_an_own_move(drawn: int, kind: int) -> None:
    arena, leader, _ = duel(moves=(TACKLE, EMBER, HIDDEN_POWER), hidden_power_type=ids.ICE)
    arena.game["rng_dungeon"] = state_before((3, drawn))
    assert apply_move(arena, "CONVERSION", target=LEADER)
    assert (leader["type1"], leader["type2"], leader["color_changed"]) == (kind, 0, 1)
    assert arena.draws() == [(OTHER, 3, drawn)]


def test_conversion_without_moves_draws_nothing() -> None:
    arena, leader, _ = duel()
    assert not apply_move(arena, "CONVERSION", target=LEADER)
    assert arena.draws() == []
    assert leader["type1"] == ids.NORMAL_TYPE


@pytest.mark.parametrize("tileset", [0, 15, 75])
def test_camouflage_takes_the_type_of_the_ground(tileset: int) -> None:
    arena, leader, _ = duel()
    arena.world["tileset"] = tileset
    assert apply_move(arena, "CAMOUFLAGE", target=LEADER)
    assert (leader["type1"], leader["type2"]) == (CAMOUFLAGE_TYPES[tileset], 0)


@pytest.mark.parametrize("key", ["CAMOUFLAGE", "CONVERSION"])
def test_forecast_keeps_its_type(key: str) -> None:
    arena, leader, _ = duel(ability1=ids.FORECAST, moves=(EMBER,))
    assert not apply_move(arena, key, target=LEADER)
    assert leader["type1"] == ids.NORMAL_TYPE


def floor_of(arena: Arena, *species: int) -> None:
    """Give the floor a table of monsters of level 9, all as likely."""
    arena.world["floor_spawn_count"] = len(species)
    for index, kind in enumerate(species):
        entry = arena.world["floor_spawns"][index]
        entry["packed"], entry["weight_floor"] = kind | 9 << 9, 10000 * (index + 1) // len(species)


def test_transfer_turns_a_foe_into_another_species_of_its_size() -> None:
    arena, _, foe = duel({"hp": 3, "burn_status": ids.BURN})
    floor_of(arena, SNORLAX, RATTATA, PIDGEY)
    template = arena.world["wild_templates"][0]
    template["species"], template["level"], template["max_hp"], template["attack"] = PIDGEY, 9, 44, 21
    assert apply_move(arena, "TRANSFER")
    assert (foe["species"], foe["apparent_species"], foe["level"]) == (PIDGEY, PIDGEY, 9)
    assert (foe["hp"], foe["max_hp"], foe["attack"], foe["burn_status"]) == (44, 44, 21, 0)
    assert arena.world["entities"][FOE]["pos"].tolist() == (11, 10)
    drawn = [draw for draw in arena.draws() if draw[0] == SPAWN_SPECIES]
    assert 1 <= len(drawn) <= 30


def test_transfer_gives_up_after_thirty_draws() -> None:
    arena, _, foe = duel()
    floor_of(arena, RATTATA)
    assert not apply_move(arena, "TRANSFER")
    assert foe["species"] == RATTATA
    assert len(arena.draws()) == 30


@pytest.mark.parametrize("fields", [{"behavior": 3}, {"is_enemy": 0}])
def test_transfer_spares_bosses_and_the_team(fields: dict[str, int]) -> None:
    arena, _, _ = duel(fields)
    floor_of(arena, PIDGEY)
    assert not apply_move(arena, "TRANSFER")
    assert arena.draws() == []


def test_transform_empties_its_move_but_not_on_fixed_floors() -> None:
    arena, leader, _ = duel()
    floor_of(arena, PIDGEY)
    entry = arena.world["table_spawns"][0]
    entry["packed"], entry["weight_floor"] = PIDGEY | 9 << 9, 10000
    assert apply_move(arena, "TRANSFORM", target=LEADER)
    assert (leader["apparent_species"], leader["conceal_status"]) == (PIDGEY, ids.TRANSFORMED)
    assert arena.records[0]["move"]["pp"] == 0
    arena.world["fixed_room"] = 3
    assert not apply_move(arena, "TRANSFORM", target=LEADER)


def test_every_move_of_the_lists_exists() -> None:
    assert {"SOLARBEAM", "DIG", "MIMIC"} <= move_ids().keys()
