"""The stats by number, and where each keeps its stage and its multiplier in a monster's record.

Stages run 0..20 with 10 neutral, that of speed 0..4; multipliers are 24.8 fixed point with 256 neutral. What changes
them is in `stages` and `speed`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel

ATTACK, SP_ATTACK, DEFENSE, SP_DEFENSE, ACCURACY, EVASION, SPEED = range(7)


@kernel
def stage_of(monster: Any, stat: int) -> int:
    """The stage of a stat."""
    if stat == ATTACK:
        return monster.attack_stage
    if stat == SP_ATTACK:
        return monster.sp_attack_stage
    if stat == DEFENSE:
        return monster.defense_stage
    if stat == SP_DEFENSE:
        return monster.sp_defense_stage
    if stat == ACCURACY:
        return monster.accuracy_stage
    return monster.evasion_stage if stat == EVASION else monster.speed_stage


@kernel
def set_stage(monster: Any, stat: int, stage: int) -> None:
    """Write the stage of any stat but speed, which follows from its timers."""
    if stat == ATTACK:
        monster.attack_stage = stage
    elif stat == SP_ATTACK:
        monster.sp_attack_stage = stage
    elif stat == DEFENSE:
        monster.defense_stage = stage
    elif stat == SP_DEFENSE:
        monster.sp_defense_stage = stage
    elif stat == ACCURACY:
        monster.accuracy_stage = stage
    else:
        monster.evasion_stage = stage


@kernel
def multiplier_of(monster: Any, stat: int) -> int:
    """The multiplier of one of the first four stats."""
    if stat == ATTACK:
        return monster.attack_mult
    if stat == SP_ATTACK:
        return monster.sp_attack_mult
    return monster.defense_mult if stat == DEFENSE else monster.sp_defense_mult


@kernel
def set_multiplier(monster: Any, stat: int, multiplier: int) -> None:
    """Write the multiplier of one of the first four stats."""
    if stat == ATTACK:
        monster.attack_mult = multiplier
    elif stat == SP_ATTACK:
        monster.sp_attack_mult = multiplier
    elif stat == DEFENSE:
        monster.defense_mult = multiplier
    else:
        monster.sp_defense_mult = multiplier
