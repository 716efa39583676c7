"""Stages of speed gained and lost, each with a timer of its own (mechanics section 5)."""

from __future__ import annotations

from pmd_gym.simulator import ids, speed
from tests.doubles.arena import FOE, Arena
from tests.doubles.duel import duel

DRAWN = 0


def faster(arena: Arena, turns: int) -> bool:
    return speed.speed_up(arena.records[0], arena.tables[0], FOE, FOE, turns)


def slower(arena: Arena) -> bool:
    return speed.speed_down(arena.records[0], arena.tables[0], FOE, FOE, 1)


def test_speed_counters_add_up_and_run_apart() -> None:
    """The published case: two counters up, one down, paralysed: stage 1 + 2 - 1 - 1."""
    arena, foe = duel(burn_status=ids.PARALYSIS)
    assert faster(arena, DRAWN) and faster(arena, ids.FOREVER)
    assert 9 <= foe["speed_up_timers"][0] <= 10 and foe["speed_up_timers"][1] == ids.FOREVER
    assert slower(arena)
    assert 7 <= foe["speed_down_timers"][0] <= 8
    assert foe["speed_stage"] == 1 and foe["speed_changed"] == 1


def test_speed_has_bounds() -> None:
    arena, foe = duel()
    for _ in range(3):
        assert faster(arena, ids.FOREVER)
    assert not faster(arena, ids.FOREVER)
    assert foe["speed_stage"] == 4
    foe["shield_status"] = ids.SAFEGUARD
    assert not slower(arena)
