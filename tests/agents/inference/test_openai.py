"""Models on servers: exact payloads by kind, real answers, faults of every sort, deadlines, money, no key let out."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.inference.backoff import Backoff
from agents.inference.interface import Choice, ChoiceRequest, Prompt, Request, Situation
from agents.inference.openai import OpenAIBackend
from agents.inference.spending import Prices
from agents.inference.transformers import TransformersBackend
from pmd_gym.errors import ClosedError, ConfigError, InferenceError, InferenceTimeout
from tests.agents.inference.test_conformance import small_requests
from tests.doubles.openai_engines import Fixed, Small
from tests.doubles.openai_server import KINDS, OpenAIServer, cut, endless, garbage, hang, packed, status, without
from tests.doubles.small_model import folder

AT_ONCE = Backoff(tries=3, first_s=0.0, longest_s=0.0)
PICTURE = np.zeros((32, 32, 3), np.uint8)
ASKED = ChoiceRequest(Prompt("rules", PICTURE, "moment"), ("wait", "up", "north"))
Start = Callable[..., tuple[OpenAIServer, OpenAIBackend]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a server of some kind and a backend on it; both are closed afterwards."""
    opened: list[Any] = []

    def make(kind: str = "vllm", address: str = "", engine: Any = None, **options: Any) -> tuple[Any, Any]:
        server = OpenAIServer(engine or Fixed(wait=0.5, up=0.3, Sure=0.2), kind)
        opened.append(server)
        backend = OpenAIBackend(address.format(server.url) or server.address, backoff=AT_ONCE, **options)
        opened.append(backend)
        return server, backend

    yield make
    for thing in reversed(opened):
        thing.close()


def choose(backend: OpenAIBackend, *requests: ChoiceRequest) -> list[Choice]:
    return asyncio.run(backend.choose(requests or (ASKED,)))


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(parts)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def scheme(*answers: str) -> dict[str, Any]:
    inner = {
        "type": "object", "properties": {"answer": {"type": "string", "enum": list(answers)}},
        "required": ["answer"], "additionalProperties": False,
    }  # fmt: skip
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": inner}}


TOLD = {"temperature": 0.0, "logprobs": True, "top_logprobs": 20}
BOUND: dict[str, dict[str, Any]] = {
    "vllm": {"max_tokens": 1, "structured_outputs": {"choice": ["wait", "up"]}, **TOLD},
    "vllm-guided": {"max_tokens": 1, "guided_choice": ["wait", "up"], **TOLD},
    "sglang": {"max_tokens": 1, "regex": "(wait|up)", **TOLD},
    "llamacpp": {
        "max_tokens": 1,
        "grammar": 'root ::= "wait" | "up"',
        "logit_bias": {"4": 100, "5": 100},
        **TOLD,
        "top_logprobs": 100,
    },
    "ollama": {"max_tokens": 28, "response_format": scheme("wait", "up"), **TOLD},
    "lmstudio": {"max_tokens": 28, "response_format": scheme("wait", "up"), **TOLD},
    "openai": {"max_completion_tokens": 28, "response_format": scheme("wait", "up"), **TOLD},
}
CONTINUED = {
    "vllm": {"continue_final_message": True, "add_generation_prompt": False},
    "vllm-guided": {"continue_final_message": True, "add_generation_prompt": False},
    "sglang": {"continue_final_message": True},
    "llamacpp": {},
}


