"""Settling pending steps and the end of a monster's turn (mechanics sections 5.2 and 5.3).

Steps are only noted when they are made; what they cause - items, the map, the end-of-turn effects - waits until the
game shows the walk. The end-of-turn effects can make the game show pending walks in turn, so the two call each other:
one kernel with two faces, `settle` and `end_turn` below it. Source: src/dungeon_entity_movement.c,
src/dungeon_turn_effects.c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import refresh_form
from pmd_gym.simulator.ai_movement import decide_facing
from pmd_gym.simulator.bag import pick_up
from pmd_gym.simulator.displace import ANYWHERE, expel, warp
from pmd_gym.simulator.experience import grow
from pmd_gym.simulator.fainting import lose_if_forced
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.ground import touch_ground
from pmd_gym.simulator.harm import residual_damage
from pmd_gym.simulator.hp_loss import HUNGER
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monster_house import wake_house
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    active_count,
    active_slot,
    belly_of,
    has_skill,
    holds,
    is_alive,
    is_dazed,
    is_helpless,
)
from pmd_gym.simulator.shop import watch_leader
from pmd_gym.simulator.sight import direction_to, explore
from pmd_gym.simulator.traps import step_on, trap_at
from pmd_gym.simulator.turn_end import EFFECTS, NOT_NOW, SHOWN, YAWN, act, due, is_untroubled, scarf_warps

SETTLE: Any = np.int64(-1)  # a NumPy scalar, because Numba's recursion does not accept literal integers
HUNGER_DAMAGE = 1
NORMAL_RATE = 10
RATES = (0, 0, 0, 0, 0, 0, 10, 25, 50, 75, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 12800, 12800)
"""Thousandths of belly lost per leader turn by rate index (mechanics 5.2)."""
LINKED_COST = (1, 1, 1, 2, 4)
MAX_ALERT, HUNGRY_BELOW = 10, (20, 10)


@kernel
def settle(game: Any, rules: Any) -> bool:
    """Show pending steps and let them take effect; True when there were any. Sets `game.displaced`."""
    return _resolve(game, rules, SETTLE)


@kernel
def end_turn(game: Any, rules: Any, slot: int) -> None:
    """Hunger, weather, statuses at the end of a monster's turn; one Shed Skin draw is always made."""
    _resolve(game, rules, slot)


@kernel
def _resolve(game: Any, rules: Any, slot: int) -> bool:
    """`settle` for the slot SETTLE, else `end_turn`: one kernel, because each may call the other."""
    if slot == SETTLE:
        game.displaced = 0
        if not note_moves(game):
            return False
        wake_sleepers(game, rules)
        for leaders_turn in (True, False):
            for index in range(MAX_MONSTERS):
                if game.world.active[index] == 0:  # the list is packed
                    break
                mover = active_slot(game, index)
                if mover < 0 or game.world.monsters[mover].is_leader != leaders_turn:
                    continue
                if floor_over(game):
                    break
                x, y = game.world.entities[mover].pos.x, game.world.entities[mover].pos.y
                if game.world.monsters[mover].flags & ids.HAS_MOVED:
                    arrive(game, rules, mover)
                    if not goes_on(game, mover):
                        continue
                    lose_if_forced(game)
                    _resolve(game, rules, mover)
                    if not goes_on(game, mover):
                        continue
                    grow(game, rules)
                    wake_house(game, rules, mover)
                    if not goes_on(game, mover):
                        continue
                come_to_rest(game, rules, mover, x, y)
        return True
    if not goes_on(game, slot):
        return False
    begin_end(game, rules, slot)
    if scarf_warps(game, slot):
        _resolve(game, rules, SETTLE)
        if not goes_on(game, slot):
            return False
        whisk_away(game, rules, slot)
    if game.world.monsters[slot].is_leader and digest(game, slot):
        _resolve(game, rules, SETTLE)
        if not goes_on(game, slot):
            return False
        starve(game, rules, slot)
        if not goes_on(game, slot):
            return False
    for effect in range(EFFECTS):
        if effect == YAWN and is_untroubled(game.world.monsters[slot]):
            return False
        how = due(game, rules, slot, effect)
        if how == SHOWN:
            _resolve(game, rules, SETTLE)
            if not goes_on(game, slot):
                return False
        if how != NOT_NOW:
            act(game, rules, slot, effect)
            if not goes_on(game, slot):
                return False
    return False


@kernel
def come_to_rest(game: Any, rules: Any, slot: int, x: int, y: int) -> None:
    """What the ground does to a monster that stood on (x, y) before its step was shown, and off with it if it must."""
    here = game.world.entities[slot].pos
    if here.x != x or here.y != y:
        game.displaced = 1
    touch_ground(game, rules, slot)
    if is_alive(game, slot):
        expel(game, rules, slot)


@kernel
def whisk_away(game: Any, rules: Any, slot: int) -> None:
    """The Warp Scarf's warp; no menu waits for the leader where it was."""
    warp(game, rules, slot, slot, ANYWHERE, 0, 0)
    if game.world.monsters[slot].is_leader:
        game.world.stairs_menu_pending, game.world.pending_menu = 0, -1


@kernel
def goes_on(game: Any, slot: int) -> bool:
    """True while the monster lives and the floor is played."""
    return is_alive(game, slot) and not floor_over(game)


