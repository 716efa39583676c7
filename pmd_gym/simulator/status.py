"""The start of a monster's turn: regeneration and status timers (mechanics section 5.1)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.combat import floor_over
from pmd_gym.simulator.monsters import has_ability, holds, is_alive, speed_stage, weather_for

REGENERATION = 200
RIBBON_BONUS, WISH_BONUS, RAIN_BONUS = 100, 220, 150
FASTEST, SLOWEST = 30, 500


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
    tick_statuses(game.world.monsters[slot])
    tick_speed(game, rules, slot)


@kernel
def tick_statuses(monster: Any) -> None:
    """Count every status group down; a group whose timer reaches 0 is cleared."""
    if monster.sleep_status != 0:
        monster.sleep_turns = count_down(monster.sleep_turns)
        if monster.sleep_turns == 0:
            monster.sleep_status = 0
    if monster.burn_status != 0:
        monster.burn_turns = count_down(monster.burn_turns)
        if monster.burn_turns == 0:
            monster.burn_status = 0
    if monster.freeze_status != 0:
        monster.freeze_turns = count_down(monster.freeze_turns)
        if monster.freeze_turns == 0:
            monster.freeze_status = 0
    if monster.cringe_status != 0:
        monster.cringe_turns = count_down(monster.cringe_turns)
        if monster.cringe_turns == 0:
            monster.cringe_status = 0
    if monster.shield_status != 0:
        monster.shield_turns = count_down(monster.shield_turns)
        if monster.shield_turns == 0:
            monster.shield_status = 0
    tick_later_statuses(monster)


@kernel
def tick_later_statuses(monster: Any) -> None:
    """The groups that count down after the shields."""
    if monster.curse_status != 0:
        monster.curse_turns = count_down(monster.curse_turns)
        if monster.curse_turns == 0:
            monster.curse_status = 0
    if monster.leech_status != 0:
        monster.leech_turns = count_down(monster.leech_turns)
        if monster.leech_turns == 0:
            monster.leech_status = 0
    if monster.aim_status != 0:
        monster.aim_turns = count_down(monster.aim_turns)
        if monster.aim_turns == 0:
            monster.aim_status = 0
    if monster.conceal_status != 0:
        monster.conceal_turns = count_down(monster.conceal_turns)
        if monster.conceal_turns == 0:
            monster.conceal_status = 0
    if monster.sight_status != 0:
        monster.sight_turns = count_down(monster.sight_turns)
        if monster.sight_turns == 0:
            monster.sight_status = 0
    if monster.muzzled:
        monster.muzzled_turns = count_down(monster.muzzled_turns)
        if monster.muzzled_turns == 0:
            monster.muzzled = 0
    monster.terrified_turns = count_down(monster.terrified_turns)


@kernel
def tick_speed(game: Any, rules: Any, slot: int) -> None:
    """Count the speed timers down."""
    monster = game.world.monsters[slot]
    for index in range(len(monster.speed_up_timers)):
        monster.speed_down_timers[index] = count_down(monster.speed_down_timers[index])
        monster.speed_up_timers[index] = count_down(monster.speed_up_timers[index])
    speed_stage(game, rules, slot)
