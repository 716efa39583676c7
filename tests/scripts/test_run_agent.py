"""The command line of the agent loop, as a person and as a program meet it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agents.config import RunConfig
from agents.telemetry.events import read_events
from pmd_gym.backends import EmulatorsBackend
from pmd_gym.config import load
from pmd_gym.vector_env import PMDRedVectorEnv
from scripts import run_agent
from scripts.run_agent import main
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.real_core import TWIN, twin_png
from tests.doubles.small_model import folder

ROOT = Path(__file__).resolve().parents[2]
KEYS = [
    "policy", "emulator", "dungeon", "num_envs", "episodes", "cleared", "clear_rate", "mean_floor", "steps",
    "steps_per_second", "out",
]  # fmt: skip
FILES = ["best.gif", "config.yaml", "episodes.csv", "events.jsonl", "state.bin", "summary.json"]
EXPLORER = ("--policy", "explorer")
SIMULATED = (*EXPLORER, "--emulator", "simulator")
BILL = ["model", "prompt", "prompt_tokens", "tokens", "cost", "repaired"]


def run(*arguments: object) -> tuple[str, ...]:
    return tuple(map(str, arguments))


def failed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that a refused call prints."""
    try:
        code = main(run(*arguments))
    except SystemExit as left:
        code = int(str(left.code))
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    return printed.err


