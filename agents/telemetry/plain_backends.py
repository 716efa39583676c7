"""The two simplest backends: one keeps everything in memory, one keeps nothing."""

from __future__ import annotations

from agents.telemetry.measures import Measure


class MemoryBackend:
    """Keeps records in `measures`, in order; for tests, notebooks and short runs."""

    name = "memory"

    def __init__(self) -> None:
        self.measures: list[Measure] = []

    def write(self, batch: list[Measure]) -> None:
        """See `Backend.write`."""
        self.measures.extend(batch)

    def close(self) -> None:
        """Nothing to release."""


class NullBackend:
    """Keeps nothing; measures what telling costs."""

    name = "null"

    def write(self, batch: list[Measure]) -> None:
        """See `Backend.write`."""

    def close(self) -> None:
        """Nothing to release."""
