"""A player with a memory: recalls before each decision, remembers what came of it, and hands the decision to another.

It stands between the loop and any policy that looks at the `map` observation, and is told rewards and ends as a
watcher. A floor that was played before (the same dungeon and seed) is recognised by its arrival, and its map is laid
over what the policy sees, as long as it agrees with everything seen since: stairs, ways, traps and items of earlier
attempts. Knows the memory by its seam alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.floor_map import FloorMap, floor_map, laid_over, merged, unpack
from agents.memory.interface import WHOLE_FLOOR, Hit, Memory, Record
from agents.policy.interface import Observations, Policy
from agents.telemetry.interface import Slot
from pmd_gym.errors import MemoryFault
from pmd_gym.observations import status_value

CANDIDATES = 16
"""Memories of the slowest silo among which a floor's map is looked for."""
Keys = Callable[[Any], NDArray[np.float32]]
Told = Callable[[int, Sequence[Hit]], None]
"""Is told every recall: the game, and what was recalled for it."""


class Ended(Protocol):
    """What is looked at of an episode that is over."""

    @property
    def outcome(self) -> str: ...

    @property
    def reward(self) -> float: ...


@dataclass(slots=True)
class Opening:
    """A memory that waits for its outcome."""

    key: NDArray[np.float32]
    step: int
    moment: int
    action: int
    reward: float
    hp: float
    floor: int


@dataclass(slots=True)
class Life:
    """What one game lives through in its episode."""

    env_id: int
    seed: int = 0
    episode: int = 0
    step: int = 0
    reward: float = 0.0
    place: tuple[int, int] = (-1, -1)
    """Dungeon and floor."""
    arrival: NDArray[np.float32] | None = None
    seen: FloorMap | None = None
    recalled: FloorMap | None = None
    hp: float = 1.0
    open: dict[int, Opening] = field(default_factory=dict)
    """By interval."""


