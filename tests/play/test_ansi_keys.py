"""What terminals send, in one piece and torn."""

from __future__ import annotations

import pytest

from pmd_gym.play.ansi_keys import AnsiKeys
from pmd_gym.play.interface import KeyEvent


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"a", KeyEvent("a")), (b"Y", KeyEvent("y", shift=True)), (b">", KeyEvent(">")), (b" ", KeyEvent("space")),
        (b"\r", KeyEvent("enter")), (b"\n", KeyEvent("enter")), (b"\t", KeyEvent("tab")),
        (b"\x7f", KeyEvent("backspace")), (b"\x1b[A", KeyEvent("up")), (b"\x1bOB", KeyEvent("down")),
        (b"\x1b[1;2C", KeyEvent("right", shift=True)), (b"\x1b[1;5D", KeyEvent("left", ctrl=True)),
        (b"\x1b[H", KeyEvent("home")), (b"\x1b[4~", KeyEvent("end")), (b"\x1b[5~", KeyEvent("pageup")),
        (b"\x1b[6;2~", KeyEvent("pagedown", shift=True)), (b"\x1bOP", KeyEvent("f1")), (b"\x1b[11~", KeyEvent("f1")),
    ],
)  # fmt: skip
def test_a_key_is_pressed_and_released(data: bytes, key: KeyEvent) -> None:
    released = KeyEvent(key.name, False, key.shift, key.ctrl)
    assert AnsiKeys().feed(data) == [key, released]
    torn = AnsiKeys()
    assert [event for byte in data for event in torn.feed(bytes([byte]))] == [key, released]


def test_escape_is_known_when_nothing_follows() -> None:
    keys = AnsiKeys()
    assert keys.feed(b"\x1b") == []
    assert keys.is_waiting
    assert [event.name for event in keys.flush()] == ["escape", "escape"]
    assert not keys.is_waiting
    assert keys.flush() == []


def test_escape_before_another_key() -> None:
    assert [event.name for event in AnsiKeys().feed(b"\x1bx") if event.down] == ["escape", "x"]


def test_several_keys_in_one_read() -> None:
    assert [event.name for event in AnsiKeys().feed(b"w\x1b[Ax\x1b[B") if event.down] == ["w", "up", "x", "down"]


def test_what_is_no_key_of_ours_is_dropped() -> None:
    assert AnsiKeys().feed(b"\x1b[20~\x00\xff\x1b[Z") == []
