"""The part of the RAM layout that a screen shows, as a narrower dtype over the same bytes.

Numba's work grows with the number of fields of a record type, and the whole image has over a thousand; the screen
needs about sixty. Offsets come from `layout`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pmd_gym.ram import layout

_PLACE: Mapping[str, Any] = {"x": None, "y": None}
_ENTITY: Mapping[str, Any] = {"kind": None, "pos": _PLACE, "pixel": _PLACE, "height": None, "visible": None}
_WANTED: Mapping[str, Any] = {
    "dungeon": None, "dungeon_frames": None, "ui_mode": None, "text_state": None, "text_cursor": None,
    "text_choice_menu": None, "dungeon_menu": {"cursor_row": None}, "dungeon_submenu": {"action": None},
    "dungeon_submenu_count": None, "inventory_data": {"bag": {"flags": None, "id": None}},
    "world": {
        "dungeon_id": None, "floor": None, "turns_left": None, "tileset": None, "visibility_range": None,
        "lit_floor": None, "map_revealed": None, "blinded": None,
        "show_all_monsters": None, "show_all_items": None, "show_hidden": None, "show_stairs": None,
        "map_screen": None, "camera_pixel": _PLACE, "stairs": _PLACE, "weather": None,
        "popup_read": None, "popup_write": None, "log_next": None, "log": {"used": None},
        "tiles": {"terrain": None, "visibility": None, "room": None},
        "rooms": {"exists": None, "x_min": None, "y_min": None, "x_end": None, "y_end": None},
        "entities": _ENTITY, "item_entities": _ENTITY, "trap_entities": _ENTITY,
        "floor_items": {"flags": None, "id": None}, "floor_traps": {"id": None},
        "monsters": {"species": None, "apparent_species": None, "is_leader": None, "level": None, "hp": None,
                     "max_hp": None, "direction": None, "sleep_status": None, "conceal_status": None,
                     "belly": {"whole": None, "thousandths": None}},
    },
}  # fmt: skip


def _narrowed(dtype: np.dtype[Any], wanted: Mapping[str, Any]) -> np.dtype[Any]:
    """The dtype with only the wanted fields, each at its old offset; arrays of records keep their shape."""
    base = dtype.base
    assert base.fields is not None, f"{dtype} has no fields"
    formats = [
        _narrowed(base.fields[name][0], inner) if inner else base.fields[name][0] for name, inner in wanted.items()
    ]
    offsets = [base.fields[name][1] for name in wanted]
    narrow = np.dtype({"names": list(wanted), "formats": formats, "offsets": offsets, "itemsize": base.itemsize})
    return np.dtype((narrow, dtype.shape)) if dtype.shape else narrow


SCENE = _narrowed(layout.image(layout.OBSERVED_DUNGEON_ADDRESS), _WANTED)
"""An EWRAM image of 262,144 bytes, of which only what the screen shows is named."""