class Remembering:
    """A `Policy` and a `Watcher` around a policy whose observation is `map`."""

    observation: tuple[str, ...] = ("map",)

    def __init__(
        self, policy: Policy, memory: Memory, keys: Keys, words: Sequence[str], told: Told = lambda env_id, hits: None
    ) -> None:
        """`keys` makes keys (n, dimensions) of observations, as its embedder; `words` is that of each action."""
        self._words = words
        self._policy, self._memory, self._keys, self._told = policy, memory, keys, told
        self._lives: dict[int, Life] = {}
        self._clock = memory.moment
        self.recognised = 0
        """Floors that were recognised."""

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """See `Policy.reset`."""
        for env_id, seed in zip(env_ids.tolist(), seeds.tolist(), strict=True):
            self._lives[env_id] = Life(env_id, seed)
        self._policy.reset(env_ids, seeds)

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """See `Policy.act`."""
        keys, status = self._keys(observations), observations["status"]
        lives = [self._lives.setdefault(env_id, Life(env_id)) for env_id in env_ids.tolist()]
        maps = [floor_map(planes) for planes in observations["planes"]]
        places = np.stack([status_value(status, "dungeon_id"), status_value(status, "floor")], axis=1).astype(int)
        self._arrive(lives, [tuple(place) for place in places.tolist()], keys, maps)
        shown = self._shown(lives, observations, maps)
        actions = await self._policy.act(env_ids, shown, action_mask)
        health = status_value(status, "hp") / np.maximum(1.0, status_value(status, "max_hp"))
        for life, key, action, share in zip(lives, keys, actions.tolist(), health.tolist(), strict=True):
            self._live(life, key, action, share)
        return actions

    def save(self, env_id: int) -> bytes:
        """See `Policy.save`; the memory itself is in its own files."""
        return self._policy.save(env_id)

    def load(self, env_id: int, state: bytes) -> None:
        """See `Policy.load`."""
        self._policy.load(env_id, state)

    def began(self, slot: Slot) -> None:
        """See `Watcher.began`."""
        life = self._lives.setdefault(slot.env_id, Life(slot.env_id, slot.seed))
        life.episode, life.step = slot.episode, len(slot.actions)

    def stepped(self, slots: Sequence[Slot]) -> None:
        """See `Watcher.stepped`."""
        for slot in slots:
            if slot.env_id in self._lives:
                self._lives[slot.env_id].reward = slot.reward

    def descended(self, slot: Slot) -> None:
        """See `Watcher.descended`."""

    def ended(self, slot: Slot, episode: Ended) -> None:
        """See `Watcher.ended`: what was lived through is everybody's now."""
        life = self._lives.pop(slot.env_id, None)
        if life is None:
            return
        life.reward = episode.reward
        for interval in tuple(life.open):
            self._close(life, interval, episode.outcome)
        self._keep_floor(life, episode.outcome)
        self._memory.share([slot.env_id])

    def _arrive(
        self, lives: Sequence[Life], places: Sequence[Any], keys: NDArray[np.float32], maps: Sequence[FloorMap]
    ) -> None:
        """Who came to another floor keeps the old one, and looks for the new one: one search for all of them."""
        rows = [row for row, life in enumerate(lives) if life.place != places[row]]
        for row in rows:
            self._keep_floor(lives[row], "")
            lives[row].place, lives[row].arrival, lives[row].recalled = places[row], keys[row], None
        for life, seen in zip(lives, maps, strict=True):
            life.seen = seen
        if not rows:
            return
        slowest = [max(self._memory.intervals)]
        asked = [lives[row].env_id for row in rows]
        for row, hits in zip(rows, self._memory.search(asked, keys[rows], CANDIDATES, slowest), strict=True):
            self._recognise(lives[row], hits)

    def _recognise(self, life: Life, hits: Sequence[Hit]) -> None:
        """Take the map of the nearest memory of this floor that agrees with what is seen."""
        for hit in hits:
            record = hit.record
            if record.decision == WHOLE_FLOOR and (record.dungeon, record.floor) == life.place and life.seen:
                try:
                    remembered = unpack(record.map)
                except MemoryFault:
                    continue
                if remembered.agrees(life.seen):
                    life.recalled = remembered
                    self.recognised += 1
                    self._told(life.env_id, [hit])
                    return

    def _shown(self, lives: Sequence[Life], observations: Observations, maps: Sequence[FloorMap]) -> Observations:
        """The observations with remembered maps laid over; a map that turns out wrong is dropped."""
        planes = None
        for row, (life, seen) in enumerate(zip(lives, maps, strict=True)):
            if life.recalled is not None and not life.recalled.agrees(seen):
                life.recalled = None
            if life.recalled is not None:
                planes = observations["planes"].copy() if planes is None else planes
                planes[row] = laid_over(planes[row], life.recalled)
        return observations if planes is None else {**observations, "planes": planes}

    def _live(self, life: Life, key: NDArray[np.float32], action: int, health: float) -> None:
        """Close the memories whose outcome is complete, and open those that are due."""
        life.hp = health
        moment, self._clock = self._clock, self._clock + 1
        for interval in self._memory.intervals:
            if life.step % interval == 0:
                self._close(life, interval, "")
                life.open[interval] = Opening(key, life.step, moment, action, life.reward, health, life.place[1])
        life.step += 1

    def _close(self, life: Life, interval: int, end: str) -> None:
        opening = life.open.pop(interval, None)
        if opening is None:
            return
        record = Record(
            life.env_id, life.episode, life.seed, opening.step, opening.moment, life.place[0], opening.floor,
            decision=self._words[opening.action], reward=round(life.reward - opening.reward, 6),
            hp_change=round(life.hp - opening.hp, 4), floors=max(0, life.place[1] - opening.floor), end=end,
            picture=f"{life.episode}/{opening.step}",
        )  # fmt: skip
        self._memory.add(interval, opening.key[None], [record])

    def _keep_floor(self, life: Life, end: str) -> None:
        """Remember a whole floor as it was known, with what was remembered of it before."""
        if life.arrival is None or life.seen is None:
            return
        known = merged(life.seen, life.recalled) if life.recalled else life.seen
        moment, self._clock = self._clock, self._clock + 1
        record = Record(
            life.env_id, life.episode, life.seed, life.step, moment, *life.place, decision=WHOLE_FLOOR, end=end,
            picture=f"{life.episode}/{life.step}", map=known.pack(),
        )  # fmt: skip
        self._memory.add(max(self._memory.intervals), life.arrival[None], [record])


def told_to(write: Callable[..., None]) -> Told:
    """Logs every recall as an event: which memory, how near, how old."""

    def tell(env_id: int, hits: Sequence[Hit]) -> None:
        write("recalled", env_id=env_id, memories=[summary(hit) for hit in hits])

    return tell


def summary(hit: Hit) -> Mapping[str, Any]:
    """A hit as plain values for a log."""
    record = hit.record
    return {
        "episode": record.episode, "step": record.step, "decision": record.decision, "silo": hit.silo,
        "similarity": round(hit.similarity, 4), "score": round(hit.score, 4), "age": hit.age,
    }  # fmt: skip
