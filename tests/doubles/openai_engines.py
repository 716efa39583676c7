"""What a doubled server thinks with: a fixed distribution, or the small random model. And the decoding around it."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NOTHING = -9999.0
"""What vLLM writes for the logarithm of nothing."""


class Engine(Protocol):
    """A model: `pieces` are its tokens as bytes, `end` is the number of the last one of an answer."""

    pieces: Sequence[bytes]
    end: int

    def start(self, messages: Sequence[dict[str, Any]], goes_on: bool) -> Any:
        """A prompt; if it `goes_on`, the last message is unfinished."""

    def length(self, prompt: Any) -> int:
        """Its tokens."""

    def next(self, prompt: Any, written: Sequence[int]) -> NDArray[np.float64]:
        """Log probabilities of all tokens behind what is written."""

    def embedding(self, prompt: Any) -> list[float]:
        """A vector."""


class Fixed:
    """The same distribution at every place; a prompt is its text, a picture counts 40 tokens."""

    def __init__(self, **weights: float) -> None:
        """Tokens and their weights; "end" is the end of an answer, "_" in a name is a blank, "q" a quotation mark."""
        names = [*weights, "end"] if "end" not in weights else [*weights]
        self.pieces = [b"" if name == "end" else name.encode() for name in names]
        self.end = names.index("end")
        shares = np.array([weights.get(name, 1e-6) for name in names])
        self._logs = np.log(shares / shares.sum())

    def start(self, messages: Sequence[dict[str, Any]], goes_on: bool) -> str:
        parts = [part for message in messages for part in _parts(message)]
        return " ".join(part["text"] if part["type"] == "text" else "picture " * 40 for part in parts)

    def length(self, prompt: str) -> int:
        return len(prompt.split())

    def next(self, prompt: str, written: Sequence[int]) -> NDArray[np.float64]:
        return self._logs

    def embedding(self, prompt: str) -> list[float]:
        return [float(len(prompt)), float(sum(prompt.encode())), 1.0]


class Small:
    """The small random model in Qwen3-VL's architecture, one prompt at a time."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoTokenizer, Qwen2VLImageProcessor, Qwen3VLForConditionalGeneration, Qwen3VLProcessor

        stock: Any = Qwen3VLProcessor

        class ImageTextProcessor(stock):  # type: ignore[misc]
            """The stock processor without the video part, which would need torchvision."""

            def __init__(self, image_processor: Any = None, tokenizer: Any = None, **more: Any) -> None:
                super().__init__(image_processor=image_processor, tokenizer=tokenizer, video_processor=None, **more)

        torch.set_num_threads(1)
        self._lock = threading.Lock()
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self._processor = ImageTextProcessor(Qwen2VLImageProcessor.from_pretrained(folder), self._tokenizer)
        network: Any = Qwen3VLForConditionalGeneration
        self._model = network.from_pretrained(folder, dtype=torch.float32).eval()
        self.end = int(self._tokenizer.eos_token_id)
        self.pieces = [b"" if n == self.end else self._tokenizer.decode([n]).encode() for n in range(self._size())]

    def _size(self) -> int:
        return len(self._tokenizer)

    def start(self, messages: Sequence[dict[str, Any]], goes_on: bool) -> Any:
        asked = messages[:-1] if goes_on else messages
        shown = [
            {"role": message["role"], "content": [_placeholder(part) for part in _parts(message)]} for message in asked
        ]
        chat = self._tokenizer.apply_chat_template(shown, add_generation_prompt=True, tokenize=False)
        pictures = [_picture(part) for message in asked for part in _parts(message) if part["type"] == "image_url"]
        chat += messages[-1]["content"] if goes_on else ""
        return self._processor(text=[chat], images=pictures or None, return_tensors="pt")

    def length(self, prompt: Any) -> int:
        return int(prompt["input_ids"].shape[1])

    def next(self, prompt: Any, written: Sequence[int]) -> NDArray[np.float64]:
        import torch

        with self._lock, torch.inference_mode():
            logits = self._model(**_longer(prompt, written)).logits[0, -1].double()
            return torch.log_softmax(logits, -1)[: self._size()].numpy()

    def embedding(self, prompt: Any) -> list[float]:
        import torch

        with self._lock, torch.inference_mode():
            return [float(x) for x in self._model.model(**prompt).last_hidden_state[0, -1]]


@dataclass(frozen=True)
class Decoded:
    """Tokens written, and what was likely at each place."""

    tokens: list[int]
    places: list[NDArray[np.float64]]
    finished: bool


def decode(
    engine: Engine, prompt: Any, limit: int, allowed: Sequence[str], masked: bool, bias: Mapping[int, float]
) -> Decoded:
    """Greedy, kept to the `allowed` texts if there are any; `masked`: probabilities are told behind that rule.

    The `bias` of tokens decides what is written and is not told.
    """
    written: list[int] = []
    places = []
    texts = [text.encode() for text in allowed]
    while len(written) < limit:
        logs = engine.next(prompt, written)
        legal = _legal(engine, b"".join(engine.pieces[n] for n in written), texts)
        kept = np.where(legal, logs, NOTHING)
        places.append(kept - np.log(np.exp(kept).sum()) if masked else logs)
        token = int((kept + np.array([bias.get(n, 0.0) for n in range(len(kept))])).argmax())
        if token == engine.end:
            return Decoded(written, places[:-1], True)
        written.append(token)
    return Decoded(written, places, False)


def _legal(engine: Engine, so_far: bytes, texts: Sequence[bytes]) -> NDArray[np.bool_]:
    if not texts:
        return np.ones(len(engine.pieces), bool)
    return np.array([
        so_far in texts if n == engine.end else bool(piece) and any(t.startswith(so_far + piece) for t in texts)
        for n, piece in enumerate(engine.pieces)
    ])  # fmt: skip


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _placeholder(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "image"} if part["type"] == "image_url" else part


def _picture(part: dict[str, Any]) -> NDArray[np.uint8]:
    data = part["image_url"]["url"].removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))


def _longer(prompt: Any, written: Sequence[int]) -> dict[str, Any]:
    """The prompt with written tokens behind it."""
    import torch

    more = torch.tensor([list(written)], dtype=torch.long)
    fills = {"input_ids": more, "attention_mask": torch.ones_like(more), "mm_token_type_ids": torch.zeros_like(more)}
    return {
        name: torch.cat([value, fills[name].to(value.dtype)], 1) if name in fills else value
        for name, value in prompt.items()
    }
