"""The vision-language policy over a model that is a function: what is asked, what is played, what is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference.interface import Choice, ChoiceRequest, Completion, Prompt, Request, failed_choice
from agents.policy.answer import ANSWERS
from agents.policy.vlm import VisionLanguagePolicy
from pmd_gym.actions import ACTIONS
from pmd_gym.errors import InferenceTimeout
from pmd_gym.ram import decode
from pmd_gym.views import VIEWS, Moment
from tests.doubles import scene


class Model:
    """Chooses by a function of the request and keeps what it was asked."""

    def __init__(self, index: Callable[[ChoiceRequest], int]) -> None:
        self._index = index
        self.asked: list[list[ChoiceRequest]] = []

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        self.asked.append(list(requests))
        return [Choice(self._index(request), np.zeros(len(request.answers), np.float32)) for request in requests]

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        raise AssertionError("nothing is to be written here")

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
