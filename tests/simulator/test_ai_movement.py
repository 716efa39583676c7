"""Where a monster walks: the nearest foe, ways around walls, exits of rooms, junctions of corridors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.simulator import ids
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena, address_of
from tests.doubles.draws import ANY, labelled, state_before

BULBASAUR, PIDGEY = 1, 16
WANDER = int(Draw.WANDER)
HERE = (20, 15)
ROOM = (10, 10, 17, 16)
FAR_AWAY = (45, 25)
EAST, NORTH = 2, 4


def arena_with(room: tuple[int, int, int, int] | None = None) -> Arena:
    arena = Arena(room) if room else Arena()
    arena.world["fractional_turn"] = 3
    return arena


def put_wild(arena: Arena, tile: tuple[int, int], direction: int = 0, **fields: Any) -> Any:
    return arena.put(FOE, PIDGEY, tile, direction=direction, **fields)


def put_member(arena: Arena, slot: int, tile: tuple[int, int], **fields: Any) -> Any:
    return arena.put(slot, BULBASAUR, tile, hp=500, max_hp=500, tactic=ids.WAIT_THERE, **fields)


def put_leader_far_away(arena: Arena) -> None:
    arena.lay(*FAR_AWAY, ids.NORMAL)
    put_member(arena, LEADER, FAR_AWAY)


def let_it_act(arena: Arena, slot: int = FOE) -> int:
    """Pass a turn; returns the direction of the step that the monster took, -1 for none."""
    before = arena.world["entities"][slot]["pos"].item()
    arena.games.step(np.array([0]), np.array([[CommandKind.WAIT, 0]], np.int16))
    after = arena.world["entities"][slot]["pos"].item()
    dx, dy = after[0] - before[0], after[1] - before[1]
    assert max(abs(dx), abs(dy)) <= 1
    return -1 if (dx, dy) == (0, 0) else int(ids.DIRECTION_OF[dy + 1, dx + 1])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [((3, 1), (-3, 2), 1), ((-4, 0), (1, 3), 2), ((3, 3), (2, 0), 2), ((0, 2), (2, 2), 1)],
)
def test_the_nearest_foe_is_chased_and_of_equals_the_first(
    first: tuple[int, int], second: tuple[int, int], expected: int
) -> None:
    arena = arena_with()
    put_member(arena, LEADER, (HERE[0] + 9, HERE[1]))
    for slot, (dx, dy) in ((1, first), (2, second)):
        put_member(arena, slot, (HERE[0] + dx, HERE[1] + dy))
    wild = put_wild(arena, HERE)
    let_it_act(arena)
    assert wild["ai_target"] == address_of(expected)
    assert wild["ai_objective"] == ids.CHASING


@pytest.mark.parametrize(
    ("walls", "step"),
    [((), 1), ((1,), 2), ((1, 2), 0), ((1, 0), 2), ((0,), 2), ((2,), 0), ((0, 2), -1), ((0, 1, 2), -1)],
)
def test_a_barred_diagonal_is_passed_on_its_left_then_on_its_right(walls: tuple[int, ...], step: int) -> None:
    arena = arena_with()
    for direction in walls:
        arena.lay(HERE[0] + int(ids.DX[direction]), HERE[1] + int(ids.DY[direction]), ids.WALL)
    put_member(arena, LEADER, (HERE[0] + 3, HERE[1] + 3))
    put_wild(arena, HERE)
    assert let_it_act(arena) == step


def test_a_petrified_foe_is_chased_by_the_wild_but_not_by_the_team() -> None:
    arena = arena_with()
    put_member(arena, LEADER, (HERE[0] + 9, HERE[1]))
    seeker = arena.put(1, BULBASAUR, (HERE[0], HERE[1] + 3), tactic=ids.GO_AFTER_FOES)
    put_wild(arena, HERE, freeze_status=ids.PETRIFIED, freeze_turns=ids.FOREVER)
    let_it_act(arena, 1)
    assert seeker["ai_target"] == address_of(LEADER)


@pytest.mark.parametrize(
    ("tactic", "step"), [(ids.WAIT_THERE, -1), (ids.GO_TOGETHER, EAST), (ids.GO_AFTER_FOES, NORTH), (ids.GET_AWAY, 0)]
)
def test_a_tactic_decides_between_leader_and_foe(tactic: int, step: int) -> None:
    arena = arena_with()
    put_member(arena, LEADER, (HERE[0] + 5, HERE[1]))
    arena.put(1, BULBASAUR, HERE, tactic=tactic)
    put_wild(arena, (HERE[0], HERE[1] - 5), freeze_status=ids.FROZEN, freeze_turns=ids.FOREVER)
    assert let_it_act(arena, 1) == step


def test_an_exit_is_drawn_until_it_is_another_one_than_underfoot() -> None:
    arena = arena_with(ROOM)
    exits = [(10, 12), (13, 15), (16, 11)]
    for x, y in exits:
        arena.lay(x, y, ids.NORMAL | ids.JUNCTION)
    put_leader_far_away(arena)
    wild = put_wild(arena, exits[1])
    arena.game["rng_dungeon"] = state_before(ANY, (3, 1), (3, 1), (3, 2))
    let_it_act(arena)
    assert labelled(arena.draws(), WANDER) == [(WANDER, 3, 1), (WANDER, 3, 1), (WANDER, 3, 2)]
    assert wild["ai_target_pos"].item() == exits[2]
    assert wild["ai_objective"] == ids.LEAVING_ROOM


def test_the_way_to_an_exit_needs_no_further_draw() -> None:
    arena = arena_with(ROOM)
    arena.lay(16, 11, ids.NORMAL | ids.JUNCTION)
    put_leader_far_away(arena)
    put_wild(arena, (11, 11))
    drawn, steps = [], []
    for _ in range(4):
        steps.append(let_it_act(arena))
        drawn.append(len(labelled(arena.draws(), WANDER)))
    assert (steps, drawn) == ([EAST] * 4, [1, 0, 0, 0])


def test_a_room_without_exits_is_wandered_in_any_direction() -> None:
    arena = arena_with(ROOM)
    put_leader_far_away(arena)
    put_wild(arena, (13, 12))
    arena.game["rng_dungeon"] = state_before(ANY, (8, 3))
    assert let_it_act(arena) == 3
    assert labelled(arena.draws(), WANDER) == [(WANDER, 8, 3)]


def junction(facing: int) -> Arena:
    """A wild monster where corridors to the south, the east and the north meet."""
    arena = arena_with(ROOM)
    x, y = 30, 20
    for dx, dy in ((0, 0), (0, 1), (1, 0), (0, -1)):
        arena.lay(x + dx, y + dy, ids.NORMAL)
    put_leader_far_away(arena)
    put_wild(arena, (x, y), facing)
    assert arena.world["tiles"][y, x]["walk_normal"] == 0x15
    return arena


@pytest.mark.parametrize(("drawn", "step"), list(enumerate([EAST, EAST, EAST, NORTH, NORTH, NORTH, NORTH, EAST])))
def test_at_a_junction_the_facing_is_drawn_and_the_way_back_left_out(drawn: int, step: int) -> None:
    arena = junction(NORTH)
    arena.game["rng_dungeon"] = state_before(ANY, (8, drawn))
    assert let_it_act(arena) == step
    assert labelled(arena.draws(), WANDER) == [(WANDER, 8, drawn)]


def test_along_a_corridor_nothing_is_drawn_and_a_dead_end_turns_it_round() -> None:
    arena = arena_with(ROOM)
    for x in (30, 31, 32):
        arena.lay(x, 20, ids.NORMAL)
    put_leader_far_away(arena)
    put_wild(arena, (30, 20), EAST)
    steps = [let_it_act(arena) for _ in range(4)]
    assert steps == [EAST, EAST, 6, 6]
    assert labelled(arena.draws(), WANDER) == []


def test_a_lost_foe_is_followed_along_its_trail() -> None:
    arena = arena_with(ROOM)
    put_leader_far_away(arena)
    wild = put_wild(arena, (13, 12), ai_objective=ids.CHASING, ai_target=address_of(LEADER))
    wild["ai_target_spawn_id"] = arena.world["entities"][LEADER]["spawn_id"]
    trail = arena.world["monsters"][LEADER]["recent_pos"]
    trail[0], trail[1] = (30, 20), (13, 15)
    assert let_it_act(arena) == 0
    assert wild["ai_objective"] == ids.CHASING_MEMORY
    assert wild["ai_target_pos"].item() == (13, 15)


@pytest.mark.parametrize(
    ("exits", "fled_to"),
    [([(10, 12), (16, 12)], (10, 12)), ([(10, 12), (13, 10), (16, 12)], (10, 12)), ([(16, 12)], None)],
)
def test_a_terrified_monster_flees_by_the_farthest_exit_that_brings_the_foe_no_closer(
    exits: list[tuple[int, int]], fled_to: tuple[int, int] | None
) -> None:
    arena = arena_with(ROOM)
    for x, y in exits:
        arena.lay(x, y, ids.NORMAL | ids.JUNCTION)
    put_member(arena, LEADER, (15, 12))
    wild = put_wild(arena, (13, 12), terrified_turns=5)
    let_it_act(arena)
    directly_away = (2 * 13 - 15, 12)
    assert wild["ai_target_pos"].item() == (fled_to or directly_away)
    assert wild["ai_objective"] == ids.FLEEING
    assert arena.world["entities"][FOE]["pos"].item() == (12, 12)


def test_a_monster_with_run_away_flees_below_half_of_its_hp() -> None:
    for hp, step in ((50, EAST), (49, 6)):
        arena = arena_with(ROOM)
        put_member(arena, LEADER, (15, 12))
        put_wild(arena, (13, 12), ability1=ids.RUN_AWAY, hp=hp, max_hp=100)
        assert let_it_act(arena) == step
