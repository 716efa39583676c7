"""Small steps of compiled reading that every part of it takes: numbers within their bounds, items."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout

_WIDTH, _HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
_ITEM_IDS = len(layout.enum("item"))


@kernel
def below(value: Any, limit: int) -> Any:
    """`value` if it is 0..limit-1, else 0."""
    return value if 0 <= value < limit else 0


@kernel
def on_map(x: int, y: int) -> bool:
    """True for a tile of the map."""
    return 0 <= x < _WIDTH and 0 <= y < _HEIGHT


@kernel
def copy_item(source: Any, item: Any) -> None:
    """Copy an item that is in use and known; a free slot stays zero."""
    if source.flags & 1 and 1 <= source.id < _ITEM_IDS:
        item.flags, item.quantity, item.id = source.flags, source.quantity, source.id
