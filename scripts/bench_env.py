"""How fast the environment is: floors, steps in this process (`bench_step.py`) and over WebSockets, the round trip
against a raw TCP echo, and how long one waits for an import, a first step, and the first action of `run_agent.py`,
compiled code cached or not.

The echo sends and answers as many bytes as the WebSocket round trip moves, in a process of its own, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bench_profile
import bench_step
from bench_step import row, step_times
from benchmark import Aim, Timing, measure, report, timing

from pmd_gym.backends import EmulatorsBackend
from pmd_gym.emulator import WebSocketEmulator
from pmd_gym.emulator.interface import Press
from pmd_gym.simulator import generate_floor
from pmd_gym.vector_env import PMDRedVectorEnv

ROOT = Path(__file__).resolve().parent.parent
EMULATORS = (1, 8)
FLOORS = ((0, 1), (2, 4), (13, 9), (20, 30))  # dungeon, floor: small to large
OVERHEAD_AIM, IMPORT_AIM_S, COLD_AIM_S, WARM_AIM_S = 3.0, 0.3, 60.0, 2.0
ROUND_TRIPS = 2000
PARTS = ("floors", "steps", "threads", "resets", "rendering", "profile", "nle", "websocket", "start")
_FIRST_STEP = """
import time; begin = time.perf_counter()
from pmd_gym.vector_env import PMDRedVectorEnv
envs = PMDRedVectorEnv(1); envs.reset(seed=0); envs.step([0])
print(time.perf_counter() - begin)
"""


def main() -> None:
    """Measure what is asked for, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="time spent on each row (default 2)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to run (default all)")
    parser.add_argument("--echo", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.echo:
        asyncio.run(_echo(arguments.echo[0], int(arguments.echo[1]), int(arguments.echo[2])))
        return
    rows: list[dict[str, Any]] = []
    aims: list[Aim] = []
    parts = {
        "floors": _floors, "steps": bench_step.steps, "threads": bench_step.threads, "resets": bench_step.resets,
        "rendering": bench_step.rendering, "profile": bench_profile.profile, "nle": bench_step.nle,
        "websocket": _websocket, "start": _start,
    }  # fmt: skip
    for name in arguments.only:
        part_rows, part_aims = parts[name](arguments.seconds)
        rows += part_rows
        aims += part_aims
    report("Environment", rows, aims)


def _floors(seconds: float) -> tuple[list[dict[str, Any]], list[Aim]]:
    rows = []
    for dungeon, floor in FLOORS:
        seeds = iter(range(1, 10**9, 2))
        taken = measure(lambda d=dungeon, f=floor, s=seeds: generate_floor(d, f, next(s)), seconds / 2)
        rows.append(row(f"floor generated, dungeon {dungeon} floor {floor}", taken, unit="floors/s"))
    return rows, []


def _websocket(seconds: float) -> tuple[list[dict[str, Any]], list[Aim]]:
    rows: list[dict[str, Any]] = []
    for count in EMULATORS:
        envs = PMDRedVectorEnv(count, emulator=EmulatorsBackend(count), autoreset_mode="SameStep")
        rows.append(row(f"step over WebSocket, {count} emulators", step_times(envs, seconds), count))
        envs.close()
    with _server() as address:
        trip, (sent, received) = asyncio.run(_round_trips(address))
    echoes = {kind: _echo_times(kind, sent, received) for kind in ("asyncio", "blocking")}
    rows.append(row(f"WebSocket round trip, {sent} bytes out, {received} back", trip, unit="trips/s"))
    rows += [row(f"raw TCP echo of the same bytes, {kind}", taken, unit="trips/s") for kind, taken in echoes.items()]
    overhead = trip.median_s / echoes["asyncio"].median_s
    return rows, [Aim("WebSocket round trip over raw asyncio TCP echo", overhead, "x", OVERHEAD_AIM, at_most=True)]


@contextmanager
def _server() -> Iterator[str]:
    """A simulated console's server; gives its address."""
    command = [sys.executable, "-m", "pmd_gym.emulator.server", "--port", "0", "--exit-with-parent"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"]
    finally:
        process.terminate()
        process.wait(30)


async def _round_trips(address: str) -> tuple[Timing, tuple[int, int]]:
    """Requests that run no frame, directly timed; then a few through a proxy that counts their bytes."""
    report_only = Press(frames=0)
    emulator = await WebSocketEmulator.open(address)
    times = []
    for _ in range(ROUND_TRIPS):
        before = time.perf_counter()
        await emulator.advance(report_only)
        times.append(time.perf_counter() - before)
    await emulator.close()
    return timing(times[100:], sum(times[:100])), await _counted(address, report_only)


async def _counted(address: str, press: Press, trips: int = 100) -> tuple[int, int]:
    """Bytes out and back of one round trip on the socket, frames of the protocol included."""
    counts = [0, 0]
    host, port = address.removeprefix("ws://").split(":")

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, way: int) -> None:
        while data := await source.read(1 << 16):
            counts[way] += len(data)
            target.write(data)
            await target.drain()
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, far_writer, 0), pump(far_reader, writer, 1), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    emulator = await WebSocketEmulator.open(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await emulator.advance(press)
    before = tuple(counts)
    for _ in range(trips):
        await emulator.advance(press)
    moved = (counts[0] - before[0]) // trips, (counts[1] - before[1]) // trips
    await emulator.close()
    server.close()
    return moved


def _echo_times(kind: str, sent: int, received: int) -> Timing:
    command = [sys.executable, __file__, "--echo", kind, str(sent), str(received)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        client = _ask_asyncio if kind == "asyncio" else _ask_blocking
        times = client(port, bytes(sent), received)
        return timing(times[100:], sum(times[:100]))
    finally:
        process.terminate()
        process.wait(30)


def _ask_blocking(port: int, request: bytes, size: int) -> list[float]:
    times, answer = [], bytearray(size)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(ROUND_TRIPS):
            before = time.perf_counter()
            connection.sendall(request)
            connection.recv_into(answer, size, socket.MSG_WAITALL)
            times.append(time.perf_counter() - before)
    return times


def _ask_asyncio(port: int, request: bytes, size: int) -> list[float]:
    async def ask() -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        times = []
        for _ in range(ROUND_TRIPS):
            before = time.perf_counter()
            writer.write(request)
            await reader.readexactly(size)
            times.append(time.perf_counter() - before)
        writer.close()
        return times

    return asyncio.run(ask())


async def _echo(kind: str, expected: int, answer_size: int) -> None:
    """Server side: `answer_size` bytes for every `expected` bytes, until terminated."""
    answer = bytes(answer_size)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readexactly(expected)
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    if kind == "blocking":
        _echo_blocking(expected, answer)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _echo_blocking(expected: int, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while len(connection.recv(expected, socket.MSG_WAITALL)) == expected:
                connection.sendall(answer)
    raise SystemExit


def _start(seconds: float) -> tuple[list[dict[str, Any]], list[Aim]]:
    imports = _process_times("import time; t = time.perf_counter(); import pmd_gym; print(time.perf_counter() - t)")
    rows = [row("import pmd_gym", imports, unit="imports/s")]
    with tempfile.TemporaryDirectory() as folder:
        first = [_process_times(_FIRST_STEP, 1, Path(folder, "cache")).median_s for _ in range(4)]
        cold = _first_action(Path(folder, "other_cache"), Path(folder, "cold"))
        warm = [_first_action(Path(folder, "other_cache"), Path(folder, f"warm{number}")) for number in range(3)]
    rows.append(row("run_agent.py to the first action, nothing compiled", timing([cold]), unit="starts/s"))
    rows.append(row("run_agent.py to the first action, compiled code cached", timing(warm), unit="starts/s"))
    rows.append(row("import to the first step, nothing compiled", timing(first[:1]), unit="starts/s"))
    rows.append(row("import to the first step, compiled code cached", timing(first[1:]), unit="starts/s"))
    return rows, [
        Aim("import pmd_gym", imports.median_s, "s", IMPORT_AIM_S, at_most=True),
        Aim("import to the first step, nothing compiled", first[0], "s", COLD_AIM_S, at_most=True),
        Aim("import to the first step, cached", timing(first[1:]).median_s, "s", WARM_AIM_S, at_most=True),
    ]


def _process_times(code: str, runs: int = 5, cache: Path | None = None) -> Timing:
    """Seconds that each of a few fresh processes prints; `cache` is where they keep their compiled code."""
    command = [sys.executable, "-c", code]
    env = os.environ if cache is None else os.environ | {"PMD_GYM_CACHE": str(cache)}
    done = [subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True) for _ in range(runs)]
    return timing([float(run.stdout) for run in done])


def _first_action(cache: Path, out: Path) -> float:
    """Seconds from starting `run_agent.py` (simulator in process, one game) until its first action is over.

    One episode of one step is played, so the end of that episode in the log is the end of the first action.
    """
    command = [
        sys.executable, "scripts/run_agent.py", "--emulator", "simulator", "--num-envs", "1", "--episodes", "1",
        "--max-steps", "1", "--quiet", "--out", str(out),
    ]  # fmt: skip
    before = time.time()
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PMD_GYM_CACHE": str(cache)}, capture_output=True, check=True)
    events = [json.loads(line) for line in Path(out, "events.jsonl").read_text().splitlines()]
    shutil.rmtree(out)
    return float(next(event["time_s"] for event in events if event["kind"] == "episode_ended")) - before


if __name__ == "__main__":
    main()
