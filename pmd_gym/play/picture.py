"""A `View` as one picture in the game's pixels: the screen, messages, map, team and moves, and the open page over them.

Drawn with NumPy, so that a window only has to enlarge it by a whole number, and tests and films need no window.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pmd_gym.play.guide import KEYS
from pmd_gym.play.interface import View
from pmd_gym.play.menus import Menu, Page, Row, rows, title
from pmd_gym.play.minimap import COLOURS, Ground, grounds
from pmd_gym.play.scene import Member, Move, Scene
from pmd_gym.views import canvas
from pmd_gym.views.canvas import DIM, GOLD, GREEN, GROUND, INK, PANEL, RED, SOFT, Pixels

WIDTH, HEIGHT = 428, 240
"""Pixels of the picture."""
GAP = 5
SCREEN_TOP, SCREEN_LEFT, SCREEN_HEIGHT, SCREEN_WIDTH = GAP + 1, GAP + 1, 160, 240
SIDE = SCREEN_LEFT + SCREEN_WIDTH + 1 + GAP
SIDE_WIDTH = WIDTH - SIDE - GAP
LINE = 11
MAP_PIXELS = 3
PLACE_HEIGHT, MAP_HEIGHT, TEAM_HEIGHT = 28, 32 * MAP_PIXELS + 2, 60
MAP_TOP = GAP + PLACE_HEIGHT + 3
TEAM_TOP = MAP_TOP + MAP_HEIGHT + 3
MOVES_TOP = TEAM_TOP + TEAM_HEIGHT + 3
MESSAGES_TOP = SCREEN_TOP + SCREEN_HEIGHT + 1 + 4
MESSAGE_LINES = 5
MENU_ROWS = 12
_HUNGRY = 20


def compose(view: View) -> Pixels:
    """The picture, (240, 428, 3) uint8 RGB."""
    picture = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
    _screen(picture, view)
    _messages(picture, view)
    _place(picture, view.scene)
    _map(picture, view.scene)
    _team(picture, view.scene)
    _moves(picture, view.scene.moves)
    _page(picture, view)
    return picture


def _screen(picture: Pixels, view: View) -> None:
    canvas.box(picture, SCREEN_TOP - 1, SCREEN_LEFT - 1, SCREEN_HEIGHT + 2, SCREEN_WIDTH + 2)
    if view.pixels is not None:
        picture[SCREEN_TOP : SCREEN_TOP + SCREEN_HEIGHT, SCREEN_LEFT : SCREEN_LEFT + SCREEN_WIDTH] = view.pixels


def _messages(picture: Pixels, view: View) -> None:
    """The last lines, the newest below and bright."""
    height, left = HEIGHT - GAP - MESSAGES_TOP, GAP
    canvas.box(picture, MESSAGES_TOP, left, height, SCREEN_WIDTH + 2)
    lines = [part for line in view.messages[-MESSAGE_LINES:] for part in canvas.wrapped(line, SCREEN_WIDTH - 10)]
    shown = lines[-MESSAGE_LINES:]
    for row, line in enumerate(shown):
        ink = INK if row == len(shown) - 1 else SOFT if row >= len(shown) - 3 else DIM
        canvas.text(picture, MESSAGES_TOP + 5 + row * LINE, left + 6, line, ink)
    tag = view.status or "F1: keys"
    top, width = MESSAGES_TOP + height - LINE - 2, canvas.text_width(tag)
    picture[top : top + LINE, left + SCREEN_WIDTH - width - 8 : left + SCREEN_WIDTH - 1] = PANEL
    canvas.text(picture, top + 2, left + SCREEN_WIDTH - width - 5, tag, GOLD if view.status else DIM)


def _place(picture: Pixels, scene: Scene) -> None:
    canvas.box(picture, GAP, SIDE, PLACE_HEIGHT, SIDE_WIDTH)
    right = SIDE + SIDE_WIDTH - 6
    of_all = canvas.right_text(picture, GAP + 4, right, f"floor {scene.floor} of {scene.floor_count}", GOLD)
    canvas.text(picture, GAP + 4, SIDE + 6, scene.dungeon or "Outside", INK, of_all - SIDE - 10)
    canvas.text(picture, GAP + 15, SIDE + 6, scene.weather, SOFT)
    money = canvas.right_text(picture, GAP + 15, right, f"{scene.money} P", SOFT)
    turns = f"{scene.turns_left} turns"
    middle = (SIDE + 6 + money - canvas.text_width(turns)) // 2
    canvas.text(picture, GAP + 15, middle, turns, RED if scene.turns_left < 100 else SOFT)


def _map(picture: Pixels, scene: Scene) -> None:
    canvas.box(picture, MAP_TOP, SIDE, MAP_HEIGHT, SIDE_WIDTH, tuple(COLOURS[Ground.UNKNOWN].tolist()))
    chart = COLOURS[grounds(scene)].repeat(MAP_PIXELS, axis=0).repeat(MAP_PIXELS, axis=1)
    left = SIDE + (SIDE_WIDTH - chart.shape[1]) // 2
    picture[MAP_TOP + 1 : MAP_TOP + 1 + chart.shape[0], left : left + chart.shape[1]] = chart


def _team(picture: Pixels, scene: Scene) -> None:
    canvas.box(picture, TEAM_TOP, SIDE, TEAM_HEIGHT, SIDE_WIDTH)
    for row, member in enumerate(scene.members):
        _member(picture, TEAM_TOP + 5 + row * LINE, member)
    if scene.leader:
        _belly(picture, TEAM_TOP + TEAM_HEIGHT - LINE - 1, scene.leader)


def _member(picture: Pixels, top: int, member: Member) -> None:
    """Name, level, bar and HP on one line; statuses stand in the name's place where there are any."""
    left, right = SIDE + 6, SIDE + SIDE_WIDTH - 6
    share = member.hp / max(member.max_hp, 1)
    canvas.right_text(picture, top, right, f"{member.hp}/{member.max_hp}", INK)
    canvas.bar(picture, top + 1, right - 74, 32, share, canvas.health(share))
    canvas.right_text(picture, top, right - 78, f"Lv{member.level}", SOFT)
    name = f"{member.name} {'/'.join(member.statuses)}" if member.statuses else member.name
    ink = RED if member.statuses else GOLD if member.is_leader else INK
    canvas.text(picture, top, left, name, ink, right - 104 - left)


