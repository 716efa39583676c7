"""A scripted player that sees only what a human player sees; the teacher of the models and the bar they have to clear.

Each turn it goes through its motives in order of urgency; every motive proposes actions, and the first one that is
legal and did not just turn out to be useless is taken:

escape (by the stairs) > heal and eat > fight > let an enemy come > rest > pick up > descend > explore > wander.

It knows the rules of the game as far as a good player does. Nothing here reads RAM, and nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations
from agents.policy.journey import Journey
from agents.policy.paths import (
    DIRECTIONS,
    Point,
    Walks,
    chebyshev,
    direction_between,
    points_of,
    shifted,
    step_bits,
    walks_from,
)
from agents.policy.scene import Scene, scenes_of
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind

WAIT = ACTIONS.of(CommandKind.WAIT)
STEP = ACTIONS.of(CommandKind.STEP)
ATTACK = ACTIONS.of(CommandKind.ATTACK)
MOVE = ACTIONS.of(CommandKind.MOVE)
FACE = ACTIONS.of(CommandKind.FACE)
STAIRS = ACTIONS.of(CommandKind.STAIRS)
USE_ITEM = ACTIONS.of(CommandKind.USE_ITEM)

HEALING = (55, 56)  # Oran Berry, Sitrus Berry
FOOD = (85, 83, 82, 103, 104, *range(86, 103), 84)  # apples, Banana, Chestnut, gummis; Grimy Food last


@dataclass(frozen=True, slots=True)
class Temper:
    """The explorer's dials. Shares are of the maximum HP."""

    rest_below: float = 0.6
    """Rest when the leader or the weakest partner has less."""
    rested_at: float = 0.95
    """Stop resting when both have this much."""
    heal_below: float = 0.35
    """Eat a healing berry when the leader has less and enemies are about."""
    eat_below: float = 20.0
    """Eat when the belly holds less, 0..200."""
    vain_turns: int = 60
    """Give up a rest after so many turns without a gain."""
    flee_below: float = 0.25
    """Make for known stairs when the leader has less."""
    item_steps: int = 8
    """Walk this far out of the way for an item."""
    patience: int = 2
    """Turns to wait for an enemy two steps away, so that the first blow is ours."""
    idle_after: int = 4
    """Turns without a move after which a distant enemy is no reason to wait."""
    spare_turns: int = 300
    """Neither rest nor collect with fewer turns left before the wind."""
    spare_belly: float = 20.0
    """Neither rest nor collect with less belly, 0..200."""


class Explorer:
    """The policy: one `Journey` for each game, one decision at a time."""

    observation: tuple[str, ...] = ("map",)

    def __init__(self, temper: Temper | None = None) -> None:
        self._temper = temper or Temper()
        self._journeys: dict[int, Journey] = {}

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """See `Policy.reset`; nothing is left to chance here, so the seeds are not used."""
        self._journeys.update((env_id, Journey()) for env_id in env_ids.tolist())

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """See `Policy.act`."""
        rows = zip(env_ids.tolist(), scenes_of(observations), action_mask, strict=True)
        return np.array([self.decide(env_id, scene, mask) for env_id, scene, mask in rows], np.int64)

    def decide(self, env_id: int, scene: Scene, mask: NDArray[np.int8]) -> int:
        """The action for one game; `mask` is (actions,) int8, 1 is legal."""
        journey = self._journeys.get(env_id)
        if journey is None or journey.floor != scene.floor:
            journey = self._journeys[env_id] = Journey(floor=scene.floor)
        journey.remember(scene)
        proposals = Motives(scene, journey, self._temper).proposals()
        useful = (action for action in proposals if mask[action] and action not in journey.useless)
        journey.last_action = next(useful, WAIT)
        return journey.last_action


