"""A `View` as a page of text for rich: the floor in letters, the same panels beside it, messages below.

Fits itself to the terminal: tiles are two columns wide where there is room, else one; what does not fit of the floor is
cut off round the leader. From 80 by 24 on, everything is to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from pmd_gym.play.guide import KEYS
from pmd_gym.play.interface import View
from pmd_gym.play.menus import Page, rows, title
from pmd_gym.play.minimap import COLOURS, Ground, ground, grounds, halved
from pmd_gym.play.scene import Member, Scene

SIDE_WIDTH = 32
MESSAGE_ROWS = 3
WIDE_TILES = 76
"""Columns from which a tile gets two of them."""
_EDGE, _GOLD, _SOFT, _DIM, _INK = "#42507a", "#ffd85c", "#98a3c2", "#58617e", "#eef0f8"
_STYLES = {
    Ground.WALL: "#4a5474", Ground.CORRIDOR: "#6c7890", Ground.ROOM: "#5f8a5a", Ground.LIQUID: "#4a86e0",
    Ground.TRAP: "bold #e2784a", Ground.ITEM: "bold #5ce0f4", Ground.STAIRS: "bold #10121c on #ffffff",
    Ground.TEAM: "bold #ffd654", Ground.ENEMY: "bold #fa5242", Ground.LEADER: "bold #10121c on #78ff8c",
    Ground.UNKNOWN: "",
}  # fmt: skip
_BAR = 8
_WALL = "▒"


def page(view: View, width: int, height: int) -> RenderableType:
    """The whole page for a terminal of this size."""
    layout = Layout()
    layout.split_column(Layout(name="top"), Layout(_messages(view), size=MESSAGE_ROWS + 2))
    inside = max(1, width - SIDE_WIDTH - 2), max(1, height - MESSAGE_ROWS - 4)
    layout["top"].split_row(Layout(_main(view, *inside), name="main"), Layout(_side(view.scene), size=SIDE_WIDTH))
    return layout


def _panel(content: RenderableType, heading: str = "", foot: str = "") -> Panel:
    return Panel(
        content, title=Text(heading, _GOLD) if heading else None, title_align="left",
        subtitle=Text(foot, _GOLD) if foot else None, subtitle_align="right", border_style=_EDGE, padding=0,
    )  # fmt: skip


def _main(view: View, columns: int, lines: int) -> Panel:
    """The floor, or the page that is open."""
    menu, scene = view.menu, view.scene
    if menu.page is Page.HELP:
        return _panel(_help(), "Keys", "Esc: back")
    if menu.page is Page.LOG:
        return _panel(Text("\n".join(view.messages[-lines:]), _INK, overflow="ellipsis", no_wrap=True), "Messages")
    if menu.page is not Page.PLAY:
        return _panel(_list(view, lines), menu.note or title(menu, scene))
    return _panel(_floor(scene, columns, lines), scene.title, view.status)


def _floor(scene: Scene, columns: int, lines: int) -> Text:
    """The tiles round the leader."""
    wide = 2 if columns >= WIDE_TILES else 1
    x, y = scene.place
    left, top = _start(x, columns // wide, 56), _start(y, lines, 32)
    drawn = Text(no_wrap=True)
    for number, row in enumerate(scene.tiles[top : top + lines]):
        drawn.append("\n" if number else "")
        for letter in row[left : left + columns // wide]:
            kind = ground(letter, scene)
            drawn.append(_cell(letter, kind, wide), _STYLES[kind] or None)
    return drawn


def _start(centre: int, shown: int, size: int) -> int:
    return min(max(centre - shown // 2, 0), max(size - shown, 0))


def _cell(letter: str, kind: Ground, wide: int) -> str:
    if kind is Ground.WALL:
        return _WALL * wide
    if wide == 1:
        return letter
    return letter * 2 if kind in (Ground.LIQUID, Ground.LEADER) and letter != "@" else f"{letter} "


def _side(scene: Scene) -> Panel:
    parts: list[RenderableType] = [
        Text(f"{scene.weather}  {scene.turns_left} turns  {scene.money} P", _SOFT, no_wrap=True),
        _minimap(scene),
        *(_member(member) for member in scene.members),
        *([_belly(scene.leader)] if scene.leader else []),
        *(_move(slot, scene) for slot in range(len(scene.moves))),
    ]
    return _panel(Group(*parts), f"of {scene.floor_count} floors" if scene.dungeon else "")


def _minimap(scene: Scene) -> Text:
    """Two by two tiles a dot, two dots a letter: 28 by 8."""
    cells = COLOURS[halved(grounds(scene))]
    drawn = Text(no_wrap=True)
    for y in range(0, len(cells), 2):
        drawn.append("\n " if y else " ")
        for upper, lower in zip(cells[y], cells[y + 1], strict=True):
            drawn.append("▀", Style(color=_hex(upper), bgcolor=_hex(lower)))
    return drawn


def _hex(colour: Sequence[int]) -> str:
    red, green, blue = (int(part) for part in colour)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _member(member: Member) -> Text:
    share = member.hp / max(member.max_hp, 1)
    colour = "#f45442" if share <= 0.25 else "#f0c43c" if share <= 0.5 else "#58d66e"
    line = Text(no_wrap=True)
    name = "/".join(member.statuses) or member.name
    line.append(f"{name[:10]:<10}", _GOLD if member.is_leader else _INK).append(f"{member.level:>3} ", _SOFT)
    return _gauge(line, share, colour).append(f"{member.hp:>4}/{member.max_hp}", _INK)


def _belly(leader: Member) -> Text:
    line = Text(f"{'Belly':<10}    ", _SOFT, no_wrap=True)
    share = leader.belly / max(leader.max_belly, 1)
    return _gauge(line, share, _GOLD).append(f"{leader.belly:>4}/{leader.max_belly}", _INK)


def _gauge(line: Text, share: float, colour: str) -> Text:
    filled = max(round(_BAR * share), int(share > 0))
    return line.append("━" * filled, colour).append("━" * (_BAR - filled), "#30374f")


def _move(index: int, scene: Scene) -> Text:
    move = scene.moves[index]
    line = Text(f"{move.slot + 1} ", _GOLD if move.legal else _DIM, no_wrap=True)
    return line.append(f"{move.name[:18]:<18}", _INK if move.legal else _DIM).append(f"{move.pp:>4} PP", _SOFT)


def _list(view: View, lines: int) -> RenderableType:
    listed = rows(view.menu, view.scene)
    first = min(max(0, view.menu.cursor - lines // 2), max(0, len(listed) - lines))
    grid = Table.grid(padding=(0, 2))
    for number, row in enumerate(listed[first : first + lines], start=first):
        chosen = number == view.menu.cursor
        style = f"{_INK if row.enabled else _DIM}{' bold on #2e3658' if chosen else ''}"
        grid.add_row(Text("▶" if chosen else " ", "#58d66e"), Text(row.label, style), Text(row.detail, _SOFT))
    return grid if listed else Text("  empty", _DIM)


def _help() -> Table:
    grid = Table.grid(padding=(0, 1))
    for keys, what in KEYS:
        grid.add_row(Text(keys, "#58d66e", no_wrap=True), Text(what, _INK, no_wrap=True, overflow="ellipsis"))
    return grid


def _messages(view: View) -> Panel:
    lines = view.messages[-MESSAGE_ROWS:]
    text = Text(no_wrap=True, overflow="ellipsis")
    for number, line in enumerate(lines):
        text.append(line + "\n" * (number < len(lines) - 1), _INK if number == len(lines) - 1 else _SOFT)
    return _panel(text, foot="" if view.status else "?: keys")
