"""What the loop tells those who watch it: the state of each game, and what happens to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.policy.interface import Thought
from agents.telemetry.episodes import Episode

__all__ = ["IDLE", "Episode", "Slot", "Watcher"]

IDLE = -1


@dataclass(slots=True)
class Slot:
    """One game of the environment and the episode it plays now; `episode` is IDLE while it is idle."""

    env_id: int
    episode: int = IDLE
    seed: int = 0
    floor: int = 0
    """Floor reached, 1 is the first; floors of a dungeon that continues the first one count on."""
    hp: int = 0
    reward: float = 0.0
    actions: list[int] = field(default_factory=list)
    turns: int = 0
    clock: tuple[int, int, int] = (0, 0, 0)
    """Dungeon, its floor, and turns left there, as they stood after the last step."""
    thought: Thought | None = None
    """How a model came to the last action; None where none did."""


class Watcher(Protocol):
    """Is told what happens; must not change anything."""

    def began(self, slot: Slot) -> None:
        """An episode begins in this game."""

    def stepped(self, slots: Sequence[Slot]) -> None:
        """All games took a step."""

    def descended(self, slot: Slot) -> None:
        """The game reached another floor, which `slot.floor` names."""

    def ended(self, slot: Slot, episode: Episode) -> None:
        """The episode of this game is over."""
