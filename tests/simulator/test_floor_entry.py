"""What entering a floor prepares for its wild monsters: their stats and their moves."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import floor_entry, rng
from pmd_gym.simulator.rules import rules
from tests.doubles.arena import Arena

ZUBAT, GENGAR, SKARMORY = 41, 94, 252
PIDGEY, BULBASAUR = 16, 1
STATS = ("max_hp", "attack", "sp_attack", "defense", "sp_defense")
LEVEL_SHIFT = 9


@kernel
def prepare(games: Any, tables: Any) -> None:
    """Fill the templates of the monsters that the world's spawn table names."""
    floor_entry.make_templates(games[0], tables[0])


def templates(*spawns: tuple[int, int], seed: int = 1) -> tuple[Any, int]:
    """Templates of a table of (species, level), and the state of the generator after they were made."""
    arena = Arena()
    arena.game["rng_dungeon"] = seed
    arena.world["floor_spawn_count"] = len(spawns)
    for index, (species, level) in enumerate(spawns):
        arena.world["floor_spawns"][index]["packed"] = species | level << LEVEL_SHIFT
    prepare(arena.records, arena.tables)
    return arena.world["wild_templates"], int(arena.game["rng_dungeon"])


def learned(species: int, level: int) -> list[int]:
    """Moves that a species has learned at a level, in order."""
    row = rules()[0]["species"][species]
    count = row["learn_count"]
    return row["learn_move"][:count][row["learn_level"][:count] <= level].tolist()


def drawn_slots(seed: int, count: int) -> tuple[list[int], int]:
    """The next draws out of 4 and the state after them, by the published recurrence."""
    values, state = [], seed
    for _ in range(count):
        state = (state * rng.MULTIPLIER + 1) & rng.WORD
        values.append((state >> 16) * 4 >> 16)
    return values, state


def test_wild_monsters_have_the_stats_of_their_level() -> None:
    made, _ = templates((SKARMORY, 6), (ZUBAT, 6), (GENGAR, 15))
    assert [[int(made[index][stat]) for stat in STATS] for index in range(3)] == [
        [57, 19, 19, 11, 11],
        [39, 28, 27, 16, 16],
        [80, 25, 25, 15, 15],
    ]
    assert made["species"][:4].tolist() == [SKARMORY, ZUBAT, GENGAR, 0]


@pytest.mark.parametrize("seed", [1, 3, 12345])
def test_the_fifth_and_sixth_move_each_replace_a_drawn_one(seed: int) -> None:
    moves = learned(PIDGEY, 25)
    assert len(moves) == 6
    slots, state = drawn_slots(seed, 2)
    expected = moves[:4]
    expected[slots[0]] = moves[4]
    expected[slots[1]] = moves[5]
    made, after = templates((PIDGEY, 25), seed=seed)
    assert made[0]["moves"].tolist() == expected
    assert after == state


def test_up_to_four_moves_need_no_draw() -> None:
    moves = learned(BULBASAUR, 10)
    assert len(moves) == 4
    made, after = templates((BULBASAUR, 10), seed=77)
    assert made[0]["moves"].tolist() == moves
    assert after == 77
