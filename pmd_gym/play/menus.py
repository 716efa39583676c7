"""Which page is open and what a command means on it: from page, command and scene to page and intent, purely.

Every list is made of `Row`s that carry what choosing them leads to, so one rule serves all pages. What the mask does
not allow is shown and cannot be chosen; nothing here decides what is legal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeAlias

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.play.keyboard import Command, Do
from pmd_gym.play.scene import STRAIGHT, Scene


class Page(Enum):
    """What is open."""

    PLAY = auto()
    MAIN = auto()
    MOVES = auto()
    BAG = auto()
    ITEM = auto()
    STAIRS = auto()
    LOG = auto()
    HELP = auto()
    LEAVE = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Menu:
    """The open page, the row of its cursor, and for `ITEM` the slot of the bag; `note` says how a game ended."""

    page: Page = Page.PLAY
    cursor: int = 0
    slot: int = 0
    note: str = ""


PLAYING = Menu()


@dataclass(frozen=True, slots=True)
class Act:
    """Carry out this action of the table."""

    action: int


@dataclass(frozen=True, slots=True)
class Dash:
    """Walk in this direction until something is worth a look."""

    direction: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nothing happens; say why."""

    why: str


@dataclass(frozen=True, slots=True)
class Again:
    """Begin a new game."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the session."""


