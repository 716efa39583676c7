"""How statuses end, and what a cure takes along (mechanics section 8)."""

from __future__ import annotations

from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids, inflict, recovery
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.duel import duel


def give(arena: Arena, kind: int) -> bool:
    return inflict.give(arena.records[0], arena.tables[0], LEADER, FOE, kind, 0)


def cure(arena: Arena) -> bool:
    return recovery.cure(arena.records[0], arena.tables[0], FOE, FOE)


def test_a_cure_ends_all_that_is_bad() -> None:
    arena, foe = duel(sleep_status=ids.SLEEP, sleep_turns=4, muzzled=1, exposed=1, perish_turns=3)
    for kind in (kinds.BURN, kinds.SHADOW_HOLD, kinds.CONFUSED, kinds.WHIFFER, kinds.BLINKER):
        foe["type1"], foe["type2"] = 1, 0
        assert give(arena, kind)
    assert cure(arena)
    for name in ("sleep_status", "burn_status", "freeze_status", "cringe_status", "aim_status", "sight_status",
                 "muzzled", "exposed", "perish_turns"):  # fmt: skip
        assert foe[name] == 0, name
    assert not cure(arena)


def test_a_cure_leaves_good_statuses_to_the_healthy() -> None:
    arena, foe = duel()
    assert give(arena, kinds.INGRAIN) and give(arena, kinds.SURE_SHOT)
    assert not cure(arena)
    assert (foe["freeze_status"], foe["aim_status"]) == (ids.INGRAIN, ids.SURE_SHOT)


def test_a_nap_heals_when_it_ends() -> None:
    arena, foe = duel(hp=3, max_hp=60, sleep_status=ids.NAPPING, sleep_turns=2, burn_status=ids.BURN)
    recovery.end_sleep(arena.records[0], arena.tables[0], FOE)
    assert (foe["hp"], foe["sleep_status"], foe["burn_status"]) == (60, 0, 0)
