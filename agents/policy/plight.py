"""How a game fares, beside what the model is told: by this a router chooses between a small and a large model.

Uses what the player may know, as the views do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents.inference.interface import Situation

if TYPE_CHECKING:
    from pmd_gym.views import Moment

NEAR = 4
"""Tiles, counted as steps, within which an enemy is near."""
WINDOW = 16
"""A tile where the leader stood within so many steps is no progress."""


@dataclass(slots=True)
class Plight:
    """One game's situations in a row; a new one for each episode."""

    game: int
    trail: list[tuple[int, int, int]] = field(default_factory=list)
    """Floor, x and y of the last `WINDOW` moments, the newest last."""
    stuck: int = 0
    """Moments in a row without progress."""

    def situation(self, moment: Moment) -> Situation:
        """The situation of the next moment; that of a safe game outside dungeons."""
        from pmd_gym.views import Side

        chart = moment.chart()[0]
        if chart is None or chart.leader is None:
            return Situation(self.game)
        x, y = chart.leader.x, chart.leader.y
        enemies = [figure for figure in chart.figures if figure.side is Side.ENEMY]
        near = sum(max(abs(enemy.x - x), abs(enemy.y - y)) <= NEAR for enemy in enemies)
        floor = int(moment.states.floor[moment.index])
        return Situation(self.game, self._hp_share(moment), near, self._stuck_steps((floor, x, y)))

    @staticmethod
    def _hp_share(moment: Moment) -> float:
        states = moment.states
        leader = states.monsters[moment.index, states.leader[moment.index]]
        return float(leader["hp"]) / max(1, int(leader["max_hp"]))

    def _stuck_steps(self, place: tuple[int, int, int]) -> int:
        self.stuck = self.stuck + 1 if place in self.trail else 0
        self.trail = [*self.trail, place][-WINDOW:]
        return self.stuck
