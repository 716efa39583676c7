"""The evaluation's command line, as a person and as a program meet it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agents.suites import HELD_OUT
from agents.telemetry.events import read_events
from scripts.evaluate import main

ROOT = Path(__file__).resolve().parents[2]
FILES = ["chart.png", "config.yaml", "episodes.csv", "events.jsonl", "summary.json", "table.csv"]


def run(*arguments: object) -> tuple[str, ...]:
    return tuple(map(str, arguments))


def last_line(output: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(output.splitlines()[-1])
    return line


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "table.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--policy", "oracle"], "explorer"),
        (["--policy", "random", "random"], "different"),
        (["--suite", "novel"], "suite must be story"),
        (["--seeds", "0"], "seeds must be at least 1"),
        (["--first-seed", "-1"], "first_seed must be at least 0"),
        (["--first-seed", "4294967295", "--seeds", "2"], "beyond 4294967295"),
        (["--max-steps", "0"], "max_steps must be at least 1"),
        (["--speed", "9"], "--speed"),
    ],
)
def test_a_wrong_call_gets_one_line_and_leaves_nothing(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main([*arguments, "--out", str(tmp_path / "run")])
    except SystemExit as left:
        code = int(str(left.code))
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith("error: ")
    assert told in printed.err
    assert not (tmp_path / "run").exists()


def test_an_evaluation_leaves_its_files_and_one_json_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    flags = run("--policy", "random", "explorer", "--suite", "tiny_woods", "--seeds", 3, "--max-steps", 40)
    assert main((*flags, "--num-envs", "2", "--out", str(out))) == 0
    printed = capsys.readouterr()
    line = last_line(printed.out)
    assert (line["complete"], line["first_seed"], line["out"]) == (True, HELD_OUT, str(out))
    assert [(row["policy"], row["scenario"], row["episodes"]) for row in line["rows"]] == [
        ("random", "tiny_woods", 3), ("explorer", "tiny_woods", 3),
    ]  # fmt: skip
    assert "Tiny Woods" in printed.err
    assert "95% interval" in printed.err
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert [row["policy"] for row in table(out)] == ["random", "explorer"]
    assert json.loads((out / "summary.json").read_text()) == line
    episodes = [event for event in read_events(out / "events.jsonl") if event["kind"] == "episode_ended"]
    assert {event["seed"] for event in episodes} == {HELD_OUT, HELD_OUT + 1, HELD_OUT + 2}
    assert all(len(event["actions"]) == event["steps"] <= 40 for event in episodes)
    assert {event["cause"] for event in episodes if event["outcome"] == "truncated"} <= {"Out of steps"}
    with Image.open(out / "chart.png") as picture:
        assert picture.width > 1000


def test_the_number_of_games_changes_no_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for games in (1, 4):
        out = tmp_path / str(games)
        flags = run("--suite", "tiny_woods", "--seeds", 4, "--max-steps", 60, "--quiet", "--num-envs", games)
        assert main((*flags, "--out", str(out))) == 0
        found.append(((out / "table.csv").read_text(), (out / "episodes.csv").read_text()))
    assert found[0] == found[1]
    assert capsys.readouterr().err == ""


def test_a_suite_of_ones_own_brings_its_team(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strong = "dungeon: Tiny Woods\nfloor: 3\nteam: [{species: Charmander, level: 60, moves: [Flamethrower]}]\n"
    (tmp_path / "strong.yaml").write_text(strong)
    out = tmp_path / "run"
    assert main(run("--suite", tmp_path / "strong.yaml", "--seeds", 4, "--quiet", "--out", out)) == 0
    (row,) = last_line(capsys.readouterr().out)["rows"]
    assert (row["scenario"], row["cleared"], row["mean_floor"]) == ("strong", 4, 3.0)


def test_resuming_keeps_what_is_finished_and_adds_seeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = run("--suite", "tiny_woods", "--max-steps", 50, "--quiet")
    part, whole = tmp_path / "part", tmp_path / "whole"
    assert main((*flags, "--seeds", "2", "--out", str(part))) == 0
    assert main(run("--resume", part, "--seeds", 5, "--quiet")) == 0
    assert main((*flags, "--seeds", "5", "--out", str(whole))) == 0
    assert (part / "table.csv").read_text() == (whole / "table.csv").read_text()
    kinds = [event["episode"] for event in read_events(part / "events.jsonl") if event["kind"] == "episode_ended"]
    assert sorted(kinds) == [0, 1, 2, 3, 4]
    capsys.readouterr()
    assert main(run("--resume", part, "--suite", "story")) == 2
    assert "leave out --suite" in capsys.readouterr().err


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = run("--policy", "random", "--suite", "story", "--seeds", 400, "--max-steps", 200, "--num-envs", 2)
    command = [sys.executable, "scripts/evaluate.py", *flags, "--out", str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        log = out / "events.jsonl"
        while not (log.is_file() and log.read_bytes().count(b"\n") > 2):
            assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        output, told = process.communicate(timeout=120)
    assert process.returncode == 130
    assert f"--resume {out}" in told
    line = last_line(output)
    assert not line["complete"]
    assert 0 < sum(row["episodes"] for row in line["rows"]) < 400 * 19
    assert len(table(out)) == len(line["rows"])


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert text.count("python scripts/evaluate.py") >= 5
    assert "--resume" in text
