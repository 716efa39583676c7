"""The simulator's two large programs, each with one entry from Python so that its machine code is made once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel, prefetch
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.floor_entry import enter_floor
from pmd_gym.simulator.turn import command, run_on

ENTITIES_OFFSET = layout.field("Dungeon.team_entities").offset
ENTITIES_SIZE, MONSTER_SIZE = layout.MAX_MONSTERS * layout.ENTITY.itemsize, layout.MONSTER.itemsize
MONSTERS_OFFSET, TILES_OFFSET = layout.field("Dungeon.team_info").offset, layout.field("Dungeon.tiles").offset
TILE_SIZE, LINE = layout.TILE.itemsize, 64
"""Bytes of a tile, and of a cache line."""
MOST_USED_SLOTS = (0, 1, 4, 5, 6, 7, 8)
"""Leader, partner, and as many wild monsters as most floors have."""
RESUME = -1
"""A command kind for the simulator alone: no command; run from a floor's first tick to the leader's first command."""


@kernel
def command_games(games: Any, tables: Any, env_ids: Any, commands: Any, results: Any) -> bool:
    """Carry out one command, (n, 2) kind and argument, in each game of `env_ids` (n,).

    Fills `results` (n,) with what `turn.command` returns; True when a game has to enter another floor.
    """
    floors_due = False
    for index in range(len(env_ids)):
        if index + 2 < len(env_ids):
            ask_for_creatures(games[env_ids[index + 2]].world)
            ask_for_tiles(games[env_ids[index + 1]].world)
        game, kind = games[env_ids[index]], commands[index, 0]
        if kind == RESUME:
            results[index] = run_on(game, tables[0])
        else:
            results[index] = command(game, tables[0], kind, commands[index, 1])
        floors_due |= results[index] < 0
    return floors_due


@kernel
def ask_for_creatures(world: Any) -> None:
    """Let memory send the monsters of a game that comes soon: a thousand games fit into no cache."""
    for offset in range(ENTITIES_OFFSET, ENTITIES_OFFSET + ENTITIES_SIZE, LINE):
        prefetch(world, offset)
    for slot in MOST_USED_SLOTS:
        first = MONSTERS_OFFSET + slot * MONSTER_SIZE
        for offset in range(first, first + MONSTER_SIZE, LINE):
            prefetch(world, offset)


@kernel
def ask_for_tiles(world: Any) -> None:
    """The same for the tiles around each of the first few."""
    for slot in MOST_USED_SLOTS:
        place = world.entities[slot].pos
        if world.entities[slot].kind == ids.MONSTER and place.x > 1 and place.y > 0:
            for y in range(place.y - 1, place.y + 2):
                first = TILES_OFFSET + (y * layout.MAP_WIDTH + place.x - 1) * TILE_SIZE
                prefetch(world, first)
                prefetch(world, first + LINE)


@kernel
def enter(games: Any, env_id: int, tables: Any, is_next: bool, first_only: bool) -> None:
    """Enter the floor named in the world record; see `floor_entry.enter_floor`."""
    enter_floor(games[env_id], tables[0], is_next, first_only)


def resume(games: NDArray[np.void], env_id: int, tables: NDArray[np.void]) -> int:
    """Run from a floor's first tick to the leader's first command; returns what `turn.run_on` returns."""
    results = np.zeros(1, np.int64)
    command_games(games, tables, np.array([env_id], np.int64), np.array([[RESUME, 0]], np.int16), results)
    return int(results[0])
