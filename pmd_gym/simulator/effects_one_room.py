"""The One-Room Orb: all walls that can break become floor, the whole map one lit room, liquid where nobody gets to.

Source: src/one_room_orb.c. The map is changed for good; monsters that cannot stay where they stand are warped.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.displace import expel
from pmd_gym.simulator.ground import touch_ground
from pmd_gym.simulator.junctions import is_open, spread_from_stairs
from pmd_gym.simulator.monster_house import wake_house
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_slot, is_alive
from pmd_gym.simulator.movement import in_fixed_room
from pmd_gym.simulator.sight import SEEN, SHOWN
from pmd_gym.simulator.world_map import write_exits, write_rooms, write_walk_masks

WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
BROKEN, UNREACHABLE = 0x400, 0x8000
"""Terrain bits of a wall that the orb broke, and of open ground that cannot be reached from the stairs."""


@kernel
def open_one_room(game: Any, rules: Any, slot: int) -> bool:
    """Use the orb; False on one-room floors, on fixed floors and after an earlier use."""
    world = game.world
    if world.force_monster_house or in_fixed_room(game):
        return False
    has_house = break_walls(game)
    flood_islands(game)
    if has_house:
        world.monster_house_room = 0
        for y in range(HEIGHT):
            for x in range(WIDTH):
                world.tiles[y, x].terrain |= ids.MONSTER_HOUSE
    write_walk_masks(world, 0, 0, WIDTH, HEIGHT)
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other >= 0:
            here = world.entities[other].pos
            world.entities[other].room = world.tiles[here.y, here.x].room
    write_exits(world)
    write_rooms(world)
    world.force_monster_house = 1
    wake_house(game, rules, slot)
    world.force_monster_house = 0
    settle_all(game, rules)
    world.force_monster_house = 1
    return True


@kernel
def break_walls(game: Any) -> bool:
    """Open every tile inside the border, liquid on its rim; True when any belongs to a monster house.

    The game marks the tiles as places for stairs and items; running floors keep the map's knowledge in the same bits,
    so the whole map counts as seen.
    """
    world = game.world
    has_house = False
    for x in range(1, WIDTH - 1):
        for y in range(1, HEIGHT - 1):
            tile = world.tiles[y, x]
            tile.terrain &= ~BROKEN
            tile.room = 0
            if tile.terrain & (ids.IMPASSABLE | ids.UNBREAKABLE):
                continue
            tile.visibility |= SHOWN | SEEN
            tile.terrain &= ~ids.JUNCTION
            has_house = has_house or tile.terrain & ids.MONSTER_HOUSE != 0
            ground = tile.terrain & ids.GROUND_MASK
            if ground & ids.SECONDARY:
                continue
            rim = x == 1 or y == 1 or x == WIDTH - 2 or y == HEIGHT - 2
            if rim and tile.object == 0 and not world.dried_up:
                tile.terrain = tile.terrain & ~ids.GROUND_MASK | ids.SECONDARY
            elif ground == ids.WALL:
                tile.terrain |= ids.NORMAL | BROKEN
    return has_house


@kernel
def flood_islands(game: Any) -> None:
    """Walls just broken that cannot be reached from the stairs become liquid."""
    world, plan = game.world, game.plan
    for y in range(HEIGHT):
        for x in range(WIDTH):
            world.tiles[y, x].terrain &= ~UNREACHABLE
            plan.flags[y, x] = world.tiles[y, x].terrain
    plan.stairs_x, plan.stairs_y = world.stairs.x, world.stairs.y
    spread_from_stairs(plan)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            tile = world.tiles[y, x]
            if is_open(plan, x, y) and not plan.reached[y, x]:
                tile.terrain |= UNREACHABLE
                if tile.terrain & BROKEN and tile.terrain & ids.UNBREAKABLE == 0:
                    tile.terrain = tile.terrain & ~ids.GROUND_MASK | ids.SECONDARY


@kernel
def settle_all(game: Any, rules: Any) -> None:
    """The new ground acts on everybody, and warps whom it cannot carry."""
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot < 0:
            continue
        touch_ground(game, rules, slot)
        if is_alive(game, slot):
            expel(game, rules, slot)
