"""The settings of a run: what is refused, and how it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.config import EvaluationConfig, RunConfig
from agents.suites import suite_of
from pmd_gym.config import dump, load
from pmd_gym.errors import ConfigError

CONFIGS = sorted((Path(__file__).parents[2] / "configs" / "agent").glob("*.yaml"))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"policy": "explorr"}, "policy must be one of vlm, explorer, random"),
        ({"emulator": "snes"}, "emulator must be embedded, simulator, mgba or ws://HOST:PORT.*'snes'"),
        ({"emulator": ()}, "emulator must be"),
        ({"emulator": "ws://a:1,http://b:2"}, "http://b:2"),
        ({"emulator": "ws://a:1,ws://b:2", "num_envs": 3}, "num_envs is 3, but emulator lists 2"),
        ({"dungeon": "Tiny Wods"}, "did you mean 'tiny woods'|did you mean 'Tiny Woods'"),
        ({"dungeon": 999}, "999"),
        ({"floor": 9}, "floors 1..3"),
        ({"num_envs": 0}, "num_envs must be at least 1"),
        ({"episodes": -1}, "episodes must be at least 1"),
        ({"max_steps": 0}, "max_steps must be at least 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"reward": "defualt"}, "did you mean 'default'"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_way_out(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        RunConfig(**values)
    assert "\n" not in str(error.value)


def test_games_follow_the_servers_given() -> None:
    assert RunConfig().games == 4
    assert RunConfig(num_envs=7).games == 7
    assert RunConfig(emulator="ws://a:1, ws://b:2").games == 2
    assert RunConfig(emulator=("ws://a:1", "ws://b:2")).addresses == ("ws://a:1", "ws://b:2")
    assert RunConfig(emulator="simulator").addresses == ()


def test_a_run_is_read_back_from_its_file(tmp_path: Path) -> None:
    config = RunConfig(policy="random", dungeon=1, episodes=3, reward={"floors": 1.0})
    (tmp_path / "run.yaml").write_text(dump(config))
    assert load(tmp_path / "run.yaml", RunConfig) == config


def test_a_wrong_key_names_file_key_and_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text("episods: 3\n")
    with pytest.raises(ConfigError, match=r"run\.yaml: episods: unknown key; did you mean 'episodes'"):
        load(tmp_path / "run.yaml", RunConfig)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_the_files_that_come_with_the_project_are_right(path: Path) -> None:
    assert load(path, RunConfig).episodes > 0


def test_files_come_with_the_project() -> None:
    assert CONFIGS


def test_a_run_takes_a_team_and_a_bag_by_name() -> None:
    config = RunConfig(team=(("Pikachu", 9),), bag=("Apple", ("Stick", 5)), money=20)
    scenario = config.start().scenario()
    assert (scenario.team, scenario.bag, scenario.money) == (((25, 9),), ((82, 1), (1, 5)), 20)
    with pytest.raises(ConfigError, match="did you mean 'Apple'"):
        RunConfig(bag=("Appel",))


def test_an_evaluation_plays_the_scenario_of_each_start(tmp_path: Path) -> None:
    config = EvaluationConfig(policies=("random",), suite="mt_steel", seeds=3)
    (start,) = suite_of(config.suite)
    run = config.run("random", start)
    assert run.start().scenario() == start.scenario
    assert (run.policy, run.episodes, run.emulator) == ("random", 3, "simulator")
    path = tmp_path / "config.yaml"
    path.write_text(dump(config))
    assert load(path, EvaluationConfig) == config


def test_a_memory_is_for_the_explorer() -> None:
    assert RunConfig(policy="explorer", memory="on").memory == "on"
    with pytest.raises(ConfigError, match="memory is of use to the explorer alone"):
        RunConfig(policy="random", memory="on")
