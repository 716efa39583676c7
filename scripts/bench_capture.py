"""What pictures cost: reading the newest one, taking one, the thread that takes 60 a second, and what it wins.

- `source`: a thread takes 60 pictures a second of an emulator in this process that runs 60 frames a second; then a
  reader asks for the newest a thousand times a second. `cpu_percent`, of one core, is what this process uses more with
  the thread than without it: the thread, the drawing in the emulator's own thread, and waking both.
- `aligned`: four games on the cartridge, pictures taken by threads: the counter that each picture shows, held against
  the counter in the RAM of the same observation.
- `overlap`: steps of games on emulator servers, two at a time, with a NumPy matrix product beside them that takes as
  long as `--inference-ms` says: a real load on the processor, but no policy. Pictures are taken when they are observed
  (sync), or as soon as a game is at rest (async); the ways take turns.
- `window`: the first two for a real mGBA window on a display of its own, where mgba-qt, Xvfb and xdotool are installed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrix product leaves the other cores to the emulators

import numpy as np
from bench_cores import CORES, ROOT
from bench_step import legal_actions
from benchmark import Aim, Timing, report, timing
from numpy.typing import NDArray

from pmd_gym.backends import EmulatorsBackend
from pmd_gym.backends.event_loop import EventLoopThread
from pmd_gym.capture import FramebufferSource, NewestCapture, Source, WindowSource
from pmd_gym.emulator import Controller
from pmd_gym.emulator.interface import Emulator, Press
from pmd_gym.ram import layout
from pmd_gym.vector_env import PMDRedVectorEnv

sys.path.insert(0, str(ROOT))  # the cartridge and the window are the tests'

from tests.cartridge.counter import read_both, read_counter
from tests.doubles.mgba_window import MgbaWindow, missing_programs, opened

RATE_HZ = 60
READS_HZ = 1000
READ_AIM_MS, CPU_AIM = 0.2, 2.0
CORE = "cartridge on the mGBA core"
PARTS = ("source", "aligned", "overlap", "window")
CARTRIDGE = ROOT / "tests" / "cartridge" / "cartridge.gba"
COUNTER = layout.global_variable("logic_frames").offset
BOOT_FRAMES = 60
"""Frames after which the cartridge draws its counter in each."""
Part = tuple[list[dict[str, Any]], list[Aim]]


def main() -> None:
    """Measure what is asked for, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="time spent on each row (default 5)")
    parser.add_argument("--observations", type=int, default=10_000, help="pictures held against RAM (default 10,000)")
    parser.add_argument("--inference-ms", type=float, default=20.0, help="length of the matrix product (default 20)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to run (default all)")
    options = parser.parse_args()
    rows, aims = [], []
    parts: dict[str, Callable[[argparse.Namespace], Part]] = {
        "source": _source, "aligned": _aligned, "overlap": _overlap, "window": _window,
    }  # fmt: skip
    for name in options.only:
        part_rows, part_aims = parts[name](options)
        rows += part_rows
        aims += part_aims
    report("Pictures", rows, aims)


# A thread at 60 pictures a second


