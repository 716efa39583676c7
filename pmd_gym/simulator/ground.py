"""What the ground does to whoever stands on it, and ground that changes (mechanics section 4, liquid effects).

Source: src/dungeon_misc.c (sub_806A5B8), src/dungeon_generation.c. Who may cross what is in `movement`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.monsters import is_alive
from pmd_gym.simulator.movement import LAVA_TERRAIN
from pmd_gym.simulator.recovery import end_burn, end_freeze
from pmd_gym.simulator.world_map import write_walk_masks

LAVA_WALKER = 4
MOLTRES, HO_OH = 146, 275
WALL_COST = 5
"""Whole points of belly that the leader loses with each step inside a wall."""


@kernel
def touch_ground(game: Any, rules: Any, slot: int) -> None:
    """Lava thaws and burns, water puts a burn out, the inside of a wall makes the leader hungry."""
    if not is_alive(game, slot):
        return
    world, here = game.world, game.world.entities[slot].pos
    ground = world.tiles[here.y, here.x].terrain & ids.GROUND_MASK
    monster = world.monsters[slot]
    if ground == ids.WALL and monster.is_leader:
        left = max(monster.belly.whole * 1000 + monster.belly.thousandths - WALL_COST * 1000, 0)
        monster.belly.whole, monster.belly.thousandths = left // 1000, left % 1000
    elif ground == ids.SECONDARY:
        if rules.secondary_terrain[world.tileset] == LAVA_TERRAIN:
            touch_lava(game, rules, slot)
        elif monster.burn_status == ids.BURN:
            end_burn(game, slot)


@kernel
def touch_lava(game: Any, rules: Any, slot: int) -> None:
    """Thaw, then burn unless the species is at home in lava."""
    monster = game.world.monsters[slot]
    if monster.freeze_status == ids.FROZEN:
        end_freeze(game, slot)
    at_home = rules.species[monster.species].mobility == LAVA_WALKER
    if not at_home and monster.species != HO_OH and monster.species != MOLTRES and monster.burn_status != ids.BURN:
        give(game, rules, slot, slot, kinds.BURN, 0)


@kernel
def open_wall(game: Any, x: int, y: int) -> bool:
    """Make a wall that is neither border nor unbreakable a floor, and recompute where one can walk around it."""
    tile = game.world.tiles[y, x]
    if tile.terrain & ids.GROUND_MASK != ids.WALL or tile.terrain & ids.IMPASSABLE:
        return False
    tile.terrain |= ids.NORMAL
    write_walk_masks(game.world, x - 1, y - 1, x + 2, y + 2)
    return True


@kernel
def dig(game: Any, x: int, y: int) -> None:
    """The wall that a Super Mobile monster enters becomes floor (src/dungeon_map_access.c, sub_804AE08)."""
    if game.world.tiles[y, x].terrain & ids.UNBREAKABLE == 0:
        open_wall(game, x, y)
