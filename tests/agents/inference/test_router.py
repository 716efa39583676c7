"""The router over models that are functions, in virtual time: who is asked, in what order, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.inference.interface import Choice, ChoiceRequest, Prompt, Request, Situation
from agents.inference.queue import InferenceQueue, Limits
from agents.inference.router import Decision, Router, Tier
from agents.inference.routing import Budget
from pmd_gym.errors import ClosedError, ConfigError, InferenceTimeout
from tests.doubles.models import FakeModel, Refused, asked
from tests.doubles.virtual_time import run

NAMES = ("fast", "medium", "large")


class Bench:
    """A router over fake models that notes every decision."""

    def __init__(self, *models: FakeModel, **options: Any) -> None:
        self.models = models
        self.decisions: list[Decision] = []
        tiers = [
            Tier(name, model, price=10.0**index) for index, (name, model) in enumerate(zip(NAMES, models, strict=False))
        ]
        self.router = Router(tiers, on_decision=self.decisions.append, **options)

    def choose(self, *requests: ChoiceRequest) -> list[Choice]:
        return run(self.router.choose(requests))

    def asked(self) -> list[list[int]]:
        """Numbers that each model was asked, in order."""
        return [[number for _, _, numbers in model.calls for number in numbers] for model in self.models]

    def path(self) -> list[str]:
        return [decision.tier for decision in self.decisions]


def sure() -> FakeModel:
    return FakeModel(lambda rows: 0.1)


def unsure() -> FakeModel:
    return FakeModel(lambda rows: 0.1, margin=lambda number: 0.05)


def test_a_calm_sure_moment_is_the_small_models() -> None:
    bench = Bench(sure(), sure(), sure())
    assert [choice.index for choice in bench.choose(asked(4), asked(5))] == [1, 2]
    assert bench.asked() == [[4, 5], [], []]
    assert [decision.reason for decision in bench.decisions] == ["calm", "calm"]


def test_an_unsure_answer_climbs_and_only_its_row() -> None:
    bench = Bench(FakeModel(margin=lambda number: 0.05 if number == 1 else 0.9), unsure(), sure())
    assert [choice.index for choice in bench.choose(asked(0, game=0), asked(1, game=1))] == [0, 1]
    assert bench.asked() == [[0, 1], [1], [1]]
    assert [decision.reason for decision in bench.decisions[2:]] == ["unsure: 0.050 between the two best"] * 2
    assert bench.decisions[-1].margin == pytest.approx(0.05)


class Silent(FakeModel):
    """Tells which answer is best and no probabilities, as some servers do."""

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        even = np.full(3, -np.log(3), np.float32)
        return [replace(choice, log_probabilities=even, known=0.0) for choice in await super().choose(requests)]


def test_who_tells_no_probabilities_is_not_taken_for_unsure() -> None:
    bench = Bench(Silent(), sure())
    assert [choice.index for choice in bench.choose(asked(2))] == [2]
    assert (bench.path(), bench.decisions[0].margin) == (["fast"], None)


def test_danger_and_being_stuck_begin_higher() -> None:
    bench = Bench(sure(), sure(), sure())
    bench.choose(asked(1, hp_share=0.1, enemies_near=1), asked(2, game=1, stuck_steps=17))
    assert bench.asked() == [[], [2], [1]]


def test_a_game_stays_up_until_it_was_calm_for_a_while() -> None:
    bench = Bench(sure(), sure())
    bench.choose(asked(0, hp_share=0.2, enemies_near=1))
    for number in range(1, 6):
        bench.choose(asked(number))
    assert bench.asked() == [[4, 5], [0, 1, 2, 3]]


def test_a_tier_without_memory_rests_and_the_smaller_one_answers() -> None:
    bench = Bench(sure(), FakeModel(room=0))
    danger = {"hp_share": 0.2, "enemies_near": 1}

    async def play() -> None:
        for number in range(3):
            assert (await bench.router.choose([asked(number, **danger)]))[0].error is None
        await asyncio.sleep(31)
        await bench.router.choose([asked(3, **danger)])

    run(play())
    assert bench.asked() == [[0, 1, 2, 3], [0, 3]]
    assert bench.decisions[1].reason == "medium: memory: it ran out"
    assert bench.decisions[2].reason == "medium: memory: it ran out a moment ago"


def test_a_tier_that_is_late_leaves_time_for_the_smallest() -> None:
    bench = Bench(sure(), FakeModel(lambda rows: 5.0))

    async def play() -> float:
        await bench.router.choose([asked(0)])
        start = asyncio.get_running_loop().time()
        choice = (await bench.router.choose([asked(1, hp_share=0.2, enemies_near=1, within_s=1.0)]))[0]
        assert choice.error is None
        return asyncio.get_running_loop().time() - start

    assert run(play()) == pytest.approx(0.95)
    assert bench.models[1].cancelled == 1
    assert bench.decisions[-1].reason == "medium: deadline: no answer in time"


def test_a_tier_known_to_be_slow_is_not_asked_when_time_is_short() -> None:
    bench = Bench(unsure(), FakeModel(lambda rows: 5.0))
    bench.choose(asked(0, game=0))
    bench.choose(asked(1, game=1, within_s=1.0))
    assert bench.asked() == [[0, 1], [0]]
    assert bench.decisions[-1].reason == "medium: deadline: 0.900 s left, it takes 5.000 s"


def test_a_tier_that_was_slow_once_gets_another_try() -> None:
    slow = FakeModel(lambda rows: 5.0)
    bench = Bench(unsure(), slow)
    bench.choose(asked(0, game=0))
    slow.seconds = lambda rows: 0.1
    for number in range(1, 100):
        bench.choose(asked(number, game=number, within_s=1.0))
    assert 99 in bench.asked()[1]
    assert 50 not in bench.asked()[1]


def test_a_row_that_fell_does_not_climb_back() -> None:
    bench = Bench(sure(), unsure(), FakeModel(refuses=frozenset({1})))
    assert bench.choose(asked(1, hp_share=0.1, enemies_near=1))[0].index == 1
    assert bench.asked() == [[], [1], [1]]
    assert bench.path() == ["large", "medium"]


def test_the_answer_at_hand_is_kept_where_climbing_fails() -> None:
    bench = Bench(unsure(), FakeModel(refuses=frozenset({1})))
    choice = bench.choose(asked(1))[0]
    assert (choice.index, choice.error) == (1, None)
    assert bench.path() == ["fast", "medium", "fast"]
    assert bench.decisions[-1].reason.startswith("medium: failed: not [1]")


def test_the_smallest_tiers_failure_is_the_rows_result() -> None:
    bench = Bench(InferenceQueue(FakeModel(refuses=frozenset({1}))), sure())  # type: ignore[arg-type]
    first, second = run(bench.router.choose([asked(1), asked(2)]))
    assert isinstance(first.error, Refused)
    assert second.error is None


def test_a_deadline_that_nobody_keeps_is_an_error_at_that_moment() -> None:
    bench = Bench(FakeModel(lambda rows: 5.0))
    assert isinstance(bench.choose(asked(1, within_s=1.0))[0].error, InferenceTimeout)


def test_a_run_that_spent_its_money_goes_on_with_the_small_model() -> None:
    bench = Bench(unsure(), sure(), budget=Budget(money=250e-6))
    for number in range(4):
        bench.choose(asked(number, game=number))
    assert bench.asked() == [[0, 1, 2, 3], [0, 1]]
    assert bench.decisions[-1].reason.startswith("medium: budget: ")
    assert bench.router.ledger.money <= 250e-6


def test_text_is_written_by_the_tier_that_the_moment_asks_for() -> None:
    bench = Bench(sure(), sure())
    stuck = Request(Prompt(text="7"), situation=Situation(stuck_steps=20))
    assert run(bench.router.generate([stuck]))[0].text == "it is 7"
    assert bench.asked() == [[], [7]]


def test_embeddings_are_always_the_smallest_models() -> None:
    bench = Bench(sure(), sure())
    assert np.array_equal(run(bench.router.embed([Prompt(text="7")])), [[7, -7]])
    assert bench.asked() == [[7], []]


def test_closing_closes_all() -> None:
    bench = Bench(sure(), sure())
    bench.router.close()
    bench.router.close()
    assert all(model.closed for model in bench.models)
    with pytest.raises(ClosedError, match="make another"):
        bench.choose(asked(1))


def test_tiers_need_names_of_their_own() -> None:
    for tiers in ([], [Tier("a", sure()), Tier("a", sure())]):
        with pytest.raises(ConfigError, match="no name twice"):
            Router(tiers)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.builds(
            asked,
            st.integers(0, 30),
            game=st.integers(0, 3),
            hp_share=st.floats(0, 1),
            enemies_near=st.integers(0, 2),
            stuck_steps=st.integers(0, 40),
            within_s=st.none() | st.floats(0.0, 2.0),
        ),
        max_size=20,
    ),
    st.lists(st.tuples(st.floats(0.01, 1.0), st.integers(0, 9), st.floats(0, 1)), min_size=1, max_size=3),
    st.booleans(),
)
def test_every_request_gets_its_answer_or_an_error_of_the_smallest_in_time(
    requests: Sequence[ChoiceRequest], kinds: list[tuple[float, int, float]], queued: bool
) -> None:
    models = [
        FakeModel(lambda rows, s=seconds: s, room=room or 1, margin=lambda number, m=margin: m)  # type: ignore[misc]
        for seconds, room, margin in kinds
    ]
    decisions: list[Decision] = []
    tiers = [
        Tier(name, InferenceQueue(model, Limits(target_ms=5000.0)) if queued else model)
        for name, model in zip(NAMES, models, strict=False)
    ]

    async def play() -> tuple[list[Choice], float]:
        choices = await Router(tiers, on_decision=decisions.append).choose(requests)
        return choices, asyncio.get_running_loop().time()

    choices, seconds = run(play())
    for request, choice in zip(requests, choices, strict=True):
        number, within_s = int(request.prompt.text), request.situation.within_s
        if choice.error is None:
            assert choice.index == number % 3
        elif queued:
            assert isinstance(choice.error, InferenceTimeout)
            assert within_s is not None
    limits = [request.situation.within_s for request in requests]
    if limits and None not in limits:
        assert seconds <= max(filter(None, limits), default=0.0) + 0.01
    assert len(decisions) >= len(requests)
    assert all(decision.reason for decision in decisions)
