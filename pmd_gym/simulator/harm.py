"""Damage of a fixed amount that falls, collisions and explosions do: no blow, so nothing answers it.

What losing HP sets off is in `combat`. Source: src/dungeon_damage.c (sub_806F370).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import combat


@kernel
def deal(game: Any, rules: Any, source: int, target: int, damage: int, kind: int, reason: int) -> bool:
    """Take HP off a monster; True when any was taken. No experience is given; `source` -1 is nobody.

    `kind` is the type, which only Wonder Guard asks; `reason` the exit reason if the leader falls.
    """
    return combat.deal_from_afar(game, rules, source, target, damage, kind, False, reason) != 0
