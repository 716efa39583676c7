"""The rule by which batches shrink and grow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.inference.batch_size import CAUTION, GROWTH, BatchSize


def took(size: BatchSize, times: int, seconds: float, memory: float = 0.0) -> None:
    for _ in range(times):
        size.took(size.rows, seconds, memory)


def test_memory_that_runs_out_halves_and_growth_waits() -> None:
    size = BatchSize(8, target_s=1.0)
    size.out_of_memory(8)
    assert size.rows == 4
    took(size, CAUTION - 1 + GROWTH - 1, 0.1)
    assert size.rows == 4
    took(size, 1, 0.1)
    assert size.rows == 5


def test_memory_pressure_halves_before_anything_fails() -> None:
    size = BatchSize(8, target_s=1.0)
    took(size, 1, 0.1, memory=0.95)
    assert size.rows == 4


def test_slow_full_batches_are_halved_and_grow_again_when_fast() -> None:
    size = BatchSize(8, target_s=1.0)
    took(size, 1, 1.5)
    assert size.rows == 4
    took(size, 4 * GROWTH, 0.5)
    assert size.rows == 8


def test_a_size_whose_half_is_no_faster_is_kept() -> None:
    size = BatchSize(8, target_s=1.0)
    size.took(4, 1.2)
    took(size, 10, 1.4)
    assert size.rows == 8


def test_a_batch_that_is_not_full_says_nothing_about_the_limit() -> None:
    size = BatchSize(8, target_s=1.0)
    size.took(3, 5.0)
    assert size.rows == 8


@given(
    st.integers(1, 32),
    st.lists(st.tuples(st.integers(1, 32), st.floats(0, 10), st.floats(0, 1), st.booleans()), max_size=200),
)
def test_the_limit_stays_between_one_and_the_most(most: int, events: list[tuple[int, float, float, bool]]) -> None:
    size = BatchSize(most, target_s=1.0)
    for rows, seconds, memory, failed in events:
        before = size.rows
        if failed:
            size.out_of_memory(rows)
            assert size.rows <= max(1, rows // 2)
        else:
            size.took(rows, seconds, memory)
        assert 1 <= size.rows <= most
        assert size.rows <= before + 1


@given(st.floats(0.001, 0.2), st.floats(0.0, 0.5))
def test_with_times_that_grow_with_the_rows_the_limit_settles_within_the_target(per_row: float, fixed: float) -> None:
    size = BatchSize(16, target_s=1.0)
    for _ in range(400):
        size.took(size.rows, fixed + per_row * size.rows)
    fits = [rows for rows in range(1, 17) if fixed + per_row * rows <= 1.0]
    assert size.rows <= fits[-1] + 1  # one more is tried now and then
    assert size.rows >= fits[-1] // 2
