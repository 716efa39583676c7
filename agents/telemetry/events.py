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

from pmd_gym.errors import StorageError

Event: TypeAlias = dict[str, Any]
"""`kind` (what happened), `time_s` (seconds since the epoch), and what belongs to the kind."""


class EventLog:
    """Appends events to a file; each is on its way to the disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        """Opens `path` to append, after cutting off a line that was never finished; OSError as the system gives it."""
        self._path = path
        self._file = path.open("a+b", buffering=0)  # what could not be written must not be tried again by `close`
        self._file.truncate(_whole_lines(path))

    def write(self, kind: str, **fields: Any) -> None:
        """Append one event; ValueError after `close`, StorageError on a full disk: the log then ends before it."""
        event = {"kind": kind, "time_s": round(time.time(), 3), **fields}
        line = memoryview(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            raise _full(self._path, error) from error

    def close(self) -> None:
        """Force everything to the disk; idempotent. StorageError if the disk does not take it."""
        if not self._file.closed:
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                raise _full(self._path, error) from error
            finally:
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


def _full(path: Path, error: OSError) -> StorageError:
    return StorageError(f"cannot write {path}: {error.strerror}; free some space, then go on with --resume")


def _whole_lines(path: Path) -> int:
    """Size in bytes of the part of the file that ends with a line feed."""
    return path.read_bytes().rfind(b"\n") + 1
