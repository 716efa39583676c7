"""The single step towards the tile that a monster aims at: around what bars it, or waiting (mechanics 12.3).

Writes the monster's action. Source: src/dungeon_ai_movement.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import follows_tactic, runs_away
from pmd_gym.simulator.movement import FREE, OCCUPIED, look_ahead
from pmd_gym.simulator.sight import direction_to, distance, is_within_two


@kernel
def walk(game: Any, rules: Any, slot: int, direction: int) -> None:
    """Write the action of a step, or of passing for those that never move."""
    monster = game.world.monsters[slot]
    monster.action = ids.WALK if rules.species[monster.species].can_move else ids.PASS
    monster.action_param0, monster.action_param1 = 0, 0
    monster.direction = direction


@kernel
def wait(game: Any, slot: int, is_idle: bool) -> None:
    """Write the action of passing; an idle monster turns to what it looks at."""
    monster = game.world.monsters[slot]
    monster.action = ids.PASS
    if is_idle:
        monster.waiting = 1


@kernel
def step_to_target(game: Any, rules: Any, slot: int, turns_round: bool) -> None:
    """Turn the chosen target tile into one step (src/dungeon_ai_movement.c, DecideMovement)."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    to_x, to_y = monster.ai_target_pos.x, monster.ai_target_pos.y
    monster.target_tile.x, monster.target_tile.y = to_x, to_y
    if here.x == to_x and here.y == to_y:
        wait(game, slot, False)
        return
    direction = direction_to(here.x, here.y, to_x, to_y)
    if follows_tactic(monster, ids.AVOID_FIRST_HIT) and monster.ai_targeting_enemy:
        if monster.ai_objective == ids.CHASING and is_within_two(game, here.x, here.y, to_x, to_y):
            if distance(here.x, here.y, to_x, to_y) == 2:
                wait(game, slot, False)
                return
            direction = (direction + 4) & 7
    elif turns_round:
        direction = (direction + 4) & 7
    ahead = look_ahead(game, rules, slot, direction)
    if ahead == FREE:
        walk(game, rules, slot, direction)
        return
    if ahead == OCCUPIED and waits_behind(game, slot, direction):
        return
    step_aside(game, rules, slot, direction, turns_round or runs_away(game, slot))


@kernel
def waits_behind(game: Any, slot: int, direction: int) -> bool:
    """True when a monster in the way makes this one wait: allies always at first, others when it is the target."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    if not monster.is_enemy and not monster.ai_recalc:
        monster.ai_not_adjacent = 1
        monster.ai_skip = 1
        wait(game, slot, True)
        return True
    if here.x + ids.DX[direction] == monster.ai_target_pos.x and here.y + ids.DY[direction] == monster.ai_target_pos.y:
        wait(game, slot, True)
        return True
    monster.ai_not_adjacent = 1
    return False


@kernel
def forbidden_side(game: Any, slot: int, direction: int) -> int:
    """Turn (1 left or 2 right, as indices of TURNS) that a team member close to its target avoids; 0 for none."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    if monster.is_enemy or direction & 1 == 0:
        return 0
    dx, dy = abs(here.x - monster.ai_target_pos.x), abs(here.y - monster.ai_target_pos.y)
    if dx > 2 or dy > 2 or dx == dy:
        return 0
    return 2 if (direction & 2 != 0) == (dx < dy) else 1


@kernel
def step_aside(game: Any, rules: Any, slot: int, direction: int, wide: bool) -> None:
    """Try the directions beside the wanted one, two or (`wide`) four of them, left first; else pass."""
    monster = game.world.monsters[slot]
    last = 4 if wide else 2
    forbidden = forbidden_side(game, slot, direction)
    for turn in range(1, last + 1):
        # One wall beside it lifts the restriction for both sides.
        if look_ahead(game, rules, slot, (direction + ids.TURNS[turn]) & 7) != FREE and (
            look_ahead(game, rules, slot, (direction + ids.TURNS[turn]) & 7) != OCCUPIED
        ):
            forbidden = 0
    for turn in range(1, last + 1):
        ahead = look_ahead(game, rules, slot, (direction + ids.TURNS[turn]) & 7)
        if ahead == FREE and turn != forbidden:
            walk(game, rules, slot, (direction + ids.TURNS[turn]) & 7)
            return
        if ahead == OCCUPIED:
            monster.ai_not_adjacent = 1
    wait(game, slot, True)
    if monster.is_leader:
        monster.ai_not_adjacent = 0
        monster.ai_skip = 0
    elif monster.ai_not_adjacent:
        monster.ai_skip = 1
