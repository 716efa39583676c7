"""The bag, the hand and the purse: picking up, stacking, taking out, handing over (mechanics section 13).

Knows nothing of what items do. Sources: src/dungeon_items.c, src/items.c, src/dungeon_ai_items.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.items import MAX_MONEY, clear_item, copy_item, item_at, take_item
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import cannot_use_items, is_alive, runs_away

MAX_STACK = 99
ON_GROUND, IN_HAND = 0x80, 0x81
"""Where an action finds its item, beside 1..20 for the bag (src/dungeon_action.c, sub_8044CC8)."""
HEAVY_BELLY = 10


@kernel
def pick_up(game: Any, rules: Any, slot: int) -> None:
    """Pick up what lies under a monster, as the leader by walking or as the AI by an action.

    Money goes to the purse, stacks join a stack, the team's things go to the bag (while it exists and has room) or to
    the empty hand; wild monsters use the hand only. What finds no place stays where it is; only the leader takes wares.
    """
    world = game.world
    here, monster = world.entities[slot].pos, world.monsters[slot]
    index = item_at(game, here.x, here.y)
    if index < 0 or floor_over(game) or runs_away(game, slot):
        return
    item = world.floor_items[index]
    if item.flags & ids.ITEM_IN_SHOP and not monster.is_leader:
        return
    if item.id == ids.POKE and not monster.is_enemy:
        game.money = min(game.money + rules.money[item.quantity], MAX_MONEY)
        say(game, Message.FOUND_MONEY, slot, 0, rules.money[item.quantity])
        take_item(game, rules, here.x, here.y)
        return
    uses_bag = world.has_inventory and not monster.is_enemy
    if store(game, item, monster, uses_bag, not uses_bag or not monster.is_leader):
        say(game, Message.PICKED_UP, slot, item.id, 0)
        take_item(game, rules, here.x, here.y)
    elif monster.is_leader:
        say(game, Message.BAG_FULL, slot, item.id, 0)


@kernel
def store(game: Any, item: Any, monster: Any, uses_bag: bool, uses_hand: bool) -> bool:
    """Put an item into a stack, the bag or the hand; False when there is no room."""
    bag = game.inventory_data.bag
    stacks = item.id <= ids.GEO_PEBBLE and item.flags & ids.ITEM_IN_SHOP == 0
    if stacks and ((uses_bag and join_stack(bag, item)) or (uses_hand and joins(monster.held_item, item, False))):
        return True
    if uses_bag:
        for index in range(layout.BAG_SLOTS):
            if bag[index].flags & ids.ITEM_EXISTS == 0:
                copy_item(bag[index], item)
                return True
    if uses_hand and monster.held_item.flags & ids.ITEM_EXISTS == 0:
        copy_item(monster.held_item, item)
        return True
    return False


@kernel
def join_stack(bag: Any, item: Any) -> bool:
    """Add a stack to the largest stack of the bag that is not full, same stickiness first."""
    for exact in (True, False):
        best = -1
        for index in range(layout.BAG_SLOTS):
            if fits(bag[index], item, exact) and (best < 0 or bag[index].quantity > bag[best].quantity):
                best = index
        if best >= 0:
            return joins(bag[best], item, exact)
    return False


@kernel
def fits(stack: Any, item: Any, exact: bool) -> bool:
    """True when a stack can take more of an item."""
    if stack.flags & ids.ITEM_EXISTS == 0 or stack.flags & ids.ITEM_IN_SHOP or stack.id != item.id:
        return False
    if exact and (stack.flags & ids.ITEM_STICKY) != (item.flags & ids.ITEM_STICKY):
        return False
    return stack.quantity != MAX_STACK


@kernel
def joins(stack: Any, item: Any, exact: bool) -> bool:
    """Add an item to a stack if it fits; a sticky one makes the whole stack sticky."""
    if not fits(stack, item, exact):
        return False
    stack.quantity = min(stack.quantity + item.quantity, MAX_STACK)
    stack.flags |= item.flags & ids.ITEM_STICKY
    return True


@kernel
def wants_item(game: Any, slot: int) -> bool:
    """True when the AI picks up what it stands on: empty hand, no ware, nothing that keeps it from acting."""
    world = game.world
    here, monster = world.entities[slot].pos, world.monsters[slot]
    if not is_alive(game, slot) or cannot_use_items(game, slot):
        return False
    index = item_at(game, here.x, here.y)
    if index < 0 or monster.is_leader or monster.held_item.flags & ids.ITEM_EXISTS:
        return False
    if world.tiles[here.y, here.x].terrain & ids.GROUND_MASK == ids.WALL and monster.is_enemy:
        return False
    return world.floor_items[index].flags & ids.ITEM_IN_SHOP == 0


@kernel
def close_gaps(game: Any) -> None:
    """Move the bag's items up so that no empty slot lies before a full one."""
    bag = game.inventory_data.bag
    filled = 0
    for index in range(layout.BAG_SLOTS):
        if bag[index].flags & ids.ITEM_EXISTS:
            if index > filled:
                copy_item(bag[filled], bag[index])
            filled += 1
    for index in range(filled, layout.BAG_SLOTS):
        clear_item(bag[index])


@kernel
def look_up(game: Any, slot: int, place: int, to: Any) -> None:
    """Copy the item of an action's place to `to`; an empty item where there is none."""
    clear_item(to)
    if place == IN_HAND:
        copy_item(to, game.world.monsters[slot].held_item)
    elif place == ON_GROUND:
        here = game.world.entities[slot].pos
        index = item_at(game, here.x, here.y)
        if index >= 0:
            copy_item(to, game.world.floor_items[index])
    elif 1 <= place <= layout.BAG_SLOTS:
        copy_item(to, game.inventory_data.bag[place - 1])


@kernel
def use_up(game: Any, rules: Any, slot: int, place: int) -> None:
    """Empty the place of an item that was used; the bag closes its gap."""
    if place == ON_GROUND:
        here = game.world.entities[slot].pos
        take_item(game, rules, here.x, here.y)
        return
    if place == IN_HAND:
        clear_item(game.world.monsters[slot].held_item)
    else:
        clear_item(game.inventory_data.bag[place - 1])
    close_gaps(game)


@kernel
def take_one(game: Any, slot: int, place: int) -> None:
    """Take one piece off a stack in the bag or the hand."""
    if place == IN_HAND:
        game.world.monsters[slot].held_item.quantity -= 1
    else:
        game.inventory_data.bag[place - 1].quantity -= 1


@kernel
def feel_held_item(game: Any, slot: int) -> bool:
    """What newly holding an item does to a team mate's hunger; True when the item is new to the holder.

    Source: src/dungeon_misc.c, sub_806A6E8. The caller lets sleepers hear it where there can be any.
    """
    monster = game.world.monsters[slot]
    held = monster.held_item.id
    is_new = monster.held_item_noted != held
    if is_new and not monster.is_leader:
        if held == ids.HEAL_RIBBON or held == ids.MUNCH_BELT:
            left = max(monster.belly.whole * 1000 + monster.belly.thousandths - HEAVY_BELLY * 1000, 0)
            monster.belly.whole, monster.belly.thousandths = left // 1000, left % 1000
        elif held == ids.DIET_RIBBON:
            monster.belly.whole, monster.belly.thousandths = 0, 0
    monster.held_item_noted = held if monster.held_item.flags & ids.ITEM_EXISTS else 0
    return is_new
