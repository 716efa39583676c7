"""Which starts a suite has, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.suites import CONFIGS, suite_of
from pmd_gym.errors import ConfigError


def test_the_story_has_its_dungeons_in_order_with_names_and_floors() -> None:
    story = suite_of("story")
    assert [start.dungeon for start in story[:3]] == ["Tiny Woods", "Thunderwave Cave", "Mt. Steel"]
    assert [start.floors for start in story[:3]] == [3, 5, 9]
    assert story[-1].name == "sky_tower_summit"
    assert len(story) == 19


def test_one_scenario_by_its_name_or_its_file() -> None:
    (named,) = suite_of("mt_steel")
    (given,) = suite_of(str(CONFIGS / "mt_steel.yaml"))
    assert named == given
    assert named.scenario.members[0].level == 11


def test_a_curriculum_of_ones_own_is_a_suite(tmp_path: Path) -> None:
    (tmp_path / "woods.yaml").write_text("dungeon: Sinister Woods\n")
    (tmp_path / "mine.yaml").write_text("curriculum: [{config: woods.yaml, weight: 2}]\n")
    (start,) = suite_of(str(tmp_path / "mine.yaml"))
    assert (start.name, start.dungeon) == ("woods", "Sinister Woods")


def test_what_is_no_suite_is_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"suite must be story, a YAML file, or one of .*mt_steel.*; got 'novel'"):
        suite_of("novel")
    (tmp_path / "a").mkdir()
    for folder in (tmp_path, tmp_path / "a"):
        (folder / "x.yaml").write_text("dungeon: Tiny Woods\n")
    (tmp_path / "both.yaml").write_text("curriculum: [{config: x.yaml}, {config: a/x.yaml}]\n")
    with pytest.raises(ConfigError, match="two scenarios of the suite are called 'x'"):
        suite_of(str(tmp_path / "both.yaml"))
