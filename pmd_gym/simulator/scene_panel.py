"""Kernels that draw what lies over the scene: the status line, the map, messages, text boxes and menus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator.atlas import WORDS
from pmd_gym.simulator.paint import HEIGHT, WIDTH, Int, Pixels, ascii_text, fill, letter, number, put, veil, window
from pmd_gym.simulator.scene_view import in_sight, is_explored

_COLUMNS, _ROWS = layout.MAP_WIDTH, layout.MAP_HEIGHT
_TEAM, _MONSTERS = layout.MAX_TEAM, layout.MAX_MONSTERS
_TEXT_ADDRESS = layout.global_variable("text_buffer").address
_TEXT = layout.global_variable("text_buffer").offset
_WORLD = layout.OBSERVED_DUNGEON_ADDRESS - layout.EWRAM_BASE
_POPUP = _WORLD + layout.field("Dungeon.popup_text").offset
_LOG = _WORLD + layout.field("Dungeon.log").offset
_LOG_TEXT, _LOG_STRIDE = layout.field("LogLine.text").offset, layout.struct("LogLine").itemsize
_TEXT_SIZE = 1000
_POPUP_LENGTH, _LOG_LENGTH = 64, 60
_LOG_LINES, _POPUP_LINES, _SUBMENU_ROWS, _BAG = 20, 10, 10, layout.BAG_SLOTS
_WHITE, _YELLOW, _GREY = 0xF8F8F8, 0xFFE060, 0xB0B8C8
_INK = np.array([0xF8F8F8, 0xFF9880, 0x80F0A0, 0xFFE060, 0x80D8FF, 0xFFB060, 0xE0A0FF, 0xB0B8C8])
_LINE_HEIGHT = 12
_GAUGE = 60
_MAP_LINE = 0xD8ECFF
_MAIN_LIST, _MAIN_MENU, _STRIP, _LISTS = 6, 7, 3, 10  # ui_mode
_HASH, _TILDE, _NEWLINE = 35, 126, 10
_COMMAND_N, _COMMAND_C, _COMMAND_R = ord("n"), ord("c"), ord("r")
_MENU_ROWS = 5
_YES, _NO, _FLOOR_SIGN, _LEVEL_SIGN, _HP_SIGN, _BELLY_SIGN = range(5, len(WORDS))
_LETTER_B, _SLASH = ord("B") - 32, ord("/") - 32


@kernel
def clamp(value: Int, low: Int, high: Int) -> Int:
    """The value, or the bound it passes; an int64 whatever the field's width."""
    return min(max(np.int64(value), low), high)


@kernel
def draw_status(game: Any, atlas: Any, leader: Int, out: Pixels) -> None:
    """The line on top: floor, level, HP with a bar, belly."""
    for y in range(14):
        veil(out, y, y + 1, 0, WIDTH, 0x080818, 176 - y * 5)
    x = 4
    if not atlas.stairs_up[game.world.dungeon_id]:
        x = letter(out, atlas, 3, x, _LETTER_B, _YELLOW)
    x = number(out, atlas, 3, x, np.int64(game.world.floor), _YELLOW)
    ascii_text(out, atlas, 3, x, atlas.words[_FLOOR_SIGN], _YELLOW)
    if leader < 0:
        return
    monster = game.world.monsters[leader]
    x = ascii_text(out, atlas, 3, 34, atlas.words[_LEVEL_SIGN], _GREY)
    number(out, atlas, 3, x, np.int64(monster.level), _WHITE)
    x = ascii_text(out, atlas, 3, 68, atlas.words[_HP_SIGN], _GREY)
    x = number(out, atlas, 3, x + 2, np.int64(monster.hp), _WHITE)
    x = letter(out, atlas, 3, x, _SLASH, _GREY)
    number(out, atlas, 3, x, np.int64(monster.max_hp), _WHITE)
    draw_gauge(out, 4, 124, np.int64(monster.hp), np.int64(monster.max_hp))
    x = ascii_text(out, atlas, 3, 191, atlas.words[_BELLY_SIGN], _GREY)
    belly = np.int64(monster.belly.whole) + (monster.belly.thousandths > 0)
    number(out, atlas, 3, x + 1, belly, 0xFF9070 if belly < 20 else _WHITE)


