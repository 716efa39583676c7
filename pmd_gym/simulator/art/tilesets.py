"""The looks of the 76 tilesets: families such as forest, cave or volcano, as patterns indexed by pixel class.

`patterns(family)` gives what `outlines.py` selects from. Which dungeon uses which tileset: the floors of
`data/dungeons*.json` (pret/pmd-red 1177316f); which family suits it is our own choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import colours, outlines, textures
from pmd_gym.simulator.art.textures import FLOORS, FRAMES, LIQUIDS, SPAN, WALLS, Pixels

CODE_COUNT = outlines.CODES + outlines.LIQUID_CODES * FRAMES
"""Patterns of a family: nine of the ground, then liquid, drop and foam for each picture of animation."""


@dataclass(frozen=True, slots=True)
class Family:
    """Wall style and colour, colour of the wall's front, floor style and colour, liquid and colour, small things."""

    name: str
    wall: str
    wall_colour: str
    face_colour: str
    floor: str
    floor_colour: str
    liquid: str
    liquid_colour: str
    litter: str


FAMILIES = (
    Family("forest", "trees", "forest", "umber", "grass", "meadow", "water", "blue", "tuft flower tuft"),
    Family("dark woods", "trees", "pine", "coal", "dirt", "olive", "water", "navy", "tuft mushroom twig"),
    Family("autumn", "trees", "rust", "umber", "grass", "sand", "water", "blue", "twig flower mushroom"),
    Family("cave", "rocks", "brown", "umber", "dirt", "tan", "water", "blue", "pebble pebble bone"),
    Family("thunder cave", "rocks", "steel", "navy", "slabs", "silver", "water", "aqua", "pebble shard pebble"),
    Family("mountain", "rocks", "rock", "brown", "slabs", "sand", "water", "sky", "pebble tuft pebble"),
    Family("canyon", "rocks", "rust", "crimson", "sand", "peach", "chasm", "rust", "pebble bone tuft"),
    Family("crystal", "crystals", "indigo", "navy", "slabs", "lilac", "water", "cyan", "shard shard pebble"),
    Family("ice", "crystals", "sky", "blue", "sand", "ice", "water", "blue", "shard snow snow"),
    Family("snow", "trees", "white", "steel", "sand", "white", "water", "sky", "snow twig snow"),
    Family("volcano", "rocks", "coal", "crimson", "slabs", "clay", "lava", "ember", "pebble ember pebble"),
    Family("magma", "rocks", "crimson", "umber", "dirt", "grey", "lava", "orange", "ember bone pebble"),
    Family("desert", "rocks", "gold", "brown", "sand", "cream", "water", "aqua", "bone pebble tuft"),
    Family("sea", "crystals", "teal", "navy", "sand", "aqua", "water", "navy", "shell weed shell"),
    Family("reef", "clouds", "rose", "purple", "sand", "sky", "water", "blue", "shell weed shard"),
    Family("sky", "clouds", "white", "sky", "mist", "ice", "chasm", "sky", "none none star"),
    Family("relic", "bricks", "rock", "umber", "paving", "tan", "water", "teal", "crack crack pebble"),
    Family("steel", "bricks", "steel", "navy", "paving", "silver", "chasm", "navy", "crack shard crack"),
    Family("meteor", "crystals", "violet", "purple", "slabs", "slate", "chasm", "purple", "shard star pebble"),
    Family("swamp", "trees", "olive", "umber", "dirt", "rock", "water", "violet", "mushroom weed twig"),
)
"""All families; a family's number is its place here."""

