"""What a step of the environment costs and where that time goes; beside each figure the limit that the machine sets.

Parts of `bench_env.py`: steps by observation and number of games, threads, a new floor, pictures, and NLE's
steps in the same run. Steps are legal actions drawn beforehand from the masks; only `step` is timed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

import numpy as np
from bench_limits import limits
from benchmark import Aim, Timing, measure, timing
from numpy.typing import NDArray

from pmd_gym.backends import SimulatorBackend
from pmd_gym.ram import layout
from pmd_gym.scenario import STORY_TEAM, Scenario
from pmd_gym.simulator import render_batch
from pmd_gym.vector_env import PMDRedVectorEnv

Part: TypeAlias = tuple[list[dict[str, Any]], list[Aim]]

DUNGEONS = {"Tiny Woods": 0, "Mt. Steel": 2}
OBSERVATIONS = ("grid", "map", "pixels")
SIZES = (1, 64, 1024)
MANY = SIZES[-1]
WARMUPS, FEWEST_CALLS = 10, 30
STEPS_OF_A_TURN = 8
MANY_AIM, ONE_AIM, NLE_AIM, RESET_AIM_US, FRAMES_AIM, THREADS_AIM = 300_000, 40_000, 20.0, 150.0, 5_000, 1.7
NLE_PYTHON = "PMD_GYM_NLE_PYTHON"
"""Environment variable: an interpreter that has `nle`, when the one that runs this has not."""

_NLE_STEPS = """
import sys, time, gymnasium, nle
env = gymnasium.make("NetHackScore-v0").unwrapped
env.reset(seed=0)
actions = [env.action_space.sample() for _ in range(100_000)]
begin = time.perf_counter()
while time.perf_counter() - begin < float(sys.argv[1]):
    before = time.perf_counter()
    ended = any(env.step(actions.pop())[2:4])
    print(time.perf_counter() - before)
    if ended or not actions:
        env.reset()
