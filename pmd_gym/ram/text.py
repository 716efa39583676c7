"""The game's text as Python strings: the dialogue box, the message log, names.

Encoding (pret/pmd-red 1177316f, charmap.txt and src/text_2.c): one byte a letter, near Windows-1252; bytes
0x81..0x84 and 0x87 begin a two-byte letter of Shift JIS; `~` and two hex digits stand for one byte; `#` begins a
control code. This file knows nothing of when a text is shown, except that `message` follows the state of the
dialogue box.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.ram import layout
from pmd_gym.ram.signals import Image, dungeon_offset

_TWO_BYTES = frozenset((0x81, 0x82, 0x83, 0x84, 0x87))
_OWN_LETTERS = {0x60: " ", 0xB7: "„", 0xB8: "‚", 0xBA: "⁰", 0xBC: "←", 0xBD: "♂", 0xBE: "♀"}
"""Where the font differs from Windows-1252; the grave accent is a narrow space."""

_FONT_SWITCHES = (b"\x82\xa0", b"\x82\xa2")
_LINE_BREAKS = (0x0A, 0x0D, 0x1D)
_ENDS = (0x00, 0x1B)
_ONE_ARGUMENT = frozenset(b".;Cc~")
_ONE_ARGUMENT_AND_DOT = frozenset(b"=y_")
_NO_ARGUMENT = frozenset(b"n:+RrWPp")
_STRIP_SCREEN = 3  # ui_mode with the message strip at the bottom
_STRIP_LINES = 3
_NAME_LENGTH = 10


def plain_text(data: bytes) -> str:
    """Readable text of game text, up to its first zero: control codes gone, line and page breaks as newlines."""
    pieces: list[str] = []
    position = 0
    while position < len(data) and data[position] not in _ENDS:
        piece, position = _piece(data, position)
        pieces.append(piece)
    lines = "".join(pieces).split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def message(ram: Image) -> str:
    """The text on screen: the shown page of the dialogue box, else the message strip of a dungeon, else ''.

    ram: one EWRAM image, (262144,) uint8. What was printed so far ends at `text_cursor`, if that points into the
    box's text.
    """
    variables = np.frombuffer(ram, layout.EWRAM)[0]
    if variables["text_state"]:
        return _page(variables["text_buffer"].tobytes(), int(variables["text_cursor"]))
    return "\n".join(log_lines(ram)[-_STRIP_LINES:]) if variables["ui_mode"] == _STRIP_SCREEN else ""


def log_lines(ram: Image) -> list[str]:
    """The message log of the dungeon, oldest line first; empty outside dungeons."""
    dungeon = _dungeon(ram)
    if dungeon is None:
        return []
    ring, oldest = dungeon["log"], int(dungeon["log_next"])
    count = len(ring)
    order = [ring[(oldest + index) % count] for index in range(count)]
    return [plain_text(line["text"].tobytes()) for line in order if line["used"] == 1]


def member_name(ram: Image, team_index: int) -> str:
    """Name that the player gave to member 0..3 of the team, '' if there is none (RAM guide, section 4)."""
    address = int(np.frombuffer(ram, layout.EWRAM)[0]["roster"])
    start = address - layout.EWRAM_BASE
    roster = layout.struct("Roster")
    if not 0 <= team_index < layout.MAX_TEAM or not 0 <= start <= layout.EWRAM_SIZE - roster.itemsize:
        return ""
    member = np.frombuffer(ram, roster, count=1, offset=start)[0]["team"][team_index]
    return plain_text(member["name"].tobytes()[:_NAME_LENGTH])


def _dungeon(ram: Image) -> Any:
    offset = dungeon_offset(ram)
    return np.frombuffer(ram, layout.DUNGEON, count=1, offset=offset)[0] if offset >= 0 else None


def _page(buffer: bytes, cursor: int) -> str:
    """The page of a text that is on screen: behind the last page break that was printed before the cursor."""
    printed = cursor - layout.global_variable("text_buffer").address
    end = buffer.find(0)
    text = buffer if end < 0 else buffer[:end]
    if not 0 <= printed <= len(text):
        printed = len(text)
    start = 0
    position = 0
    while position < printed:
        is_break = text[position] == ord("#") and text[position + 1 : position + 2] in (b"P", b"p")
        _, position = _piece(text, position)
        if is_break and position < printed:
            start = position
    return plain_text(text[start:printed])


def _piece(data: bytes, position: int) -> tuple[str, int]:
    """Text of the letter or control code at `position`, and where the next one begins."""
    code = data[position]
    if code == ord("#"):
        return _control(data, position)
    if code == ord("~"):
        return _letter(_hex_byte(data[position + 1 : position + 3])), position + 3
    if code in _TWO_BYTES:
        pair = data[position : position + 2]
        return "" if pair in _FONT_SWITCHES else _printable(pair.decode("cp932", "replace")), position + 2
    return _letter(code), position + 1


def _letter(code: int) -> str:
    if code in _LINE_BREAKS:
        return "\n"
    if code in _OWN_LETTERS:
        return _OWN_LETTERS[code]
    return _printable(bytes((code,)).decode("cp1252", "replace"))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " * letter.isspace() for letter in text)


def _hex_byte(digits: bytes) -> int:
    try:
        return int(digits, 16)
    except ValueError:
        return ord("~")


def _control(data: bytes, position: int) -> tuple[str, int]:
    """A control code is `#`, a letter, and arguments by letter (pret/pmd-red 1177316f, src/text_3.c)."""
    kind = data[position + 1] if position + 1 < len(data) else 0
    after = position + 2
    if kind == ord("["):
        end = data.find(b"]", after)
        return "", len(data) if end < 0 else end + 1
    if kind == ord(">"):
        return "", _skip_number(data, after)
    if kind == ord("S"):
        return "", after + 2
    if kind in _ONE_ARGUMENT:
        return "", after + 1
    if kind in _ONE_ARGUMENT_AND_DOT:
        return "", after + 1 + (data[after + 1 : after + 2] == b".")
    if kind in _NO_ARGUMENT:
        return "\n" if kind in b"nPp" else "", after
    return "#", position + 1


def _skip_number(data: bytes, position: int) -> int:
    while position < len(data) and chr(data[position]).isdigit():
        position += 1
    return position + (data[position : position + 1] == b".")
