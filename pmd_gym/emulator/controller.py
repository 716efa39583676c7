"""A leader's command becomes buttons, until the leader may act again: the protocol of the real game.

Works on any `Emulator`. Most commands are one request; menus take one for each row or level. What a press did is
read from RAM, never assumed: a press without effect is repeated, then reported as ControlError with what was
seen. Message boxes are dismissed with A, the stairs prompt and stray menus are closed with B, questions get "no".
Buttons: RAM guide section 5 and `controls` of the RAM map.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import pad, peek, ui
from pmd_gym.emulator.interface import Button, Condition, Emulator, Frame, Press
from pmd_gym.emulator.peek import Standing
from pmd_gym.emulator.ui import MainRow, MenuAction
from pmd_gym.errors import ControlError, EmulatorTimeout
from pmd_gym.ram import layout

ANYTHING = Condition.COMMAND | Condition.MESSAGE | Condition.CHOICE | Condition.MENU | Condition.RUN_OVER
AT_REST = Condition.COMMAND | Condition.RUN_OVER

TURN_FRAMES = 3600
"""Frames in which any turn must end; a turn with a dozen attacks shown takes some 600."""
MENU_FRAMES = 120
HOLD_FRAMES = 4
"""A press is let go when it took effect, at the latest after this: long enough for a game that lags."""
PRESS_FRAMES = 4
"""Two frames down and two up: the next press is a fresh one."""
TAP_FRAMES = 5
SETTLE_FRAMES = 8
"""Frames after which a press that changed nothing is known to have no effect."""
TRIES = 3
MOST_PRESSES = 64
"""Boxes and menus that one command may leave behind before something is wrong."""


class Controller:
    """Plays one emulator; one command at a time."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._frame: Frame | None = None
        self._scripts: dict[CommandKind, Callable[[int], Awaitable[Frame]]] = {
            CommandKind.WAIT: self._wait,
            CommandKind.STEP: self._step,
            CommandKind.ATTACK: self._attack,
            CommandKind.FACE: self._face,
            CommandKind.MOVE: self._use_move,
            CommandKind.STAIRS: self._take_stairs,
            CommandKind.USE_ITEM: self._use_item,
            CommandKind.THROW_ITEM: self._throw_item,
        }

    async def carry_out(self, kind: CommandKind, argument: int) -> Frame:
        """Play one command from rest to rest; the returned frame has `COMMAND` or `RUN_OVER`.

        Raises ControlError when the game did not react as it should, EmulatorTimeout when it never came to rest.
        """
        return await self._scripts[kind](argument)

    def forget(self) -> None:
        """The emulator was changed by someone else (a state was loaded): look again before the next command."""
        self._frame = None

    async def come_to_rest(self) -> Frame:
        """Wait, dismiss and close whatever is open, until the leader may act or the run is over."""
        return await self._settle(await self._press(Button(0), ANYTHING))

    # Commands

    async def _step(self, direction: int) -> Frame:
        keys = Button(pad.DIRECTION_KEYS[direction])
        return await self._until(keys, lambda before, after: _moved(before, after) or after.facing == direction)

    async def _wait(self, _: int) -> Frame:
        frame = await self._look()
        if peek.belly_is_empty(frame.ram.data):
            return frame  # the game refuses to pass with an empty belly
        return await self._until(Button.A | Button.B, _turn_passed)

    async def _attack(self, _: int) -> Frame:
        if peek.friend_ahead((await self._look()).ram.data):  # A talks, which takes no turn
            return await self._settle(await self._press(Button.A, ANYTHING, hold=HOLD_FRAMES, settle=SETTLE_FRAMES))
        return await self._until(Button.A, _turn_passed, message_is_enough=True)

    async def _face(self, direction: int) -> Frame:
        frame = await self._look()
        if _standing(frame.ram).facing == direction:
            return frame
        for _ in range(TRIES):
            await self._press(Button.START, Condition(0), frames=PRESS_FRAMES, hold=2)
            await self._press(Button(pad.DIRECTION_KEYS[direction]), Condition(0), frames=PRESS_FRAMES, hold=2)
            frame = await self._settle(await self._press(Button.B, ANYTHING, hold=2, settle=PRESS_FRAMES))
            if _standing(frame.ram).facing == direction:
                return frame
        raise ControlError(f"the leader does not turn to direction {direction}; {_seen(frame)}")

    async def _use_move(self, slot: int) -> Frame:
        frame = await self._look()
        if _move_flags(frame.ram)[slot] & ui.MOVE_SET:
            return await self._until(Button.L | Button.A, _turn_passed, message_is_enough=True)
        await self._open_list(MainRow.MOVES)
        await self._go_to_row(slot)
        return await self._choose(frozenset((MenuAction.USE_MOVE,)), f"move slot {slot}")

    async def _use_item(self, slot: int) -> Frame:
        await self._open_item(slot)
        return await self._choose(ui.USES, f"using bag slot {slot}")

    async def _throw_item(self, slot: int) -> Frame:
        await self._open_item(slot)
        return await self._choose(ui.THROWS, f"throwing bag slot {slot}")

    async def _take_stairs(self, _: int) -> Frame:
        frame = await self._open_list(MainRow.GROUND)
        if MenuAction.STAIRS not in _actions(frame.ram):
            raise ControlError(f"no stairs under the leader; {_seen(await self._leave(frame))}")
        return await self._choose(frozenset((MenuAction.STAIRS,)), "the stairs")

    # Menus

    async def _open_item(self, slot: int) -> None:
        frame = await self._open_list(MainRow.ITEMS)
        page, row = divmod(slot, ui.ITEMS_ON_PAGE)
        for _ in range(page + 1):
            if _menu(frame.ram)["page"] == page:
                break
            frame = await self._press_in_menu(Button.RIGHT)
        await self._go_to_row(row)

    async def _open_list(self, row: MainRow) -> Frame:
        """Open the main menu and one of its entries; the frame has the list, or whatever opened instead."""
        for _ in range(TRIES):
            frame = await self._press(Button.B, ANYTHING & ~Condition.COMMAND, hold=TAP_FRAMES, frames=MENU_FRAMES)
            if _is_main_menu(frame.ram):
                await self._go_to_row(row)
                return await self._expect_menu(await self._enter_row(), row)
            await self._leave(frame)
        raise ControlError(f"the main menu did not open; {_seen(frame)}")

    async def _enter_row(self) -> Frame:
        """Press A until the main menu gives way: a menu that is still opening does not look at the pad."""
        for _ in range(TRIES):
            frame = await self._press_in_menu(Button.A)
            if not frame.met & Condition.MENU or not _is_main_menu(frame.ram):
                break
        return frame

    async def _expect_menu(self, frame: Frame, row: MainRow) -> Frame:
        if frame.met & Condition.MENU and _mode(frame.ram) == ui.Mode.LIST:
            return frame
        raise ControlError(f"{row.name.lower()} did not open a list; {_seen(await self._leave(frame))}")

    async def _go_to_row(self, row: int) -> None:
        frame = await self._look()
        for _ in range(TRIES * (row + 1)):
            at = int(_menu(frame.ram)["cursor_row"])
            if at == row:
                return
            frame = await self._press_in_menu(Button.DOWN if at < row else Button.UP)
        raise ControlError(f"the cursor does not go to row {row}; {_seen(await self._leave(frame))}")

    async def _choose(self, wanted: Collection[int], what: str) -> Frame:
        """Open the sub menu of the row under the cursor, unless it is open, and choose the first wanted action."""
        frame = await self._look()
        if not _actions(frame.ram):
            frame = await self._press_in_menu(Button.A)
        actions = _actions(frame.ram)
        row = next((index for index, action in enumerate(actions) if action in wanted), -1)
        if row < 0:
            raise ControlError(f"{what}: no such row in the menu {actions}; {_seen(await self._leave(frame))}")
        await self._go_to_row(row)
        before = _standing((await self._look()).ram)
        frame = await self._press(Button.A, ANYTHING, hold=HOLD_FRAMES, settle=SETTLE_FRAMES)
        refused = bool(frame.met & Condition.MENU) and _actions(frame.ram) == actions
        frame = await self._settle(frame)
        if refused and not _turn_passed(before, _standing(frame.ram)):
            raise ControlError(f"{what}: the game refuses it; {_seen(frame)}")
        return frame

    async def _press_in_menu(self, button: Button) -> Frame:
        return await self._press(button, ANYTHING, frames=MENU_FRAMES, hold=2, settle=SETTLE_FRAMES)

    async def _leave(self, frame: Frame) -> Frame:
        return await self._settle(frame)

    # Presses

    async def _until(
        self, keys: Button, done: Callable[[Standing, Standing], bool], *, message_is_enough: bool = False
    ) -> Frame:
        """Press until the effect shows and the game rests again."""
        before = _standing((await self._look()).ram)
        for _ in range(TRIES):
            frame = await self._press(keys, ANYTHING, hold=HOLD_FRAMES, settle=SETTLE_FRAMES)
            reacted = message_is_enough and bool(frame.met & (Condition.MESSAGE | Condition.CHOICE))
            frame = await self._settle(frame)
            if frame.met & Condition.RUN_OVER or reacted or done(before, _standing(frame.ram)):
                return frame
        raise ControlError(f"{keys!r} had no effect in {TRIES} tries; {_seen(frame)}")

    async def _settle(self, frame: Frame) -> Frame:
        """From a frame that ended on something open, or on nothing, to rest."""
        for _ in range(MOST_PRESSES):
            if frame.met & AT_REST:
                return frame
            if not frame.met & ANYTHING:
                raise EmulatorTimeout(f"the game did not come to rest within {TURN_FRAMES} frames; {_seen(frame)}")
            frame = await self._dismiss(frame)
        raise ControlError(f"still something open after {MOST_PRESSES} presses; {_seen(frame)}")

    async def _dismiss(self, frame: Frame) -> Frame:
        if frame.met & Condition.CHOICE:
            return await self._answer_no()
        key = Button.A if frame.met & Condition.MESSAGE else Button.B
        return await self._press(key, ANYTHING, hold=2, settle=SETTLE_FRAMES)

    async def _answer_no(self) -> Frame:
        """The game's yes/no boxes refuse B: go to the last row, "no", and accept it."""
        for _ in range(MOST_PRESSES):
            cursor, rows = ui.choice_cursor((await self._look()).ram)
            if cursor >= rows - 1:
                break
            await self._press(Button.DOWN, Condition(0), frames=PRESS_FRAMES, hold=2)
        return await self._press(Button.A, ANYTHING, hold=2, settle=SETTLE_FRAMES)

    async def _press(
        self, keys: Button, until: Condition, *, frames: int = TURN_FRAMES, hold: int = 0, settle: int = 0
    ) -> Frame:
        self._frame = None  # unknown, should the call fail
        self._frame = await self._emulator.advance(Press(keys, frames, until, hold, settle))
        return self._frame

    async def _look(self) -> Frame:
        return self._frame or await self._press(Button(0), Condition(0), frames=0)


