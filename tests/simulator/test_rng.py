"""The three generators against numbers computed by the original code."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.simulator import rng

STATES = np.dtype(
    [
        ("rng_dungeon", "<u4"),
        ("rng_general", "<u4"),
        ("rng_floor", "<u4"),
        ("draw_count", "<i8"),
        ("draws", np.dtype((np.dtype([("label", "<i2"), ("bound", "<i4"), ("value", "<i4")]), (4,)))),
    ]
)


@pytest.fixture
def states() -> np.void:
    return np.ones(1, STATES)[0]


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (0, [23896, 57519, 12198, 42517, 17316, 46647, 35812, 53035, 34932, 64894]),
        (12345, [25305, 58310, 52998, 21936, 31662, 28007, 46092, 59828, 48863, 27153]),
    ],
)
def test_dungeon_generator_gives_the_games_sixteen_bit_values(states: np.void, seed: int, expected: list[int]) -> None:
    rng.seed_dungeon(states, seed)
    assert [rng.draw16(states) for _ in range(10)] == expected


@pytest.mark.parametrize("seed", [2, 3])
def test_seeding_sets_the_lowest_bit(states: np.void, seed: int) -> None:
    rng.seed_dungeon(states, seed)
    assert [rng.rand_int(states, 100) for _ in range(10)] == [9, 90, 80, 57, 49, 60, 21, 33, 98, 90]


def test_range_with_equal_ends_does_not_draw_and_swapped_ends_do(states: np.void) -> None:
    rng.seed_dungeon(states, 1)
    assert (rng.rand_range(states, 5, 5), states["rng_dungeon"]) == (5, 1)
    assert (rng.rand_range(states, 9, 2), states["rng_dungeon"]) == (4, 1566083942)


def test_mixed_draws_share_one_state(states: np.void) -> None:
    rng.seed_dungeon(states, 777)
    values = [
        rng.rand_int(states, 2),
        rng.rand_range(states, 2, 9),
        rng.rand_range(states, 2, 8),
        rng.rand_int(states, 7) - 3,
        rng.rand_int(states, 10000),
    ]
    assert values == [0, 8, 5, 1, 8599]
    assert states["rng_dungeon"] == 3693529994


def test_general_generator_sixteen_bits_are_signed(states: np.void) -> None:
    assert [rng.general16(states) for _ in range(10)] == [
        23896, -8017, 12198, -23019, 17316, -18889, -29724, -12501, -30604, -642,
    ]  # fmt: skip


def test_general_generator_negative_low_half_fills_the_high_half(states: np.void) -> None:
    assert [rng.general32(states) for _ in range(5)] == [-8017, -23019, -18889, -12501, -642]


def test_general_integers_use_the_second_of_two_steps(states: np.void) -> None:
    assert [rng.general_int(states, 100) for _ in range(10)] == [87, 64, 71, 80, 99, 48, 8, 57, 23, 57]


def test_general_range_follows_the_range_rules(states: np.void) -> None:
    assert [rng.general_range(states, 4, 4), rng.general_range(states, 0, 100)] == [4, 87]
    assert rng.general_range(states, 100, 0) == 64


def test_setting_the_general_seed_runs_the_generator_once(states: np.void) -> None:
    rng.seed_general(states, 12345)
    assert states["rng_general"] == 4294960070
    assert [rng.general_int(states, 100) for _ in range(6)] == [11, 23, 17, 49, 95, 36]


def test_boot_seed_multiplies_the_bytes_in_pairs() -> None:
    assert rng.boot_seed(np.array([1, 2, 3, 4, 255, 255])) == 54021 + 2 + 12 + 65025


def test_floor_seeds_are_odd_and_keep_the_full_state(states: np.void) -> None:
    rng.seed_floors(states, 0x123456)
    assert [rng.next_floor_seed(states) for _ in range(8)] == [
        9273985, 15100367, 12287133, 7819839, 1377575, 4985799, 1810579, 16715451,
    ]  # fmt: skip


def test_entering_a_dungeon_draws_the_run_seed_then_the_floor_seeds(states: np.void) -> None:
    assert rng.enter_dungeon(states) == 16769199
    assert [rng.next_floor_seed(states) for _ in range(3)] == [16327451, 2724471, 2857405]


def test_logged_draws_keep_label_bound_and_value(states: np.void) -> None:
    states["draw_count"] = 0
    rng.seed_dungeon(states, 2)
    assert rng.roll(states, 100, rng.Draw.HIT) == 9
    assert rng.roll_range(states, 50, 150, rng.Draw.DURATION) == 140
    assert rng.roll_range(states, 3, 3, rng.Draw.DURATION) == 3
    assert states["draw_count"] == 2
    assert states["draws"][:2].tolist() == [(int(rng.Draw.HIT), 100, 9), (int(rng.Draw.DURATION), 100, 90)]


def test_the_log_is_a_ring_whose_count_tells_an_overrun(states: np.void) -> None:
    states["draw_count"] = 0
    rng.seed_dungeon(states, 2)
    values = [rng.roll(states, 100, rng.Draw.OTHER) for _ in range(6)]
    assert states["draw_count"] == 6
    assert [entry["value"] for entry in states["draws"]] == [values[4], values[5], values[2], values[3]]
