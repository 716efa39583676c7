"""The episodes of an evaluation as they come: kept by policy and scenario, logged, and shown as a bar."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from agents.telemetry.episodes import COLUMNS, Episode
from agents.telemetry.events import EventLog, read_events
from agents.telemetry.folder import EVENTS, RunFolder
from agents.telemetry.interface import Slot, Watcher
from agents.telemetry.progress import Silent

Pair: TypeAlias = tuple[str, str]
"""Policy and scenario."""

ENDED = "episode_ended"


class Trials:
    """The finished episodes of every pair."""

    def __init__(self) -> None:
        self._episodes: dict[Pair, dict[int, Episode]] = defaultdict(dict)

    @classmethod
    def read(cls, folder: RunFolder) -> Trials:
        """What the log of a folder holds."""
        trials = cls()
        for event in read_events(folder.path / EVENTS):
            if event["kind"] == ENDED:
                trials.add((event["policy"], event["scenario"]), Episode.from_event(event))
        return trials

    def add(self, pair: Pair, episode: Episode) -> None:
        """Keep a finished episode."""
        self._episodes[pair][episode.episode] = episode

    def numbers(self, pair: Pair) -> set[int]:
        """Numbers of the finished episodes of a pair."""
        return set(self._episodes.get(pair, {}))

    def episodes(self, pair: Pair) -> list[Episode]:
        """Finished episodes of a pair, by number."""
        return [episode for _, episode in sorted(self._episodes.get(pair, {}).items())]

    def of(self, pair: Pair) -> Watcher:
        """A watcher that keeps the episodes of a pair."""
        return _Keeper(self, pair)

    def table(self) -> str:
        """CSV of all episodes, without their actions."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("policy", "scenario", *COLUMNS))
        for pair in self._episodes:
            writer.writerows((*pair, *(getattr(episode, name) for name in COLUMNS)) for episode in self.episodes(pair))
        return text.getvalue()


class TrialLog:
    """Writes every finished episode, with its actions, as one line of JSON."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def of(self, pair: Pair) -> Watcher:
        """A watcher that writes the episodes of a pair."""
        return _Writer(self._log, pair)


class Bar(Silent):
    """A progress bar over all episodes of an evaluation; one line for each pair where nothing can be redrawn."""

    def __init__(self, console: Console, total: int, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._total = total
        self._done = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        if console.is_terminal and not quiet and total:
            self._open(console, total)

    def _open(self, console: Console, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), console=console,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=total)
        self._progress.start()

    def enter(self, pair: Pair) -> None:
        """The episodes of a pair begin."""
        policy, scenario = pair
        if self._progress and self._task is not None:
            self._progress.update(self._task, description=f"{policy} in {scenario}")
        elif not self._quiet:
            self._console.print(f"{self._done}/{self._total} episodes; {policy} in {scenario} ...", highlight=False)

    def ended(self, slot: Slot, episode: Episode) -> None:
        """See `Watcher.ended`."""
        self._done += 1
        if self._progress and self._task is not None:
            self._progress.advance(self._task)

    def close(self) -> None:
        """Give the terminal back; idempotent."""
        if self._progress:
            self._progress.stop()


class _Keeper(Silent):
    def __init__(self, trials: Trials, pair: Pair) -> None:
        self._trials = trials
        self._pair = pair

    def ended(self, slot: Slot, episode: Episode) -> None:
        self._trials.add(self._pair, episode)


class _Writer(Silent):
    def __init__(self, log: EventLog, pair: Pair) -> None:
        self._log = log
        self._pair = pair

    def ended(self, slot: Slot, episode: Episode) -> None:
        policy, scenario = self._pair
        self._log.write(ENDED, policy=policy, scenario=scenario, **episode.as_event())
