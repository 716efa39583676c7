"""The game's menus and boxes in RAM: the codes both sides use, and how a simulated console writes them.

`controller.py` reads these fields, `menus.py` writes them; neither holds a code of its own. Sources: RAM map
(`ui_mode`, `text_state`, `dungeon_action`) and pret/pmd-red 1177316f, src/dungeon_main.c, dungeon_menu_*.c.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout

WORLD = layout.OBSERVED_DUNGEON_ADDRESS - layout.EWRAM_BASE
"""Offset of the dungeon object in a simulated console's EWRAM."""
CONSOLE = layout.image(layout.OBSERVED_DUNGEON_ADDRESS)
"""EWRAM of a simulated console: the globals by name, the dungeon object as `world`."""


class Mode(IntEnum):
    """`ui_mode`."""

    PLAY = 0
    BOX = 2
    STRIP = 3
    IDLE_MENU = 6
    MAIN_MENU = 7
    LOG = 9
    LIST = 10


class MainRow(IntEnum):
    """Rows of the main menu."""

    MOVES = 0
    ITEMS = 1
    TEAM = 2
    OTHERS = 3
    GROUND = 4


class MenuAction(IntEnum):
    """Codes of sub menu rows (`dungeon_action`), as far as they matter here."""

    PLACE = 8
    PICK_UP = 9
    THROW = 11
    INFO = 12
    EAT = 13
    EAT_FOOD = 14
    TEACH = 16
    USE = 18
    USE_MOVE = 20
    MOVE_INFO = 29
    SET_MOVE = 30
    STAIRS = 38
    THROW_STRAIGHT = 39
    USE_LINK_BOX = 44
    USE_ORB = 49
    UNSET_MOVE = 51
    SWITCH_BOX = 53
    GIVE = 54
    THROW_ARC = 65


USE_OF_CATEGORY = {
    2: MenuAction.EAT, 3: MenuAction.EAT_FOOD, 5: MenuAction.TEACH, 7: MenuAction.USE, 8: MenuAction.USE,
    9: MenuAction.USE_ORB, 10: MenuAction.USE_LINK_BOX, 11: MenuAction.USE,
}  # fmt: skip
"""Item category -> the row that uses the item; the other categories have none (src/dungeon_action.c)."""
THROW_OF_CATEGORY = {0: MenuAction.THROW_STRAIGHT, 1: MenuAction.THROW_ARC}
"""Item category -> the row that throws it; `THROW` for the others."""
USES = frozenset((*USE_OF_CATEGORY.values(), MenuAction.SWITCH_BOX))
THROWS = frozenset((MenuAction.THROW, MenuAction.THROW_STRAIGHT, MenuAction.THROW_ARC))

ITEMS_ON_PAGE = 10
"""Bag slots on one page of the items menu."""

TEXT_CLOSED, TEXT_LAST_PAGE = 0, 9
TEXT_WAITS_FOR_KEY = 1
MOVE_EXISTS, MOVE_SET = 1, 8
ITEM_EXISTS, ITEM_STICKY, ITEM_SET = 1, 8, 16


def _ranges(variables: Sequence[str], fields: Sequence[str]) -> list[slice]:
    starts = [(g.offset, g.dtype.itemsize) for g in map(layout.global_variable, variables)]
    starts += [(WORLD + f.offset, f.dtype.itemsize) for f in (layout.field(f"Dungeon.{name}") for name in fields)]
    return [slice(start, start + size) for start, size in starts]


WAITING = _ranges(("floor_shown",), ("input_wait",))
"""Where a turn that is being shown can be seen."""
MENUS = _ranges(
    ("text_state", "text_flags", "text_buffer", "ui_mode", "dungeon_menu", "dungeon_submenu", "dungeon_submenu_count",
     "rotate_mode_flag"), ("map_screen", "rotate_mode", "rotate_direction"))  # fmt: skip
"""Where menus, boxes and the turning mode can be seen."""


class RestingUi:
    """The fields that only the front of a console touches, as they were while the leader could act."""

    def __init__(self, ram: NDArray[np.uint8], ranges: Sequence[slice]) -> None:
        self._ram = ram
        self._values = [(part, ram[part].tobytes()) for part in ranges]

    def restore(self) -> None:
        """Put them back."""
        for part, value in self._values:
            self._ram.data[part] = value


def write_menu(console: np.void, mode: Mode, rows: int, cursor: int, page: int = 0, pages: int = 1) -> None:
    """Show a menu with its cursor; `rows` on this page."""
    console["ui_mode"] = mode
    menu = console["dungeon_menu"]
    menu["cursor_row"], menu["rows_on_page"], menu["rows_per_page"] = cursor, rows, rows
    menu["page"], menu["pages"], menu["total_rows"] = page, pages, rows
    console["dungeon_submenu_count"] = 0
    console["dungeon_submenu"] = 0


def write_actions(console: np.void, actions: Sequence[tuple[int, bool]], cursor: int) -> None:
    """Show a sub menu: (code, selectable) of each row."""
    write_menu(console, Mode.LIST, len(actions), cursor, pages=0)
    console["dungeon_menu"]["window"] = 1
    console["dungeon_submenu_count"] = len(actions)
    for entry, (action, selectable) in zip(console["dungeon_submenu"], actions, strict=False):
        entry["action"], entry["selectable"] = action, selectable


def write_box(console: np.void, text: str) -> None:
    """Show a text box whose last page waits for A or B."""
    encoded = text.encode("latin-1")[: console["text_buffer"].shape[0] - 1]
    console["text_buffer"] = 0
    console["text_buffer"][: len(encoded)] = np.frombuffer(encoded, np.uint8)
    console["text_state"], console["text_flags"] = TEXT_LAST_PAGE, TEXT_WAITS_FOR_KEY
    console["ui_mode"] = Mode.BOX


def choice_cursor(ram: NDArray[np.uint8]) -> tuple[int, int]:
    """(cursor row, number of rows) of the open choice; at +0x2C and +0x2E of `text_choice_menu` (RAM map)."""
    start = layout.global_variable("text_choice_menu").offset + 0x2C
    cursor, rows = ram[start : start + 4].view("<i2").tolist()
    return cursor, rows
