"""Stages and multipliers of the stats, accuracy and evasion, and all that keeps them from falling.

Stages run 0..20 with 10 neutral; multipliers are 24.8 fixed point with 256 neutral. `special` chooses Sp. Atk and
Sp. Def. Source: src/move_orb_effects_1.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.damage import TOP_STAGE, multiply
from pmd_gym.simulator.messages import ACCURACY_STAT, ATTACK_STAT, DEFENSE_STAT, say_stat
from pmd_gym.simulator.monsters import NEUTRAL_MULTIPLIER, has_ability, holds, is_alive

LEAST_MULTIPLIER, GREATEST_MULTIPLIER = 2, 25597
"""0.01 and 99.99 as the game truncates them."""
MAX_FLASH_FIRE = 2


@kernel
def resists_drops(monster: Any) -> bool:
    """True under Mist, Clear Body or White Smoke (src/dungeon_logic.c, IsProtectedFromStatDrops)."""
    if monster.shield_status == ids.MIST:
        return True
    return has_ability(monster, ids.CLEAR_BODY) or has_ability(monster, ids.WHITE_SMOKE)


@kernel
def keeps_attack(monster: Any, special: bool) -> bool:
    """True when others cannot lower its attack: what resists all drops, a Twist Band, Hyper Cutter for Attack."""
    if resists_drops(monster) or holds(monster, ids.TWIST_BAND):
        return True
    return not special and has_ability(monster, ids.HYPER_CUTTER)


@kernel
def shift_attack(monster: Any, special: bool, steps: int) -> bool:
    """Move an attack stage up or down within its bounds; True when it moved."""
    before = monster.sp_attack_stage if special else monster.attack_stage
    after = min(max(before + steps, 0), TOP_STAGE)
    if special:
        monster.sp_attack_stage = after
    else:
        monster.attack_stage = after
    return after != before


@kernel
def shift_defense(monster: Any, special: bool, steps: int) -> bool:
    """Move a defense stage up or down within its bounds; True when it moved."""
    before = monster.sp_defense_stage if special else monster.defense_stage
    after = min(max(before + steps, 0), TOP_STAGE)
    if special:
        monster.sp_defense_stage = after
    else:
        monster.defense_stage = after
    return after != before


@kernel
def lower_attack(game: Any, rules: Any, source: int, target: int, special: bool, steps: int) -> bool:
    """Lower an attack stage of a target that may resist; True when it fell."""
    if not is_alive(game, target) or keeps_attack(game.world.monsters[target], special):
        return False
    moved = shift_attack(game.world.monsters[target], special, -steps)
    return say_stat(game, target, ATTACK_STAT + special, False, moved)


@kernel
def raise_attack(game: Any, rules: Any, source: int, target: int, special: bool, steps: int) -> bool:
    """Raise an attack stage (negative steps: a user tires itself, nothing resists); True when it moved."""
    moved = is_alive(game, target) and shift_attack(game.world.monsters[target], special, steps)
    return say_stat(game, target, ATTACK_STAT + special, steps > 0, moved)


@kernel
def lower_defense(game: Any, rules: Any, source: int, target: int, special: bool, steps: int) -> bool:
    """Lower a defense stage of a target that may resist; True when it fell."""
    if not is_alive(game, target) or resists_drops(game.world.monsters[target]):
        return False
    moved = shift_defense(game.world.monsters[target], special, -steps)
    return say_stat(game, target, DEFENSE_STAT + special, False, moved)


@kernel
def raise_defense(game: Any, rules: Any, source: int, target: int, special: bool, steps: int) -> bool:
    """Raise a defense stage (negative steps: a user tires itself, nothing resists); True when it moved."""
    moved = is_alive(game, target) and shift_defense(game.world.monsters[target], special, steps)
    return say_stat(game, target, DEFENSE_STAT + special, steps > 0, moved)


@kernel
def scaled(multiplier: int, factor: int) -> int:
    """A multiplier times a factor, both 24.8, within 0.01 and 99.99."""
    return min(max(multiply(multiplier, factor, 8), LEAST_MULTIPLIER), GREATEST_MULTIPLIER)


@kernel
def multiply_attack(game: Any, rules: Any, source: int, target: int, special: bool, factor: int) -> bool:
    """Multiply an attack multiplier by a 24.8 factor; one below 1 may be resisted. True when it changed."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if factor < NEUTRAL_MULTIPLIER and keeps_attack(monster, special):
        return False
    before = monster.sp_attack_mult if special else monster.attack_mult
    after = scaled(before, factor)
    if special:
        monster.sp_attack_mult = after
    else:
        monster.attack_mult = after
    return after != before


@kernel
def multiply_defense(game: Any, rules: Any, source: int, target: int, special: bool, factor: int) -> bool:
    """Multiply a defense multiplier by a 24.8 factor; one below 1 may be resisted. True when it changed."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if factor < NEUTRAL_MULTIPLIER and resists_drops(monster):
        return False
    before = monster.sp_defense_mult if special else monster.defense_mult
    after = scaled(before, factor)
    if special:
        monster.sp_defense_mult = after
    else:
        monster.defense_mult = after
    return after != before


@kernel
def shift_hit(monster: Any, evasion: bool, step: int) -> bool:
    """Move accuracy or evasion by a stage within its bounds; True when it moved."""
    before = monster.evasion_stage if evasion else monster.accuracy_stage
    after = min(max(before + step, 0), TOP_STAGE)
    if evasion:
        monster.evasion_stage = after
    else:
        monster.accuracy_stage = after
    return after != before


@kernel
def raise_hit(game: Any, rules: Any, source: int, target: int, evasion: bool) -> bool:
    """Raise accuracy or evasion by a stage; True when it rose."""
    moved = is_alive(game, target) and shift_hit(game.world.monsters[target], evasion, 1)
    return say_stat(game, target, ACCURACY_STAT + evasion, True, moved)


@kernel
def lower_hit(game: Any, rules: Any, source: int, target: int, evasion: bool) -> bool:
    """Lower accuracy or evasion of a target that may resist by a stage; True when it fell."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if resists_drops(monster) or (not evasion and has_ability(monster, ids.KEEN_EYE)):
        return False
    return say_stat(game, target, ACCURACY_STAT + evasion, False, shift_hit(monster, evasion, -1))


@kernel
def flash_fire(game: Any, slot: int) -> bool:
    """Strengthen the Fire moves of a monster with Flash Fire by a stage, twice at most; True when it rose."""
    if not is_alive(game, slot):
        return False
    monster = game.world.monsters[slot]
    before = monster.flash_fire_boost
    monster.flash_fire_boost = min(before + 1, MAX_FLASH_FIRE)
    return monster.flash_fire_boost != before


@kernel
def settle_flash_fire(game: Any) -> None:
    """At the end of an action: what Flash Fire took in becomes strength (src/dungeon_action_execution.c)."""
    for slot in range(len(game.world.monsters)):
        if is_alive(game, slot) and game.world.monsters[slot].flash_fire_pending:
            game.world.monsters[slot].flash_fire_pending = 0
            flash_fire(game, slot)
