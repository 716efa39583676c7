"""A run ends where something is worth a look, and never breaks the mask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmd_gym.actions import ACTIONS
from pmd_gym.play.running import LONGEST, dash, goes_on
from pmd_gym.play.scene import BagItem, Scene
from pmd_gym.ram import layout
from tests.doubles.play import LEADER, PARTNER, PIDGEY, mask, moment

NEXT = {"place": (10, 8)}


def test_an_uneventful_step_goes_on() -> None:
    assert goes_on(moment(), moment(**NEXT))
    assert goes_on(moment(enemies=(PIDGEY,)), moment(enemies=(PIDGEY,), **NEXT))


@pytest.mark.parametrize(
    "after",
    [
        moment(),
        moment(**NEXT, members=(replace(LEADER, hp=19), PARTNER)),
        moment(**NEXT, members=(LEADER,)),
        moment(**NEXT, members=()),
        moment(**NEXT, members=(replace(LEADER, statuses=("Burned",)), PARTNER)),
        moment(**NEXT, enemies=(PIDGEY,)),
        moment(**NEXT, money=30),
        moment(**NEXT, bag=(BagItem(0, "Apple", 1, False, True, True),)),
        moment(**NEXT, log=("Something.",)),
        moment(**NEXT, room=layout.CORRIDOR),
        moment(**NEXT, floor=2),
        moment(**NEXT, mask=mask("stairs")),
    ],
)
def test_an_event_ends_it(after: Scene) -> None:
    assert not goes_on(moment(), after)


def test_a_crossing_of_corridors_ends_it() -> None:
    corridor = {"room": layout.CORRIDOR}
    before = moment(**corridor, mask=mask("step_east", "step_west"))
    fork = moment(**corridor, **NEXT, mask=mask("step_east", "step_west", "step_north"))
    assert not goes_on(before, fork)
    assert goes_on(before, replace(before, place=(10, 8)))


def test_a_run_stops_before_a_wall() -> None:
    actions = []

    def act(action: int) -> Scene:
        actions.append(action)
        x = 9 + len(actions)
        return moment(place=(x, 8), mask=mask("step_east") if x < 12 else mask("wait"))

    assert dash(moment(), 2, act) == 3
    assert actions == [ACTIONS.index("step_east")] * 3
    assert dash(moment(), 0, act) == 0


def test_a_run_ends_at_last() -> None:
    places = iter(range(1000))
    assert dash(moment(), 2, lambda action: moment(place=(next(places), 0))) == LONGEST
