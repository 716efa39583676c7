"""What a machine can do at most, measured, and what that allows a model: the lines above which no figure can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

STREAMED = 1 << 28
"""Bytes that are read to measure the memory; more than any processor's cache."""
SIDE = 2048
"""Of the matrices that are multiplied to measure sums."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Bytes that memory gives a second, and products that are summed a second, in the model's type."""

    bytes_s: float
    products_s: float

    def decode(self, batch: int, weights: float, kept: float, products: float) -> float:
        """Tokens a second at most: each pass reads all weights (bytes) and every row's kept keys and values (bytes).

        `products` are those of one token.
        """
        return batch / max((weights + batch * kept) / self.bytes_s, batch * products / self.products_s)

    def prefill(self, products: float) -> float:
        """Prompt tokens a second at most."""
        return self.products_s / products


def measured(device: str, dtype: torch.dtype) -> Ceiling:
    """The best of a few tries, each shorter than a second on two cores."""
    stream = torch.ones(STREAMED // 4, device=device)
    squares = torch.full((2, SIDE, SIDE), 0.01, device=device, dtype=dtype)
    reading = _fastest(lambda: stream.sum(), device)
    product = _fastest(lambda: squares[0] @ squares[1], device)
    return Ceiling(STREAMED / reading, SIDE**3 / product)


def _fastest(work: Callable[[], object], device: str, tries: int = 4) -> float:
    times = []
    for _ in range(tries):
        wait(device)
        start = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start)
    return min(times)


def use_threads(count: int | None) -> None:
    """Limit what torch computes with on a CPU; None leaves its choice."""
    if count is not None:
        torch.set_num_threads(count)


def name(device: str) -> str:
    """Of the GPU; empty for a CPU."""
    return str(torch.cuda.get_device_name()) if device.startswith("cuda") else ""


def wait(device: str) -> None:
    """Until the device has done all that it was told."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def memory_free(device: str) -> int:
    """Bytes that can be had now; a large number where the system does not say."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info()[0])
    lines = _lines("/proc/meminfo")
    return 1024 * next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable")), 1 << 40)


def begin_peak(device: str) -> None:
    """Forget the highest use of memory until now."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()
        return
    try:
        Path("/proc/self/clear_refs").write_text("5")  # the kernel's word for: the peak begins here
    except OSError:
        return


def peak(device: str) -> int:
    """Bytes of the highest use since `begin_peak`: of the GPU's memory, or of this process's."""
    if device.startswith("cuda"):
        return int(torch.cuda.max_memory_allocated())
    return _of_this_process("VmHWM")


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    return _of_this_process("VmRSS")


def _of_this_process(name: str) -> int:
    return 1024 * next((int(line.split()[1]) for line in _lines("/proc/self/status") if line.startswith(name)), 0)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