class Watched:
    """A source that notes how long each picture took."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.times: list[float] = []

    def grab(self, out: NDArray[np.uint8]) -> int:
        before = time.perf_counter()
        frame = self._source.grab(out)
        self.times.append(time.perf_counter() - before)
        return frame

    def close(self) -> None:
        self._source.close()


class Running:
    """An emulator that runs 60 frames a second in an event loop's thread."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._thread = EventLoopThread("emulator")
        self._clock = asyncio.run_coroutine_threadsafe(self._run(), self._thread.loop)
        self.source = FramebufferSource(emulator.screen, self._thread.loop)

    def close(self) -> None:
        self._clock.cancel()
        self._thread.run(self._emulator.close())
        self._thread.close()

    async def _run(self) -> None:
        due = time.monotonic()
        while True:
            await self._emulator.advance(Press(frames=1))
            due = max(due + 1 / RATE_HZ, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


def _source(options: argparse.Namespace) -> Part:
    rows, aims = [], []
    for name, emulator in _emulators():
        running = Running(emulator)
        part_rows, part_aims = _thread_at_60(name, running.source, options.seconds)
        running.close()
        rows += part_rows
        aims += part_aims if name == CORE else part_aims[:1]  # a simulated console has no framebuffer: it draws anew
    return rows, aims


def _emulators() -> Iterator[tuple[str, Emulator]]:
    yield "simulated console", CORES["simulated"].open()
    cartridge = _cartridge()
    if cartridge is not None:
        yield CORE, cartridge


def _thread_at_60(name: str, source: Source, seconds: float) -> Part:
    without, watched = _busy_percent(seconds), Watched(source)
    capture = NewestCapture(watched, rate_hz=RATE_HZ, max_age_s=10)
    asyncio.run(capture.since(-1))
    del watched.times[:]
    cpu = _busy_percent(seconds) - without
    times = list(watched.times)
    reads = timing(list(_reads(capture, seconds)))
    capture.close()
    rate = {"per_s": round(len(times) / seconds, 1), "cpu_percent": round(cpu, 2)}
    rows = [_row(f"{name}: read the newest", reads), _row(f"{name}: take one", timing(times)) | rate]
    return rows, [
        Aim(f"{name}: read, p99", reads.p99_s * 1e3, "ms", READ_AIM_MS, at_most=True),
        Aim(f"{name}: {RATE_HZ} pictures a second", cpu, "% of a core", CPU_AIM, at_most=True),
    ]


def _busy_percent(seconds: float) -> float:
    """Processor time of this process in the next so many seconds, in percent of one core."""
    before, begun = time.process_time(), time.perf_counter()
    time.sleep(seconds)
    return 100 * (time.process_time() - before) / (time.perf_counter() - begun)


def _reads(capture: NewestCapture, seconds: float) -> Iterator[float]:
    end = time.perf_counter() + seconds
    while (before := time.perf_counter()) < end:
        capture.newest()
        yield time.perf_counter() - before
        time.sleep(1 / READS_HZ)


def _row(name: str, taken: Timing) -> dict[str, Any]:
    times = taken.row(name)
    return {key: times[key] for key in ("name", "median_us", "p95_us", "p99_us", "calls")}


# Pictures held against RAM


def _aligned(options: argparse.Namespace) -> Part:
    with tempfile.TemporaryDirectory() as folder:
        name, arguments = _played_by_servers(Path(folder))
        if name != CORE:
            return [{"name": "aligned: not run, there is no mGBA core here"}], []
        envs, _ = _games("async", arguments)
        wrong, stale = _misaligned(envs, options.observations)
        envs.close()
    row = {"name": f"{CORE}: observations", "calls": options.observations, "misaligned": wrong, "flagged_stale": stale}
    return [row], [Aim("misaligned pictures", wrong, "", 0, at_most=True)]


def _misaligned(envs: PMDRedVectorEnv, observations: int) -> tuple[int, int]:
    """Pictures whose counter is not the one in RAM, and how many say that they are stale; legal play at random."""
    random, seen, wrong, stale = np.random.default_rng(0), 0, 0, 0
    while seen < observations:
        pixels, _, _, _, infos = envs.recv()
        for picture, env_id in zip(pixels, infos["env_id"], strict=True):
            wrong += read_counter(picture) != int(envs.ram[env_id, COUNTER : COUNTER + 4].view(np.uint32)[0])
        stale += int(infos["pixels_stale"].sum())
        seen += len(pixels)
        envs.send(legal_actions(infos["action_mask"], random), infos["env_id"])
    return wrong, stale


def _cartridge() -> Emulator | None:
    """The cartridge on a core in this process, or None where there is no core."""
    from pmd_gym.emulator.cartridge import read_cartridge
    from pmd_gym.emulator.core import find_core
    from pmd_gym.emulator.libretro import LibretroEmulator
    from pmd_gym.errors import CoreError

    try:
        core = find_core().path
    except CoreError:
        return None
    return LibretroEmulator(core, read_cartridge(CARTRIDGE.read_bytes(), allow_unknown=True))


# Beside inference


def _overlap(options: argparse.Namespace) -> Part:
    with tempfile.TemporaryDirectory() as folder:
        name, arguments = _played_by_servers(Path(folder))
        return _overlap_on(name, arguments, options)


def _played_by_servers(folder: Path) -> tuple[str, Sequence[str]]:
    """What the games of the overlap are, and the arguments of their servers."""
    emulator = _cartridge()
    if emulator is None:
        return "simulated console", CORES["simulated"].arguments
    state = folder / "start.state"
    state.write_bytes(asyncio.run(_start_state(emulator)))
    files = ("--rom", str(CARTRIDGE), "--savestate", str(state), "--allow-unknown-rom")
    return CORE, ("--core", "mgba", *files)


async def _start_state(emulator: Emulator) -> bytes:
    await emulator.advance(Press(frames=BOOT_FRAMES))
    await Controller(emulator).come_to_rest()
    state = await emulator.save_state()
    await emulator.close()
    return state


def _overlap_on(name: str, arguments: Sequence[str], options: argparse.Namespace) -> Part:
    infer = _inference(options.inference_ms / 1e3)
    games = {capture: _games(capture, arguments) for capture in ("sync", "async")}
    waits: dict[str, list[float]] = {capture: [] for capture in games}
    rates: dict[str, list[float]] = {capture: [] for capture in games}
    for _ in range(max(2, round(options.seconds))):
        for capture, (envs, times) in games.items():
            del times[:]
            rates[capture].append(_steps_a_second(envs, infer, seconds=1.0))
            waits[capture] += times
    for envs, _ in games.values():
        envs.close()
    rows = [
        _row(f"{capture}: two pictures observed, {name}", timing(waits[capture]))
        | {"steps_s": round(float(np.median(rates[capture])), 1)}
        for capture in games
    ]
    hidden = 100 * (1 - timing(waits["async"]).median_s / timing(waits["sync"]).median_s)
    rows[1] |= {"hidden_percent": round(hidden, 1)}
    return rows + [_row("the matrix product alone", timing([_timed(infer) for _ in range(50)]))], []


def _games(capture: str, arguments: Sequence[str]) -> tuple[PMDRedVectorEnv, list[float]]:
    """Four games on emulator servers, and the seconds of each call for pictures."""
    backend, times = EmulatorsBackend(4, arguments=arguments, capture=capture), []
    take = backend.pixels

    def timed(env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        before = time.perf_counter()
        frames = take(env_ids, out)
        times.append(time.perf_counter() - before)
        return frames

    backend.pixels = timed  # type: ignore[method-assign]
    envs = PMDRedVectorEnv(4, emulator=backend, observation="pixels")
    envs.async_reset(seed=1)
    return envs, times


def _steps_a_second(envs: PMDRedVectorEnv, infer: Callable[[], object], seconds: float) -> float:
    """Two games are handed out while the other two play; what is done with them takes as long as `infer`."""
    random, steps, begun = np.random.default_rng(0), 0, time.perf_counter()
    while (taken := time.perf_counter() - begun) < seconds:
        _, _, _, _, infos = envs.recv(2, 2)
        infer()
        envs.send(legal_actions(infos["action_mask"], random), infos["env_id"])
        steps += 2
    return steps / taken


def _inference(seconds: float) -> Callable[[], object]:
    """A matrix product of float32 that takes about so long on this machine."""
    random = np.random.default_rng(0)
    weights, rows = random.random((512, 512), np.float32), random.random((64, 512), np.float32)
    once = min(_timed(lambda: rows @ weights) for _ in range(20))
    batch = np.repeat(rows, max(1, round(seconds / once)), axis=0)
    return lambda: batch @ weights


def _timed(call: Callable[[], object]) -> float:
    before = time.perf_counter()
    call()
    return time.perf_counter() - before


# A window


def _window(options: argparse.Namespace) -> Part:
    if missing_programs():
        return [{"name": f"window: not run, {missing_programs()} is not installed"}], []
    with _mgba() as window:
        source = WindowSource("TWIN DUNGEON", frame_now=window.counter_now, display=window.display)
        rows, aims = _thread_at_60("mGBA's window", source, options.seconds)
        source = WindowSource("TWIN DUNGEON", frame_now=window.counter_now, display=window.display)
        return [*rows, _window_alignment(window, source, options.seconds)], aims[:1]


@contextmanager
def _mgba() -> Iterator[MgbaWindow]:
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(CARTRIDGE, layout.EWRAM_BASE + COUNTER, Path(folder)) as window,
    ):
        yield window


def _window_alignment(window: MgbaWindow, source: Source, seconds: float) -> dict[str, Any]:
    """Newest pictures beside the RAM of a game that runs on: how many show an earlier frame, and how many say so."""
    capture = NewestCapture(source, rate_hz=RATE_HZ, max_age_s=10)
    asyncio.run(capture.since(-1))
    count = older = unflagged = torn = 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        in_ram, shot = window.counter, capture.newest()
        shown = read_both(shot.pixels)
        count += 1
        older += min(shown) < in_ram
        unflagged += min(shown) < in_ram <= shot.frame
        torn += shown[0] != shown[1]
        time.sleep(0.01)
    capture.close()
    row = {"name": "mGBA's window: observations", "calls": count, "misaligned": unflagged}
    return row | {"flagged_stale": older - unflagged, "of_two_frames": torn}


if __name__ == "__main__":
    main()
