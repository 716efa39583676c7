"""Reward terms against plain arithmetic, and the checks on profiles and weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.errors import ConfigError
from pmd_gym.kernels.earnings import SNAPSHOT, take_snapshots
from pmd_gym.kernels.images import flatten
from pmd_gym.ram import layout
from pmd_gym.rewards import PROFILES, TERMS, reward_terms, reward_weights
from pmd_gym.scenario import Scenario
from tests.doubles.backend import DX, DY, OpenFloorBackend
from tests.doubles.scene import dungeon_of, globals_of, scene

BEFORE = {"dungeon": 0, "floor": 1, "floor_seed": 7, "hp": 20, "max_hp": 40, "level": 5, "exp": 60, "belly": 50_000,
          "turns_left": 900, "money": 10, "items": 2, "team": 2, "explored": 100}  # fmt: skip


def terms(outcome: Outcome = Outcome.RUNNING, illegal: bool = False, **after: Any) -> dict[str, float]:
    """Terms that are not 0 between BEFORE and BEFORE changed by `after`."""
    snapshots = np.zeros(2, SNAPSHOT)
    for row, values in enumerate((BEFORE, BEFORE | after)):
        for name, value in values.items():
            snapshots[name][row] = value
    outcomes, flags = np.array([outcome], np.uint8), np.array([illegal])
    values = reward_terms(snapshots[:1], snapshots[1:], outcomes, flags)
    assert values.shape == (1, len(TERMS))
    return {name: float(value) for name, value in zip(TERMS, values[0], strict=True) if value}


def snapshot(*images: NDArray[np.uint8], previous: NDArray[np.void] | None = None) -> NDArray[np.void]:
    ram = np.stack(images)
    snapshots = np.zeros(len(images), SNAPSHOT) if previous is None else previous.copy()
    if previous is None:
        snapshots["floor_seed"] = -1
    flat, stride = flatten(ram)
    take_snapshots(flat, stride, np.arange(len(images)), snapshots)
    return snapshots


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({}, {}),
        ({"turns_left": 899}, {"turns": 1}),
        ({"floor": 2, "floor_seed": 9, "explored": 40, "turns_left": 1000}, {"floors": 1, "turns": 1}),
        ({"dungeon": 4, "floor": 1, "floor_seed": 9}, {"floors": 1, "turns": 1}),
        ({"explored": 112, "exp": 75, "level": 6}, {"explored": 12, "exp": 15, "levels": 1}),
        ({"hp": 10}, {"damage": 0.25}),
        ({"hp": 30, "max_hp": 45}, {"healed": 0.25}),
        ({"money": 4, "items": 3, "team": 1}, {"money": -6, "items": 1, "partners_lost": 1}),
        ({"belly": 999}, {"starving": 1}),
        ({"outcome": Outcome.CLEARED}, {"floors": 1, "cleared": 1}),
        ({"outcome": Outcome.FAINTED, "hp": 0}, {"fainted": 1, "damage": 0.5}),
        ({"outcome": Outcome.ESCAPED}, {"escaped": 1}),
        ({"outcome": Outcome.LOST}, {"lost": 1}),
        ({"illegal": True}, {"illegal": 1}),
    ],
)
def test_terms(after: dict[str, Any], expected: dict[str, float]) -> None:
    assert terms(**after) == expected


def test_a_snapshot_holds_what_the_image_holds() -> None:
    taken = snapshot(scene())[0]
    expected = {"dungeon": 0, "floor": 1, "floor_seed": 0x654321, "hp": 19, "max_hp": 23, "level": 5, "exp": 500,
                "belly": 87_500, "turns_left": 987, "money": 120, "items": 2, "team": 2}  # fmt: skip
    assert {name: int(taken[name]) for name in expected} == expected
    assert taken["explored"] == (dungeon_of(scene())["tiles"]["visibility"] & 1).sum()


def test_outside_a_dungeon_the_last_snapshot_stays() -> None:
    before = snapshot(scene())
    image = scene()
    globals_of(image)["dungeon"] = 0
    assert snapshot(image, previous=before)[0] == before[0]


def test_explored_counts_every_tile_once_however_one_walks() -> None:
    """Compared with a full count of the map after every step of a walk through both rooms and the corridor."""
    backend = OpenFloorBackend(1)
    games = np.arange(1)
    backend.start(games, [Scenario()], np.array([11], np.uint32))
    taken = snapshot(backend.ram[0])
    random = np.random.default_rng(4)
    for step in range(400):
        direction = 2 if step % 3 else int(random.integers(8))
        x, y = dungeon_of(backend.ram[0].copy())["entities"][0]["pos"]
        if step % 3 and y != 9:
            direction = 0 if y < 9 else 4
        assert DX[direction] or DY[direction]
        backend.step(games, np.array([[CommandKind.STEP, direction]], np.int16))
        taken = snapshot(backend.ram[0], previous=taken)
        image = backend.ram[0].copy()
        assert taken["explored"][0] == (dungeon_of(image)["tiles"]["visibility"] & 1).sum(), (step, x, y)
    assert taken["explored"][0] > 400


def test_a_new_floor_starts_counting_anew() -> None:
    image = scene()
    first = snapshot(image)
    dungeon_of(image)["floor_seed"], dungeon_of(image)["floor"] = 99, 2
    dungeon_of(image)["tiles"]["visibility"][:10] = 0
    second = snapshot(image, previous=first)
    assert second["explored"][0] == (dungeon_of(image)["tiles"]["visibility"] & 1).sum()


def test_profiles_name_real_terms_and_weights_stand_in_the_order_of_terms() -> None:
    for name, profile in PROFILES.items():
        weights = reward_weights(name)
        assert weights.shape == (len(TERMS),)
        assert dict(zip(TERMS, weights, strict=True)) == {term: profile.get(term, 0.0) for term in TERMS}


@pytest.mark.parametrize(
    ("reward", "message"),
    [
        ("defualt", "did you mean 'default'"),
        ({"flors": 1}, "did you mean 'floors'"),
        ({"floors": "1"}, "must be a finite number"),
        ({"floors": float("nan")}, "must be a finite number"),
        ({"floors": True}, "must be a finite number"),
        (3, "profile name or a dict"),
    ],
)
def test_wrong_rewards_are_refused(reward: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        reward_weights(reward)


def test_the_map_fits_the_bits_of_a_snapshot() -> None:
    assert layout.MAP_WIDTH <= 64
    assert SNAPSHOT["known"].shape == (layout.MAP_HEIGHT,)
