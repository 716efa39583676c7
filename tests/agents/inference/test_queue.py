"""The queue in virtual time: who is answered when, with whom, and what becomes of who fails, gives up or is late."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from agents.inference.interface import Choice, ChoiceRequest, Prompt, Request, failed_choice
from agents.inference.queue import InferenceQueue, Limits
from pmd_gym.errors import ClosedError, ConfigError, InferenceTimeout
from tests.doubles.models import FakeModel, NoRoom, Refused, asked
from tests.doubles.virtual_time import run

PLAIN = Limits(learn_callers=False)
"""As specified, without guessing whether somebody is still to come."""


def numbers_of(model: FakeModel) -> list[list[int]]:
    return [numbers for _, _, numbers in model.calls]


async def one(queue: InferenceQueue, number: int, after_s: float = 0.0, within_s: float | None = None) -> Choice:
    await asyncio.sleep(after_s)
    return (await queue.choose([asked(number, within_s=within_s)]))[0]


def test_callers_of_one_moment_share_a_batch_and_get_their_own_answers() -> None:
    model = FakeModel()

    async def play() -> list[Choice]:
        queue = InferenceQueue(model, PLAIN)
        return await asyncio.gather(*(one(queue, number) for number in range(8)))

    assert [choice.index for choice in run(play())] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert model.calls == [(0.0, "choose", [*range(8)])]


def test_the_oldest_waits_no_longer_than_allowed() -> None:
    model = FakeModel()

    async def play() -> None:
        queue = InferenceQueue(model, PLAIN)
        await asyncio.gather(*(one(queue, number, after_s=0.02 * number) for number in range(4)))

    run(play())
    assert [(round(start, 6), numbers) for start, _, numbers in model.calls] == [(0.05, [0, 1, 2]), (0.11, [3])]


def test_rows_gather_while_the_model_is_busy() -> None:
    model = FakeModel(lambda rows: 1.0)

    async def play() -> None:
        queue = InferenceQueue(model, replace(PLAIN, max_batch_size=3))
        await asyncio.gather(*(one(queue, number, after_s=0.1 * number) for number in range(9)))

    run(play())
    assert numbers_of(model) == [[0], [1, 2, 3], [4, 5, 6], [7, 8]]


def test_a_batch_call_larger_than_everything_is_answered_in_order() -> None:
    model = FakeModel(lambda rows: 0.01)

    async def play() -> list[Choice]:
        return await InferenceQueue(model, replace(PLAIN, capacity=10)).choose([asked(n) for n in range(100)])

    assert [choice.index for choice in run(play())] == [number % 3 for number in range(100)]
    assert [number for numbers in numbers_of(model) for number in numbers] == [*range(100)]


def test_one_row_does_not_wait_for_the_hundred_of_another() -> None:
    model = FakeModel(lambda rows: 0.1)

    async def play() -> None:
        queue = InferenceQueue(model, replace(PLAIN, capacity=16))
        await asyncio.gather(queue.choose([asked(n) for n in range(100)]), one(queue, 1000, after_s=0.05))

    run(play())
    place = next(index for index, numbers in enumerate(numbers_of(model)) if 1000 in numbers)
    assert place <= 3  # the one under way, and the rows that were let in before


def test_kinds_take_turns_and_do_not_mix() -> None:
    model = FakeModel(lambda rows: 0.1)

    async def play() -> None:
        queue = InferenceQueue(model, PLAIN)
        await asyncio.gather(
            queue.choose([asked(n) for n in range(32)]),
            queue.generate([Request(Prompt(text="100"))]),
            queue.embed([Prompt(text="200")]),
        )

    run(play())
    kinds = [kind for _, kind, _ in model.calls]
    assert kinds[:4] == ["choose", "generate", "embed", "choose"]
    assert len(kinds) == 6


def test_a_lone_caller_is_not_kept_waiting_once_it_is_known_to_be_alone() -> None:
    model = FakeModel()

    async def play() -> float:
        queue = InferenceQueue(model)
        for number in range(5):
            await one(queue, number)
        return asyncio.get_running_loop().time()

    assert run(play()) == pytest.approx(0.05)  # the first one only


def test_a_crowd_that_is_complete_starts_at_once() -> None:
    model = FakeModel()

    async def play() -> None:
        queue = InferenceQueue(model)
        for _ in range(3):
            await asyncio.gather(*(one(queue, number, after_s=0.01 * number) for number in range(3)))

    run(play())
    assert numbers_of(model) == [[0, 1, 2]] * 3
    assert [round(start, 6) for start, _, _ in model.calls] == [0.05, 0.07, 0.09]


def test_a_bad_row_does_not_spoil_the_others() -> None:
    model = FakeModel(refuses=frozenset({2, 5}))

    async def play() -> tuple[list[Choice], InferenceQueue]:
        queue = InferenceQueue(model, PLAIN)
        return await queue.choose([asked(n) for n in range(8)]), queue

    choices, queue = run(play())
    assert [type(choice.error) for choice in choices] == [
        Refused if number in (2, 5) else type(None) for number in range(8)
    ]
    assert [choice.index for choice in choices] == [0, 1, -1, 0, 1, -1, 0, 1]
    assert (queue.statistics.answered, queue.statistics.failed) == (6, 2)
    assert queue.statistics.retries == 5


def test_bad_prompts_raise_in_embed_only_where_they_were_asked() -> None:
    model = FakeModel(refuses=frozenset({2}))

    async def play() -> list[object]:
        queue = InferenceQueue(model, PLAIN)
        return await asyncio.gather(
            queue.embed([Prompt(text="1"), Prompt(text="2")]), queue.embed([Prompt(text="3")]), return_exceptions=True
        )

    first, second = run(play())
    assert isinstance(first, Refused)
    assert np.array_equal(second, [[3, -3]])  # type: ignore[call-overload]


def test_memory_that_runs_out_halves_the_batch_for_good() -> None:
    model = FakeModel(room=3)

    async def play() -> tuple[list[Choice], InferenceQueue]:
        queue = InferenceQueue(model, PLAIN)
        await queue.choose([asked(n) for n in range(8)])
        return await queue.choose([asked(n) for n in range(8)]), queue

    choices, queue = run(play())
    assert not any(choice.error for choice in choices)
    assert [len(numbers) for numbers in numbers_of(model)] == [8, 4, 2, 2, 4, 2, 2, 2, 2, 2, 2]
    assert (queue.statistics.batch_limit, queue.statistics.out_of_memory) == (2, 3)


def test_one_row_for_which_there_is_no_memory_has_the_error_as_its_result() -> None:
    async def play() -> Choice:
        return await one(InferenceQueue(FakeModel(room=0)), 1)

    assert isinstance(run(play()).error, NoRoom)


def test_a_deadline_is_kept_while_waiting_and_while_being_answered() -> None:
    model = FakeModel(lambda rows: 1.0)

    async def play() -> list[tuple[float, Choice]]:
        queue = InferenceQueue(model, replace(PLAIN, max_batch_size=1))

        async def timed(number: int, within_s: float | None) -> tuple[float, Choice]:
            choice = await one(queue, number, within_s=within_s)
            return asyncio.get_running_loop().time(), choice

        return await asyncio.gather(timed(0, 0.5), timed(1, 1.2), timed(2, None), timed(3, 0.3))

    ends = run(play())
    assert [(round(end, 3), type(choice.error)) for end, choice in ends] == [
        (0.5, InferenceTimeout), (1.2, InferenceTimeout), (2.2, type(None)), (0.3, InferenceTimeout),
    ]  # fmt: skip
    assert numbers_of(model) == [[0], [1], [2]]
    assert model.cancelled == 2  # a batch that nobody waits for is stopped


def test_a_deadline_counts_at_the_door() -> None:
    async def play() -> list[Choice]:
        queue = InferenceQueue(FakeModel(lambda rows: 1.0), Limits(max_batch_size=1, capacity=1))
        return await asyncio.gather(one(queue, 0), one(queue, 1, within_s=0.1))

    first, second = run(play())
    assert first.error is None
    assert isinstance(second.error, InferenceTimeout)


def test_a_cancelled_caller_leaves_the_line() -> None:
    model = FakeModel(lambda rows: 1.0)

    async def play() -> InferenceQueue:
        queue = InferenceQueue(model, replace(PLAIN, max_batch_size=1))
        callers = [asyncio.create_task(one(queue, number)) for number in range(4)]
        await asyncio.sleep(0.5)
        callers[1].cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        return queue

    queue = run(play())
    assert numbers_of(model) == [[0], [2], [3]]
    assert (queue.statistics.dropped, queue.statistics.answered) == (1, 3)


def test_closing_fails_everything_by_name_and_closes_the_model() -> None:
    model = FakeModel(lambda rows: 1.0)

    async def play() -> list[Choice]:
        queue = InferenceQueue(model, Limits(max_batch_size=1, capacity=2))
        callers = [asyncio.create_task(one(queue, number)) for number in range(4)]
        await asyncio.sleep(0.5)
        queue.close()
        queue.close()
        with pytest.raises(ClosedError, match="make another"):
            await queue.choose([asked(1)])
        return await asyncio.gather(*callers)

    messages = [str(choice.error) for choice in run(play())]
    words = [next(word for word in ("while", "let in", "before") if word in message) for message in messages]
    assert words == ["while", "before", "let in", "let in"]
    assert (model.closed, model.cancelled) == (1, 1)


def test_a_queue_can_be_used_in_one_event_loop_after_another() -> None:
    queue = InferenceQueue(FakeModel(lambda rows: 0.1), Limits(max_batch_size=2, capacity=2))

    async def play() -> list[Choice]:
        return await asyncio.gather(*(one(queue, number) for number in range(5)))

    for _ in range(3):
        assert [choice.index for choice in run(play())] == [0, 1, 2, 0, 1]


def test_a_backend_that_loses_answers_is_told_on() -> None:
    class Forgetful(FakeModel):
        async def choose(self, requests):  # type: ignore[no-untyped-def]
            return []

    async def play() -> Choice:
        return await one(InferenceQueue(Forgetful()), 1)

    assert "expected 1 answers" in str(run(play()).error)


def test_waits_and_batches_are_counted() -> None:
    async def play() -> InferenceQueue:
        queue = InferenceQueue(FakeModel(lambda rows: 0.01), PLAIN)
        assert queue.statistics.wait_p99_ms == 0.0
        await asyncio.gather(*(one(queue, number, after_s=0.01 * number) for number in range(4)))
        return queue

    statistics = run(play()).statistics
    assert (statistics.batches, statistics.batch_rows, statistics.answered) == (1, 4.0, 4)
    assert statistics.wait_p50_ms == pytest.approx(35.0)
    assert statistics.wait_p99_ms == pytest.approx(49.7)


@pytest.mark.parametrize("wrong", [{"max_batch_size": 0}, {"capacity": 4}, {"max_wait_ms": -1.0}, {"target_ms": 0.0}])
def test_impossible_limits_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="expected 1 <= max_batch_size"):
        Limits(**wrong)  # type: ignore[arg-type]


def test_who_left_the_line_neither_fills_nor_hastens_a_batch() -> None:
    model = FakeModel()

    async def play() -> None:
        queue = InferenceQueue(model, replace(PLAIN, max_batch_size=2))
        first = asyncio.create_task(one(queue, 0))
        asyncio.get_running_loop().call_later(0.01, first.cancel)
        await one(queue, 1, after_s=0.02)

    run(play())
    assert [(round(start, 6), numbers) for start, _, numbers in model.calls] == [(0.07, [1])]


def test_who_is_late_is_not_asked_again_with_the_rest_of_a_failed_batch() -> None:
    model = FakeModel(lambda rows: 0.1, refuses=frozenset({0}))

    async def play() -> list[Choice]:
        queue = InferenceQueue(model, replace(PLAIN, max_batch_size=4))
        return await asyncio.gather(*(one(queue, n, within_s=0.05 if n == 1 else None) for n in range(4)))

    choices = run(play())
    assert numbers_of(model) == [[0, 1, 2, 3], [0], [2, 3]]
    assert [type(choice.error) for choice in choices] == [Refused, InferenceTimeout, type(None), type(None)]


def test_rows_whose_result_is_that_memory_ran_out_are_asked_again_with_fewer() -> None:
    class Careful(FakeModel):
        async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
            made = await super().choose(requests[:3])
            return [*made, *(failed_choice(NoRoom()) for _ in requests[3:])]

    model = Careful()

    async def play() -> list[Choice]:
        return await InferenceQueue(model, PLAIN).choose([asked(number) for number in range(8)])

    assert [choice.index for choice in run(play())] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert numbers_of(model) == [[0, 1, 2], [3, 4, 5], [6], [7]]


def test_a_backend_that_was_closed_is_not_asked_again() -> None:
    model = FakeModel()

    async def play() -> tuple[list[Choice], InferenceQueue]:
        queue = InferenceQueue(model, PLAIN)
        model.close()
        return await queue.choose([asked(number) for number in range(8)]), queue

    choices, queue = run(play())
    assert {type(choice.error) for choice in choices} == {ClosedError}
    assert queue.statistics.retries == 0
