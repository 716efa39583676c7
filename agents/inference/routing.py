"""By which rules a moment goes to a small or to a large model; pure, so that every rule can be tested by itself.

Knows no backend: tiers are numbers, 0 is the smallest. `Router` carries the decisions out.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import Situation
from pmd_gym.errors import ConfigError

GAMES = 4096
"""So many games are remembered, the newest."""
FORGET = 0.98
"""What is left of a tier's measured latency each time that it is not asked because of it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When a larger model is asked. Each pair of values is a band, so that a game does not go to and fro.

    A choice is unsure when the two best probabilities differ by less than `unsure`, and sure from `sure` on. With an
    enemy near, a moment is dangerous when the leader has at most `low_hp` of the hit points, and very much so at half
    of that; it is safe again from `safe_hp` on. Every `stuck_steps` without progress count for one tier. A game goes
    up at once, and down by one tier after `patience` moments in a row that are sure, safe and with progress.
    """

    unsure: float = 0.15
    sure: float = 0.35
    low_hp: float = 0.35
    safe_hp: float = 0.5
    stuck_steps: int = 16
    patience: int = 3

    def __post_init__(self) -> None:
        if not (0 <= self.unsure <= self.sure and 0 <= self.low_hp <= self.safe_hp and self.stuck_steps > 0):
            raise ConfigError(f"expected unsure <= sure, low_hp <= safe_hp and stuck_steps > 0, got {self}; correct it")

    def demanded(self, situation: Situation) -> tuple[int, str]:
        """(tier, reason) that a moment asks for by itself, whatever the number of tiers."""
        danger = 0
        if situation.enemies_near and situation.hp_share <= self.low_hp:
            danger = 2 if situation.hp_share <= self.low_hp / 2 else 1
        stuck = situation.stuck_steps // self.stuck_steps
        if danger >= stuck:
            near = f"{situation.hp_share:.0%} of the HP and {situation.enemies_near} enemies near"
            return danger, f"danger: {near}" if danger else "calm"
        return stuck, f"stuck for {situation.stuck_steps} steps"

    def calm(self, situation: Situation, margin: float) -> bool:
        """Whether a moment speaks for a smaller model."""
        safe = not situation.enemies_near or situation.hp_share >= self.safe_hp
        return safe and margin >= self.sure and situation.stuck_steps == 0


def margin_of(log_probabilities: NDArray[np.float32]) -> float:
    """Difference of the two best probabilities, 0..1; 1 where there is only one answer."""
    best = np.sort(np.exp(log_probabilities))[::-1]
    return float(best[0] - best[1]) if len(best) > 1 else 1.0


class Levels:
    """The tier at which each game begins to ask: up at once, down with patience."""

    def __init__(self, rules: Rules, top: int) -> None:
        self._rules = rules
        self._top = top
        self._games: OrderedDict[int, tuple[int, int]] = OrderedDict()

    def begin(self, situation: Situation) -> tuple[int, str]:
        """(tier, reason) for a moment."""
        demanded, reason = self._rules.demanded(situation)
        kept = self._games.get(situation.game, (0, 0))[0]
        if kept > demanded:
            return kept, "kept: it was needed a moment ago"
        return min(demanded, self._top), reason

    def ended(self, situation: Situation, tier: int, margin: float) -> None:
        """Learn which tier gave the answer that was taken and how sure it was (1 where that is not known)."""
        level, calm = self._games.pop(situation.game, (0, 0))
        calm = calm + 1 if self._rules.calm(situation, margin) else 0
        if tier > level:
            level, calm = tier, 0
        elif calm >= self._rules.patience:
            level, calm = max(0, level - 1), 0
        self._games[situation.game] = (level, calm)
        while len(self._games) > GAMES:
            self._games.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may spend on models; larger ones than the smallest are not asked beyond it.

    The smallest one is asked always: ending a run is for who began it.
    """

    tokens: float = inf
    money: float = inf
    seconds: float = inf


class Ledger:
    """What was spent, and what an answer of each tier costs on average."""

    def __init__(self, budget: Budget, prices: list[float]) -> None:
        """`prices` of a million tokens, by tier, in the unit of the budget's money."""
        self._budget = budget
        self._prices = prices
        self._tokens, self._seconds = [0.0] * len(prices), [0.0] * len(prices)
        self._rows = [0] * len(prices)
        self._latency: list[float | None] = [None] * len(prices)
        self.tokens = self.money = self.seconds = 0.0

    def spent(self, tier: int, rows: int, tokens: int, seconds: float) -> None:
        """A tier answered `rows` requests with `tokens` in all, read and written, in `seconds`."""
        self.tokens += tokens
        self.money += tokens * self._prices[tier] / 1e6
        self.seconds += seconds
        self._rows[tier] += rows
        self._tokens[tier] += tokens
        self._seconds[tier] += seconds
        before = self._latency[tier]
        self._latency[tier] = seconds if before is None else before + 0.2 * (seconds - before)

    def latency_s(self, tier: int) -> float:
        """Seconds that a call of a tier takes, in the running mean; 0 while that is unknown."""
        return self._latency[tier] or 0.0

    def refused(self, tier: int) -> None:
        """A tier was held too slow: what was measured counts a little less, so that it is tried again some day."""
        self._latency[tier] = self.latency_s(tier) * FORGET

    def objection(self, tier: int, rows: int, left_s: float) -> str:
        """Why `rows` more requests should not go to a tier, of which `left_s` remain; empty if they may."""
        if self.latency_s(tier) > left_s:
            return f"deadline: {left_s:.3f} s left, it takes {self.latency_s(tier):.3f} s"
        known = max(1, self._rows[tier])
        tokens, seconds = self._tokens[tier] / known * rows, self._seconds[tier] / known * rows
        money = tokens * self._prices[tier] / 1e6
        for name, spent, more, limit in (
            ("tokens", self.tokens, tokens, self._budget.tokens),
            ("money", self.money, money, self._budget.money),
            ("seconds", self.seconds, seconds, self._budget.seconds),
        ):
            if spent >= limit or spent + more > limit:
                return f"budget: {spent:.6g} of {limit:.6g} {name} are spent"
        return ""
