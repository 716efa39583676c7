"""The stages of a run: from what telemetry wrote to a table, a timeline and a JSON line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from agents.telemetry.json_lines import JsonLinesBackend
from agents.telemetry.measures import Figure, Span

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import profile_run


def run_with(folder: Path, spans: int) -> Path:
    backend = JsonLinesBackend(folder)
    backend.write([Figure(name="a", value=1.0)])
    backend.write([Span(stage="act", began_s=float(number), seconds=0.5, step=number) for number in range(spans)])
    backend.close()
    return folder


def test_stages_and_timeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = tmp_path / "trace.json"
    assert profile_run.main([str(run_with(tmp_path / "run", 4)), "--trace", str(trace)]) == 0
    out, err = capsys.readouterr()
    (stage,) = json.loads(out.splitlines()[-1])["stages"]
    assert (stage["name"], stage["calls"], stage["total_s"]) == ("act", 4, 2.0)
    assert "500.000" in err
    assert sum(event["ph"] == "X" for event in json.loads(trace.read_text())["traceEvents"]) == 4


@pytest.mark.parametrize("spans", [None, 0])
def test_a_folder_without_spans_is_a_mistake(
    tmp_path: Path, spans: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path if spans is None else run_with(tmp_path / "run", 0)
    assert profile_run.main([str(folder)]) == 2
    assert "holds no spans" in capsys.readouterr().err
