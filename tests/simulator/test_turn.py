"""The turn cycle: who acts at which tick, hunger, wind, and what a step into a wall costs."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.simulator import ids
from pmd_gym.simulator.rules import rules
from tests.doubles.arena import FOE, LEADER, Arena

BULBASAUR, PIDGEY = 1, 16
FIRST_TURN = 3
BLOWN_OUT = 542
FOREVER = 127
TICKS = {
    0: [7, 15, 23],
    1: [3, 7, 11, 15, 19, 23],
    2: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23],
    3: [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23],
    4: list(range(24)),
}
"""The ticks of a cycle at which a monster of each speed stage acts."""


def arena_with_leader() -> Arena:
    arena = Arena()
    arena.put(LEADER, BULBASAUR, (20, 15))
    arena.world["fractional_turn"] = FIRST_TURN
    return arena


def command(arena: Arena, kind: CommandKind, argument: int = 0) -> int:
    return int(arena.games.step(np.array([0]), np.array([[kind, argument]], np.int16))[0])


def leader(arena: Arena) -> np.void:
    return arena.world["monsters"][LEADER]


def belly(arena: Arena) -> int:
    """Thousandths."""
    whole, thousandths = leader(arena)["belly"].item()
    return whole * 1000 + thousandths


@pytest.mark.parametrize("stage", TICKS)
def test_the_table_of_ticks_is_the_published_one(stage: int) -> None:
    assert np.flatnonzero(rules()[0]["speed_turns"][stage, :24]).tolist() == TICKS[stage]


@pytest.mark.parametrize("stage", TICKS)
def test_the_leader_is_asked_at_the_ticks_of_its_speed(stage: int) -> None:
    arena = arena_with_leader()
    timers = "speed_up_timers" if stage > 1 else "speed_down_timers"
    leader(arena)[timers][: abs(stage - 1)] = FOREVER
    command(arena, CommandKind.WAIT)
    asked = []
    for _ in TICKS[stage]:
        asked.append(int(arena.world["fractional_turn"]))
        command(arena, CommandKind.WAIT)
    assert sorted(asked) == TICKS[stage]


@pytest.mark.parametrize(
    ("up", "down", "paralysed", "stage"), [(2, 1, True, 1), (2, 1, False, 2), (0, 5, True, 0), (5, 0, False, 4)]
)
def test_speed_counts_its_timers_and_paralysis(up: int, down: int, paralysed: bool, stage: int) -> None:
    arena = arena_with_leader()
    leader(arena)["speed_up_timers"][:up] = FOREVER
    leader(arena)["speed_down_timers"][:down] = FOREVER
    if paralysed:
        leader(arena)["burn_status"], leader(arena)["burn_turns"] = ids.PARALYSIS, FOREVER
    command(arena, CommandKind.WAIT)
    assert leader(arena)["speed_stage"] == stage


def test_a_speed_timer_falls_once_in_each_own_turn() -> None:
    arena = arena_with_leader()
    leader(arena)["speed_up_timers"][0] = 3
    stages = []
    for _ in range(4):
        command(arena, CommandKind.WAIT)
        stages.append(int(leader(arena)["speed_stage"]))
    assert stages == [2, 2, 1, 1]


def test_hunger_takes_a_tenth_of_a_point_and_then_hurts() -> None:
    arena = arena_with_leader()
    arena.world["turns_left"] = 2000
    full = int(leader(arena)["hp"])
    after = {}
    for turn in range(1, 1001):
        command(arena, CommandKind.WAIT)
        after[turn] = belly(arena)
    assert [after[turn] for turn in (1, 10, 999, 1000)] == [99_900, 99_000, 100, 0]
    assert (leader(arena)["hp"], leader(arena)["belly_empty"]) == (full - 1, 1)


def test_before_the_last_tenth_is_gone_nothing_hurts() -> None:
    arena = arena_with_leader()
    leader(arena)["belly"] = (0, 200)
    full = int(leader(arena)["hp"])
    command(arena, CommandKind.WAIT)
    assert (belly(arena), leader(arena)["hp"], leader(arena)["belly_empty"]) == (100, full, 0)


def test_passing_is_refused_with_an_empty_belly() -> None:
    arena = arena_with_leader()
    leader(arena)["belly"] = (0, 0)
    command(arena, CommandKind.WAIT)
    assert arena.world["turns_left"] == 1000
    command(arena, CommandKind.STEP, 0)
    assert arena.world["turns_left"] == 999


def test_the_starving_leader_falls_to_hunger() -> None:
    arena = arena_with_leader()
    leader(arena)["belly"], leader(arena)["hp"] = (0, 100), 1
    assert command(arena, CommandKind.WAIT) == Outcome.FAINTED
    assert arena.world["exit_reason"] == ids.FELL_TO_HUNGER


@pytest.mark.parametrize(
    ("item", "saves_energy", "loss"),
    [(ids.STAMINA_BAND, True, 50), (ids.STAMINA_BAND, False, 75), (0, True, 75), (0, False, 100),
     (ids.DIET_RIBBON, False, 200), (ids.HEAL_RIBBON, False, 200), (ids.MUNCH_BELT, False, 200),
     (ids.TIGHT_BELT, False, 0)],
)  # fmt: skip
def test_what_the_leader_wears_changes_its_hunger(item: int, saves_energy: bool, loss: int) -> None:
    arena = arena_with_leader()
    if item:
        leader(arena)["held_item"] = (ids.ITEM_EXISTS, 1, item)
    if saves_energy:
        leader(arena)["iq_skills"][ids.ENERGY_SAVER >> 3] |= 1 << (ids.ENERGY_SAVER & 7)
    command(arena, CommandKind.WAIT)
    assert belly(arena) == 100_000 - loss


def test_a_sticky_belt_does_nothing() -> None:
    arena = arena_with_leader()
    leader(arena)["held_item"] = (ids.ITEM_EXISTS | ids.ITEM_STICKY, 1, ids.TIGHT_BELT)
    command(arena, CommandKind.WAIT)
    assert belly(arena) == 99_900


def test_the_wind_warns_three_times_and_ends_the_run_at_the_thousandth_turn() -> None:
    arena = arena_with_leader()
    phases, outcomes = [], []
    for _ in range(1000):
        outcomes.append(command(arena, CommandKind.WAIT))
        phases.append(int(arena.world["wind_phase"]))
    first_turn_of = {phase: phases.index(phase) + 1 for phase in (1, 2, 3)}
    assert first_turn_of == {1: 751, 2: 851, 3: 951}
    assert outcomes == [Outcome.RUNNING] * 999 + [Outcome.LOST]
    assert (arena.world["exit_reason"], arena.world["turns_left"]) == (BLOWN_OUT, 0)


def test_a_bump_into_a_wall_turns_the_leader_and_costs_nothing() -> None:
    arena = arena_with_leader()
    arena.lay(21, 15, ids.WALL)
    command(arena, CommandKind.STEP, 2)
    assert leader(arena)["direction"] == 2
    assert (arena.world["turns_left"], belly(arena)) == (1000, 100_000)
    assert arena.draws() == []


def test_after_an_attack_a_fast_leader_waits_for_the_next_normal_turn() -> None:
    arena = arena_with_leader()
    leader(arena)["speed_up_timers"][:3] = FOREVER
    command(arena, CommandKind.WAIT)
    assert arena.world["fractional_turn"] == FIRST_TURN + 1
    command(arena, CommandKind.ATTACK)
    assert arena.world["fractional_turn"] == 7


def test_a_fast_wild_monster_walks_twice_as_far() -> None:
    arena = arena_with_leader()
    walkers = []
    for index, x in enumerate((30, 34)):
        arena.put(FOE + index, PIDGEY, (x, 5 + 20 * index), speed_stage=1)
        walkers.append(arena.world["entities"][FOE + index]["pos"])
    arena.world["monsters"][FOE + 1]["speed_up_timers"][0] = FOREVER
    before = [pos.item() for pos in walkers]
    for _ in range(3):
        command(arena, CommandKind.WAIT)
    steps = [max(abs(p["x"] - x), abs(p["y"] - y)) for p, (x, y) in zip(walkers, before, strict=True)]
    assert steps == [3, 6]


def test_a_sleeping_leader_loses_its_turns_in_one_command() -> None:
    arena = arena_with_leader()
    leader(arena)["sleep_status"], leader(arena)["sleep_turns"] = ids.SLEEP, 3
    command(arena, CommandKind.WAIT)
    assert leader(arena)["sleep_status"] == 0
    assert arena.world["turns_left"] == 1000 - 3


@pytest.mark.parametrize("turns", [3, 6])
def test_a_wild_sleeper_wakes_when_its_counter_reaches_zero(turns: int) -> None:
    arena = arena_with_leader()
    sleeper = arena.put(FOE, PIDGEY, (30, 15), sleep_status=ids.SLEEP, sleep_turns=turns)
    awake = []
    for _ in range(turns):
        command(arena, CommandKind.WAIT)
        awake.append(sleeper["sleep_status"] == 0)
    assert awake == [False] * (turns - 1) + [True]


def test_taking_the_last_stairs_clears_the_dungeon() -> None:
    arena = arena_with_leader()
    arena.world["floor"] = 3
    arena.lay(20, 15, ids.NORMAL | ids.STAIRS)
    assert command(arena, CommandKind.STAIRS) == Outcome.CLEARED
    assert arena.world["exit_reason"] == ids.CLEARED_RUN


def test_moves_restored_by_a_revival_cost_pp_again_from_the_next_action_on() -> None:
    arena = arena_with_leader()
    leader(arena)["moves"][0]["flags"] = ids.MOVE_EXISTS
    leader(arena)["moves"]["flags2"] = ids.MOVE2_RESTORED
    command(arena, CommandKind.WAIT)
    assert leader(arena)["moves"]["flags2"].tolist() == [0, *[ids.MOVE2_RESTORED] * 3]