class Motives:
    """The reasons to act in one scene, each a generator of actions, best first."""

    def __init__(self, scene: Scene, journey: Journey, temper: Temper) -> None:
        self._scene = scene
        self._journey = journey
        self._temper = temper

    def proposals(self) -> Iterator[int]:
        """All actions that any motive asks for, in order of urgency; they may be illegal."""
        yield from self.escape()
        yield from self.heal()
        yield from self.eat()
        yield from self.fight()
        yield from self.let_come()
        yield from self.rest()
        yield from self.collect()
        yield from self.descend()
        yield from self.explore()
        yield from self.wander()

    @cached_property
    def walks(self) -> Walks:
        """Ways that keep clear of enemies and traps."""
        return self._walks(around=(*self._scene.enemies, *self._scene.traps))

    @cached_property
    def bold_walks(self) -> Walks:
        """Ways that do not care what stands on them, for what cannot be reached otherwise."""
        return self._walks(around=())

    @cached_property
    def foes(self) -> list[Point]:
        """Enemies that the leader can strike from here, the one in front first; who sleeps is left to sleep."""
        scene = self._scene
        awake = [enemy for enemy in scene.enemies if enemy not in scene.asleep]
        near = [enemy for enemy in awake if chebyshev(scene.leader, enemy) == 1 and self._can_strike(enemy)]
        return sorted(near, key=lambda enemy: direction_between(scene.leader, enemy) != scene.facing)

    @cached_property
    def can_spare_time(self) -> bool:
        """Enough turns before the wind, and enough belly, for something that is not on the way."""
        return self._scene.turns_left > self._temper.spare_turns and self._scene.belly > self._temper.spare_belly

    def escape(self) -> Iterator[int]:
        """Nearly fainted with an enemy at hand: down the stairs, or to them if no enemy bars the way."""
        scene = self._scene
        if scene.health < self._temper.flee_below and self.foes and scene.stairs:
            yield STAIRS
            yield from self._step_to(scene.stairs, self.walks)

    def heal(self) -> Iterator[int]:
        """Eat a berry that heals, when a fight goes badly."""
        if self._scene.health < self._temper.heal_below and self._awake():
            yield from self._use(HEALING)

    def eat(self) -> Iterator[int]:
        """Eat before hunger costs HP; what fills most comes first."""
        if self._scene.belly < self._temper.eat_below:
            yield from self._use(FOOD)

    def fight(self) -> Iterator[int]:
        """Strike an enemy at hand."""
        if self.foes:
            self._journey.waits = 0
            yield from self._strike(direction_between(self._scene.leader, self.foes[0]))

    def let_come(self) -> Iterator[int]:
        """An enemy two steps away: whoever closes in is struck first, so wait a little for it to come."""
        comers = [enemy for enemy in self._awake() if self.bold_walks.distance(enemy) == 2]
        if comers and self._journey.waits < self._temper.patience:
            self._journey.waits += 1
            yield WAIT
        elif not self._scene.enemies:
            self._journey.waits = 0

    def rest(self) -> Iterator[int]:
        """Regain HP while nobody is near; on the stairs if they are known, for they are the way out."""
        scene, journey, temper = self._scene, self._journey, self._temper
        journey.resting = scene.weakest < (temper.rested_at if journey.resting else temper.rest_below)
        done = scene.last_floor and scene.stairs  # no need to be fit for what comes after the end
        helps = journey.vain_turns < temper.vain_turns and not done
        if journey.resting and helps and self.can_spare_time and not self._awake():
            if scene.stairs and scene.stairs != scene.leader:
                yield from self._step_to(scene.stairs, self.walks)
            yield WAIT

    def collect(self) -> Iterator[int]:
        """Fetch an item that lies near."""
        goal = self.walks.nearest(set(self._scene.items) - self._journey.refused)
        if goal and self.can_spare_time and self.walks.distance(goal) <= self._temper.item_steps:
            yield from self._step_to(goal, self.walks)

    def descend(self) -> Iterator[int]:
        """Take the stairs, or go there."""
        yield STAIRS
        if self._scene.stairs:
            yield from self._step_to(self._scene.stairs, self.walks)
            yield from self._step_to(self._scene.stairs, self.bold_walks)

    def explore(self) -> Iterator[int]:
        """Go where the known floor ends."""
        for walks in (self.walks, self.bold_walks):
            for frontier in (self._frontier(straight=True), self._frontier(straight=False)):
                goal = self._keep_or_choose(walks, frontier)
                if goal:
                    yield from self._step_to(goal, walks)

    def wander(self) -> Iterator[int]:
        """Nothing is left to find: step where the leader has been least, so that no place is missed for long."""
        x, y = self._scene.leader
        yield from sorted(
            (STEP + direction for direction in range(8)),
            key=lambda action: self._journey.visits[x + DIRECTIONS[action - STEP][0], y + DIRECTIONS[action - STEP][1]],
        )

    def _awake(self) -> list[Point]:
        """Enemies that can walk here and look as if they would."""
        still, asleep = self._journey.still, self._scene.asleep
        awake = [enemy for enemy in self._scene.enemies if enemy not in asleep]
        return [enemy for enemy in awake
                if self.bold_walks.distance(enemy) > 0 and still.get(enemy, 0) < self._temper.idle_after]  # fmt: skip

    def _can_strike(self, enemy: Point) -> bool:
        """Blows do not go around wall corners, but over water they do."""
        (x, y), (ex, ey) = self._scene.leader, enemy
        return bool(self._scene.hollow[y, ex] and self._scene.hollow[ey, x])

    def _walks(self, around: tuple[Point, ...]) -> Walks:
        walkable = self._scene.walkable.copy()
        for x, y in around:
            walkable[y, x] = False
        return walks_from(self._scene.leader, step_bits(walkable, self._scene.hollow))

    def _use(self, wanted: tuple[int, ...]) -> Iterator[int]:
        bag = self._scene.bag
        yield from (USE_ITEM + bag.index(item) for item in wanted if item in bag)

    def _strike(self, direction: int) -> Iterator[int]:
        """Turn there, which costs no turn; then the strongest move that is left, or the regular attack."""
        if direction != self._scene.facing:
            yield FACE + direction
        else:
            powers = self._scene.move_powers
            strongest = sorted(range(len(powers)), key=lambda slot: -powers[slot])
            yield from (MOVE + slot for slot in strongest if powers[slot])
            yield ATTACK

    def _step_to(self, goal: Point, walks: Walks) -> Iterator[int]:
        """One step on the way, or a blow if somebody stands there."""
        direction = walks.direction(goal)
        if direction >= 0:
            (x, y), (dx, dy) = self._scene.leader, DIRECTIONS[direction]
            yield from self._strike(direction) if (x + dx, y + dy) in self._scene.enemies else [STEP + direction]

    def _frontier(self, *, straight: bool) -> list[Point]:
        """Walkable tiles beside an unknown one; `straight` leaves out those that only touch it at a corner."""
        unknown = ~self._scene.known
        unknown[[0, -1], :] = unknown[:, [0, -1]] = False
        beside = np.zeros_like(unknown)
        for direction in range(0, 8, 2 if straight else 1):
            beside |= shifted(unknown, direction)
        return points_of(self._scene.walkable & beside)

    def _keep_or_choose(self, walks: Walks, frontier: list[Point]) -> Point | None:
        """The nearest place of the frontier, or the one already headed for unless it is much farther."""
        nearest, kept = walks.nearest(frontier), self._journey.target
        if kept in frontier and nearest and 0 < walks.distance(kept) <= walks.distance(nearest) + 3:
            return kept
        self._journey.target = nearest
        return nearest
