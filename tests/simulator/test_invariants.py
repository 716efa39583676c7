"""What holds after every command of any legal game, in dungeons with traps, shops, weather, monster houses and bosses.

Hypothesis draws the start (`tests.doubles.random_play.scenario`), the seed of the run and the seed of the commands. No
game is compared with another engine here: see `test_twin` for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.ram import decode, layout
from pmd_gym.simulator import ids
from tests.doubles.arena import address_of
from tests.doubles.random_play import RandomPlay, scenario
from tests.doubles.scene import dungeon_of

COMMANDS = 40
FREE = {CommandKind.FACE, CommandKind.WAIT, CommandKind.ATTACK}
"""Commands that may be legal and yet take no turn: turning, waiting when starved, talking to the partner in front."""

numbers, seeds = st.integers(0, 900), st.integers(1, 2**24)


def world_of(play: RandomPlay, env_id: int = 0) -> Any:
    """The dungeon object of a game."""
    return dungeon_of(np.array(play.backend.ram[env_id]), layout.OBSERVED_DUNGEON_ADDRESS)


def played(number: int, seed: int, commands: int = COMMANDS) -> Iterator[RandomPlay]:
    """A legal game, handed out at its start and after every command until it ends."""
    play = RandomPlay(1, seed)
    play.start(0, scenario(number), seed)
    yield play
    for _ in range(commands):
        if play.do(0, play.action(0)) != Outcome.RUNNING:
            return
        yield play


@settings(max_examples=40)
@given(numbers, seeds)
def test_each_monster_stands_alone_on_the_tile_that_points_at_it(number: int, seed: int) -> None:
    for play in played(number, seed):
        world = world_of(play)
        alive = np.flatnonzero(world["entities"]["kind"] == ids.MONSTER)
        places = {slot: tuple(world["entities"]["pos"][slot].item()) for slot in alive}
        pointers = world["tiles"]["monster"]
        occupied = {(int(x), int(y)): int(pointers[y, x]) for y, x in np.argwhere(pointers)}
        assert occupied == {place: address_of(int(slot)) for slot, place in places.items()}


@settings(max_examples=40)
@given(numbers, seeds)
def test_everybody_on_the_floor_has_hp_belly_and_stages_within_bounds(number: int, seed: int) -> None:
    for play in played(number, seed):
        world = world_of(play)
        monsters = world["monsters"][world["entities"]["kind"] == ids.MONSTER]
        assert ((monsters["hp"] > 0) & (monsters["hp"] <= monsters["max_hp"]) & (monsters["max_hp"] <= 999)).all()
        assert ((monsters["belly"]["whole"] >= 0) & (monsters["belly"]["whole"] <= 200)).all()
        assert ((monsters["level"] >= 1) & (monsters["level"] <= 100)).all()
        assert (monsters["direction"] < 8).all()
        assert (monsters["speed_stage"] <= 4).all()
        for stage in ("attack", "sp_attack", "defense", "sp_defense", "accuracy", "evasion"):
            assert ((monsters[f"{stage}_stage"] >= 0) & (monsters[f"{stage}_stage"] <= 20)).all()


@settings(max_examples=40)
@given(numbers, seeds)
def test_pointers_lead_to_the_entities_of_the_dungeon_and_the_image_decodes(number: int, seed: int) -> None:
    valid = {address_of(index) for index in range(148)}
    for play in played(number, seed):
        world = world_of(play)
        alive = np.flatnonzero(world["entities"]["kind"] == ids.MONSTER)
        active = world["active"][world["active"] != 0].tolist()
        assert sorted(active) == [address_of(int(slot)) for slot in alive]
        assert set(np.unique(world["tiles"]["object"]).tolist()) <= valid | {0}
        states = decode(np.array(play.backend.ram))
        assert int(states.leader[0]) in alive
        assert world["monsters"]["is_leader"][alive].sum() == 1


@settings(max_examples=15)
@given(numbers, seeds)
def test_what_the_mask_allows_is_carried_out(number: int, seed: int) -> None:
    *_, play = played(number, seed, 12)
    assume(world_of(play)["exit_reason"] == 0)
    saved = play.backend.save(0)
    before = np.array(play.backend.ram[0])
    for action in np.flatnonzero(play.mask(0)):
        play.do(0, int(action))
        changed = not np.array_equal(before, play.backend.ram[0])
        assert changed or ACTIONS.kind(int(action)) in FREE, ACTIONS.names[action]
        play.backend.load(0, saved)


@settings(max_examples=15)
@given(numbers, seeds)
def test_a_turn_passes_where_the_mask_promises_one(number: int, seed: int) -> None:
    *_, play = played(number, seed, 12)
    assume(world_of(play)["exit_reason"] == 0)
    saved, before = play.backend.save(0), world_of(play)["turns_left"].item()
    for action in np.flatnonzero(play.mask(0)):
        outcome = play.do(0, int(action))
        world = world_of(play)
        free = ACTIONS.kind(int(action)) in FREE
        assert free or outcome != Outcome.RUNNING or world["turns_left"] != before or gained_time(world), ACTIONS.names[
            action
        ]
        play.backend.load(0, saved)


def gained_time(world: Any) -> bool:
    """Whether the leader has become faster in its action, which begins the cycle of ticks anew without a turn."""
    return bool(world["fractional_turn"] == 0)


@settings(max_examples=10)
@given(st.lists(numbers, min_size=2, max_size=5), seeds)
def test_a_game_in_a_batch_is_the_game_played_alone(numbers: list[int], seed: int) -> None:
    batch = RandomPlay(len(numbers), seed)
    everybody = np.arange(len(numbers))
    batch.backend.start(everybody, [scenario(number) for number in numbers], seed + everybody.astype(np.uint32))
    orders = []
    for _ in range(COMMANDS):
        orders.append([batch.action(int(env_id)) for env_id in everybody])
        batch.backend.step(everybody, ACTIONS.commands[orders[-1]])
    for env_id, number in enumerate(numbers):
        alone = RandomPlay(1, 0)
        alone.start(0, scenario(number), seed + env_id)
        for order in orders:
            alone.do(0, order[env_id])
        assert np.array_equal(alone.backend.ram[0], batch.backend.ram[env_id])


@settings(max_examples=15)
@given(numbers, seeds, st.integers(0, COMMANDS))
def test_a_loaded_game_has_the_future_of_the_saved_one(number: int, seed: int, before: int) -> None:
    *_, play = played(number, seed, before)
    other = RandomPlay(2, 0)
    other.start(1, scenario(number + 1), seed)  # what was there must not matter
    other.backend.load(1, play.backend.save(0))
    for _ in range(COMMANDS):
        action = play.action(0)
        assert play.do(0, action) == other.do(1, action)
    assert play.backend.save(0) == other.backend.save(1)


@pytest.mark.parametrize("number", [0, 1, 4, 5])
def test_the_play_of_these_tests_is_no_standing_still(number: int) -> None:
    """The commands drawn move the leader, take turns and meet others."""
    play = RandomPlay(1, 5)
    play.start(0, scenario(number), 5)
    kinds = set()
    for _ in range(100):
        action = play.action(0)
        kinds.add(ACTIONS.kind(action))
        if play.do(0, action) != Outcome.RUNNING:
            break
    assert {CommandKind.STEP, CommandKind.ATTACK} <= kinds
