"""Search with torch's top-k: for a GPU whose FAISS is not there. Its file is that of the exact kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from agents.memory.exact_index import ExactKind


class TorchIndex:
    """All keys on one device, compared at once."""

    def __init__(self, keys: NDArray[np.float16], device: str) -> None:
        kind = torch.float32 if device == "cpu" else torch.float16
        self._keys = torch.from_numpy(np.array(keys)).to(device, kind)

    def __len__(self) -> int:
        return len(self._keys)

    @torch.inference_mode()
    def search(self, keys: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """See `VectorIndex.search`."""
        asked = torch.from_numpy(keys).to(self._keys.device, self._keys.dtype)
        found = torch.topk(asked @ self._keys.T, min(k, len(self)), dim=1)
        missing = k - found.indices.shape[1]
        scores = np.pad(found.values.float().cpu().numpy(), ((0, 0), (0, missing)), constant_values=-np.inf)
        return scores, np.pad(found.indices.cpu().numpy(), ((0, 0), (0, missing)), constant_values=-1)


class TorchKind:
    """Keys in a NumPy file, loaded onto `device`; "auto" is a GPU if there is one."""

    name = "torch"

    def __init__(self, device: str = "auto") -> None:
        self._device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._file = ExactKind()

    def build(self, keys: NDArray[np.float32], path: Path) -> None:
        """See `IndexKind.build`."""
        self._file.build(keys, path)

    def open(self, path: Path, mapped: bool) -> TorchIndex:
        """See `IndexKind.open`; a device has nothing to map."""
        return TorchIndex(np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False), self._device)
