"""Moves and orbs that put monsters elsewhere or change the floor around them.

How a monster flies and lands is in `displace`. Sources: src/move_orb_actions_3.c to _5.c, src/pounce_orb.c,
src/drought_orb.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import ALLY, treatment
from pmd_gym.simulator.blows import earn, reason_of
from pmd_gym.simulator.combat import deal
from pmd_gym.simulator.displace import (
    ANYWHERE,
    BESIDE,
    OWN_DIRECTION,
    TO_STAIRS,
    blow_away,
    expel,
    hurl,
    land,
    leap,
    may_fly_over,
    swap_places,
    warp,
)
from pmd_gym.simulator.effects_one_room import open_one_room
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.hp_loss import ORDINARY
from pmd_gym.simulator.items import FIRST_TRAP
from pmd_gym.simulator.monsters import MAX_MONSTERS, MAX_TEAM, is_alive, monster_at, slot_of
from pmd_gym.simulator.movement import in_boss_room, in_fixed_room, step_to
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.sight import CORRIDOR, sight_box
from pmd_gym.simulator.special_kinds import Special
from pmd_gym.simulator.terrain import inside
from pmd_gym.simulator.trap_laying import ANY_TRAP, SPIKE_TRAP, await_trap, lay
from pmd_gym.simulator.world_map import write_walk_masks

OTHER, DURATION = int(Draw.OTHER), int(Draw.DURATION)
WARP, STAY_AWAY, SWITCH_PLACES = int(Special.WARP), int(Special.STAY_AWAY), int(Special.SWITCH_PLACES)
BLOW_AWAY, HURL, POUNCE, SPLASH = int(Special.BLOW_AWAY), int(Special.HURL), int(Special.POUNCE), int(Special.SPLASH)
BEAT_UP, WILD_CALL, ESCAPE = int(Special.BEAT_UP), int(Special.WILD_CALL), int(Special.ESCAPE)
ONE_ROOM, DROUGHT, FILL_IN = int(Special.ONE_ROOM), int(Special.DROUGHT), int(Special.FILL_IN)
DIG_WALL, SPIKES, TRAPPER = int(Special.DIG_WALL), int(Special.SPIKES), int(Special.TRAPPER)
TRAP_BUSTER, SPORT = int(Special.TRAP_BUSTER), int(Special.SPORT)

MUD_SPORT = 212
SPORT_LOW, SPORT_HIGH = 10, 12
WATER_TILESETS = (0, 0x31, 0x20, 0x21, 0x36)
"""Floors in and on the sea, which cannot dry up (src/run_dungeon.c, IsWaterTileset)."""
SPLASH_TRIES, SPLASH_DAMAGE = 40, 5
RESCUE_TARGET = 1
CLIENTS = (71, 74)
"""Where escorted clients joined (src/constants/dungeon.h, IsExperienceLocked)."""
ESCAPED = 1
FOR_TEAM, FOR_ENEMIES = 2, 1
"""Who sets a laid trap off (`Trap.side`): the other side of the one who laid it."""


@kernel
def apply_places(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """Carry out an effect of this file; True when it counts as effective, which most do whatever they move."""
    if kind >= BEAT_UP:
        return apply_floor(game, rules, slot, target, move, kind)
    if kind == WARP:
        warp(game, rules, slot, target, ANYWHERE, 0, 0)
    elif kind == STAY_AWAY:
        warp(game, rules, slot, target, TO_STAIRS, 0, 0)
    elif kind == SWITCH_PLACES:
        earn(game, slot)
        swap_places(game, rules, slot, target)
    elif kind == BLOW_AWAY:
        blow_away(game, rules, slot, target, game.world.monsters[slot].direction)
    elif kind == HURL:
        hurl(game, rules, slot, target)
    elif kind == POUNCE:
        leap(game, rules, target, OWN_DIRECTION)
    else:
        return splash(game, rules, slot, target, move, item_id)
    return True


@kernel
def apply_floor(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int) -> bool:
    """The effects on the whole team or the floor."""
    if kind == BEAT_UP:
        there = game.world.entities[target].pos
        return call_mates(game, rules, slot, there.x, there.y, True)
    if kind == WILD_CALL:
        here = game.world.entities[slot].pos
        return call_mates(game, rules, slot, here.x, here.y, False)
    if kind == ESCAPE:
        escape(game)
        return False
    if kind == ONE_ROOM:
        open_one_room(game, rules, slot)
    elif kind == DROUGHT:
        dry_up(game)
    elif kind == FILL_IN:
        return not in_fixed_room(game) and change_ahead(game, target, ids.SECONDARY, 0)
    elif kind == DIG_WALL:
        straight = game.world.monsters[target].direction & 1 == 0
        return straight and change_ahead(game, target, ids.WALL, ids.UNBREAKABLE | ids.IMPASSABLE)
    elif kind == SPIKES:
        here = game.world.entities[slot].pos
        return lay(game, here.x, here.y, SPIKE_TRAP, side_against(game, slot))
    elif kind == TRAPPER:
        there = game.world.entities[target].pos
        await_trap(game, there.x, there.y, ANY_TRAP, side_against(game, target))
    elif kind == TRAP_BUSTER:
        return bust_traps(game, target)
    elif kind == SPORT:
        turns = max(roll_range(game, SPORT_LOW, SPORT_HIGH, DURATION), 1)
        if move.id == MUD_SPORT:
            game.world.mud_sport_turns = turns
        else:
            game.world.water_sport_turns = turns
    return True


@kernel
def side_against(game: Any, slot: int) -> int:
    """Whom a trap of this monster waits for."""
    return FOR_TEAM if game.world.monsters[slot].is_enemy else FOR_ENEMIES


@kernel
def call_mates(game: Any, rules: Any, slot: int, x: int, y: int, beat_up: bool) -> bool:
    """Warp the monsters of the own side next to a tile; Beat Up spares clients and sees no invisible ones."""
    enemy = game.world.monsters[slot].is_enemy
    done = False
    for other in range(MAX_TEAM if enemy else 0, MAX_MONSTERS if enemy else MAX_TEAM):
        if not is_alive(game, other) or other == slot or treatment(game, slot, other, not beat_up, False) != ALLY:
            continue
        mate = game.world.monsters[other]
        if beat_up and (mate.behavior == RESCUE_TARGET or mate.joined_at_dungeon in CLIENTS):
            continue
        warp(game, rules, slot, other, BESIDE, x, y)
        done = True
        if beat_up:
            earn(game, slot)
    return done


@kernel
def escape(game: Any) -> None:
    """End the run as an escape; thieves cannot."""
    if not game.world.stole:
        game.world.exit_requested, game.world.exit_kind = 1, ESCAPED


@kernel
def splash(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """Hop to a drawn tile beside it; a monster there is bumped into, which hurts both, and nobody moves."""
    here = game.world.entities[target].pos
    x, y = int(here.x), int(here.y)
    found = False
    for _ in range(SPLASH_TRIES):
        dx, dy = roll(game, 3, OTHER) - 1, roll(game, 3, OTHER) - 1
        free = (dx != 0 or dy != 0) and inside(x + dx, y + dy)
        if free and may_fly_over(game, rules, target, x + dx, y + dy):
            x, y, found = x + dx, y + dy, True
            break
    if not found:
        return False
    struck = monster_at(game, x, y)
    if struck >= 0:
        bump(game, rules, slot, struck, reason_of(rules, move.id, item_id))
        if floor_over(game) or not is_alive(game, slot):
            return True
    else:
        step_to(game, target, x, y)
    if is_alive(game, target):
        expel(game, rules, target)
        land(game, rules, target)
    return True


@kernel
def bump(game: Any, rules: Any, slot: int, struck: int, reason: int) -> None:
    """Both take the damage, unless the one struck is out of reach; the user takes it last."""
    if game.world.monsters[struck].in_the_air == 0:
        deal(game, rules, slot, struck, SPLASH_DAMAGE, ids.NO_TYPE, False, reason, True, ORDINARY)
    if not floor_over(game) and is_alive(game, slot):
        deal(game, rules, slot, slot, SPLASH_DAMAGE, ids.NO_TYPE, False, ids.BOUNCED_DAMAGE, False, ORDINARY)


@kernel
def dry_up(game: Any) -> None:
    """All liquid becomes floor, for the whole floor; not on boss floors or at sea."""
    world = game.world
    if in_boss_room(game) or world.tileset in WATER_TILESETS:
        return
    for y in range(layout.MAP_HEIGHT):
        for x in range(layout.MAP_WIDTH):
            tile = world.tiles[y, x]
            if tile.terrain & ids.GROUND_MASK == ids.SECONDARY:
                tile.terrain = tile.terrain & ~ids.GROUND_MASK | ids.NORMAL
    write_walk_masks(world, 0, 0, layout.MAP_WIDTH, layout.MAP_HEIGHT)
    world.dried_up = 1


@kernel
def change_ahead(game: Any, slot: int, ground: int, unless: int) -> bool:
    """Make the tile ahead floor if it is of a kind of ground and has none of the flags `unless`."""
    here, direction = game.world.entities[slot].pos, game.world.monsters[slot].direction
    x, y = here.x + ids.DX[direction], here.y + ids.DY[direction]
    if not inside(x, y):
        return False
    tile = game.world.tiles[y, x]
    if tile.terrain & ids.GROUND_MASK != ground or tile.terrain & unless:
        return False
    tile.terrain = tile.terrain & ~ids.GROUND_MASK | ids.NORMAL
    write_walk_masks(game.world, x - 1, y - 1, x + 2, y + 2)
    return True


@kernel
def bust_traps(game: Any, target: int) -> bool:
    """Remove the traps of the target's room but wonder tiles; in a corridor those up and left of it, as in the game."""
    world, here = game.world, game.world.entities[target].pos
    if in_fixed_room(game):
        return False
    x_min, y_min, x_end, y_end = sight_box(game, here.x, here.y)
    if world.tiles[here.y, here.x].room == CORRIDOR:
        radius = world.visibility_range
        x_min, y_min, x_end, y_end = here.x - radius, here.y - radius, here.x + 1, here.y + 1
    found = False
    for y in range(max(y_min, 0), min(y_end, layout.MAP_HEIGHT)):
        for x in range(max(x_min, 0), min(x_end, layout.MAP_WIDTH)):
            index = slot_of(world.tiles[y, x].object)
            if index >= FIRST_TRAP and world.floor_traps[index - FIRST_TRAP].id != ids.WONDER_TILE:
                world.all_entities[index].kind = 0
                world.tiles[y, x].object = 0
                found = True
    return found
