"""A held key that goes down again and again, by a clock that is asked when keys are read.

A window's own repetition runs by a timer: while a slow picture is drawn it goes on for a key that was released long
ago, and a step that nobody asked for can cost a game. Here a key repeats only if its release has not been read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pmd_gym.play.interface import KeyEvent

FIRST_S, NEXT_S = 0.22, 0.09
"""Seconds until a held key repeats, and between repetitions."""


@dataclass
class Repeater:
    """Knows which keys are held; the one pressed last repeats."""

    _held: dict[str, KeyEvent] = field(default_factory=dict)
    _due_s: float = 0.0

    def follow(self, event: KeyEvent, now_s: float) -> None:
        """Take note of an event that was read at this moment."""
        self._held.pop(event.name, None)
        if event.down:
            self._held[event.name] = event
        self._due_s = now_s + FIRST_S

    def wait_s(self, now_s: float) -> float:
        """Seconds until a repetition is due; infinite while nothing is held."""
        return max(self._due_s - now_s, 0.0) if self._held else float("inf")

    def repetition(self, now_s: float) -> list[KeyEvent]:
        """The event of the key pressed last, if it is due."""
        if not self._held or now_s < self._due_s:
            return []
        self._due_s = now_s + NEXT_S
        return [next(reversed(self._held.values()))]
