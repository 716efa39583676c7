"""The seam between the game loop and whatever shows it: a window of the desktop, a terminal, or a test.

A window draws `View`s and reports keys. It knows no rules, and the loop knows neither pygame nor escape codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pmd_gym.play.menus import Menu
from pmd_gym.play.scene import Scene

CLOSE = "close"
"""Name of the event of a window that the person closed."""


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One key went down or up.

    `name`: a letter, digit or sign (letters small), or `up`, `down`, `left`, `right`, `home`, `end`, `pageup`,
    `pagedown`, `enter`, `escape`, `tab`, `backspace`, `space`, `f1`, or `CLOSE`. A key that is held may go down again
    and again.
    """

    name: str
    down: bool = True
    shift: bool = False
    ctrl: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is to be seen at one moment."""

    scene: Scene
    menu: Menu
    messages: tuple[str, ...]
    """What happened, oldest first."""
    status: str = ""
    """One short line about the session: recording, replay speed."""
    pixels: NDArray[np.uint8] | None = None
    """The console's screen, (160, 240, 3) uint8 RGB; None where the window does not ask for it (`wants_pixels`)."""


class Window(Protocol):
    """One place to play in. Open from construction until `close`."""

    wants_pixels: bool

    def show(self, view: View) -> None:
        """Draw; the view stays until the next one, also when the window changes its size."""

    def read(self, timeout_s: float) -> list[KeyEvent]:
        """Key events since the last call, in order; waits at most `timeout_s` seconds for the first one."""

    def close(self) -> None:
        """Give the screen back as it was; idempotent."""