"""


def row(name: str, taken: Timing, items: int = 1, unit: str = "steps/s", **more: Any) -> dict[str, Any]:
    """Row of the table: items a second, and microseconds an item."""
    return {"name": name, "rate": round(items / taken.median_s), "unit": unit, **taken.row(name, items), **more}


def legal_actions(masks: NDArray[np.int8], random: np.random.Generator) -> NDArray[np.int64]:
    """One legal action a game, all equally likely, but turning in place one time in ten."""
    weights = masks * random.random(masks.shape)
    weights[:, 10:18] *= 0.1
    return weights.argmax(axis=1)


def step_times(envs: PMDRedVectorEnv, seconds: float) -> Timing:
    """Seconds per `step` call, actions drawn outside the clock, after `WARMUPS` calls that do not count."""
    random, times = np.random.default_rng(0), []
    envs.reset(seed=0)
    begin = time.perf_counter()
    while len(times) < WARMUPS + FEWEST_CALLS or time.perf_counter() - begin < seconds:
        times.append(_one_step(envs, random))
    return timing(times[WARMUPS:], sum(times[:WARMUPS]))


def _one_step(envs: PMDRedVectorEnv, random: np.random.Generator) -> float:
    actions = legal_actions(envs.action_masks(), random)
    before = time.perf_counter()
    envs.step(actions)
    return time.perf_counter() - before


def steps(seconds: float) -> Part:
    """Every observation at 1, 64 and 1,024 games in two dungeons; the floor of memory traffic beside it."""
    bandwidth, rows, rates = copy_bandwidth(), [], {}
    for dungeon in DUNGEONS:
        for observation in OBSERVATIONS:
            for games in SIZES:
                envs = PMDRedVectorEnv(games, dungeon=dungeon, observation=observation, autoreset_mode="SameStep")
                taken = step_times(envs, seconds)
                envs.close()
                floor_us = bytes_of_a_step(observation) / bandwidth * 1e6
                name = f"{observation}, {dungeon}, {games} games"
                rows.append(row(name, taken, games, floor_us=round(floor_us, 2)))
                rates[observation, dungeon, games] = games / taken.median_s
    many = min(rates["grid", dungeon, MANY] for dungeon in DUNGEONS)
    one = min(rates["grid", dungeon, 1] for dungeon in DUNGEONS)
    return rows, [
        Aim("grid, 1,024 games, slower dungeon", many, "steps/s", MANY_AIM),
        Aim("grid, 1 game, slower dungeon", one, "steps/s", ONE_AIM),
    ]


def copy_bandwidth(size: int = 1 << 28) -> float:
    """Bytes a second that one thread reads and writes when it copies memory that no cache holds."""
    source, target = np.ones(size, np.uint8), np.zeros(size, np.uint8)
    taken = measure(lambda: np.copyto(target, source), seconds=0.5, min_calls=5)
    return 2 * size / taken.median_s


def bytes_of_a_step(observation: str) -> int:
    """Bytes that a step cannot avoid to move when no game is cached: who stands where, the tiles shown, the result."""
    creatures = layout.MAX_MONSTERS * (layout.MONSTER.itemsize + layout.ENTITY.itemsize)
    tile = layout.DUNGEON["tiles"].subdtype[0].itemsize
    tiles = {"grid": 11 * 13, "map": layout.MAP_HEIGHT * layout.MAP_WIDTH, "pixels": 11 * 16}[observation]
    shown = {"grid": 23 * 143 + 512, "map": 23 * 1792 + 512, "pixels": 3 * layout.SCREEN_HEIGHT * layout.SCREEN_WIDTH}
    return int(creatures + tiles * tile + shown[observation])


def threads(seconds: float) -> Part:
    """The same 1,024 games with one thread and with two, in turns of a few steps; beside it what the machine gives.

    Turns of one step would leave the second core asleep in between, and each step would find the other's memory cached.
    """
    pair = {number: PMDRedVectorEnv(MANY, threads=number, autoreset_mode="SameStep") for number in (1, 2)}
    taken: dict[int, list[float]] = {number: [] for number in pair}
    randoms = {number: np.random.default_rng(0) for number in pair}
    for envs in pair.values():
        envs.reset(seed=0)
    begin = time.perf_counter()
    while len(taken[1]) < WARMUPS + FEWEST_CALLS or time.perf_counter() - begin < 2 * seconds:
        for number, envs in pair.items():
            taken[number] += [_one_step(envs, randoms[number]) for _ in range(STEPS_OF_A_TURN)]
    for envs in pair.values():
        envs.close()
    timings = {number: timing(times[WARMUPS:], sum(times[:WARMUPS])) for number, times in taken.items()}
    rows = [row(f"grid, {MANY} games, {number} threads", timings[number], MANY) for number in pair]
    gain = timings[1].median_s / timings[2].median_s
    cores = len(os.sched_getaffinity(0))
    return rows + limits(seconds / 2), [Aim(f"two threads over one ({cores} cores)", gain, "x", THREADS_AIM)]


def resets(seconds: float) -> Part:
    """A new run: a whole new floor up to the leader's first command, one game at a time."""
    rows, medians = [], []
    for name, dungeon in DUNGEONS.items():
        backend, seeds = SimulatorBackend(1), count(1)
        game, scenario = np.zeros(1, np.int64), [Scenario(dungeon, 1, STORY_TEAM)]
        taken = measure(_starting(backend, game, scenario, seeds), seconds / 2)
        image_us = layout.EWRAM_SIZE * 2 / copy_bandwidth(1 << 26) * 1e6
        rows.append(row(f"new run, {name}", taken, unit="resets/s", floor_us=round(image_us, 2)))
        medians.append(taken.median_s * 1e6)
    return rows, [Aim("reset, slower dungeon", max(medians), "us", RESET_AIM_US, at_most=True)]


def _starting(
    backend: SimulatorBackend, game: NDArray[np.int64], scenario: list[Scenario], seeds: count[int]
) -> Callable[[], None]:
    return lambda: backend.start(game, scenario, np.array([next(seeds)], np.uint32))


def rendering(seconds: float) -> Part:
    """Pictures of 64 games under way, drawn in one thread."""
    envs = PMDRedVectorEnv(64, autoreset_mode="SameStep")
    step_times(envs, 0.1)
    images, out = envs.ram.copy(), np.empty((64, layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
    envs.close()
    taken = measure(lambda: render_batch(images, out), seconds / 2)
    floor_us = out[0].nbytes * 2 / copy_bandwidth(1 << 26) * 1e6
    rows = [row("picture of a game, one core", taken, 64, "frames/s", floor_us=round(floor_us, 2))]
    return rows, [Aim("pictures a core", 64 / taken.median_s, "frames/s", FRAMES_AIM)]


def nle(seconds: float) -> Part:
    """NetHack's steps on this machine in this run, when an interpreter here has `nle`."""
    python = os.environ.get(NLE_PYTHON, sys.executable)
    done = subprocess.run([python, "-c", _NLE_STEPS, str(seconds)], capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return [{"name": "NLE, NetHackScore-v0", "reason": f"not measured: {reason}"}], []
    times = [float(line) for line in done.stdout.split()]
    taken = timing(times[WARMUPS:], sum(times[:WARMUPS]))
    envs = PMDRedVectorEnv(MANY, autoreset_mode="SameStep")
    ours = step_times(envs, seconds)
    envs.close()
    rows = [row("NLE, NetHackScore-v0, one process", taken), row(f"grid, Tiny Woods, {MANY} games", ours, MANY)]
    return rows, [Aim("steps over NLE's", MANY / ours.median_s * taken.median_s, "x", NLE_AIM)]
