"""A model whose answers follow from the number in a prompt's text, that can be slow, short of memory, or refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import Choice, ChoiceRequest, Completion, Prompt, Request, before_stop
from pmd_gym.errors import ClosedError

ANSWERS = ("wait", "north", "south")


class NoRoom(Exception):
    """What a device's library raises when its memory is full; no MemoryError."""


class Refused(Exception):
    """What the model raises for a whole batch because of one row."""


def asked(number: int, **situation: Any) -> ChoiceRequest:
    """A choice whose answer is `number` modulo three."""
    from agents.inference.interface import Situation

    return ChoiceRequest(Prompt(text=str(number)), ANSWERS, Situation(**situation))


class FakeModel:
    """Keeps when it was called with what: (seconds, kind, numbers)."""

    out_of_memory = (NoRoom,)

    def __init__(
        self,
        seconds: Callable[[int], float] = lambda rows: 0.0,
        *,
        room: int = 1000,
        refuses: frozenset[int] = frozenset(),
        margin: Callable[[int], float] = lambda number: 0.9,
    ) -> None:
        """`seconds` a batch of so many rows takes; more than `room` rows do not fit; `refuses` these numbers.

        `margin` between the two best probabilities of a choice, by its number.
        """
        self.calls: list[tuple[float, str, list[int]]] = []
        self.seconds, self.room, self.refuses, self.margin = seconds, room, refuses, margin
        self.cancelled = 0
        self.closed = 0

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        numbers = await self._work("choose", [request.prompt for request in requests])
        return [self._chosen(number) for number in numbers]

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        numbers = await self._work("generate", [request.prompt for request in requests])
        texts = (f"it is {number}" for number in numbers)
        return [Completion(before_stop(text, asked.stop), 10, 5) for text, asked in zip(texts, requests, strict=True)]

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        return np.array([[n, -n] for n in await self._work("embed", prompts)], np.float32).reshape(-1, 2)

    def close(self) -> None:
        self.closed += 1

    def _chosen(self, number: int) -> Choice:
        low = (1 - self.margin(number)) / 3
        shares = np.full(3, low, np.float32)
        shares[number % 3] = 1 - 2 * low
        return Choice(number % 3, np.log(np.maximum(shares, np.float32(1e-9))), tokens=10)

    async def _work(self, kind: str, prompts: Sequence[Prompt]) -> list[int]:
        if self.closed:
            raise ClosedError("closed; make another")
        numbers = [int(prompt.text) for prompt in prompts]
        self.calls.append((asyncio.get_running_loop().time(), kind, numbers))
        try:
            await asyncio.sleep(self.seconds(len(prompts)))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if len(prompts) > self.room:
            raise NoRoom
        if self.refuses & {*numbers}:
            raise Refused(f"not {numbers}")
        return numbers
