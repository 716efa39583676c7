"""A scripted player that sees only what a human player sees; the teacher of the models and the bar they have to clear.

Each turn it goes through its motives in order of urgency; every motive proposes actions, and the first one that is
legal and did not just turn out to be useless is taken:

escape (by the stairs) > heal and mend > eat > stop a crowd > seeds and stones > fight > throw > retreat >
let an enemy come > cure > rest > refill and improve > pick up > descend > explore > wander.

It knows the rules of the game as far as a good player does. Nothing here reads RAM, and nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from agents.policy.belongings import Belongings
from agents.policy.ground import Ground
from agents.policy.interface import Observations
from agents.policy.journey import Journey
from agents.policy.keeping import packed, unpacked
from agents.policy.lore import effectiveness
from agents.policy.orders import ATTACK, FACE, MOVE, STAIRS, STEP, THROW_ITEM, USE_ITEM, WAIT
from agents.policy.paths import DIRECTIONS, Point, Walks, direction_between, points_of, shifted
from agents.policy.scene import Scene, scenes_of
from agents.policy.temper import Temper

__all__ = ["ATTACK", "FACE", "MOVE", "STAIRS", "STEP", "THROW_ITEM", "USE_ITEM", "WAIT", "Explorer", "Temper"]

VISTA = 7, 5
"""Tiles across and down that count as being around a place; about the size of a room with its surroundings."""
MOTIVES = (
    "escape", "heal", "flee", "mend", "eat", "calm", "trick", "hurl", "fight", "throw", "retreat", "let_come", "cure",
    "rest", "refill", "improve", "collect", "descend", "explore", "wander",
)  # fmt: skip
"""Methods of `Motives` and `Belongings`, most urgent first."""
OWN_TYPE = 1.5
"""Factor of a move of one of the user's own types."""


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
        journey = self._journeys[env_id] = (self._journeys.get(env_id) or Journey()).followed(scene)
        proposals = Motives(scene, mask, journey, self._temper).proposals()
        useful = ((why, what) for why, what in proposals if mask[what] and what not in journey.useless)
        journey.motive, journey.last_action = next(useful, ("wander", WAIT))
        return journey.last_action

    def save(self, env_id: int) -> bytes:
        """See `Policy.save`."""
        return packed(self._journeys.get(env_id) or Journey())

    def load(self, env_id: int, state: bytes) -> None:
        """See `Policy.load`."""
        self._journeys[env_id] = unpacked(state, Journey)

    def motive(self, env_id: int) -> str:
        """Why the last action of a game was chosen: one of `MOTIVES`."""
        return self._journeys[env_id].motive

    def played(self, env_ids: NDArray[np.int64], actions: NDArray[np.int64]) -> None:
        """Another player's actions were carried out in these games, in place of those that `act` chose last."""
        for env_id, action in zip(env_ids.tolist(), actions.tolist(), strict=True):
            self._journeys[env_id].last_action = action


