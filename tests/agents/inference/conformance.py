"""The seam's suite: what a policy may rely on, whatever stands behind `InferenceBackend`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from agents.inference.interface import ChoiceRequest, InferenceBackend, Prompt, Request, Situation
from pmd_gym.errors import ClosedError


@dataclass(frozen=True, slots=True)
class Subject:
    """A backend to be checked, and requests that it can answer."""

    backend: InferenceBackend
    requests: Callable[[int], list[ChoiceRequest]]


def answers_in_order(subject: Subject) -> None:
    """A batch gives the results of single calls, in the order of the requests."""
    asked = subject.requests(11)
    together = asyncio.run(subject.backend.choose(asked))
    for request, choice in zip(asked, together, strict=True):
        alone = asyncio.run(subject.backend.choose([request]))[0]
        assert (alone.index, alone.tokens, alone.error) == (choice.index, choice.tokens, None)
        np.testing.assert_allclose(choice.log_probabilities, alone.log_probabilities, atol=1e-4)


def probabilities_are_over_the_answers(subject: Subject) -> None:
    """One float32 for each answer; they sum to one and the index is the best."""
    for request in subject.requests(3):
        choice = asyncio.run(subject.backend.choose([request]))[0]
        assert choice.log_probabilities.shape == (len(request.answers),)
        assert choice.log_probabilities.dtype == np.float32
        assert np.exp(choice.log_probabilities).sum() == pytest.approx(1.0, abs=1e-4)
        assert choice.index == choice.log_probabilities.argmax()
        assert choice.tokens > 0


def nothing_asked_is_nothing_answered(subject: Subject) -> None:
    """Empty calls give empty results."""
    assert asyncio.run(subject.backend.choose([])) == []


def calls_may_overlap(subject: Subject) -> None:
    """Many callers at once get what each would get alone."""
    asked = subject.requests(6)

    async def play() -> list[int]:
        calls = (subject.backend.choose([request]) for request in asked)
        return [choices[0].index for choices in await asyncio.gather(*calls)]

    expected = [choice.index for choice in asyncio.run(subject.backend.choose(asked))]
    assert asyncio.run(play()) == expected


def a_cancelled_call_harms_nobody(subject: Subject) -> None:
    """Who was asked beside and after it gets an answer."""
    asked = subject.requests(4)

    async def play() -> list[int]:
        calls = [asyncio.create_task(subject.backend.choose([request])) for request in asked]
        await asyncio.sleep(0)
        calls[1].cancel()
        done = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(done.pop(1), asyncio.CancelledError)
        return [choices[0].index for choices in done if not isinstance(choices, BaseException)]

    expected = [choice.index for choice in asyncio.run(subject.backend.choose(asked))]
    del expected[1]
    assert asyncio.run(play()) == expected


def situations_change_no_answer(subject: Subject) -> None:
    """What stands beside a request is not told to the model."""
    request = subject.requests(1)[0]
    moved = ChoiceRequest(request.prompt, request.answers, Situation(game=7, within_s=600.0))
    plain, beside = asyncio.run(subject.backend.choose([request, moved]))
    np.testing.assert_allclose(plain.log_probabilities, beside.log_probabilities, atol=1e-4)


def embeddings_are_rows(subject: Subject) -> None:
    """float32, one row a prompt, equal for equal prompts."""
    prompts = [request.prompt for request in subject.requests(3)]
    vectors = asyncio.run(subject.backend.embed([*prompts, prompts[0]]))
    assert (vectors.dtype, vectors.ndim, len(vectors)) == (np.float32, 2, 4)
    np.testing.assert_allclose(vectors[0], vectors[3], atol=1e-4)
    assert not np.allclose(vectors[0], vectors[1])


def text_ends_before_a_stop(subject: Subject) -> None:
    """The first stop that occurs ends its own row only; a stop that does not occur changes nothing."""
    prompts = [request.prompt for request in subject.requests(3)]
    plain = asyncio.run(subject.backend.generate([Request(prompt, 8) for prompt in prompts]))
    stops = [(), (plain[1].text[1:], plain[1].text[:1]), ("\0 never", "")]
    stopped = asyncio.run(
        subject.backend.generate([Request(prompt, 8, stop=stop) for prompt, stop in zip(prompts, stops, strict=True)])
    )
    assert [completion.error for completion in (*plain, *stopped)] == [None] * 6
    assert plain[1].text
    assert [completion.text for completion in stopped] == [plain[0].text, "", plain[2].text]


def closed_is_closed(subject: Subject) -> None:
    """`close` twice is as good as once; afterwards every call says so. The last check, as it ends the subject."""
    subject.backend.close()
    subject.backend.close()
    request = subject.requests(1)[0]
    with pytest.raises(ClosedError):
        asyncio.run(subject.backend.choose([request]))
    with pytest.raises(ClosedError):
        asyncio.run(subject.backend.embed([Prompt(text="1")]))


CHECKS = (
    answers_in_order,
    probabilities_are_over_the_answers,
    nothing_asked_is_nothing_answered,
    calls_may_overlap,
    a_cancelled_call_harms_nobody,
    situations_change_no_answer,
    embeddings_are_rows,
    text_ends_before_a_stop,
    closed_is_closed,
)
