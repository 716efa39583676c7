"""One model for many callers: requests that come at about the same time are answered by one pass of the model.

`InferenceQueue` wraps an `InferenceBackend` and is one itself. Knows no torch and no game; when a batch starts is
decided here, who is in it by `Lanes`, how many rows it may have by `BatchSize`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from agents.inference.batch_size import BatchSize
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
from agents.inference.lanes import Kind, Lanes
from agents.inference.queue_statistics import End, QueueStatistics, Tally
from pmd_gym.errors import ClosedError, ConfigError, InferenceError, InferenceTimeout

Answer = TypeVar("Answer")
CROWD = 16
"""Batches over which the number of callers is remembered."""
INSTANT_S = 1e-6
"""Two moments less apart than this are the same one; timers fire that exactly."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a batch starts and how large things get.

    A batch starts when `max_batch_size` rows of a kind wait (or fewer, see `batch_size`), when the oldest has waited
    `max_wait_ms`, and, with `learn_callers`, when as many calls are open as were at once during the last batches:
    then nobody is left to wait for. At most `capacity` rows are in the queue; the others wait at its door in order.
    A batch that takes longer than `target_ms` is made smaller where that helps.
    """

    max_batch_size: int = 8
    max_wait_ms: float = 50.0
    capacity: int = 64
    target_ms: float = 200.0
    learn_callers: bool = True

    def __post_init__(self) -> None:
        if not (1 <= self.max_batch_size <= self.capacity and self.max_wait_ms >= 0 and self.target_ms > 0):
            raise ConfigError(
                f"expected 1 <= max_batch_size <= capacity, max_wait_ms >= 0 and target_ms > 0, got {self}; correct it"
            )


@dataclass(eq=False, slots=True)
class _Row:
    """One request on its way; `outcome` becomes the answer, or the error instead of it."""

    kind: Kind
    caller: int
    request: Any
    asked_s: float
    entered_s: float
    outcome: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    expiry: asyncio.TimerHandle | None = None


class InferenceQueue:
    """Gathers requests of all callers into batches for one backend; same results, in the same order.

    A row that fails has its error in its result and spoils no other: a batch for which the backend raises is cut in
    two until the bad rows stand alone. One batch is with the backend at a time. A deadline (`Situation.within_s`) or
    a cancelled caller takes a row out at once, and stops the backend's call if nobody is left who wants it. Used in
    one event loop at a time, in any number of them after another.
    """

    def __init__(
        self, backend: InferenceBackend, limits: Limits = Limits(), *, memory: Callable[[], float] = lambda: 0.0
    ) -> None:
        """`memory` gives the share in use of the memory that batches take, 0..1; it is asked after each batch."""
        self._backend = backend
        self._limits = limits
        self._memory = memory
        self._memory_errors = (MemoryError, *getattr(backend, "out_of_memory", ()))
        self._size = BatchSize(limits.max_batch_size, limits.target_ms / 1000)
        self._tally = Tally()
        self._lanes: Lanes[_Row] = Lanes()
        self._callers = count()
        self._open_calls = self._most_calls = 0
        self._door = asyncio.Semaphore(limits.capacity)
        self._crowd: deque[int] = deque(maxlen=CROWD)
        self._batch: list[_Row] = []
        self._task: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | asyncio.Handle | None = None
        self._closed = False

    @property
    def statistics(self) -> QueueStatistics:
        """What was done until now."""
        return self._tally.snapshot(self._size.rows)

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        """See `InferenceBackend.choose`; errors are in the results, ClosedError is raised."""
        deadlines = [request.situation.within_s for request in requests]
        return [_or(failed_choice, outcome) for outcome in await self._ask(Kind.CHOOSE, requests, deadlines)]

    async def generate(self, requests: Sequence[Request]) -> list[Completion]:
        """See `InferenceBackend.generate`; errors are in the results, ClosedError is raised."""
        deadlines = [request.situation.within_s for request in requests]
        return [_or(failed_completion, outcome) for outcome in await self._ask(Kind.GENERATE, requests, deadlines)]

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `InferenceBackend.embed`; the first error of a row is raised, as there is no place for it."""
        outcomes = await self._ask(Kind.EMBED, prompts, [None] * len(prompts))
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return np.stack(outcomes) if outcomes else await self._backend.embed(prompts)

    def close(self) -> None:
        """Fail what waits and what is being answered with ClosedError, and close the backend; idempotent."""
        if self._closed:
            return
        self._closed = True
        waiting = [row for kind in Kind for row in self._lanes.rows(kind)]
        for row, when in [*((row, "before") for row in waiting), *((row, "while") for row in self._batch)]:
            self._finish(
                row, ClosedError(f"the queue was closed {when} this {row.kind} request was answered"), "failed"
            )
        self._backend.close()

    async def _ask(self, kind: Kind, requests: Sequence[Any], deadlines: Sequence[float | None]) -> list[Any]:
        """The outcome of each request: an answer, or an exception instead of one."""
        if self._closed:
            raise ClosedError("the queue was closed; make another")
        rows: list[_Row] = []
        caller, now = next(self._callers), asyncio.get_running_loop().time()
        self._enter_call()
        try:
            for request, within_s in zip(requests, deadlines, strict=True):
                row = _Row(kind, caller, request, now, now)
                rows.append(row)
                await self._enter(row, None if within_s is None else now + within_s)
            return [await asyncio.shield(row.outcome) for row in rows]
        finally:
            self._open_calls -= 1
            for row in rows:
                self._finish(row, asyncio.CancelledError(), "dropped")

    def _enter_call(self) -> None:
        if not self._open_calls:  # nobody is at the door: it may be that of another event loop
            self._door = asyncio.Semaphore(self._limits.capacity)
            self._alarm = None
        self._open_calls += 1
        self._most_calls = max(self._most_calls, self._open_calls)

    async def _enter(self, row: _Row, deadline_s: float | None) -> None:
        """Wait at the door, then in a lane, at most until the deadline."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline_s):
                await self._door.acquire()
        except TimeoutError:
            self._settle(row, self._late(row), "expired")
            return
        row.outcome.add_done_callback(partial(_let_in, self._door))
        if self._closed:
            self._settle(row, ClosedError(f"the queue was closed before this {row.kind} request was let in"), "failed")
            return
        if deadline_s is not None:
            row.expiry = loop.call_at(deadline_s, lambda: self._finish(row, self._late(row), "expired"))
        row.entered_s = loop.time()
        self._lanes.add(row.kind, row.caller, row)
        self._look(loop.call_soon)

    def _late(self, row: _Row) -> InferenceTimeout:
        waited = asyncio.get_running_loop().time() - row.asked_s
        return InferenceTimeout(f"no answer to this {row.kind} request within {waited:.3f} s; allow it more time")

    def _finish(self, row: _Row, outcome: Any, end: End) -> None:
        """Give a row its outcome wherever it is, unless it has one."""
        if row.outcome.done():
            return
        self._lanes.remove(row.kind, row.caller, row)
        self._settle(row, outcome, end)
        if self._task is not None and all(other.outcome.done() for other in self._batch):
            self._task.cancel()

    def _settle(self, row: _Row, outcome: Any, end: End) -> None:
        if row.expiry is not None:
            row.expiry.cancel()
        self._tally.ends[end] += 1
        row.outcome.set_result(outcome)

    def _look(self, when: Callable[[Callable[[], None]], asyncio.Handle]) -> None:
        """Have `_start` called later, instead of what was planned for it before."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = when(self._start)

    def _start(self) -> None:
        """Start the next batch if the model is free and one is due; else plan for when the oldest row is."""
        loop = asyncio.get_running_loop()
        if self._task is not None:
            return
        kind = self._lanes.due(lambda kind: self._is_due(kind, loop.time()))
        if kind is not None:
            self._batch = self._lanes.take(kind, self._size.rows)
            self._tally.waited([loop.time() - row.asked_s for row in self._batch])
            self._task = loop.create_task(self._run(self._batch))
            self._task.add_done_callback(self._done)
        elif self._lanes:
            due_s = min(map(self._due_s, filter(self._lanes.waiting, Kind)))
            self._look(lambda start: loop.call_at(due_s, start))

    def _is_due(self, kind: Kind, now_s: float) -> bool:
        everybody = self._limits.learn_callers and bool(self._crowd) and self._open_calls >= max(self._crowd)
        full = self._lanes.waiting(kind) >= self._size.rows
        return full or everybody or now_s + INSTANT_S >= self._due_s(kind)

    def _due_s(self, kind: Kind) -> float:
        return min(row.entered_s for row in self._lanes.rows(kind)) + self._limits.max_wait_ms / 1000

    async def _run(self, rows: list[_Row]) -> None:
        """Answer a batch: ask the backend, and where it fails ask again with each half."""
        waiting = [row for row in rows if not row.outcome.done()]
        if not waiting:
            return
        try:
            outcomes = await self._call(waiting)
        except Exception as error:  # the batch is cut in two; the bad row keeps its error
            outcomes = [error] * len(waiting)
        again = self._answered(waiting, outcomes)
        self._tally.retries += bool(again)
        half = (len(waiting) + 1) // 2
        for first in range(0, len(again), half):
            await self._run(again[first : first + half])

    def _answered(self, rows: list[_Row], outcomes: list[Any]) -> list[_Row]:
        """Give rows their outcomes; returns those to ask again with fewer others: the whole batch or memory failed."""
        short = [isinstance(_error(outcome), self._memory_errors) for outcome in outcomes]
        if any(short):
            self._tally.out_of_memory += 1
            self._size.out_of_memory(len(rows))
        again = []
        for row, outcome, of_memory in zip(rows, outcomes, short, strict=True):
            whole = isinstance(outcome, Exception) and not isinstance(outcome, ClosedError)
            if len(rows) > 1 and (whole or of_memory):
                again.append(row)
            elif not row.outcome.done():
                self._settle(row, outcome, "failed" if _error(outcome) else "answered")
        return again

    async def _call(self, rows: list[_Row]) -> list[Any]:
        """The backend's answers to rows of one kind; InferenceError where their number is wrong."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        self._tally.called(len(rows))
        calls: dict[Kind, Callable[[list[Any]], Awaitable[Any]]] = {
            Kind.CHOOSE: self._backend.choose, Kind.GENERATE: self._backend.generate, Kind.EMBED: self._backend.embed,
        }  # fmt: skip
        answers = list(await calls[rows[0].kind]([row.request for row in rows]))
        if len(answers) != len(rows):
            raise InferenceError(f"expected {len(rows)} answers from the backend, got {len(answers)}; it is broken")
        self._size.took(len(rows), loop.time() - start, self._memory())
        return answers

    def _done(self, task: asyncio.Task[None]) -> None:
        """The model is free again."""
        rows, self._batch, self._task = self._batch, [], None
        for row in rows:
            if not row.outcome.done():
                self._settle(row, InferenceError(f"the batch with this {row.kind} request was stopped"), "failed")
        self._crowd.append(self._most_calls)
        self._most_calls = self._open_calls
        if self._lanes and not self._closed:
            self._look(asyncio.get_running_loop().call_soon)


def _let_in(door: asyncio.Semaphore, _: asyncio.Future[Any]) -> None:
    door.release()


def _or(failed: Callable[[Exception], Answer], outcome: Any) -> Answer:
    return failed(outcome) if isinstance(outcome, Exception) else outcome


def _error(outcome: Any) -> Exception | None:
    return outcome if isinstance(outcome, Exception) else getattr(outcome, "error", None)
