"""The same seeds with and without a memory: what `evaluate.py --ablate memory` plays and prints.

Every policy plays the seeds of every scenario three times: without a memory; with one that is empty at first (what it
holds then comes from other seeds); and with what the attempt before has left, the same seeds once more. The difference
of a figure is paired by seed, and its 95% interval is the bootstrap's (10,000 draws, percentiles, fixed seed). Whoever
plays a seed again meets the same floors: this says what remembering them is worth, not how well new floors are played.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.config import EvaluationConfig
from agents.games import open_games
from agents.memory.embedding import FeatureEmbedder
from agents.memory.store import MemoryStore
from agents.policy import make_policy
from agents.policy.answer import ANSWERS
from agents.remembering import Remembering
from agents.runner import Runner
from agents.suites import Start, suite_of
from agents.telemetry.episodes import Episode

ARMS = ("without", "first attempt", "second attempt")
DRAWS, DRAW_SEED = 10_000, 1
INTERVALS = (16, 64)
"""Silos of the ablation; floors are in the slowest."""
FIGURES: dict[str, Callable[[Episode], float]] = {
    "cleared": lambda episode: float(episode.cleared), "floor": lambda episode: float(episode.floor),
    "turns": lambda episode: float(episode.turns),
}  # fmt: skip


def ablate(config: EvaluationConfig, quiet: bool = False) -> dict[str, Any]:
    """Play all arms; a table for people on stderr, and the object for the last line."""
    rows = []
    for start in suite_of(config.suite):
        for policy in config.policies:
            rows += list(_rows(config, policy, start))
            if not quiet:
                Console(stderr=True, width=132).print(_table(rows[-len(FIGURES) * 2 :]))
    return {
        "ablated": "memory",
        "suite": config.suite,
        "seeds": config.seeds,
        "first_seed": config.first_seed,
        "rows": rows,
    }


def _rows(config: EvaluationConfig, policy: str, start: Start) -> Iterator[dict[str, Any]]:
    embedder = FeatureEmbedder()
    with MemoryStore(
        None, dimensions=embedder.dimensions, embedder=embedder.name, intervals=INTERVALS
    ) as memory:  # fmt: skip
        played = {arm: _play(config, policy, start, None if arm == ARMS[0] else memory) for arm in ARMS}
    for arm in ARMS[1:]:
        for figure, of in FIGURES.items():
            before, after = ([of(episode) for episode in played[name]] for name in (ARMS[0], arm))
            low, high = interval(np.subtract(after, before))
            yield {
                "policy": policy, "scenario": start.name, "arm": arm, "figure": figure, "episodes": len(before),
                "without": round(float(np.mean(before)), 4), "with": round(float(np.mean(after)), 4),
                "difference": round(float(np.mean(after) - np.mean(before)), 4), "low": low, "high": high,
            }  # fmt: skip


def _play(config: EvaluationConfig, name: str, start: Start, memory: MemoryStore | None) -> list[Episode]:
    """Episodes in order of their numbers."""
    policy = make_policy(name)
    player = Remembering(policy, memory, FeatureEmbedder().keys, ANSWERS) if memory is not None else policy
    games = min(config.num_envs, config.seeds)
    with open_games(config.run(name, start), games, player.observation) as env:
        runner = Runner(
            env, player, seed=0, episodes=range(config.seeds), watchers=[] if memory is None else [player],
            seed_of=lambda number: config.first_seed + number,
        )  # fmt: skip
        return sorted(asyncio.run(runner.run()), key=lambda episode: episode.episode)


def interval(differences: Sequence[float] | np.ndarray[Any, Any]) -> tuple[float, float]:
    """95% interval of the mean of paired differences (n,), by bootstrap."""
    values = np.asarray(differences, np.float64)
    draw = np.random.default_rng(DRAW_SEED)
    means = values[draw.integers(len(values), size=(DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return round(float(low), 4), round(float(high), 4)


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("scenario", "policy", "memory", "figure", "without", "with", "difference", "95% interval"):
        table.add_column(column, no_wrap=True)
    for row in rows:
        table.add_row(
            row["scenario"], row["policy"], row["arm"], row["figure"], f"{row['without']:g}", f"{row['with']:g}",
            f"{row['difference']:+g}", f"{row['low']:+g} to {row['high']:+g}",
        )  # fmt: skip
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """`ablate_memory.py SUITE SEEDS [FIRST_SEED]`, for tuning; the command of record is evaluate.py --ablate memory."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    config = EvaluationConfig(suite=given[0], seeds=int(given[1]))
    if len(given) > 2:
        config = replace(config, first_seed=int(given[2]))
    print(json.dumps(ablate(config)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
