"""The router's rules by themselves: what a moment asks for, how long that lasts, and what a run can pay for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.inference.interface import Situation
from agents.inference.routing import GAMES, Budget, Ledger, Levels, Rules, margin_of
from pmd_gym.errors import ConfigError

SITUATIONS = st.builds(
    Situation,
    game=st.integers(0, 3),
    hp_share=st.floats(0, 1),
    enemies_near=st.integers(0, 4),
    stuck_steps=st.integers(0, 80),
)
SAFE = Situation()


@pytest.mark.parametrize(
    ("situation", "tier", "word"),
    [
        (SAFE, 0, "calm"),
        (Situation(hp_share=0.1), 0, "calm"),
        (Situation(enemies_near=3), 0, "calm"),
        (Situation(hp_share=0.3, enemies_near=1), 1, "danger"),
        (Situation(hp_share=0.1, enemies_near=1), 2, "danger"),
        (Situation(stuck_steps=15), 0, "calm"),
        (Situation(stuck_steps=16), 1, "stuck"),
        (Situation(stuck_steps=40), 2, "stuck"),
        (Situation(hp_share=0.3, enemies_near=1, stuck_steps=40), 2, "stuck"),
    ],
)
def test_what_a_moment_asks_for(situation: Situation, tier: int, word: str) -> None:
    demanded, reason = Rules().demanded(situation)
    assert demanded == tier
    assert reason.startswith(word)


def test_the_margin_is_between_the_two_best() -> None:
    assert margin_of(np.log(np.float32([0.2, 0.5, 0.3]))) == pytest.approx(0.2)
    assert margin_of(np.zeros(1, np.float32)) == 1.0


def test_a_game_goes_up_at_once_and_down_with_patience() -> None:
    levels = Levels(Rules(), 2)
    danger = Situation(hp_share=0.3, enemies_near=1)
    assert levels.begin(danger)[0] == 1
    levels.ended(danger, 1, 0.9)
    for _ in range(3):
        assert levels.begin(SAFE) == (1, "kept: it was needed a moment ago")
        levels.ended(SAFE, 1, 0.9)
    assert levels.begin(SAFE) == (0, "calm")


def test_between_the_two_ends_of_a_band_nothing_changes() -> None:
    levels = Levels(Rules(), 2)
    levels.ended(SAFE, 1, 0.05)
    for between in (replace(SAFE, hp_share=0.4, enemies_near=1), replace(SAFE, stuck_steps=3), SAFE):
        for _ in range(10):
            assert levels.begin(between)[0] == 1
            levels.ended(between, 1, 0.25)


def test_games_do_not_know_of_each_other_and_old_ones_are_forgotten() -> None:
    levels = Levels(Rules(), 1)
    levels.ended(SAFE, 1, 0.9)
    assert levels.begin(Situation(game=1))[0] == 0
    for game in range(1, GAMES + 1):
        levels.ended(Situation(game=game), 0, 0.9)
    assert levels.begin(SAFE)[0] == 0


@given(st.integers(0, 3), st.lists(st.tuples(SITUATIONS, st.floats(0, 1)), max_size=60))
def test_levels_move_down_by_one_after_patience_only(top: int, moments: list[tuple[Situation, float]]) -> None:
    rules = Rules()
    levels = Levels(rules, top)
    level, calm = dict.fromkeys(range(4), 0), dict.fromkeys(range(4), 0)
    for situation, margin in moments:
        game = situation.game
        tier, reason = levels.begin(situation)
        demanded = min(top, rules.demanded(situation)[0])
        assert tier == max(level[game], demanded)
        assert reason.startswith("kept") == (level[game] > rules.demanded(situation)[0])
        levels.ended(situation, tier, margin)
        calm[game] = calm[game] + 1 if rules.calm(situation, margin) else 0
        if tier > level[game]:
            level[game], calm[game] = tier, 0
        elif calm[game] == rules.patience:
            level[game], calm[game] = max(0, level[game] - 1), 0


def test_a_budget_says_no_before_it_is_overdrawn() -> None:
    ledger = Ledger(Budget(tokens=100, money=0.001), [1.0, 20.0])
    assert ledger.objection(1, 1, 9.0) == ""
    ledger.spent(1, 2, 40, 1.0)
    assert (ledger.tokens, ledger.seconds) == (40, 1.0)
    assert ledger.money == pytest.approx(40 * 20 / 1e6)
    assert ledger.objection(1, 1, 9.0).startswith("budget: 0.0008 of 0.001 money")
    assert ledger.objection(0, 1, 9.0) == ""
    ledger.spent(0, 1, 60, 1.0)
    assert ledger.objection(0, 1, 9.0) == "budget: 100 of 100 tokens are spent"


def test_seconds_are_a_budget_too() -> None:
    ledger = Ledger(Budget(seconds=3.0), [0.0, 0.0])
    ledger.spent(1, 1, 5, 2.0)
    assert "seconds" in ledger.objection(1, 1, 9.0)


def test_a_tier_that_takes_too_long_is_refused_and_tried_again_some_day() -> None:
    ledger = Ledger(Budget(), [0.0])
    assert (ledger.latency_s(0), ledger.objection(0, 1, 0.01)) == (0.0, "")
    ledger.spent(0, 1, 5, 2.0)
    assert ledger.objection(0, 1, 1.0) == "deadline: 1.000 s left, it takes 2.000 s"
    for _ in range(40):
        ledger.refused(0)
    assert ledger.objection(0, 1, 1.0) == ""


def test_bands_that_are_upside_down_are_refused() -> None:
    with pytest.raises(ConfigError, match="unsure <= sure"):
        Rules(unsure=0.5, sure=0.1)
