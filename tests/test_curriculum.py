"""Mixtures of scenarios: what is drawn for which seed, and what a file may say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pmd_gym.config import EnvConfig, dump, load
from pmd_gym.curriculum import Curriculum, curriculum_of
from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ConfigError, ScenarioError
from pmd_gym.scenario import Scenario
from pmd_gym.vector_env import PMDRedVectorEnv
from tests.doubles.backend import OpenFloorBackend

CONFIGS = Path(__file__).parent.parent / "configs" / "env"
STORY = CONFIGS / "curriculum.yaml"
SEEDS = np.random.default_rng(5).integers(0, 2**32, 6000)


def pair() -> Curriculum:
    return Curriculum(("woods", "cave"), (Scenario(0), Scenario(1)), (1.0, 3.0))


def test_scenarios_come_in_proportion_to_their_weights() -> None:
    drawn = Counter(pair().draw(int(seed)).dungeon for seed in SEEDS)
    assert abs(drawn[1] / len(SEEDS) - 0.75) < 0.03


def test_neighbouring_seeds_are_mixed_too() -> None:
    drawn = Counter(pair().draw(seed).dungeon for seed in range(2000))
    assert abs(drawn[1] / 2000 - 0.75) < 0.04


def test_a_seed_always_draws_the_same_whatever_its_integer_type() -> None:
    for seed in SEEDS[:50]:
        assert pair().draw(int(seed)) == pair().draw(np.uint32(seed))


def test_the_story_is_in_its_order_and_every_scenario_starts_on_the_first_floor() -> None:
    story = curriculum_of(STORY)
    assert story is not None
    assert story.names[:4] == ("tiny_woods", "thunderwave_cave", "mt_steel", "sinister_woods")
    assert [scenario.dungeon for scenario in story.scenarios] == list(range(19))
    assert {scenario.floor for scenario in story.scenarios} == {1}
    levels = [scenario.members[0].level for scenario in story.scenarios]
    assert levels == sorted(levels)


def test_every_file_beside_the_story_is_in_it() -> None:
    story = curriculum_of(STORY)
    assert story is not None
    assert {path.stem for path in CONFIGS.glob("*.yaml")} - {"curriculum"} == set(story.names)


def test_a_vector_of_games_draws_a_scenario_for_each_episode_by_its_seed() -> None:
    story = curriculum_of(STORY)
    assert story is not None
    env = PMDRedVectorEnv(8, emulator=OpenFloorBackend(8), curriculum=STORY)
    _, first = env.reset(seed=3)
    expected = [story.draw(int(seed)).dungeon for seed in first["game_seed"]]
    assert first["dungeon"].tolist() == expected
    assert len(set(expected)) > 2
    _, again = env.reset(seed=3)
    assert again["dungeon"].tolist() == expected
    env.close()


def test_options_of_a_reset_win_over_the_curriculum() -> None:
    env = PMDRedEnv(emulator=OpenFloorBackend(1), curriculum=[{"config": str(CONFIGS / "mt_steel.yaml")}])
    assert env.reset(seed=1)[1]["dungeon"] == 2
    assert env.reset(seed=1, options={"dungeon": "Sky Tower"})[1]["dungeon"] == 17
    env.close()


def test_a_curriculum_file_makes_the_arguments_of_an_environment(tmp_path: Path) -> None:
    config = load(STORY, EnvConfig)
    copied = tmp_path / "elsewhere.yaml"
    copied.write_text(dump(config), encoding="utf-8")
    assert load(copied, EnvConfig) == config  # paths were made absolute
    env = PMDRedEnv(**{**config.arguments(), "emulator": OpenFloorBackend(1)})
    env.reset(seed=1)
    env.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("curriculum: []\n", "curriculum is empty"),
        ("curriculum: [{config: none.yaml}]\n", r"none\.yaml: cannot be read"),
        ("curriculum: [{config: run.yaml}]\n", "is a curriculum itself"),
        ("curriculum: [{config: run.yaml, weight: 0}]\n", r"curriculum\[0\]: weight of run.yaml is 0"),
        ("curriculum: [{confg: run.yaml}]\n", r"curriculum\[0\]\.confg: unknown key; did you mean 'config'"),
        ("dungeon: Tiny Woods\n", "expected a list under the key 'curriculum'"),
    ],
)
def test_a_mistake_in_a_curriculum_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        curriculum_of(path)


def test_a_mistake_in_a_scenario_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("team: [{species: Pikachu, level: 5, moves: [Thundr]}]\n", encoding="utf-8")
    path = tmp_path / "run.yaml"
    path.write_text("curriculum: [{config: bad.yaml}]\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"bad\.yaml: team\[0\]: moves\[0\]: unknown move 'Thundr'; did you mean"):
        curriculum_of(path)


def test_a_curriculum_without_scenarios_or_with_vain_weights_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs scenarios"):
        Curriculum((), (), ())
    with pytest.raises(ConfigError, match="more than 0"):
        Curriculum(("woods",), (Scenario(),), (0.0,))
