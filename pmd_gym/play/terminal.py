"""A terminal as a window: whole pages of text out, bytes of keys in. Works over ssh; needs no curses.

Draws on the alternate screen and leaves the terminal as it found it. Ctrl-C stays an interrupt.
"""

from __future__ import annotations

import os
import select
import sys
from typing import IO, Any

from rich.console import Console, ConsoleDimensions

from pmd_gym.errors import ConfigError
from pmd_gym.play.ansi_keys import AnsiKeys
from pmd_gym.play.interface import CLOSE, KeyEvent, View
from pmd_gym.play.terminal_page import page

ENTER, HOME, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[H", "\x1b[?25h\x1b[?1049l"
"""Alternate screen without a cursor; upper left corner; back."""
SEQUENCE_S = 0.04
"""Pause after which a lone escape byte was the key."""
USUAL_SIZE = 80, 24
"""Columns and lines of a terminal that does not tell; some serial lines and fresh pseudo-terminals say 0."""
_CHUNK = 1024


class TerminalWindow:
    """Conforms to `Window`."""

    wants_pixels = False

    def __init__(
        self, out: IO[str] | None = None, keys: int | None = None, size: tuple[int, int] | None = None
    ) -> None:
        """Draw on `out` (stdout), read the file descriptor `keys` (stdin); `size` is columns, lines (the terminal's).

        Raises ConfigError when the keys should come from stdin and stdin is no terminal.
        """
        self._out = out or sys.stdout
        self._keys = sys.stdin.fileno() if keys is None else keys
        if keys is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ConfigError("--terminal needs a terminal for its keys and pages; stdin or stdout is none")
        self._size = size
        self._mode = _Cbreak(self._keys)
        self._parser = AnsiKeys()
        self._view: View | None = None
        self._drawn_size = (0, 0)
        self._is_open = True
        self._console = Console(file=self._out, force_terminal=True, color_system=_colours(), legacy_windows=False)
        self._out.write(ENTER)

    def show(self, view: View) -> None:
        """See `Window.show`."""
        self._view = view
        self._draw()

    def read(self, timeout_s: float) -> list[KeyEvent]:
        """See `Window.read`."""
        if not self._ready(timeout_s):
            if self._drawn_size != self._columns_lines():
                self._draw()
            return []
        events = self._parser.feed(data := os.read(self._keys, _CHUNK))
        if not data:
            return [KeyEvent(CLOSE)]
        while self._parser.is_waiting:
            if not self._ready(SEQUENCE_S):
                return events + self._parser.flush()
            events += self._parser.feed(os.read(self._keys, _CHUNK))
        return events

    def close(self) -> None:
        """See `Window.close`."""
        if self._is_open:
            self._is_open = False
            self._mode.restore()
            self._out.write(LEAVE)
            self._out.flush()

    def _draw(self) -> None:
        self._drawn_size = columns, lines = self._columns_lines()
        if self._view is None:
            return
        self._console.size = ConsoleDimensions(columns, lines)
        with self._console.capture() as captured:
            self._console.print(page(self._view, columns, lines), end="")
        self._out.write(HOME + captured.get().rstrip("\n"))
        self._out.flush()

    def _ready(self, timeout_s: float) -> bool:
        return bool(select.select([self._keys], [], [], timeout_s)[0])

    def _columns_lines(self) -> tuple[int, int]:
        if self._size:
            return self._size
        try:
            columns, lines = os.get_terminal_size(self._out.fileno())
        except (OSError, ValueError):
            return USUAL_SIZE
        return (columns, lines) if columns and lines else USUAL_SIZE


class _Cbreak:
    """Keys come at once and are not echoed, until `restore`; nothing where the descriptor is no terminal."""

    def __init__(self, keys: int) -> None:
        self._keys = keys
        self._before: Any = None
        if not os.isatty(keys):
            return
        try:
            import termios
            import tty
        except ImportError as error:
            raise ConfigError("--terminal needs a POSIX terminal; play in a window instead") from error
        self._before = termios.tcgetattr(keys)
        tty.setcbreak(keys)

    def restore(self) -> None:
        """The mode that was found."""
        if self._before is not None:
            import termios

            termios.tcsetattr(self._keys, termios.TCSADRAIN, self._before)


def _colours() -> Any:
    """What the terminal can show: rich finds out by its names in the environment."""
    return "truecolor" if os.environ.get("COLORTERM", "") in ("truecolor", "24bit") else "auto"
