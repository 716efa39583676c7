"""The event log keeps what was written, whatever interrupts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.telemetry.events import EventLog, read_events


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    with EventLog(tmp_path / "log") as log:
        log.write("first", value=1)
        log.write("second", names=["ä", "b"])
    events = read_events(tmp_path / "log")
    assert [event["kind"] for event in events] == ["first", "second"]
    assert events[1]["names"] == ["ä", "b"]
    assert events[0]["time_s"] > 0


def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with EventLog(path) as log:
        log.write("whole")
    with path.open("ab") as file:
        file.write(b'{"kind":"to')
    assert [event["kind"] for event in read_events(path)] == ["whole"]
    with EventLog(path) as log:
        log.write("after")
    assert [event["kind"] for event in read_events(path)] == ["whole", "after"]


def test_an_event_is_readable_before_the_log_is_closed(tmp_path: Path) -> None:
    with EventLog(tmp_path / "log") as log:
        log.write("early")
        assert len(read_events(tmp_path / "log")) == 1


def test_a_closed_log_refuses_events(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log")
    log.close()
    log.close()
    with pytest.raises(ValueError, match="closed"):
        log.write("late")
