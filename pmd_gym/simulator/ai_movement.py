"""Whom or what a monster walks to when the AI decides: foes, the leader, items (mechanics 12.1, 12.3).

Without a target it walks as `ai_wander` says, in fear as `ai_flight` does; the step itself is `ai_step`'s. A decision
writes the monster's action and facing, and the bookkeeping fields that later decisions and the following-up
of allies read. It draws from the dungeon generator in the game's order. Source: src/dungeon_ai_movement.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import ALLY, FOE, treatment
from pmd_gym.simulator.ai_flight import flee
from pmd_gym.simulator.ai_step import step_to_target
from pmd_gym.simulator.ai_wander import follow_trail, wander
from pmd_gym.simulator.bag import wants_item
from pmd_gym.simulator.monsters import (
    MAX_TEAM,
    address_of,
    belly_of,
    foe_slots,
    follows_tactic,
    is_alive,
    is_dazed,
    is_helpless,
    leader_of,
    runs_away,
)
from pmd_gym.simulator.movement import senses_through_walls
from pmd_gym.simulator.sight import FAR, can_see, can_target, direction_to, distance

WALL_SENSE = 5


@kernel
def decide_movement(game: Any, rules: Any, slot: int) -> None:
    """Choose and write the monster's movement: an action WALK, PASS, PICK_UP_AI or NOTHING, and its facing."""
    monster = game.world.monsters[slot]
    monster.ai_not_adjacent = 0
    monster.ai_targeting_enemy = 0
    if follows_tactic(monster, ids.BE_PATIENT) and monster.hp <= monster.max_hp // 2:
        monster.action = ids.NOTHING
        return
    if follows_tactic(monster, ids.WAIT_THERE) or (not monster.is_leader and belly_of(monster) == 0):
        monster.action = ids.NOTHING
        return
    turns_round = False
    if runs_away(game, slot):
        flee(game, rules, slot)
    elif wants_item(game, slot):
        monster.action = ids.PICK_UP_AI
        return
    else:
        turns_round = choose_target(game, rules, slot)
    step_to_target(game, rules, slot, turns_round)


@kernel
def keeps_to_leader(monster: Any) -> bool:
    """True for team members whose tactic makes them follow instead of seeking foes."""
    tactic = monster.tactic
    return not monster.is_enemy and (
        tactic == ids.GO_TOGETHER or tactic == ids.ALL_FOR_ONE or tactic == ids.GROUP_SAFETY
        or tactic == ids.AVOID_TROUBLE or tactic == ids.BE_PATIENT or tactic == ids.KEEP_DISTANCE
        or tactic == ids.GET_AWAY
    )  # fmt: skip


@kernel
def set_target(game: Any, slot: int, other: int, objective: int) -> None:
    """Chase another monster, and go straight for it from now on."""
    monster, entity = game.world.monsters[slot], game.world.entities[other]
    monster.ai_objective = objective
    monster.ai_target_pos.x, monster.ai_target_pos.y = entity.pos.x, entity.pos.y
    monster.ai_target, monster.ai_target_spawn_id = address_of(other), entity.spawn_id
    monster.moves_randomly = 0


@kernel
def nearest_foe(game: Any, rules: Any, slot: int) -> int:
    """Slot of the nearest foe that the monster may walk to, the first of equals; -1 for none."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    first, last = foe_slots(game, monster)
    senses = senses_through_walls(game, rules, slot)
    best, best_distance = -1, FAR
    for other in range(first, last):
        if not is_alive(game, other) or world.monsters[other].behavior != 0 or world.monsters[other].shopkeeper == 1:
            continue
        if world.decoy_active:
            if treatment(game, slot, other, False, True) != FOE:
                continue
        elif not monster.is_enemy and world.monsters[other].freeze_status == ids.PETRIFIED:
            continue
        there = world.entities[other].pos
        near = abs(here.x - there.x) <= WALL_SENSE and abs(here.y - there.y) <= WALL_SENSE
        if not (senses and near) and not can_target(game, slot, other):
            continue
        steps = distance(here.x, here.y, there.x, there.y)
        if steps < best_distance:
            best, best_distance = other, steps
            if steps < 2:
                break
    return best


@kernel
def choose_target(game: Any, rules: Any, slot: int) -> bool:
    """Fix where to go: a foe, the leader, a remembered foe, or wandering; True when it turns round to keep away."""
    monster = game.world.monsters[slot]
    if not keeps_to_leader(monster):
        foe = nearest_foe(game, rules, slot)
        if foe >= 0:
            set_target(game, slot, foe, ids.CHASING)
            monster.ai_targeting_enemy = 1
            return keeps_off(game, slot, foe)
    if not monster.is_enemy and not follows_tactic(monster, ids.GO_OTHER_WAY):
        leader = visible_leader(game, slot)
        if leader >= 0:
            set_target(game, slot, leader, ids.CHASING)
            return False
    if not follow_trail(game, slot):
        wander(game, rules, slot)
    return False


@kernel
def keeps_off(game: Any, slot: int, foe: int) -> bool:
    """True for a lonely Keep Your Distance monster beside its foe."""
    here, there = game.world.entities[slot].pos, game.world.entities[foe].pos
    if not follows_tactic(game.world.monsters[slot], ids.KEEP_DISTANCE) or sees_teammate(game, slot):
        return False
    return abs(here.x - there.x) <= 1 and abs(here.y - there.y) <= 1


@kernel
def sees_teammate(game: Any, slot: int) -> bool:
    if game.world.monsters[slot].is_enemy:
        return False
    for other in range(MAX_TEAM):
        if other != slot and can_see(game, slot, other):
            return True
    return False


@kernel
def visible_leader(game: Any, slot: int) -> int:
    """Slot of the leader when the monster may walk to it, else -1 (src/dungeon_ai_leader.c)."""
    leader = leader_of(game)
    if leader < 0 or leader == slot or game.world.monsters[leader].curse_status == ids.DECOY:
        return -1
    if treatment(game, slot, leader, False, False) != ALLY:
        return -1
    return leader if can_target(game, slot, leader) else -1


@kernel
def decide_facing(game: Any, rules: Any, slot: int, turns_sprite: bool) -> None:
    """One movement decision of which only the facing counts: at creation, at the start of a floor, on waking up.

    (src/dungeon_misc.c, sub_806A898)
    """
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    if monster.is_leader:
        monster.target_tile.x, monster.target_tile.y = here.x, here.y + 1
    else:
        decide_movement(game, rules, slot)
    if monster.target_tile.x == 0 and monster.target_tile.y == 0:
        return
    if not is_dazed(monster, True) or not is_helpless(monster):
        monster.direction = direction_to(here.x, here.y, monster.target_tile.x, monster.target_tile.y)
        if turns_sprite:
            world.entities[slot].sprite_direction = monster.direction