@kernel
def note_moves(game: Any) -> bool:
    """Mark everybody with a pending step and let idle monsters turn; False when nobody has stepped."""
    world = game.world
    moved = False
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot < 0:
            continue
        monster = world.monsters[slot]
        if monster.tiles_to_move == 0:
            if monster.waiting:
                monster.waiting = 0
                look_at_target(game, slot)
        else:
            monster.flags |= ids.HAS_MOVED
            moved = True
    if moved:
        for index in range(active_count(game)):
            slot = active_slot(game, index)
            if slot >= 0:
                world.monsters[slot].tiles_to_move = 0
    return moved


@kernel
def look_at_target(game: Any, slot: int) -> None:
    """Turn the sprite of an idle monster to what it looks at."""
    monster, entity = game.world.monsters[slot], game.world.entities[slot]
    x, y = monster.target_tile.x, monster.target_tile.y
    if (x == 0 and y == 0) or (x == entity.pos.x and y == entity.pos.y):
        return
    if not is_dazed(monster, True) or not is_helpless(monster):
        entity.sprite_direction = direction_to(entity.pos.x, entity.pos.y, x, y)


@kernel
def wake_sleepers(game: Any, rules: Any) -> None:
    """Wake the wild monsters that sleep until disturbed, when a team member stands beside them."""
    world = game.world
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        monster = world.monsters[slot]
        if not is_alive(game, slot) or monster.sleep_status != ids.SLEEP or monster.sleep_turns != ids.FOREVER:
            continue
        if is_disturbed(game, slot):
            monster.sleep_status, monster.sleep_turns = 0, 0
            decide_facing(game, rules, slot, True)


@kernel
def is_disturbed(game: Any, slot: int) -> bool:
    """True when a team member without a Sneak Scarf is adjacent, or one with a Racket Band in the room."""
    world, entity = game.world, game.world.entities[slot]
    for other in range(MAX_TEAM):
        member = world.monsters[other]
        if not is_alive(game, other) or holds(member, ids.SNEAK_SCARF):
            continue
        there = world.entities[other].pos
        if abs(there.x - entity.pos.x) <= 1 and abs(there.y - entity.pos.y) <= 1:
            return True
        if holds(member, ids.RACKET_BAND) and world.entities[other].room == entity.room:
            return True
    return False


@kernel
def arrive(game: Any, rules: Any, slot: int) -> None:
    """What entering a tile does: the map, the shop, the stairs, the trap or the item there."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    monster.flags &= ~ids.HAS_MOVED
    if monster.is_leader:
        explore(game, here.x, here.y)
        watch_leader(game, rules, False)
        if floor_over(game):
            return
        if world.tiles[here.y, here.x].terrain & ids.STAIRS:
            world.stairs_menu_pending = 1
            say(game, Message.ON_STAIRS, slot, 0, 0)
    if trap_at(game, here.x, here.y) >= 0:
        step_on(game, rules, slot)
    else:
        pick_up(game, rules, slot)


@kernel
def begin_end(game: Any, rules: Any, slot: int) -> None:
    """Refresh what may have changed during the turn."""
    game.world.monsters[slot].belly_empty = 0
    refresh_form(game, rules, slot)


@kernel
def lose_belly(monster: Any, thousandths: int) -> None:
    """Make a monster hungrier; belly never falls below 0."""
    left = max(monster.belly.whole * 1000 + monster.belly.thousandths - thousandths, 0)
    monster.belly.whole, monster.belly.thousandths = left // 1000, left % 1000


@kernel
def belly_rate(monster: Any) -> int:
    """Index into RATES: 10 is normal, belts, bands and ribbons shift it."""
    index = 0 if holds(monster, ids.TIGHT_BELT) else NORMAL_RATE
    index -= holds(monster, ids.STAMINA_BAND) + has_skill(monster, ids.ENERGY_SAVER)
    index += holds(monster, ids.DIET_RIBBON) + holds(monster, ids.HEAL_RIBBON) + holds(monster, ids.MUNCH_BELT)
    return min(max(index, 0), len(RATES) - 1)


@kernel
def digest(game: Any, slot: int) -> bool:
    """One turn of the leader's hunger; True when the belly is empty."""
    monster = game.world.monsters[slot]
    cost = RATES[belly_rate(monster)]
    if monster.linked_moves_used > 1:
        cost += LINKED_COST[monster.linked_moves_used] * 1000
    monster.linked_moves_used = 0
    before = belly_of(monster)
    lose_belly(monster, cost)
    feel_hunger(game, slot, before)
    if belly_of(monster) != 0:
        game.world.hunger_alert = 0
        return False
    return True


@kernel
def feel_hunger(game: Any, slot: int, before: int) -> None:
    """The warnings when the belly falls below 20, below 10, and to 0."""
    belly = belly_of(game.world.monsters[slot])
    if before >= HUNGRY_BELOW[0] > belly:
        say(game, Message.PEEKISH, slot, 0, 0)
    elif before >= HUNGRY_BELOW[1] > belly:
        say(game, Message.HUNGRY, slot, 0, 0)
    elif before > 0 and belly == 0:
        say(game, Message.STARVING, slot, 0, 0)


@kernel
def starve(game: Any, rules: Any, slot: int) -> None:
    """One point of damage for an empty belly."""
    game.world.hunger_alert = min(game.world.hunger_alert + 1, MAX_ALERT)
    residual_damage(game, rules, slot, HUNGER_DAMAGE, HUNGER, ids.FELL_TO_HUNGER)
    if is_alive(game, slot):
        game.world.monsters[slot].belly_empty = 1
