"""Kernels: where their machine code is kept, and what compiled code may ask of memory."""

from __future__ import annotations

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
