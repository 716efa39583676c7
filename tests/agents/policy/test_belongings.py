"""What the explorer does with its bag, one item at a time, driven by what the action mask allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.policy.belongings import Belongings
from agents.policy.ground import Ground
from agents.policy.journey import Journey
from agents.policy.orders import FACE, MOVE, THROW_ITEM, USE_ITEM
from agents.policy.scene import Scene
from agents.policy.temper import Temper
from pmd_gym.scenario import item_id
from tests.doubles.toy_floor import ToyFloor

SOUTH, EAST, WEST = 0, 2, 6
HUNTED = "#######\n#.@..e#\n#######"
BESET = "#######\n#.@e..#\n#######"


def scene(drawing: str, *bag: str, **values: Any) -> Scene:
    floor = ToyFloor(drawing, seen=True, facing=values.pop("facing", EAST))
    return replace(floor.scene(), bag=tuple(item_id(name) if name else 0 for name in bag), **values)


def everything() -> NDArray[np.int8]:
    return np.ones(63, np.int8)


def wishes(motive: str, here: Scene, mask: NDArray[np.int8] | None = None, worst_blow: float = 0.0) -> list[int]:
    ground = Ground(here, Journey(), Temper())
    bag = Belongings(ground, everything() if mask is None else mask, Temper(), worst_blow)
    return list(getattr(bag, motive)())


def test_heals_when_low_and_only_with_enemies_near() -> None:
    assert wishes("heal", scene(BESET, "Apple", "Oran Berry", hp=9)) == [USE_ITEM + 1]
    assert wishes("heal", scene(BESET, "Oran Berry", hp=29)) == []
    assert wishes("heal", scene("#######\n#.@...#\n#######", "Oran Berry", hp=9)) == []
    assert wishes("heal", scene(HUNTED, "Oran Berry", hp=9)) == [USE_ITEM]


def test_heals_earlier_against_hard_blows() -> None:
    here = scene(BESET, "Sitrus Berry", hp=15)
    assert wishes("heal", here, worst_blow=5) == []
    assert wishes("heal", here, worst_blow=12) == [USE_ITEM]


def test_a_slot_that_the_mask_hides_is_passed_over_for_its_twin() -> None:
    mask = everything()
    mask[USE_ITEM] = 0
    here = scene(BESET, "Oran Berry", "Oran Berry", hp=5)
    assert wishes("heal", here, mask) == [USE_ITEM + 1]
    mask[USE_ITEM + 1] = 0
    assert wishes("heal", here, mask) == []


def test_mends_a_beset_partner_with_a_berry_to_spare() -> None:
    drawing = "#######\n#.@pe.#\n#######"
    values = {"partners": (((3, 1), 0.2),), "partner_health": 0.2}
    assert wishes("mend", scene(drawing, "Oran Berry", "Oran Berry", **values)) == [THROW_ITEM, THROW_ITEM + 1]
    assert wishes("mend", scene(drawing, "Oran Berry", "Oran Berry", facing=WEST, **values)) == [FACE + EAST]
    assert wishes("mend", scene(drawing, "Oran Berry", **values)) == []
    peaceful = scene("#######\n#.@p..#\n#######", "Oran Berry", "Oran Berry", **values)
    assert wishes("mend", peaceful) == []


def test_does_not_turn_for_a_throw_that_the_mask_hides() -> None:
    values = {"partners": (((3, 1), 0.2),), "partner_health": 0.2, "facing": WEST}
    mask = everything()
    mask[THROW_ITEM : THROW_ITEM + 20] = 0
    assert wishes("mend", scene("#######\n#.@pe.#\n#######", "Oran Berry", "Oran Berry", **values), mask) == []


@pytest.mark.parametrize(
    ("condition", "cure"), [("poison", "Pecha Berry"), ("paralysis", "Cheri Berry"), ("burn", "Rawst Berry")]
)
def test_cures_with_the_berry_for_it_before_the_seed_for_all(condition: str, cure: str) -> None:
    here = scene(HUNTED, "Heal Seed", cure, conditions=frozenset({condition, "confusion"}))
    assert wishes("cure", here) == [USE_ITEM + 1, USE_ITEM]
    assert wishes("cure", replace(here, conditions=frozenset())) == []


def test_eats_the_most_filling_first_and_only_when_hungry() -> None:
    bag = ("Grimy Food", "Apple", "Huge Apple", "White Gummi")
    hungry = scene(HUNTED, *bag, belly=12.0)
    assert wishes("eat", hungry) == [USE_ITEM + 2, USE_ITEM + 1, USE_ITEM + 3, USE_ITEM]
    assert wishes("eat", replace(hungry, belly=21.0)) == []


def test_calms_a_crowd_and_not_a_single_enemy() -> None:
    crowd = "#######\n#.e...#\n#.@.e.#\n#..e..#\n#######"
    assert wishes("calm", scene(crowd, "Totter Orb", "Slumber Orb")) == [USE_ITEM + 1, USE_ITEM]
    assert wishes("calm", scene(BESET, "Slumber Orb", hp=5)) == []
    pair = "#######\n#.e...#\n#.@e..#\n#.....#\n#######"
    assert wishes("calm", scene(pair, "Slumber Orb")) == [USE_ITEM]


def test_tricks_only_in_a_hard_fight() -> None:
    assert wishes("trick", scene(BESET, "Sleep Seed", "Blast Seed")) == []
    assert wishes("trick", scene(BESET, "Sleep Seed", "Blast Seed", hp=10)) == [THROW_ITEM, USE_ITEM + 1]
    assert wishes("trick", scene(BESET, "Sleep Seed", hp=10, facing=WEST)) == [FACE + EAST]


def test_throws_stones_before_sticks_at_who_comes_in_a_line() -> None:
    assert wishes("throw", scene(HUNTED, "Stick", "Gravelerock")) == [THROW_ITEM + 1, THROW_ITEM]
    assert wishes("throw", scene(HUNTED, "Stick", facing=WEST)) == [FACE + EAST]
    assert wishes("throw", scene(BESET, "Stick")) == []  # blows do more
    assert wishes("throw", scene("#######\n#.@..z#\n#######", "Stick")) == []
    assert wishes("throw", scene("#######\n#.@...#\n#....e#\n#######", "Stick")) == []


def test_stones_fly_to_the_quarter_ahead_but_not_over_a_sleeper() -> None:
    assert wishes("throw", scene("#######\n#.@...#\n#....e#\n#######", "Gravelerock")) == [THROW_ITEM]
    below = "#######\n#.@...#\n#.....#\n#..e..#\n#######"
    assert wishes("throw", scene(below, "Gravelerock")) == [FACE + SOUTH]
    assert wishes("throw", scene(below, "Gravelerock", facing=SOUTH)) == [THROW_ITEM]
    assert wishes("throw", scene("#######\n#.@z.e#\n#######", "Gravelerock", facing=EAST)) == []


def test_hurls_at_who_is_at_hand_when_no_move_is_left() -> None:
    here = scene(BESET, "Stick", "Geo Pebble", move_powers=(8.0, 2.0, 0.0, 0.0))
    assert wishes("hurl", here) == []
    mask = everything()
    mask[MOVE] = 0
    assert wishes("hurl", here, mask) == [THROW_ITEM + 1, THROW_ITEM]
    assert wishes("hurl", replace(here, facing=WEST), mask) == [FACE + EAST]


def test_does_not_throw_through_a_partner() -> None:
    here = scene("#######\n#.@p.e#\n#######", "Stick", partners=(((3, 1), 1.0),))
    assert wishes("throw", here) == []


def test_refills_moves_when_hardly_a_blow_is_left() -> None:
    values = {"move_powers": (8.0, 2.0, 7.0), "move_pp": (2, 20, 1)}
    assert wishes("refill", scene(HUNTED, "Max Elixir", **values)) == [USE_ITEM]
    assert wishes("refill", scene(HUNTED, "Max Elixir", **(values | {"move_pp": (2, 20, 9)}))) == []


def test_improves_in_peace_and_looks_for_the_stairs_on_the_map() -> None:
    peace = "#######\n#.@...#\n#######"
    assert wishes("improve", scene(peace, "Luminous Orb", "Protein", "Joy Seed")) == [
        USE_ITEM + 2, USE_ITEM + 1, USE_ITEM,
    ]  # fmt: skip
    assert wishes("improve", scene("#######\n#.@..>#\n#######", "Luminous Orb")) == []
    assert wishes("improve", scene(HUNTED, "Protein")) == []


def test_reviver_seeds_and_the_escape_orb_are_never_touched() -> None:
    motives = ("heal", "flee", "mend", "cure", "eat", "calm", "trick", "hurl", "throw", "refill", "improve")
    for drawing in (HUNTED, BESET, "#######\n#.e...#\n#.@e..#\n#.pe..#\n#######"):
        here = scene(drawing, "Reviver Seed", "Escape Orb", hp=2, belly=1.0, partners=(((3, 3), 0.1),))
        assert [wish for motive in motives for wish in wishes(motive, here)] == []


def test_flees_from_a_lost_fight() -> None:
    assert wishes("flee", scene(BESET, "Warp Seed", hp=4)) == [USE_ITEM]
    assert wishes("flee", scene(BESET, "Warp Seed", hp=20)) == []
    assert wishes("flee", scene(HUNTED, "Warp Seed", hp=4)) == []
