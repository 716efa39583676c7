"""The few numbers of the game's tables that masks and observations need, as one record for kernels.

One record and not a tuple of arrays: a record is passed between kernels as a plain pointer.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from pmd_gym.simulator.rules import rules

SPECIES_COUNT, ITEM_COUNT, MOVE_COUNT, TILESET_COUNT = 424, 240, 413, 76

TABLES = np.dtype([
    ("mobility", "u1", (SPECIES_COUNT,)), ("secondary", "u1", (TILESET_COUNT,)), ("category", "u1", (ITEM_COUNT,)),
    ("move_type", "u1", (MOVE_COUNT,)), ("move_power", "<i2", (MOVE_COUNT,)), ("mobile_scarf", "<i4"),
    ("item_move", "<u2", (ITEM_COUNT,)), ("teachable", "u1", (SPECIES_COUNT, ITEM_COUNT // 8)),
])  # fmt: skip
"""By the game's own ids: movement type of a species, kind of liquid of a tileset (0 chasm, 1 water, 2 lava), category
of an item, type and power of a move; `mobile_scarf` is an item id. `item_move` is what a TM teaches or an orb does,
`teachable` a bit for each item that teaches the species something."""


@cache
def tables() -> NDArray[np.void]:
    """The numbers of pret/pmd-red 1177316f that `simulator.rules` holds, (1,) of `TABLES`.

    An array and not a record, because Numba looks up the type of an array argument ten times as fast.
    """
    source, made = rules()[0], np.zeros(1, TABLES)
    made["mobility"], made["secondary"] = source["species"]["mobility"], source["secondary_terrain"]
    made["category"] = source["items"]["category"]
    made["move_type"], made["move_power"] = source["moves"]["type"], source["moves"]["power"]
    made["item_move"], made["teachable"] = source["items"]["move"], source["teachable"]
    made["mobile_scarf"] = _item_id("Mobile Scarf")
    return made


def _item_id(name: str) -> int:
    return next(value for value in layout.enum("item") if layout.enum_name("item", value) == name)
