"""Decisions a second of a model, one by one against in batches; how long requests wait; memory; a router's worth.

  python scripts/bench_inference.py                                random weights of the small size
  python scripts/bench_inference.py --model PATH --larger PATH     real ones; --larger is the router's second tier

Games are callers that all ask at once, through one `InferenceQueue`; serial means that each asks alone after another.
The limit beside the figures is the bare model with the same batch and no queue. What is measured (`--parts`):

  choose     one token out of the legal answers
  grounded   five tokens: why, where to, and the action, kept to a list of answers
  loop       steps of eight games with everything that a step needs, asked one by one and together
  memory     of this process over --decisions decisions of both kinds
  router     how often the explorer's action is chosen by the small model, by the larger, and by a router over both
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from benchmark import Aim, Timing, report, timing

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # pictures of the tests' floor; no game is needed

from agents.inference.interface import Choice, ChoiceRequest, InferenceBackend, Prompt, Request, Situation
from agents.inference.local.ceiling import resident
from agents.inference.queue import InferenceQueue, Limits
from agents.inference.router import Decision, Router, Tier
from agents.inference.transformers import TransformersBackend
from agents.policy.answer import ANSWERS, ARROWS
from agents.policy.prompt import ACT, PLAN
from pmd_gym.views import draw
from tests.doubles.small_model import folder, records

GAMES = (1, 2, 4, 8, 16)
PARTS = ("choose", "grounded", "loop", "memory", "router")
MOST_ROWS, LOOP_GAMES = 8, 8
AIMS = {"choose": 2.0, "grounded": 4.0}
WAIT_AIM_MS, GROWTH_AIM_MIB, LATENCY_AIM_MS = 55.0, 8.0, 50.0
WORDS = ("wait", "↑", "↗", "attack", "1")
PLANS = tuple(f"explore{x:+d}{y:+d}:{arrow}" for x in range(-7, 8) for y in range(-4, 5) for arrow in ARROWS)
"""Answers of five tokens, as the small model is trained to give them, with the goal alone."""
MOMENTS = 512
"""Of the router's part: moments of the explorer's games."""

Asked = ChoiceRequest | Request
Found = tuple[list[dict[str, Any]], list[Aim]]


def main() -> None:
    """Measure, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a folder or a name for from_pretrained; without it random weights are made")
    parser.add_argument("--larger", help="the router's second tier; without it a larger one with random weights")
    parser.add_argument("--weights", choices=("real", "small"), default="real", help="what to call those of --model")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)} (default all)")
    parser.add_argument("--seconds", type=float, default=3.0, help="time spent on each row (default 3)")
    parser.add_argument("--games", default=",".join(map(str, GAMES)), help="numbers of games, separated by commas")
    parser.add_argument("--decisions", type=int, default=10_000, help="of the part memory (default 10,000)")
    parser.add_argument("--threads", type=int, help="threads of the model's library (default: its own choice)")
    options = parser.parse_args()
    if unknown := set(options.parts.split(",")) - set(PARTS):
        parser.error(f"--parts knows {', '.join(PARTS)}, not {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as made:
        rows, aims = asyncio.run(_measured(options, Path(made)))
    weights = options.weights if options.model else "random"
    report(f"Decisions, weights={weights}", [{**row, "weights": weights} for row in rows], aims)


async def _measured(options: argparse.Namespace, room: Path) -> Found:
    backend = TransformersBackend(options.model or folder(room), threads=options.threads)
    parts = options.parts.split(",")
    found: list[Found] = []
    for kind in ("choose", "grounded"):
        if kind in parts:
            games = [int(count) for count in options.games.split(",")]
            found.append(await _rates(backend, kind, games, options.seconds))
    if "loop" in parts:
        found.append(await _loop(backend, options.seconds))
    if "memory" in parts:
        found.append(await _memory(backend, options.decisions))
    if "router" in parts:
        larger = TransformersBackend(options.larger or folder(room / "larger", "m"), threads=options.threads)
        found.append(await _router(backend, larger))
        larger.close()
    backend.close()
    return [row for rows, _ in found for row in rows], [aim for _, aims in found for aim in aims]


async def _rates(backend: TransformersBackend, kind: str, games: Sequence[int], seconds: float) -> Found:
    rows, aims = [], []
    for count in games:
        asked = _requests(kind, count)
        queue = InferenceQueue(backend, Limits(MOST_ROWS, target_ms=10_000))
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "serial": lambda asked=asked: _serial(backend, asked),
            "bare batch": lambda asked=asked: _ask(backend, asked),
            "queue": lambda queue=queue, asked=asked: _together(queue, asked),
        }  # fmt: skip
        taken = await _in_turn(ways, seconds)
        for name, timed in taken.items():
            rate = round(count / timed.median_s, 1)
            rows.append({**timed.row(f"{kind}, {name}, games: {count}", per_call=count), "decisions_s": rate})
        waits = queue.statistics
        rows[-1] |= {"wait_p50_ms": round(waits.wait_p50_ms, 2), "wait_p99_ms": round(waits.wait_p99_ms, 2)}
        aims += _aims(kind, count, taken, waits.wait_p99_ms)
    return rows, aims


