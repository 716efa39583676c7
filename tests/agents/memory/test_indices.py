"""One suite for every index: what is found, in which order, and that the exact one is the measure of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.memory.exact_index import ExactKind, best_rows
from agents.memory.faiss_index import FaissKind
from agents.memory.interface import IndexKind, VectorIndex
from agents.memory.kinds import index_kind
from agents.memory.rows import Rows
from agents.memory.torch_index import TorchKind
from pmd_gym.errors import ConfigError
from tests.doubles.memories import keys

INDICES = [(kind, mapped) for kind in (ExactKind(), FaissKind(), TorchKind("cpu")) for mapped in (True, False)]


@pytest.fixture(params=INDICES, ids=lambda made: f"{made[0].name}-{'mapped' if made[1] else 'loaded'}")
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    kind, mapped = request.param

    def build(vectors: NDArray[np.float32]) -> VectorIndex:
        kind.build(vectors, tmp_path / "index")
        index: VectorIndex = kind.open(tmp_path / "index", mapped)
        return index

    return build


def test_every_key_finds_itself_first(opened: object) -> None:
    vectors = keys(500, 32)
    index = opened(vectors)  # type: ignore[operator]
    scores, rows = index.search(vectors, 4)
    assert len(index) == 500 and scores.shape == rows.shape == (500, 4)
    assert scores.dtype == np.float32 and rows.dtype == np.int64
    assert (rows[:, 0] == np.arange(500)).mean() >= 0.99
    assert (np.diff(scores, axis=1) <= 1e-6).all()
    assert np.abs(scores[:, 0] - 1).max() < 0.02


def test_too_few_rows_leave_places_empty(opened: object) -> None:
    index = opened(keys(3, 32))  # type: ignore[operator]
    scores, rows = index.search(keys(2, 32), 5)
    assert (rows[:, :3] >= 0).all() and (rows[:, 3:] == -1).all()
    assert (scores[:, 3:] == -np.inf).all()


def test_a_batch_finds_what_single_queries_find(opened: object) -> None:
    index = opened(keys(300, 32))  # type: ignore[operator]
    asked = keys(20, 32, seed=3)
    together = index.search(asked, 5)[1]
    alone = np.concatenate([index.search(asked[row : row + 1], 5)[1] for row in range(20)])
    assert (together == alone).mean() >= 0.99  # of keys equally near, either may come first


@pytest.mark.parametrize("kind", [FaissKind(), TorchKind("cpu")], ids=lambda kind: kind.name)
def test_recall_at_8_against_the_exact_index(kind: IndexKind, tmp_path: Path) -> None:
    vectors = keys(6000, 64)
    asked = vectors[::60] + 0.05 * keys(100, 64, seed=5)
    kind.build(vectors, tmp_path / "index")
    exact = best_rows(asked @ vectors.T, 8)[1]
    found = kind.open(tmp_path / "index", True).search(asked, 8)[1]
    assert np.mean([len(set(a) & set(b)) / 8 for a, b in zip(exact, found, strict=True)]) >= 0.95


def test_rows_grow_and_are_searched_exactly() -> None:
    vectors, rows = keys(200, 32), Rows(32)
    for start in range(0, 200, 7):
        rows.append(vectors[start : start + 7])
    assert len(rows) == 200
    expected = best_rows(vectors @ vectors.T, 3)
    for found, wanted in zip(rows.search(vectors, 3), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_equal_scores_come_in_order_of_rows() -> None:
    scores = np.array([[1, 2, 2, 0, 2]], np.float32)
    assert best_rows(scores, 2)[1].tolist() == [[1, 2]]


def test_kinds_by_name() -> None:
    assert [index_kind(name).name for name in ("auto", "faiss", "torch", "exact")] == [
        "faiss", "faiss", "torch", "exact",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="got 'hnsw'"):
        index_kind("hnsw")