def json_engine() -> Fixed:
    """Tokens that can write the JSON that some kinds want; at every place `wait` is likelier than `up`."""
    return Fixed(**{'{"': 1.0, "answer": 1.0, '": "': 1.0, '"}': 1.0, "wait": 0.3, "up": 0.1, "Sure": 0.2, "end": 0.01})


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_server_is_asked_in_its_own_words(start: Start, kind: str) -> None:
    server, backend = start(kind, f"openai:{{}}?server={kind}#small:1m", json_engine())
    choice = choose(backend, ChoiceRequest(Prompt("rules", None, "moment", "act:"), ("wait", "up")))[0]
    assert (choice.index, choice.error) == (0, None)
    asked = [user(text("rules"), text("moment")), {"role": "assistant", "content": "act:"}]
    if kind not in CONTINUED:
        asked = [user(text("rules"), text("moment"), text("\nYour answer begins with: act:"))]
    assert server.payloads() == [
        {"model": "small:1m", "messages": asked, **BOUND[kind], **CONTINUED.get(kind, {})}
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_are_those_of_the_answers_whatever_the_kind(start: Start, kind: str) -> None:
    _, backend = start(kind, f"openai:{{}}?server={kind}#small:1m", json_engine())
    choice = choose(backend, ChoiceRequest(Prompt(text="moment"), ("up", "wait")))[0]
    expected = [0.5, 0.5] if kind == "lmstudio" else [0.25, 0.75]
    assert np.exp(choice.log_probabilities) == pytest.approx(expected, abs=1e-5)
    assert (choice.index, choice.known, choice.tokens) == (1, 0.0 if kind == "lmstudio" else 1.0, 1)


def test_pictures_are_png_data_urls_between_rules_and_text(start: Start) -> None:
    server, backend = start()
    choose(backend)
    parts = server.payloads()[0]["messages"][0]["content"]
    assert [part["type"] for part in parts] == ["text", "image_url", "text"]
    assert parts[1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


def test_a_kind_is_recognised_and_its_only_model_taken(start: Start) -> None:
    server, backend = start("llamacpp", "openai:{}")
    assert (backend.address.server, backend.address.model) == ("llamacpp", "small:1m")
    assert choose(backend)[0].index == 0
    assert server.payloads()[0]["model"] == "small:1m"


def test_a_model_that_is_not_there_is_one_line_with_those_that_are() -> None:
    server = OpenAIServer(Fixed(wait=1.0), models=("qwen3-vl:2b", "qwen3-vl:8b"))
    try:
        with pytest.raises(ConfigError, match=r"no model 'qwen'.*qwen3-vl:2b, qwen3-vl:8b") as raised:
            OpenAIBackend(f"openai:{server.url}#qwen")
        assert "\n" not in str(raised.value)
        with pytest.raises(ConfigError, match="several models"):
            OpenAIBackend(f"openai:{server.url}")
    finally:
        server.close()


def test_no_server_is_one_line() -> None:
    server = OpenAIServer(Fixed(wait=1.0))
    server.close()
    with pytest.raises(InferenceError, match="is the server up") as raised:
        OpenAIBackend(server.address, backoff=AT_ONCE)
    assert "\n" not in str(raised.value)


def test_answers_of_several_tokens_take_a_second_request_once(start: Start) -> None:
    server, backend = start(engine=Fixed(**{"go ": 0.5, "up": 0.3, "down": 0.1, "wait": 0.2, "end": 0.1}))
    asked = ChoiceRequest(Prompt(text="x"), ("go up", "go down", "wait"))
    choice, again = choose(backend, asked)[0], choose(backend, asked)[0]
    assert [payload["max_tokens"] for payload in server.payloads()] == [1, 7, 7]
    assert (choice.index, again.index, choice.known) == (0, 0, 1.0)
    assert np.exp(choice.log_probabilities) == pytest.approx([0.5 * 0.75 / 0.7, 0.5 * 0.25 / 0.7, 0.2 / 0.7], abs=1e-4)


def test_letters_that_spell_an_answer_are_not_taken_for_it(start: Start) -> None:
    weights = {"w": 0.6, "wait": 0.02, "up": 0.12, "end": 0.08, "Sure": 0.18}
    asked = ChoiceRequest(Prompt(text="x"), ("wait", "up"))
    for kind in ("vllm", "sglang", "llamacpp"):
        server, backend = start(kind, "openai:{}?top=3#small:1m", Fixed(**weights))
        choice = choose(backend, asked)[0]
        assert (choice.index, choice.error) == (1, None), kind
        assert len(server.payloads("/tokenize")) == 2


@pytest.mark.parametrize("kind", ["vllm", "sglang", "llamacpp"])
def test_tokens_are_asked_for_once_and_done_without_where_nobody_tells(start: Start, kind: str) -> None:
    server, backend = start(kind)
    choose(backend, *[ASKED] * 4)
    assert len(server.payloads("/tokenize")) == 3
    server.tokenizes = False
    choices = choose(backend, ChoiceRequest(ASKED.prompt, ("wait", "up", "south", "west")))
    assert (choices[0].index, len(server.payloads("/tokenize"))) == (0, 4)


def test_a_server_that_tells_no_probabilities_claims_none(start: Start) -> None:
    server, backend = start()
    server.faults.append(without("choices", "0", "logprobs"))
    choice = choose(backend)[0]
    assert (choice.index, choice.known) == (0, 0.0)
    assert np.exp(choice.log_probabilities) == pytest.approx([1 / 3] * 3)
    _, quiet = start(address="openai:{}?top=0#small:1m")
    assert choose(quiet)[0].known == 0.0


def test_a_server_that_does_not_bind_answers_is_still_read_by_its_probabilities(start: Start) -> None:
    _, backend = start("vllm", "openai:{}?server=sglang#small:1m", Fixed(Sure=0.6, wait=0.1, up=0.3))
    choice = choose(backend)[0]
    assert np.exp(choice.log_probabilities)[:2] == pytest.approx([0.25, 0.75], abs=1e-4)
    assert choice.known == pytest.approx(2 / 3)


def test_an_answer_that_is_none_is_an_error_that_says_so(start: Start) -> None:
    _, backend = start("vllm", "openai:{}?server=sglang&top=0#small:1m", Fixed(Sure=0.6, wait=0.1))
    assert "does not bind answers" in str(choose(backend)[0].error)
    done = asyncio.run(backend.generate([Request(Prompt(text="x"), 3, ("wait",))]))[0]
    assert "expected one of 1 answers, got 'SureSureSure'" in str(done.error)


@pytest.mark.parametrize(
    "fault",
    [
        status(429), status(500), status(503, Retry_After="0"), status(408), cut, garbage(b'{"choices": 3}'),
        garbage(b"<html>Bad gateway</html>"), garbage(b"\xff\xfe"),
    ],
)  # fmt: skip
def test_passing_trouble_is_tried_again(start: Start, fault: Any) -> None:
    server, backend = start()
    server.faults.extend([fault, fault])
    assert (choose(backend)[0].index, len(server.payloads())) == (0, 3)
    assert (backend.spending.retries, backend.spending.failures, backend.spending.replies) == (2, 0, 1)


@pytest.mark.parametrize(
    ("fault", "tries", "words"),
    [
        (status(400, "top_logprobs is too large"), 1, "HTTP 400: .*too large"),
        (status(401), 1, "HTTP 401: .*variable"),
        (status(404, "no such model"), 1, "no such model"),
        (status(302, Location="http://127.0.0.1:1/"), 1, "redirects are not followed"),
        (status(429, "insufficient_quota"), 1, "insufficient_quota"),
        (status(429, Retry_After="3600"), 1, "HTTP 429"),
        (status(500), 3, "HTTP 500"),
        (cut, 3, "no answer from"),
        (garbage(b'{"choices": []}'), 1, "holds no answer"),
        (garbage(b"null"), 3, "expected a ChatReply"),
        (endless, 1, "bytes in one reply"),
        (packed, 1, "packs its replies"),
    ],
)
def test_lasting_trouble_is_the_rows_error(start: Start, fault: Any, tries: int, words: str) -> None:
    server, backend = start()
    server.faults.extend([fault] * tries)
    choice = choose(backend)[0]
    assert isinstance(choice.error, InferenceError)
    with pytest.raises(InferenceError, match=words):
        raise choice.error
    assert (len(server.payloads()), choice.index, "\n" in str(choice.error)) == (tries, -1, False)
    assert choose(backend)[0].error is None


def test_a_row_that_fails_spoils_no_other(start: Start) -> None:
    server, backend = start(concurrency=1)
    server.faults.append(status(400))
    choices = choose(backend, ASKED, ASKED, ASKED)
    assert sorted(choice.error is None for choice in choices) == [False, True, True]


@pytest.mark.parametrize("answers", [(), ("wait", "")])
def test_a_choice_without_answers_is_its_own_mistake(start: Start, answers: tuple[str, ...]) -> None:
    _, backend = start()
    bad, good = choose(backend, ChoiceRequest(ASKED.prompt, answers), ASKED)
    assert isinstance(bad.error, ConfigError)
    assert good.error is None


def test_a_deadline_is_kept_by_its_row_alone(start: Start) -> None:
    server, backend = start()
    choose(backend)  # asks for the answers' tokens, too
    server.faults.append(hang)
    hurried = ChoiceRequest(ASKED.prompt, ASKED.answers, Situation(within_s=0.3))

    async def play() -> list[Choice]:
        late = asyncio.create_task(backend.choose([hurried]))
        assert await asyncio.to_thread(server.hanging.wait, 60)
        return [*(await backend.choose([ASKED])), *(await late)]

    good, late = asyncio.run(play())
    assert good.error is None
    assert isinstance(late.error, InferenceTimeout)
    assert "0.300 s" in str(late.error)


def test_a_deadline_ends_waits_between_tries(start: Start) -> None:
    server, backend = start()
    server.faults.append(status(429, Retry_After="30"))
    hurried = ChoiceRequest(ASKED.prompt, ASKED.answers, Situation(within_s=0.05))
    assert isinstance(choose(backend, hurried)[0].error, InferenceTimeout)


def test_a_server_that_hangs_is_asked_again_and_then_given_up(start: Start) -> None:
    server, backend = start(timeout_s=0.05)
    server.faults.extend([hang] * 3)
    choice = choose(backend)[0]
    assert isinstance(choice.error, InferenceTimeout)
    assert len(server.payloads()) == 3


def test_no_more_requests_at_once_than_allowed(start: Start) -> None:
    server, backend = start(concurrency=3)
    server.most_at_once = 0
    assert len(choose(backend, *[ASKED] * 12)) == 12
    assert 1 <= server.most_at_once <= 3


def test_a_cancelled_call_frees_its_slot(start: Start) -> None:
    server, backend = start(concurrency=1)
    server.faults.append(hang)

    async def play() -> Choice:
        stuck = asyncio.create_task(backend.choose([ASKED]))
        assert await asyncio.to_thread(server.hanging.wait, 60)
        stuck.cancel()
        return (await backend.choose([ASKED]))[0]

    assert asyncio.run(play()).error is None


def test_closing_ends_what_is_under_way(start: Start) -> None:
    server, backend = start()
    server.faults.append(hang)

    async def play() -> None:
        stuck = asyncio.create_task(backend.choose([ASKED]))
        assert await asyncio.to_thread(server.hanging.wait, 60)
        backend.close()
        with pytest.raises(ClosedError, match="closed while"):
            await stuck

    asyncio.run(play())


def test_text_is_written_to_its_stop_and_limit(start: Start) -> None:
    server, backend = start(engine=Fixed(**{"la": 0.9, "end": 0.1}))
    limited, stopped = asyncio.run(
        backend.generate(
            [Request(Prompt(text="sing"), 3), Request(Prompt(text="sing"), 4, stop=("al",), temperature=0.5)]
        )
    )
    assert (limited.text, limited.tokens, limited.prompt_tokens) == ("lalala", 3, 1)
    assert stopped.text == "l"
    sent = {payload["max_tokens"]: payload for payload in server.payloads()}
    assert sent[3] == {"model": "small:1m", "messages": [user(text("sing"))], "max_tokens": 3, "temperature": 0.0}
    assert (sent[4]["stop"], sent[4]["temperature"]) == (["al"], 0.5)


@pytest.mark.parametrize("kind", ["vllm", "llamacpp", "ollama"])
def test_allowed_answers_are_written_and_nothing_else(start: Start, kind: str) -> None:
    server, backend = start(kind, engine=json_engine())
    asked = Request(Prompt(text="x", opening="act: "), 8, ("up", "wait"))
    assert asyncio.run(backend.generate([asked]))[0].text == "wait"
    assert server.payloads()[0]["max_tokens"] == (32 if kind == "ollama" else 8)


def test_tokens_and_money_are_counted(start: Start) -> None:
    server, backend = start(prices=Prices(read=2.0, written=10.0, cached=1.0))
    server.faults.append(without("usage"))
    choice = choose(backend)[0]
    assert (choice.error, choice.tokens, backend.spending.unmetered) == (None, 0, 1)
    choose(backend, ASKED, ASKED)
    spent = backend.spending
    assert (spent.replies, spent.prompt_tokens, spent.cached_tokens, spent.tokens) == (3, 84, 4, 2)
    assert spent.cost == pytest.approx((80 * 2 + 4 * 1 + 2 * 10) / 1e6)


def test_the_key_is_sent_and_shown_nowhere(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMD_GYM_API_KEY", "sk-ours-1")
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "sk-theirs-2")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Other: sk-theirs-2")
    server, backend = start()
    choose(backend)
    for seen in server.seen:
        assert seen.headers["Authorization"] == "Bearer sk-ours-1"
        assert "theirs" not in str(seen)
        assert not [name for name in seen.headers if name.lower().startswith(("x-", "openai"))]
    server.faults.append(status(401, "wrong key sk-ours-1"))
    error = choose(backend)[0].error
    assert "wrong key ***" in str(error)
    shown = "".join(traceback.format_exception(error)) + repr(vars(backend)) + str(backend.address)
    assert "sk-ours-1" not in shown


def test_without_a_key_none_is_sent(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PMD_GYM_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-theirs-2")
    server, backend = start()
    choose(backend)
    assert not [seen for seen in server.seen if "Authorization" in seen.headers]


def test_embeddings_are_in_order_and_one_request_where_they_are_text(start: Start) -> None:
    server, backend = start()
    vectors = asyncio.run(backend.embed([Prompt(text="a"), Prompt("long ", None, "text")]))
    assert (vectors.dtype, vectors[:, 0].tolist()) == (np.float32, [1.0, 9.0])
    assert server.payloads("/v1/embeddings") == [
        {"model": "small:1m", "encoding_format": "float", "input": ["a", "long text"]}
    ]  # fmt: skip
    assert asyncio.run(backend.embed([])).shape == (0, 0)


@pytest.mark.parametrize(("kind", "requests"), [("vllm", 2), ("llamacpp", 1)])
def test_pictures_are_embedded_where_a_server_can(start: Start, kind: str, requests: int) -> None:
    server, backend = start(kind)
    vectors = asyncio.run(backend.embed([ASKED.prompt, Prompt(text="moment")]))
    assert len(vectors) == 2
    assert vectors[0, 0] > vectors[1, 0]
    assert len(server.payloads("/v1/embeddings")) == requests


def test_what_cannot_be_embedded_says_why(start: Start) -> None:
    _, backend = start("ollama")
    with pytest.raises(InferenceError, match="text only"):
        asyncio.run(backend.embed([ASKED.prompt]))
    server, backend = start()
    server.embeds = False
    with pytest.raises(InferenceError, match=r"no embeddings to be had: .*HTTP 501: .*no embeddings here"):
        asyncio.run(backend.embed([Prompt(text="a")]))


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="concurrency"):
        OpenAIBackend("openai:localhost:1#m", concurrency=0)


@pytest.mark.parametrize("kind", ["vllm", "llamacpp", "ollama"])
def test_the_small_model_answers_over_a_server_as_in_this_process(tmp_path_factory: Any, kind: str) -> None:
    weights: Path = folder(tmp_path_factory.getbasetemp() / "served")
    server, here = OpenAIServer(Small(weights), kind), TransformersBackend(weights, threads=1)
    backend = OpenAIBackend(f"openai:{server.url}?top=2000#small:1m")
    try:
        requests = small_requests(4)
        there, local = choose(backend, *requests), asyncio.run(here.choose(requests))
        for one, other in zip(there, local, strict=True):
            assert one.error is None
            if kind != "ollama":  # there the words stand in JSON, which is another question
                assert (one.index, one.known, one.tokens) == (other.index, 1.0, other.tokens)
                np.testing.assert_allclose(one.log_probabilities, other.log_probabilities, atol=1e-4)
    finally:
        for thing in (backend, server, here):
            thing.close()
