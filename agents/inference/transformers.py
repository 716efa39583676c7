"""Models of Qwen3-VL's family in this process, behind the seam: words in, words out, one thread.

With `agents.inference.local` the only importer of torch and transformers at play time. The project's own small model
goes the same way as the large ones. One object is one model and one thread, so that calls do not fight for the cores.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

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
from agents.inference.local.network import Network
from agents.inference.local.rows import Row
from agents.inference.local.trie import Trie
from agents.inference.local.weights import Loaded, Quantization, Wish, load
from agents.inference.local.writing import Line, write
from pmd_gym.errors import ClosedError, ConfigError

Answer = TypeVar("Answer")
Asked = TypeVar("Asked")
Ready = TypeVar("Ready")


class TransformersBackend:
    """An `InferenceBackend` over a local model."""

    out_of_memory = (torch.OutOfMemoryError,)

    def __init__(
        self, model: str | Path | Loaded, *, device: str = "auto", dtype: str = "auto", attention: str = "auto",
        quantization: Quantization | None = None, threads: int | None = None, best_of: int = 1,
        share_rules: bool = True, seed: int = 0,
    ) -> None:  # fmt: skip
        """Load `model`, a folder or a name of the hub's cache; ConfigError with what helps where that fails.

        `device`, `dtype`, `attention`, `quantization`: see `Wish`. `threads` limits torch's threads in this process.
        `best_of` answers are written where a request has a temperature, and the likeliest a token is taken.
        `share_rules` reads the rules of equal prompts once and not with each. `seed` is that of temperatures' dice.
        """
        if best_of < 1:
            raise ConfigError(f"best_of must be at least 1, got {best_of}; correct it")
        if threads is not None:
            torch.set_num_threads(threads)
        loaded = model if isinstance(model, Loaded) else load(model, Wish(device, dtype, attention, quantization))
        self._tokenizer, self._pictures = loaded.tokenizer, loaded.pictures
        self._network = Network(loaded.model, loaded.pictures)
        self._image_token = int(loaded.model.config.image_token_id)
        self._ends = _ends(loaded)
        self._best_of = best_of
        self._share_rules = share_rules
        self._dice = torch.Generator(self._network.device).manual_seed(seed)
        self._token = lru_cache(4096)(self._one_token)
        self._trie = lru_cache(256)(self._trie_of)
        self._head = lru_cache(16)(self._head_of)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inference")
        self._closed = False

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """See `InferenceBackend.choose`."""
        return await self._run(partial(_each, requests, self._scoreable, self._choose, failed_choice))

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """See `InferenceBackend.generate`; answers that are allowed are kept to by a trie of their tokens."""
        return await self._run(partial(_each, requests, self._writable, self._generate, failed_completion))

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `InferenceBackend.embed`."""
        return await self._run(partial(self._embed, prompts))

    def memory_in_use(self) -> float:
        """Share in use of the GPU's memory, 0..1; 0 on a CPU, whose memory is not the model's alone."""
        if self._closed or self._network.device.type != "cuda":
            return 0.0
        free, total = torch.cuda.mem_get_info(self._network.device)
        return 1 - free / total

    def close(self) -> None:
        """See `InferenceBackend.close`."""
        if not self._closed:
            self._closed = True
            self._thread.shutdown(wait=True)
            del self._network

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        if self._closed:
            raise ClosedError("the model was closed; open it again")
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(_in_inference, work))

    def _scoreable(self, request: ChoiceRequest) -> tuple[Row, list[int]]:
        if not request.answers:
            raise ConfigError("a choice needs at least one answer, got none; give some")
        return self._row(request.prompt), [self._token(answer) for answer in request.answers]

    def _choose(self, ready: Sequence[tuple[Row, list[int]]]) -> list[Choice]:
        text = self._network.read([row for row, _ in ready], share=self._share_rules, go_on=False)
        logits = self._network.logits(text)
        scored = [torch.log_softmax(row[tokens], dim=-1) for row, (_, tokens) in zip(logits, ready, strict=True)]
        return [_choice(scores, length) for scores, length in zip(scored, text.lengths, strict=True)]

    def _writable(self, request: Request) -> tuple[Row, Request]:
        if request.max_tokens < 1:
            raise ConfigError(f"max_tokens must be at least 1, got {request.max_tokens}; correct it")
        return self._row(request.prompt, request.max_tokens), request

    def _generate(self, ready: Sequence[tuple[Row, Request]]) -> list[Completion]:
        text = self._network.read([row for row, _ in ready], share=self._share_rules)
        lengths = text.lengths
        copies = [self._best_of if request.temperature > 0 else 1 for _, request in ready]
        if sum(copies) > len(ready):
            text.keep([row for row, count in enumerate(copies) for _ in range(count)])
        lines = [[self._line(request) for _ in range(count)] for (_, request), count in zip(ready, copies, strict=True)]
        write(self._network, text, [line for group in lines for line in group], self._ends, self._dice)
        return [
            self._completion(group, length, request.stop)
            for group, length, (_, request) in zip(lines, lengths, ready, strict=True)
        ]

    def _line(self, request: Request) -> Line:
        trie = self._trie(request.allowed) if request.allowed else None
        line = Line(request.max_tokens, request.temperature, trie)
        if any(request.stop):
            line.is_done = lambda tokens: before_stop(text := self._words(tokens), request.stop) != text
        return line

    def _completion(self, lines: Sequence[Line], prompt_tokens: int, stop: tuple[str, ...]) -> Completion:
        best = max(lines, key=lambda line: line.log_probability / max(1, len(line.tokens)))
        written = sum(len(line.tokens) for line in lines)
        return Completion(before_stop(self._words(best.tokens), stop), prompt_tokens, written)

    def _embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        if not prompts:
            return np.zeros((0, self._network.width), np.float32)
        text = self._network.read([self._row(prompt) for prompt in prompts], share=self._share_rules, go_on=False)
        vectors: NDArray[np.float32] = text.hidden.float().cpu().numpy()
        return vectors

    def _row(self, prompt: Prompt, more: int = 0) -> Row:
        """A prompt's tokens; ConfigError where they are too many with `more`, or hold pictures that are not there."""
        chat = self._chat(prompt)
        ids, picture = self._encode(chat), prompt.picture
        if ids.count(self._image_token) != (picture is not None):
            raise ConfigError("a prompt's text holds the token of a picture; take it out of the text")
        head = self._head(chat.partition(prompt.rules)[0] + prompt.rules) if prompt.rules else ()
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(head, ids, strict=False)))
        grid = (0, 0)
        if picture is not None:
            grid, place = self._pictures.grid(picture), ids.index(self._image_token)
            ids[place : place + 1] = [self._image_token] * self._pictures.tokens(picture)
        if len(ids) + more > self._network.longest:
            raise ConfigError(f"a prompt has {len(ids)} tokens, of {self._network.longest} with its answer; shorten it")
        return Row(tuple(ids), shared, picture, grid)

    def _chat(self, prompt: Prompt) -> str:
        picture = [{"type": "image"}] if prompt.picture is not None else []
        words = [{"type": "text", "text": part} for part in (prompt.rules,) if part]
        message = {"role": "user", "content": [*words, *picture, {"type": "text", "text": prompt.text}]}
        chat: str = self._tokenizer.apply_chat_template([message], add_generation_prompt=True, tokenize=False)
        return chat + prompt.opening

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        return ids

    def _words(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True)
        return text

    def _head_of(self, head: str) -> tuple[int, ...]:
        return tuple(self._encode(head))

    def _one_token(self, answer: str) -> int:
        """The one token of an answer; ConfigError where the vocabulary has none."""
        ids = self._encode(answer)
        if len(ids) != 1:
            raise ConfigError(f"answer {answer!r} has {len(ids)} tokens in this model's vocabulary; it must have one")
        return ids[0]

    def _trie_of(self, answers: tuple[str, ...]) -> Trie:
        return Trie(map(self._encode, answers), min(self._ends))


