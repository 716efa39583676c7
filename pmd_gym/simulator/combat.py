"""Blows and what answers them: Vital Throw, Rage, counters, contact abilities, Destiny Bond (mechanics 6, 9).

`strike` is a blow of the formula or of a move, `deal` a move's fixed damage. Damage that nothing answers is in `harm`,
the loss of HP in `hp_loss`. Source: src/dungeon_damage.c (HandleDealingDamage, sub_806F370).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import tied_to
from pmd_gym.simulator.contact import touch
from pmd_gym.simulator.displace import hurl
from pmd_gym.simulator.harm import enrage, prepare, residual_damage
from pmd_gym.simulator.hp_loss import BOUND, GIVEN_BACK, ORDINARY, lose_hp
from pmd_gym.simulator.monsters import has_ability, is_alive, is_helpless

COUNTERED, COUNTERED_LITTLE, ROUGHENED = 4, 1, 2
"""Quarters of the damage that Counter and Mirror Coat, Mini Counter and Rough Skin give back; they add up."""


@kernel
def deal(
    game: Any, rules: Any, attacker: int, target: int, damage: int, kind: int, gives_exp: bool, reason: int,
    contact: bool, residual: int,
) -> int:  # fmt: skip
    """Fixed damage by a monster (src/dungeon_damage.c, sub_806F370); returns what was taken, 0 for nothing.

    `kind` is the type that Wonder Guard asks about, NO_TYPE for none; `contact` lets counters and abilities answer.
    """
    prepare(game, rules, target, damage, kind)
    hurt(game, rules, attacker, target, game.hit, False, gives_exp, reason, contact, residual)
    return game.hit.damage


@kernel
def strike(game: Any, rules: Any, attacker: int, target: int, hit: Any, spares: bool, reason: int) -> None:
    """A blow of one monster on another, with what it sets off (src/dungeon_damage.c, HandleDealingDamage)."""
    hurt(game, rules, attacker, target, hit, spares, True, reason, True, ORDINARY)


@kernel
def hurt(
    game: Any, rules: Any, attacker: int, target: int, hit: Any, spares: bool, gives_exp: bool, reason: int,
    contact: bool, residual: int,
) -> None:  # fmt: skip
    """Damage with all that answers it: Rage, counters, contact abilities, Destiny Bond."""
    if lose_hp(game, rules, attacker, target, hit, spares, gives_exp, reason, residual) or hit.damage == 0:
        return
    if not is_alive(game, attacker) or not is_alive(game, target):
        return
    victim, damage = game.world.monsters[target], hit.damage
    answers = contact and not is_helpless(victim) and victim.charge_status == 0
    physical = rules.is_physical[hit.type] == 1
    if answers and physical and victim.shield_status == ids.VITAL_THROW and are_near(game, attacker, target):
        hurl(game, rules, target, attacker)
    enrage(game, target)
    if not is_alive(game, attacker) or not is_alive(game, target):
        return
    if answers and are_near(game, attacker, target):
        hit_back(game, rules, attacker, target, hit, physical, gives_exp, reason)
        if is_alive(game, attacker) and is_alive(game, target):
            touch(game, rules, attacker, target, physical)
    if answers and is_alive(game, attacker) and is_alive(game, target):
        share_fate(game, rules, target, damage)


@kernel
def are_near(game: Any, slot: int, other: int) -> bool:
    """True for two monsters on neighbouring tiles."""
    here, there = game.world.entities[slot].pos, game.world.entities[other].pos
    return slot != other and abs(here.x - there.x) <= 1 and abs(here.y - there.y) <= 1


@kernel
def hit_back(
    game: Any, rules: Any, attacker: int, target: int, hit: Any, physical: bool, gives_exp: bool, reason: int
) -> None:
    """Return a share of the damage: Counter and Mirror Coat all of it, Rough Skin half, Mini Counter a quarter."""
    victim = game.world.monsters[target]
    shield = victim.shield_status
    quarters = ROUGHENED * has_ability(victim, ids.ROUGH_SKIN)
    if (shield == ids.COUNTER and physical) or (shield == ids.MIRROR_COAT and not physical):
        quarters += COUNTERED
    elif shield == ids.MINI_COUNTER and physical:
        quarters += COUNTERED_LITTLE
    if quarters == 0:
        return
    back = game.hit_back
    back.damage, back.type, back.code = hit.damage * quarters // 4, hit.type, ids.NEUTRAL
    back.critical, back.absorbed = 0, 0
    lose_hp(game, rules, target, attacker, back, False, gives_exp, reason, GIVEN_BACK)


@kernel
def share_fate(game: Any, rules: Any, slot: int, damage: int) -> None:
    """Destiny Bond: the other side takes the same damage; the bond ends when it is gone."""
    monster = game.world.monsters[slot]
    if monster.leech_status != ids.DESTINY_BOND:
        return
    other = tied_to(game, slot)
    if other < 0:
        monster.leech_status = 0
    else:
        residual_damage(game, rules, other, damage, BOUND, ids.FELL_TO_DESTINY_BOND)
