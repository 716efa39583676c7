"""What this machine's cores give together over one of them alone: the limit of any threads on it.

Each kind of work runs in processes of its own, first one, then one a core at once, so no lock, no interpreter and no
memory is shared: what is missing from the number of cores is missing from the machine.
`python scripts/bench_limits.py KIND SECONDS` does one kind of work and prints its rate; it waits for a line on standard
input, so that several begin together.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np
from benchmark import rate_at_once

MEMORY = 1 << 28
"""Bytes that no cache holds."""
LINE, WORD = 64, 8
PICKED = 1 << 15
ROUNDS = 3


def limits(seconds: float) -> list[dict[str, Any]]:
    """A row for each kind of work: its rate alone and on all cores at once, medians of a few rounds in turn."""
    return [_row(kind, seconds) for kind in WORK]


def _row(kind: str, seconds: float) -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0))
    command = [sys.executable, __file__, kind, str(seconds)]
    rounds = [(rate_at_once(command, 1), rate_at_once(command, cores)) for _ in range(ROUNDS)]
    alone, together = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    return {
        "name": f"limit: {cores} processes, {kind}", "rate": round(together, 1), "unit": WORK[kind][1],
        "over_one": round(together / alone, 2),
    }  # fmt: skip


def _arithmetic() -> Callable[[], float]:
    block = bytes(1 << 14)

    def work() -> float:
        hashlib.sha256(block).digest()
        return len(block) / 1e6

    return work


def _lines() -> Callable[[], float]:
    words = np.ones(MEMORY // WORD, np.uint64)
    picked = cycle(np.random.default_rng(0).integers(0, MEMORY // LINE, (64, PICKED)) * (LINE // WORD))

    def work() -> float:
        words.take(next(picked))
        return PICKED / 1e6

    return work


def _copying() -> Callable[[], float]:
    source, target = np.ones(MEMORY, np.uint8), np.zeros(MEMORY, np.uint8)

    def work() -> float:
        np.copyto(target, source)
        return 2 * MEMORY / 1e6

    return work


def _games() -> Callable[[], float]:
    from bench_step import MANY, WARMUPS, legal_actions

    from pmd_gym.vector_env import PMDRedVectorEnv

    envs, random = PMDRedVectorEnv(MANY, threads=1, autoreset_mode="SameStep"), np.random.default_rng(0)
    envs.reset(seed=0)

    def work() -> float:
        envs.step(legal_actions(envs.action_masks(), random))
        return MANY

    for _ in range(WARMUPS):
        work()
    return work


WORK: dict[str, tuple[Callable[[], Callable[[], float]], str]] = {
    "SHA-256": (_arithmetic, "MB/s"), "random cache lines": (_lines, "M lines/s"), "copying": (_copying, "MB/s"),
    "1,024 games each": (_games, "steps/s"),
}  # fmt: skip
"""Kind -> what makes one piece of it, which returns how much that was; and the unit."""


def main() -> None:
    """Do one kind of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=list(WORK))
    parser.add_argument("seconds", type=float)
    arguments = parser.parse_args()
    work = WORK[arguments.kind][0]()
    work()
    print("ready", flush=True)
    sys.stdin.readline()
    done, begin = 0.0, time.perf_counter()
    while time.perf_counter() - begin < arguments.seconds:
        done += work()
    print(json.dumps({"rate": done / (time.perf_counter() - begin)}), flush=True)


if __name__ == "__main__":
    main()
