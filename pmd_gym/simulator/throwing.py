"""Throwing: an item flies in a line or in an arc, hits, is caught, misses, bounces or falls (mechanics section 13).

What it does to whom it hits is in `item_use`. Sources: src/dungeon_projectile_throw.c, src/dungeon_action_handler.c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import FOE, treatment
from pmd_gym.simulator.bag import IN_HAND, ON_GROUND, look_up, take_one, use_up
from pmd_gym.simulator.hp_loss import rouse
from pmd_gym.simulator.item_use import reach
from pmd_gym.simulator.items import drop, lay_item
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monster_house import wake_house
from pmd_gym.simulator.monsters import MAX_TEAM, holds, is_alive, is_dazed, monster_at, runs_away
from pmd_gym.simulator.rng import Draw, roll

OTHER = int(Draw.OTHER)
HIT_CHANCE = 90
REACH, LONG_REACH = 10, 99
NO_TARGET = -1
BYTE = 0xFF
ARC_REACH, ARC_SHORT, ARC_BLIND = 10, 2, 3
MET, FELL, GONE = 0, 1, 2
"""How a flight ends: at somebody, on the ground, beyond the map."""
KEEPER = 1  # peaceful shopkeeper
DIGLETT, CLIENT = 4, 1

BENDS = np.array([
    [2, 6, 4, 0], [2, 0, 4, 6], [4, 0, 6, 2], [4, 2, 6, 0], [6, 2, 0, 4], [6, 4, 2, 0], [0, 4, 2, 6], [0, 6, 2, 4],
], np.int64)  # fmt: skip
"""Where an item under a Curve Band turns before a wall, by its direction (src/dungeon_pos_data.c, gUnknown_80F4D64)."""


@kernel
def throw(game: Any, rules: Any, slot: int) -> None:
    """Throw the item that the action names: one piece of a stack, or the whole item (sub_80671A0)."""
    monster, item = game.world.monsters[slot], game.used_item
    place = int(monster.action_param0)
    look_up(game, slot, place, item)
    missile = rules.items[item.id].category <= ids.THROWN_ARC
    sticks = item.flags & ids.ITEM_STICKY != 0 and (place == IN_HAND or missile)
    if item.flags & ids.ITEM_EXISTS == 0 or sticks or runs_away(game, slot):
        return
    say(game, Message.THREW, slot, item.id, 0)
    item.flags &= ~ids.ITEM_SET
    if missile and item.quantity > 1 and place != ON_GROUND:
        take_one(game, slot, place)
    else:
        use_up(game, rules, slot, place)
        if missile and item.quantity > 1:
            leave_rest(game, rules, slot, item)
    if holds(monster, ids.NO_AIM_SCOPE):
        monster.direction = roll(game, 8, OTHER)
    if missile:
        item.quantity = 1
    let_fly(game, rules, slot, item)
    if is_alive(game, slot):
        wake_house(game, rules, slot)


@kernel
def leave_rest(game: Any, rules: Any, slot: int, item: Any) -> None:
    """Put back what remains of a stack that was thrown from the ground."""
    here = game.world.entities[slot].pos
    item.quantity -= 1
    lay_item(game, rules, here.x, here.y, item)


@kernel
def let_fly(game: Any, rules: Any, slot: int, item: Any) -> None:
    """Let the item go in the way of its kind, with what the thrower's status and held item do to the flight."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    pierces = monster.throw_status == ids.PIERCE or holds(monster, ids.PIERCE_BAND)
    far = pierces or monster.throw_status == ids.LONG_TOSS
    sure = pierces or holds(monster, ids.LOCKON_SPECS)
    if rules.items[item.id].category == ids.THROWN_ARC:
        aim_arc(game, slot)
        fly_arc(game, rules, slot, item, game.options_x[0], game.options_y[0], sure)
    else:
        steps = LONG_REACH if far else REACH
        fly_line(game, rules, slot, item, here.x, here.y, monster.direction, steps, pierces, sure)


@kernel
def fly_line(
    game: Any, rules: Any, slot: int, item: Any, x: int, y: int, direction: int, steps: int, pierces: bool, sure: bool
) -> None:
    """Fly straight on from a tile: up to the first monster or wall, or through everything, then take effect."""
    bends = holds(game.world.monsters[slot], ids.CURVE_BAND) and not pierces
    met, end = 0, FELL
    for _ in range(steps):
        if bends:
            direction = bend(game, x, y, direction)
        to_x, to_y = x + ids.DX[direction], y + ids.DY[direction]
        if to_x < 0 or to_y < 0 or to_x >= layout.MAP_WIDTH or to_y >= layout.MAP_HEIGHT:
            end = GONE
            break
        if is_wall(game, to_x, to_y) and not pierces:
            break
        x, y = to_x, to_y
        other = monster_at(game, x, y)
        if other < 0:
            continue
        if holds(game.world.monsters[other], ids.BOUNCE_BAND) and not pierces:
            direction = (direction + 4) & 7
        elif not game.world.monsters[other].in_the_air:
            game.struck[met], game.struck_hit[met] = other, hits(game, slot, other)
            met += 1
            if not pierces:
                end = MET
                break
    for index in range(met):
        if game.struck_hit[index]:
            rouse(game, game.struck[index])
            reach(game, rules, slot, game.struck[index], item, True, sure)
        elif not pierces:
            end = FELL
    if end == FELL:
        drop(game, rules, x, y, item, True)


