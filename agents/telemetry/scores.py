"""From the episodes of one policy in one scenario to a row of figures: rate and interval, means, causes of loss."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import sqrt
from typing import Any

from agents.telemetry.episodes import Episode

Z_95 = 1.959963984540054
"""Half width of the central 95% of the normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Score:
    """One row of an evaluation."""

    policy: str
    scenario: str
    dungeon: str
    episodes: int
    cleared: int
    clear_rate: float
    """0..1."""
    low: float
    """Lower end of the 95% interval of the clear rate (Wilson)."""
    high: float
    floors: int
    """Floors of the dungeon."""
    mean_floor: float
    """Mean of the floor an episode ended on."""
    mean_turns: float
    """Mean of the game's turns in an episode."""
    mean_steps: float
    """Mean of the actions, turning in place included."""
    main_cause: str
    """Most common reason of those that did not clear; empty if all did."""
    main_share: float
    """Its share of those, 0..1."""


def score(policy: str, scenario: str, dungeon: str, floors: int, episodes: Sequence[Episode]) -> Score:
    """The row of `episodes`, at least one, all of one policy in one scenario."""
    count, cleared = len(episodes), sum(episode.cleared for episode in episodes)
    low, high = wilson(cleared, count)
    cause, share = main_cause(episodes)
    return Score(
        policy, scenario, dungeon, count, cleared, round(cleared / count, 4), round(low, 4), round(high, 4), floors,
        _mean([episode.floor for episode in episodes]), _mean([episode.turns for episode in episodes]),
        _mean([episode.steps for episode in episodes]), cause, round(share, 4),
    )  # fmt: skip


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a rate, (low, high) within 0..1; (0, 1) without trials.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927). Unlike rate +- z * error it stays inside
    0..1 and is honest for rates near 0 and 1 of few trials.
    """
    if trials == 0:
        return 0.0, 1.0
    rate, spread = successes / trials, z * z / trials
    middle = rate + spread / 2
    reach = z * sqrt(rate * (1 - rate) / trials + spread / trials / 4)
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return (0.0 if successes == 0 else max(0.0, low)), (1.0 if successes == trials else min(1.0, high))


def main_cause(episodes: Sequence[Episode]) -> tuple[str, float]:
    """The most common cause of those that did not clear, the first by name of equals, and its share of them."""
    causes = Counter(episode.cause or episode.outcome for episode in episodes if not episode.cleared)
    if not causes:
        return "", 0.0
    cause = min(causes, key=lambda name: (-causes[name], name))
    return cause, causes[cause] / causes.total()


def score_table(scores: Sequence[Score]) -> str:
    """CSV of the rows, in their order, with the names of the fields on top."""
    text = io.StringIO()
    names = [entry.name for entry in fields(Score)]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(row, name) for name in names] for row in scores)
    return text.getvalue()


def shown(row: Score) -> tuple[str, ...]:
    """The cells that people read: dungeon, rate with interval, floor, turns, cause of loss."""
    cause = f"{row.main_cause} ({row.main_share:.0%})" if row.main_cause else "-"
    return (
        row.dungeon, row.policy, f"{row.cleared}/{row.episodes}", f"{row.clear_rate:.0%}",
        f"{row.low:.0%} to {row.high:.0%}", f"{row.mean_floor:.1f} of {row.floors}", f"{row.mean_turns:,.0f}", cause,
    )  # fmt: skip


COLUMNS = ("dungeon", "policy", "cleared", "rate", "95% interval", "mean floor", "mean turns", "main cause of loss")
"""Heads of the cells of `shown`."""


def _mean(values: Sequence[Any]) -> float:
    return round(float(sum(values)) / len(values), 2)
