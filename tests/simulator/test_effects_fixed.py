"""Moves that do a fixed damage, or are paid with HP, belly or what was stored."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.simulator import ids
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import ANY, state_before
from tests.doubles.effects import apply_move

RATTATA = 19
EAST = 2
OTHER = int(Draw.OTHER)


def duel(foe: dict[str, Any] | None = None, **leader: Any) -> Arena:
    """A Bug, which no fixed move favours, and a Normal, face to face, without abilities, with HP to spare."""
    plain = {"hp": 500, "max_hp": 500, "ability1": 0, "ability2": 0, "type2": 0}
    arena = Arena()
    arena.put(LEADER, RATTATA, (10, 10), direction=EAST, **{**plain, "type1": ids.BUG, **leader})
    arena.put(FOE, RATTATA, (11, 10), direction=6, **{**plain, "type1": ids.NORMAL_TYPE, **(foe or {})})
    return arena


def lost(arena: Arena, slot: int = FOE) -> int:
    """HP lost of 500."""
    return 500 - int(arena.world["monsters"][slot]["hp"])


@pytest.mark.parametrize(
    ("key", "damage"),
    [("SONICBOOM", 55), ("DRAGON_RAGE", 65), ("SEISMIC_TOSS", 30), ("NIGHT_SHADE", 30), ("SUPER_FANG", 250)],
)
def test_fixed_damage_needs_no_draw(key: str, damage: int) -> None:
    arena = duel(level=30)
    assert apply_move(arena, key)
    assert lost(arena) == damage
    assert arena.draws() == []


def test_super_fang_fails_on_the_last_hp() -> None:
    arena = duel({"hp": 1})
    assert not apply_move(arena, "SUPER_FANG")
    assert arena.world["monsters"][FOE]["hp"] == 1


@pytest.mark.parametrize(("iq", "returned", "frustrated"), [(1, 5, 45), (50, 10, 40), (499, 30, 20), (900, 45, 5)])
def test_return_and_frustration_go_by_iq(iq: int, returned: int, frustrated: int) -> None:
    arena = duel(iq=iq)
    assert apply_move(arena, "RETURN")
    assert lost(arena) == returned
    assert apply_move(arena, "FRUSTRATION")
    assert lost(arena) == returned + frustrated


def test_endeavor_brings_the_target_down_to_the_users_hp() -> None:
    arena = duel(hp=120)
    assert apply_move(arena, "ENDEAVOR")
    assert arena.world["monsters"][FOE]["hp"] == 120
    assert not apply_move(arena, "ENDEAVOR")


def test_wonder_guard_lets_no_fixed_damage_of_a_plain_type_pass() -> None:
    arena = duel({"ability1": ids.WONDER_GUARD})
    assert not apply_move(arena, "SONICBOOM")
    assert lost(arena) == 0


@pytest.mark.parametrize(
    ("key", "foe", "falls"),
    [
        ("SHEER_COLD", {}, True),
        ("GUILLOTINE", {"type1": ids.GHOST}, False),
        ("GUILLOTINE", {"type1": ids.GHOST, "exposed": 1}, True),
        ("FISSURE", {}, True),
        ("FISSURE", {"type1": ids.FLYING}, False),
        ("FISSURE", {"ability1": ids.LEVITATE}, False),
        ("ONE_SHOT", {"type1": ids.GHOST}, True),
        ("ONE_SHOT", {"ability1": ids.STURDY}, False),
    ],
)
def test_one_hit_moves_fell_whoever_feels_their_type(key: str, foe: dict[str, int], falls: bool) -> None:
    arena = duel(foe)
    assert apply_move(arena, key) == falls
    assert (arena.world["entities"][FOE]["kind"] == 0) == falls


@pytest.mark.parametrize(("level", "drawn", "damage"), [(10, 0, 5), (10, 255, 14), (100, 100, 89), (100, 255, 149)])
def test_psywave_draws_a_share_of_the_level(level: int, drawn: int, damage: int) -> None:
    arena = duel(level=level)
    arena.game["rng_dungeon"] = state_before((256, drawn))
    assert apply_move(arena, "PSYWAVE")
    assert lost(arena) == damage
    assert arena.draws() == [(OTHER, 256, drawn)]


@pytest.mark.parametrize(("strength", "damage"), [(0, 5), (3, 25), (6, 40)])
def test_magnitude_goes_by_its_strength_and_doubles_under_ground(strength: int, damage: int) -> None:
    arena = duel()
    arena.game["magnitude"] = strength
    assert apply_move(arena, "MAGNITUDE")
    assert lost(arena) == damage
    arena.world["monsters"][FOE]["charge_status"] = ids.DIGGING
    assert apply_move(arena, "MAGNITUDE")
    assert lost(arena) == 3 * damage


@pytest.mark.parametrize(
    ("drawn", "change"), [(0, -120), (9, -120), (10, 100), (29, 100), (30, -80), (59, -80), (60, -40)]
)
def test_present_draws_what_it_brings(drawn: int, change: int) -> None:
    arena = duel({"hp": 400})
    arena.game["rng_dungeon"] = state_before((100, drawn))
    assert apply_move(arena, "PRESENT")
    assert arena.world["monsters"][FOE]["hp"] == 400 + change


def test_bide_returns_twice_what_was_stored() -> None:
    arena = duel(bide_damage=70)
    assert apply_move(arena, "BIDE_2")
    assert lost(arena) == 140


def test_two_edge_leaves_one_hp_and_takes_half_of_the_users() -> None:
    arena = duel(hp=301)
    assert apply_move(arena, "TWO_EDGE")
    assert arena.world["monsters"]["hp"][[LEADER, FOE]].tolist() == [151, 1]


def test_pain_split_shares_the_hp_within_each_maximum() -> None:
    arena = duel({"hp": 100, "max_hp": 120}, hp=300)
    assert apply_move(arena, "PAIN_SPLIT")
    assert arena.world["monsters"]["hp"][[LEADER, FOE]].tolist() == [200, 120]


def test_memento_leaves_one_hp_and_a_warp_to_come() -> None:
    arena = duel()
    assert apply_move(arena, "MEMENTO")
    leader, foe = arena.world["monsters"][LEADER], arena.world["monsters"][FOE]
    assert (leader["hp"], leader["warps_after_move"]) == (1, 1)
    assert (foe["attack_mult"], foe["sp_attack_mult"]) == (64, 64)


def test_belly_drum_needs_more_than_one_point_of_belly() -> None:
    arena = duel()
    assert apply_move(arena, "BELLY_DRUM", target=LEADER)
    leader = arena.world["monsters"][LEADER]
    assert leader["attack_stage"] == 20
    assert leader["belly"].tolist() == (1, 0)
    leader["attack_stage"] = 10
    assert not apply_move(arena, "BELLY_DRUM", target=LEADER)
    assert leader["attack_stage"] == 10


@pytest.mark.parametrize(("before", "after"), [((100, 0), (90, 0)), ((9, 500), (0, 0))])
def test_famish_takes_ten_points_of_belly(before: tuple[int, int], after: tuple[int, int]) -> None:
    arena = duel({"belly": before})
    assert apply_move(arena, "FAMISH")
    assert arena.world["monsters"][FOE]["belly"].tolist() == after


@pytest.mark.parametrize(("stored", "hp"), [(0, 100), (1, 120), (2, 140), (3, 180)])
def test_swallow_heals_by_what_was_stored(stored: int, hp: int) -> None:
    arena = duel(hp=100, stockpile=stored)
    assert apply_move(arena, "SWALLOW", target=LEADER)
    leader = arena.world["monsters"][LEADER]
    assert (leader["hp"], leader["stockpile"]) == (hp, 0)


def test_spit_up_strikes_with_what_was_stored_and_spends_it() -> None:
    arena = duel(stockpile=2)
    assert apply_move(arena, "SPIT_UP")
    assert lost(arena) > 0
    assert arena.world["monsters"][LEADER]["stockpile"] == 0
    before = lost(arena)
    assert apply_move(arena, "SPIT_UP")
    assert lost(arena) == before


@pytest.mark.parametrize("shield", [ids.REFLECT, ids.LIGHT_SCREEN])
def test_brick_break_ends_the_screens_first(shield: int) -> None:
    arena = duel({"shield_status": shield, "shield_turns": 9})
    assert apply_move(arena, "BRICK_BREAK")
    assert arena.world["monsters"][FOE]["shield_status"] == 0


def test_smellingsalt_cures_the_paralysis_it_strikes() -> None:
    arena = duel({"burn_status": ids.PARALYSIS, "burn_turns": 9})
    apply_move(arena, "SMELLINGSALT")
    assert arena.world["monsters"][FOE]["burn_status"] == 0


def test_will_o_wisp_burns_or_feeds_flash_fire() -> None:
    arena = duel()
    assert apply_move(arena, "WILL_O_WISP")
    assert arena.world["monsters"][FOE]["burn_status"] == ids.BURN
    arena = duel({"ability1": ids.FLASH_FIRE})
    assert apply_move(arena, "WILL_O_WISP")
    foe = arena.world["monsters"][FOE]
    assert (foe["burn_status"], foe["flash_fire_pending"]) == (0, 1)


def test_selfdestruct_hurts_who_stands_around() -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before(ANY)
    assert apply_move(arena, "SELFDESTRUCT", target=LEADER)
    assert lost(arena) > 0
    assert lost(arena, LEADER) > 0