def _each(
    requests: Sequence[Asked], prepare: Callable[[Asked], Ready], answer: Callable[[Sequence[Ready]], list[Answer]],
    failed: Callable[[Exception], Answer],
) -> list[Answer]:  # fmt: skip
    """Answer all requests together, but for those that cannot be prepared: each of them keeps its own error."""
    results: dict[int, Answer] = {}
    ready: dict[int, Ready] = {}
    for number, request in enumerate(requests):
        try:
            ready[number] = prepare(request)
        except ConfigError as error:
            results[number] = failed(error)
    if ready:
        results.update(zip(ready, answer(list(ready.values())), strict=True))
    return [results[number] for number in range(len(requests))]


@torch.inference_mode()
def _in_inference(work: Callable[[], Answer]) -> Answer:
    """MemoryError where a CPU's memory ran out, for which torch has no class of its own."""
    try:
        return work()
    except RuntimeError as error:
        if "can't allocate memory" in str(error):
            raise MemoryError(str(error).splitlines()[0]) from error
        raise


def _choice(scores: torch.Tensor, tokens: int) -> Choice:
    values = scores.cpu().numpy()
    return Choice(int(values.argmax()), values, tokens)


def _ends(loaded: Loaded) -> frozenset[int]:
    """Tokens after which a model has said all."""
    named: Any = loaded.model.generation_config.eos_token_id
    listed = named if isinstance(named, list) else [named]
    return frozenset(int(token) for token in (*listed, loaded.tokenizer.eos_token_id) if token is not None)
