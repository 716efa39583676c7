"""What emulators behind WebSockets give: steps a second of 1 to 8 of them, against the bare emulation as the limit,
against one request for each value read and against the whole RAM in each reply, on the same core in the same run; and
the bytes that each way moves.

A step is 24 frames, as in the game. The ways of one emulator take turns, a hundred steps each, so that a busy machine
is as busy for one as for the other; `cpu_us` is processor time of client and server, which other work hardly changes.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from statistics import median
from typing import Any

import numpy as np
from bench_cores import CORES, UNSEEN, Core, bare_frames, bare_rate, bare_steps, presses, run_start, start_state
from bench_step import legal_actions
from bench_wire import Client, counted, cpu_seconds, status_reads, tile_reads
from benchmark import Aim, Timing, report, timing

from pmd_gym.backends import EmulatorsBackend
from pmd_gym.emulator import Fleet, WebSocketEmulator
from pmd_gym.ram import Decoder, layout
from pmd_gym.vector_env import PMDRedVectorEnv

SIZES = (1, 2, 4, 8)
BARE = {
    "frames": "24 frames of the bare core",
    "bare": "24 frames, a look after each: the limit",
}
STYLES = {
    "delta": "one request, changed pages back, decoded",
    "whole": "one request, all of EWRAM back, decoded",
    "status_values": f"a request a value, {len(status_reads())}: status",
    "grid_values": f"a request a value, {len(status_reads()) + len(tile_reads())}: grid",
    "picture_in_reply": "one request, picture in the reply",
    "picture_apart": "two requests, the second for the picture",
}
SLOW_STYLES = frozenset(("status_values", "grid_values"))
SLOW_STEPS, FEWEST_ROUNDS = 3, 8
OVERHEAD_AIM, VALUES_AIM = 0.10, 5.0
PARTS = ("ways", "fleet", "environment")
Part = tuple[list[dict[str, Any]], list[Aim]]
Rounds = dict[str, list[list[float]]]
"""Seconds of single steps, by style and round."""


def main() -> None:
    """Measure what is asked for, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", choices=sorted(CORES), default="mgba", help="default mgba, with our cartridge")
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each row (default 2)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to run (default all)")
    arguments = parser.parse_args()
    core, rows, aims = CORES[arguments.core], [], []
    parts = {"ways": _ways, "fleet": _fleets, "environment": _environments}
    for name in arguments.only:
        part_rows, part_aims = parts[name](core, arguments.seconds)
        rows += part_rows
        aims += part_aims
    report(f"Emulators over WebSockets, core {core.name}", rows, aims)


# One emulator, all ways


def _ways(core: Core, seconds: float) -> Part:
    times, cpu, traffic = asyncio.run(_ways_of_one(core, seconds))
    rows = [_way(name, times[kind], cpu[kind]) for kind, name in BARE.items() if kind in times]
    for style, name in STYLES.items():
        out, back = traffic[style]
        rows.append(_way(name, times[style], cpu[style]) | {"bytes_out": out, "bytes_back": back})
    if core.frame is None:
        return rows, []  # the simulator's frames cost next to nothing: no share of them means anything
    share, gain = 1 - _ratio(times, "bare", "delta"), _ratio(times, "grid_values", "delta")
    return rows, [
        Aim("socket and decoding, share of a step", share, "", OVERHEAD_AIM, at_most=True),
        Aim("steps over one request a value, for a grid", gain, "x", VALUES_AIM),
    ]


def _way(name: str, rounds: list[list[float]], cpu_s: float) -> dict[str, Any]:
    taken = _of_all(rounds)
    times = taken.row(name)
    row = {"name": name, "steps_s": round(1 / taken.median_s, 1)}
    row |= {key: times[key] for key in ("median_us", "p95_us", "p99_us", "calls")}
    return row | {"cpu_us": round(cpu_s * 1e6, 1)}


async def _ways_of_one(core: Core, seconds: float) -> tuple[Rounds, dict[str, float], dict[str, tuple[int, int]]]:
    """Of the bare core and each style: seconds of a step by rounds, and in processor time; of styles the bytes too."""
    fleet, emulator, random = Fleet(1, core.arguments), core.open(), np.random.default_rng(0)
    times: Rounds = {name: [] for name in (*BARE, *STYLES)}
    cpu: dict[str, list[float]] = {name: [] for name in BARE}
    try:
        ram = np.zeros(layout.EWRAM_SIZE, np.uint8)
        remote = await WebSocketEmulator.open((await fleet.start())[0], ram=ram)
        client, state = Client(remote, ram, fleet.pid(0)), await start_state(remote)
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds * len(STYLES) or len(times["delta"]) < FEWEST_ROUNDS:
            run = presses(random)
            alone = {"frames": bare_frames(core, emulator, state, run), "bare": bare_steps(emulator, state, run)}
            for kind, work in alone.items():
                taken, busy = await work
                times[kind].append(taken)
                cpu[kind].append(busy)
            for style in STYLES:
                steps = SLOW_STEPS if style in SLOW_STYLES else len(run)
                times[style].append(await client.play(style, state, run[:steps]))
        busy_s = {name: median(taken) for name, taken in (cpu | client.cpu).items()}
        traffic = {style: await _traffic(client, style, state, presses(random)) for style in STYLES}
        await remote.close()
    finally:
        await emulator.close()
        await fleet.close()
    return {name: rounds for name, rounds in times.items() if rounds[0]}, busy_s, traffic


