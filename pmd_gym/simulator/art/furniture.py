"""Pictures of one tile: stairs, traps, wonder tiles, and the small things that lie about on floors."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import colours

TILE = 24
TRAP_COUNT = 20
_OPAQUE = 0xFF000000
Picture = NDArray[np.uint32]

_SIGNS = """
trip mud sticky grimy summon pitfall warp whirlwind spin slumber
..##...|.......|#.#.#.#|..###..|#.#.#.#|#######|..###..|.####..|..###..|#####..
..##...|.##....|.#####.|.#.#.#.|.#.#.#.|#.....#|.#...#.|#....#.|.#...#.|...#...
..####.|####.#.|##.#.##|.#####.|#..#..#|#.###.#|#..#..#|#.##..#|#.....#|..#....
...##..|.######|.#####.|..###..|.#####.|#.###.#|#.#.#.#|#.#.#.#|#..###.|.#.####
..#..#.|..#####|##.#.##|.#...#.|#..#..#|#.###.#|#..#..#|#...#.#|.#..#..|#####.#
.#...#.|.####..|.#####.|#..#..#|.#.#.#.|#.....#|.#...#.|.###..#|...##..|.....#.
#......|...#...|#.#.#.#|.#.#.#.|#.#.#.#|#######|..###..|......#|....#..|....###

slow seal poison selfdestruct explosion ppzero chestnut wonder pokemon spike
...#...|.#####.|..###..|...#.#.|#..#..#|###.###|...#...|...#...|.#####.|..#....
...#...|.#...#.|.#####.|..###..|.#.#.#.|#.#.#.#|.#####.|..###..|#.....#|..#..#.
#..#..#|.#.#.#.|.#.#.#.|.#####.|..###..|###.###|#.#.#.#|#######|#######|#.##.#.
.#.#.#.|#######|.#####.|#######|###.###|#...#..|.#####.|.#####.|###.###|##.###.
..###..|###.###|..#.#..|#######|..###..|#...#..|.#.#.#.|.#####.|#######|.#####.
...#...|###.###|.#...#.|.#####.|.#.#.#.|.......|..###..|##...##|#.....#|#######
.......|#######|#.....#|..###..|#..#..#|#######|...#...|#.....#|.#####.|#######
"""
_SIGN_COLOURS = ("tan", "brown", "orange", "olive", "rose", "grey", "violet", "cyan", "yellow", "indigo", "blue",
                 "silver", "purple", "red", "ember", "lilac", "rust", "white", "pink", "silver")  # fmt: skip

_LITTER = {
    "tuft": ("g....g.", ".g.g.gG", ".GgGgG.", "..GGG.."),
    "flower": (".r.....", "ryr..w.", ".r..wyw", "....Gw.", "...G.G."),
    "twig": ("n....n.", ".n.nn..", "..nN...", ".nN.nn."),
    "mushroom": (".rr....", "rwrr.o.", "rrwroOo", ".ii..i."),
    "pebble": (".ss....", "sSSk.s.", "kSSk.Sk", ".kk...."),
    "bone": ("i.....i", "iiiiiii", ".k.k.k.", "i.....i"),
    "shard": ("...c...", "..cCc..", ".cCc.c.", ".cCccCc", "..ccCc."),
    "snow": (".www...", "wwwww..", "lwwwwl.", ".lll..."),
    "ember": ("..y....", ".yo..o.", "yoo.oe.", ".e...e."),
    "shell": ("..ppp..", ".pPpPp.", "pPpPpPp", "..PpP.."),
    "weed": ("G..G...", ".G..G.G", "G..G.G.", ".GG.G.."),
    "crack": ("k......", ".kk....", "...kkk.", "..k...k"),
    "star": ("...y...", ".y.w.y.", "..ywy..", "...y..."),
    "none": (".",),
}  # fmt: skip
_INKS = {
    "g": "lime", "G": "forest", "r": "red", "y": "yellow", "w": "white", "n": "brown", "N": "umber", "o": "orange",
    "O": "cream", "i": "ivory", "s": "silver", "S": "grey", "k": "coal", "c": "cyan", "C": "white", "l": "ice",
    "e": "crimson", "p": "peach", "P": "rose",
}  # fmt: skip
LITTER_NAMES = tuple(_LITTER)


def litter(name: str) -> Picture:
    """A small thing in the middle of a transparent tile, (24, 24)."""
    picture = np.zeros((TILE, TILE), dtype=np.uint32)
    rows = _LITTER[name]
    top, left = (TILE - len(rows)) // 2, (TILE - len(rows[0])) // 2
    for y, row in enumerate(rows):
        for x, ink in enumerate(row):
            if ink != ".":
                picture[top + y, left + x] = colours.NAMES[_INKS[ink]] | _OPAQUE
    return picture


def trap(number: int) -> Picture:
    """A trap's plate with its sign, or the glowing wonder tile (17), (24, 24)."""
    picture = np.zeros((TILE, TILE), dtype=np.uint32)
    colour = _SIGN_COLOURS[number]
    plate = "slate" if number != 17 else "rose"
    tones = colours.ramp(plate)
    picture[4:21, 4:20] = tones[4] | _OPAQUE
    picture[5:19, 5:19] = tones[2] | _OPAQUE
    picture[5:6, 5:19] = picture[5:19, 5:6] = tones[1] | _OPAQUE
    picture[18:19, 6:19] = picture[6:19, 18:19] = tones[3] | _OPAQUE
    for corner_y, corner_x in ((4, 4), (4, 19), (20, 4), (20, 19)):
        picture[corner_y, corner_x] = 0
    sign = _signs()[number]
    for y, x in np.argwhere(sign):
        picture[9 + y, 9 + x] = colours.ramp(colour)[4] | _OPAQUE
    for y, x in np.argwhere(sign):
        picture[8 + y, 8 + x] = colours.ramp(colour)[0 if y < 3 else 1] | _OPAQUE
    return picture


def stairs(up: bool) -> Picture:
    """Stairs in a stone frame, nearest step in front: leading up into light or down into the dark, (24, 24)."""
    picture = np.zeros((TILE, TILE), dtype=np.uint32)
    stone = colours.ramp("ivory")
    picture[0:24, 1:23] = stone[4] | _OPAQUE
    picture[1:23, 2:22] = stone[2] | _OPAQUE
    picture[1:2, 2:22] = picture[1:23, 2:3] = stone[0] | _OPAQUE
    picture[3:23, 4:20] = 0x0C0C14 | _OPAQUE
    for step in range(5):
        near = 1 - step / 5
        inset = (step + 1) // 2
        rows, columns = slice(19 - 4 * step, 23 - 4 * step), slice(4 + inset, 20 - inset)
        tread = colours.blend("brown", "cream", 1 - near) if up else colours.blend("black", "sand", near)
        picture[rows, columns] = colours.blend(tread, "black", 0.42) | _OPAQUE
        picture[rows.start : rows.start + 2, columns] = tread | _OPAQUE
        picture[rows.start, columns] = colours.blend(tread, "white", 0.45 if up else 0.45 * near) | _OPAQUE
    return picture


@cache
def _signs() -> list[NDArray[np.bool_]]:
    """The twenty 7x7 signs in order of trap id."""
    signs: list[NDArray[np.bool_]] = []
    for block in _SIGNS.strip("\n").split("\n\n"):
        _, *rows = block.split("\n")
        columns = list(zip(*(row.split("|") for row in rows), strict=True))
        signs.extend(np.array([[mark == "#" for mark in row] for row in column]) for column in columns)
    return signs
