"""The game's three random generators, draw for draw, as kernels over the RAM fields that hold their states.

Every function works on any record that has the named field, so the floor generator (`plan.PLAN`) and a running game
(`game.GAME`) share them. Nothing here knows what a draw is for; `roll` only writes down what the caller says.

Recurrence of all three: s' = 1566083941 * s + 1 (mod 2**32), pret/pmd-red 1177316f, src/random.c and
src/dungeon_random.c. States are u4 fields; all arithmetic is done in int64, where the product cannot overflow.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from pmd_gym.compiled import kernel

MULTIPLIER = 1566083941
WORD = 0xFFFFFFFF
FLOOR_SEED_MASK = 0xFFFFFF


class Draw(IntEnum):
    """What a draw of the dungeon generator is for; the values are the label numbers of the recorded turns."""

    SHED_SKIN = 0
    AI_CHOICE = 1
    AI_TARGET = 2
    WANDER = 3
    DAMAGE = 4
    HIT = 5
    SPAWN_TILE = 6
    SPAWN_SPECIES = 7
    SPAWN_SLEEP = 8
    SPAWN_RANDOM_WALK = 9
    ITEM_ROLL = 10
    AI_ITEM = 11
    STICKY = 12
    SCAN_MONSTERS = 13
    SCAN_ITEMS = 14
    CONTACT = 15
    MONEY = 16
    TRAP_KIND = 17
    DURATION = 18
    FLEE = 19
    SIDE_EFFECT = 20
    LEVEL_MOVE = 21
    OTHER = 22


@kernel
def seed_dungeon(record: Any, value: int) -> None:
    """Start the dungeon generator: the state becomes `value | 1` (InitDungeonRNG)."""
    record.rng_dungeon = (np.int64(value) | 1) & WORD


@kernel
def draw16(record: Any) -> int:
    """Next 16 bits of the dungeon generator, 0..65535 (DungeonRand16Bit)."""
    state: Any = (np.int64(record.rng_dungeon) * MULTIPLIER + 1) & WORD
    record.rng_dungeon = state
    return state >> 16


@kernel
def rand_int(record: Any, bound: int) -> int:
    """Value 0..bound-1, one step (DungeonRandInt); `bound` 0 gives 0 and still steps."""
    return ((draw16(record) * bound) >> 16) & 0xFFFF


@kernel
def rand_range(record: Any, low: int, high: int) -> int:
    """Value low..high-1; no step when both are equal, swapped when `low` is larger (DungeonRandRange)."""
    if low == high:
        return low
    return rand_int(record, abs(high - low)) + min(low, high)


@kernel
def chance(record: Any, percent: int) -> bool:
    """True with `percent` out of 100; always one step (DungeonRandOutcome)."""
    return rand_int(record, 100) < percent


@kernel
def log_draw(game: Any, label: int, bound: int, value: int) -> None:
    """Append one draw to the game's ring `draws`; `draw_count` counts on, so an overrun is visible."""
    entry = game.draws[game.draw_count % len(game.draws)]
    entry.label, entry.bound, entry.value = label, bound, value
    game.draw_count += 1


@kernel
def roll(game: Any, bound: int, label: int) -> int:
    """Logged `rand_int`: value 0..bound-1 of a game's dungeon generator, `label` one of `Draw`."""
    value = rand_int(game, bound)
    log_draw(game, label, bound, value)
    return value


@kernel
def roll_range(game: Any, low: int, high: int, label: int) -> int:
    """Logged `rand_range`; the log holds the width of the range and the value before `low` is added."""
    if low == high:
        return low
    return roll(game, abs(high - low), label) + min(low, high)


@kernel
def general16(record: Any) -> int:
    """Next signed 16 bits of the general generator, -32768..32767 (Rand16Bit)."""
    state: Any = (np.int64(record.rng_general) * MULTIPLIER + 1) & WORD
    record.rng_general = state
    high = state >> 16
    return high - ((high & 0x8000) << 1)


@kernel
def general32(record: Any) -> int:
    """Two steps of the general generator as a signed 32-bit value; a negative low half fills the high half."""
    high = general16(record)
    low = general16(record)
    word = ((high << 16) | low) & WORD
    return word - ((word & 0x80000000) << 1)


@kernel
def general_int(record: Any, bound: int) -> int:
    """Value 0..bound-1 of the general generator, two steps, of which the second decides (RandInt)."""
    return (((general32(record) & 0xFFFF) * bound) >> 16) & 0xFFFF


@kernel
def general_range(record: Any, low: int, high: int) -> int:
    """Value low..high-1 of the general generator, with the rules of `rand_range` (RandRange)."""
    if low == high:
        return low
    return general_int(record, abs(high - low)) + min(low, high)


@kernel
def seed_general(record: Any, value: int) -> None:
    """Set the general generator and let it run two steps; its output becomes the state (SetRNGSeed)."""
    record.rng_general = np.int64(value) & WORD
    record.rng_general = general32(record) & WORD


@kernel
def boot_seed(seed: Any) -> int:
    """State of the general generator from the six bytes `seed` (6,) gathered at boot (SeedRng)."""
    return 54021 + seed[0] * seed[1] + seed[2] * seed[3] + seed[4] * seed[5]


@kernel
def seed_floors(record: Any, value: int) -> None:
    """Start the generator of floor seeds with the run's seed (24 bits are kept)."""
    record.rng_floor = (np.int64(value) | 1) & FLOOR_SEED_MASK


@kernel
def next_floor_seed(record: Any) -> int:
    """Seed of the next floor, odd, 24 bits; two steps, and the full 32-bit state is kept (YetAnotherRandom24)."""
    first: Any = (np.int64(record.rng_floor) * MULTIPLIER + 1) & WORD
    second = (first * MULTIPLIER + 1) & WORD
    record.rng_floor = second
    return (((first >> 16) | (second & 0xFFFF0000)) & FLOOR_SEED_MASK) | 1


@kernel
def enter_dungeon(record: Any) -> int:
    """Seed of a new run, drawn from the general generator; it also starts the generator of floor seeds."""
    run_seed = general32(record) & FLOOR_SEED_MASK
    seed_floors(record, run_seed)
    return run_seed
