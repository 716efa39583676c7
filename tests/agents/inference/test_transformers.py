"""Local models: a batch answers as single calls do, only given answers count, a missing model says how to get it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
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


def test_an_answer_of_several_tokens_is_refused(backend: TransformersBackend) -> None:
    with pytest.raises(ConfigError, match="must have one"):
        asyncio.run(backend.choose([ChoiceRequest(Prompt(text="x"), ("go north now",))]))


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


def test_the_last_layer_is_the_embedding(backend: TransformersBackend) -> None:
    vectors = asyncio.run(backend.embed([request.prompt for request in requests(3)]))
    assert (vectors.shape, vectors.dtype) == ((3, 96), np.float32)
    assert not np.allclose(vectors[0], vectors[1])


def test_a_missing_model_is_one_line_with_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="huggingface-cli download") as raised:
        TransformersBackend(tmp_path / "nowhere")
    assert "\n" not in str(raised.value)


def test_a_closed_model_says_so(tmp_path: Path) -> None:
    made = TransformersBackend(folder(tmp_path), threads=1)
    made.close()
    made.close()
    with pytest.raises(ClosedError, match="closed"):
        asyncio.run(made.choose(requests(1)))
