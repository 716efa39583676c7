"""The few numbers of the game's tables that masks and observations need, as plain arrays for kernels."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from pmd_gym.simulator.rules import rules


class Tables(NamedTuple):
    """Arrays by the game's own ids; kernels take the whole tuple.

    `mobility` (424,) uint8 movement type of a species; `secondary` (76,) uint8 by tileset (0 chasm, 1 water, 2 lava);
    `category` (240,) uint8 of an item; `move_type` and `move_power` (413,) of a move.
    """

    mobility: NDArray[np.uint8]
    secondary: NDArray[np.uint8]
    category: NDArray[np.uint8]
    move_type: NDArray[np.uint8]
    move_power: NDArray[np.int16]
    mobile_scarf: int


@cache
def tables() -> Tables:
    """The tables of pret/pmd-red 1177316f that `simulator.rules` holds."""
    table = rules()[0]
    columns = (
        table["species"]["mobility"], table["secondary_terrain"], table["items"]["category"],
        table["moves"]["type"], table["moves"]["power"],
    )  # fmt: skip
    return Tables(*(np.ascontiguousarray(column) for column in columns), _item_id("Mobile Scarf"))


def _item_id(name: str) -> int:
    return next(value for value in layout.enum("item") if layout.enum_name("item", value) == name)
