"""Who opens a model is told in one line what is missing; who has one gets a bill for every game."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents import players
from agents.inference.interface import Choice, ChoiceRequest
from agents.model_settings import ModelSettings
from agents.players import open_player
from agents.policy.interface import Thinker
from pmd_gym.errors import ConfigError
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.models import FakeModel
from tests.doubles.small_model import folder


def refused(settings: ModelSettings) -> str:
    with pytest.raises(ConfigError) as error, open_player("vlm", settings):
        pass
    assert "\n" not in str(error.value)
    return str(error.value)


def test_without_its_packages_one_line_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "find_spec", lambda name: None)
    told = refused(ModelSettings())
    assert "pip install -c constraints.txt -e '.[vlm]'" in told
    assert "--policy explorer" in told


def test_without_the_small_model_one_line_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(players, "CHECKPOINT", tmp_path)
    told = refused(ModelSettings())
    assert "train_vlm.py export" in told
    assert "--policy explorer" in told


def test_scripted_players_need_no_model() -> None:
    with open_player("explorer", ModelSettings()) as player:
        assert player.observation == ("map",)
        assert player.book.total.tokens == 0


class Sure(FakeModel):
    """Always the first answer, more or less sure of it."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    async def choose(self, requests: Sequence[ChoiceRequest]) -> list[Choice]:
        return [Choice(0, self._scores(len(request.answers)), 50) for request in requests]

    def _scores(self, count: int) -> Any:
        shares = np.full(count, (1 - self._share) / (count - 1))
        shares[0] = self._share
        return np.log(shares).astype(np.float32)


def test_an_unsure_small_model_hands_on_to_the_large_one_and_the_bill_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    models = {"a": Sure(0.2), "b": Sure(0.9)}
    monkeypatch.setattr(players, "_opened", lambda name, settings: models[name])
    env = PMDRedVectorEnv(2, emulator=OpenFloorBackend(2), observation="map")
    observations, _ = env.reset(seed=1)
    settings = ModelSettings("a", "small", router="b")
    with open_player("vlm", settings) as player:
        policy = player.seat(env)
        actions = asyncio.run(policy.act(np.arange(2), observations, env.action_masks()))
        assert isinstance(policy, Thinker)
        thoughts = policy.thoughts()
    assert actions.tolist() == [int(np.flatnonzero(mask)[0]) for mask in env.action_masks()]
    assert {thought.model for thought in thoughts.values()} == {"b"}
    assert all("a: calm; b: unsure" in thought.reason for thought in thoughts.values())
    assert [thought.prompt_tokens for thought in thoughts.values()] == [100, 100]
    assert player.book.total.prompt_tokens == 200
    assert [model.closed for model in models.values()] == [1, 1]
    env.close()


def test_servers_cost_money_and_models_in_this_process_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "_opened", lambda name, settings: Sure(0.9))
    env = PMDRedVectorEnv(1, emulator=OpenFloorBackend(1), observation="map")
    observations, _ = env.reset(seed=1)
    for backend, cost in (("openai", (50 * 2.0 + 1 * 8.0) / 1e6), ("transformers", 0.0)):
        settings = ModelSettings("m", "fast", backend=backend, prices=(2.0, 8.0))  # type: ignore[arg-type]
        with open_player("vlm", settings) as player:
            asyncio.run(player.seat(env).act(np.arange(1), observations, env.action_masks()))
        assert player.book.total.cost == pytest.approx(cost)
    env.close()


@pytest.mark.parametrize("prompt", ["small", "small_plan"])
def test_a_model_as_it_is_shipped_plays(prompt: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = folder(tmp_path_factory.getbasetemp())
    env = PMDRedVectorEnv(2, emulator=OpenFloorBackend(2), observation="map")
    observations, _ = env.reset(seed=1)
    with open_player("vlm", ModelSettings(str(path), prompt, threads=1)) as player:
        policy = player.seat(env)
        actions = asyncio.run(policy.act(np.arange(2), observations, env.action_masks()))
        assert isinstance(policy, Thinker)
        thoughts = policy.thoughts()
    assert all(env.action_masks()[np.arange(2), actions])
    for thought in thoughts.values():
        assert thought.prompt_tokens > 40
        assert thought.latency_s > 0
        assert sum(thought.probabilities.values()) == pytest.approx(1.0, abs=0.1)
        assert bool(thought.invalid) == (prompt == "small_plan")  # random weights write nothing of use
    env.close()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"max_batch": 0}, "max_batch and threads must be at least 1"),
        ({"prices": (-1.0, 0.0)}, "prices must be 0 or more"),
        ({"router": "small"}, "router must name other models"),
        ({"prompt": "thinking"}, "the small model knows the prompts fast and grounded"),
        ({"model": "x", "prompt": "fsat"}, "prompt must be one of ascii, fast"),
    ],
)
def test_wrong_settings_are_refused_with_the_way_out(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        ModelSettings(**values)


def test_thoughts_are_kept_where_that_is_asked_for() -> None:
    kept = ModelSettings("x", "thinking", keep_thoughts=True).template.write
    assert kept is not None
    assert kept.keep
    assert ModelSettings("x", "fast", keep_thoughts=True).template.write is None
