"""Pictures as the vision part of Qwen3-VL reads them: cut into patches, never scaled. Knows no torch.

The model's patches are two frames deep, for videos; of a still picture both are the same. Here they are one frame
deep, and `vision.Eye` adds the two frames' weights instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.inference.pictures import CELL, fitted
from pmd_gym.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """How a model's processor cuts pictures: pixels of a patch's side, patches merged a side, mean and deviation."""

    patch: int = 16
    merge: int = 2
    mean: tuple[float, ...] = (0.5, 0.5, 0.5)
    deviation: tuple[float, ...] = (0.5, 0.5, 0.5)

    def __post_init__(self) -> None:
        if self.patch * self.merge != CELL:
            raise ConfigError(f"patches of {self.patch} pixels, merged by {self.merge}, make no cells of {CELL} pixels")

    def grid(self, picture: NDArray[np.uint8]) -> tuple[int, int]:
        """Patches down and across of a picture once it is fitted."""
        height, width = picture.shape[:2]
        return -(-height // CELL) * self.merge, -(-width // CELL) * self.merge

    def tokens(self, picture: NDArray[np.uint8]) -> int:
        """Tokens that a picture takes in a prompt."""
        down, across = self.grid(picture)
        return down * across // self.merge**2

    def patches(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, 3 * patch * patch) float32 of all pictures, one after another, in the order of their merged cells."""
        return np.concatenate([self._patches(fitted(picture)) for picture in pictures])

    def _patches(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        side, merge = self.patch, self.merge
        down, across = picture.shape[0] // side, picture.shape[1] // side
        blocks = picture.reshape(down // merge, merge, side, across // merge, merge, side, 3)
        cut = blocks.transpose(0, 3, 1, 4, 6, 2, 5).reshape(down * across, 3, side * side)
        deviation = np.array(self.deviation, np.float32)[:, None]
        shift = np.array(self.mean, np.float32)[:, None] / deviation
        values: NDArray[np.float32] = (cut * (np.float32(1 / 255) / deviation) - shift).astype(np.float32, copy=False)
        return values.reshape(down * across, -1)
