"""Damage of a fixed amount that a monster or a thing deals to another: falls, collisions, explosions.

The formula of blows is in `damage`, what losing HP sets off in `combat`. Source: src/dungeon_damage.c (sub_806F370).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.combat import ORDINARY, lose_hp
from pmd_gym.simulator.monsters import has_ability


@kernel
def deal(game: Any, rules: Any, source: int, target: int, damage: int, kind: int, reason: int) -> bool:
    """Take HP off a monster; True when it fainted. No experience is given; `source` -1 is nobody.

    `kind` is the type, which only Wonder Guard asks; `reason` the exit reason if the leader falls.
    """
    monster, hit = game.world.monsters[target], game.hit
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, kind, ids.NEUTRAL, 0, 0
    if kind != ids.NO_TYPE and has_ability(monster, ids.WONDER_GUARD):
        first, second = rules.type_chart[kind, monster.type1], rules.type_chart[kind, monster.type2]
        if rules.combined_code[first, second] != ids.SUPER_EFFECTIVE:
            hit.damage = 0
    return lose_hp(game, rules, source, target, hit, False, False, reason, ORDINARY)
