"""Decisions a second of a model, one by one against in batches, and how long requests wait in the queue.

Games are single callers that all ask at once, through one `InferenceQueue`; serial means that each asks alone after
another. The limit beside the figures is the bare model with the same batch and no queue.

  python scripts/bench_inference.py                  a model with random weights and the small size
  python scripts/bench_inference.py --model PATH     a real one
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmark import Aim, Timing, report, timing

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # pictures of the tests' floor; no game is needed

from agents.inference.interface import ChoiceRequest, Prompt
from agents.inference.queue import InferenceQueue, Limits
from agents.inference.transformers import TransformersBackend
from pmd_gym.views import draw
from tests.doubles.small_model import folder, records

GAMES = (1, 2, 4, 8, 16)
MOST_ROWS = 8
SPEEDUP_AIM, WAIT_AIM_MS = 2.0, 55.0
ANSWERS = ("wait", "↑", "↗", "attack", "1")


def main() -> None:
    """Measure, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a folder or a name for from_pretrained; without it random weights are made")
    parser.add_argument("--weights", choices=("real", "small"), default="real", help="what to call those of --model")
    parser.add_argument("--seconds", type=float, default=3.0, help="time spent on each row (default 3)")
    parser.add_argument("--games", default=",".join(map(str, GAMES)), help="numbers of games, separated by commas")
    parser.add_argument("--threads", type=int, help="threads of the model's library (default: its own choice)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        model = options.model or folder(Path(made))
        backend = TransformersBackend(model, threads=options.threads)
        games = [int(count) for count in options.games.split(",")]
        rows, aims = asyncio.run(_measured(backend, games, options.seconds))
        backend.close()
    weights = options.weights if options.model else "random"
    report(f"Decisions of one token, weights={weights}", [{**row, "weights": weights} for row in rows], aims)


async def _measured(
    backend: TransformersBackend, games: list[int], seconds: float
) -> tuple[list[dict[str, Any]], list[Aim]]:
    rows, aims = [], []
    for count in games:
        requests = _requests(count)
        queue = InferenceQueue(backend, Limits(MOST_ROWS, target_ms=10_000))
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "serial": lambda requests=requests: _serial(backend, requests),
            "bare batch": lambda requests=requests: backend.choose(requests),
            "queue": lambda queue=queue, requests=requests: _together(queue, requests),
        }  # fmt: skip
        taken = await _in_turn(ways, seconds)
        for name, timed in taken.items():
            rate = round(count / timed.median_s, 1)
            rows.append({**timed.row(f"{name}, games: {count}", per_call=count), "decisions_s": rate})
        waits = queue.statistics
        rows[-1] |= {"wait_p50_ms": round(waits.wait_p50_ms, 2), "wait_p99_ms": round(waits.wait_p99_ms, 2)}
        if count == 8:
            gain = taken["serial"].median_s / taken["queue"].median_s
            aims.append(Aim("queue against serial, 8 games", round(gain, 3), "x", SPEEDUP_AIM))
        if count <= MOST_ROWS:  # more games wait for each other's batches, however the queue is made
            aims.append(Aim(f"queue wait p99, games: {count}", waits.wait_p99_ms, "ms", WAIT_AIM_MS, at_most=True))
    return rows, aims


async def _in_turn(ways: dict[str, Callable[[], Awaitable[object]]], seconds: float) -> dict[str, Timing]:
    """Timings of each way, taken in turns so that a busy moment of the machine hits all of them."""
    loop = asyncio.get_running_loop()
    times: dict[str, list[float]] = {name: [] for name in ways}
    start = loop.time()
    for _ in range(2):
        for way in ways.values():
            await way()
    warm = loop.time()
    while loop.time() - warm < seconds * len(ways) or len(times["serial"]) < 5:
        for name, way in ways.items():
            before = loop.time()
            await way()
            times[name].append(loop.time() - before)
    return {name: timing(taken, (warm - start) / len(ways)) for name, taken in times.items()}


async def _serial(backend: TransformersBackend, requests: list[ChoiceRequest]) -> None:
    for request in requests:
        await backend.choose([request])


async def _together(queue: InferenceQueue, requests: list[ChoiceRequest]) -> None:
    results = await asyncio.gather(*(queue.choose([request]) for request in requests))
    for choices in results:
        if choices[0].error is not None:
            raise choices[0].error


def _requests(count: int) -> list[ChoiceRequest]:
    from agents.training.samples import cells

    return [
        ChoiceRequest(Prompt(picture=draw(cells(record)), text=record["text"].decode()), ANSWERS)
        for record in records(count)
    ]


if __name__ == "__main__":
    main()
