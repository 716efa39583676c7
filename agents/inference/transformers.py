"""Models of Qwen3-VL's family in this process: the only importer of torch and transformers at play time.

Loads a folder or a name of the hub cache with `from_pretrained`; the project's own small model goes the same way as
the large ones. One object is one model and one thread, because the model keeps the positions of its last prompt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoTokenizer, Qwen2VLImageProcessor, Qwen3VLForConditionalGeneration, Qwen3VLProcessor

from agents.inference.interface import Choice, ChoiceRequest, Completion, Prompt, Request, before_stop
from agents.inference.pictures import CELL, fitted
from pmd_gym.errors import ClosedError, ConfigError

Answer = TypeVar("Answer")

_Processor: Any = Qwen3VLProcessor
_Network: Any = Qwen3VLForConditionalGeneration


class ImageTextProcessor(_Processor):  # type: ignore[misc]
    """Qwen3-VL's processor without the video part, which would need torchvision."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, chat_template: Any = None, **more: Any):
        super().__init__(
            image_processor=image_processor, tokenizer=tokenizer, video_processor=None, chat_template=chat_template,
            **more,
        )  # fmt: skip


class TransformersBackend:
    """An `InferenceBackend` over a local model."""

    out_of_memory = (torch.OutOfMemoryError,)

    def __init__(
        self, model: str | Path, *, device: str = "auto", dtype: str = "auto", threads: int | None = None
    ) -> None:
        """Load `model`, a folder or a name; ConfigError with the command that gets it where it is not there.

        `device` "auto" takes a GPU if there is one. `dtype` "auto" is float32 on a CPU, where bfloat16 is slower, and
        bfloat16 on a GPU. `threads` limits torch's threads in this process.
        """
        if threads is not None:
            torch.set_num_threads(threads)
        self._device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        kind = ("float32" if self._device == "cpu" else "bfloat16") if dtype == "auto" else dtype
        self._processor = _load(model, _processor)
        self._model: Any = _load(model, lambda path: _network(path, getattr(torch, kind), self._device))
        self._tokenizer: Any = self._processor.tokenizer
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inference")
        self._closed = False

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """See `InferenceBackend.choose`."""
        return await self._run(lambda: self._choose(requests) if requests else [])

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """See `InferenceBackend.generate`; answers that are allowed are kept to by a trie of their tokens."""
        return await self._run(lambda: self._generate(requests)) if requests else []

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `InferenceBackend.embed`."""
        return await self._run(lambda: self._embed(prompts))

    def close(self) -> None:
        """See `InferenceBackend.close`."""
        if not self._closed:
            self._closed = True
            self._thread.shutdown(wait=True)
            del self._model

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        if self._closed:
            raise ClosedError("the model was closed; open it again")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    @torch.inference_mode()
    def _choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        inputs = self._inputs([request.prompt for request in requests])
        logits = self._model(**inputs, logits_to_keep=1).logits[:, -1].float()
        lengths = inputs["attention_mask"].sum(dim=1).tolist()
        return [
            self._scored(row, request.answers, length)
            for row, request, length in zip(logits, requests, lengths, strict=True)
        ]

    def _scored(self, logits: torch.Tensor, answers: tuple[str, ...], tokens: int) -> Choice:
        scores = torch.log_softmax(logits[[self._token(answer) for answer in answers]], dim=-1).cpu().numpy()
        return Choice(int(scores.argmax()), scores, tokens)

    def _token(self, answer: str) -> int:
        """The one token of an answer; ConfigError where the vocabulary has none."""
        ids = self._tokenizer.encode(answer, add_special_tokens=False)
        if len(ids) != 1:
            raise ConfigError(f"answer {answer!r} has {len(ids)} tokens in this model's vocabulary; it must have one")
        return int(ids[0])

    @torch.inference_mode()
    def _generate(self, requests: Sequence[Request]) -> list[Completion]:
        """Requests with one length and temperature are written together; the others after them."""
        done: dict[int, Completion] = {}
        for kind in dict.fromkeys((request.max_tokens, request.temperature) for request in requests):
            rows = [row for row, request in enumerate(requests) if (request.max_tokens, request.temperature) == kind]
            done.update(zip(rows, self._write([requests[row] for row in rows], *kind), strict=True))
        return [done[row] for row in range(len(requests))]

    def _write(self, requests: Sequence[Request], max_tokens: int, temperature: float) -> list[Completion]:
        inputs = self._inputs([request.prompt for request in requests])
        start, end = inputs["input_ids"].shape[1], int(self._tokenizer.eos_token_id)
        allowed = [self._continuations(request.allowed, end) for request in requests]

        def next_tokens(row: int, ids: torch.Tensor) -> list[int]:
            return allowed[row].get(tuple(ids[start:].tolist()), [end])

        tokens = self._model.generate(
            **inputs, max_new_tokens=max_tokens, do_sample=temperature > 0, pad_token_id=end, eos_token_id=end,
            **({"temperature": temperature} if temperature > 0 else {}),
            **({"prefix_allowed_tokens_fn": next_tokens} if any(allowed) else {}),
            stopping_criteria=[partial(self._stopped, requests, start)],
        )[:, start:].tolist()  # fmt: skip
        lengths = inputs["attention_mask"].sum(dim=1).tolist()
        return [
            self._completion(row, length, end, request.stop)
            for row, length, request in zip(tokens, lengths, requests, strict=True)
        ]

    def _stopped(self, requests: Sequence[Request], start: int, ids: torch.Tensor, scores: object) -> torch.Tensor:
        """Which rows hold one of their stop words; called after each token."""
        stopped = [
            bool(request.stop) and before_stop(text := self._tokenizer.decode(row[start:]), request.stop) != text
            for row, request in zip(ids, requests, strict=True)
        ]
        return torch.tensor(stopped, device=ids.device)

    def _continuations(self, answers: tuple[str, ...], end: int) -> dict[tuple[int, ...], list[int]]:
        """For every beginning of an allowed answer, the tokens that may follow; without answers everything may."""
        if not answers:
            return _Anything(range(len(self._tokenizer)))
        trie: dict[tuple[int, ...], list[int]] = {}
        for answer in answers:
            ids = (*self._tokenizer.encode(answer, add_special_tokens=False), end)
            for length, token in enumerate(ids):
                following = trie.setdefault(ids[:length], [])
                if token not in following:
                    following.append(token)
        return trie

    def _completion(self, ids: list[int], prompt_tokens: int, end: int, stop: tuple[str, ...]) -> Completion:
        written = ids[: ids.index(end)] if end in ids else ids
        text = self._tokenizer.decode(written, skip_special_tokens=True)
        return Completion(before_stop(text, stop), prompt_tokens, len(written))

    @torch.inference_mode()
    def _embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        inputs = self._inputs(prompts)
        hidden = self._model.model(**inputs).last_hidden_state[:, -1].float()
        vectors: NDArray[np.float32] = hidden.cpu().numpy()
        return vectors

    def _inputs(self, prompts: Sequence[Prompt]) -> Any:
        texts = [self._chat(prompt) for prompt in prompts]
        pictures = [fitted(prompt.picture) for prompt in prompts if prompt.picture is not None]
        made = self._processor(text=texts, images=pictures or None, padding=True, return_tensors="pt")
        return made.to(self._device)

    def _chat(self, prompt: Prompt) -> str:
        picture = [{"type": "image"}] if prompt.picture is not None else []
        words = [{"type": "text", "text": part} for part in (prompt.rules,) if part]
        message = {"role": "user", "content": [*words, *picture, {"type": "text", "text": prompt.text}]}
        chat: str = self._tokenizer.apply_chat_template([message], add_generation_prompt=True, tokenize=False)
        return chat + prompt.opening


class _Anything(dict[tuple[int, ...], list[int]]):
    """The trie of a request that allows everything; false, so that no rule is used where no row has one."""

    def __init__(self, vocabulary: range) -> None:
        self._vocabulary = list(vocabulary)

    def get(self, key: Any, default: Any = None) -> Any:
        """Every token."""
        return self._vocabulary


def _load(model: str | Path, load: Callable[[str], Answer]) -> Answer:
    try:
        return load(str(model))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"model {str(model)!r} is not on this machine ({str(error).splitlines()[0]}); get it with:"
            f" huggingface-cli download {model}"
        ) from error


def _processor(model: str) -> Any:
    return ImageTextProcessor(
        Qwen2VLImageProcessor.from_pretrained(model, size={"shortest_edge": CELL**2, "longest_edge": 4096 * CELL**2}),
        AutoTokenizer.from_pretrained(model, padding_side="left"),
    )


def _network(model: str, dtype: torch.dtype, device: str) -> Any:
    return _Network.from_pretrained(model, dtype=dtype).to(device).eval()
