"""Stages and multipliers: bounds, and all that keeps them from falling (mechanics section 6.1)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, stages
from pmd_gym.simulator.stats import ACCURACY, ATTACK, DEFENSE, EVASION, SP_ATTACK, SP_DEFENSE
from tests.doubles.arena import FOE
from tests.doubles.duel import duel

STATS = (ATTACK, SP_ATTACK, DEFENSE, SP_DEFENSE, ACCURACY, EVASION)
MULTIPLIED = STATS[:4]
HALF = 128


@kernel
def lower_in(records: Any, stat: int, steps: int) -> bool:
    return stages.lower_stage(records[0], FOE, stat, steps)


@kernel
def raise_in(records: Any, stat: int, steps: int) -> bool:
    return stages.raise_stage(records[0], FOE, stat, steps)


@kernel
def scale_in(records: Any, stat: int, factor: int) -> bool:
    return stages.scale_stat(records[0], FOE, stat, factor)


@pytest.mark.parametrize(
    ("stat", "field"),
    [
        (ATTACK, "attack_stage"), (SP_ATTACK, "sp_attack_stage"), (DEFENSE, "defense_stage"),
        (SP_DEFENSE, "sp_defense_stage"), (ACCURACY, "accuracy_stage"), (EVASION, "evasion_stage"),
    ],
)  # fmt: skip
def test_stages_run_from_0_to_20(stat: int, field: str) -> None:
    arena, foe = duel()
    assert lower_in(arena.records, stat, 1) and foe[field] == 9
    foe[field] = 0
    assert not lower_in(arena.records, stat, 3) and foe[field] == 0
    assert raise_in(arena.records, stat, 1) and foe[field] == 1
    foe[field] = 20
    assert not raise_in(arena.records, stat, 2) and foe[field] == 20


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"shield_status": ids.MIST}, set(STATS)),
        ({"ability1": ids.CLEAR_BODY}, set(STATS)),
        ({"ability2": ids.WHITE_SMOKE}, set(STATS)),
        ({"held_item": (ids.ITEM_EXISTS, 1, ids.TWIST_BAND)}, {ATTACK, SP_ATTACK}),
        ({"ability1": ids.HYPER_CUTTER}, {ATTACK}),
        ({"ability1": ids.KEEN_EYE}, {ACCURACY}),
        ({"shield_status": ids.SAFEGUARD}, set()),
    ],
)
def test_what_keeps_stats_from_falling(fields: dict[str, Any], kept: set[int]) -> None:
    for stat in STATS:
        arena, _ = duel(**fields)
        assert lower_in(arena.records, stat, 1) == (stat not in kept), stat
    for stat in MULTIPLIED:
        arena, _ = duel(**fields)
        assert scale_in(arena.records, stat, HALF) == (stat not in kept), stat


def test_a_user_that_tires_itself_has_no_protection() -> None:
    arena, foe = duel(shield_status=ids.MIST, ability1=ids.CLEAR_BODY)
    assert raise_in(arena.records, SP_ATTACK, -2)
    assert foe["sp_attack_stage"] == 8


@pytest.mark.parametrize(
    ("start", "factor", "after"), [(256, 128, 128), (256, 64, 64), (3, 64, 2), (25000, 512, 25597)]
)
def test_multipliers_stay_between_a_hundredth_and_hundred(start: int, factor: int, after: int) -> None:
    arena, foe = duel(attack_mult=start, sp_defense_mult=start)
    scale_in(arena.records, ATTACK, factor)
    scale_in(arena.records, SP_DEFENSE, factor)
    assert (foe["attack_mult"], foe["sp_defense_mult"]) == (after, after)
