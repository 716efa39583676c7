"""Models on any OpenAI-compatible server, behind the seam of models in this process.

Many requests are under way at once and the server batches them, so a model outgrows this machine without a change
here. What differs from server to server is data in `dialects`, how requests travel is `server_line`'s affair, and which
answer the tokens make likely is told by `scores`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from agents.inference.address import ServerAddress, parse_address
from agents.inference.backoff import Backoff
from agents.inference.dialects import DIALECTS, LEAD, Dialect, dialect_of, unwrapped
from agents.inference.interface import (
    Choice,
    ChoiceRequest,
    Completion,
    Prompt,
    Request,
    before_stop,
    failed_choice,
    failed_completion,
)
from agents.inference.loop_thread import LoopThread
from agents.inference.messages import content_of, messages_of
from agents.inference.replies import ChatReply, EmbeddingReply, ModelList, TokenList, Usage, Written
from agents.inference.scores import Scores, even, scores_of
from agents.inference.server_line import ServerLine
from agents.inference.spending import Prices, Spending
from pmd_gym.errors import ConfigError, InferenceError, InferenceTimeout

Result = TypeVar("Result")
Payload = dict[str, Any]
FREE, PATIENT = Prices(), Backoff()
WRAPPING = 24
"""Tokens that the JSON around an answer may take."""
LISTED = 8
"""Models that an error names."""


class OpenAIBackend:
    """An `InferenceBackend` over a server; used from any event loop, in any thread.

    A request that fails is sent again with growing waits while there is hope; `Situation.within_s` bounds all of it.
    Errors are in the results. Where the server tells no probabilities, `Choice.known` is 0; see `Choice`.
    """

    def __init__(
        self, address: ServerAddress | str, *, prices: Prices = FREE, concurrency: int = 16, timeout_s: float = 60.0,
        backoff: Backoff = PATIENT, seed: int = 0,
    ) -> None:  # fmt: skip
        """Ask the server for its models, and by them for its kind where the address does not tell it.

        At most `concurrency` requests are under way; one try takes at most `timeout_s`; `seed` is of the waits' dice.
        ConfigError where the model is not there; InferenceError where no server answers.
        """
        if concurrency < 1 or timeout_s <= 0:
            raise ConfigError(f"expected concurrency >= 1 and timeout_s > 0; got {concurrency} and {timeout_s}")
        self.address = parse_address(address) if isinstance(address, str) else address
        self.prices = prices
        self._spending = Spending()
        self._line = ServerLine(
            self.address.url, self.address.key(),
            concurrency=concurrency, timeout_s=timeout_s, backoff=backoff, seed=seed,
        )  # fmt: skip
        self._answer_tokens = 1
        self._ids: dict[str, int | None] = {}
        self._splitting = asyncio.Lock()
        self._closed = False
        self._thread = LoopThread(f"the model at {self.address.url}")
        try:
            self.address = self._thread.wait(self._found())
        except BaseException:
            self.close()
            raise
        self._dialect = DIALECTS[self.address.server]
        self._top = self._dialect.top if self.address.top is None else self.address.top

    @property
    def spending(self) -> Spending:
        """All that was asked of the server until now, and its price."""
        return replace(self._spending, retries=self._line.retries, failures=self._line.failures)

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """See `InferenceBackend.choose`."""
        return await self._thread.run(_all(self._choose, requests, failed_choice))

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """See `InferenceBackend.generate`."""
        return await self._thread.run(_all(self._write, requests, failed_completion))

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `InferenceBackend.embed`; InferenceError where the server embeds nothing, or no pictures."""
        return await self._thread.run(self._embed(prompts))

    def close(self) -> None:
        """See `InferenceBackend.close`; what is under way ends with ClosedError."""
        if not self._closed:
            self._closed = True
            self._thread.close(self._line.close())

    async def _found(self) -> ServerAddress:
        """The address with the model's name and the server's kind, as the server tells them."""
        models = (await self._line.get("/models", ModelList)).data
        names = [model.id for model in models]
        owner = next((model.owned_by for model in models if model.id == self.address.model or len(models) == 1), "")
        server = dialect_of(owner or (models[0].owned_by if models else ""))
        server = server if self.address.server == "auto" else self.address.server
        if self.address.model in names or (server == "llamacpp" and self.address.model):  # that one takes any name
            return replace(self.address, server=server)
        if not self.address.model and len(names) == 1:
            return replace(self.address, model=names[0], server=server)
        wanted = f"no model {self.address.model!r}" if self.address.model else "several models, or none"
        raise ConfigError(
            f"{self.address.url} has {wanted}; put one of these behind the #: {', '.join(names[:LISTED]) or '-'}"
        )

    async def _choose(self, request: ChoiceRequest) -> Choice:
        """Ask for one token, and for as many as it takes where answers turn out to share their first."""
        if not all(request.answers) or not request.answers:
            raise ConfigError(f"a choice needs answers, and each at least a letter; got {request.answers}")
        whole = await self._whole(request.answers)
        longest = max(len(answer.encode()) for answer in request.answers)
        limit = longest + WRAPPING if self._dialect.wrapped else min(self._answer_tokens, longest)
        more: Payload = {"temperature": 0.0, **(self._dialect.favour(list(whole.values())) if whole else {})}
        if self._top:
            more |= {"logprobs": True, "top_logprobs": self._top}
        reply = await self._chat(request.prompt, request.answers, limit, more)
        written, text, scores = self._read(request, reply, whole)
        unclear = scores.is_open or not (scores.known or text in request.answers)
        if unclear and limit < longest and written.finish_reason == "length":
            self._answer_tokens = longest
            return await self._choose(request)
        return _choice(request, text, scores, reply.usage)

    async def _whole(self, answers: Sequence[str]) -> dict[str, int]:
        """The tokens of those answers that are one, as far as the server tells; asked once for each."""
        async with self._splitting:
            for answer in answers:
                if self._dialect.split is not None and answer not in self._ids:
                    await self._split(self._dialect.split(self.address.model, answer), answer)
        return {answer: token for answer in answers if (token := self._ids.get(answer)) is not None}

    async def _split(self, payload: Payload, answer: str) -> None:
        try:
            tokens = (await self._line.post("//tokenize", payload, TokenList)).tokens
        except InferenceError:  # behind some proxies there is only what OpenAI has: go without
            self._dialect = replace(self._dialect, split=None)
        else:
            self._ids[answer] = tokens[0] if len(tokens) == 1 else None

    def _read(self, request: ChoiceRequest, reply: ChatReply, whole: Collection[str]) -> tuple[Written, str, Scores]:
        written = _only(reply)
        steps = (written.logprobs and written.logprobs.content) or []
        lead = LEAD if self._dialect.wrapped else ""
        scores = scores_of(request.answers, steps, lead, whole) if steps else even(len(request.answers))
        return written, self._text(written, request.prompt, bound=True), scores

    async def _write(self, request: Request) -> Completion:
        room = WRAPPING if request.allowed and self._dialect.wrapped else 0
        more: Payload = {"temperature": request.temperature}
        if request.stop and not request.allowed:
            more["stop"] = list(request.stop)
        reply = await self._chat(request.prompt, request.allowed, request.max_tokens + room, more)
        text = self._text(_only(reply), request.prompt, bound=bool(request.allowed))
        if request.allowed and text not in request.allowed:
            raise _unbound(text, len(request.allowed))
        usage = reply.usage or Usage()
        return Completion(before_stop(text, request.stop), usage.prompt_tokens, usage.completion_tokens or 0)

    async def _chat(self, prompt: Prompt, answers: Sequence[str], limit: int, more: Payload) -> ChatReply:
        """Send a prompt, the answer bound to `answers` where there are any; the reply's cost is booked."""
        prefill = self._dialect.prefill
        payload: Payload = {
            "model": self.address.model, "messages": messages_of(prompt, prefill is not None),
            self._dialect.limit: limit, **more,
        }  # fmt: skip
        if answers:
            payload.update(self._dialect.bind(answers))
        if prompt.opening and prefill:
            payload.update(prefill)
        reply = await self._line.post("/chat/completions", payload, ChatReply)
        self._spending = self._spending.after(reply.usage, self.prices)
        return reply

    def _text(self, written: Written, prompt: Prompt, *, bound: bool) -> str:
        """What was written behind the opening, which some servers repeat."""
        text = (written.message.content or "").removeprefix(prompt.opening)
        if not bound:
            return text
        return unwrapped(text) if self._dialect.wrapped else text.strip()

    async def _embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        if not prompts:
            return np.zeros((0, 0), np.float32)
        vectors = [
            vector
            for payload in _embedding_payloads(self._dialect, prompts)
            for vector in await self._vectors({"model": self.address.model, "encoding_format": "float", **payload})
        ]
        if len(vectors) != len(prompts) or len({len(vector) for vector in vectors}) != 1:
            raise InferenceError(f"expected {len(prompts)} embeddings of one width, got {len(vectors)}; wrong model?")
        return np.array(vectors, np.float32)

    async def _vectors(self, payload: Payload) -> list[list[float]]:
        try:
            reply = await self._line.post("/embeddings", payload, EmbeddingReply)
        except InferenceTimeout:
            raise
        except InferenceError as error:
            raise InferenceError(f"no embeddings to be had: {error}; serve a model that embeds") from None
        self._spending = self._spending.after(reply.usage, self.prices)
        return [vector.embedding for vector in sorted(reply.data, key=lambda vector: vector.index)]


