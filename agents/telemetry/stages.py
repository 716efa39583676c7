"""Where the time went: spans by stage as a table, and as a timeline that Perfetto and Chrome open."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.telemetry.measures import ALL, Span

RING = 65_536


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage over a run: how often, seconds in all and for one call at the median, 95th and 99th percentile.

    `share` of the wall time between the first span's begin and the last one's end; nested stages count in both.
    """

    name: str
    calls: int
    total_s: float
    share: float
    median_s: float
    p95_s: float
    p99_s: float


class SpanRing:
    """The latest spans, a bounded number; appending is all it does while things go fast. A `Backend`."""

    name = "spans"

    def __init__(self, size: int = RING) -> None:
        self._spans: deque[Span] = deque(maxlen=size)

    def write(self, batch: Iterable[Any]) -> None:
        """Keep the spans among these."""
        self._spans.extend(measure for measure in batch if isinstance(measure, Span))

    def close(self) -> None:
        """Nothing to release."""

    @property
    def stages(self) -> list[Stage]:
        """The table of what is kept now."""
        return stages_of(tuple(self._spans))


def stages_of(spans: Iterable[Span]) -> list[Stage]:
    """One row a stage, the longest in all first; empty without spans."""
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    first, last = np.inf, -np.inf
    for span in spans:
        seconds[span.stage].append(span.seconds)
        first, last = min(first, span.began_s), max(last, span.began_s + span.seconds)
    rows = [_stage(name, np.array(values), max(last - first, 1e-9)) for name, values in seconds.items()]
    return sorted(rows, key=lambda stage: -stage.total_s)


def _stage(name: str, seconds: Any, wall_s: float) -> Stage:
    median, p95, p99 = np.percentile(seconds, (50, 95, 99)).tolist()
    total = float(seconds.sum())
    return Stage(name, len(seconds), total, total / wall_s, median, p95, p99)


def chrome_trace(spans: Iterable[Span]) -> dict[str, Any]:
    """The spans in Chrome's trace format: a row of the timeline for each game, and one for what they share."""
    kept = list(spans)
    rows = sorted({span.env_id for span in kept})
    names = [
        {"ph": "M", "name": "thread_name", "pid": 1, "tid": row + 1,
         "args": {"name": "all games" if row == ALL else f"game {row}"}}
        for row in rows
    ]  # fmt: skip
    return {"displayTimeUnit": "ms", "traceEvents": names + [_traced(span) for span in kept]}


def _traced(span: Span) -> dict[str, Any]:
    return {
        "ph": "X", "name": span.stage, "pid": 1, "tid": span.env_id + 1, "ts": span.began_s * 1e6,
        "dur": span.seconds * 1e6, "args": {"step": span.step, "rows": span.rows},
    }  # fmt: skip