def _aims(kind: str, games: int, taken: dict[str, Timing], wait_p99_ms: float) -> list[Aim]:
    aims = []
    if games == MOST_ROWS:
        gain = taken["serial"].median_s / taken["queue"].median_s
        aims.append(Aim(f"{kind}: queue against serial, 8 games", round(gain, 3), "x", AIMS[kind]))
        each = taken["queue"].median_s / games * 1e3
        aims.append(Aim(f"{kind}: a decision's share of a batch, 8 games", each, "ms", LATENCY_AIM_MS, at_most=True))
    if games <= MOST_ROWS:  # more games wait for each other's batches, however the queue is made
        aims.append(Aim(f"{kind}: queue wait p99, games: {games}", wait_p99_ms, "ms", WAIT_AIM_MS, at_most=True))
    return aims


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


async def _ask(backend: InferenceBackend, asked: Sequence[Asked]) -> list[Any]:
    """Answers to requests of one kind; the first error is raised."""
    choices = [request for request in asked if isinstance(request, ChoiceRequest)]
    texts = [request for request in asked if isinstance(request, Request)]
    answers: list[Any] = [*(await backend.choose(choices) if choices else []),
                          *(await backend.generate(texts) if texts else [])]  # fmt: skip
    for answer in answers:
        if answer.error is not None:
            raise answer.error
    return answers


async def _serial(backend: InferenceBackend, asked: Sequence[Asked]) -> None:
    for request in asked:
        await _ask(backend, [request])


async def _together(backend: InferenceBackend, asked: Sequence[Asked]) -> None:
    await asyncio.gather(*(_ask(backend, [request]) for request in asked))


def _requests(kind: str, count: int) -> list[Asked]:
    from agents.training.samples import cells

    def prompt(record: Any, ask: str) -> Prompt:
        return Prompt(picture=draw(cells(record)), text=f"{record['text'].decode()}\n{ask}")

    if kind == "choose":
        return [ChoiceRequest(prompt(record, ACT), WORDS) for record in records(count)]
    return [Request(prompt(record, PLAN), 5, PLANS) for record in records(count)]


async def _loop(backend: TransformersBackend, seconds: float) -> Found:
    """Steps of games from the screen to the next one: decoding, drawing, asking, playing."""
    alone, together = _OneByOne(backend), InferenceQueue(backend, Limits(MOST_ROWS, target_ms=10_000))
    rates = {"batching off": await _steps_s(alone, seconds), "batching on": await _steps_s(together, seconds)}
    rows = [{"name": f"loop, {LOOP_GAMES} games, {name}", "steps_s": round(rate, 1)} for name, rate in rates.items()]
    gain = rates["batching on"] / rates["batching off"]
    return [*rows, {"name": "loop, gain of batching", "times": round(gain, 2)}], []


