"""A session over the real environment: what it sees is the decoded game, what ended it is said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pmd_gym.actions import ACTIONS
from pmd_gym.env import PMDRedEnv
from pmd_gym.play.session import Session, end_line
from pmd_gym.ram import decode

WAIT = ACTIONS.index("wait")


@pytest.fixture(scope="module")
def game() -> Iterator[PMDRedEnv]:
    env = PMDRedEnv(render_mode="rgb_array", bag=("Apple", ("Gravelerock", 8)), money=120, max_steps=3)
    yield env
    env.close()


def test_the_scene_is_the_decoded_game(game: PMDRedEnv) -> None:
    session = Session(game)
    session.begin(4)
    scene, states = session.scene, decode(game.ram)
    leader = states.monsters[0][states.leader[0]]
    assert (scene.dungeon, scene.floor, scene.floor_count) == ("Tiny Woods", 1, int(states.floor_count[0]))
    assert (scene.turns_left, scene.weather, scene.money) == (1000, "Clear", 120)
    assert [(member.name, member.level, member.is_leader) for member in scene.members] == [
        ("Charmander", 5, True), ("Squirtle", 5, False),
    ]  # fmt: skip
    assert scene.leader is not None
    assert (scene.leader.hp, scene.leader.belly) == (leader["hp"], 100)
    assert scene.place == (leader["x"], leader["y"])
    assert scene.tiles[scene.place[1]][scene.place[0]] == "@"
    assert [item.label for item in scene.bag] == ["Apple", "Gravelerock x8"]
    assert (scene.mask == game.action_masks()).all()


def test_fair_play_shows_less_than_everything(game: PMDRedEnv) -> None:
    fair, full = Session(game), Session(game, fair=False)
    fair.begin(4)
    full.begin(4)
    unknown = [sum(row.count(" ") for row in session.scene.tiles) for session in (fair, full)]
    assert unknown[0] > 500
    assert unknown[1] == 0


def test_the_end_is_said_and_the_next_game_is_another(game: PMDRedEnv) -> None:
    session = Session(game)
    session.begin(4)
    first = session.ram_hash()
    for _ in range(3):
        assert not session.ended
        session.act(WAIT)
    assert (session.ended, session.narrator.lines[-1]) == ("max_steps", "No steps are left.")
    session.again()
    assert not session.ended
    assert session.ram_hash() != first
    assert session.pixels().shape == (160, 240, 3)


def test_a_scene_keeps_its_moment(game: PMDRedEnv) -> None:
    session = Session(game)
    session.begin(4)
    before, mask = session.scene, session.scene.mask.copy()
    session.act(WAIT)
    assert before.turns_left == session.scene.turns_left + 1
    assert np.array_equal(before.mask, mask)


@pytest.mark.parametrize(
    ("reason", "cause", "line"),
    [
        ("cleared", "cleared the dungeon", "The dungeon is cleared!"),
        ("fainted", "Felled by Tackle", "The team was defeated. (Felled by Tackle)"),
        ("escaped", "", "The team escaped."),
        ("emulator died", "", "The game ended: emulator died."),
    ],
)
def test_every_end_has_a_sentence(reason: str, cause: str, line: str) -> None:
    assert end_line(reason, cause) == line
