"""The Kecleon shop: who watches the leader, what is owed, paying, selling and theft (mechanics section 15).

The sums live in the world record: `shop_opening_value` - `shop_stock_value` is owed, `shop_sell_offer` is what the
keeper gives for things left on the shop's floor. `items` keeps them as things come and go. The console asks before a
deal; the simulator's leader always says yes, and steals only when its purse is too light (docs/fidelity.md).
Source: src/dungeon_kecleon_shop.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.items import MAX_MONEY, is_sold, item_at, lay_item, take_item
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    active_slot,
    is_alive,
    is_asleep,
    is_charging,
    leader_of,
    runs_away,
)
from pmd_gym.simulator.movement import TURNS_DOWN, TURNS_UP, appear_at, face, forget_aim, may_land, spin
from pmd_gym.simulator.sight import direction_to, distance, is_on_screen
from pmd_gym.simulator.speed import speed_stage

KEEPER = 1
"""Value of a monster's `shopkeeper` while it keeps shop."""

NOT_WARE = 255 - ids.ITEM_IN_SHOP
CORRIDOR = layout.CORRIDOR


@kernel
def debt(world: Any) -> int:
    """What the team owes for wares that it has taken."""
    return world.shop_opening_value - world.shop_stock_value


@kernel
def keeper_in_room(game: Any, leader: int) -> int:
    """Slot of the first keeper in the leader's room that can speak, -1 for none."""
    world = game.world
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if not is_alive(game, slot) or world.monsters[slot].shopkeeper != KEEPER or not can_talk(game, slot):
            continue
        if world.entities[slot].room == world.entities[leader].room:
            return slot
    return -1


@kernel
def can_talk(game: Any, slot: int) -> bool:
    """True unless a status keeps a monster from speaking (src/dungeon_logic.c, sub_8070BC0)."""
    monster = game.world.monsters[slot]
    cringe, freeze, sight = monster.cringe_status, monster.freeze_status, monster.sight_status
    if is_charging(monster) or runs_away(game, slot) or monster.muzzled == 1 or monster.conceal_status == ids.INVISIBLE:
        return False
    if is_asleep(monster) or monster.sleep_status == ids.YAWNING:
        return False
    if freeze == ids.PETRIFIED or freeze == ids.FROZEN or freeze == ids.WRAP or freeze == ids.WRAPPED:
        return False
    if sight == ids.CROSS_EYED or sight == ids.BLINKER or monster.curse_status == ids.DECOY:
        return False
    return cringe != ids.CONFUSED and cringe != ids.CRINGE and cringe != ids.PAUSED and cringe != ids.INFATUATED


@kernel
def watch_leader(game: Any, rules: Any, forced: bool) -> None:
    """After the leader has come to a tile: a keeper settles with one who leaves the shop, or raises the alarm.

    `forced` settles without a step out of the shop (goods carried off, an invisible leader seen again).
    """
    world = game.world
    leader = leader_of(game)
    if floor_over(game):
        return
    here = world.entities[leader].pos
    was_in, is_in = world.leader_in_shop != 0, world.tiles[here.y, here.x].terrain & ids.SHOP != 0
    world.leader_in_shop = is_in
    if world.stole or world.shop_opening_value == 0:
        return
    if world.monsters[leader].conceal_status == ids.INVISIBLE:
        world.leader_in_shop = 0
        return
    if not is_in and (was_in or forced):
        settle_accounts(game, rules, leader)


@kernel
def settle_accounts(game: Any, rules: Any, leader: int) -> None:
    """Let the keeper come and deal; without one, or out of its room, unpaid goods are stolen goods."""
    owes = debt(game.world) > 0 or game.world.shop_sell_offer != 0
    keeper = keeper_in_room(game, leader)
    asks = owes and keeper >= 0 and confront(game, rules, leader, keeper)
    if owes and not asks:
        if debt(game.world) > 0:
            raise_alarm(game, rules)
        return
    if asks:
        sell(game, rules)
        if not pay(game, rules):
            raise_alarm(game, rules)


