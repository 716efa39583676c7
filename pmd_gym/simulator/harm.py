"""Damage of a fixed amount that is no blow: hunger, burns, weather, falls, collisions, explosions.

What answers a blow is in `combat`, what losing HP sets off in `hp_loss`. Source: src/dungeon_damage.c (sub_806F370).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.hp_loss import ORDINARY, lose_hp, rouse
from pmd_gym.simulator.monsters import has_ability, is_alive
from pmd_gym.simulator.stages import raise_stage
from pmd_gym.simulator.stats import ATTACK

NOBODY = -1


@kernel
def residual_damage(game: Any, rules: Any, target: int, damage: int, residual: int, reason: int) -> bool:
    """Damage without an attacker: hunger, burns, weather; True when the target fainted."""
    hit = game.hit_back  # the caller may still want `hit`
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, ids.NO_TYPE, ids.NEUTRAL, 0, 0
    rouse(game, target)
    return lose_hp(game, rules, NOBODY, target, hit, False, False, reason, residual)


@kernel
def deal(game: Any, rules: Any, source: int, target: int, damage: int, kind: int, reason: int) -> bool:
    """Damage of a fall, a collision or an explosion, which nothing answers but Rage; True when any was taken.

    `source` gets no experience and may be NOBODY; `kind` is the type, which only Wonder Guard asks about; `reason` the
    exit reason if the leader falls.
    """
    prepare(game, rules, target, damage, kind)
    fainted = lose_hp(game, rules, source, target, game.hit, False, False, reason, ORDINARY)
    if not fainted and game.hit.damage != 0 and is_alive(game, source):
        enrage(game, target)
    return game.hit.damage != 0


@kernel
def prepare(game: Any, rules: Any, target: int, damage: int, kind: int) -> None:
    """Write fixed damage of a type into `game.hit`; Wonder Guard takes all but the super effective."""
    hit, victim = game.hit, game.world.monsters[target]
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, kind, ids.NEUTRAL, 0, 0
    if kind != ids.NO_TYPE and has_ability(victim, ids.WONDER_GUARD):
        first, second = rules.type_chart[kind, victim.type1], rules.type_chart[kind, victim.type2]
        if rules.combined_code[first, second] != ids.SUPER_EFFECTIVE:
            hit.damage = 0


@kernel
def enrage(game: Any, target: int) -> None:
    """Rage grows with every hit."""
    if game.world.monsters[target].charge_status == ids.ENRAGED:
        raise_stage(game, target, ATTACK, 1)
