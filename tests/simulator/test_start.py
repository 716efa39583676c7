"""`start_floor`: one floor as an EWRAM image, at the first moment the leader may act."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.errors import ScenarioError, UnsupportedRule
from pmd_gym.ram import Awaiting, awaiting, decode
from pmd_gym.scenario import STORY_TEAM
from pmd_gym.simulator.start import start_floor

TINY_WOODS, MOUNT_STEEL = 0, 2
SEED = 0x0F1E2D


def test_a_floor_is_one_writable_image_of_ewram() -> None:
    ram = start_floor(TINY_WOODS, 1, SEED)
    assert (ram.shape, ram.dtype) == ((262144,), np.uint8)
    assert ram.flags.writeable


@pytest.mark.parametrize(("dungeon", "floor"), [(TINY_WOODS, 1), (TINY_WOODS, 3), (MOUNT_STEEL, 4)])
def test_a_floor_awaits_the_leaders_command(dungeon: int, floor: int) -> None:
    ram = start_floor(dungeon, floor, SEED)
    assert awaiting(ram) is Awaiting.COMMAND
    states = decode(ram)
    assert (states.dungeon_id[0], states.floor[0]) == (dungeon, floor)
    assert states.seeds["floor"][0] == SEED
    assert states.turns_left[0] == 1000 if dungeon == TINY_WOODS else states.turns_left[0] > 0


def test_the_team_stands_on_the_floor_in_slot_order() -> None:
    monsters = decode(start_floor(TINY_WOODS, 1, SEED)).monsters[0]
    assert [(row["species"], row["level"]) for row in monsters[:2]] == list(STORY_TEAM)
    assert not monsters[2:4]["species"].any()


def test_another_team_can_be_sent() -> None:
    monsters = decode(start_floor(TINY_WOODS, 1, SEED, team=[(25, 20)])).monsters[0]
    pikachu = monsters[0]
    assert (pikachu["species"], pikachu["level"], pikachu["max_hp"]) == (25, 20, 70)
    assert monsters[1]["species"] == 0


@pytest.mark.parametrize("has_bag", [True, False])
def test_the_bag_is_as_asked(has_bag: bool) -> None:
    assert decode(start_floor(TINY_WOODS, 1, SEED, has_bag=has_bag)).has_bag[0] == has_bag


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_floor() -> None:
    first = start_floor(TINY_WOODS, 2, SEED)
    assert np.array_equal(first, start_floor(TINY_WOODS, 2, SEED))
    other = start_floor(TINY_WOODS, 2, SEED + 2)
    assert (decode(first).terrain[0] != decode(other).terrain[0]).any()


@pytest.mark.parametrize(
    ("dungeon", "floor", "message"),
    [(TINY_WOODS, 4, r"floor 4 of .*1\.\.3"), (TINY_WOODS, 0, r"floor 0 of .*1\.\.3"), (99, 1, "dungeon 99")],
)
def test_a_floor_that_does_not_exist_is_refused_by_name(dungeon: int, floor: int, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        start_floor(dungeon, floor, SEED)


def test_a_team_that_cannot_be_is_refused() -> None:
    with pytest.raises(ScenarioError, match="level 101"):
        start_floor(TINY_WOODS, 1, SEED, team=[(4, 101)])


def test_a_boss_room_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedRule, match=r"Mt\. Steel floor 9 is a boss room"):
        start_floor(MOUNT_STEEL, 9, 1)
