"""The status panel in words: everything a decision needs, nothing that the panel does not show, few letters."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.ram import decode
from pmd_gym.views import brief
from tests.doubles import scene


def test_it_names_place_health_team_moves_and_bag() -> None:
    text = brief(decode(scene.scene()))
    for part in (
        "Tiny Woods 1/3 987 turns", "HP 19/23 fine belly 88 Lv5", "Squirtle", "Poisoned", "1 Focus Punch 20",
        "bag A Sleep Seed",
    ):  # fmt: skip
        assert part in text
    assert len(text.splitlines()) == 5
    assert len(text) < 240


@pytest.mark.parametrize(("hp", "word"), [(23, "full"), (20, "fine"), (11, "hurt"), (5, "low")])
def test_health_has_a_word(hp: int, word: str) -> None:
    ram = scene.scene()
    scene.dungeon_of(ram)["monsters"][0]["hp"] = hp
    assert f"HP {hp}/23 {word} " in brief(decode(ram))


def test_enemies_are_not_told() -> None:
    assert "Pidgey" not in brief(decode(scene.scene()))


def test_without_a_leader_there_is_nothing_to_tell() -> None:
    assert brief(decode(np.zeros((1, 262144), np.uint8))) == ""
