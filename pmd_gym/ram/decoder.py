"""A batch of EWRAM images in, `GameStates` out: checks the arrays, owns the output, calls the kernel once.

It knows nothing of where an image comes from: a simulated console, an emulator's mirror or a file are all the same.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmd_gym.errors import ConfigError
from pmd_gym.ram import kernels, layout
from pmd_gym.ram.state import STATE, GameStates, blank


class Decoder:
    """Decodes the same `num_envs` games again and again into arrays that it owns and re-uses."""

    def __init__(self, num_envs: int) -> None:
        """Allocate the output for `num_envs` (at least 1) images; compiles the kernel on first use in a process."""
        if num_envs < 1:
            raise ConfigError(f"num_envs is {num_envs}: a decoder needs at least one image")
        _compile_once()
        records = np.zeros(num_envs, STATE)
        self.states = GameStates(records)
        self._bytes = records.view(np.uint8).reshape(num_envs, STATE.itemsize)
        self._blank = blank().view(np.uint8)
        self._bytes[:] = self._blank
        self._all = np.arange(num_envs, dtype=np.int64)

    def decode(self, ram: NDArray[np.uint8], env_ids: ArrayLike | None = None) -> GameStates:
        """Decode `ram`, (num_envs, 262144) uint8, each row contiguous; only the rows `env_ids` if given.

        Returns `self.states`, which the next call overwrites: `copy()` what must last. Raises ConfigError for
        another shape, dtype or an index out of range.
        """
        images = _images(ram, len(self.states))
        rows = self._all if env_ids is None else self._rows(env_ids)
        kernels.decode_batch(images, rows, self.states.records, self._bytes, self._blank)
        return self.states

    def _rows(self, env_ids: ArrayLike) -> NDArray[np.int64]:
        rows = np.ascontiguousarray(env_ids, dtype=np.int64).reshape(-1)
        if rows.size and not (rows.min() >= 0 and rows.max() < len(self.states)):
            raise ConfigError(f"env_ids {rows.tolist()}: this decoder has images 0..{len(self.states) - 1}")
        return rows


def decode(ram: NDArray[np.uint8]) -> GameStates:
    """Decode one image, (262144,), or a batch, (n, 262144) uint8, into fresh arrays; see `Decoder`."""
    batch = ram[np.newaxis] if ram.ndim == 1 else ram
    return Decoder(max(1, len(batch))).decode(batch)


def _images(ram: NDArray[np.uint8], num_envs: int) -> NDArray[np.void]:
    """`ram` as (num_envs,) records of `kernels.IMAGE`, without a copy."""
    if ram.dtype != np.uint8 or ram.shape != (num_envs, layout.EWRAM_SIZE):
        expected = f"({num_envs}, {layout.EWRAM_SIZE}) uint8"
        raise ConfigError(f"RAM of shape {ram.shape} {ram.dtype}: expected {expected}, one EWRAM image per row")
    if ram.strides[1] != 1:
        raise ConfigError("the bytes of an image must be contiguous; copy the RAM with np.ascontiguousarray first")
    images: NDArray[np.void] = ram.view(kernels.IMAGE)[:, 0]
    return images


@cache
def _compile_once() -> None:
    kernels.compile_once()
