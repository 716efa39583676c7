"""Seam 5: what is remembered, how it is asked for, and the index that finds the nearest keys.

A silo holds memories sampled at one interval of steps. Knows neither files nor libraries, nor how a key is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

INTERVALS = (1, 2, 4, 8, 16, 32, 64)
"""Steps between two memories of a silo; the outcome of a memory covers as many."""
WHOLE_FLOOR = "floor"
"""Decision of the memory of a whole floor: its key is the arrival, its `map` what was known when it was left."""


@dataclass(frozen=True, slots=True)
class Record:
    """One memory. `key`s stand beside it, so that embedders can be exchanged."""

    env_id: int
    episode: int
    seed: int
    """Seed of the episode."""
    step: int
    """Action of the episode, from 0."""
    moment: int
    """Clock of the whole memory: each step of each game has a moment of its own. Ages are counted in it."""
    dungeon: int
    floor: int
    seen: str = ""
    """The scene in a few words."""
    decision: str = ""
    """The answer that was given: an action or a skill."""
    reward: float = 0.0
    """Sum over the steps that the outcome covers."""
    terms: Mapping[str, float] = field(default_factory=dict)
    """Reward by term, where the environment tells it."""
    hp_change: float = 0.0
    """HP of the leader won or lost, as a share of the maximum, -1..1."""
    floors: int = 0
    """Floors gained."""
    end: str = ""
    """How the episode ended within the outcome, empty if it went on."""
    picture: str = ""
    """Where the picture is: `episode/step`, to be played again from the run's log. Never used as a path."""
    map: bytes = b""
    """Packed map of the floor, see `agents.floor_map`; only memories of whole floors have one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A memory that was found. `similarity` -1..1 is the keys' cosine; `score` takes the age off; `age` in moments."""

    record: Record
    similarity: float
    score: float
    age: int
    silo: int
    """Interval of its silo."""


class Memory(Protocol):
    """Memories of many games. What a game lives through is its own until `share`, then everybody's."""

    intervals: tuple[int, ...]
    dimensions: int
    moment: int
    """The clock: larger than the moment of every record so far."""

    def add(self, interval: int, keys: NDArray[np.float32], records: Sequence[Record]) -> None:
        """Keep records (n) of the silo `interval` under `keys` (n, dimensions), rows of length 1."""

    def share(self, env_ids: Sequence[int]) -> None:
        """The episodes of these games are over: what they lived through is found by all from now on."""

    def search(
        self, env_ids: Sequence[int], keys: NDArray[np.float32], k: int, silos: Sequence[int] | None = None
    ) -> list[list[Hit]]:
        """The best `k` of each game of `env_ids` (n) for its row of `keys` (n, dimensions), best first.

        A moment that is in several silos counts once. `silos` are intervals; None: all.
        """

    def save(self) -> None:
        """Bring everything to the disk, where there is one."""

    def close(self) -> None:
        """Save, and release everything; idempotent."""


class VectorIndex(Protocol):
    """Keys in rows, read-only, found by inner product."""

    def __len__(self) -> int: ...

    def search(self, keys: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """(scores (n, k) float32, rows (n, k) int64), best first; row -1 and score -inf where there are fewer than k.

        Approximate ones may miss a row, but its score, where found, is that of the keys they hold.
        """


class IndexKind(Protocol):
    """How keys lie in a file: writes one from vectors, opens it mapped or as a whole."""

    name: str

    def build(self, keys: NDArray[np.float32], path: Path) -> None:
        """Write an index of `keys` (n, dimensions), n at least 1, to `path`."""

    def open(self, path: Path, mapped: bool) -> VectorIndex:
        """The index in a file that `build` wrote; its content has been verified."""
