"""How fast memories open and are found: silos of 100,000 keys of 384 numbers, before and after in one run.

Before: one silo after the other, loaded as a whole when it is first asked. After: all side by side when the store is
made, checked by content, the index mapped. Keys are clustered like those of play: moments of the same places. The
physical limit beside opening is reading the same bytes; beside a query, reading the codes of the lists it looks into.

Each opening is measured in a process of its own, which also tells its memory. `--silos 7 --rows 100000` are the
issue's sizes; building them takes minutes and is not part of any figure.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from benchmark import Aim, measure, report
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agents.memory.exact_index import best_rows
from agents.memory.faiss_index import FaissKind
from agents.memory.interface import INTERVALS, Record
from agents.memory.store import MemoryStore

DIMENSIONS, K, QUERIES, PER_PLACE, SPREAD, GAMES = 384, 8, 200, 64, 0.6, 500
EMBEDDER = "bench"


def main() -> None:
    """Build, measure, print the tables and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="memories in a silo (default 100000)")
    parser.add_argument("--silos", type=int, default=len(INTERVALS), help="silos (default 7)")
    parser.add_argument("--seconds", type=float, default=3.0, help="time spent on each row of queries (default 3)")
    parser.add_argument("--child", choices=("before", "after"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where the silos are built, or lie already (default: temporary)")
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(_opened(asked.folder, asked.silos, asked.child)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        _build(folder, asked.rows, asked.silos)
        results, figures = _results(folder, asked.rows, asked.silos, asked.seconds)
    report(f"Memory: {asked.silos} silos of {asked.rows:,} x {DIMENSIONS}", results, _aims(figures))


def keys_of(silo: int, rows: int) -> NDArray[np.float32]:
    """(rows, 384) keys of length 1 around `rows / 64` places."""
    draw = np.random.default_rng(silo)
    places = draw.standard_normal((max(1, rows // PER_PLACE), DIMENSIONS), np.float32)
    made = places[draw.integers(len(places), size=rows)]
    made += SPREAD * draw.standard_normal((rows, DIMENSIONS), np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def _build(folder: Path, rows: int, silos: int) -> None:
    if (folder / "built").exists():
        return
    for interval in INTERVALS[:silos]:
        with _store(folder / "memory", (interval,)) as store:
            keys = keys_of(interval, rows)
            for start in range(0, rows, GAMES):
                numbers = range(start, min(rows, start + GAMES))
                store.add(interval, keys[start : start + GAMES], [_record(number) for number in numbers])
            store.share(range(GAMES))
            store.save()
    (folder / "built").touch()


def _store(folder: Path, intervals: tuple[int, ...], mapped: bool = True, threads: int | None = None) -> MemoryStore:
    return MemoryStore(
        folder, dimensions=DIMENSIONS, embedder=EMBEDDER, intervals=intervals, kind=FaissKind(), mapped=mapped,
        threads=threads,
    )  # fmt: skip


def _record(number: int) -> Record:
    game = number % GAMES
    return Record(game, game, 1, number, number, 1, 1, decision="attack", reward=1.0, seen="a room, two enemies near")


def _results(folder: Path, rows: int, silos: int, seconds: float) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Rows of the table, and the figures that the aims look at."""
    cold = _child(folder, silos, "after", cold=True)
    before, after = (_child(folder, silos, way) for way in ("before", "after"))
    results = [
        {"name": f"{name}: open", "median_ms": told["open_ms"], "first_query_ms": told["first_ms"],
         "rss_mib": told["rss_mib"], "private_mib": told["private_mib"]}
        for name, told in (
            ("after, pages dropped from the cache (asked, not forced)", cold),
            ("before: one by one, loaded", before), ("after: side by side, mapped", after),
        )
    ]  # fmt: skip
    results.append({"name": "limit: the same files read by one thread", "median_ms": _read_ms(folder)})
    with _store(folder / "memory", INTERVALS[:silos]) as store:
        figures = _queries(store, folder, rows, seconds, results)
    figures |= {"open_s": after["open_ms"] / 1000, "rss_share": 1 - after["rss_mib"] / before["rss_mib"]}
    return results, figures


def _child(folder: Path, silos: int, way: str, cold: bool = False) -> dict[str, float]:
    if cold and hasattr(os, "posix_fadvise"):
        for path in (folder / "memory").rglob("*.*"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = [sys.executable, __file__, "--child", way, "--folder", str(folder), "--silos", str(silos)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _opened(folder: Path, silos: int, way: str) -> dict[str, float]:
    """Open everything and ask once, in this fresh process; RSS beyond that of the process before."""
    asked, before = keys_of(1, 64)[:1], _memory()
    start = time.perf_counter()
    if way == "after":
        store = _store(folder / "memory", INTERVALS[:silos])
    else:
        store = _store(folder / "memory", INTERVALS[:silos], mapped=False, threads=1)
    opened = time.perf_counter()
    store.search([0], asked, K)
    first = time.perf_counter()
    after = _memory()
    store.close()
    return {
        "open_ms": round((opened - start) * 1e3, 1), "first_ms": round((first - opened) * 1e3, 2),
        "rss_mib": round(after[0] - before[0], 1), "private_mib": round(after[1] - before[1], 1),
    }  # fmt: skip


def _memory() -> tuple[float, float]:
    """MiB of this process in RAM: all, and what is not the page cache's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "RssAnon"))}
    return kib["VmRSS"] / 1024, kib["RssAnon"] / 1024


def _read_ms(folder: Path) -> float:
    start = time.perf_counter()
    for pattern in ("*.index", "*.rows"):
        for path in (folder / "memory").rglob(pattern):
            path.read_bytes()
    return round((time.perf_counter() - start) * 1e3, 1)


def _queries(
    store: MemoryStore, folder: Path, rows: int, seconds: float, results: list[dict[str, Any]]
) -> dict[str, float]:
    """Times and recall of queries near what is there; a query is one silo's, a recall asks all of them."""
    figures = {}
    made = keys_of(1, rows)
    draw = np.random.default_rng(99)
    near = made[draw.integers(rows, size=QUERIES)] + 0.02 * draw.standard_normal((QUERIES, DIMENSIONS), np.float32)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    for what, silos in (("one silo", [1]), ("all silos", None)):
        for batch in (1, 8):
            turns = iter(range(10**9))

            def ask(batch: int = batch, silos: list[int] | None = silos, turns: Any = turns) -> object:
                at = next(turns) * batch % (QUERIES - batch + 1)
                return store.search(range(batch), near[at : at + batch], K, silos)

            taken = measure(ask, seconds=seconds)
            results.append(taken.row(f"query of {what}, batch of {batch}, each", per_call=batch))
            figures[f"{what} {batch} p99_ms"] = taken.p99_s * 1e3 / batch
            figures[f"{what} {batch} median_ms"] = taken.median_s * 1e3 / batch
    exact = best_rows(near @ made.T, K)[1]
    figures["recall"] = float(
        np.mean([len(set(a) & set(b)) / K for a, b in zip(exact, _rows(folder, near), strict=True)])
    )
    results.append(
        {"name": f"recall@{K} of the index against exact search, one silo", "value": round(figures["recall"], 4)}
    )
    exact_query = measure(lambda: best_rows(near[:1] @ made.T, K), seconds=seconds / 2)
    results.append(exact_query.row("before: exact search in NumPy, one silo, batch of 1"))
    return figures


def _rows(folder: Path, near: NDArray[np.float32]) -> NDArray[np.int64]:
    """What the index of the first silo alone finds, by similarity; rows are in the order of the keys."""
    path = next((folder / "memory" / "silo_001").glob("*.index"))
    return FaissKind().open(path, mapped=True).search(near, K)[1]


def _aims(figures: dict[str, float]) -> list[Aim]:
    return [
        Aim("warm open", figures["open_s"], "s", 1.0, at_most=True),
        Aim("p99 of a query of one silo", figures["one silo 1 p99_ms"], "ms", 2.0, at_most=True),
        Aim("p99 of a recall of all silos", figures["all silos 1 p99_ms"], "ms", 2.0, at_most=True),
        Aim("each query in a batch of 8, one silo", figures["one silo 8 median_ms"], "ms", 0.3, at_most=True),
        Aim("each recall in a batch of 8, all silos", figures["all silos 8 median_ms"], "ms", 0.3, at_most=True),
        Aim("RSS saved by mapping", figures["rss_share"], "of 1", 0.3),
        Aim(f"recall@{K}", figures["recall"], "of 1", 0.95),
    ]


if __name__ == "__main__":
    main()
