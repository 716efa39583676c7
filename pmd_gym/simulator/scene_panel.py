"""Kernels that draw what lies over the scene: the status line, the map, messages, text boxes and menus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator.paint import HEIGHT, WIDTH, Pixels, ascii_text, fill, letter, mix, number, put, veil, window
from pmd_gym.simulator.scene_view import HIDDEN, IN_SIGHT, in_sight, knowledge

_COLUMNS, _ROWS = layout.MAP_WIDTH, layout.MAP_HEIGHT
_TEAM, _MONSTERS = layout.MAX_TEAM, layout.MAX_MONSTERS
_TEXT_ADDRESS = layout.global_variable("text_buffer").address
_TEXT_SIZE = 1000
_POPUP_LENGTH, _LOG_LENGTH = 64, 60
_LOG_LINES, _POPUP_LINES, _SUBMENU_ROWS, _BAG = 20, 10, 10, layout.BAG_SLOTS
_WHITE, _YELLOW, _GREY = 0xF8F8F8, 0xFFE060, 0xB0B8C8
_INK = np.array([0xF8F8F8, 0xFF9880, 0x80F0A0, 0xFFE060, 0x80D8FF, 0xFFB060, 0xE0A0FF, 0xB0B8C8])
_LINE_HEIGHT = 12
_HASH, _TILDE, _NEWLINE = 35, 126, 10


def _code(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii") + b"\0", np.uint8).copy()


_FLOOR_SIGN, _LEVEL_SIGN, _HP_SIGN, _BELLY_SIGN = _code("F"), _code("Lv"), _code("HP"), _code("Belly")
_YES, _NO = _code("Yes"), _code("No")
_LETTER_B, _SLASH = ord("B") - 32, ord("/") - 32


@kernel
def draw_status(game: Any, atlas: Any, leader: int, out: Pixels) -> None:
    """The line on top: floor, level, HP with a bar, belly."""
    for y in range(14):
        veil(out, (y, y + 1, 0, WIDTH), 0x080818, 176 - y * 5)
    x = 4
    if not atlas.stairs_up[game.world.dungeon_id]:
        x = letter(out, atlas, (3, x), _LETTER_B, _YELLOW)
    x = number(out, atlas, (3, x), int(game.world.floor), _YELLOW)
    ascii_text(out, atlas, (3, x), _FLOOR_SIGN, _YELLOW)
    if leader < 0:
        return
    monster = game.world.monsters[leader]
    x = ascii_text(out, atlas, (3, 34), _LEVEL_SIGN, _GREY)
    number(out, atlas, (3, x), int(monster.level), _WHITE)
    x = ascii_text(out, atlas, (3, 68), _HP_SIGN, _GREY)
    x = number(out, atlas, (3, x + 2), int(monster.hp), _WHITE)
    x = letter(out, atlas, (3, x), _SLASH, _GREY)
    number(out, atlas, (3, x), int(monster.max_hp), _WHITE)
    draw_gauge(out, (4, 124), 60, (int(monster.hp), int(monster.max_hp)), 0x50D868)
    x = ascii_text(out, atlas, (3, 191), _BELLY_SIGN, _GREY)
    belly = int(monster.belly.whole) + (monster.belly.thousandths > 0)
    number(out, atlas, (3, x + 1), belly, 0xFF9070 if belly < 20 else _WHITE)


@kernel
def draw_gauge(out: Pixels, at: tuple[int, int], width: int, share: tuple[int, int], colour: int) -> None:
    """A bar that turns yellow at half and red at a quarter."""
    value, full = share
    fill(out, (at[0], at[0] + 6, at[1], at[1] + width + 2), 0x101018)
    fill(out, (at[0] + 1, at[0] + 5, at[1] + 1, at[1] + 1 + width), 0x384058)
    length = max(0, min(width, width * value // max(full, 1)))
    if value * 4 <= full:
        colour = 0xF04838
    elif value * 2 <= full:
        colour = 0xF0C838
    fill(out, (at[0] + 1, at[0] + 5, at[1] + 1, at[1] + 1 + length), colour)
    veil(out, (at[0] + 1, at[0] + 2, at[1] + 1, at[1] + 1 + length), 0xFFFFFF, 120)


@kernel
def draw_map(game: Any, leader: int, at: tuple[int, int], size: int, beat: int, out: Pixels) -> None:
    """Explored ground, stairs, items and monsters, `size` pixels a tile, the corner of the map at `at` (row, column)."""
    for y in range(_ROWS):
        for x in range(_COLUMNS):
            if game.world.tiles[y, x].visibility & 3 == 0 or game.world.tiles[y, x].terrain & 3 == 0:
                continue
            ground = int(game.world.tiles[y, x].terrain) & 3
            colour, weight = (0xB0D8FF, 120) if ground == 1 else (0x3868E0, 120)
            if leader >= 0 and ground == 1 and in_sight(game, leader, y, x):
                weight = 165
            for dy in range(size):
                for dx in range(size):
                    mix(out, at[0] + y * size + dy, at[1] + x * size + dx, colour, weight)
    for slot in range(64):
        entity = game.world.item_entities[slot]
        known = knowledge(game, leader, int(entity.pos.y), int(entity.pos.x)) != HIDDEN or game.world.show_all_items
        if entity.kind and known:
            draw_dot(out, at, size, (int(entity.pos.y), int(entity.pos.x)), 0x40E0FF, 0)
    stairs = game.world.stairs
    if knowledge(game, leader, int(stairs.y), int(stairs.x)) != HIDDEN or game.world.show_stairs:
        draw_dot(out, at, size, (int(stairs.y), int(stairs.x)), 0xFFFFFF, 1)
        draw_dot(out, at, size, (int(stairs.y), int(stairs.x)), 0x2840C0, 0)
    draw_map_monsters(game, leader, at, size, beat, out)


@kernel
def draw_map_monsters(game: Any, leader: int, at: tuple[int, int], size: int, beat: int, out: Pixels) -> None:
    """Dots: red enemies in sight, yellow partners, the leader ringed."""
    for back in range(_MONSTERS):
        slot = _MONSTERS - 1 - back
        entity = game.world.entities[slot]
        if entity.kind != 1 or slot == leader:
            continue
        if slot < _TEAM:
            draw_dot(out, at, size, (int(entity.pos.y), int(entity.pos.x)), _YELLOW, 0)
        elif game.world.show_all_monsters or knowledge(game, leader, int(entity.pos.y), int(entity.pos.x)) == IN_SIGHT:
            draw_dot(out, at, size, (int(entity.pos.y), int(entity.pos.x)), 0xFF4838, 0)
    if leader >= 0:
        entity = game.world.entities[leader]
        draw_dot(out, at, size, (int(entity.pos.y), int(entity.pos.x)), 0x101018, 1)
        draw_dot(out, at, size, (int(entity.pos.y), int(entity.pos.x)), 0xFFFFFF if beat & 1 else 0xFFC030, 0)


@kernel
def draw_dot(out: Pixels, at: tuple[int, int], size: int, tile: tuple[int, int], colour: int, margin: int) -> None:
    """Fill the square of a tile on the map, grown by `margin` pixels."""
    y, x = at[0] + tile[0] * size, at[1] + tile[1] * size
    fill(out, (y - margin, y + size + margin, x - margin, x + size + margin), colour)


@kernel
def draw_message_strip(game: Any, atlas: Any, out: Pixels) -> None:
    """The strip at the bottom: lines that wait to scroll in, or else the last three of the log."""
    window(out, (HEIGHT - 44, HEIGHT - 2, 4, WIDTH - 4))
    waiting = (game.world.popup_write - game.world.popup_read) % _POPUP_LINES
    row = 0
    if waiting > 0:
        for step in range(min(waiting, 3)):
            line = game.world.popup_text[(game.world.popup_read + step) % _POPUP_LINES]
            draw_text(atlas, line, _POPUP_LENGTH, (HEIGHT - 40 + row * _LINE_HEIGHT, 12), 1, out)
            row += 1
        return
    for back in range(3, 0, -1):
        entry = game.world.log[(game.world.log_next - back) % _LOG_LINES]
        if entry.used:
            draw_text(atlas, entry.text, _LOG_LENGTH, (HEIGHT - 40 + row * _LINE_HEIGHT, 12), 1, out)
            row += 1


@kernel
def draw_text_box(game: Any, atlas: Any, beat: int, out: Pixels) -> None:
    """The dialogue box: what is printed of the text, an arrow while it waits, choices while a list is open."""
    window(out, (HEIGHT - 52, HEIGHT - 2, 4, WIDTH - 4))
    printed = int(game.text_cursor) - _TEXT_ADDRESS
    length = printed if 0 < printed <= _TEXT_SIZE else _TEXT_SIZE
    draw_text(atlas, game.text_buffer, length, (HEIGHT - 46, 12), 3, out)
    state = game.text_state
    if 7 <= state <= 9:
        for row in range(4):
            for column in range(row, 7 - row):
                put(out, HEIGHT - 9 + row + (beat & 1), WIDTH // 2 - 4 + column, _YELLOW)
    if state == 4:
        window(out, (HEIGHT - 90, HEIGHT - 54, WIDTH - 64, WIDTH - 8))
        ascii_text(out, atlas, (HEIGHT - 84, WIDTH - 48), _YES, _WHITE)
        ascii_text(out, atlas, (HEIGHT - 70, WIDTH - 48), _NO, _WHITE)
        draw_cursor(out, HEIGHT - 84 + 14 * min(int(game.text_choice_menu[0x2C]), 1), WIDTH - 57)


@kernel
def draw_text(
    atlas: Any, text: NDArray[np.uint8], length: int, at: tuple[int, int], rows: int, out: Pixels
) -> None:
    """Draw text of the game with its control codes: `#n` and 10 break the line, `#c` colours, `~27` is a byte in hex.

    Only the last `rows` lines of the first `length` bytes are shown, as a box scrolls; lines break at the window's edge.
    """
    lines = 1
    for dry in (True, False):
        x, line, ink, index = at[1], 0, _WHITE, 0
        while index < length and text[index] != 0:
            code, index = int(text[index]), index + 1
            broke = code == _NEWLINE
            if code == _HASH and index < length:
                command, index = int(text[index]) | 32, index + 1
                broke = command == ord("n")
                if command == ord("c") and index < length:
                    ink, index = _INK[int(text[index]) & 7], index + 1
                elif command == ord("r"):
                    ink = _WHITE
                if not broke:
                    continue
            elif code == _TILDE and index + 1 < length:
                code, index = hex_digit(text[index]) * 16 + hex_digit(text[index + 1]), index + 2
            if broke or x > WIDTH - 20:
                line, x = line + 1, at[1]
            if broke:
                continue
            glyph = int(atlas.glyph_of_byte[code])
            row = line - max(0, lines - rows)
            if not dry and 0 <= row < rows:
                letter(out, atlas, (at[0] + row * _LINE_HEIGHT, x), glyph, ink)
            x += int(atlas.glyph_widths[glyph]) + 1
        lines = line + 1


@kernel
def hex_digit(code: int) -> int:
    """Value of an ASCII hexadecimal digit."""
    value = int(code)
    return (value - 48 if value < 58 else (value | 32) - 87) & 15


@kernel
def draw_cursor(out: Pixels, y: int, x: int) -> None:
    """A triangle pointing at a row."""
    for column in range(4):
        for row in range(column, 7 - column):
            put(out, y + row, x + column, _YELLOW)


@kernel
def draw_main_menu(game: Any, atlas: Any, out: Pixels) -> None:
    """The five rows of the main menu (ui mode 6 and 7)."""
    window(out, (18, 96, 6, 72))
    for row in range(5):
        ascii_text(out, atlas, (24 + row * 14, 22), atlas.menu_names[row], _WHITE)
    draw_cursor(out, 24 + 14 * min(max(int(game.dungeon_menu.cursor_row), 0), 4), 13)


@kernel
def draw_list_menu(game: Any, atlas: Any, out: Pixels) -> None:
    """Ui mode 10: the rows of the sub menu by their actions, or the bag while there are none."""
    count = min(max(int(game.dungeon_submenu_count), 0), _SUBMENU_ROWS)
    left = 132 if count else 90
    rows = count
    if count == 0:
        while rows < 8 and game.inventory_data.bag[rows].flags & 1:
            rows += 1
    window(out, (18, 30 + 13 * max(rows, 1), left, WIDTH - 6))
    for row in range(rows):
        if count:
            action = min(int(game.dungeon_submenu[row].action), 79)
            ascii_text(out, atlas, (23 + row * 13, left + 16), atlas.action_names[action], _WHITE)
        else:
            item = min(int(game.inventory_data.bag[row].id), 239)
            ascii_text(out, atlas, (23 + row * 13, left + 16), atlas.item_names[item], _WHITE)
    draw_cursor(out, 23 + 13 * min(max(int(game.dungeon_menu.cursor_row), 0), max(rows - 1, 0)), left + 7)