@kernel
def bend(game: Any, x: int, y: int, direction: int) -> int:
    """Direction of flight before a wall: the first of the four bends that is open."""
    if not is_wall(game, x + ids.DX[direction], y + ids.DY[direction]):
        return direction
    for turn in range(4):
        other = BENDS[direction, turn]
        if not is_wall(game, x + ids.DX[other], y + ids.DY[other]):
            return other
    return direction


@kernel
def is_wall(game: Any, x: int, y: int) -> bool:
    """True for walls and everything beyond the map."""
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return True
    return game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL


@kernel
def hits(game: Any, slot: int, other: int) -> bool:
    """One draw whether the item hits; specs and scarf overrule it. Keepers and clients: no draw, no hit."""
    source, target = game.world.monsters[slot], game.world.monsters[other]
    if target.shopkeeper == KEEPER or target.behavior == DIGLETT or target.behavior == CLIENT:
        return False
    struck = roll(game, 100, OTHER) < HIT_CHANCE
    if holds(source, ids.WHIFF_SPECS):
        struck = False
    elif holds(source, ids.LOCKON_SPECS):
        struck = True
    return struck and not holds(target, ids.DODGE_SCARF)


@kernel
def fly_arc(game: Any, rules: Any, slot: int, item: Any, x: int, y: int, sure: bool) -> None:
    """Fly over everything to a tile: hit who stands there, or fall beside it."""
    other = monster_at(game, x, y)
    if other >= 0 and not game.world.monsters[other].in_the_air:
        bounces = holds(game.world.monsters[other], ids.BOUNCE_BAND)
        if not bounces and hits(game, slot, other):
            rouse(game, other)
            reach(game, rules, slot, other, item, True, sure)
            return
    drop(game, rules, x, y, item, False)


@kernel
def aim_arc(game: Any, slot: int) -> None:
    """Write where an arc goes to `options_*[0]`: the AI's choice, else the nearest foe in the quarter ahead."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    direction = monster.direction
    ahead = ARC_SHORT
    if is_dazed(monster, True):
        ahead = ARC_BLIND
    elif monster.throw_target.x != NO_TARGET or monster.throw_target.y != NO_TARGET:
        game.options_x[0], game.options_y[0] = monster.throw_target.x, monster.throw_target.y
        return
    elif find_foe_ahead(game, slot):
        return
    game.options_x[0] = (here.x + ahead * ids.DX[direction]) & BYTE  # beyond the map's edge is far beyond it
    game.options_y[0] = (here.y + ahead * ids.DY[direction]) & BYTE


@kernel
def find_foe_ahead(game: Any, slot: int) -> bool:
    """Look for a foe row by row in the quarter ahead, into `options_*[0]` (src/dungeon_pos_data.c)."""
    direction = game.world.monsters[slot].direction
    for away in range(1, ARC_REACH + 1):
        sides = away - 2 if away == ARC_REACH and direction & 3 == 0 else away - 1
        for step in range(2 * sides + 1):
            if is_foe_at(game, slot, direction, away, (step + 1) // 2, step & 1 == 1):
                return True
    return False


@kernel
def is_foe_at(game: Any, slot: int, direction: int, away: int, aside: int, first: bool) -> bool:
    """True when a foe stands on a tile of the quarter ahead, which is then in `options_*[0]`.

    `away` counts rows from the thrower, `aside` columns from the middle, `first` tells the two sides apart.
    """
    here = game.world.entities[slot].pos
    if direction & 1:
        forward, across = away, away - aside
        x, y = (forward, across) if first else (across, forward)
        x, y = x * ids.DX[direction], y * ids.DY[direction]
    elif direction & 3 == 0:
        side = aside if first else -aside
        x, y = side * ids.DY[direction], away * ids.DY[direction]
    else:
        side = -aside if first else aside
        x, y = away * ids.DX[direction], side * ids.DX[direction]
    other = monster_at(game, here.x + x, here.y + y)
    if other < 0 or treatment(game, slot, other, False, False) != FOE:
        return False
    if not game.world.decoy_active and (other < MAX_TEAM) == (slot < MAX_TEAM):
        return False
    game.options_x[0], game.options_y[0] = here.x + x, here.y + y
    return True
