"""Levels, stats and experience against numbers computed from the game's own tables and formulas."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import experience, ids
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import load_scenario, new_console
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import state_before

BULBASAUR, PIKACHU, MACHOP = 1, 25, 66
LEECH_SEED = 329
"""Bulbasaur's at level 7."""
PIDGEY, RATTATA, GENGAR, EXEGGCUTE, SKARMORY = 16, 19, 94, 102, 252
STATS = ("max_hp", "attack", "sp_attack", "defense", "sp_defense")
GROWN = [
    (PIKACHU, 1, [13, 1, 1, 1, 1]),
    (PIKACHU, 5, [25, 9, 9, 9, 9]),
    (PIKACHU, 10, [40, 19, 19, 16, 16]),
    (PIKACHU, 20, [70, 36, 36, 33, 32]),
    (BULBASAUR, 5, [30, 10, 10, 9, 8]),
    (BULBASAUR, 20, [67, 40, 40, 34, 33]),
    (MACHOP, 5, [30, 10, 10, 8, 8]),
    (MACHOP, 20, [70, 37, 35, 35, 35]),
]


@kernel
def grow(games: Any, tables: Any) -> None:
    """Turn the pending points of all monsters into levels."""
    experience.grow(games[0], tables[0])


@kernel
def points_for(games: Any, tables: Any, species: int, level: int, mode: int) -> int:
    return experience.exp_of(tables[0], species, level, mode)


def threshold(species: int, level: int) -> int:
    """Total points of a level."""
    table = rules()[0]
    return int(table["exp_curves"][table["species"][species]["exp_curve"], level])


def raised(species: int, points: int) -> Any:
    """The record of a leader of level 1 after it has gained `points`."""
    arena = Arena()
    monster = arena.put(LEADER, species, (10, 10), level=1, pending_exp=points)
    grow(arena.records, arena.tables)
    assert (monster["exp"], monster["pending_exp"]) == (points, 0)
    return monster


@pytest.mark.parametrize(("species", "level", "stats"), GROWN)
def test_a_recruit_has_the_stats_of_its_level(species: int, level: int, stats: list[int]) -> None:
    console = new_console(1)
    load_scenario(console, 0, Scenario(team=((species, level),)))
    member = console[0]["roster_data"]["team"][0]
    assert [member[stat] for stat in STATS] == stats
    assert (member["level"], member["hp"], member["exp"]) == (level, stats[0], threshold(species, level))


@pytest.mark.parametrize(("species", "level", "stats"), GROWN)
def test_growing_up_gives_the_stats_of_the_level(species: int, level: int, stats: list[int]) -> None:
    monster = raised(species, threshold(species, level))
    assert monster["level"] == level
    assert [monster[stat] for stat in STATS] == stats
    assert monster["hp"] == stats[0]


@pytest.mark.parametrize(
    ("species", "totals"),
    [
        (BULBASAUR, [10, 20, 60, 1390, 40990, 685190, 3685190]),
        (PIKACHU, [10, 20, 55, 650, 41815, 686815, 3466815]),
    ],
)
def test_levels_need_the_published_experience(species: int, totals: list[int]) -> None:
    assert [threshold(species, level) for level in (2, 3, 5, 10, 20, 50, 100)] == totals


@pytest.mark.parametrize(
    ("dropped", "kept"),
    [(0, [45, 22, 77, LEECH_SEED]), (3, [33, 45, 22, LEECH_SEED]), (4, [33, 45, 22, 77])],
)
def test_a_wild_monster_with_four_moves_gives_up_one_of_five_by_lot(dropped: int, kept: list[int]) -> None:
    arena = Arena()
    monster = arena.put(FOE, BULBASAUR, (10, 10), level=6, moves=(33, 45, 22, 77), exp=threshold(BULBASAUR, 6))
    monster["moves"][1]["flags"] |= ids.MOVE_LINKED
    monster["pending_exp"] = threshold(BULBASAUR, 7) - threshold(BULBASAUR, 6)
    arena.game["rng_dungeon"] = state_before((1, 0), (5, dropped))
    grow(arena.records, arena.tables)
    assert monster["level"] == 7
    assert [int(move["id"]) for move in monster["moves"]] == kept
    assert not any(move["flags"] & ids.MOVE_LINKED for move in monster["moves"])


@pytest.mark.parametrize(("points", "level"), [(9, 1), (10, 2), (59, 4), (60, 5), (1390, 10)])
def test_experience_raises_to_the_highest_level_it_pays_for(points: int, level: int) -> None:
    assert raised(BULBASAUR, points)["level"] == level


@pytest.mark.parametrize(
    ("species", "level", "points"),
    [(PIDGEY, 1, 12), (EXEGGCUTE, 1, 45), (RATTATA, 4, 26), (SKARMORY, 6, 262), (GENGAR, 15, 480)],
)
def test_the_award_grows_with_the_level_of_the_fallen(species: int, level: int, points: int) -> None:
    arena = Arena()
    assert points_for(arena.records, arena.tables, species, level, experience.NORMAL) == points
