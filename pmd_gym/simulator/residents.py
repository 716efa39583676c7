"""Who lives in a fixed room: monsters that appear while the game draws the room, before anything else of the floor.

At that moment the map is bare, so the first decision of a resident is made without ways or exits but those of the
floor before. Source: src/dungeon_generation_fixed.c (PlaceFixedRoomTile, SpawnSpeciesAtPos).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.fixed_room import MARGIN
from pmd_gym.simulator.items import lay_trap
from pmd_gym.simulator.monsters import MAX_MONSTERS, MAX_TEAM, address_of, is_alive
from pmd_gym.simulator.movement import can_stand, in_fixed_room
from pmd_gym.simulator.spawning import appear, claim
from pmd_gym.simulator.terrain import HEIGHT, WIDTH
from pmd_gym.simulator.wild_table import table_level, take_template

DECOY, POLIWAG = 421, 60
FIRST_RESIDENT = 16
SEALED_STAIRS, SEAL_TRAP = 69, 11
NO_ROOM = 0xFF


@kernel
def place_residents(game: Any, rules: Any) -> None:
    """Let the monsters of the floor's fixed room appear, row by row, on a bare map."""
    if not in_fixed_room(game):
        return
    clear_tiles(game.world)
    room = rules.fixed_rooms[game.world.fixed_room]
    for y in range(room.height):
        for x in range(room.width):
            code = room.cells[y, x]
            if code >= FIRST_RESIDENT and rules.residents[code].species != 0:
                place(game, rules, rules.residents[code], MARGIN + x, MARGIN + y)


@kernel
def clear_tiles(world: Any) -> None:
    """Solid rock without rooms, ways or monsters."""
    for y in range(HEIGHT):
        for x in range(WIDTH):
            tile = world.tiles[y, x]
            tile.terrain, tile.room, tile.monster, tile.object = 0, NO_ROOM, 0, 0
            tile.walk_normal, tile.walk_liquid, tile.walk_chasm, tile.walk_wall = 0, 0, 0, 0


@kernel
def place(game: Any, rules: Any, resident: Any, x: int, y: int) -> None:
    """One resident, awake, at the level that the floor's table gives its species."""
    tile = game.world.tiles[y, x]
    tile.terrain, tile.room = ids.NORMAL | ids.UNBREAKABLE, resident.room
    species = POLIWAG if resident.species == DECOY else resident.species
    if not can_stand(game, rules, species, x, y):
        return
    slot = claim(game, rules, species, True)
    if slot < 0:
        return
    monster, level = game.world.monsters[slot], table_level(game, species)
    monster.is_leader, monster.behavior = 0, resident.behavior
    appear(game, rules, slot, level, x, y, False, game.leader_tile.x, game.leader_tile.y)
    take_template(game, rules, monster, species, level)
    monster.hp, monster.moves_randomly = monster.max_hp, 0


@kernel
def settle_in(game: Any, rules: Any) -> None:
    """When the map is written: put the residents on its tiles, and the trap that hides a way down."""
    if not in_fixed_room(game):
        return
    world = game.world
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if is_alive(game, slot):
            entity = world.entities[slot]
            world.tiles[entity.pos.y, entity.pos.x].monster = address_of(slot)
            entity.room = world.tiles[entity.pos.y, entity.pos.x].room
    room = rules.fixed_rooms[world.fixed_room]
    for y in range(room.height):
        for x in range(room.width):
            if room.cells[y, x] == SEALED_STAIRS:
                lay_trap(game, MARGIN + x, MARGIN + y, SEAL_TRAP)
