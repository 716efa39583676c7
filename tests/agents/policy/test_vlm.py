"""The vision-language policy over a model that is a function: what is asked, what is played, what is remembered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference.interface import (
    Choice,
    ChoiceRequest,
    Completion,
    Prompt,
    Request,
    failed_choice,
    failed_completion,
)
from agents.policy.answer import ANSWERS
from agents.policy.interface import Thought
from agents.policy.template import load_template
from agents.policy.vlm import TURNS, VisionLanguagePolicy, offered
from pmd_gym.actions import ACTIONS
from pmd_gym.errors import ClosedError, InferenceTimeout
from pmd_gym.ram import decode
from pmd_gym.views import VIEWS, Moment
from tests.doubles import scene


class Model:
    """Chooses by a function of the request and keeps what it was asked."""

    def __init__(self, index: Callable[[ChoiceRequest], int], *texts: str | Exception) -> None:
        """`texts` are what it writes, one after another."""
        self._index = index
        self._texts = [*texts]
        self.asked: list[list[ChoiceRequest]] = []
        self.written: list[Request] = []

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        self.asked.append(list(requests))
        return [Choice(self._index(request), np.zeros(len(request.answers), np.float32)) for request in requests]

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        self.written += requests
        return [self._done(self._texts.pop(0)) for _ in requests]

    @staticmethod
    def _done(text: str | Exception) -> Completion:
        return failed_completion(text) if isinstance(text, Exception) else Completion(text, 100, 7)

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        raise AssertionError("nothing is to be embedded here")

    def close(self) -> None:
        pass


def moments(env_ids: NDArray[np.int64]) -> list[Moment]:
    return [Moment(decode(scene.scene()), steps=(True,) * 8) for _ in env_ids]


def masks(*legal: Sequence[int]) -> NDArray[np.int8]:
    made = np.zeros((len(legal), len(ACTIONS)), np.int8)
    for row, actions in enumerate(legal):
        made[row, list(actions)] = 1
    return made


def test_only_legal_answers_are_asked_and_the_chosen_one_is_played() -> None:
    model = Model(lambda request: len(request.answers) - 1)
    policy = VisionLanguagePolicy(model, moments)
    played = asyncio.run(policy.act(np.array([0, 3]), {}, masks([0, 2, 5], [9, 22])))
    assert played.tolist() == [5, 22]
    assert len(model.asked) == 1
    assert [request.answers for request in model.asked[0]] == [
        (ANSWERS[0], ANSWERS[2], ANSWERS[5]), (ANSWERS[9], ANSWERS[22]),
    ]  # fmt: skip


def test_the_picture_is_the_grid_and_the_words_tell_what_was_played() -> None:
    model = Model(lambda request: 0)
    policy = VisionLanguagePolicy(model, moments)
    for _ in range(2):
        asyncio.run(policy.act(np.array([4]), {}, masks([1])))
    first, second = (asked[0].prompt for asked in model.asked)
    assert np.array_equal(first.picture, VIEWS["grid"](moments(np.array([4]))[0]))
    assert "last none" in first.text
    assert "last ↓" in second.text
    policy.reset(np.array([4]), np.array([0], np.uint32))
    asyncio.run(policy.act(np.array([4]), {}, masks([1])))
    assert "last none" in model.asked[-1][0].prompt.text


def test_the_way_on_can_be_left_out() -> None:
    model = Model(lambda request: 0)
    asyncio.run(VisionLanguagePolicy(model, moments, route=False).act(np.array([0]), {}, masks([1])))
    bare = Moment(decode(scene.scene()), steps=(True,) * 8, route=False)
    assert np.array_equal(model.asked[0][0].prompt.picture, VIEWS["grid"](bare))


def test_the_error_of_a_choice_is_raised_and_nothing_is_played() -> None:
    class Failing(Model):
        async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
            return [failed_choice(InferenceTimeout("too late")) for _ in requests]

    policy = VisionLanguagePolicy(Failing(lambda request: 0), moments)
    with pytest.raises(InferenceTimeout, match="too late"):
        asyncio.run(policy.act(np.array([0]), {}, masks([1, 2])))


def test_each_request_says_whose_moment_it_is_and_how_the_game_fares() -> None:
    model = Model(lambda request: 0)
    policy = VisionLanguagePolicy(model, moments)
    for _ in range(2):
        asyncio.run(policy.act(np.array([2, 5]), {}, masks([1], [1])))
    assert [[request.situation.game for request in asked] for asked in model.asked] == [[2, 5]] * 2
    assert [asked[0].situation.stuck_steps for asked in model.asked] == [0, 1]
    policy.reset(np.array([2]), np.array([0], np.uint32))
    asyncio.run(policy.act(np.array([2, 5]), {}, masks([1], [1])))
    assert [request.situation.stuck_steps for request in model.asked[-1]] == [0, 2]


def policy_of(name: str, model: Model, **more: Any) -> VisionLanguagePolicy:
    return VisionLanguagePolicy(model, moments, load_template(name), **more)


def test_words_are_written_first_and_the_action_is_chosen_behind_them() -> None:
    model = Model(lambda request: 1, "Sunkern is near.")
    policy = policy_of("instruct", model)
    assert asyncio.run(policy.act(np.array([0]), {}, masks([1, 9]))).tolist() == [9]
    (request,) = model.written
    assert request.prompt.opening == '{"reason": "'
    assert '"' in request.stop
    assert model.asked[0][0].prompt.opening == '{"reason": "Sunkern is near.", "action": "'
    answer = policy.thoughts()[0].answer
    assert json.loads(answer) == {"reason": "Sunkern is near.", "action": "attack"}
    assert (policy.repaired, policy.thoughts()[0].invalid) == (0, "")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("instruct", "\\"), ("instruct", ""), ("grounded", "17 by 7, I go east"), ("small_plan", "exploring")],
)
def test_words_that_are_not_as_asked_are_dropped_counted_and_told_next_time(name: str, wrong: str) -> None:
    right = {"instruct": "Go on.", "grounded": "9,8 goal 14,9 exit", "small_plan": "explore+3-2+0+0"}[name]
    model = Model(lambda request: 0, wrong, right, right)
    policy = policy_of(name, model)
    template = load_template(name)
    for _ in range(3):
        asyncio.run(policy.act(np.array([0]), {}, masks([1, 9])))
    assert policy.repaired == 1
    assert model.asked[0][0].prompt.opening == template.opening + template.bridge
    assert model.asked[1][0].prompt.opening == template.opening + right + template.bridge
    told = ["not as asked" in asked[0].prompt.text for asked in model.asked]
    assert told == ([False] * 3 if name == "small_plan" else [False, True, False])  # it knows its training alone


def test_words_that_could_not_be_written_do_not_stop_the_game() -> None:
    model = Model(lambda request: 0, InferenceTimeout("too late"))
    policy = policy_of("grounded", model)
    assert asyncio.run(policy.act(np.array([0]), {}, masks([1]))).tolist() == [1]
    assert "too late" in policy.thoughts()[0].invalid


def test_a_closed_model_is_no_bad_answer() -> None:
    policy = policy_of("grounded", Model(lambda request: 0, ClosedError("closed")))
    with pytest.raises(ClosedError):
        asyncio.run(policy.act(np.array([0]), {}, masks([1])))


@pytest.mark.parametrize("keep", [True, False])
def test_thoughts_are_shown_again_where_they_are_kept(keep: bool) -> None:
    model = Model(lambda request: 0, "The exit is east.", "On.")
    template = load_template("thinking")
    assert template.write
    template = replace(template, write=replace(template.write, keep=keep))
    policy = VisionLanguagePolicy(model, moments, template)
    for _ in range(2):
        asyncio.run(policy.act(np.array([0]), {}, masks([1])))
    assert ("You thought: The exit is east.\n" in model.asked[1][0].prompt.text) is keep
    assert model.asked[0][0].prompt.opening.endswith("The exit is east.\n</think>\n\n")


def test_the_record_says_what_was_likely_and_what_it_cost() -> None:
    class Telling(Model):
        async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
            return [Choice(1, np.log(np.array([0.2, 0.7995, 0.0005], np.float32)), 90) for _ in requests]

    bill = Thought("", "", model="m", reason="calm", prompt_tokens=90, tokens=1, latency_s=0.5, cost=0.25)
    policy = policy_of("fast", Telling(lambda request: 0), spent=lambda game: replace(bill, tokens=game))
    asyncio.run(policy.act(np.array([3]), {}, masks([0, 1, 9])))
    thought = policy.thoughts()[3]
    assert dict(thought.probabilities) == {"↓": 0.7995, "wait": 0.2}
    assert list(thought.probabilities) == ["↓", "wait"]
    assert (thought.model, thought.reason, thought.tokens, thought.cost) == ("m", "calm", 3, 0.25)
    assert thought.answer == "↓"
    assert len(thought.prompt) == 16


def test_no_probabilities_are_claimed_where_none_were_told() -> None:
    class Silent(Model):
        async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
            return [Choice(0, np.log(np.full(2, 0.5, np.float32)), 90, known=0.0) for _ in requests]

    policy = policy_of("fast", Silent(lambda request: 0))
    asyncio.run(policy.act(np.array([3]), {}, masks([0, 1])))
    assert dict(policy.thoughts()[3].probabilities) == {}


def test_memories_stand_in_the_words_and_in_the_picture() -> None:
    async def recall(env_ids: NDArray[np.int64], shown: list[Moment]) -> Sequence[Sequence[str]]:
        return [[f"game {env_id} went east"] for env_id in env_ids]

    model = Model(lambda request: 0)
    policy = policy_of("fast", model, recall=recall)
    asyncio.run(policy.act(np.array([2]), {}, masks([1])))
    prompt = model.asked[0][0].prompt
    assert "Memory: game 2 went east" in prompt.text
    assert not np.array_equal(prompt.picture, VIEWS["quad"](moments(np.array([2]))[0]))


def test_a_loaded_policy_asks_what_the_saved_one_would_have() -> None:
    first, second = Model(lambda request: 0, "no", "no", "no"), Model(lambda request: 0, "no")
    policy, heir = policy_of("grounded", first), policy_of("grounded", second)
    for _ in range(2):
        asyncio.run(policy.act(np.array([0]), {}, masks([1, 9])))
    heir.load(5, policy.save(0))
    asyncio.run(policy.act(np.array([0]), {}, masks([1, 9])))
    asyncio.run(heir.act(np.array([5]), {}, masks([1, 9])))
    assert second.asked[0][0].prompt.text == first.asked[-1][0].prompt.text
    assert second.asked[0][0].situation == replace(first.asked[-1][0].situation, game=5)
    assert second.asked[0][0].situation.stuck_steps == 2


@pytest.mark.parametrize(
    ("recent", "turning"), [([], True), ([10], True), ([10, 1], True), ([1, 10, 17], False), ([10, 12, 0], True)]
)
def test_turning_is_not_offered_after_two_turns_running(recent: list[int], turning: bool) -> None:
    legal = [0, 1, 9, 10, 14, 17, 22]
    assert (offered(legal, recent) == legal) is turning
    assert offered(legal, recent)[:3] == [0, 1, 9]
    assert not TURNS.intersection(offered(legal, [10, 11]))
