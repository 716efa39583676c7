"""What models are asked, counted by game: tokens read and written, time, money, and which model it was.

A `Meter` stands directly around a model, below queue and router, so that calls made again and answers that were not
taken are counted too. Knows neither torch nor the game.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import Choice, ChoiceRequest, Completion, InferenceBackend, Prompt, Request, Use

MILLION = 1_000_000


class Book:
    """What all models of a run were used for; `total` counts rows, so its seconds are those of all games together."""

    def __init__(self) -> None:
        self.total = Use()
        self._games: dict[int, Use] = {}

    def add(self, game: int, use: Use) -> None:
        """A model was used for a game."""
        self.total += use
        self._games[game] = self._games.get(game, Use()) + use

    def take(self, game: int) -> Use:
        """What was used for a game since this was asked last."""
        return self._games.pop(game, Use())


class Meter:
    """An `InferenceBackend` that writes down what another one is asked; `prices` of a million tokens read, written."""

    def __init__(
        self, backend: InferenceBackend, name: str, book: Book, prices: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        self._backend = backend
        self._name = name
        self._book = book
        self._prices = prices
        self.out_of_memory: tuple[type[Exception], ...] = getattr(backend, "out_of_memory", ())

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """See `InferenceBackend.choose`; a choice writes one token."""
        start_s = time.perf_counter()
        choices = await self._backend.choose(requests)
        for request, choice in zip(requests, choices, strict=False):  # a wrong number of answers is the queue's affair
            self._note(request.situation.game, choice.tokens, int(choice.error is None), start_s)
        return choices

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """See `InferenceBackend.generate`."""
        start_s = time.perf_counter()
        completions = await self._backend.generate(requests)
        for request, done in zip(requests, completions, strict=False):
            self._note(request.situation.game, done.prompt_tokens, done.tokens, start_s)
        return completions

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `InferenceBackend.embed`; prompts say nothing of games and tokens, so nothing is written down."""
        return await self._backend.embed(prompts)

    def close(self) -> None:
        """See `InferenceBackend.close`."""
        self._backend.close()

    def _note(self, game: int, read: int, written: int, start_s: float) -> None:
        cost = (read * self._prices[0] + written * self._prices[1]) / MILLION
        self._book.add(game, Use(self._name, read, written, cost, time.perf_counter() - start_s))
