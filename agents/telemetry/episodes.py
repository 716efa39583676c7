"""The record of one episode, and the figures of many."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

OUTCOMES = ("cleared", "fainted", "escaped", "lost")
"""How the game can end an episode; `truncated` is added for one that was cut off."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One finished run of a dungeon; the same for the same seed, whatever else was played beside it."""

    episode: int
    """Number in the run, from 0."""
    seed: int
    """Seed of the game, uint32."""
    outcome: str
    """`cleared`, `fainted`, `escaped`, `lost`, or `truncated` (out of steps)."""
    floor: int
    """Floor it ended on, 1 is the first."""
    steps: int
    """Actions, turning included."""
    hp: int
    """HP of the leader at the end."""
    reward: float
    reason: str = ""
    """Why it was truncated, if it was not for the number of steps."""
    actions: tuple[int, ...] = field(default=(), repr=False)
    """Every action, which with the seed replays the episode."""
    cause: str = ""
    """What the game itself gives as the reason of the end, in words; `Out of steps` where it was cut off."""
    turns: int = 0
    """Turns of the leader as the game counts them, on all floors."""

    @property
    def cleared(self) -> bool:
        """True if the dungeon was cleared."""
        return self.outcome == "cleared"

    def as_event(self) -> dict[str, Any]:
        """Plain JSON values by field."""
        return asdict(self)

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> Episode:
        """The record that `as_event` gave, from an event that may hold more."""
        values = {entry.name: event[entry.name] for entry in fields(cls) if entry.name in event}
        return cls(**{**values, "actions": tuple(values["actions"])})


COLUMNS = tuple(entry.name for entry in fields(Episode) if entry.name != "actions")


def table(episodes: Sequence[Episode]) -> str:
    """CSV of all episodes, by number, without their actions."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for episode in sorted(episodes, key=lambda entry: entry.episode):
        writer.writerow([getattr(episode, column) for column in COLUMNS])
    return text.getvalue()


def best(episodes: Sequence[Episode]) -> Episode | None:
    """The episode to show: cleared first, then deepest, then shortest, then first."""
    order = sorted(episodes, key=lambda entry: (not entry.cleared, -entry.floor, entry.steps, entry.episode))
    return order[0] if order else None


def figures(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Totals and means: `episodes, cleared, clear_rate` (0..1), `mean_floor`, `steps`; zeros without episodes."""
    count, cleared = len(episodes), sum(episode.cleared for episode in episodes)
    return {
        "episodes": count,
        "cleared": cleared,
        "clear_rate": round(cleared / count, 4) if count else 0.0,
        "mean_floor": round(sum(episode.floor for episode in episodes) / count, 3) if count else 0.0,
        "steps": sum(episode.steps for episode in episodes),
    }
