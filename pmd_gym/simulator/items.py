"""Things on the floor: laying them out, drawing what they are, and picking them up (mechanics sections 3.8 and 13)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.combat import floor_over
from pmd_gym.simulator.monsters import MAX_MONSTERS, address_of, cannot_use_items, is_alive, runs_away, slot_of
from pmd_gym.simulator.movement import LAVA_TERRAIN
from pmd_gym.simulator.rng import Draw, general_range, roll

ITEM_ROLL, STICKY, MONEY, TRAP_KIND = int(Draw.ITEM_ROLL), int(Draw.STICKY), int(Draw.MONEY), int(Draw.TRAP_KIND)
FIRST_ITEM = MAX_MONSTERS
FIRST_TRAP = MAX_MONSTERS + layout.MAX_ITEMS
RECORD_ITEMS = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.floor_items").offset
RECORD_TRAPS = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.floor_traps").offset
TABLE_FLOOR, TABLE_SHOP, TABLE_HOUSE, TABLE_WALL = 0, 1, 2, 3
WEIGHT_TOTAL = 10000
MAX_STACK = 99
MAX_MONEY = layout.constant("max_money")
MONEY_STEP = 40
CHESTNUT_TRAP = 16
SPECIAL_ITEMS = 6  # category of money; the parts and the Music Box are never sticky either


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
    item.flags, item.id, item.quantity = ids.ITEM_EXISTS, item_id, 0
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
    """True for items that a shop can sell: both prices are known and it is not money."""
    kind = rules.items[item_id]
    return item_id != ids.POKE and kind.buy != 0 and kind.sell != 0


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
        count_items(game)
        return index
    return -1


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
    """Take the item off a tile."""
    index = item_at(game, x, y)
    if index >= 0:
        game.world.tiles[y, x].object = 0
        game.world.all_entities[FIRST_ITEM + index].kind = 0
        count_items(game)


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
def pick_up(game: Any, rules: Any, slot: int) -> None:
    """Pick up what lies under a monster, as the leader by walking or as the AI by an action.

    Money goes to the purse, stacks join a stack, the team's things go to the bag (while it exists and has room) or to
    the empty hand; wild monsters use the hand only. What finds no place stays where it is.
    """
    world = game.world
    here, monster = world.entities[slot].pos, world.monsters[slot]
    index = item_at(game, here.x, here.y)
    if index < 0 or floor_over(game) or runs_away(game, slot):
        return
    item = world.floor_items[index]
    if item.flags & ids.ITEM_IN_SHOP:
        return
    if item.id == ids.POKE and not monster.is_enemy:
        game.money = min(game.money + rules.money[item.quantity], MAX_MONEY)
        remove_item(game, here.x, here.y)
        return
    uses_bag = world.has_inventory and not monster.is_enemy
    if store(game, item, monster, uses_bag, not uses_bag or not monster.is_leader):
        remove_item(game, here.x, here.y)


@kernel
def store(game: Any, item: Any, monster: Any, uses_bag: bool, uses_hand: bool) -> bool:
    """Put an item into a stack, the bag or the hand; False when there is no room."""
    bag = game.inventory_data.bag
    if item.id <= ids.GEO_PEBBLE and (
        (uses_bag and join_stack(bag, item)) or (uses_hand and joins(monster.held_item, item, False))
    ):
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
def copy_item(to: Any, item: Any) -> None:
    to.flags, to.quantity, to.id = item.flags, item.quantity, item.id


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
