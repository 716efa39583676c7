"""The leader's orders to use or throw something of the bag: which are possible, and the action they become.

The same conditions stand in `kernels/legality.py`, which reads any console's RAM. Sources: src/dungeon_menu_items.c,
src/dungeon_item_action.c (sub_8048950), src/dungeon_main.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.item_use import teach
from pmd_gym.simulator.monsters import is_dazed

NO_TARGET = -1
FIRST_HM = 224
NO_USE = 0
USES = (NO_USE, NO_USE, ids.EAT_PLAYER, ids.EAT_FOOD, NO_USE, ids.TEACH, NO_USE, ids.USE_PLAYER, ids.USE_PLAYER,
        ids.USE_ORB, NO_USE, ids.USE_PLAYER)  # fmt: skip
"""Action that uses an item, by its category; link boxes only open a menu (src/dungeon_action.c)."""


@kernel
def order_item(game: Any, rules: Any, leader: int, index: int, throws: bool) -> bool:
    """Write the use or the throw of bag slot `index` as the leader's action; False when it is not possible."""
    if not 0 <= index < layout.BAG_SLOTS or not game.world.has_inventory:
        return False
    monster, item = game.world.monsters[leader], game.inventory_data.bag[index]
    if item.flags & ids.ITEM_EXISTS == 0 or monster.terrified_turns != 0:
        return False
    category = rules.items[item.id].category
    if throws:
        if item.flags & ids.ITEM_STICKY and category <= ids.THROWN_ARC:
            return False
        action = throw_action(category)
    else:
        if not can_use(game, rules, leader, item):
            return False
        action = USES[category]
        if action == ids.TEACH:
            teach(game, rules, leader, index)
    monster.action, monster.action_param0, monster.action_param1 = action, index + 1, 0
    here = game.world.entities[leader].pos
    monster.action_param0_pos.x, monster.action_param0_pos.y = here.x, here.y
    monster.throw_target.x, monster.throw_target.y = NO_TARGET, NO_TARGET
    return True


@kernel
def throw_action(category: int) -> int:
    """Action that throws an item of a category."""
    if category == ids.THROWN_LINE:
        return ids.THROW_STRAIGHT_PLAYER
    return ids.THROW_ARC_PLAYER if category == ids.THROWN_ARC else ids.THROW_ITEM_PLAYER


@kernel
def can_use(game: Any, rules: Any, leader: int, item: Any) -> bool:
    """True when using an item of the bag does something: not sticky, of a kind that can be used, mouth or mind free."""
    monster, kind = game.world.monsters[leader], rules.items[item.id]
    if item.flags & ids.ITEM_STICKY or USES[kind.category] == NO_USE:
        return False
    if kind.category == ids.BERRIES or kind.category == ids.FOOD:
        return monster.muzzled == 0
    if kind.category == ids.TMS:
        return can_learn(rules, monster, item.id) and not is_dazed(monster, False)
    return True


@kernel
def can_learn(rules: Any, monster: Any, item_id: int) -> bool:
    """True when the species learns the TM's move and a move slot is free; HMs are of no use in dungeons."""
    if FIRST_HM <= item_id < ids.LINK_BOX or rules.teachable[monster.species, item_id >> 3] >> (item_id & 7) & 1 == 0:
        return False
    return monster.moves[layout.MOVE_SLOTS - 1].flags & ids.MOVE_EXISTS == 0
