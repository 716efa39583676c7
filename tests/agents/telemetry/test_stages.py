"""Spans as a table and as a timeline, against sums done by hand."""

from __future__ import annotations

import json

import pytest

from agents.telemetry.measures import ALL, Figure, Span
from agents.telemetry.stages import SpanRing, chrome_trace, stages_of

SPANS = [
    Span(stage="decide", began_s=10.0, seconds=0.3, env_id=ALL, step=1, rows=4),
    Span(stage="act", began_s=10.3, seconds=0.1, step=1),
    Span(stage="decide", began_s=10.4, seconds=0.5, env_id=2, step=2),
    Span(stage="act", began_s=10.9, seconds=0.1, step=2),
]


def test_the_table_says_where_the_time_went() -> None:
    decide, act = stages_of(SPANS)
    assert (decide.name, decide.calls, act.name, act.calls) == ("decide", 2, "act", 2)
    assert decide.total_s == pytest.approx(0.8)
    assert decide.share == pytest.approx(0.8)
    assert decide.median_s == pytest.approx(0.4)
    assert act.p99_s == pytest.approx(0.1)
    assert stages_of([]) == []


def test_the_ring_keeps_the_latest_spans_only() -> None:
    ring = SpanRing(size=3)
    ring.write([Figure(name="a", value=1.0), *SPANS])
    assert [(stage.name, stage.calls) for stage in ring.stages] == [("decide", 1), ("act", 2)]


def test_the_timeline_has_a_row_for_each_game() -> None:
    trace = json.loads(json.dumps(chrome_trace(SPANS)))
    names = {event["tid"]: event["args"]["name"] for event in trace["traceEvents"] if event["ph"] == "M"}
    assert names == {0: "all games", 3: "game 2"}
    first = next(event for event in trace["traceEvents"] if event["ph"] == "X")
    assert (first["name"], first["ts"], first["dur"], first["args"]) == ("decide", 1e7, 3e5, {"step": 1, "rows": 4})