async def _all(
    ask: Callable[[Any], Coroutine[Any, Any, Result]], requests: Sequence[Any], failed: Callable[[Exception], Result]
) -> list[Result]:
    """The results of all requests; those that fail are what `failed` makes of their errors."""

    async def row(request: Any) -> Result:
        within_s = request.situation.within_s
        try:
            async with asyncio.timeout(within_s):
                return await ask(request)
        except (InferenceError, ConfigError) as error:
            return failed(error)
        except TimeoutError:
            return failed(InferenceTimeout(f"no answer within {within_s:.3f} s; allow it more time"))

    return await asyncio.gather(*map(row, requests))


def _only(reply: ChatReply) -> Written:
    if not reply.choices:
        raise InferenceError("the server's reply holds no answer; its log says why")
    return reply.choices[0]


def _choice(request: ChoiceRequest, text: str, scores: Scores, usage: Usage | None) -> Choice:
    """The likeliest answer: the written one, unless another is listed as likelier."""
    told = request.answers.index(text) if text in request.answers else None
    if not scores.known and told is None:
        raise _unbound(text, len(request.answers))
    best = int(scores.log_probabilities.argmax())
    if told is not None and scores.log_probabilities[told] >= scores.log_probabilities[best]:
        best = told
    return Choice(best, scores.log_probabilities, usage.prompt_tokens if usage else 0, known=scores.known)


def _unbound(text: str, answers: int) -> InferenceError:
    return InferenceError(
        f"expected one of {answers} answers, got {text[:80]!r}: the server does not bind answers this way;"
        " name its kind with ?server= (docs/serving.md)"
    )


def _embedding_payloads(dialect: Dialect, prompts: Sequence[Prompt]) -> list[Payload]:
    """One request for all prompts where that can be, else one for each."""
    if all(prompt.picture is None for prompt in prompts):
        return [{"input": [prompt.rules + prompt.text for prompt in prompts]}]
    if dialect.embeds == "content":
        return [{"input": [{"content": content_of(prompt)} for prompt in prompts]}]
    if dialect.embeds == "messages":
        return [{"messages": [{"role": "user", "content": content_of(prompt)}]} for prompt in prompts]
    raise InferenceError("this server embeds text only; leave the pictures out, or embed with a model on this machine")
