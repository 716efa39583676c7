"""Kernels that draw the ground: walls, floors and liquids by their neighbours, what lies on them, and the light."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator.art import outlines
from pmd_gym.simulator.paint import FULL, HEIGHT, WIDTH, Int, Pixels, blit, dim, fill
from pmd_gym.simulator.scene_view import HIDDEN, TILE, is_bright, is_explored, knowledge, tile_light

DARK = 0x08080E
"""What an unexplored tile looks like."""
VIEW_ROWS, VIEW_COLUMNS = 8, 11
"""Tiles a screen can touch."""

_COLUMNS, _ROWS = layout.MAP_WIDTH, layout.MAP_HEIGHT
_GROUND, _STAIRS, _SHOP = 3, 0x200, 0x20
_WALL, _LIQUID = 0, 2
_FLOOR, _CARPET, _BANK = outlines.FLOOR, outlines.CARPET, outlines.BANK
_CODES, _LIQUID_CODES = outlines.CODES, outlines.LIQUID_CODES
_SPAN = 72
_STEP_X = np.array([0, 1, 1, 1, 0, -1, -1, -1])
_STEP_Y = np.array([1, 1, 0, -1, -1, -1, 0, 1])


@kernel
def draw_terrain(
    game: Any, atlas: Any, eye: tuple[Int, Int, Int, Int], frame: Int, light: NDArray[np.int64], out: Pixels
) -> None:
    """Draw every tile of the screen; `eye` is camera x and y, leader slot and tileset family.

    `light` is work space, (VIEW_ROWS + 2, VIEW_COLUMNS + 2).
    """
    camera_x, camera_y, leader, family = eye
    first_x, first_y = camera_x // TILE, camera_y // TILE
    for row in range(VIEW_ROWS + 2):
        for column in range(VIEW_COLUMNS + 2):
            light[row, column] = tile_light(knowledge(game, leader, first_y + row - 1, first_x + column - 1))
    for row in range(VIEW_ROWS):
        for column in range(VIEW_COLUMNS):
            x, y = first_x + column, first_y + row
            at = (y * TILE - camera_y, x * TILE - camera_x)
            if light[row + 1, column + 1] == 0:
                fill(out, at[0], at[0] + TILE, at[1], at[1] + TILE, DARK)
            else:
                corners = corner_light(light, row + 1, column + 1)
                draw_tile(game, atlas, (x, y, family, frame), at, corners, out)


@kernel
def corner_light(light: NDArray[np.int64], row: Int, column: Int) -> tuple[Int, Int, Int, Int]:
    """Light at the four corners of a tile: the darkest of the tiles that meet there, so darkness creeps in softly."""
    own = light[row, column]
    north, south = min(own, light[row - 1, column]), min(own, light[row + 1, column])
    west, east = light[row, column - 1], light[row, column + 1]
    return (
        min(north, west, light[row - 1, column - 1]), min(north, east, light[row - 1, column + 1]),
        min(south, west, light[row + 1, column - 1]), min(south, east, light[row + 1, column + 1]),
    )  # fmt: skip


@kernel
def draw_tile(
    game: Any,
    atlas: Any,
    tile: tuple[Int, Int, Int, Int],
    at: tuple[Int, Int],
    corners: tuple[Int, Int, Int, Int],
    out: Pixels,
) -> None:
    """Draw one tile that shows (x, y, family, frame) with its corner at `at` (row, column) of the screen."""
    x, y, family, frame = tile
    terrain = np.int64(game.world.tiles[y, x].terrain)
    ground = terrain & _GROUND
    if ground >= _LIQUID:
        shape = atlas.liquid_shapes[neighbours(game, x, y, True)]
        draw_pattern(atlas, shape, (family, _CODES + frame * _LIQUID_CODES, x, y), at, corners, out)
        return
    style = atlas.wall_style[family]
    shape = atlas.wall_shapes[style, np.int64(ground == _WALL), neighbours(game, x, y, False)]
    floor = _CARPET if terrain & _SHOP else _FLOOR
    draw_pattern(atlas, shape, (family, floor, x, y), at, corners, out)
    if ground == _WALL:
        return
    own = min(corners[0], corners[1], corners[2], corners[3])
    own = FULL if own == FULL else max(own, 96)
    if terrain & _STAIRS:
        blit(out, atlas.stairs[atlas.stairs_up[game.world.dungeon_id]], at[0], at[1], own)
    elif floor == _FLOOR:
        draw_litter(atlas, (family, x, y), at, own, out)


@kernel
def neighbours(game: Any, x: Int, y: Int, liquid: bool) -> Int:
    """Bit d is set where the neighbour in direction d is wall (or, for a liquid, anything but open ground).

    A neighbour that the screen does not show counts as wall, so the edge of a tile betrays nothing.
    """
    mask, bright = 0, is_bright(game)
    for direction in range(8):
        column, row = x + _STEP_X[direction], y + _STEP_Y[direction]
        ground: Int = _WALL
        if 0 <= column < _COLUMNS and 0 <= row < _ROWS and (bright or is_explored(game, row, column)):
            ground = np.int64(game.world.tiles[row, column].terrain) & _GROUND
        if (ground != 1) if liquid else (ground == _WALL):
            mask |= 1 << direction
    return mask


@kernel
def draw_pattern(
    atlas: Any,
    shape: NDArray[np.uint8],
    what: tuple[Int, Int, Int, Int],
    at: tuple[Int, Int],
    corners: tuple[Int, Int, Int, Int],
    out: Pixels,
) -> None:
    """Copy pattern pixels by class; `what` is family, code of floor or liquid, tile x and y.

    Class FLOOR is replaced by the given floor code; classes of a liquid are moved to the frame's patterns.
    """
    family, base, x, y = what
    pattern = atlas.patterns[family]
    origin_y, origin_x = y * TILE % _SPAN, x * TILE % _SPAN
    bright = min(corners[0], corners[1], corners[2], corners[3]) == FULL
    for row in range(max(0, -at[0]), min(TILE, HEIGHT - at[0])):
        west = corners[0] * (TILE - row) + corners[2] * row
        east = corners[1] * (TILE - row) + corners[3] * row
        for column in range(max(0, -at[1]), min(TILE, WIDTH - at[1])):
            code = np.int64(shape[row, column])
            if code >= _CODES:
                code += base - _CODES
            elif code == _FLOOR and base < _CODES:
                code = base
            colour = np.int64(pattern[code, origin_y + row, origin_x + column])
            if not bright:
                colour = dim(colour, (west * (TILE - column) + east * column) // (TILE * TILE))
            out[at[0] + row, at[1] + column, 0] = (colour >> 16) & 255
            out[at[0] + row, at[1] + column, 1] = (colour >> 8) & 255
            out[at[0] + row, at[1] + column, 2] = colour & 255


@kernel
def draw_litter(atlas: Any, tile: tuple[Int, Int, Int], at: tuple[Int, Int], light: Int, out: Pixels) -> None:
    """A tuft, pebble or the like on about every seventh floor tile, always the same for the same tile."""
    family, x, y = tile
    lot = (x * 73856093 ^ y * 19349663 ^ family * 83492791) >> 3 & 1023
    if lot % 7 == 0:
        kind = atlas.litter_of_family[family, lot // 7 % 3]
        shift_y, shift_x = lot // 21 % 9 - 4, lot // 189 * 2 - 5
        blit(out, atlas.litter[kind], at[0] + shift_y, at[1] + shift_x, light)


@kernel
def draw_things(game: Any, atlas: Any, eye: tuple[Int, Int, Int, Int], out: Pixels) -> None:
    """Draw traps that are revealed and items, where the player knows the tile."""
    camera_x, camera_y, leader, _ = eye
    for slot in range(64):
        entity = game.world.trap_entities[slot]
        if entity.kind and (entity.visible or game.world.show_hidden):
            known = knowledge(game, leader, np.int64(entity.pos.y), np.int64(entity.pos.x))
            if known != HIDDEN:
                trap = min(np.int64(game.world.floor_traps[slot].id), 19)
                blit(
                    out,
                    atlas.traps[trap],
                    np.int64(entity.pos.y) * TILE - camera_y,
                    np.int64(entity.pos.x) * TILE - camera_x,
                    tile_light(known),
                )
    for slot in range(64):
        entity = game.world.item_entities[slot]
        if entity.kind and game.world.floor_items[slot].flags & 1:
            known = knowledge(game, leader, np.int64(entity.pos.y), np.int64(entity.pos.x))
            if known != HIDDEN or game.world.show_all_items:
                item = min(np.int64(game.world.floor_items[slot].id), 239)
                light = max(tile_light(known), 132)
                blit(
                    out,
                    atlas.items[item],
                    np.int64(entity.pos.y) * TILE + 4 - camera_y,
                    np.int64(entity.pos.x) * TILE + 4 - camera_x,
                    light,
                )
