"""The compiled game and its slow twin (`tests.oracles.turn_engine`) play random legal games with the same RAM.

Twenty dungeons, 300 commands each, compared after every command. A run that ends is followed by another of the same
start. `PMD_GYM_TWIN_GAMES` asks for more games than twenty (teams, moves and bags differ), `PMD_GYM_TWIN_TURNS` for
other lengths.
"""

from __future__ import annotations

import os
import zlib

import numpy as np
import pytest

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import Outcome
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import damage, rng
from pmd_gym.simulator.rules import rules
from tests.doubles.random_play import PLACES, RandomPlay, scenario
from tests.oracles import turn_engine
from tests.oracles.turn_engine import Twin

GAMES = int(os.environ.get("PMD_GYM_TWIN_GAMES", len(PLACES)))
TURNS = int(os.environ.get("PMD_GYM_TWIN_TURNS", 300))


def first_difference(play: RandomPlay, start: Scenario, seed: int, turns: int) -> str:
    """Play the same commands in both games; where they part, or an empty text."""
    play.start(0, start, seed)
    twin = Twin(start, seed)
    for turn in range(turns):
        if crc(play.backend.ram[0]) != crc(twin.ram):
            places = np.flatnonzero(play.backend.ram[0] != twin.ram)
            return f"{start}, seed {seed}: {len(places)} bytes differ before command {turn}, first at {places[0]:#x}"
        action = play.action(0)
        outcome = play.do(0, action)
        twin.step(*(int(part) for part in ACTIONS.commands[action]))
        if outcome != Outcome.RUNNING:
            seed += 100
            play.start(0, start, seed)
            twin = Twin(start, seed)
    return "" if crc(play.backend.ram[0]) == crc(twin.ram) else f"{start}, seed {seed}: the last command differs"


def crc(ram: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    return zlib.crc32(np.ascontiguousarray(ram))


@pytest.mark.parametrize("number", range(GAMES))
def test_random_games_end_with_equal_ram(number: int) -> None:
    assert first_difference(RandomPlay(1, number), scenario(number), 1000 + number, TURNS) == ""


def test_a_rule_that_differs_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(turn_engine.OWN_RULES, rng.roll, lambda game, bound, label: 0)
    assert "bytes differ" in first_difference(RandomPlay(1, 1), scenario(1), 7, 20)


def test_the_engine_has_its_own_rules_back_after_a_command() -> None:
    before = (rng.roll.function, damage.compute_damage.function)
    with turn_engine.own_rules():
        assert rng.roll.function is turn_engine.draw
    assert (rng.roll.function, damage.compute_damage.function) == before


@pytest.mark.parametrize("stage", range(5))
def test_the_ticks_of_a_stage_follow_their_rule(stage: int) -> None:
    acting = [turn_engine.acts_in_tick(stage, tick) for tick in range(24)]
    assert acting == rules()[0]["speed_turns"][stage, :24].astype(bool).tolist()


def test_physical_types_are_those_of_the_tables() -> None:
    kinds = range(len(layout.enum("type")))
    assert [kind in turn_engine.PHYSICAL for kind in kinds] == rules()[0]["is_physical"][: len(kinds)].tolist()
