"""The start of a monster's turn: regeneration and status timers (mechanics section 5.1)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import rouse_from_nightmare
from pmd_gym.simulator.conditions import draw_turns, set_status, set_turns, status_in, turns_in
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.messages import say_ended
from pmd_gym.simulator.monsters import has_ability, holds, is_alive, weather_for
from pmd_gym.simulator.recovery import end_conceal, end_cringe, end_curse, end_freeze, end_leech, end_sight
from pmd_gym.simulator.speed import speed_stage

REGENERATION = 200
RIBBON_BONUS, WISH_BONUS, RAIN_BONUS = 100, 220, 150
FASTEST, SLOWEST = 30, 500
SLEEP_AFTER_YAWN = (4, 8)
COUNTED = (
    kinds.SLEEP_GROUP, kinds.BURN_GROUP, kinds.FREEZE_GROUP, kinds.CRINGE_GROUP, kinds.SHIELD_GROUP, kinds.CURSE_GROUP,
    kinds.LEECH_GROUP, kinds.AIM_GROUP, kinds.CONCEAL_GROUP, kinds.SIGHT_GROUP, kinds.MUZZLE_GROUP,
)  # fmt: skip
"""Groups in the order in which their timers fall; a charge counts at the end of the turn."""


@kernel
def count_down(turns: int) -> int:
    """A timer one turn later; 127 stands for ever and 0 stays 0."""
    return turns if turns == ids.FOREVER or turns == 0 else turns - 1


@kernel
def regenerate(game: Any, slot: int) -> None:
    """Natural healing of team members: HP grow by one each time the accumulated maximum HP reach a threshold."""
    monster = game.world.monsters[slot]
    if monster.is_enemy or monster.belly_empty:
        return
    if monster.burn_status == ids.POISONED or monster.burn_status == ids.BADLY_POISONED:
        return
    threshold = REGENERATION - RIBBON_BONUS * holds(monster, ids.HEAL_RIBBON)
    threshold -= WISH_BONUS * (monster.shield_status == ids.WISH)
    threshold -= RAIN_BONUS * (has_ability(monster, ids.RAIN_DISH) and weather_for(game, monster) == ids.RAIN)
    threshold = min(max(threshold, FASTEST), SLOWEST)
    total = monster.regen_accumulator + monster.max_hp
    monster.hp = min(monster.hp + total // threshold, monster.max_hp)
    monster.regen_accumulator = total % threshold


@kernel
def start_turn(game: Any, rules: Any, slot: int) -> None:
    """Heal, and let every timer of the monster fall by one (src/dungeon_turn_effects.c, TickStatusAndHealthRegen)."""
    if not is_alive(game, slot) or floor_over(game):
        return
    regenerate(game, slot)
    for index in range(len(COUNTED) if has_status(game.world.monsters[slot]) else 0):
        if tick_group(game, rules, slot, COUNTED[index]) and (not is_alive(game, slot) or floor_over(game)):
            return
    monster = game.world.monsters[slot]
    monster.terrified_turns = count_down(monster.terrified_turns)
    tick_speed(game, rules, slot)


@kernel
def has_status(monster: Any) -> bool:
    """True when a status of any counted group is on; in most turns none is."""
    first = monster.sleep_status | monster.burn_status | monster.freeze_status | monster.cringe_status
    second = monster.shield_status | monster.curse_status | monster.leech_status | monster.aim_status
    return (first | second | monster.conceal_status | monster.sight_status | monster.muzzled) != 0


@kernel
def tick_group(game: Any, rules: Any, slot: int, group: int) -> bool:
    """Count the timer of a group down; True when its status ended."""
    monster = game.world.monsters[slot]
    if status_in(monster, group) == 0:
        return False
    set_turns(monster, group, count_down(turns_in(monster, group)))
    if turns_in(monster, group) != 0:
        return False
    run_out(game, rules, slot, group)
    return True


@kernel
def run_out(game: Any, rules: Any, slot: int, group: int) -> None:
    """End a status whose time is over."""
    if group == kinds.SLEEP_GROUP:
        wake_in_time(game, rules, slot)
    elif group == kinds.FREEZE_GROUP:
        end_freeze(game, slot)
    elif group == kinds.CRINGE_GROUP:
        end_cringe(game, rules, slot)
    elif group == kinds.CURSE_GROUP:
        end_curse(game, slot)
    elif group == kinds.LEECH_GROUP:
        end_leech(game, slot)
    elif group == kinds.CONCEAL_GROUP:
        end_conceal(game, slot)
    elif group == kinds.SIGHT_GROUP:
        end_sight(game, slot)
    else:
        say_ended(game, slot, group)
        set_status(game.world.monsters[slot], group, 0)


@kernel
def wake_in_time(game: Any, rules: Any, slot: int) -> None:
    """The end of a sleep status: a nightmare hurts, after a yawn sleep follows, a nap heals."""
    monster = game.world.monsters[slot]
    if monster.sleep_status == ids.YAWNING:
        monster.sleep_status = 0
        turns = draw_turns(game, monster, SLEEP_AFTER_YAWN[0], SLEEP_AFTER_YAWN[1], True) + 1
        give(game, rules, slot, slot, kinds.SLEEP, turns)
        return
    rouse_from_nightmare(game, rules, slot)


@kernel
def tick_speed(game: Any, rules: Any, slot: int) -> None:
    """Count the speed timers down; the stage is reckoned anew only when one has run out."""
    monster = game.world.monsters[slot]
    ended = False
    for index in range(len(monster.speed_up_timers)):
        ended = ended or monster.speed_down_timers[index] == 1 or monster.speed_up_timers[index] == 1
        monster.speed_down_timers[index] = count_down(monster.speed_down_timers[index])
        monster.speed_up_timers[index] = count_down(monster.speed_up_timers[index])
    if ended:
        speed_stage(game, rules, slot)
