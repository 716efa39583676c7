"""Small models for plain moments, large ones where it matters, behind the same seam as a single model.

Carries out what `routing` decides: asks, climbs while the answer is unsure, falls back where a model fails. Knows no
torch and no game; each decision is told to a callback with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import (
    Choice,
    ChoiceRequest,
    Completion,
    InferenceBackend,
    Prompt,
    Request,
    failed_choice,
    failed_completion,
)
from agents.inference.lanes import Kind
from agents.inference.routing import Budget, Ledger, Levels, Rules, margin_of
from pmd_gym.errors import ClosedError, ConfigError, InferenceError, InferenceTimeout

Result = Choice | Completion
RULES, UNLIMITED = Rules(), Budget()
RESERVE = 1.5
"""Time kept for the smallest tier, as a multiple of its mean latency."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A model to route to; `price` of a million tokens in any unit, the same for all."""

    name: str
    backend: InferenceBackend
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """A request of `game` went to `tier` because of `reason`, or the answer of `tier` is kept because of it.

    `margin` between the two best probabilities of the answer that led to this; None before there is one.
    """

    game: int
    kind: Kind
    tier: str
    reason: str
    margin: float | None = None


@dataclass(eq=False, slots=True)
class _Row:
    """One request on its way through the tiers; `best` is the answer of the highest tier that gave one."""

    request: Any
    deadline_s: float | None
    tier: int = 0
    reason: str = ""
    fell: bool = False
    result: Any = None
    best: Any = None
    best_tier: int = 0
    margin: float | None = None


