"""Records as curves: what a dashboard draws, from the records that a run tells.

Figures go through as they are. Decisions and spans come by the hundred a second, so a batch of them becomes one point:
means, and sums where the sum is what one wants to know. Knows no dashboard.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias, TypeVar

from agents.telemetry.measures import Decision, Dropped, EpisodeEnded, Figure, Measure, SkillEnded, Span

Curves: TypeAlias = dict[str, float]
Kind = TypeVar("Kind", bound=Measure)


@dataclass(frozen=True, slots=True)
class Point:
    """Values by name at a place on an axis: `env_step` (steps of the run over all games) or `episode`."""

    axis: str
    at: int
    values: Curves


def points(batch: Sequence[Measure]) -> list[Point]:
    """The points of a batch: one for each step with figures, one for what is averaged, one for each episode."""
    figures: defaultdict[int, Curves] = defaultdict(dict)
    for measure in batch:
        if isinstance(measure, Figure):
            figures[measure.step][measure.name] = measure.value
    made = [Point("env_step", step, values) for step, values in sorted(figures.items())]
    averages = {**_decisions(_only(batch, Decision)), **_spans(_only(batch, Span)), **_skills(_only(batch, SkillEnded))}
    averages |= {f"dropped/{drop.backend}": float(drop.count) for drop in _only(batch, Dropped)}
    if averages:
        made.append(Point("env_step", _latest_step(batch), averages))
    return made + [_episode(ended) for ended in _only(batch, EpisodeEnded)]


def _only(batch: Iterable[Measure], kind: type[Kind]) -> list[Kind]:
    return [measure for measure in batch if isinstance(measure, kind)]


def _latest_step(batch: Sequence[Measure]) -> int:
    return max((measure.step for measure in batch if isinstance(measure, Decision | Span | SkillEnded)), default=0)


def _decisions(decisions: list[Decision]) -> Curves:
    if not decisions:
        return {}
    return {
        "decision/probability": fmean(decision.probability for decision in decisions),
        "decision/latency_ms": fmean(decision.seconds for decision in decisions) * 1e3,
        "decision/tokens_read": float(sum(decision.tokens_read for decision in decisions)),
        "decision/tokens_written": float(sum(decision.tokens_written for decision in decisions)),
        "decision/cost": sum(decision.cost for decision in decisions),
    }


def _spans(spans: list[Span]) -> Curves:
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for span in spans:
        seconds[span.stage].append(span.seconds)
    return {f"stage/{name}_ms": fmean(values) * 1e3 for name, values in seconds.items()}


def _skills(ended: list[SkillEnded]) -> Curves:
    rewards: defaultdict[str, list[float]] = defaultdict(list)
    for skill in ended:
        rewards[skill.skill].append(skill.reward)
    return {f"skill/{name}_reward": fmean(values) for name, values in rewards.items()}


def _episode(ended: EpisodeEnded) -> Point:
    values = {"cleared": float(ended.outcome == "cleared"), "floor": float(ended.floor), "steps": float(ended.steps),
              "reward": ended.reward, "hp": float(ended.hp)}  # fmt: skip
    return Point("episode", ended.episode, {f"episode/{name}": value for name, value in values.items()})
