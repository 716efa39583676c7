"""Bytes that a terminal sends into key events: letters, control keys and escape sequences (xterm, VT220, rxvt).

A terminal reports no releases, so every key is pressed and released at once. Sans I/O: who reads says when the bytes
have paused, which tells the Escape key from the beginning of a sequence.
"""

from __future__ import annotations

import re

from pmd_gym.play.interface import KeyEvent

_SEQUENCE = re.compile(rb"\x1b(?:\[([0-9;]*)([A-Za-z~])|O([A-Za-z]))")
_PARTIAL = re.compile(rb"\x1b(?:\[[0-9;]*|O)?\Z")
_FINALS = {
    b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"H": "home", b"F": "end", b"E": ".", b"P": "f1",
    b"u": "pageup", b"s": "pagedown", b"M": "enter",
}  # fmt: skip
_NUMBERED = {
    b"1": "home", b"7": "home", b"4": "end", b"8": "end", b"5": "pageup", b"6": "pagedown", b"11": "f1",
}  # fmt: skip
_CONTROLS = {
    0x09: "tab", 0x0A: "enter", 0x0D: "enter", 0x08: "backspace", 0x7F: "backspace", 0x1B: "escape", 0x20: "space",
}  # fmt: skip
_SHIFT, _CTRL = 1, 4


class AnsiKeys:
    """Collects bytes; `feed` gives the events that are complete."""

    def __init__(self) -> None:
        self._waiting = b""

    @property
    def is_waiting(self) -> bool:
        """True while bytes may be the beginning of a sequence."""
        return bool(self._waiting)

    def feed(self, data: bytes) -> list[KeyEvent]:
        """Events of these bytes; the beginning of a sequence at their end is kept for the next call."""
        data, self._waiting = self._waiting + data, b""
        events: list[KeyEvent] = []
        while data and not _PARTIAL.match(data):
            key, length = _first(data)
            data = data[length:]
            if key:
                events += _tap(key)
        self._waiting = data
        return events

    def flush(self) -> list[KeyEvent]:
        """Nothing more came: an Escape that waits was the key itself."""
        escaped, self._waiting = self._waiting[:1], b""
        return _tap(KeyEvent("escape")) if escaped else []


def _tap(key: KeyEvent) -> list[KeyEvent]:
    return [key, KeyEvent(key.name, False, key.shift, key.ctrl)]


def _first(data: bytes) -> tuple[KeyEvent | None, int]:
    """The first key and its bytes; None for what is no key of ours."""
    found = _SEQUENCE.match(data)
    if found:
        return _sequence(found), found.end()
    code = data[0]
    if code in _CONTROLS:
        return KeyEvent(_CONTROLS[code]), 1
    if not 33 <= code <= 126:
        return None, 1
    letter = chr(code)
    return KeyEvent(letter.lower(), shift=letter.isupper()), 1


def _sequence(found: re.Match[bytes]) -> KeyEvent | None:
    numbers, final, keypad = found.groups()
    parts = (numbers or b"").split(b";")
    name = _NUMBERED.get(parts[0]) if final == b"~" else _FINALS.get(final or keypad)
    held = int(parts[1]) - 1 if len(parts) > 1 and parts[1] else 0
    return KeyEvent(name, shift=bool(held & _SHIFT), ctrl=bool(held & _CTRL)) if name else None
