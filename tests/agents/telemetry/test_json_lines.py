"""Telemetry files: whole lines whatever happens, parts of bounded size, nothing twice."""

from __future__ import annotations

import gzip
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from agents.telemetry import json_lines
from agents.telemetry.json_lines import STEM, JsonLinesBackend, read_measures
from agents.telemetry.measures import Figure, Measure, Opened
from pmd_gym.errors import ConfigError


def figures(first: int, count: int) -> list[Measure]:
    return [Figure(name="reward", value=step / 7, step=step) for step in range(first, first + count)]


def steps(folder: Path) -> list[int]:
    return [measure.step for measure in read_measures(folder) if isinstance(measure, Figure)]


def written(folder: Path, batches: int, part_bytes: int = json_lines.PART_BYTES) -> None:
    backend = JsonLinesBackend(folder, part_bytes)
    for batch in range(batches):
        backend.write(figures(10 * batch, 10))
    backend.close()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    written(tmp_path, 3)
    opened, *rest = read_measures(tmp_path)
    assert isinstance(opened, Opened)
    assert [measure.step for measure in rest if isinstance(measure, Figure)] == list(range(30))


def test_large_files_become_compressed_parts(tmp_path: Path) -> None:
    written(tmp_path, 20, part_bytes=2000)
    parts = sorted(tmp_path.glob("*.gz"))
    assert len(parts) >= 4
    assert steps(tmp_path) == list(range(200))
    with gzip.open(parts[0]) as part:
        assert len(part.read()) < 2000 + 1000  # a part ends with the batch that filled it
    assert sorted(path.name for path in tmp_path.iterdir() if path not in parts) == [f"{STEM}.jsonl"]


def test_a_second_run_goes_on_in_the_same_files(tmp_path: Path) -> None:
    written(tmp_path, 20, part_bytes=2000)
    backend = JsonLinesBackend(tmp_path, 2000)
    backend.write(figures(200, 10))
    backend.close()
    assert steps(tmp_path) == list(range(210))


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_line_is_left_out_by_readers_and_cut_off_by_writers(tmp_path: Path, cut: int) -> None:
    written(tmp_path, 1)
    file = tmp_path / f"{STEM}.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    assert steps(tmp_path) == list(range(9))
    written(tmp_path, 1)
    assert steps(tmp_path) == [*range(9), *range(10)]


@pytest.mark.parametrize("point", ["rename", "compress", "replace", "unlink"])
def test_a_rotation_cut_short_anywhere_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    class Cut(BaseException):
        """The process ends here."""

    def cut(*_: Any, **__: Any) -> None:
        raise Cut

    backend = JsonLinesBackend(tmp_path, 100)
    backend.write(figures(0, 10))
    with monkeypatch.context() as patched, pytest.raises(Cut):
        if point == "compress":
            patched.setattr(json_lines, "_compress", cut)
        else:
            patched.setattr(Path, point, cut)
        backend.write(figures(10, 10))
    assert steps(tmp_path) == list(range(10))
    again = JsonLinesBackend(tmp_path, 100)
    again.write(figures(10, 10))
    again.close()
    assert steps(tmp_path) == list(range(20))
    assert not list(tmp_path.glob(f"{STEM}.*.jsonl"))


def test_a_batch_that_a_full_disk_cut_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = JsonLinesBackend(tmp_path)
    backend.write(figures(0, 10))

    def short(file: FileIO, data: bytes) -> None:
        file.write(data[:33])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
        patched.setattr(json_lines, "_write", short)
        backend.write(figures(10, 10))
    backend.write(figures(10, 10))
    backend.close()
    assert steps(tmp_path) == list(range(20))


def test_a_line_of_another_schema_is_an_error_that_shows_it(tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.jsonl").write_bytes(b'{"kind":"teapot"}\n')
    with pytest.raises(ConfigError, match="teapot"):
        list(read_measures(tmp_path))
