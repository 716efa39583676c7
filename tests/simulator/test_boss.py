"""Boss floors: who stands there, how strong, and what ends the floor."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import ids
from pmd_gym.simulator.games import Games
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import begin_floor, load_scenario, start_floor

TEAM = ((4, 60), (7, 60))
MT_STEEL, SINISTER_WOODS, MT_THUNDER_PEAK, MT_FREEZE_PEAK, MAGMA_PIT = 2, 3, 6, 14, 16
SKARMORY, DIGLETT, ZAPDOS, GROUDON = 252, 50, 145, 411
ONE = np.array([0], np.int64)


def on_floor(dungeon: int, floor: int, seed: int = 99) -> Games:
    games = Games(1)
    load_scenario(games.records, 0, Scenario(dungeon, floor, TEAM))
    begin_floor(games.records, 0, rules(), seed)
    return games


def residents(games: Games) -> dict[int, tuple[int, int, int]]:
    """Species -> level, HP, maximum HP of the wild monsters."""
    world = games.records[0]["world"]
    return {
        int(m["species"]): (int(m["level"]), int(m["hp"]), int(m["max_hp"]))
        for e, m in zip(world["entities"][4:20], world["monsters"][4:20], strict=True) if e["kind"] == ids.MONSTER
    }  # fmt: skip


def slot_of(games: Games, species: int) -> int:
    world = games.records[0]["world"]
    return next(i for i in range(20) if world["entities"][i]["kind"] and world["monsters"][i]["species"] == species)


def stand_beside(games: Games, slot: int) -> int:
    """Put the leader on a free tile next to a monster; returns the direction to it."""
    world = games.records[0]["world"]
    x, y = world["entities"][slot]["pos"].item()
    old_x, old_y = world["entities"][0]["pos"].item()
    leader, world["tiles"][old_y, old_x]["monster"] = int(world["tiles"][old_y, old_x]["monster"]), 0
    for direction in range(8):
        to_x, to_y = x + int(ids.DX[direction]), y + int(ids.DY[direction])
        tile = world["tiles"][to_y, to_x]
        if tile["terrain"] & ids.GROUND_MASK == ids.NORMAL and not tile["monster"]:
            world["entities"][0]["pos"], tile["monster"] = (to_x, to_y), leader
            return (direction + 4) & 7
    raise AssertionError(f"no free tile around ({x}, {y})")


def strike(games: Games, species: int) -> int:
    """Let the leader attack a monster with one HP left until it falls; returns the exit reason."""
    world, slot = games.records[0]["world"], slot_of(games, species)
    for _ in range(20):
        if world["floor_result"] or world["entities"][slot]["kind"] == 0:
            break
        world["monsters"][slot]["hp"], world["monsters"][0]["hp"] = 1, world["monsters"][0]["max_hp"]
        games.step(ONE, np.array([[CommandKind.FACE, stand_beside(games, slot)]], np.int16))
        games.step(ONE, np.array([[CommandKind.ATTACK, 0]], np.int16))
    return int(world["exit_reason"])


def test_skarmory_and_diglett_wait_on_mt_steel_and_the_team_stands_before_them() -> None:
    games = on_floor(MT_STEEL, 9)
    world = games.records[0]["world"]
    assert sorted(residents(games)) == [DIGLETT, SKARMORY]
    assert world["cutscene"] == 1
    assert [world["entities"][slot]["pos"].item() for slot in (0, 1)] == [(9, 15), (8, 15)]
    assert [int(world["monsters"][slot]["direction"]) for slot in (0, 1)] == [4, 4]


def test_the_run_is_cleared_when_skarmory_falls() -> None:
    assert strike(on_floor(MT_STEEL, 9), SKARMORY) == ids.CLEARED_RUN


def test_all_three_of_team_meanies_have_to_fall() -> None:
    games = on_floor(SINISTER_WOODS, 13)
    species = sorted(residents(games))
    assert len(species) == 3
    for one in species:
        if one in residents(games):  # the partner may have felled it meanwhile
            reason = strike(games, one)
            assert (reason == ids.CLEARED_RUN) == (not residents(games))
    assert not residents(games)


@pytest.mark.parametrize(
    ("dungeon", "floor", "species", "hp"),
    [(MT_THUNDER_PEAK, 3, ZAPDOS, 300), (MAGMA_PIT, 3, GROUDON, 500)],
)
def test_a_legend_has_the_hp_of_its_scene(dungeon: int, floor: int, species: int, hp: int) -> None:
    games = on_floor(dungeon, floor)
    assert residents(games).keys() == {species}
    assert residents(games)[species][1:] == (hp, hp)
    boss = games.records[0]["world"]["monsters"][slot_of(games, species)]
    assert boss["is_boss"] == 1


def test_reaching_the_summit_of_mt_freeze_clears_it() -> None:
    assert on_floor(MT_FREEZE_PEAK, 5).records[0]["world"]["exit_reason"] == ids.CLEARED_RUN


def test_a_floor_that_is_only_a_scene_leads_on_to_the_next() -> None:
    games = on_floor(MAGMA_PIT, 2)
    assert games.records[0]["world"]["floor"] == 3


def test_start_floor_gives_boss_rooms_too() -> None:
    image = start_floor(MT_STEEL, 9, 4711)
    assert image.shape == (layout.EWRAM_SIZE,)
