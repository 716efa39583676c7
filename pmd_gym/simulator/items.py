"""Things on the floor: what they are, where they lie and fall, what a shop asks (mechanics sections 3.8 and 13).

The bag and the hand are in `bag`; what items do is in `item_use` and `throwing`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import MAX_MONSTERS, address_of, slot_of
from pmd_gym.simulator.movement import LAVA_TERRAIN
from pmd_gym.simulator.rng import Draw, general_range, roll

ITEM_ROLL, STICKY, MONEY, TRAP_KIND = int(Draw.ITEM_ROLL), int(Draw.STICKY), int(Draw.MONEY), int(Draw.TRAP_KIND)
FIRST_ITEM = MAX_MONSTERS
FIRST_TRAP = MAX_MONSTERS + layout.MAX_ITEMS
RECORD_ITEMS = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.floor_items").offset
RECORD_TRAPS = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.floor_traps").offset
TABLE_FLOOR, TABLE_SHOP, TABLE_HOUSE, TABLE_WALL = 0, 1, 2, 3
WEIGHT_TOTAL = 10000
MONEY_STEP = 40
CHESTNUT_TRAP = 16
MAX_MONEY = layout.constant("max_money")
ABYSS = 3
"""Ground that is neither wall, floor nor liquid: an item that falls there is gone."""


@kernel
def draw_item(game: Any, rules: Any, table: int) -> int:
    """Item id from one of the floor's four tables: category, then item (src/dungeon_floor_spawns.c)."""
    spawns = game.world.item_spawns[table]
    drawn = roll(game, WEIGHT_TOTAL, ITEM_ROLL)
    category = -1
    for index in range(len(spawns.category_weights)):
        if spawns.category_weights[index] != 0 and spawns.category_weights[index] >= drawn:
            category = index
            break
    if category < 0:
        return ids.POKE
    drawn = roll(game, WEIGHT_TOTAL, ITEM_ROLL)
    for item in range(len(spawns.item_weights)):
        weight = spawns.item_weights[item]
        if weight != 0 and weight >= drawn and rules.items[item].category == category:
            return item
    return ids.POKE


@kernel
def make_item(game: Any, rules: Any, item: Any, item_id: int) -> None:
    """Fill an item record with a new item as found on the floor: stack size, stickiness, amount of money."""
    kind = rules.items[item_id]
    turn_into(item, item_id)
    if kind.category <= 1:
        item.quantity = general_range(game, kind.amount_low, kind.amount_high)
    if can_be_sticky(item_id) and roll(game, 100, STICKY) < game.world.sticky_chance:
        item.flags |= ids.ITEM_STICKY
    if item_id == ids.POKE:
        amount = roll(game, 100, MONEY)
        while amount > 0 and rules.money[amount] > game.world.money_cap * MONEY_STEP:
            amount //= 2
        item.quantity = amount


@kernel
def can_be_sticky(item_id: int) -> bool:
    """Everything but money, the parts of the story's machines and the like (src/items.c, IsNotSpecialItem)."""
    return item_id != ids.POKE and not (ids.FIRST_PART <= item_id <= ids.LAST_PART)


@kernel
def table_for(tile: Any) -> int:
    """Which of the four item tables a tile draws from."""
    if tile.terrain & ids.SHOP:
        return TABLE_SHOP
    if tile.terrain & ids.GROUND_MASK == ids.WALL:
        return TABLE_WALL
    return TABLE_HOUSE if tile.terrain & ids.MONSTER_HOUSE else TABLE_FLOOR


@kernel
def is_sold(rules: Any, item_id: int) -> bool:
    """True for items that a shop can sell: both prices are known, no money, no story item (src/items.c)."""
    kind = rules.items[item_id]
    return can_be_sticky(item_id) and kind.buy != 0 and kind.sell != 0


@kernel
def stack_price(rules: Any, item: Any, buying: bool) -> int:
    """What a shop asks for an item, or pays; throwing items count by the piece."""
    kind = rules.items[item.id]
    if not is_sold(rules, item.id):
        return 0
    price = kind.buy if buying else kind.sell
    return price * item.quantity if kind.category <= ids.THROWN_ARC else price


@kernel
def count_in_shop(game: Any, rules: Any, tile: Any, item: Any, sign: int) -> None:
    """Keep the shop's sums when an item comes to (+1) or leaves (-1) a tile of it: wares, and what is offered to it."""
    if tile.terrain & ids.SHOP == 0:
        return
    if item.flags & ids.ITEM_IN_SHOP:
        game.world.shop_stock_value += sign * stack_price(rules, item, True)
    else:
        game.world.shop_sell_offer += sign * stack_price(rules, item, False)


@kernel
def lay_item(game: Any, rules: Any, x: int, y: int, item: Any) -> int:
    """Put an item on a tile; its index 0..63, or -1 when all slots are taken or lava swallows it."""
    world = game.world
    tile = world.tiles[y, x]
    if tile.terrain & ids.GROUND_MASK == ids.SECONDARY and rules.secondary_terrain[world.tileset] == LAVA_TERRAIN:
        return -1
    for index in range(layout.MAX_ITEMS):
        entity = world.all_entities[FIRST_ITEM + index]
        if entity.kind != 0:
            continue
        entity.kind, entity.visible, entity.spawn_id = ids.ITEM, 1, 0
        entity.pos.x, entity.pos.y = x, y
        entity.pixel.x, entity.pixel.y = (x * 24 + 4) * 256, (y * 24 + 4) * 256
        entity.info = RECORD_ITEMS + index * 4
        lying = world.floor_items[index]
        lying.flags, lying.id, lying.quantity = item.flags & ~ids.ITEM_SET, item.id, item.quantity
        tile.object = address_of(FIRST_ITEM + index)
        count_in_shop(game, rules, tile, lying, 1)
        count_items(game)
        return index
    return -1


