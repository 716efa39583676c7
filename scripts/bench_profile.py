"""Where the time of an environment's step goes, measured inside the steps themselves, and what would halve it.

A part of `bench_env.py`. Parts are clocked where a step calls them: their means and the rest add up to the whole.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

from bench_step import DUNGEONS, MANY, WARMUPS, Part, bytes_of_a_step, copy_bandwidth, step_times
from benchmark import Timing

from pmd_gym.vector_env import PMDRedVectorEnv

HALF = 0.5


def profile(seconds: float) -> Part:
    """The parts of a step with 1 and with 1,024 games of each dungeon, in one thread."""
    rows: list[dict[str, Any]] = []
    for dungeon in DUNGEONS:
        for games in (1, MANY):
            rows += _of(dungeon, games, seconds)
    return rows, []


def _of(dungeon: str, games: int, seconds: float) -> list[dict[str, Any]]:
    envs = PMDRedVectorEnv(games, dungeon=dungeon, threads=1, autoreset_mode="SameStep")
    clock = _Clock()
    clock.watch(envs._episodes.backend, "step", "engine")
    clock.watch(envs._episodes.backend, "start", "new runs")
    clock.watch(envs._episodes, "_look", "snapshot, mask, reward")
    clock.watch(envs._episodes.observe, "_fields", "observation")
    clock.watch(envs, "_infos", "infos")
    clock.watch(envs, "step", "whole step")
    whole = step_times(envs, seconds)
    envs.close()
    taken = clock.means()
    taken["rest in Python"] = 2 * taken["whole step"] - sum(taken.values())
    if games == MANY:
        print(_halving(dungeon, whole, taken["engine"] / taken["whole step"]))
    return [
        {
            "name": f"{dungeon}, {games} games: {name}", "mean_us": round(mean / games * 1e6, 2),
            "share": round(mean / taken["whole step"], 2),
        }
        for name, mean in taken.items()
    ]  # fmt: skip


class _Clock:
    """Seconds spent in methods, by label, from the end of the warm-up on."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = defaultdict(float)
        self._steps = 0

    def watch(self, owner: Any, name: str, label: str) -> None:
        """Put a method that notes its time in the place of one."""
        method = getattr(owner, name)

        def timed(*arguments: Any) -> Any:
            before = time.perf_counter()
            result = method(*arguments)
            if self._steps >= WARMUPS:
                self._seconds[label] += time.perf_counter() - before
            if label == "whole step":
                self._steps += 1
            return result

        setattr(owner, name, timed)

    def means(self) -> dict[str, float]:
        """Mean seconds per step of each label."""
        return {label: spent / (self._steps - WARMUPS) for label, spent in self._seconds.items()}


def _halving(dungeon: str, whole: Timing, engine_share: float) -> str:
    step_us, moved = whole.median_s / MANY * 1e6, bytes_of_a_step("grid")
    floor_us = moved / copy_bandwidth() * 1e6
    need = "an engine that takes no time would not halve it"
    if engine_share > HALF:
        need = f"halving it by the engine alone takes one {engine_share / (engine_share - HALF):.1f} times as fast"
    return (
        f"{dungeon}: a step of one of {MANY} games takes {step_us:.1f} us, {engine_share:.0%} of it in the engine; "
        f"{need}. "
        f"Moving its {moved:,} bytes through memory takes {floor_us:.1f} us: bandwidth is no limit, "
        "the instructions of the rules and the waits for single cache lines are."
    )
