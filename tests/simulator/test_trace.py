"""Runs recorded from the original turn engine, played again row by row, draw by draw."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pmd_gym.errors import ConfigError
from pmd_gym.simulator.trace import first_difference, main, matched_rows, play_trace

FILE = Path(__file__).parents[1] / "data" / "turns_golden.json"


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
def test_every_row_matches(index: int) -> None:
    run = runs()[index]
    assert matched_rows(run) == len(run["rows"]), first_difference(run)


@pytest.mark.parametrize("index", range(39))
def test_every_draw_has_its_value_and_its_label(index: int) -> None:
    run = runs()[index]
    assert [row["d"] for row in play_trace(run)] == [row["d"] for row in run["rows"]]


def test_a_run_without_its_fields_is_refused() -> None:
    with pytest.raises(ConfigError, match="floor_seed"):
        play_trace({name: value for name, value in runs()[0].items() if name != "floor_seed"})


def test_the_command_line_names_the_first_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = cut(runs()[0], 3)
    run["rows"][2] = {**run["rows"][2], "v": [*run["rows"][2]["v"][:5], 12345], "d": [1, 2, 0, *run["rows"][2]["d"]]}
    file = tmp_path / "altered.json"
    file.write_text(json.dumps({"runs": [run]}))
    assert main([str(file), "--diff"]) == 1
    assert capsys.readouterr().out.startswith(
        "run  0:   2 of   3 rows  row 2, draw 0: recorded ai_choice 0 of 2, played "
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
