"""What the explorer knows by heart, against the game's own tables."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from agents.policy import lore


def table(name: str) -> Any:
    return json.loads(resources.files("pmd_gym.simulator").joinpath("data", name).read_text())


def test_types_have_the_games_numbers() -> None:
    assert tuple(entry["key"].lower() for entry in table("types.json")["types"]) == lore.TYPES


def test_effectiveness_is_that_of_the_chart_but_for_resisted_blows() -> None:
    types = table("types.json")
    factors = {0: lore.VAIN, 1: 1.0, 2: 1.0, 3: lore.SUPER}
    assert (types["multiplier"]["0"], types["multiplier"]["3"]) == (lore.VAIN, lore.SUPER)
    ghost = lore.TYPES.index("ghost")
    for move, row in enumerate(types["chart_attacker_rows"]):
        for target, code in enumerate(row):
            own_rule = target == ghost and lore.TYPES[move] in ("normal", "fighting")  # see `notes` of the table
            assert lore.effectiveness(move, (target, 0)) == (lore.VAIN if own_rule else factors[code])


def test_two_types_multiply_and_the_same_type_twice_counts_once() -> None:
    water, rock, ground = (lore.TYPES.index(name) for name in ("water", "rock", "ground"))
    assert lore.effectiveness(water, (rock, ground)) == lore.SUPER**2
    assert lore.effectiveness(water, (rock, rock)) == lore.SUPER


EFFECTS = {
    "HEALING": "heals 100 HP", "TRICKS": ("petrifies", "sleep", "confuses", "blinds"), "MAPS": ("map", "stairs"),
    "TONICS": ("level +1", "for good", "rises", "power of"), "ELIXIR": "restores all PP", "PANIC": "warps",
    "CROWD_ORBS": ("sleep", "petrifies", "confuses", "pauses", "cower", "slows"), "BLAST": "damage to the monster",
    "STICKS": "thrown straight", "STONES": "thrown in an arc",
}  # fmt: skip


@pytest.mark.parametrize("name", EFFECTS)
def test_items_do_what_the_explorer_takes_them_for(name: str) -> None:
    items, expected = table("items.json")["items"], EFFECTS[name]
    words = (expected,) if isinstance(expected, str) else expected
    for item in getattr(lore, name):
        assert any(word in items[str(item)]["effect"] for word in words), items[str(item)]


def test_food_fills_and_gummis_are_all_eaten() -> None:
    items = table("items.json")["items"]
    assert all("belly" in items[str(item)]["effect"] for item in lore.FOOD)
    assert all("gummi" in items[str(item)] for item in lore.GUMMIS)
    assert len(lore.GUMMIS) == sum("gummi" in entry for entry in items.values())
