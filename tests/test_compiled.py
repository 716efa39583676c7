"""Kernels: where their machine code is kept, and what compiled code may ask of memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pmd_gym import compiled
from pmd_gym.compiled import cache_folder, kernel, prefetch

POINT = np.dtype([("x", "<i4"), ("y", "<i4")])


@kernel
def sum_of(points: Any) -> int:
    """The sum of all coordinates, with the next point asked for ahead."""
    total = 0
    for index in range(len(points)):
        prefetch(points[index], 64)
        total += points[index].x + points[index].y
    return total


def test_asking_memory_ahead_changes_nothing() -> None:
    points = np.array([(1, 2), (3, 4)], POINT)
    assert sum_of(points) == 10
    prefetch(points[0], 0)
    assert points.tolist() == [(1, 2), (3, 4)]


@pytest.mark.parametrize("changed", ["pmd_gym.inner", "pmd_gym.compiled", "pmd_gym.kernels.sight"])
def test_the_cache_folder_follows_every_source_that_shapes_a_kernel(
    changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, source = cache_folder("pmd_gym.kernels.planes"), compiled._source
    monkeypatch.setattr(compiled, "_source", lambda name: source(name) + b"#" * (name == changed))
    cache_folder.cache_clear()
    assert cache_folder("pmd_gym.kernels.planes") != before
    monkeypatch.undo()
    cache_folder.cache_clear()
    assert cache_folder("pmd_gym.kernels.planes") == before


WORK = """
import sys
import numpy as np
from tests.doubles.full_disk import full_after
from tests.doubles.kept_kernel import doubled, tripled

with full_after(int(sys.argv[1])):
    print(doubled(np.arange(3)).tolist(), tripled(np.arange(3)).tolist())
"""


def run_with_cache(folder: Path, bytes_of_a_file: int = 1 << 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WORK, str(bytes_of_a_file)], capture_output=True, text=True, timeout=300,
        cwd=Path(__file__).parent.parent, env=os.environ | {"PMD_GYM_CACHE": str(folder)},
    )  # fmt: skip


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


RESULT = "[0, 2, 4] [0, 3, 6]\n"


def test_on_a_full_disk_kernels_run_and_one_line_says_that_they_are_not_kept(tmp_path: Path) -> None:
    done = run_with_cache(tmp_path, bytes_of_a_file=100)
    assert (done.returncode, done.stdout) == (0, RESULT)
    assert done.stderr.count("\n") == 1 and "not kept" in done.stderr and "PMD_GYM_CACHE" in done.stderr
    assert not kept(tmp_path)
    again = run_with_cache(tmp_path)
    assert (again.stdout, again.stderr) == (RESULT, "") and kept(tmp_path)


def test_a_folder_that_cannot_be_made_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run_with_cache(tmp_path / "file")
    assert (done.returncode, done.stdout) == (0, RESULT)
    assert done.stderr.count("\n") == 1 and "cannot be written" in done.stderr


def test_a_kept_kernel_that_is_damaged_is_compiled_again(tmp_path: Path) -> None:
    run_with_cache(tmp_path)
    for path in kept(tmp_path):
        path.write_bytes(path.read_bytes()[:20])
    damaged = {path: path.read_bytes() for path in kept(tmp_path)}
    done = run_with_cache(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, RESULT, "")
    assert {path: path.read_bytes() for path in kept(tmp_path)}.keys() == damaged.keys()
    assert all(len(path.read_bytes()) > 20 for path in damaged)
