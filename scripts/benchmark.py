"""What every `bench_*.py` shares: timing, the machine and commit behind a figure, the table and the final JSON line.

It knows nothing of what is measured. A figure without its machine and commit is worth little, so `report` adds both.
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

_ROOT = Path(__file__).resolve().parent.parent
_PIPED_WIDTH = 160
_NAME_WIDTH = 24
"""Letters of a name in one line, where the table is too wide for more."""
_NO_LIMIT = 10_000
_LIBRARIES = ("numpy", "numba", "gymnasium", "websockets")


@dataclass(frozen=True, slots=True)
class Aim:
    """A promise and what came of it: `value` should be at least `aim`, or at most if `at_most`."""

    name: str
    value: float
    unit: str
    aim: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """True when the promise is kept."""
        return self.value <= self.aim if self.at_most else self.value >= self.aim

    def row(self) -> dict[str, Any]:
        """Keys `name, value, unit, aim, met` of the JSON line."""
        return {"name": self.name, "value": _rounded(self.value), "unit": self.unit, "aim": self.aim, "met": self.met}


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds per call over `calls` timed calls; `warmup_s` is the total of the untimed first ones."""

    median_s: float
    p95_s: float
    p99_s: float
    fastest_s: float
    calls: int
    warmup_s: float

    def row(self, name: str, per_call: int = 1) -> dict[str, Any]:
        """Row of the table, in microseconds per item when a call handles `per_call` items."""
        times = {
            "median_us": self.median_s, "p95_us": self.p95_s, "p99_us": self.p99_s, "fastest_us": self.fastest_s,
        }  # fmt: skip
        row: dict[str, Any] = {"name": name}
        row |= {key: _rounded(seconds * 1e6 / per_call) for key, seconds in times.items()}
        return row | {"calls": self.calls, "warmup_s": _rounded(self.warmup_s)}


def measure(
    function: Callable[[], object],
    seconds: float = 1.0,
    warmups: int = 3,
    min_calls: int = 20,
    max_calls: int = 100_000,
) -> Timing:
    """Time single calls of `function` for about `seconds` (at least `min_calls`), after `warmups` untimed ones."""
    start = time.perf_counter()
    for _ in range(warmups):
        function()
    begin = time.perf_counter()
    times: list[float] = []
    while len(times) < max_calls and (len(times) < min_calls or time.perf_counter() - begin < seconds):
        before = time.perf_counter()
        function()
        times.append(time.perf_counter() - before)
    return timing(times, begin - start)


def timing(times: Sequence[float], warmup_s: float = 0.0) -> Timing:
    """Summary of seconds per call that were measured elsewhere."""
    ordered = sorted(times)
    return Timing(
        statistics.median(ordered), percentile(ordered, 95), percentile(ordered, 99), ordered[0], len(ordered), warmup_s
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile of an ascending, non-empty sequence."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def rate_at_once(command: Sequence[str], count: int) -> float:
    """Sum of the rates of `count` processes that run at once.

    Each prints a line when it is ready, waits for one, and prints `{"rate": ...}` in the end.
    """
    pipe = subprocess.PIPE
    workers = [  # in sessions of their own as servers are, since the scheduler deals out time by session
        subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        for _ in range(count)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()  # it is ready
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return float(sum(json.loads(worker.communicate()[0])["rate"] for worker in workers))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def machine() -> dict[str, Any]:
    """Processor, usable cores, memory, load, system and versions behind the figures."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cpu": _cpu_model(),
        "cores": usable,
        "memory_gib": _memory_gib(),
        "load_1min": _rounded(os.getloadavg()[0]) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in _LIBRARIES},
    }


def commit() -> str:
    """Short hash of the checked out commit, `+changes` if tracked files differ, or `unknown` outside git."""
    revision = _git("rev-parse", "--short=12", "HEAD")
    if not revision:
        return "unknown"
    return revision + ("+changes" if _git("status", "--porcelain", "--untracked-files=no") else "")


def report(title: str, results: Sequence[Mapping[str, Any]], aims: Sequence[Aim]) -> None:
    """Print the tables for people, then one line of JSON with `machine, commit, results, aims` for programs."""
    where, revision = machine(), commit()
    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    show(title, results, console)
    if aims:
        show("Aims", [aim.row() for aim in aims], console)
    console.print(f"{where['cpu']}, {where['cores']} cores, {where['system']}, commit {revision}", highlight=False)
    line = {"machine": where, "commit": revision, "results": list(results), "aims": [aim.row() for aim in aims]}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def show(title: str, rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print a table with nothing cut off: names fold first, then lines run over the edge of a narrow terminal."""
    table, width = _table(title, rows), console.width
    needed = Measurement.get(console, console.options.update(width=_NO_LIMIT), table).minimum
    console.width = max(needed, width)
    console.print(table)
    console.width = width


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    table = Table(title=title, title_justify="left")
    for column in columns:
        justify: Literal["left", "right"] = "left" if column in ("name", "unit") else "right"
        folds = column == "name"
        table.add_column(
            column, justify=justify, no_wrap=not folds, overflow="fold", min_width=_NAME_WIDTH if folds else None
        )
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _rounded(value: float) -> float:
    """Four significant digits are all that a timing carries."""
    return float(f"{value:.4g}") if value < 1e4 else float(round(value))


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _memory_gib() -> float | None:
    try:
        return _rounded(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, OSError, ValueError):
        return None


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(_ROOT), *arguments], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