@kernel
def confront(game: Any, rules: Any, leader: int, keeper: int) -> bool:
    """Bring the keeper to the leader's side, face to face; False when the leader cannot talk."""
    world = game.world
    here, there = world.entities[leader].pos, world.entities[keeper].pos
    if distance(here.x, here.y, there.x, there.y) >= 2:
        place = free_place(game, rules, keeper, here.x, here.y)
        if place >= 0:
            if is_on_screen(game, keeper):
                spin(game, keeper, TURNS_UP)
            appear_at(game, keeper, here.x + place // 3 - 1, here.y + place % 3 - 1)
            forget_aim(game, keeper)
            if is_on_screen(game, keeper):
                spin(game, keeper, TURNS_DOWN)
    talks = can_talk(game, leader)
    if talks:
        face(game, leader, direction_to(here.x, here.y, there.x, there.y))
    world.entities[keeper].sprite_direction = direction_to(there.x, there.y, here.x, here.y)
    return talks


@kernel
def free_place(game: Any, rules: Any, slot: int, x: int, y: int) -> int:
    """Number 0..8 of the first tile around (x, y), column by column, in a room and free for a monster; -1 for none."""
    for place in range(9):
        to_x, to_y = x + place // 3 - 1, y + place % 3 - 1
        if game.world.tiles[to_y, to_x].room != CORRIDOR and may_land(game, rules, slot, to_x, to_y):
            return place
    return -1


@kernel
def talk(game: Any, rules: Any) -> None:
    """Deal with the keeper by speaking to it; outside the shop, one who cannot pay is a thief."""
    sell(game, rules)
    if not pay(game, rules):
        here = game.world.entities[leader_of(game)].pos
        if game.world.tiles[here.y, here.x].terrain & ids.SHOP == 0:
            raise_alarm(game, rules)


@kernel
def sell(game: Any, rules: Any) -> None:
    """Sell everything of the team's that lies on the shop's floor; it becomes a ware."""
    world = game.world
    if world.shop_sell_offer == 0:
        return
    game.money = min(game.money + world.shop_sell_offer, MAX_MONEY)
    say(game, Message.SOLD, -1, 0, world.shop_sell_offer)
    before = world.shop_stock_value
    area = world.kecleon_shop
    for x in range(area[0], area[2] + 1):
        for y in range(area[1], area[3] + 1):
            index = item_at(game, x, y)
            if index < 0 or world.tiles[y, x].terrain & ids.SHOP == 0:
                continue
            lying, sold = world.floor_items[index], game.new_item
            if lying.flags & ids.ITEM_IN_SHOP:
                continue
            sold.flags, sold.id, sold.quantity = lying.flags, lying.id, lying.quantity
            take_item(game, rules, x, y)
            if is_sold(rules, sold.id):
                sold.flags |= ids.ITEM_IN_SHOP
            lay_item(game, rules, x, y, sold)
    world.shop_opening_value += world.shop_stock_value - before


@kernel
def pay(game: Any, rules: Any) -> bool:
    """Pay what is owed; False when the purse does not hold enough."""
    world = game.world
    owed = debt(world)
    if owed <= 0:
        return True
    if game.money < owed:
        return False
    game.money -= owed
    say(game, Message.PAID, -1, 0, owed)
    for index in range(layout.MAX_ITEMS):
        entity = world.all_entities[MAX_MONSTERS + index]
        if entity.kind == ids.ITEM and world.tiles[entity.pos.y, entity.pos.x].terrain & ids.SHOP == 0:
            world.floor_items[index].flags &= NOT_WARE
    own_all(game)
    world.shop_opening_value = world.shop_stock_value
    return True


@kernel
def own_all(game: Any) -> None:
    """What anybody carries is no ware any more."""
    for index in range(layout.BAG_SLOTS):
        game.inventory_data.bag[index].flags &= NOT_WARE
    for slot in range(MAX_MONSTERS):
        if is_alive(game, slot):
            game.world.monsters[slot].held_item.flags &= NOT_WARE


@kernel
def raise_alarm(game: Any, rules: Any) -> None:
    """Theft: every keeper turns on the team, Kecleon hurry and keep coming, and the wares have no owner."""
    world = game.world
    world.stole = 1
    say(game, Message.STOLE, -1, 0, 0)
    for index in range(layout.MAX_ITEMS):
        world.floor_items[index].flags &= NOT_WARE
    own_all(game)
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0:
            world.monsters[slot].shopkeeper = 0
            speed_stage(game, rules, slot)
    world.shop_opening_value, world.shop_stock_value, world.shop_sell_offer = 0, 0, 0
