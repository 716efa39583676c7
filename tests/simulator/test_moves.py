"""Attacks and moves played out on an open floor: what they draw, and what the fallen are worth."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, moves
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena

PIKACHU, RATTATA = 25, 19
TACKLE, QUICK_ATTACK = 154, 190
EAST = 2
HIT, DAMAGE = int(Draw.HIT), int(Draw.DAMAGE)
ATTACK, SLOT = -1, 0
"""What is used: the regular attack, or the move of slot 0 (and the one linked to it)."""


@kernel
def use(games: Any, tables: Any, slot: int, index: int) -> None:
    """Use the move of a slot, the regular attack for ATTACK."""
    if index == ATTACK:
        moves.attack(games[0], tables[0], slot, ids.REGULAR_ATTACK_MOVE)
    else:
        moves.use_slot_move(games[0], tables[0], slot, index)


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
