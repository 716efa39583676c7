"""How fast a monster is: its stage of speed, the ticks in which that lets it act, stages gained and lost."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import draw_turns
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import DEOXYS_SPEED, KECLEON, has_type, is_alive, weather_for

SPEED_UP_TURNS, SPEED_DOWN_TURNS = (8, 10), (6, 8)


@kernel
def speed_stage(game: Any, rules: Any, slot: int) -> int:
    """Recompute and store the speed stage 0..4 (mechanics section 5)."""
    monster = game.world.monsters[slot]
    stage = int(rules.species[monster.species].speed)
    for index in range(5):
        stage += monster.speed_up_timers[index] != 0
        stage -= int(monster.speed_down_timers[index] != 0)
    stage -= monster.burn_status == ids.PARALYSIS
    stage += has_type(monster, ids.ICE) and weather_for(game, monster) == ids.SNOW
    stage += monster.apparent_species == DEOXYS_SPEED
    stage += monster.species == KECLEON and monster.is_enemy == 1 and game.world.stole == 1
    stage = min(max(stage, 0), 4)
    monster.speed_stage = stage
    return stage


@kernel
def acts_now(game: Any, rules: Any, slot: int) -> bool:
    """True when a monster's speed lets it act in the current tick."""
    return rules.speed_turns[speed_stage(game, rules, slot), game.world.fractional_turn] != 0


@kernel
def speed_up(game: Any, rules: Any, source: int, target: int, turns: int) -> bool:
    """One more stage of speed for some turns (0: drawn, 127: for good); the monster may act again in this turn."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if turns == 0:
        turns = draw_turns(game, monster, SPEED_UP_TURNS[0], SPEED_UP_TURNS[1], False) + 1
    before = speed_stage(game, rules, target)
    if before == len(rules.speed_turns) - 1:
        return False
    for index in range(len(monster.speed_up_timers)):
        if monster.speed_up_timers[index] == 0:
            monster.speed_up_timers[index] = turns
            break
    if speed_stage(game, rules, target) == before:
        return False
    monster.speed_changed, monster.attacking = 1, 0
    say(game, Message.SPED_UP, target, 0, 0)
    return True


@kernel
def speed_down(game: Any, rules: Any, source: int, target: int, steps: int) -> bool:
    """Lower the speed by stages, each with a timer of its own; True when it fell."""
    if not is_alive(game, target) or game.world.monsters[target].shield_status == ids.SAFEGUARD:
        return False
    monster = game.world.monsters[target]
    before = speed_stage(game, rules, target)
    if before == 0:
        return False
    for _ in range(steps):
        for index in range(len(monster.speed_down_timers)):
            if monster.speed_down_timers[index] == 0:
                low, high = SPEED_DOWN_TURNS
                monster.speed_down_timers[index] = draw_turns(game, monster, low, high, True) + 1
                break
    slower = speed_stage(game, rules, target) != before
    if slower:
        say(game, Message.SLOWED_DOWN, target, 0, 0)
    return slower
