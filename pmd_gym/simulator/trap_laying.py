"""Traps that monsters lay, visible to all and set off by the other side only.

A Trapper Orb's trap waits for the end of the action that used it. Source: src/trap.c (LayTrap, sub_807FC3C,
sub_807FD84).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.items import FIRST_TRAP, RECORD_TRAPS, draw_trap
from pmd_gym.simulator.monsters import address_of, slot_of
from pmd_gym.simulator.sight import CORRIDOR

SPIKE_TRAP, ANY_TRAP, CHESTNUT_TRAP = 19, 20, 16
DRAWS = 30


@kernel
def lay(game: Any, x: int, y: int, trap: int, side: int) -> bool:
    """Lay a trap, over another one if need be; `ANY_TRAP` draws one of the floor, even where none can lie."""
    kind = draw_kind(game) if trap > SPIKE_TRAP else trap
    if not can_lie(game, x, y):
        return False
    index = slot_of(game.world.tiles[y, x].object) - FIRST_TRAP
    if index < 0:
        index = free_place(game)
        if index < 0:
            return False
        entity = game.world.all_entities[FIRST_TRAP + index]
        entity.kind, entity.spawn_id = ids.TRAP, 0
        entity.pos.x, entity.pos.y = x, y
        entity.info = RECORD_TRAPS + index * 4
        game.world.tiles[y, x].object = address_of(FIRST_TRAP + index)
    game.world.all_entities[FIRST_TRAP + index].visible = 1
    game.world.floor_traps[index].id, game.world.floor_traps[index].side = kind, side
    return True


@kernel
def draw_kind(game: Any) -> int:
    """A trap of the floor's table, drawn until it is no wonder tile, at most 30 times."""
    for _ in range(DRAWS):
        trap = draw_trap(game)
        if trap != ids.WONDER_TILE:
            return trap
    return CHESTNUT_TRAP


@kernel
def can_lie(game: Any, x: int, y: int) -> bool:
    """True on plain floor of a room, off stairs, exits and shops, where no item lies."""
    tile = game.world.tiles[y, x]
    if tile.terrain & (ids.STAIRS | ids.JUNCTION | ids.SHOP) or tile.room == CORRIDOR:
        return False
    return tile.terrain & ids.GROUND_MASK == ids.NORMAL and (tile.object == 0 or slot_of(tile.object) >= FIRST_TRAP)


@kernel
def free_place(game: Any) -> int:
    """First free index of a trap, -1 when the floor has as many as it can."""
    for index in range(layout.MAX_TRAPS):
        if game.world.all_entities[FIRST_TRAP + index].kind == 0:
            return index
    return -1


@kernel
def await_trap(game: Any, x: int, y: int, trap: int, side: int) -> None:
    """Note a trap that is laid when the action in progress is over."""
    world = game.world
    world.awaited_trap, world.awaited_trap_id, world.awaited_trap_side = 1, trap, side
    world.awaited_trap_pos.x, world.awaited_trap_pos.y = x, y


@kernel
def lay_awaited(game: Any) -> bool:
    """At the end of an action: lay the trap that waits, if any; True when it could be."""
    world = game.world
    if not world.awaited_trap:
        return False
    world.awaited_trap = 0
    there = world.awaited_trap_pos
    return lay(game, there.x, there.y, world.awaited_trap_id, world.awaited_trap_side)