_GLOBALS = layout.image()


def _standing(ram: NDArray[np.uint8]) -> Standing:
    return peek.standing(ram.data)


def _move_flags(ram: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Flags of the leader's four move slots, (4,) uint8; ControlError without a leader."""
    dungeon = peek.dungeon_offset(ram.data)
    slot = peek.leader_slot(ram.data, dungeon) if dungeon >= 0 else -1
    if slot < 0:
        raise ControlError("there is no leader to command; start a run first")
    start = dungeon + peek.in_dungeon("team_info") + slot * layout.MONSTER.itemsize
    start += layout.field("Monster.moves").offset
    moves = ram[start : start + layout.MOVE_SLOTS * layout.MOVE.itemsize].view(layout.MOVE)
    flags: NDArray[np.uint8] = moves["flags"]
    return flags


def _moved(before: Standing, after: Standing) -> bool:
    return before.tile != after.tile or _turn_passed(before, after)


def _turn_passed(before: Standing, after: Standing) -> bool:
    return before.clock != after.clock


def _mode(ram: NDArray[np.uint8]) -> int:
    return int(ram.view(_GLOBALS)[0]["ui_mode"])


def _is_main_menu(ram: NDArray[np.uint8]) -> bool:
    return _mode(ram) in (ui.Mode.MAIN_MENU, ui.Mode.IDLE_MENU)


def _menu(ram: NDArray[np.uint8]) -> Any:
    return ram.view(_GLOBALS)[0]["dungeon_menu"]


def _actions(ram: NDArray[np.uint8]) -> list[int]:
    """Codes of the rows of the open sub menu; empty where none is open."""
    console = ram.view(_GLOBALS)[0]
    count = int(console["dungeon_submenu_count"]) if int(console["ui_mode"]) == ui.Mode.LIST else 0
    return [int(action) for action in console["dungeon_submenu"]["action"][:count]]


def _seen(frame: Frame) -> str:
    """What the screen's state was, for an error message."""
    console = frame.ram.view(_GLOBALS)[0]
    standing = _standing(frame.ram)
    return (
        f"seen at frame {frame.number}: {frame.met!r}, ui_mode {int(console['ui_mode'])},"
        f" text_state {int(console['text_state'])}, leader at {standing.tile} facing {standing.facing}"
    )
