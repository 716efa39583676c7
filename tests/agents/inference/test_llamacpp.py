"""A real llama.cpp server, from a wheel, with a tiny random model: our client against somebody else's code."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import xllamacpp

from agents.inference.backoff import Backoff
from agents.inference.interface import ChoiceRequest, Prompt, Request
from agents.inference.openai import OpenAIBackend
from pmd_gym.errors import InferenceError
from tests.doubles.tiny_gguf import write_model

ANSWERS = ("wait", "attack", "↑", "↗", "North", "stairs", "South", "throw")
MOMENTS = ("HP 5/22", "stairs", "a foe: north", "Z", "nothing near", "attack?")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = xllamacpp.CommonParams()
    settings.model.path = str(write_model(tmp_path_factory.mktemp("gguf") / "tiny.gguf", ANSWERS))
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.n_ctx, settings.n_parallel, settings.cpuparams.n_threads = 4096, 2, 1
    settings.embedding, settings.pooling_type = True, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
def backend(url: str) -> Iterator[OpenAIBackend]:
    made = OpenAIBackend(f"openai:{url}?top=1000", backoff=Backoff(tries=1))
    yield made
    made.close()


def asked(moment: str, opening: str = "") -> ChoiceRequest:
    return ChoiceRequest(Prompt("Rules.\n", None, moment, opening), ANSWERS)


def raw_shares(url: str, moment: str) -> dict[str, float]:
    """Every token's probability as the server tells it to a plain request of another client."""
    body = {
        "messages": [{"role": "user", "content": [{"type": "text", "text": part} for part in ("Rules.\n", moment)]}],
        "max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": 1000, "ignore_eos": True,
    }  # fmt: skip
    request = urllib.request.Request(
        f"{url}/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        step: Any = json.load(reply)["choices"][0]["logprobs"]["content"][0]
    return {scored["token"]: float(np.exp(scored["logprob"])) for scored in step["top_logprobs"]}


def test_the_server_is_recognised_and_its_model_found(backend: OpenAIBackend) -> None:
    assert (backend.address.server, backend.address.model[-9:]) == ("llamacpp", "tiny.gguf")


def test_probabilities_are_the_servers_own_over_the_answers(backend: OpenAIBackend, url: str) -> None:
    choices = asyncio.run(backend.choose([asked(moment) for moment in MOMENTS]))
    for moment, choice in zip(MOMENTS, choices, strict=True):
        raw = raw_shares(url, moment)
        expected = np.array([raw[answer] for answer in ANSWERS]) / sum(raw[answer] for answer in ANSWERS)
        np.testing.assert_allclose(np.exp(choice.log_probabilities), expected, atol=1e-4)
        assert (choice.index, choice.known, choice.error) == (int(expected.argmax()), 1.0, None)
    assert len({choice.index for choice in choices}) > 1  # the moment decides, not the model's habit


def test_what_is_not_listed_is_bounded_from_above(backend: OpenAIBackend, url: str) -> None:
    short = OpenAIBackend(f"openai:{url}?top=20", backoff=Backoff(tries=1))
    whole = asyncio.run(backend.choose([asked(moment) for moment in MOMENTS]))
    part = asyncio.run(short.choose([asked(moment) for moment in MOMENTS]))
    short.close()
    assert [choice.index for choice in part] == [choice.index for choice in whole]
    assert all(0 < choice.known < 1 for choice in part)
    best = [
        (np.exp(one.log_probabilities).max(), np.exp(all_.log_probabilities).max())
        for one, all_ in zip(part, whole, strict=True)
    ]
    assert all(bounded <= exact + 1e-4 for bounded, exact in best)  # never surer than the model is


def test_an_answer_goes_on_from_its_opening(backend: OpenAIBackend) -> None:
    plain, begun = asyncio.run(backend.choose([asked("HP 5/22"), asked("HP 5/22", "Action: ")]))
    assert plain.error is None and begun.error is None
    assert begun.tokens > plain.tokens
    assert not np.allclose(plain.log_probabilities, begun.log_probabilities)


def test_only_allowed_answers_are_written_and_text_stops(backend: OpenAIBackend) -> None:
    allowed = ("go north", "go to the stairs", "wait")
    prompt = Prompt("Rules.\n", None, "HP 5/22", "I ")
    done, free = asyncio.run(backend.generate([Request(prompt, 24, allowed), Request(prompt, 12)]))
    assert done.text in allowed
    assert (free.error, free.tokens <= 12, free.prompt_tokens > 20) == (None, True, True)
    word = free.text[len(free.text) // 2]
    stopped = asyncio.run(backend.generate([Request(prompt, 12, stop=(word,))]))[0]
    assert stopped.text == free.text.partition(word)[0]


def test_text_is_embedded_and_pictures_are_refused_in_its_own_words(backend: OpenAIBackend) -> None:
    vectors = asyncio.run(backend.embed([Prompt(text="one"), Prompt(text="two"), Prompt(text="one")]))
    assert vectors.shape == (3, 64)
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1])
    picture = Prompt("", np.zeros((32, 32, 3), np.uint8), "what is it?")
    error = asyncio.run(backend.choose([ChoiceRequest(picture, ANSWERS)]))[0].error
    assert isinstance(error, InferenceError)
    assert "image input is not supported" in str(error)
