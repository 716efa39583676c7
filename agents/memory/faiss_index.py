"""Search with FAISS, on the CPU and on a GPU: the only importer of it.

The base is an inverted file with 8-bit codes, mapped with IO_FLAG_MMAP_IFC. Facts tried with faiss-cpu 1.15.1: a mapped
index must never be added to, that ends the process; so there is no way to here. faiss-cpu and faiss-gpu write the same
folder and exclude each other; which one is there is asked at run time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

FLAT_BELOW = 2048
"""Fewer rows are compared one by one."""
LISTS_PER_ROOT, MAX_LISTS = 3, 4096
"""Lists for each unit of the square root of the number of rows."""
PROBED = 16
"""Lists that a query looks into."""
TRAINING_PER_LIST, TRAINING_ROUNDS, TRAINING_SEED = 48, 8, 1
OVERSAMPLED = 3


def has_gpu() -> bool:
    """True if this FAISS can compute on a GPU and there is one."""
    return hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0


class FaissIndex:
    """An opened index; one thread a query, as silos are searched side by side."""

    def __init__(self, index: Any) -> None:
        self._index = index
        inverted = faiss.try_extract_index_ivf(index)
        if inverted is not None:
            inverted.nprobe = min(PROBED, inverted.nlist)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, keys: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """See `VectorIndex.search`."""
        faiss.omp_set_num_threads(1)  # of this thread; waking others costs more than such a query
        scores, rows = self._index.search(np.ascontiguousarray(keys), k)
        scores[rows < 0] = -np.inf
        return scores, rows


class FaissKind:
    """Flat while small, then IVF with 8-bit codes: a quarter of the size, at a loss below 0.01 in a cosine."""

    name = "faiss"

    def build(self, keys: NDArray[np.float32], path: Path) -> None:
        """See `IndexKind.build`."""
        index = self._empty(*keys.shape)
        index.train(keys)
        index.add(keys)
        faiss.write_index(index, str(path))

    def open(self, path: Path, mapped: bool) -> FaissIndex:
        """See `IndexKind.open`; on a GPU the index is loaded as a whole."""
        if has_gpu():
            return FaissIndex(faiss.index_cpu_to_all_gpus(faiss.read_index(str(path))))
        return FaissIndex(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0))

    @staticmethod
    def _empty(rows: int, dimensions: int) -> Any:
        if rows < FLAT_BELOW:
            return faiss.IndexFlatIP(dimensions)
        lists = min(MAX_LISTS, LISTS_PER_ROOT * int(rows**0.5))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimensions), dimensions, lists, faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )  # fmt: skip
        index.cp.max_points_per_centroid, index.cp.niter, index.cp.seed = (
            TRAINING_PER_LIST, TRAINING_ROUNDS, TRAINING_SEED,
        )  # fmt: skip
        return index
