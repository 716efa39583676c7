"""A player with a memory: what it shows the policy the second time, what it writes down, what it does not believe."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.memory.embedding import FeatureEmbedder
from agents.memory.interface import WHOLE_FLOOR
from agents.memory.store import MemoryStore
from agents.policy.answer import ANSWERS
from agents.remembering import Remembering, summary, told_to
from agents.telemetry.episodes import Episode
from agents.telemetry.interface import Slot
from pmd_gym.observations import PLANE_INDEX, PLANES, STATUS, STATUS_INDEX


class Onlooker:
    """Plays action 9 and keeps what it was shown."""

    observation = ("map",)

    def __init__(self) -> None:
        self.shown: list[NDArray[np.uint8]] = []

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None: ...

    async def act(self, env_ids: NDArray[np.int64], observations: Any, action_mask: Any) -> NDArray[np.int64]:
        self.shown.append(observations["planes"])
        return np.full(len(env_ids), 9, np.int64)

    def save(self, env_id: int) -> bytes:
        return b"state"

    def load(self, env_id: int, state: bytes) -> None:
        assert state == b"state"


def sight(known: int, *, floor: int = 1, left: int = 5, hp: int = 40) -> dict[str, NDArray[Any]]:
    """A corridor from column `left` on, `known` tiles of it known, stairs on its tile 20."""
    planes = np.zeros((1, len(PLANES), 32, 56), np.uint8)
    planes[0, PLANE_INDEX["known"], 14:17, left - 1 : left + known] = 1
    planes[0, PLANE_INDEX["wall"]] = planes[0, PLANE_INDEX["known"]]
    planes[0, PLANE_INDEX["wall"], 15, left : left + known] = 0
    for name in ("ground", "walkable"):
        planes[0, PLANE_INDEX[name], 15, left : left + known] = 1
    if known > 20:
        planes[0, PLANE_INDEX["stairs"], 15, left + 20] = 1
    status = np.zeros((1, len(STATUS)), np.float32)
    for name, value in {"x": left, "y": 15, "hp": hp, "max_hp": 40, "floor": floor, "dungeon_id": 1}.items():
        status[0, STATUS_INDEX[name]] = value / STATUS[STATUS_INDEX[name]].scale
    return {"planes": planes, "status": status}


@pytest.fixture
def memory() -> MemoryStore:
    return MemoryStore(None, dimensions=384, embedder="features-1", intervals=(1, 4))


def player(memory: MemoryStore, told: list[Any] | None = None) -> tuple[Remembering, Onlooker]:
    onlooker = Onlooker()
    log = told_to(lambda kind, **fields: told.append((kind, fields))) if told is not None else lambda env_id, hits: None
    return Remembering(onlooker, memory, FeatureEmbedder().keys, ANSWERS, log), onlooker


def play(remembering: Remembering, sights: list[dict[str, NDArray[Any]]], outcome: str = "cleared") -> None:
    """One episode of game 0, a reward of 1 a step."""
    slot = Slot(0, episode=5, seed=77)
    remembering.reset(np.array([0]), np.array([77], np.uint32))
    remembering.began(slot)
    for step, seen in enumerate(sights, start=1):
        asyncio.run(remembering.act(np.array([0]), seen, np.ones((1, 63), np.int8)))
        slot.reward = float(step)
        remembering.stepped([slot])
    remembering.ended(slot, Episode(5, 77, outcome, 1, len(sights), 40, slot.reward))


WALK = [sight(known) for known in (4, 10, 16, 25)]


def test_the_stairs_of_an_earlier_attempt_are_shown_at_the_arrival(memory: MemoryStore) -> None:
    told: list[Any] = []
    remembering, onlooker = player(memory, told)
    play(remembering, WALK)
    assert not onlooker.shown[0][0, PLANE_INDEX["stairs"]].any() and remembering.recognised == 0
    play(remembering, WALK)
    assert onlooker.shown[4][0, PLANE_INDEX["stairs"], 15, 25] == 1
    assert onlooker.shown[4][0, PLANE_INDEX["walkable"], 15, 5:30].all()
    assert remembering.recognised == 1
    kind, fields = told[0]
    assert kind == "recalled" and fields["env_id"] == 0
    assert fields["memories"][0]["decision"] == WHOLE_FLOOR and fields["memories"][0]["similarity"] > 0.99


def test_observations_of_the_caller_are_not_changed(memory: MemoryStore) -> None:
    remembering, _ = player(memory)
    play(remembering, WALK)
    again = sight(4)
    play(remembering, [again])
    assert not again["planes"][0, PLANE_INDEX["stairs"]].any()


@pytest.mark.parametrize("other", [sight(4, floor=2), sight(4, left=30)])
def test_another_floor_is_not_recognised(memory: MemoryStore, other: dict[str, NDArray[Any]]) -> None:
    remembering, onlooker = player(memory)
    play(remembering, WALK)
    play(remembering, [other])
    assert remembering.recognised == 0
    assert onlooker.shown[-1] is other["planes"]


def test_a_map_that_turns_out_wrong_is_dropped(memory: MemoryStore) -> None:
    remembering, onlooker = player(memory)
    play(remembering, WALK)
    different = sight(12)
    different["planes"][0, PLANE_INDEX["ground"], 15, 8:17] = 0
    different["planes"][0, PLANE_INDEX["wall"], 15, 8:17] = 1
    play(remembering, [sight(4), different, sight(4)])
    assert onlooker.shown[4][0, PLANE_INDEX["stairs"]].any()
    assert not onlooker.shown[5][0, PLANE_INDEX["stairs"]].any()
    assert not onlooker.shown[6][0, PLANE_INDEX["stairs"]].any()


def test_memories_hold_what_came_of_the_step(memory: MemoryStore) -> None:
    remembering, _ = player(memory)
    play(remembering, [sight(4), sight(10, hp=30), sight(16, hp=30), sight(25, hp=10)], "fainted")
    hits = memory.search([1], FeatureEmbedder().keys(sight(10, hp=30)), 9, [1])[0]
    by_step = {hit.record.step: hit.record for hit in hits}
    first = by_step[1]
    assert (first.step, first.decision, first.reward, first.episode, first.seed) == (1, "attack", 1.0, 5, 77)
    assert by_step[0].hp_change == pytest.approx(-0.25) and by_step[2].hp_change == pytest.approx(-0.5)
    assert by_step[3].end == "fainted" and by_step[3].picture == "5/3"
    slow = memory.search([1], FeatureEmbedder().keys(sight(4)), 9, [4])[0]
    assert {hit.record.decision for hit in slow} == {"attack", WHOLE_FLOOR}
    assert next(hit.record.reward for hit in slow if hit.record.decision == "attack") == 4.0
    assert set(summary(slow[0])) == {"episode", "step", "decision", "silo", "similarity", "score", "age"}


def test_the_players_own_state_passes_through(memory: MemoryStore) -> None:
    remembering, _ = player(memory)
    assert remembering.save(0) == b"state"
    remembering.load(0, b"state")