class Motives:
    """The reasons to act in one scene, each a generator of actions, best first."""

    def __init__(self, scene: Scene, mask: NDArray[np.int8], journey: Journey, temper: Temper) -> None:
        self._scene = scene
        self._journey = journey
        self._temper = temper
        self.ground = Ground(scene, journey, temper)
        self.bag = Belongings(self.ground, mask, temper, journey.worst_blow)

    @cached_property
    def _unknown(self) -> NDArray[np.bool_]:
        """Tiles inside the edge of the map that have not been seen."""
        unknown = ~self._scene.known
        unknown[[0, -1], :] = unknown[:, [0, -1]] = False
        return unknown

    def proposals(self) -> Iterator[tuple[str, int]]:
        """All actions that any motive asks for, each with the motive, in order of urgency; they may be illegal."""
        for motive in MOTIVES:
            owner = self if hasattr(Motives, motive) else self.bag
            yield from ((motive, action) for action in getattr(owner, motive)())

    def escape(self) -> Iterator[int]:
        """Out of a fight that goes badly: down the stairs underfoot, or to them if no enemy bars the way."""
        scene, temper = self._scene, self._temper
        if not self.ground.foes or scene.stairs is None:
            return
        if scene.weakest < temper.leave_below:
            yield STAIRS
        if scene.health < temper.flee_below:
            yield from self.step_to(scene.stairs, self.ground.walks)

    def fight(self) -> Iterator[int]:
        """Strike an enemy at hand."""
        foes = self.ground.foes
        if foes:
            self._journey.waits = 0
            yield from self.strike(direction_between(self._scene.leader, foes[0]))

    def retreat(self) -> Iterator[int]:
        """Several enemies come: into a corridor nearby, where they can only come one by one."""
        scene, ground = self._scene, self.ground
        in_room = scene.rooms is not None and scene.rooms[scene.leader[1], scene.leader[0]]
        if not in_room or len(ground.comers) < 2:
            return
        goal = ground.walks.nearest(ground.corridors())
        if goal is not None:
            yield from self.step_to(goal, ground.walks)

    def let_come(self) -> Iterator[int]:
        """An enemy two steps away: whoever closes in is struck first, so wait a little for it to come."""
        comers = [enemy for enemy in self.ground.awake if self.ground.bold_walks.distance(enemy) == 2]
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
        helps = journey.vain_turns < temper.vain_turns and not done and "poison" not in scene.conditions
        if journey.resting and helps and self.ground.can_spare_time and not self.ground.awake:
            if scene.stairs and scene.stairs != scene.leader:
                yield from self.step_to(scene.stairs, self.ground.walks)
            yield WAIT

    def collect(self) -> Iterator[int]:
        """Fetch an item that lies near, if there is room for it; money buys nothing on the way."""
        scene, walks = self._scene, self.ground.walks
        if 0 not in scene.bag and scene.bag:
            return
        goal = walks.nearest(set(scene.items) - scene.spared - self._journey.refused)
        if goal and self.ground.can_spare_time and walks.distance(goal) <= self._temper.item_steps:
            yield from self.step_to(goal, walks)

    def descend(self) -> Iterator[int]:
        """Take the stairs, or go there."""
        yield STAIRS
        if self._scene.stairs:
            for walks in self._ways():
                yield from self.step_to(self._scene.stairs, walks)

    def explore(self) -> Iterator[int]:
        """Go where the known floor ends."""
        for walks in self._ways():
            for frontier in (self._frontier(straight=True), self._frontier(straight=False)):
                goal = self._keep_or_choose(walks, frontier)
                if goal:
                    yield from self.step_to(goal, walks)

    def wander(self) -> Iterator[int]:
        """Nothing is left to find: step where the leader has been least, so that no place is missed for long."""
        x, y = self._scene.leader
        yield from sorted(
            (STEP + direction for direction in range(8)),
            key=lambda action: self._journey.visits[x + DIRECTIONS[action - STEP][0], y + DIRECTIONS[action - STEP][1]],
        )

    def _ways(self) -> Iterator[Walks]:
        """Walks from the most careful to the boldest."""
        ground = self.ground
        yield ground.walks
        yield ground.wet_walks
        yield ground.bold_walks

    def strike(self, direction: int) -> Iterator[int]:
        """Turn there, which costs no turn; then the move that does most, or the regular attack."""
        if direction != self._scene.facing:
            yield FACE + direction
        else:
            yield from (MOVE + slot for slot in self._moves(direction))
            yield ATTACK

    def _moves(self, direction: int) -> list[int]:
        """Slots of the moves that do damage, the most against who stands in that direction first."""
        scene, (x, y), (dx, dy) = self._scene, self._scene.leader, DIRECTIONS[direction]
        own, target = scene.types.get((x, y), (0, 0)), scene.types.get((x + dx, y + dy), (0, 0))
        types = scene.move_types or (0,) * len(scene.move_powers)
        worth = {
            slot: power * effectiveness(kind, target) * (OWN_TYPE if kind and kind in own else 1.0)
            for slot, (power, kind) in enumerate(zip(scene.move_powers, types, strict=True))
            if power > self._temper.vain_power
        }
        return sorted(worth, key=lambda slot: -worth[slot])

    def step_to(self, goal: Point, walks: Walks) -> Iterator[int]:
        """One step on the way, or a blow if somebody stands there."""
        direction = walks.direction(goal)
        if direction >= 0:
            yield from self.advance(direction)

    def advance(self, direction: int) -> Iterator[int]:
        """A step in that direction, or a blow if somebody stands there."""
        (x, y), (dx, dy) = self._scene.leader, DIRECTIONS[direction]
        yield from self.strike(direction) if (x + dx, y + dy) in self._scene.enemies else [STEP + direction]

    def _frontier(self, *, straight: bool) -> list[Point]:
        """Walkable tiles beside an unknown one; `straight` leaves out those that only touch it at a corner."""
        unknown = self._unknown
        beside = np.zeros_like(unknown)
        for direction in range(0, 8, 2 if straight else 1):
            beside |= shifted(unknown, direction)
        return points_of(self._scene.walkable & beside)

    def _keep_or_choose(self, walks: Walks, frontier: list[Point]) -> Point | None:
        """The place of the frontier that promises most for its way, or the one already headed for if it is as good."""
        costs = {place: walks.distance(place) + self._temper.curiosity * self._shown(place)
                 for place in frontier if walks.distance(place) > 0}  # fmt: skip
        best = min(costs, key=lambda place: costs[place], default=None)
        kept = self._journey.target
        if kept in costs and best and costs[kept] <= costs[best] + 3:
            return kept
        self._journey.target = best
        return best

    def _shown(self, place: Point) -> float:
        """Share of the tiles around `place` that are known, or beyond the edge of the map: 0..1."""
        (x, y), (across, down) = place, VISTA
        unknown = self._unknown[max(0, y - down) : y + down + 1, max(0, x - across) : x + across + 1]
        return 1.0 - float(np.count_nonzero(unknown)) / ((2 * across + 1) * (2 * down + 1))
