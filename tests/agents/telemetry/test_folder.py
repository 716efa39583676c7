"""The run's folder: all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.telemetry.episodes import Episode
from agents.telemetry.folder import RunFolder, write_atomically
from pmd_gym.errors import ConfigError

EPISODE = Episode(0, 7, "cleared", 3, 10, hp=20, reward=1.0, actions=(1, 2))


def test_a_run_is_found_again(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "a" / "run")
    folder.write_config("seed: 1\n")
    with folder.open_log() as log:
        log.write("episode_ended", **EPISODE.as_event())
    folder.write_results([EPISODE], {"cleared": 1})
    assert RunFolder.resume(folder.path).episodes() == [EPISODE]
    assert json.loads((folder.path / "summary.json").read_text()) == {"cleared": 1}
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "config.yaml", "episodes.csv", "events.jsonl", "summary.json",
    ]  # fmt: skip


def test_discard_leaves_no_trace(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "a" / "b").discard()
    assert not list(tmp_path.iterdir())


def test_discard_keeps_what_was_there_before(tmp_path: Path) -> None:
    RunFolder.create(tmp_path).discard()
    assert tmp_path.is_dir()


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ConfigError, match="not empty.*--out"):
        RunFolder.create(tmp_path)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot write to .*file/run.*--out"):
        RunFolder.create(tmp_path / "file" / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_only_a_run_can_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no run"):
        RunFolder.resume(tmp_path)


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")
    with pytest.raises(TypeError):
        write_atomically(target, "not bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