def last_line(output: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(output.splitlines()[-1])
    return line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--dungeon", "Tiny Wods"], "did you mean"),
        (["--dungeon", "4000"], "4000"),
        (["--floor", "77"], "floors 1..3"),
        (["--emulator", "snes"], "embedded, simulator, mgba or ws://HOST:PORT"),
        (["--num-envs", "0"], "num_envs must be at least 1"),
        (["--num-envs", "many"], "--num-envs"),
        (["--policy", "oracle"], "explorer"),
        (["--reward", "defualt"], "did you mean 'default'"),
        (["--speed", "9"], "--speed"),
        (["--config", "no/such/file.yaml"], "no/such/file.yaml"),
    ],
)
def test_a_wrong_call_gets_one_line_and_leaves_nothing(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in failed(capsys, *arguments, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_bad_key_in_a_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.yaml").write_text("num_env: 3\n")
    told = failed(capsys, "--config", tmp_path / "run.yaml", "--out", tmp_path / "run")
    assert "run.yaml: num_env: unknown key; did you mean 'num_envs'?" in told
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert f"cannot write to {tmp_path / 'file' / 'run'}" in failed(capsys, "--out", tmp_path / "file" / "run")


def test_an_unreachable_server_is_named_and_nothing_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:  # bound but not listening: refuses every connection
        taken.bind(("127.0.0.1", 0))
        address = f"ws://127.0.0.1:{taken.getsockname()[1]}"
        told = failed(capsys, *EXPLORER, "--emulator", address, "--out", tmp_path / "deep" / "run", "--quiet")
    assert address.removeprefix("ws://") in told
    assert not (tmp_path / "deep").exists()


@pytest.fixture
def server() -> Iterator[str]:
    """The address of an emulator server over the simulator, as a person starts one."""
    command = [sys.executable, "-m", "pmd_gym.emulator.server", "--exit-with-parent"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]
        yield json.loads(process.stdout.readline())["address"]
        process.communicate(timeout=60)


def test_a_running_server_is_played_on_and_belongs_to_one_player(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = []
    for emulator in (server, "simulator"):
        out = tmp_path / str(len(tables))
        flags = run(*EXPLORER, "--emulator", emulator, "--num-envs", 1, "--episodes", 2, "--max-steps", 30, "--quiet")
        assert main((*flags, "--out", str(out))) == 0
        tables.append((out / "episodes.csv").read_text())
    assert tables[0] == tables[1]
    capsys.readouterr()

    other = EmulatorsBackend(1, [server])
    try:
        told = failed(capsys, *EXPLORER, "--emulator", server, "--out", tmp_path / "refused", "--quiet")
        assert server.removeprefix("ws://") in told
        assert not (tmp_path / "refused").exists()
    finally:
        other.close()


def test_the_real_game_is_played_from_a_savestate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state, out = tmp_path / "twin.ss0", tmp_path / "run"
    state.write_bytes(twin_png())
    flags = run(*EXPLORER, "--emulator", "mgba", "--rom", TWIN, "--savestate", state, "--max-steps", 12, "--quiet")
    told = failed(capsys, *flags, "--episodes", 1, "--out", out)
    assert "another game: found 'TWIN DUNGEON'" in told
    assert main((*flags, "--allow-unknown-rom", "--episodes", "1", "--out", str(out))) == 0
    line = last_line(capsys.readouterr().out)
    assert (line["emulator"], line["dungeon"], line["steps"]) == ("mgba", "twin.ss0", 12)
    config = load(out / "config.yaml", RunConfig)
    assert (config.rom, config.savestate, config.allow_unknown_rom) == (str(TWIN), (str(state),), True)
    assert (out / "best.gif").stat().st_size > 1000


def test_a_scenario_of_the_story_is_played_and_resumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    flags = run(*SIMULATED, "--scenario", ROOT / "configs" / "env" / "mt_steel.yaml", "--quiet")
    assert main((*flags, *run("--episodes", 1, "--max-steps", 20, "--out", out))) == 0
    assert last_line(capsys.readouterr().out)["dungeon"] == "Mt. Steel"
    config = load(out / "config.yaml", RunConfig)
    assert config.start().scenario().bag[0] == (82, 1)
    assert main(run("--resume", out, "--episodes", 2, "--quiet")) == 0


def test_a_scenario_does_not_go_with_flags_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ROOT / "configs" / "env"
    told = failed(capsys, "--scenario", folder / "mt_steel.yaml", "--dungeon", "Tiny Woods", "--out", tmp_path / "run")
    assert "leave out --dungeon" in told
    told = failed(capsys, "--scenario", folder / "curriculum.yaml", "--out", tmp_path / "run")
    assert "is a curriculum" in told


def test_only_a_run_is_resumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "holds no run" in failed(capsys, "--resume", tmp_path)


def test_a_run_leaves_its_files_and_one_json_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert main(run(*SIMULATED, "--num-envs", 2, "--episodes", 3, "--max-steps", 60, "--out", out)) == 0
    line = last_line(capsys.readouterr().out)
    assert list(line) == KEYS
    assert (line["policy"], line["emulator"], line["dungeon"]) == ("explorer", "simulator", "Tiny Woods")
    assert (line["num_envs"], line["episodes"], line["out"]) == (2, 3, str(out))
    assert sorted(path.name for path in out.iterdir()) == FILES
    rows = (out / "episodes.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["episode", "0", "1", "2"]
    assert json.loads((out / "summary.json").read_text()).items() >= line.items()
    with Image.open(out / "best.gif") as film:
        assert film.size == (240, 160)
        assert getattr(film, "n_frames", 1) > 10


def test_without_options_the_model_that_comes_along_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_agent, "open_games", drawn_games)
    monkeypatch.setattr(run_agent, "film", lambda config, episode: b"")
    assert main(run("--num-envs", 2, "--episodes", 2, "--max-steps", 5, "--out", tmp_path / "run")) == 0
    line = last_line(capsys.readouterr().out)
    assert (line["policy"], line["model"], line["prompt"]) == ("vlm", "small", "fast")
    thoughts = [event for event in read_events(tmp_path / "run" / "events.jsonl") if event["kind"] == "thought"]
    assert len(thoughts) == 10


def test_the_number_of_games_changes_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = []
    for num_envs in (1, 3):
        out = tmp_path / str(num_envs)
        flags = run(*SIMULATED, "--episodes", 4, "--max-steps", 80, "--seed", 5, "--quiet")
        assert main((*flags, "--num-envs", str(num_envs), "--out", str(out))) == 0
        tables.append((out / "episodes.csv").read_text())
    assert tables[0] == tables[1]
    assert capsys.readouterr().err == ""


def test_the_fleet_plays_the_same_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = []
    for emulator in ("simulator", "embedded"):
        out = tmp_path / emulator
        flags = run(*EXPLORER, "--emulator", emulator, "--num-envs", 2, "--episodes", 2, "--max-steps", 40, "--quiet")
        assert main((*flags, "--out", str(out))) == 0
        tables.append((out / "episodes.csv").read_text())
    assert tables[0] == tables[1]
    assert last_line(capsys.readouterr().out)["emulator"] == "embedded"


def test_a_second_run_into_the_same_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.yaml").touch()
    assert "--resume" in failed(capsys, "--out", tmp_path / "run")


def test_ctrl_c_saves_and_resume_gives_the_unbroken_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = run("--policy", "random", "--emulator", "simulator", "--num-envs", 2, "--max-steps", 150, "--seed", 3)
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    command = [sys.executable, "scripts/run_agent.py", *flags, "--episodes", "4000", "--out", str(broken)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        while "1/4000" not in process.stderr.readline():
            assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        output, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"--resume {broken}" in told
    done = last_line(output)["episodes"]
    assert 0 < done < 4000

    refused = failed(capsys, "--resume", broken, "--seed", 4)
    assert "leave out --seed" in refused
    total = str(done + 2)
    assert main(run("--resume", broken, "--episodes", total, "--num-envs", 3, "--quiet")) == 0
    assert main((*flags, "--episodes", total, "--out", str(whole), "--quiet")) == 0
    assert (broken / "episodes.csv").read_text() == (whole / "episodes.csv").read_text()
    kinds = [event["kind"] for event in read_events(broken / "events.jsonl")]
    assert kinds.count("run_began") == 2
    assert kinds.count("episode_ended") == done + 2


def test_a_finished_run_resumed_reports_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert main(run(*SIMULATED, "--episodes", 1, "--max-steps", 20, "--out", out, "--quiet")) == 0
    first = last_line(capsys.readouterr().out)
    assert main(run("--resume", out, "--quiet")) == 0
    again = last_line(capsys.readouterr().out)
    assert {**again, "steps_per_second": 0} == {**first, "steps_per_second": 0}


@contextmanager
def drawn_games(config: RunConfig, num_envs: int, observation: tuple[str, ...]) -> Iterator[PMDRedVectorEnv]:
    """Games on a drawn floor, in place of simulated ones: nothing to compile."""
    yield PMDRedVectorEnv(
        num_envs, emulator=OpenFloorBackend(num_envs), observation=observation, max_steps=config.max_steps
    )


def test_a_model_plays_within_its_budget_and_goes_on_with_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_agent, "open_games", drawn_games)
    monkeypatch.setattr(run_agent, "film", lambda config, episode: b"")
    model, out = folder(tmp_path), tmp_path / "run"
    flags = run("--policy", "vlm", "--model", model, "--prompt", "small", "--threads", 1)
    rest = run("--num-envs", 2, "--episodes", 2, "--max-steps", 12, "--quiet", "--out", out)
    assert main((*flags, *rest, "--max-tokens", "1500")) == 0
    line = last_line(capsys.readouterr().out)
    assert list(line) == [*KEYS[:-1], *BILL, "ended_by", "out"]
    assert line["ended_by"].startswith("max_tokens: 1,")
    assert (line["episodes"], line["prompt"], line["cost"], line["repaired"]) == (0, "small", 0.0, 0)
    first = line["prompt_tokens"] + line["tokens"]
    assert 1500 <= first < 2000

    assert main(run("--resume", out, "--max-tokens", 10**9, "--quiet")) == 0
    line = last_line(capsys.readouterr().out)
    assert line["prompt_tokens"] > first
    assert line["episodes"] == 2
    assert "ended_by" not in line
    events = read_events(out / "events.jsonl")
    assert [event["kind"] for event in events].count("episode_resumed") == 2
    thoughts = [event for event in events if event["kind"] == "thought"]
    assert [event["step"] for event in thoughts if event["episode"] == 0] == list(range(12))
    for event in thoughts:
        assert event["prompt_tokens"] > 40
        assert event["tokens"] == 1
        assert event["answer"] in event["probabilities"]
        assert (event["model"], len(event["prompt"])) == (str(model), 16)
        assert event["latency_s"] > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--policy", "vlm", "--prompt", "thinking"], "knows the prompts fast and grounded"),
        (["--max-tokens", "0"], "max_tokens must be more than 0"),
        (["--policy", "vlm", "--model", "no/such-model", "--prompt", "instruct"], "no/such-model"),
        (["--policy", "vlm", "--model", "openai:ftp://x", "--prompt", "instruct"], "ftp"),
    ],
)
def test_a_wrong_model_gets_one_line_and_leaves_nothing(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in failed(capsys, *arguments, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert text.count("python scripts/run_agent.py") >= 5
    assert "--resume" in text