@kernel
def drop(game: Any, rules: Any, x: int, y: int, item: Any, here: bool) -> bool:
    """Let an item fall at a tile, or beside it when that is taken; `here` is False where it may not lie on the tile.

    A trap on the tile shows. True when it lies somewhere or fell into an abyss; otherwise it is lost
    (src/dungeon_items.c, SpawnDroppedItem).
    """
    show_trap(game, x, y)
    for index in range(0 if here else 1, len(ids.NEAR)):
        to_x, to_y = x + ids.NEAR[index][0], y + ids.NEAR[index][1]
        if to_x < 0 or to_y < 0 or to_x >= layout.MAP_WIDTH or to_y >= layout.MAP_HEIGHT:
            continue
        tile = game.world.tiles[to_y, to_x]
        ground = tile.terrain & ids.GROUND_MASK
        if ground == ids.WALL or tile.terrain & ids.STAIRS or tile.object != 0:
            continue
        return ground == ABYSS or lay_item(game, rules, to_x, to_y, item) >= 0
    return False


@kernel
def show_trap(game: Any, x: int, y: int) -> None:
    """Make a trap on a tile visible."""
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return
    index = slot_of(game.world.tiles[y, x].object)
    if index >= FIRST_TRAP:
        game.world.all_entities[index].visible = 1


@kernel
def count_items(game: Any) -> None:
    """Set `item_limit` to the highest used slot plus one."""
    limit = 0
    for index in range(layout.MAX_ITEMS):
        if game.world.all_entities[FIRST_ITEM + index].kind != 0:
            limit = index + 1
    game.world.item_limit = limit


@kernel
def item_at(game: Any, x: int, y: int) -> int:
    """Index 0..63 of the item on a tile, -1 for none."""
    index = slot_of(game.world.tiles[y, x].object)
    return index - FIRST_ITEM if FIRST_ITEM <= index < FIRST_TRAP else -1


@kernel
def remove_item(game: Any, x: int, y: int) -> None:
    """Make the item on a tile vanish; the shop's sums stay."""
    index = item_at(game, x, y)
    if index >= 0:
        game.world.tiles[y, x].object = 0
        game.world.all_entities[FIRST_ITEM + index].kind = 0
        count_items(game)


@kernel
def take_item(game: Any, rules: Any, x: int, y: int) -> None:
    """Take the item off a tile, out of the shop's sums if it is one of the shop's."""
    index = item_at(game, x, y)
    if index >= 0:
        count_in_shop(game, rules, game.world.tiles[y, x], game.world.floor_items[index], -1)
        remove_item(game, x, y)


@kernel
def destroy_item(game: Any, rules: Any, x: int, y: int) -> None:
    """Make the item on a tile vanish without anybody having taken it: a ware is not owed, an offer is gone."""
    index = item_at(game, x, y)
    if index >= 0 and game.world.floor_items[index].flags & ids.ITEM_IN_SHOP == 0:
        take_item(game, rules, x, y)
    else:
        remove_item(game, x, y)


@kernel
def draw_trap(game: Any) -> int:
    """Trap id from the floor's table."""
    drawn = roll(game, WEIGHT_TOTAL, TRAP_KIND)
    for trap in range(len(game.world.trap_spawns)):
        if game.world.trap_spawns[trap] != 0 and game.world.trap_spawns[trap] >= drawn:
            return trap
    return CHESTNUT_TRAP


@kernel
def lay_trap(game: Any, x: int, y: int, trap: int) -> None:
    """Put a trap of the floor on a tile; a wonder tile is visible and works for the team only."""
    world = game.world
    for index in range(layout.MAX_TRAPS):
        entity = world.all_entities[FIRST_TRAP + index]
        if entity.kind != 0:
            continue
        wonder = trap == ids.WONDER_TILE
        entity.kind, entity.visible, entity.spawn_id = ids.TRAP, 1 if wonder else 0, 0
        entity.pos.x, entity.pos.y = x, y
        entity.info = RECORD_TRAPS + index * 4
        world.floor_traps[index].id, world.floor_traps[index].side = trap, 2 if wonder else 0
        world.tiles[y, x].object = address_of(FIRST_TRAP + index)
        return


@kernel
def turn_into(item: Any, item_id: int) -> None:
    """The item becomes a clean one of this kind, without an amount."""
    item.flags, item.id, item.quantity = ids.ITEM_EXISTS, item_id, 0


@kernel
def copy_item(to: Any, item: Any) -> None:
    """Copy an item's record."""
    to.flags, to.quantity, to.id = item.flags, item.quantity, item.id


@kernel
def clear_item(item: Any) -> None:
    """Make a place empty."""
    item.flags, item.quantity, item.id = 0, 0, 0
