"""Decoy, Curse and Snatch: statuses of one group, each with a rule of its own (mechanics section 8).

How they end is in `recovery`. Sources: src/move_orb_effects_1.c to _4.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_movement import decide_movement
from pmd_gym.simulator.conditions import duration, start
from pmd_gym.simulator.messages import say_began
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_slot, address_of, has_type, is_alive
from pmd_gym.simulator.recovery import end_curse, end_decoys
from pmd_gym.simulator.speed import speed_down
from pmd_gym.simulator.stages import raise_stage
from pmd_gym.simulator.stats import ATTACK, DEFENSE


@kernel
def decoy(game: Any, rules: Any, source: int, target: int, kind: int) -> bool:
    """Make the target a decoy that everybody attacks; all others' decoys and Snatches end, and plans are made anew."""
    world = game.world
    if not is_alive(game, target):
        return False
    monster = world.monsters[target]
    if monster.shield_status == ids.SAFEGUARD or monster.curse_status == ids.DECOY:
        return False
    end_decoys(game, target)
    if monster.curse_status != 0:
        end_curse(game, target)
    start(monster, kinds.DECOY, duration(game, monster, kinds.DECOY) + 1)
    say_began(game, target, kinds.DECOY)
    monster.curse_by_wild, monster.curse_decoy = world.monsters[source].is_enemy if source >= 0 else 0, kind
    world.decoy_active = 1
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0:
            think_again(game, rules, slot)
    return True


@kernel
def think_again(game: Any, rules: Any, slot: int) -> None:
    """Drop a monster's target; all but the leader look for another at once, without giving up their action."""
    monster = game.world.monsters[slot]
    monster.ai_objective, monster.ai_target, monster.ai_target_spawn_id = ids.STAYING, 0, 0
    if monster.is_leader:
        return
    action, direction = monster.action, monster.direction
    first, second = monster.action_param0, monster.action_param1
    decide_movement(game, rules, slot)
    monster.action, monster.direction = action, direction
    monster.action_param0, monster.action_param1 = first, second


@kernel
def curse(game: Any, rules: Any, source: int, target: int) -> bool:
    """A ghost gives half its HP to curse the target; any other gains Attack and Defense and loses speed."""
    if not is_alive(game, source) or not is_alive(game, target):
        return False
    user, monster = game.world.monsters[source], game.world.monsters[target]
    if not has_type(user, ids.GHOST):
        raise_stage(game, source, ATTACK, 1)
        raise_stage(game, source, DEFENSE, 1)
        speed_down(game, rules, source, source, 1)
        return True
    if monster.shield_status == ids.SAFEGUARD:
        return False
    end_curse(game, target)
    user.hp = max(user.hp // 2, 1)
    start(monster, kinds.CURSED, duration(game, monster, kinds.CURSED) + 1)
    say_began(game, target, kinds.CURSED)
    return True


@kernel
def snatch(game: Any, rules: Any, source: int, target: int) -> bool:
    """Let the target snatch the next move that can be; only one monster of the floor does."""
    world = game.world
    if not is_alive(game, target):
        return False
    monster = world.monsters[target]
    end_curse(game, target)
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0 and world.monsters[slot].curse_status == ids.SNATCH:
            end_curse(game, slot)
    start(monster, kinds.SNATCH, duration(game, monster, kinds.SNATCH) + 1)
    say_began(game, target, kinds.SNATCH)
    world.snatch_monster, world.snatch_sprite = address_of(target), monster.sprite_id
    return True