class Router:
    """An `InferenceBackend` over several, from small to large.

    A request begins at the tier that its `Situation` and the last answers of its game ask for, and climbs while the
    choice is unsure. A tier that is too slow, too dear, or out of memory not long ago is left out; where one fails,
    the answer of a smaller one is kept, or the next smaller one is asked. Embeddings always are the smallest tier's:
    those of different models cannot be compared.
    """

    def __init__(
        self, tiers: Sequence[Tier], rules: Rules = RULES, budget: Budget = UNLIMITED, *,
        on_decision: Callable[[Decision], None] = lambda decision: None, rest_s: float = 30.0,
    ) -> None:  # fmt: skip
        """`rest_s` is how long a tier is left alone after its memory ran out; ConfigError without tiers."""
        if not tiers or len({tier.name for tier in tiers}) < len(tiers):
            raise ConfigError(f"expected at least one tier and no name twice, got {[tier.name for tier in tiers]}")
        self._tiers = tuple(tiers)
        self._rules = rules
        self._levels = Levels(rules, len(tiers) - 1)
        self.ledger = Ledger(budget, [tier.price for tier in tiers])
        self._on_decision = on_decision
        self._rest_s = rest_s
        self._rests_until = [0.0] * len(tiers)
        self._closed = False

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """See `InferenceBackend.choose`; errors are in the results, ClosedError is raised."""
        return await self._route(Kind.CHOOSE, requests)

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """See `InferenceBackend.generate`; errors are in the results, ClosedError is raised."""
        return await self._route(Kind.GENERATE, requests)

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `InferenceBackend.embed`."""
        self._check_open()
        return await self._tiers[0].backend.embed(prompts)

    def close(self) -> None:
        """Close all tiers; idempotent."""
        self._closed = True
        for tier in self._tiers:
            tier.backend.close()

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the router was closed; make another")

    async def _route(self, kind: Kind, requests: Sequence[Any]) -> list[Any]:
        self._check_open()
        rows = [self._first(kind, request) for request in requests]
        waiting = rows
        while waiting:
            await asyncio.gather(*(self._ask(kind, group) for group in self._groups(waiting)))
            waiting = [row for row in waiting if self._goes_on(kind, row)]
        for row in rows:
            if row.best is not None:
                self._levels.ended(row.request.situation, row.best_tier, 1.0 if row.margin is None else row.margin)
        return [row.result if row.best is None else row.best for row in rows]

    def _first(self, kind: Kind, request: Any) -> _Row:
        within_s = request.situation.within_s
        row = _Row(request, None if within_s is None else _now() + within_s)
        row.tier, row.reason = self._levels.begin(request.situation)
        self._descend(row)
        self._tell(kind, row, row.tier, row.reason)
        return row

    def _descend(self, row: _Row) -> None:
        """Go down to the largest tier, from the row's on, against which nothing is said."""
        while row.tier and (objection := self._objection(row, row.tier)):
            row.reason, row.tier = f"{self._tiers[row.tier].name}: {objection}", row.tier - 1

    def _objection(self, row: _Row, tier: int) -> str:
        if _now() < self._rests_until[tier]:
            return "memory: it ran out a moment ago"
        objection = self.ledger.objection(tier, 1, self._left_s(row, tier))
        if objection.startswith("deadline"):
            self.ledger.refused(tier)
        return objection

    def _left_s(self, row: _Row, tier: int) -> float:
        """How long a tier may take, so that there is time for the smallest if it fails and nobody has answered yet."""
        if row.deadline_s is None:
            return float("inf")
        reserve = RESERVE * self.ledger.latency_s(0) if tier and row.best is None else 0.0
        return row.deadline_s - _now() - reserve

    def _groups(self, rows: list[_Row]) -> list[list[_Row]]:
        """Rows that can be asked in one call: of one tier, with the same time left."""
        ordered = sorted(rows, key=_group)
        return [list(group) for _, group in groupby(ordered, key=_group)]

    async def _ask(self, kind: Kind, rows: list[_Row]) -> None:
        """Ask the rows' tier and put the answer, or the error, into each."""
        tier, start_s = rows[0].tier, _now()
        left_s = self._left_s(rows[0], tier)
        within_s = None if left_s == float("inf") else left_s
        requests = [
            replace(row.request, situation=replace(row.request.situation, within_s=within_s)) for row in rows
        ]  # fmt: skip
        try:
            async with asyncio.timeout(within_s):
                results = await self._call(kind, tier, requests)
        except TimeoutError:
            results = _failed(kind, rows, InferenceTimeout(f"no answer within {left_s:.3f} s; allow it more time"))
        except Exception as error:  # a tier that fails is a reason to ask another
            results = _failed(kind, rows, error)
        for row, result in zip(rows, results, strict=True):
            row.result = result
        self.ledger.spent(tier, len(rows), sum(map(_tokens, results)), _now() - start_s)

    async def _call(self, kind: Kind, tier: int, requests: list[Any]) -> list[Result]:
        backend = self._tiers[tier].backend
        results: list[Result] = [*await (backend.choose if kind is Kind.CHOOSE else backend.generate)(requests)]
        if len(results) != len(requests):
            raise InferenceError(f"expected {len(requests)} answers from the tier, got {len(results)}; it is broken")
        return results

    def _goes_on(self, kind: Kind, row: _Row) -> bool:
        """Take the tier's answer or its failure; whether another tier is to be asked."""
        if row.result.error is not None:
            return self._falls(kind, row, row.result.error)
        row.best, row.best_tier = row.result, row.tier
        told = row.best if isinstance(row.best, Choice) and row.best.known else None
        row.margin = None if told is None else margin_of(told.log_probabilities)
        unsure = row.margin is not None and row.margin < self._rules.unsure
        return unsure and not row.fell and row.tier + 1 < len(self._tiers) and self._climbs(kind, row)

    def _climbs(self, kind: Kind, row: _Row) -> bool:
        objection = self._objection(row, row.tier + 1)
        if objection:
            self._tell(kind, row, row.tier, f"{self._tiers[row.tier + 1].name}: {objection}")
            return False
        row.tier += 1
        self._tell(kind, row, row.tier, f"unsure: {row.margin:.3f} between the two best")
        return True

    def _falls(self, kind: Kind, row: _Row, error: Exception) -> bool:
        name = self._tiers[row.tier].name
        row.fell, row.reason = True, f"{name}: {self._why(row.tier, error)}"
        if row.best is not None:
            self._tell(kind, row, row.best_tier, row.reason)
            return False
        if not row.tier:
            return False
        row.tier -= 1
        self._descend(row)
        self._tell(kind, row, row.tier, row.reason)
        return True

    def _why(self, tier: int, error: Exception) -> str:
        """The reason that an error is; a tier whose memory ran out is sent to rest."""
        if isinstance(error, TimeoutError):
            return "deadline: no answer in time"
        if isinstance(error, (MemoryError, *getattr(self._tiers[tier].backend, "out_of_memory", ()))):
            self._rests_until[tier] = _now() + self._rest_s
            return "memory: it ran out"
        return f"failed: {error}"

    def _tell(self, kind: Kind, row: _Row, tier: int, reason: str) -> None:
        self._on_decision(Decision(row.request.situation.game, kind, self._tiers[tier].name, reason, row.margin))


def _now() -> float:
    return asyncio.get_running_loop().time()


def _group(row: _Row) -> tuple[int, float, bool]:
    return row.tier, float("inf") if row.deadline_s is None else row.deadline_s, row.best is None


def _failed(kind: Kind, rows: list[_Row], error: Exception) -> list[Result]:
    failed: Callable[[Exception], Result] = failed_choice if kind is Kind.CHOOSE else failed_completion
    return [failed(error) for _ in rows]


def _tokens(result: Result) -> int:
    return result.tokens if isinstance(result, Choice) else result.prompt_tokens + result.tokens
