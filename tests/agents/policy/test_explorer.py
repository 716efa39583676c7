"""The explorer's judgement, one motive at a time, on floors drawn for the occasion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.policy.explorer import ATTACK, FACE, MOVE, STAIRS, STEP, THROW_ITEM, USE_ITEM, WAIT, Explorer, Temper
from tests.doubles.toy_floor import ToyFloor

SOUTH, SOUTHEAST, EAST, NORTH, WEST = 0, 1, 2, 4, 6


def first_action(floor: ToyFloor, explorer: Explorer | None = None) -> int:
    return (explorer or Explorer()).decide(0, floor.scene(), floor.mask())


def play(floor: ToyFloor, limit: int, explorer: Explorer | None = None) -> list[int]:
    explorer, actions = explorer or Explorer(), []
    while not floor.cleared and len(actions) < limit:
        actions.append(explorer.decide(0, floor.scene(), floor.mask()))
        floor.step(actions[-1])
    return actions


def test_strikes_the_enemy_in_front() -> None:
    assert first_action(ToyFloor("#####\n#@e.#\n#####", facing=EAST)) == ATTACK


def test_turns_first_which_costs_no_turn() -> None:
    assert first_action(ToyFloor("#####\n#@e.#\n#####", facing=SOUTH)) == FACE + EAST


def test_prefers_the_enemy_it_already_faces() -> None:
    assert first_action(ToyFloor("#####\n#e@e#\n#####", facing=WEST)) == ATTACK


def test_does_not_strike_around_a_wall_corner() -> None:
    floor = ToyFloor("#####\n#@###\n#.e.#\n#####", facing=SOUTHEAST)
    assert first_action(floor) not in (ATTACK, FACE + SOUTHEAST)


def test_strikes_diagonally_over_water() -> None:
    floor = ToyFloor("#####\n#@~##\n#~e.#\n#####", facing=SOUTHEAST)
    assert first_action(floor) == ATTACK


def test_lets_an_enemy_come_but_not_for_ever() -> None:
    floor = ToyFloor("#######\n#@.e.>#\n#######", facing=EAST, seen=True)
    actions = play(floor, 4)
    assert actions == [WAIT, WAIT, STEP + EAST, ATTACK]


def test_lets_sleepers_lie() -> None:
    floor = ToyFloor("#######\n#.z...#\n#@...>#\n#######", seen=True, facing=EAST)
    assert play(floor, 9) == [STEP + EAST] * 4 + [STAIRS]


def test_wakes_a_sleeper_who_bars_the_only_way() -> None:
    floor = ToyFloor("#######\n#@z..>#\n#######", seen=True, facing=SOUTH)
    assert play(floor, 3) == [FACE + EAST, ATTACK, ATTACK]


def test_prefers_the_strongest_move_that_is_legal() -> None:
    floor = ToyFloor("#####\n#@e.#\n#####", facing=EAST)
    scene, mask = replace(floor.scene(), move_powers=(3, 0, 9, 6)), floor.mask()
    assert Explorer().decide(0, scene, mask) == ATTACK
    mask[[MOVE, MOVE + 1, MOVE + 3]] = 1
    assert Explorer().decide(0, scene, mask) == MOVE + 3


def test_weighs_moves_by_type_and_own_type() -> None:
    floor = ToyFloor("#####\n#@e.#\n#####", facing=EAST)
    types = {(1, 1): (2, 0), (2, 1): (4, 0)}  # a fire type against a grass type
    scene = replace(floor.scene(), move_powers=(8, 7, 6), move_types=(1, 2, 3), types=types)
    mask = floor.mask()
    mask[[MOVE, MOVE + 1, MOVE + 2]] = 1
    assert Explorer().decide(0, scene, mask) == MOVE + 1
    assert Explorer().decide(0, replace(scene, types={(2, 1): (13, 9)}), mask) == MOVE + 2  # water against rock


def test_moves_without_power_are_no_blows() -> None:
    floor = ToyFloor("#####\n#@e.#\n#####", facing=EAST)
    scene, mask = replace(floor.scene(), move_powers=(2, 0, 0, 0)), floor.mask()
    mask[MOVE] = 1
    assert Explorer().decide(0, scene, mask) == ATTACK


def test_throws_while_an_enemy_is_on_the_way() -> None:
    floor = ToyFloor("########\n#@...e.#\n########", facing=EAST, seen=True)
    scene, mask = replace(floor.scene(), bag=(7,)), floor.mask()
    mask[THROW_ITEM] = 1
    assert Explorer().decide(0, scene, mask) == THROW_ITEM


CROSSROADS = """
###########
#......####
#......,,,#
#..@...####
#.....e####
#....e.####
###########
"""


def test_several_enemies_are_met_in_a_corridor() -> None:
    floor = ToyFloor(CROSSROADS, facing=EAST, seen=True)
    rooms = floor.cells != "#"
    rooms[2, 7:] = False
    floor.cells[2, 7:9] = "."
    scene = replace(floor.scene(), rooms=rooms)
    near = replace(scene, leader=(5, 2), enemies=((3, 4), (4, 5)))
    assert Explorer().decide(0, near, np.ones(63, np.int8)) == STEP + EAST
    assert Explorer().decide(0, replace(near, enemies=((3, 4),)), floor.mask()) != STEP + EAST


def test_leaves_a_hard_fight_by_the_stairs_underfoot() -> None:
    floor = ToyFloor("#####\n#e@.#\n#####", facing=WEST, seen=True)
    scene, mask = replace(floor.scene(), stairs=floor.leader, partner_health=0.4), floor.mask()
    mask[STAIRS] = 1
    assert Explorer().decide(0, scene, mask) == STAIRS
    assert Explorer().decide(0, replace(scene, partner_health=1.0), mask) == ATTACK


def test_keeps_its_feet_dry_if_there_is_a_way() -> None:
    floor = ToyFloor("#######\n#@...>#\n#.....#\n#######", seen=True)
    liquid = np.zeros((32, 56), np.bool_)
    liquid[1, 3] = True
    assert Explorer().decide(0, replace(floor.scene(), leader=(2, 1), liquid=liquid), floor.mask()) == STEP + 1
    liquid[2, 3] = True
    assert Explorer().decide(0, replace(floor.scene(), leader=(2, 1), liquid=liquid), np.ones(63, np.int8)) in (
        STAIRS, STEP + EAST,
    )  # fmt: skip


def test_neither_money_nor_wares_are_collected_nor_anything_with_a_full_bag() -> None:
    floor = ToyFloor("#######\n#.!@.>#\n#######", seen=True)
    scene = floor.scene()
    assert Explorer().decide(0, scene, floor.mask()) == STEP + WEST
    assert Explorer().decide(0, replace(scene, spared=frozenset(scene.items)), floor.mask()) == STEP + EAST
    assert Explorer().decide(0, replace(scene, bag=(82,) * 20), floor.mask()) == STEP + EAST


def test_prefers_the_unknown_part_of_the_map() -> None:
    rows = ["." * 56] * 15 + ["." * 25 + "@" + "." * 30]
    floor = ToyFloor("\n".join(row.replace(".", "#") for row in rows[:15]) + "\n" + rows[15], seen=True)
    known = np.zeros((32, 56), np.bool_)
    known[:, :25] = known[14:17, :33] = True
    known[15, 17] = False
    hollow = floor.scene().hollow & known
    scene = replace(floor.scene(), known=known, hollow=hollow, walkable=hollow)
    assert Explorer().decide(0, scene, floor.mask()) == STEP + EAST
    assert Explorer(Temper(curiosity=0.0)).decide(0, scene, floor.mask()) == STEP + WEST


def test_heals_in_a_fight_that_goes_badly_if_it_may() -> None:
    floor = ToyFloor("#####\n#@e.#\n#####", facing=EAST, hp=8)
    scene, mask = replace(floor.scene(), bag=(82, 0, 55)), floor.mask()
    assert Explorer().decide(0, scene, mask) == ATTACK
    mask[USE_ITEM + 2] = 1
    assert Explorer().decide(0, scene, mask) == USE_ITEM + 2
    assert Explorer().decide(0, replace(scene, hp=25), mask) == ATTACK


def test_eats_when_hungry_the_filling_food_first() -> None:
    floor = ToyFloor("#####\n#@..#\n#####")
    scene, mask = replace(floor.scene(), bag=(84, 82, 83), belly=9.0), floor.mask()
    mask[[USE_ITEM, USE_ITEM + 1, USE_ITEM + 2]] = 1
    assert Explorer().decide(0, scene, mask) == USE_ITEM + 2
    assert Explorer().decide(0, replace(scene, belly=60.0), mask) < 9


def test_rests_beside_a_sleeper() -> None:
    assert first_action(ToyFloor("######\n#@.z.#\n######", hp=10)) == WAIT


def test_rests_when_hurt_and_alone() -> None:
    assert first_action(ToyFloor("######\n#@...#\n######", hp=10)) == WAIT


def test_rests_for_a_hurt_partner() -> None:
    assert first_action(ToyFloor("######\n#@p..#\n######", partner_health=0.3)) == WAIT


def test_rests_on_the_stairs_if_they_are_known() -> None:
    floor = ToyFloor("######\n#@..>#\n######", hp=10, seen=True)
    assert play(floor, 5) == [STEP + EAST] * 3 + [WAIT] * 2


def test_does_not_rest_when_the_wind_is_near() -> None:
    floor = ToyFloor("######\n#@..>#\n######", hp=10, seen=True)
    floor.turns = 100
    assert play(floor, 9) == [STEP + EAST] * 3 + [STAIRS]


def test_keeps_resting_until_restored() -> None:
    floor, explorer = ToyFloor("######\n#@...#\n######", hp=10), Explorer()
    assert first_action(floor, explorer) == WAIT
    floor.hp = 25
    floor.turns -= 1
    assert first_action(floor, explorer) == WAIT
    floor.hp = 30
    floor.turns -= 1
    assert first_action(floor, explorer) != WAIT


def test_nearly_fainted_it_takes_the_stairs_underfoot() -> None:
    floor = ToyFloor("#####\n#.@>#\n#####", hp=3, seen=True)
    floor.step(STEP + EAST)
    floor.cells[1, 2] = "e"
    assert first_action(floor) == STAIRS


def test_nearly_fainted_it_makes_for_the_stairs() -> None:
    floor = ToyFloor("########\n#e@...>#\n########", hp=3, seen=True, facing=WEST)
    assert first_action(floor) == STEP + EAST


def test_nearly_fainted_with_no_way_out_it_fights() -> None:
    assert first_action(ToyFloor("########\n#.@e..>#\n########", hp=3, seen=True, facing=EAST)) == ATTACK


def test_picks_up_what_lies_near_and_then_descends() -> None:
    floor = ToyFloor("#######\n#.!@.>#\n#######", seen=True)
    assert play(floor, 9) == [STEP + WEST, *[STEP + EAST] * 3, STAIRS]


def test_leaves_what_lies_far() -> None:
    floor = ToyFloor("#######\n#!.@.>#\n#######", seen=True)
    assert play(floor, 9, Explorer(Temper(item_steps=1))) == [STEP + EAST] * 2 + [STAIRS]


def test_walks_around_a_trap_if_there_is_a_way() -> None:
    floor = ToyFloor("#######\n#@.^.>#\n#.....#\n#######", seen=True)
    trap = floor.find("^")[0]
    places = []
    explorer = Explorer()
    while not floor.cleared:
        floor.step(explorer.decide(0, floor.scene(), floor.mask()))
        places.append(floor.leader)
    assert trap not in places


def test_walks_over_a_trap_if_there_is_no_other_way() -> None:
    floor = ToyFloor("#######\n#@.^.>#\n#######", seen=True)
    assert play(floor, 9) == [STEP + EAST] * 4 + [STAIRS]


MAZE = """
########################
#@.......#.............#
########.#.###########.#
#......#.#.#.........#.#
#.####.#.#.#.#######.#.#
#.#..#.#...#.#.....#.#.#
#.#.##.#####.#.###.#.#.#
#.#....#.....#.#>#.#...#
#.######.#####.#.#.#####
#..............#...#...#
########################
"""


def test_finds_the_stairs_of_a_maze_it_has_never_seen() -> None:
    floor = ToyFloor(MAZE)
    actions = play(floor, 400)
    assert floor.cleared
    assert actions[-1] == STAIRS


@pytest.mark.parametrize("seed", range(12))
def test_finds_the_stairs_of_random_caves(seed: int) -> None:
    generator = np.random.default_rng(seed)
    cells = np.where(generator.random((20, 40)) < 0.3, "#", ".")
    cells[[0, -1], :] = cells[:, [0, -1]] = "#"
    cells[10, 1:39] = cells[1:19, 20] = "."
    cells[10, 1], cells[1, 20] = "@", ">"
    floor = ToyFloor("\n".join("".join(row) for row in cells))
    play(floor, 900)
    assert floor.cleared


def test_an_action_that_changes_nothing_is_not_repeated() -> None:
    floor, explorer = ToyFloor("#####\n#@e.#\n#####", facing=SOUTH), Explorer()
    assert first_action(floor, explorer) == FACE + EAST
    assert first_action(floor, explorer) != FACE + EAST


def test_an_item_that_cannot_be_picked_up_is_left_alone() -> None:
    floor, explorer = ToyFloor("######\n#@!.>#\n######", seen=True), Explorer()
    floor.step(explorer.decide(0, floor.scene(), floor.mask()))
    floor.cells[1, 2] = "!"
    assert play(floor, 9, explorer) == [STEP + EAST] * 2 + [STAIRS]


def test_games_do_not_mix() -> None:
    first, second, explorer = ToyFloor(MAZE), ToyFloor("#####\n#@e.#\n#####", facing=EAST), Explorer()
    alone = Explorer()
    for _ in range(20):
        action = explorer.decide(0, first.scene(), first.mask())
        assert explorer.decide(1, second.scene(), second.mask()) == ATTACK
        second.turns -= 1
        assert action == alone.decide(0, first.scene(), first.mask())
        first.step(action)
