"""Giving and ending statuses: durations, what keeps them off, how they displace each other (mechanics section 8)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids, inflict
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.duel import BESIDE, SQUIRTLE, duel

BULBASAUR, MATE = 1, 1
DURATION = int(Draw.DURATION)
GUARDED = (
    kinds.SLEEP, kinds.NIGHTMARE, kinds.YAWNING, kinds.BURN, kinds.POISONED, kinds.BADLY_POISONED, kinds.PARALYSIS,
    kinds.FROZEN, kinds.SHADOW_HOLD, kinds.CONSTRICTION, kinds.CRINGE, kinds.CONFUSED, kinds.PAUSED, kinds.COWERING,
    kinds.TAUNTED, kinds.INFATUATED, kinds.LEECH_SEED, kinds.WHIFFER, kinds.BLINKER, kinds.CROSS_EYED, kinds.MUZZLED,
    kinds.PERISHING,
)  # fmt: skip
UNGUARDED = (kinds.SLEEPLESS, kinds.NAPPING, kinds.INGRAIN, kinds.SURE_SHOT, kinds.INVISIBLE, kinds.EYEDROPS)


def give(arena: Arena, kind: int, turns: int = 0, target: int = FOE) -> bool:
    arena.forget_draws()
    return inflict.give(arena.records[0], arena.tables[0], LEADER, target, kind, turns)


def stored(monster: Any, kind: int) -> int:
    names = {
        kinds.SLEEP_GROUP: "sleep_turns", kinds.BURN_GROUP: "burn_turns", kinds.FREEZE_GROUP: "freeze_turns",
        kinds.CRINGE_GROUP: "cringe_turns", kinds.SHIELD_GROUP: "shield_turns", kinds.LEECH_GROUP: "leech_turns",
        kinds.AIM_GROUP: "aim_turns", kinds.CONCEAL_GROUP: "conceal_turns", kinds.SIGHT_GROUP: "sight_turns",
        kinds.MUZZLE_GROUP: "muzzled_turns", kinds.PERISH_GROUP: "perish_turns",
    }  # fmt: skip
    return int(monster[names[kind >> 4]])


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        (kinds.SLEEP, 3, 6), (kinds.NIGHTMARE, 4, 7), (kinds.NAPPING, 2, 3), (kinds.SLEEPLESS, 11, 12),
        (kinds.PARALYSIS, 2, 2), (kinds.FROZEN, 4, 5), (kinds.SHADOW_HOLD, 3, 5), (kinds.CONSTRICTION, 4, 6),
        (kinds.INGRAIN, 16, 30), (kinds.CONFUSED, 7, 12), (kinds.COWERING, 11, 12), (kinds.INFATUATED, 5, 6),
        (kinds.REFLECT, 11, 12), (kinds.SAFEGUARD, 16, 20), (kinds.COUNTER, 7, 12), (kinds.PROTECT, 3, 6),
        (kinds.MIST, 11, 14), (kinds.LEECH_SEED, 11, 12), (kinds.SURE_SHOT, 11, 12), (kinds.WHIFFER, 2, 6),
        (kinds.SET_DAMAGE, 3, 4), (kinds.INVISIBLE, 11, 20),
    ],
)  # fmt: skip
def test_a_duration_is_one_draw_of_its_range(kind: int, lowest: int, highest: int) -> None:
    arena, foe = duel()
    width = highest - lowest + 1
    seen = set()
    for state in range(1, 400, 2):
        arena.put(FOE, SQUIRTLE, BESIDE, sleep_status=0, burn_status=0, freeze_status=0, cringe_status=0,
                  shield_status=0, leech_status=0, aim_status=0, conceal_status=0)  # fmt: skip
        arena.game["rng_dungeon"] = state * 7919
        assert give(arena, kind)
        [(label, bound, value)] = arena.draws()
        assert (label, bound) == (DURATION, width)
        assert stored(foe, kind) == lowest + value
        seen.add(value)
    assert min(seen) == 0 and max(seen) == width - 1


@pytest.mark.parametrize(
    ("kind", "turns"),
    [
        (kinds.BURN, 128), (kinds.POISONED, 128), (kinds.BADLY_POISONED, 128), (kinds.CRINGE, 2), (kinds.PAUSED, 2),
        (kinds.YAWNING, 3), (kinds.BLINKER, 11), (kinds.EYEDROPS, 128), (kinds.MUZZLED, 11), (kinds.PERISHING, 4),
        (kinds.MOBILE, 128),
    ],
)  # fmt: skip
def test_a_fixed_duration_draws_nothing(kind: int, turns: int) -> None:
    arena, foe = duel()
    assert give(arena, kind)
    assert arena.draws() == []
    assert stored(foe, kind) == turns


@pytest.mark.parametrize(
    ("skills", "ability", "turns"),
    [((), 0, 12), ((ids.SELF_CURER,), 0, 6), ((), ids.NATURAL_CURE, 6), ((ids.SELF_CURER,), ids.NATURAL_CURE, 6)],
)
def test_self_curer_and_natural_cure_shorten(skills: tuple[int, ...], ability: int, turns: int) -> None:
    """The published case: confusion drawn as 11 is stored as 5 + 1 with either skill and with both."""
    arena, foe = duel(ability2=ability)
    for skill in skills:
        foe["iq_skills"][skill >> 3] |= 1 << (skill & 7)
    arena.game["rng_dungeon"] = next(
        state for state in range(1, 10**5, 2) if ((state * 1566083941 + 1) % 2**32 >> 16) * 6 >> 16 == 5
    )
    assert give(arena, kinds.CONFUSED)
    assert foe["cringe_turns"] == turns


@pytest.mark.parametrize("kind", GUARDED)
def test_safeguard_keeps_bad_statuses_off(kind: int) -> None:
    arena, foe = duel(shield_status=ids.SAFEGUARD, shield_turns=9)
    assert not give(arena, kind)
    assert foe["shield_status"] == ids.SAFEGUARD


@pytest.mark.parametrize("kind", UNGUARDED)
def test_safeguard_lets_good_statuses_pass(kind: int) -> None:
    arena, _ = duel(shield_status=ids.SAFEGUARD, shield_turns=9)
    assert give(arena, kind)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (kinds.SLEEP, "ability1", ids.INSOMNIA), (kinds.NIGHTMARE, "ability2", ids.VITAL_SPIRIT),
        (kinds.YAWNING, "held_item", (ids.ITEM_EXISTS, 1, ids.INSOMNISCOPE)), (kinds.BURN, "ability1", ids.WATER_VEIL),
        (kinds.BURN, "type2", ids.FIRE), (kinds.POISONED, "ability1", ids.IMMUNITY), (kinds.POISONED, "type1", 17),
        (kinds.BADLY_POISONED, "type1", ids.POISON_TYPE),
        (kinds.POISONED, "held_item", (ids.ITEM_EXISTS, 1, ids.PECHA_SCARF)), (kinds.PARALYSIS, "ability1", ids.LIMBER),
        (kinds.FROZEN, "ability1", ids.MAGMA_ARMOR), (kinds.FROZEN, "type1", ids.ICE),
        (kinds.CRINGE, "ability1", ids.INNER_FOCUS), (kinds.CONFUSED, "ability1", ids.OWN_TEMPO),
        (kinds.CONFUSED, "held_item", (ids.ITEM_EXISTS, 1, ids.PERSIM_BAND)),
        (kinds.INFATUATED, "ability1", ids.OBLIVIOUS), (kinds.LEECH_SEED, "type1", ids.GRASS),
        (kinds.CONVERSION2, "ability1", ids.FORECAST),
    ],
)  # fmt: skip
def test_abilities_items_and_types_keep_statuses_off(kind: int, field: str, value: Any) -> None:
    arena, foe = duel()
    foe[field] = value
    assert not give(arena, kind)
    assert stored(foe, kind) == 0


def test_a_sticky_item_protects_nobody() -> None:
    arena, foe = duel()
    foe["held_item"] = (ids.ITEM_EXISTS | ids.ITEM_STICKY, 1, ids.PECHA_SCARF)
    assert give(arena, kinds.POISONED)


def test_a_status_displaces_another_of_its_group() -> None:
    arena, foe = duel()
    assert give(arena, kinds.BADLY_POISONED)
    assert not give(arena, kinds.POISONED), "bad poison is not made milder"
    assert give(arena, kinds.PARALYSIS)
    assert (foe["burn_status"], foe["speed_stage"]) == (ids.PARALYSIS, 0)
    assert not give(arena, kinds.PARALYSIS)
    assert give(arena, kinds.CONFUSED) and give(arena, kinds.PAUSED)
    assert (foe["cringe_status"], foe["burn_status"]) == (ids.PAUSED, ids.PARALYSIS)


def test_sleep_statuses_have_their_own_order() -> None:
    arena, foe = duel()
    assert give(arena, kinds.YAWNING) and give(arena, kinds.SLEEP, 5)
    assert not give(arena, kinds.SLEEP, 3), "who sleeps is not put to sleep again"
    assert give(arena, kinds.NAPPING, 2)
    assert (foe["sleep_status"], foe["sleep_turns"]) == (ids.NAPPING, 5)
    assert give(arena, kinds.SLEEPLESS) and not give(arena, kinds.SLEEP, 5)


@pytest.mark.parametrize(("turns", "slept"), [(5, 2), (1, 1), (ids.FOREVER, ids.FOREVER)])
def test_early_bird_halves_sleep(turns: int, slept: int) -> None:
    arena, foe = duel(ability1=ids.EARLY_BIRD)
    assert give(arena, kinds.SLEEP, turns)
    assert foe["sleep_turns"] == slept


@pytest.mark.parametrize(("kind", "ground"), [(kinds.BURN, "water"), (kinds.FROZEN, "lava")])
def test_ground_keeps_burn_and_ice_off(kind: int, ground: str) -> None:
    arena, _ = duel()
    lava = arena.rules["secondary_terrain"].tolist()
    arena.world["tileset"] = next(i for i, value in enumerate(lava) if (value == 2) == (ground == "lava"))
    arena.world["tiles"][BESIDE[1], BESIDE[0]]["terrain"] = ids.SECONDARY
    assert not give(arena, kind)


def test_synchronize_passes_burn_poison_and_paralysis_to_the_foes_around() -> None:
    arena, foe = duel(ability1=ids.SYNCHRONIZE)
    mate = arena.put(MATE, BULBASAUR, (22, 16))
    friend = arena.put(FOE + 1, SQUIRTLE, (22, 15))
    assert give(arena, kinds.PARALYSIS)
    leader = arena.world["monsters"][LEADER]
    assert [int(m["burn_status"]) for m in (foe, leader, mate, friend)] == [ids.PARALYSIS] * 3 + [0]
    assert [draw[:2] for draw in arena.draws()] == [(DURATION, 1)] * 3


def test_every_kind_of_the_ram_map_has_a_duration_or_none() -> None:
    groups = {"sleep": 1, "burn": 2, "freeze": 3, "cringe": 4, "shield": 6, "curse": 7, "leech": 8, "aim": 9,
              "conceal": 10, "sight": 11}  # fmt: skip
    for group, number in groups.items():
        for status, name in layout.enum(f"status_{group}").items():
            if int(status) and name != "Wrap":
                assert kinds.HIGHEST[16 * number + int(status)] > 0, name
