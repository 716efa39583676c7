"""The folder of a run: made in one go or not at all; every file but the log is replaced as a whole.

`config.yaml` (what was asked for), `events.jsonl` (what happened), `episodes.csv` and `summary.json` (made from it),
and the animation of the best episode.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.telemetry.episodes import Episode, table
from agents.telemetry.events import EventLog, read_events
from pmd_gym.errors import ConfigError, StorageError

CONFIG, EVENTS, EPISODES, SUMMARY, FILM = "config.yaml", "events.jsonl", "episodes.csv", "summary.json", "best.gif"


class RunFolder:
    """One run's files; use `create` or `resume`."""

    def __init__(self, path: Path, made: tuple[Path, ...] = ()) -> None:
        self.path = path
        self._made = made

    @classmethod
    def create(cls, path: Path) -> RunFolder:
        """An empty folder at `path`, parents included; ConfigError if it holds something or cannot be written."""
        missing = tuple(folder for folder in (path, *path.parents) if not folder.exists())
        try:
            path.mkdir(parents=True, exist_ok=True)
            occupied = any(path.iterdir())
            _probe(path)
        except OSError as error:
            _remove(missing)
            raise ConfigError(f"cannot write to {path}: {error.strerror}; choose another folder with --out") from error
        if occupied:
            raise ConfigError(f"{path} is not empty; choose a new folder with --out, or continue a run with --resume")
        return cls(path, missing)

    @classmethod
    def resume(cls, path: Path) -> RunFolder:
        """The folder of an earlier run; ConfigError if `path` is none or cannot be written."""
        if not (path / CONFIG).is_file() or not (path / EVENTS).is_file():
            raise ConfigError(f"{path} holds no run (no {CONFIG} and {EVENTS}); give the folder of one with --resume")
        try:
            _probe(path)
        except OSError as error:
            raise ConfigError(f"cannot write to {path}: {error.strerror}; make it writable to resume") from error
        return cls(path)

    def discard(self) -> None:
        """Undo `create`, as long as nothing was written."""
        _remove(self._made)

    def open_log(self) -> EventLog:
        """The event log, to append to."""
        return EventLog(self.path / EVENTS)

    def episodes(self) -> list[Episode]:
        """The finished episodes in the log."""
        events = read_events(self.path / EVENTS)
        return [Episode.from_event(event) for event in events if event["kind"] == "episode_ended"]

    def write_config(self, text: str) -> None:
        """Write `config.yaml`."""
        write_atomically(self.path / CONFIG, text.encode())

    def write_results(self, episodes: list[Episode], summary: Mapping[str, Any]) -> None:
        """Write `episodes.csv` and `summary.json`."""
        write_atomically(self.path / EPISODES, table(episodes).encode())
        write_atomically(self.path / SUMMARY, (json.dumps(summary, indent=2) + "\n").encode())


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file as a whole: readers see the old or the new one, also after a crash. StorageError if it fails."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}; free some space, the events are safe") from error
    finally:
        draft.unlink(missing_ok=True)


def _probe(path: Path) -> None:
    """OSError if no file can be made in the folder; asking for permission bits would not do for root or full disks."""
    probe = path / f".probe.{os.getpid()}"
    probe.touch()
    probe.unlink()


def _remove(folders: tuple[Path, ...]) -> None:
    """Remove empty folders, innermost first."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