def _belly(picture: Pixels, top: int, leader: Member) -> None:
    left, right = SIDE + 6, SIDE + SIDE_WIDTH - 6
    canvas.text(picture, top, left, "Belly", SOFT)
    hungry = leader.belly < _HUNGRY
    canvas.bar(picture, top + 1, right - 74, 32, leader.belly / max(leader.max_belly, 1), RED if hungry else GOLD)
    canvas.right_text(picture, top, right, f"{leader.belly}/{leader.max_belly}", RED if hungry else INK)
    canvas.text(picture, top, left + 28, f"Exp {leader.exp}", SOFT, right - 78 - left - 28)


def _moves(picture: Pixels, moves: Sequence[Move]) -> None:
    """Two by two, with their keys."""
    canvas.box(picture, MOVES_TOP, SIDE, HEIGHT - GAP - MOVES_TOP, SIDE_WIDTH)
    half = (SIDE_WIDTH - 12) // 2
    for move in moves:
        top = MOVES_TOP + 5 + move.slot // 2 * LINE
        left = SIDE + 6 + move.slot % 2 * (half + 4)
        right = left + half - 4
        points = canvas.right_text(picture, top, right, str(move.pp), SOFT if move.legal else DIM)
        canvas.text(picture, top, left, str(move.slot + 1), GOLD if move.legal else DIM)
        canvas.text(picture, top, left + 9, move.name, INK if move.legal else DIM, points - left - 13)


def _page(picture: Pixels, view: View) -> None:
    """What lies over the rest, which is dimmed: a list, the keys, the messages."""
    if view.menu.page is not Page.PLAY:
        picture[:] = picture // 8 * 5
    if view.menu.page is Page.HELP:
        _help(picture)
    elif view.menu.page is Page.LOG:
        _log(picture, view.messages)
    elif view.menu.page is not Page.PLAY:
        _list(picture, view.menu, view.scene)


def _list(picture: Pixels, menu: Menu, scene: Scene) -> None:
    """A list over the screen, scrolled so that the cursor is in sight."""
    listed = rows(menu, scene)
    heading = menu.note or title(menu, scene)
    first = min(max(0, menu.cursor - MENU_ROWS // 2), max(0, len(listed) - MENU_ROWS))
    shown = listed[first : first + MENU_ROWS]
    top, left, width = SCREEN_TOP + 18, SCREEN_LEFT + 6, max(110, _widest(heading, listed) + 32)
    canvas.box(picture, top, left, 22 + LINE * max(len(shown), 1), width)
    canvas.text(picture, top + 5, left + 8, heading, GOLD)
    if menu.page is Page.BAG:
        canvas.right_text(picture, top + 5, left + width - 8, f"{len(scene.bag)}/20", SOFT)
    for row, entry in enumerate(shown):
        _row(picture, top + 17 + row * LINE, left, width, entry, first + row == menu.cursor)
    if not listed:
        canvas.text(picture, top + 17, left + 18, "empty", DIM)


def _widest(heading: str, listed: Sequence[Row]) -> int:
    return max(canvas.text_width(line) for line in [heading, *(f"{row.label}   {row.detail}" for row in listed)])


def _row(picture: Pixels, top: int, left: int, width: int, entry: Row, chosen: bool) -> None:
    ink = INK if entry.enabled else DIM
    if chosen:
        picture[top - 2 : top + LINE - 2, left + 2 : left + width - 2] = (46, 54, 88)
        for column in range(4):
            picture[top + column : top + 7 - column, left + 8 + column] = GREEN if entry.enabled else DIM
    canvas.text(picture, top, left + 18, entry.label, ink)
    canvas.right_text(picture, top, left + width - 8, entry.detail, SOFT if entry.enabled else DIM)


def _help(picture: Pixels) -> None:
    top, left, width = 14, 26, WIDTH - 52
    canvas.box(picture, top, left, 24 + LINE * (len(KEYS) + 1), width)
    canvas.text(picture, top + 6, left + 10, "Keys", GOLD)
    canvas.right_text(picture, top + 6, left + width - 10, "Esc: back", SOFT)
    for row, (keys, what) in enumerate(KEYS):
        canvas.text(picture, top + 22 + row * LINE, left + 10, keys, GREEN)
        canvas.text(picture, top + 22 + row * LINE, left + 116, what, INK)


def _log(picture: Pixels, messages: Sequence[str]) -> None:
    """The last lines, over the left part of the picture."""
    top, left, height, width = GAP, GAP, HEIGHT - 2 * GAP, SCREEN_WIDTH + 2
    canvas.box(picture, top, left, height, width, PANEL)
    canvas.text(picture, top + 6, left + 8, "Messages", GOLD)
    fitting = (height - 24) // LINE
    lines = [part for line in messages[-fitting:] for part in canvas.wrapped(line, width - 16)][-fitting:]
    for row, line in enumerate(lines):
        canvas.text(picture, top + 20 + row * LINE, left + 8, line, INK if row == len(lines) - 1 else SOFT)
