"""What a monster attacks with, and whom: the draw by weight and the targets of the chosen move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import ANY, labelled, state_before

BULBASAUR, PIDGEY = 1, 16
TACKLE, DOUBLESLAP, DREAM_EATER = 154, 39, 331
"""Weights 25 and 15; Dream Eater weighs 30 and wants a sleeping target."""
CHOICE, TARGET = int(Draw.AI_CHOICE), int(Draw.AI_TARGET)
HERE = (20, 15)


def neighbour(direction: int, steps: int = 1) -> tuple[int, int]:
    return HERE[0] + steps * int(ids.DX[direction]), HERE[1] + steps * int(ids.DY[direction])


def arena_with(moves: tuple[int, ...], facing: int = 0, **fields: Any) -> tuple[Arena, Any]:
    """A wild monster in the middle that is about to act after the leader."""
    arena = Arena()
    wild = arena.put(FOE, PIDGEY, HERE, moves=moves, direction=facing, **fields)
    arena.world["fractional_turn"] = 3
    return arena, wild


def put_member(arena: Arena, slot: int, tile: tuple[int, int]) -> None:
    """A team mate that can take blows; all but the leader are paused."""
    member = arena.put(slot, BULBASAUR, tile, hp=500, max_hp=500)
    if slot != LEADER:
        member["cringe_status"], member["cringe_turns"] = ids.PAUSED, ids.FOREVER


def let_it_act(arena: Arena) -> list[tuple[int, int, int]]:
    """Pass a turn; returns the draws that the AI made for its choice."""
    arena.games.step(np.array([0]), np.array([[CommandKind.WAIT, 0]], np.int16))
    return labelled(arena.draws(), CHOICE, TARGET)


def check_skills(monster: Any, *skills: int) -> None:
    for skill in skills:
        monster["iq_skills"][skill >> 3] |= 1 << (skill & 7)


def test_the_weights_are_those_of_the_moves_in_these_tests() -> None:
    moves = Arena().rules["moves"]
    assert [int(moves[move]["ai_weight"]) for move in (TACKLE, DOUBLESLAP, DREAM_EATER)] == [25, 15, 30]


@pytest.mark.parametrize(
    ("drawn", "action", "slot"),
    [(0, ids.USE_MOVE_AI, 0), (25, ids.USE_MOVE_AI, 0), (26, ids.USE_MOVE_AI, 1), (40, ids.USE_MOVE_AI, 1),
     (41, ids.REGULAR_ATTACK, 0), (69, ids.REGULAR_ATTACK, 0)],
)  # fmt: skip
def test_moves_and_the_regular_attack_are_drawn_by_weight(drawn: int, action: int, slot: int) -> None:
    arena, wild = arena_with((TACKLE, DOUBLESLAP))
    put_member(arena, LEADER, neighbour(4))
    arena.game["rng_dungeon"] = state_before(ANY, (70, drawn))
    draws = let_it_act(arena)
    assert draws == [(CHOICE, 70, drawn), (TARGET, 1, 0)][: 1 + (action == ids.USE_MOVE_AI)]
    assert (wild["action"], wild["action_param0"], wild["direction"]) == (action, slot, 4)


@pytest.mark.parametrize(
    ("moves", "total"),
    [((TACKLE,), 25 + 20), ((TACKLE,) * 3, 75 + 40), ((TACKLE,) * 4, 100 + 50), ((DOUBLESLAP, DREAM_EATER), 45 + 30)],
)
def test_the_regular_attack_weighs_more_beside_more_moves(moves: tuple[int, ...], total: int) -> None:
    arena, _ = arena_with(moves)
    put_member(arena, LEADER, neighbour(4, 6))
    assert [draw[:2] for draw in let_it_act(arena)][:1] == [(CHOICE, total)]


def test_the_choice_is_drawn_with_nobody_in_reach_and_nothing_comes_of_it() -> None:
    arena, wild = arena_with((TACKLE,))
    put_member(arena, LEADER, neighbour(4, 6))
    assert len(let_it_act(arena)) == 1
    assert wild["action"] == ids.WALK


@pytest.mark.parametrize(("facing", "struck"), [(3, 5), (5, 5), (6, 2), (0, 2)])
@pytest.mark.parametrize("drawn", [10, 40])
def test_a_move_without_target_gives_way_to_the_regular_attack(drawn: int, facing: int, struck: int) -> None:
    arena, wild = arena_with((DREAM_EATER,), facing)
    check_skills(wild, ids.STATUS_CHECKER)
    put_member(arena, LEADER, neighbour(2))
    put_member(arena, 1, neighbour(5))
    arena.game["rng_dungeon"] = state_before(ANY, ANY, (50, drawn))
    assert let_it_act(arena) == [(CHOICE, 50, drawn)]
    assert (wild["action"], wild["direction"]) == (ids.REGULAR_ATTACK, struck)


def test_without_pp_it_struggles_without_drawing_a_choice() -> None:
    arena, wild = arena_with((TACKLE,))
    wild["moves"]["pp"] = 0
    put_member(arena, LEADER, neighbour(4))
    assert let_it_act(arena) == [(TARGET, 1, 0)]
    assert (wild["action"], wild["direction"]) == (ids.STRUGGLE_ACTION, 4)


@pytest.mark.parametrize("chosen", [0, 1])
def test_one_of_several_targets_is_drawn_in_the_order_of_directions(chosen: int) -> None:
    arena, wild = arena_with((TACKLE,))
    put_member(arena, LEADER, neighbour(6))
    put_member(arena, 1, neighbour(1))
    arena.game["rng_dungeon"] = state_before(ANY, ANY, (45, 10), (2, chosen))
    assert let_it_act(arena) == [(CHOICE, 45, 10), (TARGET, 2, chosen)]
    assert wild["direction"] == (1, 6)[chosen]


def test_a_frozen_monster_draws_nothing() -> None:
    arena, _ = arena_with((TACKLE,), freeze_status=ids.FROZEN, freeze_turns=ids.FOREVER)
    put_member(arena, LEADER, neighbour(4))
    assert let_it_act(arena) == []


CHARMANDER, EMBER = 4, 262
LEFT, RIGHT = 6, 2


def partner_with(moves: tuple[int, ...], *skills: int, **fields: Any) -> tuple[Arena, Any]:
    """A partner in the middle that seeks foes, away from its leader."""
    arena = Arena()
    put_member(arena, LEADER, (HERE[0], HERE[1] - 8))
    partner = arena.put(1, BULBASAUR, HERE, moves=moves, hp=500, max_hp=500, tactic=ids.GO_AFTER_FOES, **fields)
    check_skills(partner, *skills)
    arena.world["fractional_turn"] = 3
    return arena, partner


def put_foe(arena: Arena, slot: int, direction: int, species: int = PIDGEY, **fields: Any) -> None:
    """A paused wild monster beside the middle."""
    fields = {"hp": 500, "max_hp": 500, "cringe_status": ids.PAUSED, "cringe_turns": ids.FOREVER} | fields
    arena.put(slot, species, neighbour(direction), **fields)


def test_an_efficiency_expert_strikes_the_weakest_of_its_foes() -> None:
    arena, partner = partner_with((TACKLE,), ids.EFFICIENCY_EXPERT)
    put_foe(arena, FOE, LEFT, hp=300)
    put_foe(arena, FOE + 1, RIGHT, hp=280)
    let_it_act(arena)
    assert partner["direction"] == RIGHT


def test_the_weight_of_a_weak_foe_is_kept_in_a_byte() -> None:
    arena, partner = partner_with((TACKLE,), ids.EFFICIENCY_EXPERT)
    put_foe(arena, FOE, LEFT, hp=244)  # 500 - 244 is 256: nothing, and so 1
    put_foe(arena, FOE + 1, RIGHT, hp=490)
    let_it_act(arena)
    assert partner["direction"] == RIGHT


def test_an_exp_go_getter_strikes_the_least_valuable_of_its_foes() -> None:
    arena, partner = partner_with((TACKLE,), ids.EXP_GO_GETTER)
    arena.world["floor_spawn_count"] = 2
    for index, species in enumerate((PIDGEY, CHARMANDER)):
        template = arena.world["wild_templates"][index]
        template["species"], template["level"] = species, 5
    yields = arena.rules["species"]["exp_yield"]
    assert yields[CHARMANDER] > yields[PIDGEY]
    put_foe(arena, FOE, LEFT, CHARMANDER)
    put_foe(arena, FOE + 1, RIGHT)
    let_it_act(arena)
    assert partner["direction"] == RIGHT


def test_a_weak_type_picker_keeps_only_the_best_move() -> None:
    arena, partner = partner_with((TACKLE, EMBER), ids.WEAK_TYPE_PICKER)
    put_foe(arena, FOE, LEFT, BULBASAUR)
    draws = let_it_act(arena)
    best = int(arena.game["attack_weight"][1])
    assert draws == [(TARGET, 4, draws[0][2]), (TARGET, 5, draws[1][2]), (CHOICE, best, draws[2][2]), draws[3]][:4]
    assert (partner["action"], partner["action_param0"]) == (ids.USE_MOVE_AI, 1)


@pytest.mark.parametrize(("power_points", "total"), [(2, 25 + 40), (1, 25 + 40 - 25)])
def test_a_pp_checker_spares_links_that_would_come_apart(power_points: int, total: int) -> None:
    arena, partner = partner_with((TACKLE, DOUBLESLAP, DOUBLESLAP), ids.PP_CHECKER)
    partner["moves"]["flags"][1] |= ids.MOVE_LINKED
    partner["moves"]["pp"][1] = power_points
    put_foe(arena, FOE, LEFT)
    assert let_it_act(arena)[0][:2] == (CHOICE, total + 15)


def test_a_charged_monster_without_a_target_for_its_moves_still_strikes() -> None:
    arena, partner = partner_with((DREAM_EATER,), ids.STATUS_CHECKER, charge_status=ids.CHARGING, charge_turns=9)
    put_foe(arena, FOE, LEFT)
    assert let_it_act(arena) == [(CHOICE, 1, 0)]
    assert (partner["action"], partner["direction"]) == (ids.REGULAR_ATTACK, LEFT)
