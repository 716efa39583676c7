"""What a person sees while a run goes: a live table on a terminal, one line an episode anywhere else."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agents.telemetry.episodes import Episode
from agents.telemetry.interface import IDLE, Slot

REFRESH_S = 0.125
COLOURS = {"cleared": "green", "escaped": "yellow", "truncated": "yellow"}


class Silent:
    """Shows nothing; the face of `--quiet`."""

    def began(self, slot: Slot) -> None:
        """See `Watcher.began`."""

    def stepped(self, slots: Sequence[Slot]) -> None:
        """See `Watcher.stepped`."""

    def descended(self, slot: Slot) -> None:
        """See `Watcher.descended`."""

    def ended(self, slot: Slot, episode: Episode) -> None:
        """See `Watcher.ended`."""

    def close(self) -> None:
        """Nothing to release."""


class Progress(Silent):
    """A `Watcher` that draws floor, HP and outcome of every game; `close` leaves the last picture standing."""

    def __init__(self, console: Console, title: str, total: int, done: Sequence[Episode] = ()) -> None:
        """`total` episodes make the run, `done` of them were played before."""
        self._console = console
        self._title = title
        self._total = total
        self._counts = Counter(episode.outcome for episode in done)
        self._last: dict[int, Episode] = {}
        self._slots: Sequence[Slot] = ()
        self._started = self._drawn = time.monotonic()
        self._steps = 0
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        if self._live:
            self._live.start()

    def stepped(self, slots: Sequence[Slot]) -> None:
        """Redraw, a few times a second at most."""
        self._slots = slots
        self._steps += sum(slot.episode != IDLE for slot in slots)
        if self._live and time.monotonic() - self._drawn >= REFRESH_S:
            self._draw()

    def ended(self, slot: Slot, episode: Episode) -> None:
        """Count the episode, and print it where nothing can be redrawn."""
        self._counts[episode.outcome] += 1
        self._last[slot.env_id] = episode
        if not self._live:
            self._console.print(f"{self._share()}  {_told(episode)}", highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Draw once more and give the terminal back; idempotent."""
        if self._live:
            self._draw()
            self._live.stop()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        assert self._live
        self._live.update(Group(self._table(), self._line()), refresh=True)

    def _table(self) -> Table:
        table = Table(title=self._title, title_justify="left", expand=False)
        for column in ("game", "episode", "floor", "HP", "steps"):
            table.add_column(column, justify="right")
        table.add_column("last episode", no_wrap=True, overflow="ellipsis", max_width=64)
        for slot in self._slots:
            idle = slot.episode == IDLE
            shown = ["-"] * 4 if idle else [slot.episode, slot.floor, slot.hp, len(slot.actions)]
            table.add_row(str(slot.env_id), *map(str, shown), self._last_of(slot))
        return table

    def _last_of(self, slot: Slot) -> Text:
        episode = self._last.get(slot.env_id)
        return Text(_told(episode), style=COLOURS.get(episode.outcome, "red")) if episode else Text("")

    def _line(self) -> str:
        seconds = max(1e-9, time.monotonic() - self._started)
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self._counts.items())) or "none over yet"
        return f"{self._share()}: {outcomes}; {self._steps / seconds:,.0f} steps/s"

    def _share(self) -> str:
        return f"{sum(self._counts.values())}/{self._total} episodes"


def _told(episode: Episode) -> str:
    how = f"{episode.outcome} ({episode.reason})" if episode.reason else episode.outcome
    return f"#{episode.episode} {how} on floor {episode.floor} after {episode.steps} steps, HP {episode.hp}"
