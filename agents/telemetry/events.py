"""The event log of a run: one JSON object a line, written as things happen, read back to resume.

The log is the only truth about a run; tables and summaries are made from it. A line cut short by a crash is dropped
when the log is opened again. Nothing here knows what the events mean.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
"""`kind` (what happened), `time_s` (seconds since the epoch), and what belongs to the kind."""


class EventLog:
    """Appends events to a file; each is on its way to the disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        """Opens `path` to append, after cutting off a line that was never finished; OSError as the system gives it."""
        self._file = path.open("a+b")
        self._file.truncate(_whole_lines(path))

    def write(self, kind: str, **fields: Any) -> None:
        """Append one event; ValueError after `close`."""
        event = {"kind": kind, "time_s": round(time.time(), 3), **fields}
        self._file.write(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Force everything to the disk; idempotent."""
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def __enter__(self) -> EventLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_events(path: Path) -> list[Event]:
    """The whole events of a log, in order; a last line without its end is left out."""
    content = path.read_bytes()[: _whole_lines(path)]
    return [json.loads(line) for line in content.splitlines()]


def _whole_lines(path: Path) -> int:
    """Size in bytes of the part of the file that ends with a line feed."""
    return path.read_bytes().rfind(b"\n") + 1
