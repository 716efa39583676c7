"""Who may appear on a floor, and with what (src/dungeon_misc.c, src/dungeon_mon_spawn.c)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import ids, wild_table
from tests.doubles.arena import FOE, LEADER, Arena

CHARMANDER, RATTATA, GYARADOS, MEW, DEOXYS, DEOXYS_ATTACK = 4, 19, 130, 151, 414, 417
MUSIC_BOX = 122

@pytest.fixture
def arena() -> Arena:
    arena = Arena()
    arena.put(LEADER, CHARMANDER, (5, 5))
    return arena


def may_appear(arena: Arena, species: int, with_mew: bool = True) -> bool:
    return bool(wild_table.may_appear(arena.records[0], species, with_mew))


def test_species_of_the_other_version_do_not_appear(arena: Arena) -> None:
    assert may_appear(arena, RATTATA)
    assert not may_appear(arena, GYARADOS)


def test_a_floor_has_one_deoxys_in_whatever_form(arena: Arena) -> None:
    assert may_appear(arena, DEOXYS)
    wild_table.note_appearance(arena.records[0], DEOXYS_ATTACK)
    assert not may_appear(arena, DEOXYS)


@pytest.mark.parametrize(("carried", "recruited", "appears"), [(0, 0, 0), (1, 0, 1), (1, 1, 0)])
def test_mew_is_lured_by_the_music_box_once(arena: Arena, carried: int, recruited: int, appears: int) -> None:
    item = arena.game["inventory_data"]["bag"][0]
    item["flags"], item["id"] = carried * ids.ITEM_EXISTS, MUSIC_BOX
    entry = arena.game["roster_data"]["recruited"][7]
    entry["flags"], entry["species"] = recruited, MEW
    wild_table.lure_mew(arena.records[0])
    assert may_appear(arena, MEW) == bool(appears)
    assert not may_appear(arena, MEW, with_mew=False)


def test_a_species_outside_the_floors_table_gets_a_template_of_its_own(arena: Arena) -> None:
    monster: Any = arena.put(FOE, RATTATA, (8, 8))
    for _ in range(2):
        arena.game["rng_dungeon"] = 1
        wild_table.take_template(arena.records[0], arena.tables[0], arena.records[0].world.monsters[FOE], RATTATA, 1)
    templates = arena.world["wild_templates"]
    assert [(int(row["species"]), int(row["level"])) for row in templates[:2]] == [(RATTATA, 1), (0, 0)]
    assert monster["max_hp"] == arena.rules["species"][RATTATA]["max_hp"]
    assert monster["moves"][0]["id"] == arena.rules["species"][RATTATA]["learn_move"][0]
