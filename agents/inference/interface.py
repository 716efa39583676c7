"""Seam 6: answers of a model to prompts with pictures, in batches. Knows neither torch nor the game.

`choose` scores a fixed set of answers in one forward pass; `generate` writes text. A request that fails carries its
error in its own result and does not spoil the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told. The parts come in this order, so that equal beginnings can be computed once.

    `rules` are the same for all prompts of a run; `picture` is (height, width, 3) uint8 RGB or None; `text` is about
    this moment; `opening` is the beginning of the answer, put into the model's mouth.
    """

    rules: str = ""
    picture: NDArray[np.uint8] | None = None
    text: str = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What stands beside a request and is not told to the model: whose moment it is, how bad, how much time there is.

    `game` is the environment's number; `hp_share` of the leader is in 0..1; `enemies_near` counts those in sight;
    `stuck_steps` are steps without progress. An answer is of use `within_s` seconds from the call on, or at any time.
    A plain model ignores all of this.
    """

    game: int = 0
    hp_share: float = 1.0
    enemies_near: int = 0
    stuck_steps: int = 0
    within_s: float | None = None


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """Which of `answers` does the model give? Each must be a single token behind the prompt's opening."""

    prompt: Prompt
    answers: tuple[str, ...]
    situation: Situation = Situation()


@dataclass(frozen=True, slots=True)
class Choice:
    """`index` of the likeliest answer; `log_probabilities` (n,) float32 of all of them, normalised to sum to one.

    `tokens` is the length of the prompt with its picture. `known` is the share of the answers whose probability the
    model told, 1 for a model in this process; the others' are upper bounds. At 0 only `index` is known, and the
    probabilities are all equal: nothing is claimed. Where `error` is given, nothing else counts.
    """

    index: int
    log_probabilities: NDArray[np.float32]
    tokens: int = 0
    error: Exception | None = None
    known: float = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """Text to be written: at most `max_tokens`, and one of the `allowed` answers after `opening` where any are given.

    `temperature` 0 takes the likeliest token each time. The text ends before the first of `stop`, which is none of it
    though its tokens were written and count.
    """

    prompt: Prompt
    max_tokens: int = 64
    allowed: tuple[str, ...] = ()
    temperature: float = 0.0
    situation: Situation = Situation()
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """The text behind the prompt's opening; tokens read and written. Where `error` is given, nothing else counts."""

    text: str
    prompt_tokens: int = 0
    tokens: int = 0
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What was used; `seconds` are those of calls, whose rows share them. `model` is the one asked last."""

    model: str = ""
    prompt_tokens: int = 0
    tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0

    def __add__(self, later: Use) -> Use:
        return Use(
            later.model or self.model, self.prompt_tokens + later.prompt_tokens, self.tokens + later.tokens,
            self.cost + later.cost, self.seconds + later.seconds,
        )  # fmt: skip


def before_stop(text: str, stop: tuple[str, ...]) -> str:
    """What stands before the first of `stop` in a text; all of it where none occurs. Empty words stop nothing."""
    return text[: min((place for word in stop if word and (place := text.find(word)) >= 0), default=len(text))]


def failed_choice(error: Exception) -> Choice:
    """The result of a request that has none; its index is no answer's."""
    return Choice(-1, np.zeros(0, np.float32), error=error)


def failed_completion(error: Exception) -> Completion:
    """The result of a request for text that has none."""
    return Completion("", error=error)


class InferenceBackend(Protocol):
    """A model somewhere. Results come in the order of the requests; calls may overlap, a cancelled one is dropped.

    A class may name the exceptions that mean that memory ran out, besides MemoryError, as `out_of_memory`, a tuple:
    `InferenceQueue` and `Router` then know them without importing what raises them.
    """

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """One forward pass over all requests."""

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """Write an answer to each request."""

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """(n, width) float32: what the model makes of each prompt, from its last hidden layer."""

    def close(self) -> None:
        """Release the model; idempotent."""
