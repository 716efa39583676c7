"""The screen of a simulated game: 240x160 pixels drawn from its EWRAM image, with art of our own.

Reads the RAM through the layout only, so it draws any image whose dungeon object lies where the simulator puts it.
Drawing is deterministic: the same image gives the same pixels. Only what the player may know is drawn.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import ArrayArgument, kernel, specialize
from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout
from pmd_gym.simulator.atlas import ATLAS, add, atlas
from pmd_gym.simulator.paint import HEIGHT, WIDTH, Int, fill
from pmd_gym.simulator.scene_fields import SCENE
from pmd_gym.simulator.scene_monsters import draw_monsters
from pmd_gym.simulator.scene_panel import draw_boxes, draw_map, draw_status
from pmd_gym.simulator.scene_terrain import DARK, VIEW_COLUMNS, VIEW_ROWS, draw_terrain, draw_things
from pmd_gym.simulator.scene_view import camera, family_of, leader_slot, needed

_PLAY, _STRIP = 0, 3


def render(image: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Draw one EWRAM image, (262144,) uint8, into `out`, (160, 240, 3) uint8 RGB.

    Raises:
        ConfigError: an array of another shape or dtype.
    """
    _require(image, "image", (layout.EWRAM_SIZE,))
    _require(out, "out", (HEIGHT, WIDTH, 3))
    render_batch(image[None], out[None])


def render_batch(images: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Draw n EWRAM images, (n, 262144) uint8, into `out`, (n, 160, 240, 3) uint8 RGB; rows may be strided.

    Raises:
        ConfigError: arrays of other shapes or dtypes.
    """
    _require(images, "images", (len(images), layout.EWRAM_SIZE))
    _require(out, "out", (len(images), HEIGHT, WIDTH, 3))
    games, pictures = images.view(SCENE)[:, 0], atlas()
    _compile_once()
    while (wanted := _needed(games, pictures)) >= 0:
        add(wanted)
    canvas = out if out.flags.c_contiguous else np.empty(out.shape, np.uint8)
    scratch = np.zeros((VIEW_ROWS + 2, VIEW_COLUMNS + 2), np.int64)
    _draw_grounds(games, pictures, scratch, canvas)
    _draw_actors(games, pictures, scratch.reshape(-1), canvas)
    _draw_panels(games, images, pictures, canvas)
    if canvas is not out:
        out[...] = canvas


def render_map(image: NDArray[np.uint8], out: NDArray[np.uint8], size: int, top: int, left: int) -> None:
    """Draw the explored map of one EWRAM image over `out`, (160, 240, 3) uint8 RGB.

    `size` is pixels a tile, (`top`, `left`) where tile (0, 0) begins; it may lie outside, and what does is cut off.

    Raises:
        ConfigError: an array of another shape or dtype.
    """
    _require(image, "image", (layout.EWRAM_SIZE,))
    _require(out, "out", (HEIGHT, WIDTH, 3))
    _draw_map(image.view(SCENE), out, size, top, left)


def _require(array: NDArray[np.uint8], name: str, shape: tuple[int, ...]) -> None:
    if array.dtype != np.uint8 or array.shape != shape:
        raise ConfigError(f"{name}: expected uint8 of shape {shape}, got {array.dtype} of shape {array.shape}")


# Three kernels called from Python, not one: Numba optimizes a kernel anew in each kernel that calls it.


@kernel
def _needed(games: Any, pictures: Any) -> Int:
    for index in range(games.shape[0]):
        wanted = needed(games[index], pictures[0])
        if wanted >= 0:
            return wanted
    return -1


@kernel
def _draw_grounds(games: Any, pictures: Any, scratch: NDArray[np.int64], out: NDArray[np.uint8]) -> None:
    """Terrain of every image; black outside of dungeons."""
    for index in range(games.shape[0]):
        game, picture = games[index], out[index]
        if game.dungeon == 0:
            fill(picture, 0, HEIGHT, 0, WIDTH, DARK)
        else:
            draw_terrain(game, pictures[0], _eye(game, pictures[0]), _beat(game) & 3, scratch, picture)


@kernel
def _draw_actors(games: Any, pictures: Any, scratch: NDArray[np.int64], out: NDArray[np.uint8]) -> None:
    """Traps, items and monsters of every image."""
    for index in range(games.shape[0]):
        game, picture = games[index], out[index]
        if game.dungeon != 0:
            eye = _eye(game, pictures[0])
            draw_things(game, pictures[0], eye, picture)
            draw_monsters(game, pictures[0], eye, _beat(game), scratch, picture)


@kernel
def _draw_panels(games: Any, images: NDArray[np.uint8], pictures: Any, out: NDArray[np.uint8]) -> None:
    """What lies over the scene of every image."""
    for index in range(games.shape[0]):
        game, picture = games[index], out[index]
        if game.dungeon != 0:
            leader, beat = leader_slot(game), _beat(game)
            if game.world.map_screen:
                fill(picture, 14, HEIGHT, 0, WIDTH, DARK)
                draw_map(game, leader, 22, 8, 4, beat, picture)
            elif game.ui_mode == _PLAY or game.ui_mode == _STRIP:
                draw_map(game, leader, 16, WIDTH - 114, 2, beat, picture)
            draw_status(game, pictures[0], leader, picture)
            draw_boxes(game, pictures[0], images[index], beat, picture)


@kernel
def _draw_map(games: Any, out: NDArray[np.uint8], size: int, top: int, left: int) -> None:
    if games[0].dungeon != 0:
        draw_map(games[0], leader_slot(games[0]), top, left, size, 1, out)


@kernel
def _eye(game: Any, pictures: Any) -> tuple[Int, Int, Int, Int]:
    """Camera x and y, leader's slot, tileset family."""
    leader = leader_slot(game)
    x, y = camera(game, leader)
    return x, y, leader, family_of(game, pictures)


@kernel
def _beat(game: Any) -> Int:
    """Phase of all animation: frames, and turns too, since the frame counter stands still at rest."""
    return (np.int64(game.dungeon_frames) >> 4) + np.int64(game.world.turns_left)


@cache
def _compile_once() -> None:
    """Compile the kernels for strided or read-only images, or load them from the cache."""
    games, pictures = ArrayArgument(SCENE, any_layout=True, readonly=True), ArrayArgument(ATLAS)
    images, out = (
        ArrayArgument(np.dtype(np.uint8), 2, any_layout=True, readonly=True),
        ArrayArgument(np.dtype(np.uint8), 4),
    )
    specialize(_needed, games, pictures)
    specialize(_draw_grounds, games, pictures, ArrayArgument(np.dtype(np.int64), 2), out)
    specialize(_draw_actors, games, pictures, ArrayArgument(np.dtype(np.int64), 1), out)
    specialize(_draw_panels, games, images, pictures, out)
