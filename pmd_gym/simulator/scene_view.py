"""Kernels that answer what the screen shows: where the camera is, who leads, what is explored, lit and in sight.

Rules of sight: mechanics section 16 (pret/pmd-red 1177316f, src/dungeon_range.c); positions: RAM guide section 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator.atlas import FAMILY_BASE
from pmd_gym.simulator.ids import INVISIBLE
from pmd_gym.simulator.paint import FULL, HEIGHT, WIDTH, Int

TILE = 24
CENTRE_X, CENTRE_Y = 120, 96
"""Where the camera keeps the leader's anchor (src/dungeon_tilemap.c)."""
REMEMBERED = 132
"""Light of a tile that is explored and not in sight."""
HIDDEN, KNOWN, IN_SIGHT = 0, 1, 2

_COLUMNS, _ROWS, _MAX_ROOMS = layout.MAP_WIDTH, layout.MAP_HEIGHT, layout.MAX_ROOMS
_TEAM, _MONSTERS = layout.MAX_TEAM, layout.MAX_MONSTERS
_MONSTER = 1
_DARK_RADIUS = 2
_WINDOW_X, _WINDOW_Y = 6, 5


@kernel
def leader_slot(game: Any) -> Int:
    """Slot 0..3 of the leader, -1 while there is none."""
    for slot in range(_TEAM):
        if game.world.entities[slot].kind == _MONSTER and game.world.monsters[slot].is_leader == 1:
            return slot
    return -1


@kernel
def camera(game: Any, leader: Int) -> tuple[Int, Int]:
    """World pixel (x, y) of the screen's top left corner.

    The game's own corner if the leader is on that screen (or there is no leader), else centred on the leader.
    """
    x, y = np.int64(game.world.camera_pixel.x), np.int64(game.world.camera_pixel.y)
    if leader < 0:
        return x, y
    anchor_x, anchor_y = anchor(game, leader)
    if (x != 0 or y != 0) and 0 <= anchor_x - x < WIDTH and 0 <= anchor_y - y < HEIGHT:
        return x, y
    return anchor_x - CENTRE_X, anchor_y - CENTRE_Y


@kernel
def anchor(game: Any, slot: Int) -> tuple[Int, Int]:
    """World pixel of a monster's anchor: its animated position if that is within a tile of where it stands."""
    entity = game.world.entities[slot]
    x, y = np.int64(entity.pos.x) * TILE + 12, np.int64(entity.pos.y) * TILE + 16
    moving_x, moving_y = np.int64(entity.pixel.x) >> 8, np.int64(entity.pixel.y) >> 8
    if abs(moving_x - x) <= TILE and abs(moving_y - y) <= TILE:
        return moving_x, moving_y
    return x, y


@kernel
def is_bright(game: Any) -> bool:
    """True where the game draws no darkness: all that is on the screen shows, explored or not (sub_803F428)."""
    world = game.world
    return world.blinded == 0 and (world.visibility_range & 3 == 0 or world.lit_floor != 0 or world.map_revealed != 0)


@kernel
def is_explored(game: Any, y: Int, x: Int) -> bool:
    """True for a tile on the player's map."""
    return 0 <= x < _COLUMNS and 0 <= y < _ROWS and game.world.tiles[y, x].visibility & 3 != 0


@kernel
def knowledge(game: Any, leader: Int, y: Int, x: Int) -> Int:
    """HIDDEN, KNOWN or IN_SIGHT: what the screen shows of a tile; outside of the map everything is hidden."""
    if not (0 <= x < _COLUMNS and 0 <= y < _ROWS) or not (is_bright(game) or is_explored(game, y, x)):
        return HIDDEN
    return IN_SIGHT if leader >= 0 and in_sight(game, leader, y, x) else KNOWN


@kernel
def in_sight(game: Any, leader: Int, y: Int, x: Int) -> bool:
    """Whether the leader sees tile (x, y): his room and one tile round it, or the square of a corridor's radius."""
    entity = game.world.entities[leader]
    if not (0 <= entity.pos.x < _COLUMNS and 0 <= entity.pos.y < _ROWS):
        return False
    room = game.world.tiles[entity.pos.y, entity.pos.x].room
    if room < _MAX_ROOMS and game.world.rooms[room].exists:
        box = game.world.rooms[room]
        return box.x_min - 1 <= x <= box.x_end and box.y_min - 1 <= y <= box.y_end
    radius = game.world.visibility_range & 3
    if radius == 0:
        radius = _DARK_RADIUS
    return abs(x - entity.pos.x) <= radius and abs(y - entity.pos.y) <= radius


@kernel
def shows_monster(game: Any, leader: Int, slot: Int) -> bool:
    """Whether a monster is drawn: the team always, others in sight, or near on a bright floor.

    The rule of the decoder's `in_sight` (src/dungeon_util.c, ShouldDisplayEntity; src/dungeon_tilemap.c).
    """
    world, entity = game.world, game.world.entities[slot]
    if entity.kind != _MONSTER or slot < _TEAM:
        return entity.kind == _MONSTER
    if world.blinded or not entity.visible or leader < 0:
        return False
    if world.monsters[slot].conceal_status == INVISIBLE and not world.show_hidden:
        return False
    if world.show_all_monsters or world.map_revealed:
        return True
    if in_sight(game, leader, np.int64(entity.pos.y), np.int64(entity.pos.x)):
        return True
    chief = world.entities[leader]
    near = abs(entity.pos.x - chief.pos.x) <= _WINDOW_X and abs(entity.pos.y - chief.pos.y) <= _WINDOW_Y
    return near and is_bright(game)


@kernel
def tile_light(known: Int) -> Int:
    """Light 0..256 of a tile."""
    if known == IN_SIGHT:
        return FULL
    return REMEMBERED if known == KNOWN else 0


@kernel
def species_of(game: Any, slot: Int) -> Int:
    """Species a monster looks like, 0..423."""
    species = game.world.monsters[slot].apparent_species
    if not 0 < species < 424:
        species = game.world.monsters[slot].species
    return np.int64(species) if 0 < species < 424 else 0


@kernel
def family_of(game: Any, atlas: Any) -> Int:
    """Number of the tileset family of the floor."""
    tileset = game.world.tileset
    return np.int64(atlas.family_of_tileset[tileset if 0 <= tileset < 76 else 0])


@kernel
def needed(game: Any, atlas: Any) -> Int:
    """A picture that the image needs and the atlas lacks (see `atlas.add`), -1 when it has all."""
    if game.dungeon == 0:
        return -1
    family = family_of(game, atlas)
    if not atlas.family_ready[family]:
        return FAMILY_BASE + family
    for slot in range(_MONSTERS):
        if game.world.entities[slot].kind == _MONSTER:
            species = species_of(game, slot)
            if not atlas.species_ready[species]:
                return species
    return -1
