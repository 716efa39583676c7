"""The terminal as a window, on a pipe and on a pseudo-terminal."""

from __future__ import annotations

import io
import os
import pty
import termios
from collections.abc import Callable, Iterator

import pytest

from pmd_gym.errors import ConfigError
from pmd_gym.play.interface import CLOSE
from pmd_gym.play.terminal import ENTER, LEAVE, TerminalWindow
from tests.play.conformance import CHECKS, Bench, view

BYTES = {
    "x": b"x", "z": b"z", "1": b"1", "up": b"\x1b[A", "left": b"\x1b[D", "enter": b"\r", "escape": b"\x1b",
}  # fmt: skip


@pytest.fixture
def bench() -> Iterator[Bench]:
    out, (receiver, sender) = io.StringIO(), os.pipe()
    window = TerminalWindow(out, receiver, (80, 24))

    def press(*names: str) -> None:
        os.write(sender, b"".join(BYTES[name] for name in names))

    def seen() -> bytes:
        drawn = out.getvalue().encode()
        out.truncate(out.seek(0))
        return drawn

    yield Bench(window, press, seen)
    window.close()
    os.close(receiver)
    os.close(sender)


@pytest.mark.parametrize("check", CHECKS)
def test_conforms(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)


def test_a_terminal_is_left_as_it_was_found() -> None:
    leader, follower = pty.openpty()
    before = termios.tcgetattr(follower)
    out = io.StringIO()
    window = TerminalWindow(out, follower, (80, 24))
    assert termios.tcgetattr(follower)[3] & (termios.ECHO | termios.ICANON) == 0
    assert termios.tcgetattr(follower)[3] & termios.ISIG
    window.show(view())
    window.close()
    assert termios.tcgetattr(follower) == before
    assert out.getvalue().startswith(ENTER)
    assert out.getvalue().endswith(LEAVE)
    os.close(leader)
    os.close(follower)


def test_the_end_of_the_keys_closes() -> None:
    receiver, sender = os.pipe()
    os.close(sender)
    window = TerminalWindow(io.StringIO(), receiver, (80, 24))
    assert [event.name for event in window.read(1)] == [CLOSE]
    os.close(receiver)


def test_a_change_of_size_is_drawn_when_nothing_is_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, sender = os.pipe()
    out, size = io.StringIO(), [80, 24]
    window = TerminalWindow(out, receiver)
    monkeypatch.setattr(window, "_columns_lines", lambda: tuple(size))
    window.show(view())
    before = len(out.getvalue())
    assert window.read(0) == []
    assert len(out.getvalue()) == before
    size[0] = 120
    assert window.read(0) == []
    assert len(out.getvalue()) > before
    os.close(receiver)
    os.close(sender)


def test_without_a_terminal_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, sender = os.pipe()
    with os.fdopen(receiver) as stdin, pytest.raises(ConfigError, match="needs a terminal"):
        monkeypatch.setattr("sys.stdin", stdin)
        TerminalWindow()
    os.close(sender)
