"""Resets a pool of emulators thousands of times, kills one now and then, and watches what the pool holds meanwhile.

Memory of this process and of the servers, open files, threads and processes are noted at twenty points of the run; what
is higher at the end than after the first fifth is a leak. The last line is JSON; exit code 1 if anything leaked.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pmd_gym.backends import EmulatorsBackend
from pmd_gym.backends.interface import Outcome
from pmd_gym.emulator.fleet import MEMORY_LIMIT_MIB
from pmd_gym.emulator.footprint import resident_mib
from pmd_gym.errors import UnreachableError
from pmd_gym.vector_env import PMDRedVectorEnv

ENDS = frozenset((None, "max_steps", *(outcome.name.lower() for outcome in Outcome)))
"""Reasons for the end of an episode that are none of the pool's."""
POINTS = 20
SETTLED = 0.2
"""Share of the run after which nothing may grow."""
GROWTH_MIB = 16.0
"""Allowance for an allocator's moods, of this process and of one server."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the pool holds after so many resets."""

    resets: int
    own_mib: float
    largest_server_mib: float
    files: int
    threads: int
    processes: int
    kills: int
    restarts: int


class Soak:
    """Episodes of a few steps on `envs`, each game on its own, with a server killed after every `kill_every` resets."""

    def __init__(self, backend: EmulatorsBackend, *, kill_every: int = 0, steps: int = 2) -> None:
        self._backend = backend
        self._kill_every = kill_every
        self.envs = PMDRedVectorEnv(backend.num_envs, emulator=backend, max_steps=steps)
        self.resets, self.kills, self.interrupted = 0, 0, 0
        self._random = np.random.default_rng(0)

    def run(self, resets: int, points: int = POINTS) -> Iterator[Holdings]:
        """Reset so many times in all, and say `points` times what is held."""
        self.envs.async_reset(seed=0)
        for point in range(1, points + 1):
            while self.resets < resets * point // points:
                self._step()
            yield self._holdings()

    def _step(self) -> None:
        _, _, _, _, infos = self.envs.recv()
        games = infos["env_id"]
        begun = int((infos["steps"] == 0).sum())
        self.resets += begun
        self.interrupted += sum(reason not in ENDS for reason in infos.get("reason", ()))
        if self._kill_every and self.resets // self._kill_every > (self.resets - begun) // self._kill_every:
            self._kill()
        masks = infos["action_mask"] * self._random.random(infos["action_mask"].shape)
        self.envs.send(masks.argmax(axis=1), games)

    def _kill(self) -> None:
        with suppress(UnreachableError, ProcessLookupError):  # it is being restarted at this very moment
            os.kill(self._backend.server_pid(int(self._random.integers(self.envs.num_envs))), signal.SIGKILL)
            self.kills += 1

    def restarts(self) -> int:
        """Servers started anew so far."""
        return sum(self._backend.server_restarts(game) for game in range(self.envs.num_envs))

    def _holdings(self) -> Holdings:
        children = _children()
        servers = [resident_mib(pid) for pid in children]
        files = len(list(Path("/proc/self/fd").iterdir()))
        return Holdings(
            self.resets, round(resident_mib(os.getpid()), 1), round(max(servers, default=0.0), 1), files,
            threading.active_count(), len(children), self.kills, self.restarts(),
        )  # fmt: skip


def _children() -> list[int]:
    """Processes that any thread of this one started and that are not yet gone (Linux)."""
    lists = [task / "children" for task in Path("/proc/self/task").iterdir()]
    return [int(child) for children in lists for child in children.read_text().split()]


class Limit(NamedTuple):
    """A holding, and what it may be at most."""

    name: str
    value: float
    unit: str
    most: float


def limits(held: list[Holdings], num_envs: int) -> list[Limit]:
    """How much each holding grew after the run had settled, against what is allowed."""
    settled, end = held[int(len(held) * SETTLED) : -1], held[-1]

    def growth(value: Callable[[Holdings], float]) -> float:
        return round(value(end) - max(value(point) for point in settled), 1)

    return [
        Limit("growth of this process", growth(lambda h: h.own_mib), "MiB", GROWTH_MIB),
        Limit("growth of the largest server", growth(lambda h: h.largest_server_mib), "MiB", GROWTH_MIB),
        Limit("largest server", end.largest_server_mib, "MiB", MEMORY_LIMIT_MIB),
        Limit("more open files", growth(lambda h: h.files), "", 4),  # those of a restart under way
        Limit("more threads", growth(lambda h: h.threads), "", 0),
        Limit("processes", end.processes, "", num_envs + 1),
    ]


def main() -> None:
    """Soak a pool; print the table and the JSON line."""
    from bench_cores import CORES, run_start  # beside this file, and so only there when this file is what is run
    from benchmark import Aim, report

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--num-envs", type=int, default=4, help="emulators (default 4)")
    parser.add_argument("--resets", type=int, default=10_000, help="resets in all (default 10,000)")
    parser.add_argument("--kill-every", type=int, default=500, help="resets between two kill -9, 0 for none")
    parser.add_argument("--core", choices=sorted(CORES), default="mgba", help="default mgba, with our cartridge")
    arguments = parser.parse_args()
    core = CORES[arguments.core]
    backend = EmulatorsBackend(arguments.num_envs, arguments=core.arguments, savestate=run_start(core))
    soak = Soak(backend, kill_every=arguments.kill_every)
    held = list(soak.run(arguments.resets))
    soak.envs.close()
    found = [*limits(held, arguments.num_envs), Limit("episodes lost", soak.interrupted, "", soak.kills)]
    found.append(Limit("servers started anew", held[-1].restarts, "", soak.kills))
    aims = [Aim(*limit, at_most=True) for limit in found]
    report(f"Soak, core {core.name}", [{"name": f"{point.resets:,} resets", **asdict(point)} for point in held], aims)
    sys.exit(0 if all(aim.met for aim in aims) else 1)


if __name__ == "__main__":
    main()
