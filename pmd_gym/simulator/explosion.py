"""Explosions: of traps, Selfdestruct and Explosion (mechanics section 14).

They open walls, destroy what lies on the floor and hurt everybody near, the one at the centre last. Source:
src/explosion.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.ground import open_wall
from pmd_gym.simulator.harm import deal
from pmd_gym.simulator.items import destroy_item, item_at
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    active_slot,
    has_ability,
    has_type,
    is_alive,
    monster_at,
    weather_for,
)
from pmd_gym.simulator.terrain import inside

AROUND = (
    (0, 0), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 2), (1, 2), (2, 2), (2, 1),
    (2, 0), (2, -1), (2, -2), (1, -2), (0, -2), (-1, -2), (-2, -2), (-2, -1), (-2, 0), (-2, 1), (-2, 2), (-1, 2),
)  # fmt: skip
"""Tiles of an explosion in their order; a small one has the first nine."""

SMALL, LARGE = 1, 2
SMALL_TILES = 9
SMALL_DAMAGE, LARGE_DAMAGE = 40, 80


@kernel
def explode(game: Any, rules: Any, source: int, target: int, radius: int, kind: int, reason: int) -> bool:
    """An explosion of radius 1 or 2 around `target`; False when rain or Damp puts it out.

    `kind` is the type of the damage, `reason` the exit reason of a leader that it fells.
    """
    if is_damp(game) or weather_for(game, game.world.monsters[target]) == ids.RAIN:
        return False
    centre = game.world.entities[target].pos
    x, y = centre.x, centre.y
    for index in range(SMALL_TILES if radius <= SMALL else len(AROUND)):
        to_x, to_y = x + AROUND[index][0], y + AROUND[index][1]
        if not inside(to_x, to_y):
            continue
        open_wall(game, to_x, to_y)
        if item_at(game, to_x, to_y) >= 0:
            destroy_item(game, rules, to_x, to_y)
        other = monster_at(game, to_x, to_y)
        if other >= 0 and other != target:
            blast(game, rules, source, other, radius, kind, reason)
            if floor_over(game):
                return True
    blast(game, rules, source, target, radius, kind, reason)
    return True


@kernel
def is_damp(game: Any) -> bool:
    """True while a monster with Damp lives on the floor."""
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0 and has_ability(game.world.monsters[slot], ids.DAMP):
            return True
    return False


@kernel
def blast(game: Any, rules: Any, source: int, slot: int, radius: int, kind: int, reason: int) -> None:
    """Hurt one monster: the team by half its HP, others by a fixed amount, Fire types by half of that."""
    if not is_alive(game, slot) or game.world.monsters[slot].in_the_air != 0:
        return
    monster = game.world.monsters[slot]
    damage = LARGE_DAMAGE if radius > SMALL else SMALL_DAMAGE
    if not monster.is_enemy:
        damage = monster.hp // 2
    if has_type(monster, ids.FIRE):
        damage //= 2
    if not monster.is_enemy:
        damage = max(damage, 1)
    deal(game, rules, source, slot, damage, kind, reason)
