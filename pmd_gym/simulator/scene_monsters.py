"""Kernels that draw monsters from the back to the front: shadow, team ring, sprite, HP bar, signs of sleep."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator.art import solid
from pmd_gym.simulator.paint import FULL, Int, Pixels, dim, fill, letter, mix, put
from pmd_gym.simulator.scene_view import IN_SIGHT, REMEMBERED, anchor, knowledge, shows_monster, species_of

_TEAM, _MONSTERS = layout.MAX_TEAM, layout.MAX_MONSTERS
_FOOT_X, _FOOT_Y = solid.FOOT_X, solid.FOOT_Y
_ASLEEP = np.array([0, 1, 0, 1, 0, 1, 0, 0])  # status_sleep: sleep, nightmare, napping
_LEADER_RING, _PARTNER_RING = 0xFFE060, 0x60D8FF
_LETTER_Z, _LETTER_SMALL_Z = ord("Z") - 32, ord("z") - 32


@kernel
def draw_monsters(
    game: Any, atlas: Any, eye: tuple[Int, Int, Int, Int], beat: Int, order: NDArray[np.int64], out: Pixels
) -> None:
    """Draw all monsters the player sees, the farthest first; `beat` is the idle animation's phase.

    `order` is work space for at least 20 slots.
    """
    count = 0
    for slot in range(_MONSTERS):
        if shows_monster(game, eye[2], slot):
            order[count] = slot
            count += 1
            place = count - 1
            while place > 0 and anchor(game, order[place - 1])[1] > anchor(game, order[place])[1]:
                order[place - 1], order[place] = order[place], order[place - 1]
                place -= 1
    for index in range(count):
        draw_shadow(game, eye, order[index], out)
    for index in range(count):
        draw_monster(game, atlas, eye, order[index], beat, out)


@kernel
def draw_shadow(game: Any, eye: tuple[Int, Int, Int, Int], slot: Int, out: Pixels) -> None:
    """A soft ellipse under a monster; leader and partners stand in a thin ring of light."""
    world_x, world_y = anchor(game, slot)
    x, y = world_x - eye[0], world_y - eye[1] + 1
    ring = 0
    if slot < _TEAM:
        ring = _LEADER_RING if slot == eye[2] else _PARTNER_RING
    for dy in range(-4, 5):
        for dx in range(-10, 11):
            distance = dx * dx * 100 // 81 + dy * dy * 100 // 13
            if distance <= 88:
                mix(out, y + dy, x + dx, 0x000010, 112)
            elif distance <= 122 and ring:
                mix(out, y + dy, x + dx, ring, 150)


@kernel
def draw_monster(game: Any, atlas: Any, eye: tuple[Int, Int, Int, Int], slot: Int, beat: Int, out: Pixels) -> None:
    """The sprite of one monster and the signs over it."""
    entity = game.world.entities[slot]
    monster = game.world.monsters[slot]
    world_x, world_y = anchor(game, slot)
    x, y = world_x - eye[0] - _FOOT_X, world_y - eye[1] + 1 - _FOOT_Y - max(0, min(entity.height >> 8, 64))
    known = knowledge(game, eye[2], np.int64(entity.pos.y), np.int64(entity.pos.x))
    light = FULL if known == IN_SIGHT or slot < _TEAM else REMEMBERED + 40
    species, facing = species_of(game, slot), np.int64(monster.direction) & 7
    asleep = _ASLEEP[np.int64(monster.sleep_status) & 7] == 1
    sway = 0 if asleep else (beat + slot) & 1
    draw_sprite(atlas, (species, facing), (y, x), sway, light, out)
    top = y + np.int64(atlas.boxes[species, facing, 0])
    if 0 < monster.hp < monster.max_hp:
        draw_bar(out, top - 4, x + _FOOT_X - 8, np.int64(monster.hp), np.int64(monster.max_hp))
    if asleep:
        letter(out, atlas, top - 6, x + _FOOT_X + 4, _LETTER_SMALL_Z, 0xFFFFFF)
        letter(out, atlas, top - 12, x + _FOOT_X + 8, _LETTER_Z, 0xD8E8FF)


@kernel
def draw_sprite(atlas: Any, which: tuple[Int, Int], at: tuple[Int, Int], sway: Int, light: Int, out: Pixels) -> None:
    """Copy a species' picture; with `sway` its upper half sinks by a pixel, as if it breathed."""
    species, facing = which
    box = atlas.boxes[species, facing]
    waist = (box[0] + box[1]) // 2
    for row in range(box[0], box[1]):
        source = row
        if sway and row <= waist:
            source = row - 1
        for column in range(box[2], box[3]):
            pixel = np.int64(atlas.sprites[species, facing, source, column]) if source >= 0 else 0
            if pixel >> 24:
                put(out, at[0] + row, at[1] + column, dim(pixel, light))


@kernel
def draw_bar(out: Pixels, y: Int, x: Int, value: Int, full: Int) -> None:
    """A small HP bar, 16 pixels wide."""
    fill(out, y, y + 4, x, x + 17, 0x101018)
    length = max(1, min(15, 15 * value // max(full, 1)))
    colour = 0x58E070
    if value * 4 <= full:
        colour = 0xF05040
    elif value * 2 <= full:
        colour = 0xF8D040
    fill(out, y + 1, y + 3, x + 1, x + 1 + length, colour)
