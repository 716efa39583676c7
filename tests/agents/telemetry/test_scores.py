"""Figures of an evaluation, against published values and by hand."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.telemetry.episodes import Episode
from agents.telemetry.scores import COLUMNS, main_cause, score, score_table, shown, wilson


def episode(number: int, outcome: str, cause: str = "", floor: int = 3, turns: int = 100) -> Episode:
    return Episode(number, number, outcome, floor, turns + 10, 5, 0.0, cause=cause, turns=turns)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
    ],
)  # fmt: skip
def test_the_interval_gives_the_published_values(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_rate_and_mirrors(successes: int, failures: int) -> None:
    trials = successes + failures
    low, high = wilson(successes, trials)
    assert 0 <= low <= high <= 1
    if trials:
        assert low <= successes / trials <= high
    mirrored = wilson(failures, trials)
    assert (1 - mirrored[1], 1 - mirrored[0]) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))


def test_a_row_has_rate_means_and_the_main_cause() -> None:
    episodes = [
        episode(0, "cleared", "Cleared Dungeon", 9, 300), episode(1, "fainted", "Felled by Bite", 4, 100),
        episode(2, "fainted", "Fainted from Hunger", 5, 200), episode(3, "fainted", "Felled by Bite", 6, 400),
    ]  # fmt: skip
    row = score("explorer", "mt_steel", "Mt. Steel", 9, episodes)
    assert (row.episodes, row.cleared, row.clear_rate) == (4, 1, 0.25)
    assert (row.mean_floor, row.mean_turns, row.mean_steps) == (6.0, 250.0, 260.0)
    assert (row.main_cause, row.main_share) == ("Felled by Bite", 0.6667)
    assert row.low < 0.25 < row.high


def test_causes_that_are_equally_common_come_by_name_and_the_outcome_stands_in() -> None:
    assert main_cause([episode(0, "lost", "Wind"), episode(1, "fainted", "Bite")]) == ("Bite", 0.5)
    assert main_cause([episode(0, "lost")]) == ("lost", 1.0)
    assert main_cause([episode(0, "cleared", "Cleared Dungeon")]) == ("", 0.0)


def test_the_table_is_csv_with_a_row_for_each_score() -> None:
    rows = [score("random", "a, b", "A, B", 3, [episode(0, "lost", "Wind")])]
    read = list(csv.DictReader(io.StringIO(score_table(rows))))
    assert read[0]["scenario"] == "a, b"
    assert (read[0]["policy"], read[0]["cleared"], read[0]["main_cause"]) == ("random", "0", "Wind")


def test_people_read_percent_floors_and_the_cause() -> None:
    lost = score("random", "woods", "Tiny Woods", 3, [episode(0, "lost", "Wind", 2, 1000)])
    assert shown(lost) == (
        "Tiny Woods", "random", "0/1", "0%", "0% to 79%", "2.0 of 3", "1,000", "Wind (100%)",
    )  # fmt: skip
    won = score("random", "woods", "Tiny Woods", 3, [episode(0, "cleared")])
    assert shown(won)[-1] == "-"
    assert len(shown(won)) == len(COLUMNS)
