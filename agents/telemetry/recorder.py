"""The watcher that writes the run down: events as they happen, tables and summary when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from agents.telemetry.episodes import Episode
from agents.telemetry.events import EventLog
from agents.telemetry.interface import Slot


class Recorder:
    """Writes each episode's begin, floors and end to an event log; a `Watcher`."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def began(self, slot: Slot) -> None:
        """See `Watcher.began`."""
        kind = "episode_resumed" if slot.actions else "episode_began"
        told = {"env_id": slot.env_id, "floor": slot.floor, "step": len(slot.actions)}
        self._log.write(kind, episode=slot.episode, seed=slot.seed, **told)

    def stepped(self, slots: Sequence[Slot]) -> None:
        """See `Watcher.stepped`; the action is in the episode's record, so only what a model thought is written.

        Where a killed run went on, steps since its last save are there twice; the later ones count.
        """
        for slot in slots:
            if slot.thought is not None:
                step = len(slot.actions) - 1
                self._log.write("thought", episode=slot.episode, step=step, **asdict(slot.thought))

    def descended(self, slot: Slot) -> None:
        """See `Watcher.descended`."""
        self._log.write("floor_reached", episode=slot.episode, floor=slot.floor, step=len(slot.actions), hp=slot.hp)

    def ended(self, slot: Slot, episode: Episode) -> None:
        """See `Watcher.ended`."""
        self._log.write("episode_ended", env_id=slot.env_id, **episode.as_event())
