"""The screen of a simulated game: 240x160 pixels drawn from its EWRAM image, with art of our own.

Reads the RAM through the layout only, so it draws any image whose dungeon object lies where the simulator puts it.
Drawing is deterministic: the same image gives the same pixels. Only what the player may know is drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import ArrayArgument, kernel, specialize
from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout
from pmd_gym.simulator.atlas import ATLAS, add, atlas
from pmd_gym.simulator.paint import HEIGHT, WIDTH, Pixels, fill
from pmd_gym.simulator.scene_monsters import draw_monsters
from pmd_gym.simulator.scene_panel import (
    draw_list_menu,
    draw_main_menu,
    draw_map,
    draw_message_strip,
    draw_status,
    draw_text_box,
)
from pmd_gym.simulator.scene_terrain import DARK, draw_terrain, draw_things
from pmd_gym.simulator.scene_view import camera, family_of, leader_slot, needed

_IMAGE = layout.image(layout.OBSERVED_DUNGEON_ADDRESS)
_PLAY, _MAIN_LIST, _MAIN, _STRIP, _LISTS = 0, 6, 7, 3, 10


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
    games, pictures = images.view(_IMAGE)[:, 0], atlas()
    while (wanted := _needed(games, pictures)) >= 0:
        add(wanted)
    if out.flags.c_contiguous:
        _draw_all(games, pictures, out)
    else:
        contiguous = np.empty(out.shape, np.uint8)
        _draw_all(games, pictures, contiguous)
        out[...] = contiguous


def _require(array: NDArray[np.uint8], name: str, shape: tuple[int, ...]) -> None:
    if array.dtype != np.uint8 or array.shape != shape:
        raise ConfigError(f"{name}: expected uint8 of shape {shape}, got {array.dtype} of shape {array.shape}")


@kernel
def _draw_all(games: Any, pictures: Any, out: NDArray[np.uint8]) -> None:
    for index in range(games.shape[0]):
        _draw(games[index], pictures[0], out[index])


@kernel
def _needed(games: Any, pictures: Any) -> int:
    for index in range(games.shape[0]):
        wanted = needed(games[index], pictures[0])
        if wanted >= 0:
            return wanted
    return -1


@kernel
def _draw(game: Any, pictures: Any, out: Pixels) -> None:
    """One picture, back to front."""
    if game.dungeon == 0:
        fill(out, (0, HEIGHT, 0, WIDTH), DARK)
        return
    leader = leader_slot(game)
    camera_x, camera_y = camera(game, leader)
    eye = (camera_x, camera_y, leader, family_of(game, pictures))
    # At rest the frame counter stands still, so turns count too: water moves on with every step.
    beat = (game.dungeon_frames >> 4) + game.world.turns_left
    draw_terrain(game, pictures, eye, beat & 3, out)
    draw_things(game, pictures, eye, out)
    draw_monsters(game, pictures, eye, beat, out)
    _draw_panels(game, pictures, leader, beat, out)


@kernel
def _draw_panels(game: Any, pictures: Any, leader: int, beat: int, out: Pixels) -> None:
    """What lies over the scene, by the interface's mode."""
    mode = game.ui_mode
    if game.world.map_screen:
        fill(out, (14, HEIGHT, 0, WIDTH), DARK)
        draw_map(game, leader, (22, 8), 4, beat, out)
    elif mode == _PLAY or mode == _STRIP:
        draw_map(game, leader, (16, WIDTH - 114), 2, beat, out)
    draw_status(game, pictures, leader, out)
    if mode == _MAIN or mode == _MAIN_LIST:
        draw_main_menu(game, pictures, out)
    elif mode == _LISTS:
        draw_list_menu(game, pictures, out)
    if game.text_state != 0:
        draw_text_box(game, pictures, beat, out)
    elif mode == _STRIP:
        draw_message_strip(game, pictures, out)


_IMAGES = ArrayArgument(_IMAGE, any_layout=True, readonly=True)
specialize(_draw_all, _IMAGES, ArrayArgument(ATLAS), ArrayArgument(np.dtype(np.uint8), ndim=4))
specialize(_needed, _IMAGES, ArrayArgument(ATLAS))
