"""Moves and orbs that act on items: in the hand, in the bag, on the floor.

Sources: src/move_orb_actions_3.c to _5.c, src/trawl_orb.c. How items lie and fall is in `items`, hands are in `bag`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.bag import feel_held_item
from pmd_gym.simulator.blows import blow, earn, side_effect_lands, side_effect_rolls, type_of
from pmd_gym.simulator.displace import expel
from pmd_gym.simulator.effect_kinds import FACTOR_ONE
from pmd_gym.simulator.fainting import faint
from pmd_gym.simulator.items import (
    FIRST_ITEM,
    TABLE_FLOOR,
    clear_item,
    copy_item,
    draw_item,
    drop,
    lay_item,
    make_item,
    take_item,
)
from pmd_gym.simulator.monsters import has_ability, holds, is_alive
from pmd_gym.simulator.settle import wake_sleepers
from pmd_gym.simulator.shop import watch_leader
from pmd_gym.simulator.special_kinds import Special

STEAL, TRICK, KNOCK_OFF, PAY_DAY = int(Special.STEAL), int(Special.TRICK), int(Special.KNOCK_OFF), int(Special.PAY_DAY)
RECYCLE, CLEANSE, TRAWL, ITEMIZE = int(Special.RECYCLE), int(Special.CLEANSE), int(Special.TRAWL), int(Special.ITEMIZE)
FIRST_TM = 125
BECAME_ITEM = 536
"""Exit reason of a leader turned into an item (src/constants/dungeon_exit.h)."""
MOST_TRAWLED = 25
TRAWL_REACH = 2
QUANTITIES, KINDS, SLOTS = 32, 64, 32
"""Parts of the scratch arrays `options_x` and `options_y` that hold the items of a Trawl Orb on their way."""


@kernel
def apply_items(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """Carry out an effect of this file; True when it had any."""
    if kind == STEAL:
        return steal(game, rules, slot, target, move, item_id)
    if kind == TRICK:
        return trade(game, rules, slot, target)
    if kind == KNOCK_OFF:
        return knock_off(game, rules, slot, target)
    if kind == PAY_DAY:
        return scatter_money(game, rules, slot, target, move, item_id)
    if kind == RECYCLE:
        return recycle(game, target)
    if kind == CLEANSE:
        return cleanse(game, target)
    if kind == TRAWL:
        trawl(game, rules, slot)
        return True
    return kind == ITEMIZE and itemize(game, rules, slot, target)


@kernel
def is_there(item: Any) -> bool:
    return item.flags & ids.ITEM_EXISTS != 0


@kernel
def clings(monster: Any) -> bool:
    """True when nobody can take what it holds: Sticky Hold, Alert Specs."""
    return has_ability(monster, ids.STICKY_HOLD) or holds(monster, ids.ALERT_SPECS)


@kernel
def feel(game: Any, rules: Any, slot: int) -> None:
    """A monster notices that its hand holds something else; sleepers hear a Racket Band."""
    if feel_held_item(game, slot):
        wake_sleepers(game, rules)


@kernel
def plain_blow(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """A blow with the move's own type; True when it did damage."""
    kind = type_of(rules, game.world.monsters[slot], move.id)
    return blow(game, rules, slot, target, move, kind, FACTOR_ONE, item_id) != 0


