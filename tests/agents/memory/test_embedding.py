"""Keys: of length 1, deterministic, and nearer for what is more alike."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.inference.interface import InferenceBackend, Prompt
from agents.memory.embedding import FeatureEmbedder, HiddenEmbedder
from pmd_gym.errors import ConfigError
from pmd_gym.observations import PLANE_INDEX, PLANES, STATUS, STATUS_INDEX


def moment(x: int = 20, y: int = 15, enemy: tuple[int, int] | None = None, **numbers: float) -> dict[str, NDArray[Any]]:
    planes = np.zeros((1, len(PLANES), 32, 56), np.uint8)
    planes[0, PLANE_INDEX["wall"]] = 1
    planes[0, PLANE_INDEX["wall"], y - 2 : y + 3, x - 3 : x + 4] = 0
    if enemy:
        planes[0, PLANE_INDEX["enemy"], enemy[1], enemy[0]] = 1
    status = np.zeros((1, len(STATUS)), np.float32)
    values = {"x": x, "y": y, "hp": 30, "max_hp": 40, "belly": 90, "max_belly": 100, "floor": 2, "dungeon_id": 1}
    for name, value in {**values, **numbers}.items():
        status[0, STATUS_INDEX[name]] = value / STATUS[STATUS_INDEX[name]].scale
    return {"planes": planes, "status": status}


def key(**what: Any) -> NDArray[np.float32]:
    return FeatureEmbedder().keys(moment(**what))[0]


def test_keys_have_length_one_and_are_the_same_each_time() -> None:
    assert key().shape == (384,) and key().dtype == np.float32
    assert np.linalg.norm(key()) == pytest.approx(1)
    assert (key() == key()).all()


def test_a_batch_gives_the_keys_of_its_rows() -> None:
    rows = [moment(), moment(x=3, y=2, hp=4), moment(x=54, y=30, enemy=(52, 30))]
    batch = {name: np.concatenate([row[name] for row in rows]) for name in ("planes", "status")}
    together = asyncio.run(FeatureEmbedder().embed(batch))
    for row, alone in zip(together, rows, strict=True):
        np.testing.assert_allclose(row, FeatureEmbedder().keys(alone)[0], atol=1e-6)


def test_what_is_more_alike_is_nearer() -> None:
    here = key()
    hurt, attacked, elsewhere = key(hp=10), key(enemy=(22, 15)), key(x=40, y=6, floor=9, dungeon_id=14)
    assert here @ hurt > here @ elsewhere and here @ attacked > here @ elsewhere
    assert here @ hurt < 1 and here @ attacked < 1


class Model:
    """Gives each prompt the same hidden state, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def embed(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        self.asked += 1
        return np.full((len(prompts), 4), 2.0, np.float32)


def test_hidden_states_come_from_the_pass_that_decided_or_are_asked_for() -> None:
    model = Model()
    embedder = HiddenEmbedder(cast(InferenceBackend, model), "small", 4)
    assert asyncio.run(embedder.embed({}, [Prompt()] * 2)).tolist() == [[0.5] * 4] * 2
    embedder.offer(np.array([[0, 3, 0, 0]], np.float32))
    assert asyncio.run(embedder.embed({}, [Prompt()])).tolist() == [[0, 1, 0, 0]]
    assert model.asked == 1
    with pytest.raises(ConfigError, match="hidden states"):
        asyncio.run(HiddenEmbedder(cast(InferenceBackend, model), "other", 8).embed({}, [Prompt()]))
