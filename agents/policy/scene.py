"""What the explorer sees of one game, in its own words: planes of the known floor, who stands where, how they fare.

The only file of the explorer that knows the environment's observation format.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.policy.paths import Point


@dataclass(frozen=True, slots=True)
class Scene:
    """One game as its player sees it. Planes are (32, 56) bool, row y, column x."""

    known: NDArray[np.bool_]
    """Tiles seen so far on this floor."""
    walkable: NDArray[np.bool_]
    """Known tiles that the leader can stand on, whoever stands there now."""
    hollow: NDArray[np.bool_]
    """Known tiles that are no wall: floor, water, lava, chasm."""
    leader: Point
    facing: int
    floor: int
    hp: int
    max_hp: int
    belly: float
    """0..200, in the units on the screen."""
    turns_left: int
    enemies: tuple[Point, ...]
    partners: tuple[Point, ...]
    partner_health: float
    """HP of the weakest partner as a share of its maximum, 1.0 without partners."""
    items: tuple[Point, ...]
    traps: tuple[Point, ...]
    stairs: Point | None

    @property
    def health(self) -> float:
        """HP of the leader as a share of the maximum."""
        return self.hp / max(1, self.max_hp)


def scenes_of(observations):  # placeholder until observations.py lands
    raise RuntimeError
