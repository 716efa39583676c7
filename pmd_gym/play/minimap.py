"""The explored floor as a small picture: what each letter of the map is, and its colour."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pmd_gym.play.scene import Scene
from pmd_gym.ram import layout


class Ground(IntEnum):
    """What a tile shows; where several tiles share a cell, the greatest wins."""

    UNKNOWN = 0
    WALL = 1
    CORRIDOR = 2
    ROOM = 3
    LIQUID = 4
    TRAP = 5
    ITEM = 6
    STAIRS = 7
    TEAM = 8
    ENEMY = 9
    LEADER = 10


COLOURS = np.array([
    (14, 16, 26), (38, 44, 66), (74, 88, 130), (94, 110, 158), (48, 98, 190), (226, 120, 74), (92, 224, 244),
    (255, 255, 255), (255, 214, 84), (250, 82, 66), (120, 255, 140),
], np.uint8)  # fmt: skip
"""RGB of each `Ground`."""

_MEANING = {
    "wall": Ground.WALL, "room": Ground.ROOM, "corridor": Ground.CORRIDOR, "water": Ground.LIQUID,
    "lava": Ground.LIQUID, "impassable gap or liquid": Ground.LIQUID, "trap": Ground.TRAP, "item": Ground.ITEM,
    "money": Ground.ITEM, "stairs": Ground.STAIRS, "leader": Ground.LEADER,
}  # fmt: skip


def grounds(scene: Scene) -> NDArray[np.uint8]:
    """`Ground` of every tile, (32, 56) uint8."""
    kinds = {letter: ground(letter, scene) for letter in scene.letters}
    chart = np.zeros((layout.MAP_HEIGHT, layout.MAP_WIDTH), np.uint8)
    for y, line in enumerate(scene.tiles):
        chart[y] = [kinds.get(letter, Ground.UNKNOWN) for letter in line]
    return chart


def ground(letter: str, scene: Scene) -> Ground:
    """What a letter of the map stands for."""
    meaning = scene.letters.get(letter, "")
    if meaning.endswith("(leader)"):
        return Ground.LEADER
    if meaning.endswith("(team)"):
        return Ground.TEAM
    return _MEANING.get(meaning, Ground.ENEMY if meaning else Ground.UNKNOWN)


def halved(chart: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every two by two tiles as one cell, (16, 28)."""
    height, width = chart.shape
    small: NDArray[np.uint8] = chart.reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))
    return small
