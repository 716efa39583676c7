"""Stages and multipliers of the stats, accuracy and evasion, and all that keeps them from falling.

Where they stand is in `stats`, whose numbers name them. Source: src/move_orb_effects_1.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.damage import TOP_STAGE, multiply
from pmd_gym.simulator.messages import say_stat
from pmd_gym.simulator.monsters import NEUTRAL_MULTIPLIER, has_ability, holds, is_alive
from pmd_gym.simulator.stats import ACCURACY, ATTACK, SP_ATTACK, multiplier_of, set_multiplier, set_stage, stage_of

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
def is_kept(monster: Any, stat: int) -> bool:
    """True when others cannot lower a stat: all of them resist, or a band or an ability guards this one."""
    if resists_drops(monster):
        return True
    if stat == ATTACK or stat == SP_ATTACK:
        return holds(monster, ids.TWIST_BAND) or (stat == ATTACK and has_ability(monster, ids.HYPER_CUTTER))
    return stat == ACCURACY and has_ability(monster, ids.KEEN_EYE)


@kernel
def shift_stage(monster: Any, stat: int, steps: int) -> bool:
    """Move a stage up or down within its bounds; True when it moved."""
    before = stage_of(monster, stat)
    after = min(max(before + steps, 0), TOP_STAGE)
    set_stage(monster, stat, after)
    return after != before


@kernel
def lower_stage(game: Any, target: int, stat: int, steps: int) -> bool:
    """Lower a stage of a target that may resist; True when it fell."""
    if not is_alive(game, target) or is_kept(game.world.monsters[target], stat):
        return False
    return say_stat(game, target, stat, False, shift_stage(game.world.monsters[target], stat, -steps))


@kernel
def raise_stage(game: Any, target: int, stat: int, steps: int) -> bool:
    """Raise a stage (negative steps: a user tires itself, nothing resists); True when it moved."""
    moved = is_alive(game, target) and shift_stage(game.world.monsters[target], stat, steps)
    return say_stat(game, target, stat, steps > 0, moved)


@kernel
def scale_stat(game: Any, target: int, stat: int, factor: int) -> bool:
    """Multiply the multiplier of one of the first four stats by a 24.8 factor; one below 1 may be resisted.

    True when it changed. The result stays within 0.01 and 99.99.
    """
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if factor < NEUTRAL_MULTIPLIER and is_kept(monster, stat):
        return False
    before = multiplier_of(monster, stat)
    after = min(max(multiply(before, factor, 8), LEAST_MULTIPLIER), GREATEST_MULTIPLIER)
    set_multiplier(monster, stat, after)
    return after != before


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
