"""The menus of a simulated console: which rows are open, what a press does to them, what a choice asks of the game.

A stack of screens, the top one shown in RAM through `ui.py`. Rows that the simulation does not carry out (team, others,
giving, placing, information) can be seen but not chosen. Knows no frames and no emulator.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import pad, peek, ui
from pmd_gym.emulator.pad import Keys
from pmd_gym.emulator.ui import MainRow, MenuAction, Mode
from pmd_gym.ram import layout

Order = tuple[CommandKind, int]
"""What the player chose: a command of the turn level."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One open menu or box; `actions` are the rows of a sub menu, `rows` the number of those of any other."""

    mode: Mode
    rows: int = 0
    cursor: int = 0
    page: int = 0
    pages: int = 1
    row_of: MainRow | None = None  # which entry of the main menu this list belongs to
    actions: tuple[tuple[int, bool], ...] = ()
    slot: int = 0  # the move or bag slot that `actions` are about
    text: str = field(default="", compare=False)


class Menus:
    """Everything that can be open over the play view of one simulated console."""

    def __init__(self, ram: NDArray[np.uint8], commands: Collection[CommandKind]) -> None:
        """`ram` is a simulated console's EWRAM; `commands` the kinds that the simulator plays."""
        self._ram = ram
        self._console: np.void = ram.view(ui.CONSOLE)[0]
        self._commands = commands
        self._stack: list[Screen] = []

    @property
    def open(self) -> bool:
        """True while anything covers the play view."""
        return bool(self._stack)

    def clear(self) -> None:
        """Forget everything that is open; RAM is the caller's business."""
        self._stack.clear()

    def open_main(self, *, idle: bool = False) -> None:
        """The main menu, with a short form when nobody played for half a minute."""
        self._push(Screen(Mode.IDLE_MENU if idle else Mode.MAIN_MENU, len(MainRow)))

    def open_stairs(self) -> None:
        """The prompt on arrival on the stairs."""
        actions = ((MenuAction.STAIRS, CommandKind.STAIRS in self._commands), (MenuAction.INFO, False))
        self._push(Screen(Mode.LIST, actions=actions))

    def open_log(self) -> None:
        """The message log."""
        self._push(Screen(Mode.LOG))

    def open_map(self) -> None:
        """The full screen map."""
        self._push(Screen(Mode.PLAY))

    def open_box(self, text: str) -> None:
        """A text box that waits for A or B."""
        self._push(Screen(Mode.BOX, text=text))

    def frame(self, keys: Keys) -> Order | None:
        """One frame's presses on what is open; returns what the player chose, if anything."""
        top = self._stack[-1]
        if top.mode is Mode.BOX:
            if keys.pressed & (pad.A | pad.B):
                self._pop()
        elif keys.pressed & pad.B or (top.mode is Mode.PLAY and keys.pressed & pad.SELECT):
            self._pop()
        elif keys.pressed & pad.A:
            return self._choose(top)
        elif keys.pressed & pad.CROSS:
            self._move(top, keys.pressed)
        return None

    def _push(self, screen: Screen) -> None:
        self._stack.append(screen)
        self._show()

    def _pop(self) -> None:
        self._stack.pop()
        if self._stack:
            self._show()

    def _show(self) -> None:
        top = self._stack[-1]
        self._console["text_state"] = ui.TEXT_CLOSED
        if top.mode is Mode.BOX:
            ui.write_box(self._console, top.text)
        elif top.mode is Mode.PLAY:
            self._console["world"]["map_screen"] = 1
        elif top.actions:
            ui.write_actions(self._console, top.actions, top.cursor)
        else:
            ui.write_menu(self._console, top.mode, top.rows, top.cursor, top.page, top.pages)

    def _move(self, top: Screen, pressed: int) -> None:
        rows = len(top.actions) or top.rows
        step = bool(pressed & pad.DOWN) - bool(pressed & pad.UP)
        turn = bool(pressed & pad.RIGHT) - bool(pressed & pad.LEFT)
        if step and rows:
            self._stack[-1] = replace(top, cursor=(top.cursor + step) % rows)
        elif turn and top.pages > 1:
            self._stack[-1] = self._items_page((top.page + turn) % top.pages)
        self._show()

    def _choose(self, top: Screen) -> Order | None:
        if top.actions:
            return self._choose_action(top)
        if top.row_of is MainRow.MOVES:
            self._push(self._move_actions(top.cursor))
        elif top.row_of is MainRow.ITEMS:
            self._push(self._item_actions(top.page * ui.ITEMS_ON_PAGE + top.cursor))
        elif top.mode in (Mode.MAIN_MENU, Mode.IDLE_MENU):
            self._open_row(MainRow(top.cursor))
        return None

    def _open_row(self, row: MainRow) -> None:
        if row is MainRow.MOVES:
            rows = int((self._moves()["flags"] & ui.MOVE_EXISTS).sum())
            self._push(Screen(Mode.LIST, rows, row_of=row))
        elif row is MainRow.ITEMS and self._item_count() == 0:
            self.open_box("You have no items.")
        elif row is MainRow.ITEMS:
            self._push(self._items_page(0))
        elif row is MainRow.GROUND and self._on_stairs():
            self.open_stairs()
        elif row is MainRow.GROUND:
            self.open_box("There is nothing to do here.")
        else:
            self._push(Screen(Mode.LIST, len(MainRow), row_of=row))

    def _choose_action(self, top: Screen) -> Order | None:
        action, selectable = top.actions[top.cursor]
        if not selectable:
            return None
        if action in (MenuAction.SET_MOVE, MenuAction.UNSET_MOVE):
            self._set_move(top.slot, action == MenuAction.SET_MOVE)
            return None
        if action == MenuAction.STAIRS:
            return CommandKind.STAIRS, 0
        if action == MenuAction.USE_MOVE:
            return CommandKind.MOVE, top.slot
        return (CommandKind.THROW_ITEM if action in ui.THROWS else CommandKind.USE_ITEM), top.slot

    def _set_move(self, slot: int, chosen: bool) -> None:
        moves = self._moves()
        moves["flags"] &= np.uint8(0xFF ^ ui.MOVE_SET)
        if chosen:
            moves["flags"][slot] |= ui.MOVE_SET
        self._pop()

    def _move_actions(self, slot: int) -> Screen:
        chosen = bool(self._moves()["flags"][slot] & ui.MOVE_SET)
        actions = (
            (MenuAction.USE_MOVE, CommandKind.MOVE in self._commands),
            (MenuAction.UNSET_MOVE if chosen else MenuAction.SET_MOVE, True),
            (MenuAction.MOVE_INFO, False),
        )
        return Screen(Mode.LIST, actions=actions, slot=slot)

    def _items_page(self, page: int) -> Screen:
        count = self._item_count()
        pages = -(-count // ui.ITEMS_ON_PAGE)
        rows = min(count - page * ui.ITEMS_ON_PAGE, ui.ITEMS_ON_PAGE)
        return Screen(Mode.LIST, rows, page=page, pages=pages, row_of=MainRow.ITEMS)

    def _item_actions(self, slot: int) -> Screen:
        item = self._bag()[slot]
        category = item_category(int(item["id"]))
        free = not item["flags"] & ui.ITEM_STICKY
        use = ui.USE_OF_CATEGORY.get(category)
        actions = [(int(use), bool(free and CommandKind.USE_ITEM in self._commands))] if use else []
        throw = ui.THROW_OF_CATEGORY.get(category, MenuAction.THROW)
        actions += [(MenuAction.GIVE, False), (MenuAction.PLACE, False)]
        flies = free or throw == MenuAction.THROW  # what sticks to the bag can be thrown, unless it is a missile
        actions += [(throw, bool(flies and CommandKind.THROW_ITEM in self._commands)), (MenuAction.INFO, False)]
        return Screen(Mode.LIST, actions=tuple(actions), slot=slot)

    def _moves(self) -> NDArray[np.void]:
        slot = max(peek.leader_slot(self._ram.data, ui.WORLD), 0)
        moves: NDArray[np.void] = self._console["world"]["team_info"][slot]["moves"]
        return moves

    def _bag(self) -> NDArray[np.void]:
        bag: NDArray[np.void] = self._console["inventory_data"]["bag"]
        return bag

    def _item_count(self) -> int:
        return int((self._bag()["flags"] & ui.ITEM_EXISTS).sum()) if self._console["world"]["has_inventory"] else 0

    def _on_stairs(self) -> bool:
        return peek.standing(self._ram.data).tile == peek.stairs(self._ram.data)


def item_category(item_id: int) -> int:
    """Category 0..11 of an item id, -1 for an id that does not exist."""
    entry = layout.enum("item").get(item_id)
    return int(entry["category"]) if isinstance(entry, dict) else -1
