"""Local models: a batch answers as single calls do, only given answers count, a missing model says how to get it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.inference.interface import ChoiceRequest, Prompt, Request
from agents.inference.transformers import TransformersBackend
from pmd_gym.errors import ClosedError, ConfigError
from pmd_gym.views import draw
from tests.doubles.small_model import folder, records


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TransformersBackend]:
    made = TransformersBackend(folder(tmp_path_factory.mktemp("model")), threads=1)
    yield made
    made.close()


def requests(count: int) -> list[ChoiceRequest]:
    from agents.training.samples import cells

    answers = ("wait", "↑", "↗", "attack", "1")
    return [
        ChoiceRequest(Prompt(picture=draw(cells(record)), text=record["text"].decode() + "\nact" * (row % 3)), answers)
        for row, record in enumerate(records(count))
    ]


def test_a_batch_answers_as_single_calls_do(backend: TransformersBackend) -> None:
    asked = requests(8)
    together = asyncio.run(backend.choose(asked))
    alone = [asyncio.run(backend.choose([request]))[0] for request in asked]
    assert [choice.index for choice in together] == [choice.index for choice in alone]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.log_probabilities, other.log_probabilities, atol=1e-4)
        assert one.tokens == other.tokens > 40


def test_probabilities_are_over_the_given_answers(backend: TransformersBackend) -> None:
    choice = asyncio.run(backend.choose(requests(1)))[0]
    assert np.exp(choice.log_probabilities).sum() == pytest.approx(1.0, abs=1e-5)
    assert choice.index == choice.log_probabilities.argmax()
    assert choice.error is None


def test_a_request_that_cannot_be_answered_spoils_no_other(backend: TransformersBackend) -> None:
    good = requests(2)
    bad = [
        ChoiceRequest(Prompt(text="x"), ("go north now",)),
        ChoiceRequest(Prompt(text="x"), ()),
        ChoiceRequest(Prompt(text="see <|image_pad|>"), ("1",)),
        ChoiceRequest(Prompt(text="1 " * 5000), ("1",)),
    ]
    expected = asyncio.run(backend.choose(good))
    made = asyncio.run(backend.choose([good[0], *bad, good[1]]))
    assert [choice.index for choice in made] == [expected[0].index, -1, -1, -1, -1, expected[1].index]
    wrong = ("must have one", "at least one answer", "take it out", "shorten it")
    for choice, words in zip(made[1:5], wrong, strict=True):
        assert isinstance(choice.error, ConfigError)
        assert words in str(choice.error)
    none, long = asyncio.run(backend.generate([Request(Prompt(text="x"), 0), Request(Prompt(text="x"), 5000)]))
    assert ("max_tokens" in str(none.error), "shorten it" in str(long.error)) == (True, True)


def test_nothing_fails_where_every_request_does(backend: TransformersBackend) -> None:
    (choice,) = asyncio.run(backend.choose([ChoiceRequest(Prompt(text="x"), ())]))
    assert choice.error is not None


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), MemoryError),
        (RuntimeError("shapes do not fit"), RuntimeError),
    ],
)
def test_a_cpu_without_memory_is_known_as_such(
    backend: TransformersBackend, monkeypatch: pytest.MonkeyPatch, raised: Exception, seen: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(backend._network, "read", fail)
    with pytest.raises(seen) as caught:
        asyncio.run(backend.choose(requests(1)))
    assert type(caught.value) is seen


def test_a_prompt_needs_no_picture(backend: TransformersBackend) -> None:
    assert asyncio.run(backend.choose([ChoiceRequest(Prompt(text="x"), ("1", "2"))]))[0].tokens < 20


def test_only_allowed_answers_are_written(backend: TransformersBackend) -> None:
    allowed = ("explore+1-4:↑", "explore+1-4:↓", "rest", "wait")
    asked = [Request(request.prompt, 16, allowed) for request in requests(6)]
    together = asyncio.run(backend.generate(asked))
    assert {completion.text for completion in together} <= set(allowed)
    alone = [asyncio.run(backend.generate([request]))[0] for request in asked]
    assert [completion.text for completion in together] == [completion.text for completion in alone]
    assert all(completion.prompt_tokens > 40 and completion.tokens > 0 for completion in together)


def test_free_text_ends_at_the_limit_and_mixes_with_bound_answers(backend: TransformersBackend) -> None:
    prompts = [request.prompt for request in requests(3)]
    asked = [Request(prompts[0], 5), Request(prompts[1], 5, ("wait",)), Request(prompts[2], 3, temperature=1.0)]
    free, bound, other = asyncio.run(backend.generate(asked))
    assert (free.tokens <= 5, bound.text, other.tokens <= 3) == (True, "wait", True)


def test_the_likeliest_of_several_texts_is_taken(tmp_path: Path) -> None:
    prompts = [request.prompt for request in requests(2)]
    asked = [Request(prompts[0], 6, temperature=1.0), Request(prompts[1], 6)]
    one = TransformersBackend(folder(tmp_path), threads=1, best_of=5)
    hot, greedy = asyncio.run(one.generate(asked))
    assert hot.tokens > 6 >= greedy.tokens
    one.close()
    with pytest.raises(ConfigError, match="best_of"):
        TransformersBackend(folder(tmp_path), best_of=0)


def test_rules_that_prompts_share_change_no_answer(tmp_path: Path) -> None:
    rules = "Walk to the stairs and stay alive. " * 8
    asked = [
        ChoiceRequest(replace(request.prompt, rules=rules, opening="1" * (row % 2)), request.answers)
        for row, request in enumerate(requests(4))
    ]
    backends = [TransformersBackend(folder(tmp_path), threads=1, share_rules=share) for share in (True, False)]
    shared, plain = ([asyncio.run(backend.choose(asked)) for _ in range(2)][1] for backend in backends)
    assert backends[0]._network._kept
    assert not backends[1]._network._kept
    for one, other in zip(shared, plain, strict=True):
        np.testing.assert_allclose(one.log_probabilities, other.log_probabilities, atol=1e-5)
        assert one.tokens == other.tokens
    for backend in backends:
        backend.close()


def test_the_last_layer_is_the_embedding(backend: TransformersBackend) -> None:
    vectors = asyncio.run(backend.embed([request.prompt for request in requests(3)]))
    assert (vectors.shape, vectors.dtype) == ((3, 96), np.float32)
    assert not np.allclose(vectors[0], vectors[1])


def test_a_closed_model_says_so(tmp_path: Path) -> None:
    made = TransformersBackend(folder(tmp_path), threads=1)
    made.close()
    made.close()
    with pytest.raises(ClosedError, match="closed"):
        asyncio.run(made.choose(requests(1)))
