"""Any mixture of calls, limits, failures, deadlines and cancellations: the queue keeps its promises in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.inference.interface import Prompt, Request, Situation
from agents.inference.queue import InferenceQueue, Limits
from pmd_gym.errors import InferenceTimeout
from tests.doubles.models import FakeModel, NoRoom, Refused, asked
from tests.doubles.virtual_time import run

EPS = 1e-4


@dataclass
class Call:
    """One call of a caller, and what came of it."""

    at_ms: int
    kind: str
    rows: int
    within_ms: int | None = None
    cancel_ms: int | None = None
    first: int = 0
    ended_s: float = field(default=0.0, init=False)
    results: Any = field(default=None, init=False)

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.rows)

    async def make(self, queue: InferenceQueue) -> None:
        await asyncio.sleep(self.at_ms / 1000)
        task = asyncio.create_task(self._ask(queue))
        if self.cancel_ms is not None:
            asyncio.get_running_loop().call_later(self.cancel_ms / 1000, task.cancel)
        self.results = (await asyncio.gather(task, return_exceptions=True))[0]
        self.ended_s = asyncio.get_running_loop().time()

    async def _ask(self, queue: InferenceQueue) -> Any:
        within_s = None if self.within_ms is None else self.within_ms / 1000
        if self.kind == "choose":
            return await queue.choose([asked(number, within_s=within_s) for number in self.numbers])
        prompts = [Prompt(text=str(number)) for number in self.numbers]
        if self.kind == "generate":
            return await queue.generate([Request(prompt, situation=Situation(within_s=within_s)) for prompt in prompts])
        return await queue.embed(prompts)


def numbered(calls: list[Call]) -> list[Call]:
    first = 0
    for call in calls:
        call.first = first
        first += call.rows
    return calls


def play(calls: list[Call], model: FakeModel, limits: Limits) -> InferenceQueue:
    async def main() -> InferenceQueue:
        queue = InferenceQueue(model, limits)
        await asyncio.gather(*(call.make(queue) for call in calls))
        return queue

    return run(main())


CALLS = st.lists(
    st.builds(
        Call,
        at_ms=st.integers(0, 400),
        kind=st.sampled_from(["choose", "generate", "embed"]),
        rows=st.integers(0, 12),
        within_ms=st.none() | st.integers(0, 300),
        cancel_ms=st.none() | st.integers(0, 300),
    ),
    max_size=10,
).map(numbered)
LIMITS = st.builds(
    Limits,
    max_batch_size=st.integers(1, 8),
    max_wait_ms=st.sampled_from([0.0, 20.0, 50.0]),
    capacity=st.integers(8, 20),
    target_ms=st.sampled_from([30.0, 200.0]),
    learn_callers=st.booleans(),
)


def expected_right(call: Call, results: list[Any]) -> None:
    """Every row that was answered has its own answer."""
    for number, result in zip(call.numbers, results, strict=True):
        if call.kind == "embed":
            assert result.tolist() == [number, -number]
        elif result.error is None:
            assert (result.index == number % 3) if call.kind == "choose" else (result.text == f"it is {number}")


@settings(deadline=None, max_examples=200)
@given(CALLS, LIMITS, st.integers(0, 60), st.frozensets(st.integers(0, 60), max_size=6), st.integers(1, 9))
def test_whatever_happens_the_promises_hold(
    calls: list[Call], limits: Limits, batch_ms: int, refuses: frozenset[int], room: int
) -> None:
    model = FakeModel(lambda rows: batch_ms / 1000, refuses=refuses, room=room)
    queue = play(calls, model, limits)
    for _, kind, numbers in model.calls:
        owners = {call.kind for call in calls if {*call.numbers} & {*numbers}}
        assert len(numbers) <= limits.max_batch_size
        assert owners <= {kind}  # a batch is of one kind
    for call in calls:
        if isinstance(call.results, asyncio.CancelledError):
            assert call.cancel_ms is not None
            assert call.ended_s <= (call.at_ms + call.cancel_ms) / 1000 + EPS
        elif isinstance(call.results, Refused):
            assert call.kind == "embed"
            assert refuses & {*call.numbers}
        else:
            expected_right(call, call.results)
            fails_alone(call, refuses)
            in_time(call)
    statistics = queue.statistics
    ends = statistics.answered + statistics.failed + statistics.expired + statistics.dropped
    assert ends <= sum(call.rows for call in calls)  # a cancelled caller's last rows never came to the door
    if all(call.cancel_ms is None for call in calls):
        assert ends == sum(call.rows for call in calls)
    assert (statistics.retries == 0) or refuses or room < limits.max_batch_size


def fails_alone(call: Call, refuses: frozenset[int]) -> None:
    for number, result in zip(call.numbers, call.results, strict=True) if call.kind != "embed" else ():
        if isinstance(result.error, Refused):
            assert number in refuses
        elif result.error is None:
            assert number not in refuses
        else:
            assert isinstance(result.error, InferenceTimeout)


def in_time(call: Call) -> None:
    if call.within_ms is not None and call.kind != "embed" and call.rows:
        assert call.ended_s <= (call.at_ms + call.within_ms) / 1000 + EPS


@settings(deadline=None, max_examples=100)
@given(CALLS, LIMITS, st.integers(1, 4))
def test_all_rows_are_answered_where_memory_is_short(calls: list[Call], limits: Limits, room: int) -> None:
    for call in calls:
        call.within_ms = call.cancel_ms = None
    model = FakeModel(lambda rows: 0.01, room=room)
    queue = play(calls, model, limits)
    for call in calls:
        expected_right(call, call.results)
        assert not any(isinstance(getattr(result, "error", None), NoRoom) for result in call.results)
    fitted = [number for _, _, numbers in model.calls if len(numbers) <= room for number in numbers]
    assert sorted(fitted) == [number for call in calls for number in call.numbers]  # once each
    assert queue.statistics.out_of_memory == sum(len(numbers) > room for _, _, numbers in model.calls)


def oracle(arrivals_ms: list[int], rows: int, wait_ms: float, batch_ms: float) -> list[tuple[float, list[int]]]:
    """First come, first served, worked out batch by batch: (start in ms, rows) of each."""
    batches, free_ms, waiting = [], 0.0, [*enumerate(arrivals_ms)]
    while waiting:
        oldest_ms = waiting[0][1]
        full_ms = waiting[rows - 1][1] if len(waiting) >= rows else float("inf")
        start_ms = max(free_ms, min(oldest_ms + wait_ms, full_ms))
        batch = [row for row, at_ms in waiting if at_ms <= start_ms][:rows]
        batches.append((start_ms, batch))
        waiting, free_ms = waiting[len(batch) :], start_ms + batch_ms
    return batches


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.integers(0, 600), max_size=25, unique=True).map(sorted),
    st.integers(1, 8),
    st.integers(0, 60),
    st.integers(0, 80),
)
def test_single_rows_are_served_first_come_first_served(
    arrivals_ms: list[int], rows: int, wait: int, batch: int
) -> None:
    wait_ms, batch_ms = wait + 0.17123, batch + 0.31457  # nothing happens at one moment with something else
    limits = Limits(rows, wait_ms, capacity=64, target_ms=1000.0, learn_callers=False)
    model = FakeModel(lambda _: batch_ms / 1000)
    play([Call(at_ms, "choose", 1, first=row) for row, at_ms in enumerate(arrivals_ms)], model, limits)
    expected = oracle(arrivals_ms, rows, wait_ms, batch_ms)
    assert [numbers for _, _, numbers in model.calls] == [numbers for _, numbers in expected]
    for (start_s, _, _), (start_ms, _) in zip(model.calls, expected, strict=True):
        assert abs(start_s * 1000 - start_ms) < 0.01


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 8), st.integers(8, 30))
def test_a_single_row_is_passed_by_few_however_much_the_others_ask(counts: list[int], rows: int, capacity: int) -> None:
    """At the door and in the lane a caller is passed by what was let in before it and one row of each other caller."""
    model = FakeModel(lambda _: 0.1)
    calls = numbered([*(Call(0, "choose", count) for count in counts), Call(1, "choose", 1)])
    play(calls, model, Limits(rows, 0.0, capacity))
    order = [number for _, _, numbers in model.calls for number in numbers]
    assert order.index(calls[-1].first) <= capacity + rows + 2 * len(counts)
    for call in calls:
        assert [number for number in order if number in call.numbers] == [*call.numbers]
