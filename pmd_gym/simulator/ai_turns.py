"""The turns of those whom the AI moves: the leader's allies, then the wild monsters (mechanics section 5).

What they do is decided in `ai_decision` and carried out in `action`. Source: src/dungeon_engine.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.action import execute, finish_turn
from pmd_gym.simulator.ai_decision import decide
from pmd_gym.simulator.experience import grow
from pmd_gym.simulator.fainting import lose_if_forced
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.monsters import MAX_MONSTERS, MAX_TEAM, is_alive, leader_of
from pmd_gym.simulator.sight import distance
from pmd_gym.simulator.speed import acts_now
from pmd_gym.simulator.status import start_turn

ALLY_TRIES, FOLLOW_PASSES = 3, 3


@kernel
def act_allies(game: Any, rules: Any) -> bool:
    """The team mates in slot order, then those that had to wait behind others; False when it was nobody's tick."""
    somebody = False
    for slot in range(MAX_TEAM):
        if not is_alive(game, slot) or game.world.monsters[slot].is_leader:
            continue
        if floor_over(game):
            break
        monster = game.world.monsters[slot]
        monster.ai_skip = 0
        if not acts_now(game, rules, slot):
            continue
        somebody = True
        if monster.attacking or monster.flags & ids.SWAPPING:
            continue
        if monster.flags & ids.ACTED:
            monster.flags &= ~ids.ACTED
            continue
        monster.ai_recalc = 0
        start_turn(game, rules, slot)
        if is_alive(game, slot):
            grow(game, rules)
            act_ally(game, rules, slot)
    for _ in range(FOLLOW_PASSES):
        follow_up(game, rules)
    end_skipped(game, rules, 0, MAX_TEAM)
    return somebody


@kernel
def act_ally(game: Any, rules: Any, slot: int) -> None:
    """Up to three decisions, as long as settling throws the ally elsewhere before it can act."""
    for _ in range(ALLY_TRIES):
        decide(game, rules, slot)
        if floor_over(game) or not execute(game, rules, slot):
            break
        lose_if_forced(game)
        if floor_over(game):
            break


@kernel
def follow_up(game: Any, rules: Any) -> None:
    """Let waiting allies decide again, the nearest to the leader first, later slots first among equals."""
    world = game.world
    leader = leader_of(game)
    if leader < 0:
        return
    here, nobody_waits = world.entities[leader].pos, True
    for slot in range(MAX_TEAM):
        game.waits[slot] = 9
        monster = world.monsters[slot]
        if is_alive(game, slot) and monster.ai_skip:
            if monster.is_leader:
                monster.ai_recalc, monster.ai_skip = 0, 0
            else:
                there = world.entities[slot].pos
                game.waits[slot] = min(distance(here.x, here.y, there.x, there.y), 2)
                nobody_waits = False
    if nobody_waits:
        return
    for reach in range(3):
        for back in range(MAX_TEAM):
            slot = MAX_TEAM - 1 - back
            if game.waits[slot] == reach and is_alive(game, slot):
                world.monsters[slot].ai_recalc, world.monsters[slot].ai_skip = 1, 0
                decide(game, rules, slot)
                execute(game, rules, slot)
                lose_if_forced(game)


@kernel
def end_skipped(game: Any, rules: Any, first: int, last: int) -> None:
    """End the turn of those that only waited."""
    if floor_over(game):
        return
    for slot in range(first, last):
        if is_alive(game, slot) and game.world.monsters[slot].ai_skip:
            finish_turn(game, rules, slot)
            if is_alive(game, slot):
                grow(game, rules)
                game.world.monsters[slot].ai_skip = 0


@kernel
def act_wild(game: Any, rules: Any) -> bool:
    """The wild monsters in slot order; False when it was nobody's tick."""
    somebody = False
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if not is_alive(game, slot):
            continue
        if floor_over(game):
            break
        monster = game.world.monsters[slot]
        if monster.flags & (ids.SWAPPING | ids.ACTED):
            somebody = True
            if not monster.flags & ids.SWAPPING:
                monster.flags &= ~ids.ACTED
            continue
        monster.ai_skip = 0
        if not acts_now(game, rules, slot):
            continue
        somebody = True
        if monster.attacking:
            continue
        monster.ai_recalc = 0
        start_turn(game, rules, slot)
        if not is_alive(game, slot):
            continue
        grow(game, rules)
        decide(game, rules, slot)
        if floor_over(game):
            break
        execute(game, rules, slot)
        lose_if_forced(game)
        if floor_over(game):
            break
    end_skipped(game, rules, MAX_TEAM, MAX_MONSTERS)
    return somebody
