"""Attacks and moves played out on an open floor: what they draw, and what the fallen are worth."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, move_actions
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena, address_of
from tests.doubles.draws import state_before

PIKACHU, RATTATA = 25, 19
TACKLE, QUICK_ATTACK, DOUBLE_KICK, PIN_MISSILE, GROWL, LEER, DIG = 154, 190, 222, 306, 217, 224, 8
THUNDERBOLT, IRON_TAIL, HYPER_BEAM, OUTRAGE = 129, 1, 242, 91
DRY_TILESET = 14
EAST, WEST = 2, 6
HIT, DAMAGE = int(Draw.HIT), int(Draw.DAMAGE)
ATTACK, SLOT = -1, 0
"""What is used: the regular attack, or the move of slot 0 (and the one linked to it)."""


@kernel
def use(games: Any, tables: Any, slot: int, index: int) -> None:
    """Use the move of a slot, the regular attack for ATTACK."""
    if index == ATTACK:
        move_actions.attack(games[0], tables[0], slot, ids.REGULAR_ATTACK_MOVE)
    else:
        move_actions.use_slot_move(games[0], tables[0], slot, index)


def duel(*, linked: bool = False, **leader: Any) -> Arena:
    """Pikachu of level 50 beside a Rattata of level 4 that outlives a few blows."""
    arena = Arena()
    table = arena.rules
    exp = table["exp_curves"][table["species"][PIKACHU]["exp_curve"], 50]
    monster = arena.put(
        LEADER, PIKACHU, (10, 10), level=50, exp=exp, direction=EAST, moves=(TACKLE, QUICK_ATTACK), **leader
    )
    monster["moves"][1]["flags"] |= ids.MOVE_LINKED * linked
    arena.put(FOE, RATTATA, (11, 10), level=4, hp=999, max_hp=999)
    return arena


def test_a_regular_attack_draws_five_times() -> None:
    arena = duel()
    use(arena.records, arena.tables, LEADER, ATTACK)
    assert [draw[:2] for draw in arena.draws()] == [
        (HIT, 100),
        (DAMAGE, 100),
        (DAMAGE, 100),
        (DAMAGE, 0x4000),
        (HIT, 100),
    ]
    assert arena.world["monsters"][FOE]["hp"] == 999 - arena.game["hit"]["damage"] < 999


@pytest.mark.parametrize(
    ("first", "last", "linked", "gained"),
    [
        (ATTACK, ATTACK, False, 13),
        (SLOT, ATTACK, False, 26),
        (ATTACK, SLOT, False, 26),
        (SLOT, ATTACK, True, 39),
        (ATTACK, SLOT, True, 39),
    ],
    ids=["attacks only", "after a move", "by a move", "after linked moves", "by linked moves"],
)
def test_how_a_foe_was_beaten_decides_what_it_is_worth(first: int, last: int, linked: bool, gained: int) -> None:
    arena = duel(linked=linked, aim_status=ids.SURE_SHOT)
    leader, foe = arena.world["monsters"][LEADER], arena.world["monsters"][FOE]
    before = int(leader["exp"])
    use(arena.records, arena.tables, LEADER, first)
    assert 0 < foe["hp"] < 999 and leader["exp"] == before
    foe["hp"] = 1
    use(arena.records, arena.tables, LEADER, last)
    assert arena.world["entities"][FOE]["kind"] == 0
    assert leader["exp"] - before == gained


def fight(moves_known: tuple[int, ...], foe: dict[str, object] | None = None, **leader: object) -> Arena:
    """Two without abilities, face to face; the leader always hits and neither falls."""
    plain = {"hp": 900, "max_hp": 900, "ability1": 0, "ability2": 0, "type1": ids.BUG, "type2": 0}
    arena = Arena()
    arena.world["tileset"] = DRY_TILESET
    known = {"moves": moves_known, "aim_status": ids.SURE_SHOT}
    arena.put(LEADER, RATTATA, (10, 10), level=20, direction=EAST, **{**plain, **known, **leader})
    arena.put(FOE, RATTATA, (11, 10), level=20, direction=WEST, **{**plain, **(foe or {})})
    return arena


def pp(arena: Arena, index: int = 0) -> int:
    """PP that a move of the leader has lost."""
    move = arena.world["monsters"][LEADER]["moves"][index]
    return int(arena.rules["moves"][move["id"]]["pp"]) - int(move["pp"])


def lost(arena: Arena, slot: int = FOE) -> int:
    """HP lost of 900."""
    return 900 - int(arena.world["monsters"][slot]["hp"])


def test_a_move_of_several_hits_repeats_everything_for_one_pp() -> None:
    arena = fight((DOUBLE_KICK,))
    use(arena.records, arena.tables, LEADER, SLOT)
    blow = [(HIT, 100), (DAMAGE, 100), (DAMAGE, 100), (DAMAGE, 0x4000), (HIT, 100)]
    assert [draw[:2] for draw in arena.draws()] == blow * 2
    assert pp(arena) == 1


def test_the_number_of_hits_is_drawn_first() -> None:
    arena = fight((PIN_MISSILE,))
    arena.game["rng_dungeon"] = state_before((4, 3))
    use(arena.records, arena.tables, LEADER, SLOT)
    draws = arena.draws()
    assert draws[0][1:] == (4, 3) and len(draws) == 1 + 5 * 5


def test_pressure_makes_a_move_cost_two_pp() -> None:
    arena = fight((TACKLE,), {"ability1": ids.PRESSURE})
    use(arena.records, arena.tables, LEADER, SLOT)
    assert pp(arena) == 2


def test_a_two_turn_move_charges_then_strikes_for_one_pp() -> None:
    arena = fight((DIG,))
    leader = arena.world["monsters"][LEADER]
    use(arena.records, arena.tables, LEADER, SLOT)
    assert leader["charge_status"] == ids.DIGGING and leader["in_the_air"] == 2 and lost(arena) == 0
    assert leader["charge_move_slot"] == 0 and pp(arena) == 1
    use(arena.records, arena.tables, LEADER, SLOT)
    assert leader["charge_status"] == 0 and leader["in_the_air"] == 0 and lost(arena) > 0
    assert pp(arena) == 1 and leader["released_charge"] == 1


def test_who_is_under_ground_cannot_be_hit() -> None:
    arena = fight((TACKLE,), {"charge_status": ids.DIGGING, "in_the_air": 2})
    use(arena.records, arena.tables, LEADER, SLOT)
    assert lost(arena) == 0 and arena.draws() == []


@pytest.mark.parametrize("foe", [{"shield_status": ids.PROTECT}, {"ability1": ids.SOUNDPROOF}])
def test_what_blocks_a_move_spares_the_draws(foe: dict[str, int]) -> None:
    arena = fight((GROWL,), foe)
    use(arena.records, arena.tables, LEADER, SLOT)
    assert arena.draws() == [] and arena.world["monsters"][FOE]["attack_stage"] == 10


def test_mirror_move_returns_a_move_to_its_user() -> None:
    arena = fight((TACKLE,), {"shield_status": ids.MIRROR_MOVE})
    use(arena.records, arena.tables, LEADER, SLOT)
    assert lost(arena) == 0 and lost(arena, LEADER) > 0


def test_magic_coat_returns_only_flagged_moves() -> None:
    for move in (GROWL, LEER):
        arena = fight((move,), {"shield_status": ids.MAGIC_COAT})
        use(arena.records, arena.tables, LEADER, SLOT)
        flagged = bool(arena.rules["moves"][move]["magic_coat"])
        stages = [arena.world["monsters"][LEADER][f"{name}_stage"] for name in ("attack", "defense")]
        assert (min(stages) == 9) == flagged


def test_a_lightningrod_draws_the_bolt_and_takes_no_harm() -> None:
    arena = fight((THUNDERBOLT,))
    rod = arena.put(FOE + 1, RATTATA, (20, 20), ability1=ids.LIGHTNINGROD, hp=900, max_hp=900)
    arena.world["lightningrod_monster"], arena.world["lightningrod_sprite"] = address_of(FOE + 1), rod["sprite_id"]
    use(arena.records, arena.tables, LEADER, SLOT)
    assert lost(arena) == 0 and rod["hp"] == 900
    assert [draw[:2] for draw in arena.draws()] == [(HIT, 100)]


def test_a_pass_scarf_gives_the_blow_to_the_next_one_for_belly() -> None:
    arena = fight((TACKLE,), {"held_item": (ids.ITEM_EXISTS, 0, ids.PASS_SCARF)})
    other = arena.put(FOE + 1, RATTATA, (12, 11), hp=900, max_hp=900)
    use(arena.records, arena.tables, LEADER, SLOT)
    assert lost(arena) == 0 and other["hp"] < 900
    assert arena.world["monsters"][FOE]["belly"]["whole"] == 98


def test_the_move_used_last_is_marked() -> None:
    arena = fight((TACKLE, GROWL))
    for index in (0, 1):
        use(arena.records, arena.tables, LEADER, index)
    marks = [int(move["flags"]) & ids.MOVE_LAST_USED for move in arena.world["monsters"][LEADER]["moves"][:2]]
    assert marks == [0, ids.MOVE_LAST_USED]


def test_a_chain_whose_move_runs_out_of_pp_comes_apart() -> None:
    arena = fight((TACKLE, GROWL))
    known = arena.world["monsters"][LEADER]["moves"]
    known[1]["flags"] |= ids.MOVE_LINKED
    known[1]["pp"] = 1
    use(arena.records, arena.tables, LEADER, SLOT)
    assert known[1]["pp"] == 0 and known[1]["flags"] & ids.MOVE_LINKED == 0
    assert arena.world["monsters"][LEADER]["linked_moves_used"] == 2


def test_metronome_draws_the_move_that_it_becomes() -> None:
    arena = fight((ids.METRONOME,))
    arena.game["rng_dungeon"] = state_before((105, 0))
    use(arena.records, arena.tables, LEADER, SLOT)
    assert arena.draws()[0][1:] == (105, 0) and arena.game["move"]["id"] == IRON_TAIL
    assert lost(arena) > 0 and pp(arena) == 1


def test_hyper_beam_pauses_its_user() -> None:
    arena = fight((HYPER_BEAM,))
    use(arena.records, arena.tables, LEADER, SLOT)
    assert lost(arena) > 0 and arena.world["monsters"][LEADER]["cringe_status"] == ids.PAUSED


def test_outrage_confuses_its_user_at_the_end() -> None:
    arena = fight((OUTRAGE,))
    use(arena.records, arena.tables, LEADER, SLOT)
    assert arena.world["monsters"][LEADER]["cringe_status"] == ids.CONFUSED


def test_a_taunted_monster_cannot_use_a_status_move() -> None:
    arena = fight((GROWL,), cringe_status=ids.TAUNTED, cringe_turns=5)
    use(arena.records, arena.tables, LEADER, SLOT)
    assert arena.draws() == [] and pp(arena) == 0