@kernel
def steal(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """A blow, then the empty hand takes what the target holds."""
    if not plain_blow(game, rules, slot, target, move, item_id):
        return False
    if not side_effect_lands(game, slot, target, 0):
        return True
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    if not clings(theirs) and not is_there(mine.held_item) and is_there(theirs.held_item):
        copy_item(mine.held_item, theirs.held_item)
        clear_item(theirs.held_item)
        feel(game, rules, slot)
        feel(game, rules, target)
        earn(game, slot)
    return True


@kernel
def trade(game: Any, rules: Any, slot: int, target: int) -> bool:
    """Trick: both hands change their items; both must hold one."""
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    if clings(theirs) or not is_there(mine.held_item) or not is_there(theirs.held_item):
        return False
    copy_item(game.loose_item, mine.held_item)
    copy_item(mine.held_item, theirs.held_item)
    copy_item(theirs.held_item, game.loose_item)
    feel(game, rules, slot)
    feel(game, rules, target)
    earn(game, slot)
    return True


@kernel
def knock_off(game: Any, rules: Any, slot: int, target: int) -> bool:
    """The target's item falls before the feet of the one behind it, as the user looks; no damage."""
    theirs, there = game.world.monsters[target], game.world.entities[target].pos
    if clings(theirs) or not is_there(theirs.held_item):
        return False
    direction = game.world.monsters[slot].direction
    copy_item(game.loose_item, theirs.held_item)
    clear_item(theirs.held_item)
    drop(game, rules, there.x + ids.DX[direction], there.y + ids.DY[direction], game.loose_item, True)
    expel(game, rules, target)
    return True


@kernel
def scatter_money(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """Pay Day: money where the target stood, if the blow felled it."""
    if not plain_blow(game, rules, slot, target, move, item_id):
        return False
    if side_effect_rolls(game, slot, 0) and not is_alive(game, target):
        there = game.world.entities[target].pos
        make_item(game, rules, game.loose_item, ids.POKE)
        drop(game, rules, there.x, there.y, game.loose_item, True)
    return True


@kernel
def recycle(game: Any, target: int) -> bool:
    """The used TMs of the team's bag and of the target's hand work again."""
    if game.world.monsters[target].is_enemy:
        return False
    done = recharge(game.world.monsters[target].held_item)
    for index in range(layout.BAG_SLOTS):
        if game.inventory_data.bag[index].flags & ids.ITEM_IN_SHOP == 0:
            done = recharge(game.inventory_data.bag[index]) or done
    return done


@kernel
def recharge(item: Any) -> bool:
    """A used TM keeps in its quantity which one it was."""
    if not is_there(item) or item.id != ids.USED_TM:
        return False
    item.flags, item.id, item.quantity = ids.ITEM_EXISTS, item.quantity + FIRST_TM, 0
    return True


@kernel
def cleanse(game: Any, target: int) -> bool:
    """Nothing in the team's bag and hands is sticky any more; wares of a shop stay as they are."""
    if game.world.monsters[target].is_enemy:
        return False
    done = False
    for index in range(layout.BAG_SLOTS):
        if game.inventory_data.bag[index].flags & ids.ITEM_IN_SHOP == 0:
            done = wipe(game.inventory_data.bag[index]) or done
    for member in range(layout.MAX_TEAM):
        if is_alive(game, member):
            done = wipe(game.world.monsters[member].held_item) or done
    return done


@kernel
def wipe(item: Any) -> bool:
    sticky = is_there(item) and item.flags & ids.ITEM_STICKY != 0
    item.flags &= ~ids.ITEM_STICKY
    return sticky


@kernel
def itemize(game: Any, rules: Any, slot: int, target: int) -> bool:
    """The target becomes an item of the floor; bosses and clients do not. Nobody gains experience."""
    if game.world.monsters[target].behavior != 0:
        return False
    there = game.world.entities[target].pos
    game.world.entities[target].visible = 0
    make_item(game, rules, game.loose_item, draw_item(game, rules, TABLE_FLOOR))
    drop(game, rules, there.x, there.y, game.loose_item, True)
    faint(game, target, BECAME_ITEM)
    return True


@kernel
def trawl(game: Any, rules: Any, slot: int) -> None:
    """Pull up to 25 items of the floor to the free tiles around the user; what is near or in a wall stays."""
    here = game.world.entities[slot].pos
    count, used, moved = 0, 0, 0
    for index in range(game.world.item_limit):
        if count == MOST_TRAWLED:
            break
        if not can_trawl(game, index, here):
            continue
        count += 1
        place = find_place(game, here, used)
        if place >= 0:
            used |= 1 << place
            lift(game, index, moved, place)
            moved += 1
    for index in range(moved):
        there = game.world.all_entities[FIRST_ITEM + game.options_y[SLOTS + index]].pos
        take_item(game, rules, there.x, there.y)
    for index in range(moved):
        item = game.loose_item
        item.flags, item.quantity = game.options_x[index], game.options_x[QUANTITIES + index]
        item.id = game.options_x[KINDS + index]
        place = game.options_y[index]
        lay_item(game, rules, here.x + ids.NEAR[place][0], here.y + ids.NEAR[place][1], item)
    if count:
        watch_leader(game, rules, True)


@kernel
def can_trawl(game: Any, index: int, here: Any) -> bool:
    """True for an item that lies open and more than two tiles away."""
    entity = game.world.all_entities[FIRST_ITEM + index]
    if entity.kind == 0 or max(abs(entity.pos.x - here.x), abs(entity.pos.y - here.y)) <= TRAWL_REACH:
        return False
    return game.world.tiles[entity.pos.y, entity.pos.x].terrain & ids.GROUND_MASK != ids.WALL


@kernel
def find_place(game: Any, here: Any, used: int) -> int:
    """Index in `NEAR` of the first free tile that no other item has taken; -1 for none. `used` holds a bit for each."""
    for place in range(len(ids.NEAR)):
        if (used >> place) & 1:
            continue
        x, y = here.x + ids.NEAR[place][0], here.y + ids.NEAR[place][1]
        if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
            continue
        tile = game.world.tiles[y, x]
        if tile.terrain & (ids.GROUND_MASK | ids.STAIRS) == ids.NORMAL and tile.object == 0:
            return place
    return -1


@kernel
def lift(game: Any, index: int, number: int, place: int) -> None:
    """Note an item, its slot and its new place in the scratch arrays, before any slot is freed."""
    item = game.world.floor_items[index]
    game.options_x[number], game.options_x[QUANTITIES + number] = item.flags, item.quantity
    game.options_x[KINDS + number] = item.id
    game.options_y[number], game.options_y[SLOTS + number] = place, index
