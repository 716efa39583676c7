"""Pictures of items on the ground, 16x16, by category and id: berries, seeds, food, orbs, scarves, discs, coins."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import solid
from pmd_gym.simulator.art.solid import FOOT_X, FOOT_Y, Model, Part, build, pair, rod

ICON = 16
_HUES = ("red", "sky", "amber", "leaf", "violet", "rose", "teal", "cream", "orange", "indigo", "lime", "magenta")
_BERRIES = {55: "blue", 56: "rose", 57: "orange", 58: "red", 59: "sky"}
_GUMMIS = ("white", "red", "blue", "leaf", "yellow", "sky", "orange", "rose", "gold", "cyan", "purple", "lime", "grey",
           "violet", "indigo", "brown", "silver")  # fmt: skip


def icon(item: int, category: int) -> NDArray[np.uint32]:
    """Pixels 0xAARRGGBB of an item, (16, 16); category as in the RAM map's `item_category`."""
    picture = solid.sprite(_MAKERS.get(category, _box)(item), 0)
    half = ICON // 2
    return picture[FOOT_Y - ICON + 3 : FOOT_Y + 3, FOOT_X - half : FOOT_X + half]


def _hue(item: int) -> str:
    return _HUES[item * 7 % len(_HUES)]


def _stick(item: int) -> Model:
    """Something long and thin to throw straight."""
    colour = ("brown", "silver", "white", "gold", "leaf", "rose")[(item - 1) % 6]
    return build(
        [rod(colour, (-4.6, 0, 1.6), (4.6, 0, 8.4), 1.3, 0.9, 1), Part(colour, (1.6, 0, 8.2), (1.1, 1, 1.7), group=1)]
    )


def _stone(item: int) -> Model:
    """A rock to lob."""
    colour = "rock" if item % 2 else "slate"
    return build(
        [
            Part(colour, (0, 0, 4.6), (5.2, 4.4, 4.4), pattern="shell", second="grey"),
            Part(colour, (3.0, 1.6, 2.6), (2.6, 2.4, 2.4)),
        ]
    )


def _fruit(item: int) -> Model:
    """Berry (blue, with leaf), seed (drop with a sprout), or a drink in a bottle."""
    if item in _BERRIES:
        leaf = [
            Part("leaf", (1.8, 0, 10.2), (2.4, 1.4, 1.0), turn=(0, 10)),
            Part("brown", (0, 0, 9.8), (0.7, 0.7, 1.4)),
        ]
        return build([Part(_BERRIES[item], (0, 0, 4.8), (4.8, 4.4, 4.6)), leaf])
    if item >= 75:
        return build(
            [
                Part(_hue(item), (0, 0, 4.4), (3.8, 3.6, 4.4)),
                Part("ivory", (0, 0, 9.6), (1.6, 1.5, 1.9)),
                Part("white", (0, 3.2, 4.2), (2.2, 0.9, 1.6), flat=True),
            ]
        )
    colour = _hue(item)
    return build(
        [
            Part(colour, (0, 0, 3.9), (4.0, 3.6, 3.9), pattern="rings", second="ivory", group=1),
            Part(colour, (0, 0, 7.6), (1.8, 1.7, 2.6), group=1),
            Part("leaf", (1.2, 0, 10.6), (1.9, 1, 0.9)),
        ]
    )


def _food(item: int) -> Model:
    """Apples, then gummis as jelly cubes in their colours."""
    if item >= 87:
        colour = _GUMMIS[(item - 87) % len(_GUMMIS)]
        return build(
            [Part(colour, (0, 0, 4.4), (4.8, 4.2, 4.4)), Part("white", (-1.8, 3.4, 6.4), (1.2, 0.8, 1.1), flat=True)]
        )
    size = 1.0 if item != 83 else 1.15
    colour = "umber" if item == 85 else "red"
    apple = [
        Part(colour, (side * 1.5 * size, 0, 4.6), (3.7 * size, 4.2 * size, 4.5 * size), group=1) for side in (-1, 1)
    ]
    return build([apple, Part("brown", (0, 0, 9.8), (0.7, 0.7, 1.6)), Part("leaf", (2.2, 0, 10.2), (2.2, 1.3, 0.9))])


def _scarf(item: int) -> Model:
    """A knotted cloth, a ribbon, or glasses."""
    colour = _hue(item)
    if item in (17, 21, 26, 36, 40, 41, 12):
        return build(
            [
                pair(Part(colour, (3.4, 0, 4.6), (3.0, 1.6, 3.0))),
                pair(Part("ice", (3.4, 1.0, 4.6), (1.9, 1.2, 1.9), flat=True)),
                Part(colour, (0, 0, 5.2), (1.4, 0.8, 0.7)),
            ]
        )
    return build(
        [
            pair(Part(colour, (3.4, 0, 5.4), (3.3, 1.8, 2.6), turn=(0, 10))),
            Part(colour, (0, 0.8, 5.0), (1.9, 1.9, 1.9)),
            pair(Part(colour, (2.2, 0.4, 1.9), (1.5, 1.2, 2.5))),
        ]
    )


def _disc(item: int) -> Model:
    """A technique machine: a disc with a hole."""
    return build(
        [
            Part(_hue(item), (0, 0, 5.2), (5.4, 2.0, 5.4), turn=(0, 50)),
            Part("ivory", (0, 1.2, 5.6), (2.3, 1.4, 2.3), turn=(0, 50), flat=True),
            Part("slate", (0, 2.0, 6.0), (0.9, 1.0, 0.9), flat=True),
        ]
    )


def _coins(_: int) -> Model:
    """A small pile of gold."""
    spots = ((-3.0, 0.4, 1.4), (2.6, 0.8, 1.4), (0.0, -1.6, 3.4), (0.4, 1.6, 3.2), (0.0, 0.0, 5.4))
    return build([Part("yellow", spot, (3.3, 3.0, 1.4)) for spot in spots])


def _orb(item: int) -> Model:
    """A glass ball with a glint."""
    colour = _HUES[item * 5 % len(_HUES)]
    return build(
        [Part(colour, (0, 0, 5.0), (5.3, 5.0, 5.0)), Part("white", (-2.0, 3.9, 7.4), (1.4, 0.9, 1.2), flat=True)]
    )


def _box(item: int) -> Model:
    """Whatever is left: a wrapped parcel or a gem."""
    colour = _hue(item)
    if item >= 232:
        return build(
            [Part("brown", (0, 0, 3.8), (5.2, 4.2, 3.8)), Part("gold", (0, 3.2, 4.6), (1.5, 1.4, 1.6), flat=True)]
        )
    return build(
        [
            Part(colour, (0, 0, 5.4), (3.4, 3.0, 5.2)),
            Part(colour, (0, 0, 5.4), (4.8, 3.0, 3.0)),
            Part("white", (-1.2, 2.8, 7.2), (0.9, 0.7, 1.3), flat=True),
        ]
    )


_MAKERS: Mapping[int, Callable[[int], Model]] = {
    0: _stick, 1: _stone, 2: _fruit, 3: _food, 4: _scarf, 5: _disc, 6: _coins, 8: _box, 9: _orb, 10: _box, 11: _disc,
}  # fmt: skip