_MEMBERS = {
    "forest": (14, 52, 11, 60), "dark woods": (41, 65, 51, 61), "autumn": (16, 56, 62, 63, 26),
    "cave": (4, 12, 31, 57, 58, 2), "thunder cave": (50, 29, 5, 42), "mountain": (39, 40, 64, 18, 19, 6, 38),
    "canyon": (44, 3, 10, 72), "crystal": (45, 8, 30, 55), "ice": (36, 68, 47, 69, 9), "snow": (24, 34, 75),
    "volcano": (46, 67, 59), "magma": (48, 70), "desert": (21, 22, 15), "sea": (0, 49, 73, 74, 1),
    "reef": (54, 32, 33), "sky": (35, 71, 43, 66), "relic": (17, 25, 37, 13), "steel": (7, 20),
    "meteor": (28, 23, 27), "swamp": (53,),
}  # fmt: skip
TILESET_COUNT = 76


def family_of_tileset() -> NDArray[np.uint8]:
    """Number of the family of each tileset, (76,); a tileset nobody named looks like a cave."""
    numbers = {family.name: number for number, family in enumerate(FAMILIES)}
    table = np.full(TILESET_COUNT, numbers["cave"], dtype=np.uint8)
    for name, members in _MEMBERS.items():
        table[list(members)] = numbers[name]
    return table


def patterns(number: int) -> NDArray[np.uint32]:
    """Patterns 0xRRGGBB of a family by pixel class, (CODE_COUNT, 72, 72)."""
    family = FAMILIES[number]
    seed = 1000 * (number + 1)
    floor = FLOORS[family.floor](family.floor_colour, seed)
    result = np.zeros((CODE_COUNT, SPAN, SPAN), dtype=np.uint32)
    result[outlines.FLOOR] = floor
    result[outlines.SHADOW] = mixed(floor, "indigo", 0.0, 0.66)
    result[outlines.BANK] = mixed(floor, "umber", 0.18, 0.92)
    result[outlines.CARPET] = carpet()
    result[outlines.TOP : outlines.FOOT + 1] = _wall(family, seed + 7)
    for frame in range(FRAMES):
        first = outlines.CODES + frame * outlines.LIQUID_CODES
        liquid = LIQUIDS[family.liquid](family.liquid_colour, seed + 13, frame)
        result[first : first + 3] = liquid, mixed(liquid, family.face_colour, 0.35, 0.62), _edge(family, liquid)
    return result


def mixed(picture: Pixels, colour: str, weight: float, factor: float) -> Pixels:
    """The picture with `weight` of a colour in it, then darkened by `factor`."""
    channels = np.stack([picture >> 16 & 255, picture >> 8 & 255, picture & 255], -1).astype(np.float64)
    channels = (channels * (1 - weight) + colours.rgb(colour) * weight) * factor
    red, green, blue = np.moveaxis(np.clip(np.rint(channels), 0, 255).astype(np.uint32), -1, 0)
    return (red << 16 | green << 8 | blue).astype(np.uint32)


def carpet() -> Pixels:
    """The rug of a shop: a woven pattern, one figure a tile."""
    row, column = np.mgrid[0:SPAN, 0:SPAN] % outlines.TILE
    ring = np.abs(row - 11.5) + np.abs(column - 11.5)
    tone = np.select([ring < 3, ring < 5, (ring >= 9) & (ring < 11), (row + column) % 4 == 0], [2, 0, 2, 0], 1)
    return textures.toned(tone, 0x8A2C3A, 0xB84048, 0xF0C860)


def _wall(family: Family, seed: int) -> list[Pixels]:
    """Top, lit rim, dark rim, front, and foot of the front."""
    top = WALLS[family.wall](family.wall_colour, seed)
    style = "rocks" if family.wall in ("trees", "rocks") else family.wall
    front = WALLS[style](family.face_colour, seed + 1)
    return [top, mixed(top, "white", 0.30, 1.0), mixed(top, "black", 0.0, 0.62), mixed(front, "black", 0.0, 0.86),
            mixed(front, "black", 0.1, 0.58)]  # fmt: skip


def _edge(family: Family, liquid: Pixels) -> Pixels:
    """Bright rim of a liquid; a chasm has a dark one."""
    if family.liquid == "chasm":
        return mixed(liquid, family.face_colour, 0.5, 0.8)
    return mixed(liquid, "white" if family.liquid == "water" else "yellow", 0.55, 1.0)
