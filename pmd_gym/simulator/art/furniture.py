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
    picture[3:22, 3:21] = tones[4] | _OPAQUE
    picture[4:20, 4:20] = tones[1] | _OPAQUE
    picture[4:5, 4:20] = picture[4:20, 4:5] = tones[0] | _OPAQUE
    picture[19:20, 5:20] = picture[5:20, 19:20] = tones[3] | _OPAQUE
    picture[6:18, 6:18] = tones[2] | _OPAQUE
    sign = _signs()[number]
    for y, x in np.argwhere(sign):
        picture[9 + y, 9 + x] = colours.ramp(colour)[4] | _OPAQUE
    for y, x in np.argwhere(sign):
        picture[8 + y, 8 + x] = colours.ramp(colour)[0 if y < 3 else 1] | _OPAQUE
    return picture


def stairs(up: bool) -> Picture:
    """Stairs in a stone frame: leading up into light or down into the dark, (24, 24)."""
    picture = np.zeros((TILE, TILE), dtype=np.uint32)
    stone = colours.ramp("ivory")
    picture[0:24, 1:23] = stone[4] | _OPAQUE
    picture[1:23, 2:22] = stone[2] | _OPAQUE
    picture[1:3, 2:22] = picture[1:23, 2:4] = stone[0] | _OPAQUE
    picture[3:22, 5:20] = stone[4] | _OPAQUE
    for step in range(5):
        share = step / 4 if up else 1 - step / 4
        tread = colours.blend("coal", "cream", 0.25 + 0.75 * share) if up else colours.blend("black", "gold", share)
        inset = step if up else 4 - step
        rows = slice(18 - 4 * step, 22 - 4 * step) if up else slice(3 + 4 * (4 - step), 7 + 4 * (4 - step))
        rows = slice(max(rows.start, 3), rows.stop)
        picture[rows, 5 + inset // 2 : 20 - inset // 2] = colours.blend(tread, "umber", 0.55) | _OPAQUE
        picture[rows.start : rows.start + 2, 5 + inset // 2 : 20 - inset // 2] = tread | _OPAQUE
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
