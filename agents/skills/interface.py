"""Seam 7: what a policy may ask of skills, wherever they run and wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations


@dataclass(frozen=True, slots=True)
class Offer:
    """A skill that applies to a game now: its name, what it does, and what came of it so far."""

    name: str
    description: str
    record: str


class Skills(Protocol):
    """Skills for many games. Each game runs one at most; while it does, the policy need not be asked.

    A round: `look` once, then `action` for each game that has a skill running; where it gives None, the skill is over
    (`last_ending` says how) and the policy decides: an action of its own, told by `acted`, or another `begin`.
    """

    def reset(self, env_ids: NDArray[np.int64]) -> None:
        """New episodes begin in these games; whatever runs there is stopped."""

    def look(self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]) -> None:
        """Take in what these games show: observation `map`, n rows in the order of `env_ids`, masks (n, actions)."""

    def action(self, env_id: int) -> int | None:
        """The next action, always a legal one, of the skill that runs in this game; None if none does any more."""

    def begin(self, env_id: int, name: str, arguments: Mapping[str, object] | None = None) -> None:
        """Start a skill; SkillError if there is none, it cannot start, or arguments are wrong; then none runs."""

    def acted(self, env_id: int, action: int) -> None:
        """The policy takes this action itself."""

    def offers(self, env_id: int) -> list[Offer]:
        """Skills that need no argument and apply to this game now."""

    def last_ending(self, env_id: int) -> str:
        """How the latest skill of this game ended, in words; empty if there was none in this episode."""