Intent: TypeAlias = Act | Dash | Refuse | Again | Leave | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list; `choice` is the page it opens or what it does, a `Refuse` where it cannot be chosen."""

    label: str
    choice: Menu | Intent
    detail: str = ""

    @property
    def enabled(self) -> bool:
        """False for rows that are shown grey."""
        return not isinstance(self.choice, Refuse)


TITLES = {
    Page.MAIN: "Menu", Page.MOVES: "Moves", Page.BAG: "Bag", Page.STAIRS: "Stairs", Page.LOG: "Messages",
    Page.HELP: "Keys", Page.LEAVE: "Leave the game?", Page.OVER: "The adventure is over",
}  # fmt: skip
_NOT_NOW = "Not possible now."


def title(menu: Menu, scene: Scene) -> str:
    """Heading of the page; '' while playing."""
    if menu.page is Page.ITEM:
        return next((item.label for item in scene.bag if item.slot == menu.slot), "Bag")
    return TITLES.get(menu.page, "")


def rows(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    """The list of the page; empty where there is none."""
    return _LISTS[menu.page](menu, scene) if menu.page in _LISTS else ()


def react(menu: Menu, command: Command, scene: Scene) -> tuple[Menu, Intent]:
    """The page after a command, and what the game is to do."""
    if command.do is Do.CLOSE:
        return menu, Leave()
    if menu.page is Page.PLAY:
        return _while_playing(command, scene)
    if menu.page is Page.OVER and command.do is Do.QUIT:
        return menu, Leave()
    return _in_list(menu, command, scene)


def _while_playing(command: Command, scene: Scene) -> tuple[Menu, Intent]:
    opened = _OPENS.get(command.do)
    if opened:
        return Menu(opened), None
    if command.do is Do.RUN:
        return PLAYING, Dash(command.number)
    if command.do is Do.CONFIRM and scene.on_stairs:
        return Menu(Page.STAIRS), None
    kind = _ACTS.get(command.do)
    return PLAYING, None if kind is None else _act(scene, kind, command.number)


_OPENS = {
    Do.CANCEL: Page.MAIN, Do.MOVES: Page.MOVES, Do.BAG: Page.BAG, Do.LOG: Page.LOG, Do.HELP: Page.HELP,
    Do.QUIT: Page.LEAVE,
}  # fmt: skip
_ACTS = {
    Do.TURN: CommandKind.FACE, Do.CONFIRM: CommandKind.ATTACK, Do.WAIT: CommandKind.WAIT,
    Do.STAIRS: CommandKind.STAIRS, Do.MOVE: CommandKind.MOVE, Do.GO: CommandKind.STEP,
}  # fmt: skip


def _act(scene: Scene, kind: CommandKind, argument: int) -> Intent:
    """The action if the mask allows it; a step into a wall turns, as on the console."""
    if scene.allows(kind, argument):
        return Act(ACTIONS.of(kind, argument))
    if kind is CommandKind.STEP and scene.allows(CommandKind.FACE, argument):
        return Act(ACTIONS.of(CommandKind.FACE, argument))
    silent = kind in (CommandKind.STEP, CommandKind.FACE)
    return None if silent else Refuse(_REASONS.get(kind, _NOT_NOW))


_REASONS = {
    CommandKind.STAIRS: "There are no stairs here.",
    CommandKind.MOVE: "This move cannot be used now.",
}


def _in_list(menu: Menu, command: Command, scene: Scene) -> tuple[Menu, Intent]:
    listed = rows(menu, scene)
    if command.do in (Do.GO, Do.RUN) and command.number in STRAIGHT:
        return _moved(menu, command.number, len(listed)), None
    if command.do is Do.CONFIRM:
        return _chosen(menu, listed)
    if menu.page is Page.OVER:
        return menu, None
    if command.do is Do.CANCEL or _OPENS.get(command.do) is menu.page:
        return _BACK.get(menu.page, PLAYING), None
    if menu.page is Page.MOVES and command.do is Do.MOVE and command.number < len(listed):
        return _chosen(replace(menu, cursor=command.number), listed)
    return (Menu(_OPENS[command.do]) if command.do in _OPENS else menu), None


_BACK = {Page.ITEM: Menu(Page.BAG)}
_PAGE_ROWS = 8


def _moved(menu: Menu, direction: int, count: int) -> Menu:
    """Up and down go round; left and right jump."""
    step = {4: -1, 0: 1, 6: -_PAGE_ROWS, 2: _PAGE_ROWS}[direction]
    if abs(step) > 1:
        return replace(menu, cursor=min(max(menu.cursor + step, 0), max(count - 1, 0)))
    return replace(menu, cursor=(menu.cursor + step) % count if count else 0)


def _chosen(menu: Menu, listed: tuple[Row, ...]) -> tuple[Menu, Intent]:
    if not listed:
        return _BACK.get(menu.page, PLAYING), None
    choice = listed[min(menu.cursor, len(listed) - 1)].choice
    if isinstance(choice, Menu):
        return choice, None
    return (menu if isinstance(choice, Refuse) else PLAYING), choice


def _main(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    stairs: Menu | Intent = Menu(Page.STAIRS) if scene.on_stairs else Refuse(_REASONS[CommandKind.STAIRS])
    return (
        Row("Moves", Menu(Page.MOVES)), Row("Bag", Menu(Page.BAG), f"{len(scene.bag)}/20"), Row("Stairs", stairs),
        Row("Messages", Menu(Page.LOG)), Row("Keys", Menu(Page.HELP)), Row("Leave", Menu(Page.LEAVE)),
    )  # fmt: skip


def _moves(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    return tuple(
        Row(f"{move.slot + 1} {move.name}", _act(scene, CommandKind.MOVE, move.slot), f"{move.pp} PP")
        for move in scene.moves
    )


def _bag(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    return tuple(Row(item.label, Menu(Page.ITEM, slot=item.slot), "sticky" * item.sticky) for item in scene.bag)


def _item(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    return (
        Row("Use", _act(scene, CommandKind.USE_ITEM, menu.slot)),
        Row("Throw", _act(scene, CommandKind.THROW_ITEM, menu.slot)),
        Row("Back", Menu(Page.BAG)),
    )


def _stairs(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    return Row("Go on", _act(scene, CommandKind.STAIRS, 0)), Row("Stay", PLAYING)


def _leave(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    return Row("Play on", PLAYING), Row("Leave", Leave())


def _over(menu: Menu, scene: Scene) -> tuple[Row, ...]:
    return Row("Play again", Again()), Row("Leave", Leave())


_LISTS: dict[Page, Callable[[Menu, Scene], tuple[Row, ...]]] = {
    Page.MAIN: _main, Page.MOVES: _moves, Page.BAG: _bag, Page.ITEM: _item, Page.STAIRS: _stairs,
    Page.LEAVE: _leave, Page.OVER: _over,
}  # fmt: skip
