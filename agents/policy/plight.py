"""How a game fares, beside what the model is told: by this a router chooses between a small and a large model.

Uses what the player may know, as the views do.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from agents.inference.interface import Situation

if TYPE_CHECKING:
    from pmd_gym.views import Moment

NEAR = 4
"""Tiles, counted as steps, within which an enemy is near."""
WINDOW = 16
"""A tile where the leader stood within so many steps is no progress."""


class Plight:
    """One game's situations in a row; a new one for each episode."""

    def __init__(self, game: int) -> None:
        self._game = game
        self._trail: deque[tuple[int, int, int]] = deque(maxlen=WINDOW)
        self._stuck = 0

    def situation(self, moment: Moment) -> Situation:
        """The situation of the next moment; that of a safe game outside dungeons."""
        from pmd_gym.views import Side

        chart = moment.chart()[0]
        if chart is None or chart.leader is None:
            return Situation(self._game)
        x, y = chart.leader.x, chart.leader.y
        enemies = [figure for figure in chart.figures if figure.side is Side.ENEMY]
        near = sum(max(abs(enemy.x - x), abs(enemy.y - y)) <= NEAR for enemy in enemies)
        floor = int(moment.states.floor[moment.index])
        return Situation(self._game, self._hp_share(moment), near, self._stuck_steps((floor, x, y)))

    @staticmethod
    def _hp_share(moment: Moment) -> float:
        states = moment.states
        leader = states.monsters[moment.index, states.leader[moment.index]]
        return float(leader["hp"]) / max(1, int(leader["max_hp"]))

    def _stuck_steps(self, place: tuple[int, int, int]) -> int:
        self._stuck = self._stuck + 1 if place in self._trail else 0
        self._trail.append(place)
        return self._stuck
