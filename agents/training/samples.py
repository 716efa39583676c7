"""Training examples as flat records: what the model was shown, as the numbers a picture is drawn from, and the answer.

A shard is one `.npy` file of records, written whole and renamed, so that a killed writer leaves none half done. Texts
and pictures are made from a record when it is needed; a million examples take about a gigabyte.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.policy.explorer import MOTIVES
from pmd_gym.actions import ACTIONS
from pmd_gym.errors import ConfigError
from pmd_gym.views import Cells, Chart, Side, cells_of

MAX_TEXT = 480
"""Bytes of UTF-8 that are kept of a text."""
_PLANE = (9, 15)

SAMPLE = np.dtype([
    ("ground", "u1", _PLANE), ("marks", "<u2", _PLANE), ("route", "u1", _PLANE), ("steps", "u1", _PLANE),
    ("left", "i1"), ("top", "i1"), ("mask", "u1", len(ACTIONS)), ("text", f"S{MAX_TEXT}"),
    ("recent", "i1", 4), ("action", "u1"), ("motive", "u1"), ("goal", "i1", 2), ("threat", "i1", 2),
    ("scenario", "u1"), ("seed", "<u4"),
])  # fmt: skip
"""One decision. `goal` and `threat` are x and y relative to the leader: the end of the way on inside the picture, and
the nearest enemy in it; 0, 0 where there is none. `recent` are the actions before, the newest last, -1 where none."""


def sample_of(chart: Chart, route: Sequence[tuple[int, int]], steps: Sequence[bool], text: str) -> NDArray[np.void]:
    """A record without its answer, shape ()."""
    record = np.zeros((), SAMPLE)
    cells = cells_of(chart, route, steps)
    for name in ("ground", "marks", "route", "steps", "left", "top"):
        record[name] = getattr(cells, name)
    record["text"] = text.encode()[:MAX_TEXT]
    record["goal"], record["threat"] = goal_of(chart, route), threat_of(chart)
    return record


def cells(record: Any, route: bool = True) -> Cells:
    """What the picture of a record is drawn from; without `route` the way on is left out."""
    way = record["route"].astype(bool) if route else np.zeros(_PLANE, bool)
    return Cells(
        record["ground"], record["marks"], way, record["steps"].astype(bool), int(record["left"]), int(record["top"])
    )


def goal_of(chart: Chart, route: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The last tile of the way on that the picture shows, relative to the leader."""
    leader = chart.leader
    seen = [(x - leader.x, y - leader.y) for x, y in route] if leader else []
    seen = [(dx, dy) for dx, dy in seen if abs(dx) <= _PLANE[1] // 2 and abs(dy) <= _PLANE[0] // 2]
    return seen[-1] if seen else (0, 0)


def threat_of(chart: Chart) -> tuple[int, int]:
    """The nearest enemy in the picture, relative to the leader."""
    leader = chart.leader
    enemies = [(f.x - leader.x, f.y - leader.y) for f in chart.figures if f.side is Side.ENEMY] if leader else []
    near = [(dx, dy) for dx, dy in enemies if abs(dx) <= _PLANE[1] // 2 and abs(dy) <= _PLANE[0] // 2]
    return min(near, key=lambda offset: max(map(abs, offset)), default=(0, 0))


def motive_of(record: Any) -> str:
    """The word for why."""
    return MOTIVES[int(record["motive"])]


def write_shard(folder: Path, name: str, records: NDArray[np.void]) -> Path:
    """Write one shard; the file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path, unfinished = folder / f"{name}.npy", folder / f".{name}.part"
    with unfinished.open("wb") as file:
        np.save(file, records, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path


def shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in order of their names; ConfigError when there are none."""
    found = sorted(folder.glob("*.npy"))
    if not found:
        raise ConfigError(f"{folder}: no shards of examples; make some with `train_vlm.py collect`")
    return found


def load_shard(path: Path) -> NDArray[np.void]:
    """The records of a shard, memory-mapped read-only; ConfigError for a file of another kind."""
    records: NDArray[np.void] = np.load(path, mmap_mode="r", allow_pickle=False)
    if records.dtype != SAMPLE:
        raise ConfigError(f"{path}: examples of another layout; collect them anew")
    return records


def data_hash(paths: Sequence[Path]) -> str:
    """SHA-256 over all shards, 16 digits: names a data set in a model card."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def batches(paths: Sequence[Path], size: int, seed: int) -> Iterator[NDArray[np.void]]:
    """One pass over all records in random order, (size,) each; the last, smaller one is left out.

    Shards are taken four at a time and shuffled together, so that memory stays small.
    """
    random = np.random.default_rng(seed)
    order, waiting = random.permutation(len(paths)), np.zeros(0, SAMPLE)
    for first in range(0, len(order), 4):
        parts = [load_shard(paths[index]) for index in order[first : first + 4]]
        pool = np.concatenate([waiting, *parts])
        pool = pool[random.permutation(len(pool))]
        whole = len(pool) // size * size
        yield from pool[:whole].reshape(-1, size)
        waiting = pool[whole:]
