"""The explorer's view of a game is what the fair observation shows, in its own words."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.policy.scene import Scene, scenes_of
from pmd_gym.observations import Observer
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.scene import ENEMY_NEAR, ITEM, LEADER, MONEY, STAIRS, TRAP, dungeon_of, scene


def seen(*images: Any, visibility: str = "fair") -> list[Scene]:
    backend = OpenFloorBackend(len(images), padding=0)
    backend._store[:] = images
    return list(scenes_of(Observer(backend, ("map",), visibility)(np.arange(len(images)))))


def test_a_scene_tells_what_the_player_sees() -> None:
    here = seen(scene())[0]
    assert (here.leader, here.floor, here.last_floor, here.turns_left) == (LEADER, 1, False, 987)
    assert (here.hp, here.max_hp, here.belly) == (19, 23, 87.5)
    assert here.enemies == (ENEMY_NEAR,)
    assert here.asleep == {ENEMY_NEAR}
    assert here.partner_health == 19 / 23
    assert here.items == (ITEM,)
    assert here.traps == (TRAP,)
    assert here.stairs is None
    assert here.bag[:3] == (69, 7, 0)
    assert here.facing == 2


def test_a_scene_tells_moves_partners_types_and_conditions() -> None:
    image = scene()
    leader = dungeon_of(image)["monsters"][0]
    leader["burn_status"], leader["cringe_status"] = 2, 2
    here = seen(image)[0]
    assert here.conditions == {"poison", "confusion"}
    assert here.types[LEADER] == (int(leader["type1"]), int(leader["type2"]))
    assert ENEMY_NEAR in here.types
    assert len(here.move_powers) == len(here.move_types) == len(here.move_pp) == 4
    ((place, health),) = here.partners
    assert max(abs(place[0] - LEADER[0]), abs(place[1] - LEADER[1])) <= 2
    assert health == here.partner_health
    assert here.spared <= set(here.items)
    assert here.liquid is not None
    assert not (here.liquid & ~here.hollow).any()


def test_tiles_are_walkable_hollow_or_unknown() -> None:
    here = seen(scene())[0]
    x, y = LEADER
    assert here.known[y, x]
    assert here.walkable[y, x]
    assert not here.known[STAIRS[1], STAIRS[0]]
    assert not (here.walkable & ~here.hollow).any()
    assert not (here.hollow & ~here.known).any()


def test_everything_shows_when_asked_for() -> None:
    here = seen(scene(), visibility="full")[0]
    assert here.stairs == STAIRS
    assert MONEY in here.items
    assert len(here.enemies) == 2


def test_rows_are_games() -> None:
    other = scene()
    dungeon_of(other)["monsters"][0]["hp"] = 3
    assert [here.hp for here in seen(scene(), other)] == [19, 3]


def test_the_last_floor_is_known() -> None:
    last = scene()
    dungeon_of(last)["floor"] = 3
    assert seen(last)[0].last_floor