@kernel
def draw_gauge(out: Pixels, y: Int, x: Int, value: Int, full: Int) -> None:
    """A bar that turns yellow at half and red at a quarter."""
    width, colour = _GAUGE, 0x50D868
    fill(out, y, y + 6, x, x + width + 2, 0x101018)
    fill(out, y + 1, y + 5, x + 1, x + 1 + width, 0x384058)
    length = clamp(width * value // max(full, 1), 0, width)
    if value * 4 <= full:
        colour = 0xF04838
    elif value * 2 <= full:
        colour = 0xF0C838
    fill(out, y + 1, y + 5, x + 1, x + 1 + length, colour)
    veil(out, y + 1, y + 2, x + 1, x + 1 + length, 0xFFFFFF, 120)


@kernel
def draw_map(game: Any, leader: Int, top: Int, left: Int, size: Int, beat: Int, out: Pixels) -> None:
    """Explored ground, stairs, items and monsters, `size` pixels a tile, its corner at (top, left)."""
    for y in range(1, _ROWS - 1):
        for x in range(1, _COLUMNS - 1):
            ground = map_ground(game, y, x)
            if ground:
                colour = 0x203070 if ground == 1 else 0x2860D0
                row, column = top + y * size, left + x * size
                veil(out, row, row + size, column, column + size, colour, 140)
                # A bright line along every side where the known ground ends.
                if map_ground(game, y - 1, x) == 0:
                    veil(out, row, row + 1, column, column + size, _MAP_LINE, 190)
                if map_ground(game, y + 1, x) == 0:
                    veil(out, row + size - 1, row + size, column, column + size, _MAP_LINE, 190)
                if map_ground(game, y, x - 1) == 0:
                    veil(out, row, row + size, column, column + 1, _MAP_LINE, 190)
                if map_ground(game, y, x + 1) == 0:
                    veil(out, row, row + size, column + size - 1, column + size, _MAP_LINE, 190)
    for slot in range(64):
        entity = game.world.item_entities[slot]
        known = (
            is_explored(game, np.int64(entity.pos.y), np.int64(entity.pos.x))
            or game.world.show_all_items
        )
        if entity.kind and known:
            draw_dot(out, top + np.int64(entity.pos.y) * size, left + np.int64(entity.pos.x) * size, size, 0x40E0FF, 0)
    stairs = game.world.stairs
    if is_explored(game, np.int64(stairs.y), np.int64(stairs.x)) or game.world.show_stairs:
        draw_dot(out, top + np.int64(stairs.y) * size, left + np.int64(stairs.x) * size, size, 0xFFFFFF, 1)
        draw_dot(out, top + np.int64(stairs.y) * size, left + np.int64(stairs.x) * size, size, 0x2840C0, 0)
    draw_map_monsters(game, leader, top, left, size, beat, out)


@kernel
def map_ground(game: Any, y: Int, x: Int) -> Int:
    """0 for wall and what is not explored, else 1 ground, 2 or 3 liquid."""
    return np.int64(game.world.tiles[y, x].terrain) & 3 if game.world.tiles[y, x].visibility & 3 else 0


@kernel
def draw_map_monsters(game: Any, leader: Int, top: Int, left: Int, size: Int, beat: Int, out: Pixels) -> None:
    """Dots: red enemies in sight, yellow partners, the leader ringed."""
    for back in range(_MONSTERS):
        slot = _MONSTERS - 1 - back
        entity = game.world.entities[slot]
        if entity.kind != 1 or slot == leader:
            continue
        if slot < _TEAM:
            draw_dot(out, top + np.int64(entity.pos.y) * size, left + np.int64(entity.pos.x) * size, size, _YELLOW, 0)
        elif (
            game.world.show_all_monsters
            or (leader >= 0
            and in_sight(game, leader, np.int64(entity.pos.y), np.int64(entity.pos.x)))
        ):
            draw_dot(out, top + np.int64(entity.pos.y) * size, left + np.int64(entity.pos.x) * size, size, 0xFF4838, 0)
    if leader >= 0:
        entity = game.world.entities[leader]
        draw_dot(out, top + np.int64(entity.pos.y) * size, left + np.int64(entity.pos.x) * size, size, 0x101018, 1)
        pulse = 0xFFFFFF if beat & 1 else 0xFFC030
        draw_dot(out, top + np.int64(entity.pos.y) * size, left + np.int64(entity.pos.x) * size, size, pulse, 0)


@kernel
def draw_dot(out: Pixels, y: Int, x: Int, size: Int, colour: Int, margin: Int) -> None:
    """Fill the square of a tile on the map, grown by `margin` pixels."""
    fill(out, y - margin, y + size + margin, x - margin, x + size + margin, colour)


@kernel
def draw_message_strip(game: Any, atlas: Any, ram: NDArray[np.uint8], out: Pixels) -> None:
    """The strip at the bottom: lines that wait to scroll in, or else the last three of the log."""
    window(out, HEIGHT - 44, HEIGHT - 2, 4, WIDTH - 4)
    waiting = (np.int64(game.world.popup_write) - game.world.popup_read) % _POPUP_LINES
    y = HEIGHT - 40
    for step in range(3):
        if waiting > 0:
            start, length = (
                _POPUP + (np.int64(game.world.popup_read) + step) % _POPUP_LINES * _POPUP_LENGTH,
                _POPUP_LENGTH,
            )
            shown = step < waiting
        else:
            place = (np.int64(game.world.log_next) - 3 + step) % _LOG_LINES
            start, length = _LOG + place * _LOG_STRIDE + _LOG_TEXT, _LOG_LENGTH
            shown = game.world.log[place].used != 0
        if shown:
            draw_text(atlas, ram[start : start + length], y, 12, 1, out)
            y += _LINE_HEIGHT


@kernel
def draw_text_box(game: Any, atlas: Any, ram: NDArray[np.uint8], beat: Int, out: Pixels) -> None:
    """The dialogue box: what is printed of the text, an arrow while it waits, choices while a list is open."""
    window(out, HEIGHT - 52, HEIGHT - 2, 4, WIDTH - 4)
    printed = np.int64(game.text_cursor) - _TEXT_ADDRESS
    length = printed if 0 < printed <= _TEXT_SIZE else _TEXT_SIZE
    draw_text(atlas, ram[_TEXT : _TEXT + length], HEIGHT - 46, 12, 3, out)
    state = game.text_state
    if 7 <= state <= 9:
        for row in range(4):
            for column in range(row, 7 - row):
                put(out, HEIGHT - 9 + row + (beat & 1), WIDTH // 2 - 4 + column, _YELLOW)
    if state == 4:
        window(out, HEIGHT - 90, HEIGHT - 54, WIDTH - 64, WIDTH - 8)
        ascii_text(out, atlas, HEIGHT - 84, WIDTH - 48, atlas.words[_YES], _WHITE)
        ascii_text(out, atlas, HEIGHT - 70, WIDTH - 48, atlas.words[_NO], _WHITE)
        draw_cursor(out, HEIGHT - 84 + 14 * clamp(game.text_choice_menu[0x2C], 0, 1), WIDTH - 57)


@kernel
def draw_text(atlas: Any, text: NDArray[np.uint8], top: Int, left: Int, rows: Int, out: Pixels) -> None:
    """Draw text of the game with its control codes: `#n` and 10 break the line, `#c` colours, `~27` is a byte in hex.

    Only the last `rows` lines are shown, as a box scrolls; lines break at the window's edge.
    """
    lines = 1
    for dry in (True, False):
        x, line, ink, index = left, 0, _WHITE, 0
        while index < text.shape[0] and text[index] != 0:
            code, index = np.int64(text[index]), index + 1
            broke = code == _NEWLINE
            if code == _HASH and index < text.shape[0]:
                command, index = np.int64(text[index]) | 32, index + 1
                broke = command == _COMMAND_N
                if command == _COMMAND_C and index < text.shape[0]:
                    ink, index = _INK[np.int64(text[index]) & 7], index + 1
                elif command == _COMMAND_R:
                    ink = _WHITE
                if not broke:
                    continue
            elif code == _TILDE and index + 1 < text.shape[0]:
                code, index = hex_digit(text[index]) * 16 + hex_digit(text[index + 1]), index + 2
            if broke or x > WIDTH - 20:
                line, x = line + 1, left
            if broke:
                continue
            glyph = np.int64(atlas.glyph_of_byte[code])
            row = line - max(0, lines - rows)
            if not dry and 0 <= row < rows:
                letter(out, atlas, top + row * _LINE_HEIGHT, x, glyph, ink)
            x += np.int64(atlas.glyph_widths[glyph]) + 1
        lines = line + 1


@kernel
def hex_digit(code: Int) -> Int:
    """Value of an ASCII hexadecimal digit."""
    value = np.int64(code)
    return (value - 48 if value < 58 else (value | 32) - 87) & 15


@kernel
def draw_cursor(out: Pixels, y: Int, x: Int) -> None:
    """A triangle pointing at a row."""
    for column in range(4):
        for row in range(column, 7 - column):
            put(out, y + row, x + column, _YELLOW)


@kernel
def draw_main_menu(game: Any, atlas: Any, out: Pixels) -> None:
    """The five rows of the main menu (ui mode 6 and 7)."""
    window(out, 18, 96, 6, 72)
    for row in range(_MENU_ROWS):
        ascii_text(out, atlas, 24 + row * 14, 22, atlas.words[row], _WHITE)
    draw_cursor(out, 24 + 14 * clamp(game.dungeon_menu.cursor_row, 0, _MENU_ROWS - 1), 13)


@kernel
def draw_list_menu(game: Any, atlas: Any, out: Pixels) -> None:
    """Ui mode 10: the rows of the sub menu by their actions, or the bag while there are none."""
    count = clamp(game.dungeon_submenu_count, 0, _SUBMENU_ROWS)
    left = 132 if count else 90
    rows = count
    if count == 0:
        while rows < 8 and game.inventory_data.bag[rows].flags & 1:
            rows += 1
    window(out, 18, 30 + 13 * max(rows, 1), left, WIDTH - 6)
    for row in range(rows):
        if count:
            action = clamp(game.dungeon_submenu[row].action, 0, 79)
            ascii_text(out, atlas, 23 + row * 13, left + 16, atlas.action_names[action], _WHITE)
        else:
            item = clamp(game.inventory_data.bag[row].id, 0, 239)
            ascii_text(out, atlas, 23 + row * 13, left + 16, atlas.item_names[item], _WHITE)
    draw_cursor(out, 23 + 13 * clamp(game.dungeon_menu.cursor_row, 0, max(rows - 1, 0)), left + 7)


@kernel
def draw_boxes(game: Any, atlas: Any, ram: NDArray[np.uint8], beat: Int, out: Pixels) -> None:
    """Menus, and the dialogue box or the message strip, by the interface's mode."""
    mode = game.ui_mode
    if mode == _MAIN_MENU or mode == _MAIN_LIST:
        draw_main_menu(game, atlas, out)
    elif mode == _LISTS:
        draw_list_menu(game, atlas, out)
    if game.text_state != 0:
        draw_text_box(game, atlas, ram, beat, out)
    elif mode == _STRIP:
        draw_message_strip(game, atlas, ram, out)
