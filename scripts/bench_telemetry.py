"""What telemetry costs the loop that is watched: the call, the processor's share, and a backend that hangs.

examples:
  python scripts/bench_telemetry.py
      everything, about half a minute
  python scripts/bench_telemetry.py --seconds 10
      longer at each rate

Prints tables, then one JSON object as the last line of stdout.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmark import Aim, measure, report, timing

from agents.telemetry.events import EventLog
from agents.telemetry.json_lines import JsonLinesBackend
from agents.telemetry.lane import Backend
from agents.telemetry.measures import Decision, Measure
from agents.telemetry.pipeline import Pipeline
from agents.telemetry.plain_backends import NullBackend

RATES = (1_000, 10_000)
EVENTS_A_STEP, ROUNDS, STEPS = 10, 15, 200


class StuckBackend(NullBackend):
    """Never comes back from its first batch until it is let go."""

    name = "stuck"

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def write(self, batch: list[Measure]) -> None:
        """Hang."""
        self.let_go.wait()


def decision(step: int) -> Decision:
    """A record of the usual size."""
    return Decision(
        env_id=step % 8, episode=step // 100, step=step, action=5, answer="attack", probability=0.93, model="small",
        tokens_read=161, seconds=0.021,
    )  # fmt: skip


def calls(folder: Path, seconds: float) -> list[dict[str, Any]]:
    """One call of `record`, against a write of the run's own log, and the bare making of a record as the limit."""
    with Pipeline([JsonLinesBackend(folder)], capacity=10_000_000) as pipeline, EventLog(folder / "log.jsonl") as log:
        rows = {
            "make a record (limit)": lambda: decision(7),
            "record, file behind a thread": lambda: pipeline.record(decision(7)),
            "span, file behind a thread": lambda: span(pipeline),
            "write at once (before)": lambda: log.write("decision", env_id=7, step=7, action=5, answer="attack"),
        }
        return [measure(call, seconds).row(name) for name, call in rows.items()]


def span(pipeline: Pipeline) -> None:
    """Time nothing."""
    with pipeline.span("stage", step=7):
        pass


def shares(folder: Path, seconds: float) -> list[dict[str, Any]]:
    """Share of one core that a process spends while it tells so many records a second: all threads, minus idling."""
    idle = _busy_share(lambda step: None, 1_000, seconds)
    rows = []
    for rate in RATES:
        with Pipeline([JsonLinesBackend(folder)], capacity=1_000_000) as pipeline:
            busy = _busy_share(lambda step: pipeline.record(decision(step)), rate, seconds)
        dropped = pipeline.reports[0].dropped
        share = round(100 * max(0.0, busy - idle), 3)
        rows.append({"name": f"{rate:,} records/s", "share_percent": share, "dropped": dropped})
    return rows


def _busy_share(tell: Callable[[int], object], rate: int, seconds: float) -> float:
    """CPU seconds a wall second; records come a hundredth of a second's worth at a time."""
    began, cpu = time.perf_counter(), time.process_time()
    tick, told = 0, 0
    while (now := time.perf_counter() - began) < seconds:
        tick += 1
        while told < tick * rate / 100:
            told += 1
            tell(told)
        time.sleep(max(0.0, tick / 100 - now))
    return (time.process_time() - cpu) / (time.perf_counter() - began)


def slowdown(folder: Path) -> list[dict[str, Any]]:
    """Time of a loop's steps without telemetry, with a file, and with a backend that hangs: in turn, medians."""
    stuck = StuckBackend()
    ways: dict[str, Sequence[Backend]] = {
        "no telemetry": (), "a file": (JsonLinesBackend(folder),), "a file and a backend that hangs":
        (JsonLinesBackend(folder / "other"), stuck),
    }  # fmt: skip
    pipelines = {name: Pipeline(backends, capacity=5_000, close_s=1.0) for name, backends in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in pipelines}
    for _ in range(ROUNDS):
        for name, pipeline in pipelines.items():
            times[name] += [_step(pipeline, step) for step in range(STEPS)]
    stuck.let_go.set()
    for pipeline in pipelines.values():
        pipeline.close()
    base = statistics.median(times["no telemetry"])
    rows = [timing(values).row(name) for name, values in times.items()]
    return [row | {"slower_percent": round(100 * (row["median_us"] / 1e6 / base - 1), 2)} for row in rows]


def _step(pipeline: Pipeline, step: int) -> float:
    """A step of about a millisecond that tells ten records."""
    began = time.perf_counter()
    for number in range(EVENTS_A_STEP):
        hashlib.sha256(bytes(100_000)).digest()
        pipeline.record(decision(step + number))
    return time.perf_counter() - began


def main() -> int:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=4.0, help="at each rate, and for each call (default 4)")
    seconds = options.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        one = calls(Path(name) / "calls", seconds)
        share = shares(Path(name) / "shares", seconds)
        stuck = slowdown(Path(name) / "stuck")
    aims = [
        Aim("record, median", one[1]["median_us"], "us", 5, at_most=True),
        Aim("share of a core at 1,000 records/s", share[0]["share_percent"], "%", 1, at_most=True),
        Aim("slower with a backend that hangs", stuck[2]["slower_percent"] - stuck[1]["slower_percent"], "%", 1, True),
    ]
    report("Telemetry", [*one, *share, *stuck], aims)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
