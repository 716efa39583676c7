"""Each core skill alone, on floors drawn for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from agents.policy import lore
from agents.policy.orders import ATTACK, FACE, STAIRS, STEP, THROW_ITEM, USE_ITEM, WAIT
from agents.policy.paths import step_bits, walks_from
from agents.policy.scene import Scene
from agents.skills.ending import Ending
from agents.skills.loader import Library, SkillLoader
from agents.skills.local_run import LocalRuns
from agents.skills.permissions import complaint
from agents.skills.sight import View
from agents.skills.sighting import Sighting
from agents.skills.sources import default_roots
from tests.doubles.skills import observation_of
from tests.doubles.toy_floor import ToyFloor

SOUTH, EAST, NORTH, WEST = 0, 2, 4, 6
Retouch = Callable[[Scene], Scene]


@cache
def library() -> Library:
    loader = SkillLoader({"core": default_roots()["core"]})
    loader.refresh()
    assert not loader.library.problems
    return loader.library


def play(
    name: str, floor: ToyFloor, retouch: Retouch = lambda scene: scene, legal: tuple[int, ...] = (), limit: int = 60,
    **arguments: Any,
) -> tuple[list[int], Ending | None]:  # fmt: skip
    """The skill's actions on a floor, none of them illegal or beyond its permissions, and how it ended.

    `retouch` changes what is seen, `legal` adds legal actions; an action the floor does not know only takes a turn.
    """
    skill, view, actions = library().skills[name], View(), list[int]()
    run = LocalRuns().begin(skill, view, skill.manifest.arguments(arguments))
    while len(actions) < limit:
        mask = floor.mask()
        plain = mask.copy()
        mask[list(legal)] = 1
        view.look(retouch(floor.scene()), mask)
        action = run.step(Sighting(*(observation_of(floor)[key][0] for key in ("planes", "status")), mask))
        if isinstance(action, Ending):
            return actions, action
        assert not complaint(action, mask, skill.manifest.permissions)
        view.acted(action)
        actions.append(action)
        if plain[action]:
            floor.step(action)
        else:
            floor.turns -= 1
        if floor.cleared:
            return actions, None
    return actions, None


def steps(*directions: int) -> list[int]:
    return [STEP + direction for direction in directions]


def test_explore_finds_the_stairs() -> None:
    floor = ToyFloor("##############\n#@..........>#\n#............#\n##############")
    actions, ending = play("explore", floor)
    assert ending == Ending("done")
    assert len(actions) <= 9
    assert all(STEP <= action < STEP + 8 for action in actions)


def test_explore_stops_for_enemies_and_at_the_end_of_the_known_world() -> None:
    assert play("explore", ToyFloor("#####\n#@.e#\n#####"))[1] == Ending("gave_up", "an enemy is near")
    known = ToyFloor("####\n#@.#\n####", seen=True)
    assert play("explore", known)[1] == Ending("gave_up", "nothing is left to explore")


MAZE = """
##########
#@.#.....#
##.#.###.#
#..#...#.#
#.##.#.#.#
#......#.#
##########
"""


def test_go_to_takes_the_shortest_way_and_minds_corners() -> None:
    actions, ending = play("go_to", ToyFloor(MAZE, seen=True), x=8, y=5)
    assert ending == Ending("done")
    floor = ToyFloor(MAZE, seen=True)
    for action in actions:  # the floor refuses steps around corners
        floor.step(action)
    assert floor.leader == (8, 5)
    start = ToyFloor(MAZE, seen=True).scene()
    assert len(actions) == walks_from(start.leader, step_bits(start.walkable, start.hollow)).distance((8, 5))


def test_go_to_goes_around_a_seen_trap_if_there_is_a_way() -> None:
    open_floor = "#######\n#@.^..#\n#.....#\n#######"
    actions, ending = play("go_to", ToyFloor(open_floor, seen=True), x=5, y=1)
    floor = ToyFloor(open_floor, seen=True)
    for action in actions:
        floor.step(action)
        assert floor.leader not in floor.find("^")
    assert ending == Ending("done")
    corridor, _ = play("go_to", ToyFloor("#######\n#@.^..#\n#######", seen=True), x=5, y=1)
    assert corridor == steps(*[EAST] * 4)


def test_go_to_gives_up_without_a_way() -> None:
    floor = ToyFloor("#####\n#@#.#\n#####", seen=True)
    assert play("go_to", floor, x=3, y=1)[1] == Ending("gave_up", "no known way leads to 3, 1")


def test_go_to_strikes_who_bars_the_only_way() -> None:
    actions, _ = play("go_to", ToyFloor("######\n#@z..#\n######", seen=True), x=4, y=1, limit=2)
    assert actions == [FACE + EAST, ATTACK]


def test_go_to_is_done_where_it_begins() -> None:
    assert play("go_to", ToyFloor("###\n#@#\n###"), x=1, y=1) == ([], Ending("done"))


def test_take_stairs() -> None:
    actions, _ = play("take_stairs", ToyFloor("######\n#@..>#\n######", seen=True))
    assert actions == [*steps(EAST, EAST, EAST), STAIRS]
    assert play("take_stairs", ToyFloor("####\n#@.#\n####"))[1] == Ending("gave_up", "no stairs are known")
    beset = ToyFloor("######\n#@..>#\n#e...#\n######", seen=True)
    assert play("take_stairs", beset)[1] == Ending("gave_up", "an enemy is at hand")


def test_take_stairs_does_not_wait_for_ever_where_they_refuse() -> None:
    floor = ToyFloor("####\n#@.#\n####", seen=True)
    actions, ending = play("take_stairs", floor, lambda scene: replace(scene, stairs=scene.leader))
    assert ending == Ending("gave_up", "the stairs cannot be taken")
    assert actions == [WAIT] * 3


def falls_after(floor: ToyFloor, blows: int) -> Retouch:
    """The enemies of a floor are gone after so many turns."""
    start = floor.turns

    def seen(scene: Scene) -> Scene:
        return replace(scene, enemies=()) if start - floor.turns >= blows else scene

    return seen


def test_fight_turns_strikes_and_ends_with_the_last_enemy() -> None:
    floor = ToyFloor("#####\n#@e.#\n#####", facing=SOUTH)
    assert play("fight", floor, falls_after(floor, 2)) == ([FACE + EAST, ATTACK, ATTACK], Ending("done"))


def test_fight_lets_them_come_then_goes_to_meet_them() -> None:
    actions, _ = play("fight", ToyFloor("######\n#@.e.#\n######", facing=EAST, seen=True), limit=4)
    assert actions == [WAIT, WAIT, STEP + EAST, ATTACK]


def test_fight_gives_up_without_anybody_or_without_strength() -> None:
    assert play("fight", ToyFloor("####\n#@.#\n####"))[1] == Ending("gave_up", "nobody to fight is near")
    hurt = ToyFloor("#####\n#@e.#\n#####", hp=3)
    assert play("fight", hurt)[1] == Ending("gave_up", "too badly hurt to go on")


def test_flee_runs_away_to_the_far_end() -> None:
    floor = ToyFloor("###########\n#.......@e#\n###########", seen=True)
    actions, ending = play("flee", floor)
    assert ending == Ending("done")
    assert actions == steps(WEST, WEST, WEST)  # by then it is clear that the enemy does not follow


def test_flee_takes_the_stairs_if_it_is_there_first() -> None:
    floor = ToyFloor("#########\n#>.@.e..#\n#.......#\n#########", seen=True)
    assert play("flee", floor)[0] == [*steps(WEST, WEST), STAIRS]


def test_flee_warps_if_it_can_and_knows_when_it_is_cornered() -> None:
    corner = "####\n#@e#\n####"
    warp = play("flee", ToyFloor(corner), lambda scene: replace(scene, bag=(lore.PANIC[0],)), (USE_ITEM,), limit=1)
    assert warp[0] == [USE_ITEM]
    assert play("flee", ToyFloor(corner))[1] == Ending("gave_up", "cornered")


def heals(floor: ToyFloor, per_turn: int) -> Retouch:
    start = floor.turns
    return lambda scene: replace(scene, hp=min(30, scene.hp + per_turn * (start - floor.turns)))


def test_heal_rests_until_fit() -> None:
    floor = ToyFloor("####\n#@.#\n####", hp=10)
    assert play("heal", floor, heals(floor, 2)) == ([WAIT] * 10, Ending("done"))


def test_heal_eats_a_berry_when_enemies_are_near() -> None:
    floor = ToyFloor("#####\n#@.e#\n#####", hp=5)
    start = floor.turns

    def seen(scene: Scene) -> Scene:
        return replace(scene, bag=(lore.HEALING[0],), hp=25 if floor.turns < start else 5)

    assert play("heal", floor, seen, (USE_ITEM,)) == ([USE_ITEM], Ending("done"))
    assert play("heal", ToyFloor("#####\n#@.e#\n#####", hp=5))[1] == Ending(
        "gave_up", "enemies are near, and there is no berry"
    )


def test_heal_does_not_wait_for_what_will_not_come() -> None:
    floor = ToyFloor("####\n#@.#\n####", hp=10)
    ill = play("heal", floor, lambda scene: replace(scene, conditions=frozenset({"poison"})))
    assert ill[1] == Ending("gave_up", "poisoned, and nothing against it")
    late = play("heal", floor, lambda scene: replace(scene, turns_left=100))
    assert late[1] == Ending("gave_up", "no time to rest")


def test_eat() -> None:
    floor = ToyFloor("###\n#@#\n###")
    start = floor.turns

    def seen(scene: Scene) -> Scene:
        return replace(scene, bag=(0, lore.FOOD[2]), belly=10.0 if floor.turns == start else 60.0)

    assert play("eat", floor, seen, (USE_ITEM + 1,)) == ([USE_ITEM + 1], Ending("done"))
    assert play("eat", ToyFloor("###\n#@#\n###"))[1] == Ending("gave_up", "nothing to eat")


def test_pick_up_fetches_the_nearest() -> None:
    floor = ToyFloor("########\n#!..@.!#\n########", seen=True)
    assert play("pick_up", floor) == (steps(EAST, EAST), Ending("done"))


@pytest.mark.parametrize(
    ("drawing", "bag", "why"),
    [
        ("####\n#@.#\n####", (), "no item that can be reached is in sight"),
        ("####\n#@!#\n####", (1, 2), "the bag is full"),
        ("######\n#@e.!#\n######", (), "an enemy is near"),
    ],
)
def test_pick_up_gives_up(drawing: str, bag: tuple[int, ...], why: str) -> None:
    floor = ToyFloor(drawing + "\n", seen=True)
    ending = play("pick_up", floor, lambda scene: replace(scene, bag=bag))[1]
    assert ending is not None
    assert ending.kind == "gave_up"
    assert ending.why in (why, "no item that can be reached is in sight")


def test_pick_up_says_when_it_stayed() -> None:
    floor = ToyFloor("####\n#@!#\n####", seen=True)
    assert play("pick_up", floor, lambda scene: replace(scene, items=((2, 1),)))[1] == Ending(
        "gave_up", "it stayed where it lies"
    )


def test_use_item() -> None:
    floor = ToyFloor("###\n#@#\n###")
    assert play("use_item", floor, legal=(USE_ITEM + 4,), slot=5) == ([USE_ITEM + 4], Ending("done"))
    assert play("use_item", floor, slot=5)[1] == Ending("gave_up", "the item in slot 5 cannot be used now")


def armed(*bag: int) -> Retouch:
    return lambda scene: replace(scene, bag=bag)


def test_throw_item_turns_to_the_nearest_in_line() -> None:
    floor = ToyFloor("#######\n#@..e.#\n#######", facing=SOUTH, seen=True)
    missile = lore.STICKS[0]
    actions, ending = play("throw_item", floor, armed(0, missile), (THROW_ITEM + 1,))
    assert (actions, ending) == ([FACE + EAST, THROW_ITEM + 1], Ending("done"))
    chosen = play("throw_item", floor, armed(1, missile), (THROW_ITEM, THROW_ITEM + 1), slot=1)
    assert chosen[0] == [THROW_ITEM]


def test_throw_item_needs_a_line_or_a_stone() -> None:
    floor = ToyFloor("#######\n#@....#\n#...e.#\n#######", facing=EAST, seen=True)
    assert play("throw_item", floor, armed(lore.STICKS[0]), (THROW_ITEM,))[1] == Ending(
        "gave_up", "nothing to throw at anybody in reach"
    )
    assert play("throw_item", floor, armed(lore.STONES[0]), (THROW_ITEM,))[0] == [THROW_ITEM]


def test_wait_for_partner() -> None:
    floor = ToyFloor("####\n#@.#\n####")
    start = floor.turns

    def comes(scene: Scene) -> Scene:
        return replace(scene, partners=(((10 - (start - floor.turns), 1), 1.0),))

    assert play("wait_for_partner", floor, comes) == ([WAIT] * 7, Ending("done"))
    stays = play("wait_for_partner", floor, lambda scene: replace(scene, partners=(((9, 1), 1.0),)))
    assert stays[1] == Ending("gave_up", "they do not come")
    assert play("wait_for_partner", floor)[1] == Ending("gave_up", "there is no partner")


def test_escape_loop_goes_where_the_leader_was_not() -> None:
    floor = ToyFloor("####################\n#.........@........#\n####################", seen=True)
    skill, view = library().skills["escape_loop"], View()
    view.look(floor.scene(), floor.mask())
    for x in range(9, 16):  # it has been to the east, again and again
        view.moment.journey.visits[x, 1] += 4
    run = LocalRuns().begin(skill, view, {})
    ending = None
    for _ in range(20):
        view.look(floor.scene(), floor.mask())
        action = run.step(Sighting(np.zeros(0, np.uint8), np.zeros(0, np.float32), floor.mask()))
        if isinstance(action, Ending):
            ending = action
            break
        floor.step(action)
    assert floor.leader[0] <= 3
    assert ending == Ending("done")
