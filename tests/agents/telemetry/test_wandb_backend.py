"""W&B offline: a run is written by the real library and read back from its file."""

from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agents.telemetry.measures import Attached, Decision, EpisodeEnded, Figure, Measure, Remark, Span
from agents.telemetry.pipeline import Pipeline
from agents.telemetry.wandb_backend import WandbBackend
from pmd_gym.errors import ConfigError
from tests.doubles.wandb_file import WrittenRun, read_run

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.delenv("WANDB_PROJECT", raising=False)


def told(folder: Path) -> list[Measure]:
    picture, film = folder / "quad.png", folder / "best.gif"
    frame = Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    frame.save(picture)
    frame.save(film, save_all=True, append_images=[frame])
    return [
        Figure(name="loop/steps_per_second", value=123.0, step=10),
        Decision(env_id=0, episode=0, step=10, action=3, probability=0.75, seconds=0.02, tokens_read=160),
        Decision(env_id=1, episode=1, step=10, action=4, probability=0.25, seconds=0.04, tokens_read=140),
        Span(stage="decide", began_s=1.0, seconds=0.05, step=10),
        EpisodeEnded(episode=3, seed=7, outcome="cleared", floor=3, steps=88, hp=20, reward=1.5, cause="Cleared"),
        Attached(name="view", path=str(picture), what="picture", caption="what it saw", step=10),
        Attached(name="best", path=str(film), what="film", step=10),
        Attached(name="table", path=str(picture), what="artifact"),
        Remark(text="capture fell back to synchronous grabs"),
    ]


def written(folder: Path) -> WrittenRun:
    with Pipeline([WandbBackend(folder, {"policy": "vlm"}, group="g", job_type="worker")], close_s=120) as pipeline:
        for measure in told(folder):
            pipeline.record(measure)
    assert pipeline.reports[0].last_error == ""
    return read_run(folder)


def row_with(run: WrittenRun, name: str) -> dict[str, Any]:
    return next(row for row in run.history if name in row)


def test_what_was_told_is_in_the_file(tmp_path: Path) -> None:
    run = written(tmp_path)
    assert run.config["policy"] == "vlm"
    assert (run.group, run.job_type, run.finished) == ("g", "worker", True)
    assert row_with(run, "loop/steps_per_second")["loop/steps_per_second"] == 123.0
    decided = row_with(run, "decision/probability")
    assert (decided["decision/probability"], decided["decision/tokens_read"], decided["env_step"]) == (0.5, 300, 10)
    assert decided["stage/decide_ms"] == pytest.approx(50)
    episode = row_with(run, "episode/cleared")
    assert (episode["episode"], episode["episode/cleared"], episode["episode/steps"]) == (3, 1.0, 88)
    assert run.metrics["episode/*"] == "episode"
    assert run.metrics["decision/*"] == "env_step"
    assert row_with(run, "episodes.nrows")["episodes.nrows"] == 1
    assert row_with(run, "view.caption")["view.caption"] == "what it saw"
    assert row_with(run, "best._type")["best._type"] == "video-file"
    assert "table" in run.artifacts


def test_a_second_run_in_the_folder_goes_on_under_the_same_id(tmp_path: Path) -> None:
    first = written(tmp_path).run_id
    for path in tmp_path.rglob("run-*.wandb"):
        path.unlink()
    assert written(tmp_path).run_id == first


def test_without_the_library_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "wandb":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ConfigError, match=r"pip install pmd_gym\[wandb\]"):
        WandbBackend(tmp_path, {})


def test_the_room_loads_no_wandb_until_it_is_asked_for() -> None:
    code = "import sys, agents.telemetry.wandb_backend; print('wandb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False"