def _of_all(rounds: list[list[float]]) -> Timing:
    times = [seconds for taken in rounds for seconds in taken]
    return timing(times[1:], times[0])


def _ratio(times: Rounds, style: str, other: str) -> float:
    """How long a step of one style takes over a step of the other: the median over rounds, each under one load."""
    pairs = zip(times[style], times[other], strict=True)
    return median(median(taken) / median(others) for taken, others in pairs)


async def _traffic(client: Client, style: str, state: bytes, run: list[Any]) -> tuple[int, int]:
    """Mean bytes out and back of one step."""
    await client.play(style, state, run[:1])  # the first reply after a load is whole
    with counted() as traffic:
        for press in run:
            await getattr(client, style)(press)
    return traffic.out // len(run), traffic.back // len(run)


# Several emulators, each sent on as soon as it is back


def _fleets(core: Core, seconds: float) -> Part:
    rows = []
    for count in SIZES:
        limit = bare_rate(core, count, seconds)
        ours, cpu_s = asyncio.run(_fleet_rate(core, count, seconds))
        row = {"name": f"{count} over WebSockets, 24 frames a step, decoded", "steps_s": round(ours, 1)}
        rows.append(row | {"cpu_us": round(cpu_s * 1e6, 1), "limit": round(limit, 1), "share": round(ours / limit, 3)})
    return rows, []


async def _fleet_rate(core: Core, count: int, seconds: float) -> tuple[float, float]:
    """Steps a second of all, and processor seconds of a step: of its server, and of this process."""
    fleet, ram = Fleet(count, core.arguments), np.zeros((count, layout.EWRAM_SIZE), np.uint8)
    try:
        addresses = await fleet.start()
        remotes = [await WebSocketEmulator.open(address, ram=row) for address, row in zip(addresses, ram, strict=True)]
        decoder, state = Decoder(count), await start_state(remotes[0])
        decoder.decode(ram)
        busy = _busy(fleet, count)
        played = (_play(remote, decoder, ram, game, state, seconds) for game, remote in enumerate(remotes))
        done = await asyncio.gather(*played)
        busy = _busy(fleet, count) - busy
        await asyncio.gather(*(remote.close() for remote in remotes))
    finally:
        await fleet.close()
    return sum(steps / taken for steps, taken in done), busy / sum(steps for steps, _ in done)


def _busy(fleet: Fleet, count: int) -> float:
    return time.process_time() + sum(cpu_seconds(fleet.pid(index)) for index in range(count))


async def _play(
    remote: WebSocketEmulator, decoder: Decoder, ram: Any, game: int, state: bytes, seconds: float
) -> tuple[int, float]:  # fmt: skip
    """Steps of one of them while all play, and their seconds; loading a state does not count."""
    random, steps, taken, begin = np.random.default_rng(game), 0, 0.0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        await remote.load_state(state)
        await remote.advance(UNSEEN)
        run, before = presses(random), time.perf_counter()
        for press in run:
            await remote.advance(press)
            decoder.decode(ram, [game])
        steps, taken = steps + len(run), taken + time.perf_counter() - before
    return steps, taken


# The environment


def _environments(core: Core, seconds: float) -> Part:
    rows, savestate = [], run_start(core)
    for count in SIZES:
        backend = EmulatorsBackend(count, arguments=core.arguments, savestate=savestate)
        envs = PMDRedVectorEnv(count, emulator=backend)
        for name, play in (("step", _step_rate), ("send and recv", _recv_rate)):
            rate, frames = play(envs, seconds)
            row = {"name": f"environment, {count} emulators, {name}", "steps_s": round(rate, 1)}
            rows.append(row | ({"frames_a_step": round(frames, 1)} if frames else {}))
        envs.close()
    return rows, []


def _step_rate(envs: PMDRedVectorEnv, seconds: float) -> tuple[float, float]:
    random, frames = np.random.default_rng(0), Frames(envs.reset(seed=0)[1])
    begin = time.perf_counter()
    while (taken := time.perf_counter() - begin) < seconds:
        frames.note(np.arange(envs.num_envs), envs.step(legal_actions(envs.action_masks(), random))[4])
    return frames.steps / taken, frames.run / frames.steps


def _recv_rate(envs: PMDRedVectorEnv, seconds: float) -> tuple[float, float]:
    random, frames = np.random.default_rng(0), Frames(envs.reset(seed=0)[1])
    envs.send(legal_actions(envs.action_masks(), random))
    begin = time.perf_counter()
    while (taken := time.perf_counter() - begin) < seconds:
        infos = envs.recv()[4]
        frames.note(infos["env_id"], infos)
        envs.send(legal_actions(infos["action_mask"], random), infos["env_id"])
    envs.recv(min_envs=envs.num_envs)
    return frames.steps / taken, frames.run / frames.steps


class Frames:
    """Counts steps, and the game's logic frames that they took; a new episode begins to count anew."""

    def __init__(self, infos: dict[str, Any]) -> None:
        self.steps, self.run, self._last = 0, 0, infos["frame"].copy()

    def note(self, games: Any, infos: dict[str, Any]) -> None:
        """These games have made a step."""
        self.steps += len(games)
        self.run += int(np.maximum(infos["frame"] - self._last[games], 0).sum())
        self._last[games] = infos["frame"]


if __name__ == "__main__":
    main()
