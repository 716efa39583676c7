"""A run on a disk that fills up: one error that says what to do, and what was written before can be gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.telemetry.events import EventLog, read_events
from agents.telemetry.folder import write_atomically
from pmd_gym.errors import StorageError
from tests.doubles.full_disk import full_after


def test_events_before_the_disk_was_full_are_whole_and_the_log_goes_on(tmp_path: Path) -> None:
    path, written = tmp_path / "events.jsonl", 0
    with full_after(1000), pytest.raises(StorageError, match="--resume"), EventLog(path) as log:
        for number in range(100):
            log.write("step", number=number)
            written += 1
    assert 0 < written < 100
    with EventLog(path) as log:
        log.write("step", number=written)
    assert [event["number"] for event in read_events(path)] == list(range(written + 1))


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    write_atomically(path, b"old")
    with full_after(1000), pytest.raises(StorageError, match="free some space"):
        write_atomically(path, bytes(5000))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