async def _steps_s(backend: Any, seconds: float) -> float:
    from agents.policy.vlm import VisionLanguagePolicy
    from pmd_gym.vector_env import PMDRedVectorEnv

    env = PMDRedVectorEnv(LOOP_GAMES, dungeon="Tiny Woods", observation="map")
    policy = VisionLanguagePolicy(backend, lambda ids: env.moments(ids, pixels=False))
    everyone, steps, start = np.arange(LOOP_GAMES), 0, 0.0
    observations, _ = env.reset(seed=1)
    while steps <= 2 * LOOP_GAMES or time.perf_counter() - start < seconds:
        if steps == 2 * LOOP_GAMES:
            start = time.perf_counter()
        actions = await policy.act(everyone, observations, env.action_masks())
        observations, *_ = env.step(actions)
        steps += LOOP_GAMES
    env.close()
    return (steps - 2 * LOOP_GAMES) / (time.perf_counter() - start)


class _OneByOne:
    """A model that is asked for one row at a time."""

    def __init__(self, backend: InferenceBackend) -> None:
        self._backend = backend

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        return [(await self._backend.choose([request]))[0] for request in requests]


async def _memory(backend: TransformersBackend, decisions: int) -> Found:
    """Resident memory after a tenth of the decisions and after all of them; every tenth batch is grounded."""
    queue = InferenceQueue(backend, Limits(MOST_ROWS, target_ms=10_000))
    kinds = {kind: _requests(kind, MOST_ROWS) for kind in AIMS}
    used: list[float] = []
    for batch in range(decisions // MOST_ROWS):
        await _together(queue, kinds["grounded" if batch % 10 == 9 else "choose"])
        if (batch + 1) % max(1, decisions // MOST_ROWS // 10) == 0:
            used.append(resident() / 2**20)
    growth = used[-1] - used[0]
    row = {"name": f"memory, {decisions} decisions", "mib": round(used[-1]), "growth_mib": round(growth, 1)}
    return [row], [Aim("memory's growth from the first tenth to the end", growth, "MiB", GROWTH_AIM_MIB, at_most=True)]


async def _router(small: TransformersBackend, larger: TransformersBackend) -> Found:
    """Agreement with the explorer on moments of its own games, and what it costs; situations are all calm."""
    asked, right = _explored(MOMENTS)
    decided: list[Decision] = []
    router = Router([Tier("small", small), Tier("larger", larger)], on_decision=decided.append)
    rows = []
    for name, backend in (("small", small), ("larger", larger), ("router", router)):
        start = time.perf_counter()
        chosen = [
            request.answers[choice.index] for first in range(0, len(asked), MOST_ROWS)
            for request, choice in zip(asked[first : first + MOST_ROWS],
                                       await _ask(backend, asked[first : first + MOST_ROWS]), strict=True)
        ]  # fmt: skip
        rate = len(asked) / (time.perf_counter() - start)
        agreed = float(np.mean([word == wanted for word, wanted in zip(chosen, right, strict=True)]))
        rows.append({"name": f"router part, {name}", "decisions_s": round(rate, 1), "as_explorer": round(agreed, 3)})
    larger_rows = sum(decision.tier == "larger" and decision.margin is None for decision in decided)
    climbed = sum(decision.reason.startswith("unsure") for decision in decided)
    rows[-1]["went_up"] = round((larger_rows + climbed) / len(asked), 3)
    return rows, []


def _explored(count: int) -> tuple[list[ChoiceRequest], list[str]]:
    """Moments of games that the explorer plays in Tiny Woods, one game a situation, and what it does there."""
    from agents.training.collect import Collector, Plan, mixture
    from agents.training.samples import cells

    path = Path(__file__).resolve().parent.parent / "configs" / "env" / "tiny_woods.yaml"
    collector = Collector(Plan(mixture([(path, 1.0)]), seed=7, num_envs=16))
    asked: list[ChoiceRequest] = []
    right: list[str] = []
    for batch in collector.records():
        for game, record in enumerate(batch):
            prompt = Prompt(picture=draw(cells(record)), text=f"{record['text'].decode()}\n{ACT}")
            legal = tuple(ANSWERS[action] for action in np.flatnonzero(record["mask"]))
            asked.append(ChoiceRequest(prompt, legal, Situation(game)))
            right.append(ANSWERS[int(record["action"])])
        if len(asked) >= count:
            break
    collector.close()
    return asked[:count], right[:count]


if __name__ == "__main__":
    main()
