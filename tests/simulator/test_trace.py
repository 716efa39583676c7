"""Runs recorded from the original turn engine, played again row by row.

Where a run is not matched to its end, it stops at the first draw or change of a rule that the simulator does not play
yet, named here; a rule that is added must raise its number.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pmd_gym.errors import ConfigError
from pmd_gym.simulator.trace import first_difference, main, matched_rows, play_trace

FILE = Path(__file__).parents[1] / "data" / "turns_golden.json"
NOT_PLAYED_YET = {
    8: (86, "a charging Voltorb"),
    17: (125, "Leech Seed"),
    18: (85, "the side effect of Ember"),
    20: (67, "a charging Voltorb"),
    22: (125, "Charge raises the experience of its user"),
    26: (91, "the side effect of Ember"),
    28: (159, "Leech Seed"),
    32: (46, "Leech Seed"),
    36: (99, "Absorb heals its user"),
    38: (13, "Hypnosis"),
}
"""Run -> (rows matched, what stops it)."""


@cache
def runs() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(FILE.read_bytes())["runs"]
    return loaded


def cut(run: dict[str, Any], rows: int) -> dict[str, Any]:
    """The run up to `rows` rows, without the command of the last one."""
    kept = [dict(row) for row in run["rows"][:rows]]
    kept[-1].pop("a", None)
    return {**run, "rows": kept}


def test_the_file_holds_all_runs() -> None:
    assert len(runs()) == 39
    assert sum(len(run["rows"]) for run in runs()) == 5954


@pytest.mark.parametrize("index", range(39))
def test_the_start_of_a_floor_matches(index: int) -> None:
    run = cut(runs()[index], 1)
    [row] = play_trace(run)
    recorded = run["rows"][0]
    assert row["v"] == recorded["v"]
    assert row["m"] == [monster[:9] for monster in recorded["m"]]
    assert row["d"] == recorded["d"]


@pytest.mark.parametrize("index", range(39))
def test_rows_match_up_to_the_first_rule_not_played(index: int) -> None:
    run = runs()[index]
    expected = NOT_PLAYED_YET[index][0] if index in NOT_PLAYED_YET else len(run["rows"])
    assert matched_rows(run) == expected, first_difference(run)


@pytest.mark.parametrize("index", sorted(set(range(39)) - set(NOT_PLAYED_YET)))
def test_every_draw_of_a_matched_run_has_its_label(index: int) -> None:
    run = runs()[index]
    assert [row["d"] for row in play_trace(run)] == [row["d"] for row in run["rows"]]


def test_a_run_without_its_fields_is_refused() -> None:
    with pytest.raises(ConfigError, match="floor_seed"):
        play_trace({name: value for name, value in runs()[0].items() if name != "floor_seed"})


def test_the_command_line_names_the_first_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FILE), "--run", "28", "--diff"]) == 1
    assert capsys.readouterr().out == (
        "run 28: 159 of 161 rows  row 159, draw 1: recorded duration 0 of 2, played shed_skin 40 of 100\n"
    )


def test_the_command_line_is_content_with_a_matched_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FILE), "--run", "0"]) == 0
    assert capsys.readouterr().out == "run  0:   6 of   6 rows\n"


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_the_command_line_refuses_other_files(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.json"
    file.write_text(content)
    assert main([str(file)]) == 2
    assert "not a file of recorded runs" in capsys.readouterr().err
