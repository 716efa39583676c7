"""The model that comes with the project: it loads as any other, is small, and plays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from agents.inference.interface import ChoiceRequest, Prompt
from agents.inference.transformers import TransformersBackend
from agents.policy.answer import ANSWERS
from agents.policy.vlm import VisionLanguagePolicy
from agents.runner import Runner
from pmd_gym.vector_env import PMDRedVectorEnv

FOLDER = Path(__file__).resolve().parents[3] / "agents" / "checkpoints" / "small"
GAMES = 4


@pytest.fixture(scope="module")
def backend() -> TransformersBackend:
    return TransformersBackend(FOLDER, threads=1)


def test_it_is_small_and_has_a_card_and_a_licence() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert sum(sizes.values()) < 6_000_000
    card = (FOLDER / "README.md").read_text()
    assert card.startswith("---\nlicense: mit\n")
    assert all(word in card for word in ("Trained on", "Command", "Seed", "Data hash", "Limits"))
    assert not [name for name in sizes if name.endswith((".bin", ".pt", ".pkl"))], "weights come without pickle"


def test_every_answer_is_one_token(backend: TransformersBackend) -> None:
    picture = np.zeros((160, 240, 3), np.uint8)
    (choice,) = asyncio.run(backend.choose([ChoiceRequest(Prompt(picture=picture, text="act"), ANSWERS)]))
    assert choice.error is None
    assert np.exp(choice.log_probabilities).sum() == pytest.approx(1, abs=1e-4)


def test_it_clears_tiny_woods(backend: TransformersBackend) -> None:
    """Most of a few games, as the last digits of a sum may differ between processors."""
    env = PMDRedVectorEnv(GAMES, observation="map", max_steps=1000)
    runner = Runner(env, VisionLanguagePolicy(backend, env.moments), seed=1, episodes=range(GAMES))
    episodes = asyncio.run(runner.run())
    env.close()
    assert sum(episode.cleared for episode in episodes) >= GAMES // 2, [episode.outcome for episode in episodes]
