"""Windows on an X11 display: found by title, followed when they move, refused when something covers them.

The only file that speaks X11, through XCB. It knows nothing of pictures. On a desktop with a compositor the server
reports every window as uncovered, so there only the person at the screen can tell.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import xcffib
import xcffib.xproto as x

from pmd_gym.capture.picture_area import Region
from pmd_gym.errors import CaptureError

REPAINT_S = 0.25
"""After a window was uncovered or resized, parts of it are blank until its program has drawn them anew."""
_MAX_PROPERTY = 1024
"""Longest property read, in units of four bytes."""
_open_connection: Callable[[str | None], Any] = xcffib.connect


class X11Window:
    """One window, by title: the whole of it in any case, or else a part of it; CaptureError for none or several."""

    def __init__(
        self, title: str, display: str | None = None, *, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """`display`: None takes it from the environment (`DISPLAY`). `clock` and `sleep` in seconds."""
        self._title = title
        self._clock, self._sleep = clock, sleep
        self._size = (0, 0)
        self._drawn_at = 0.0  # when it has drawn itself since it was last uncovered or resized
        self._connection = _connect(display)
        try:
            self._root: int = self._connection.get_setup().roots[self._connection.pref_screen].root
            self._window = self._find()
            self._open()
        except BaseException:
            self._connection.disconnect()
            raise

    def region(self) -> Region:
        """Where it is now; CaptureError if it is closed, hidden or covered.

        Waits `REPAINT_S` after the window was found, uncovered or resized.
        """
        core = self._connection.core
        shape, place = core.GetGeometry(self._window), core.TranslateCoordinates(self._window, self._root, 0, 0)
        attributes = core.GetWindowAttributes(self._window)
        try:
            geometry, corner, state = shape.reply(), place.reply(), attributes.reply().map_state
        except xcffib.Error as error:
            raise CaptureError(f"the window {self._title!r} was closed") from error
        self._take_events()
        if state != x.MapState.Viewable:
            raise CaptureError(f"the window {self._title!r} is hidden or minimized: show it")
        if self._covered:
            raise CaptureError(f"the window {self._title!r} is covered by another one: bring it to the front")
        self._await_repaint((geometry.width, geometry.height))
        return Region(corner.dst_x, corner.dst_y, geometry.width, geometry.height)

    def close(self) -> None:
        """Hang up; idempotent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()

    def _open(self) -> None:
        self._covered = _is_covered(self._connection, self._root, self._window)
        mask = x.EventMask.VisibilityChange
        self._connection.core.ChangeWindowAttributes(self._window, x.CW.EventMask, [mask])

    def _await_repaint(self, size: tuple[int, int]) -> None:
        if size != self._size:
            self._size, self._drawn_at = size, self._clock() + REPAINT_S
        if self._clock() < self._drawn_at:
            self._sleep(self._drawn_at - self._clock())

    def _take_events(self) -> None:
        """The server sends an event for every change before the answer to a later request."""
        while (event := self._connection.poll_for_event()) is not None:
            if isinstance(event, x.VisibilityNotifyEvent):
                self._covered = event.state != x.Visibility.Unobscured
                self._drawn_at = self._clock() + REPAINT_S

    def _find(self) -> int:
        titles = dict(_shown_windows(self._connection, self._root))
        wanted = self._title.lower()
        whole = [window for window, title in titles.items() if title.lower() == wanted]
        found = whole or [window for window, title in titles.items() if wanted in title.lower()]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(repr(titles[window]) for window in found)
            raise CaptureError(f"{len(found)} windows fit {self._title!r}: {several}; give more of the title")
        shown = ", ".join(sorted(repr(title) for title in titles.values())) or "none"
        raise CaptureError(f"no window has {self._title!r} in its title; shown are: {shown}")


def _connect(display: str | None) -> Any:
    try:
        return _open_connection(display)
    except xcffib.ConnectionException as error:
        where = "$DISPLAY" if display is None else display
        raise CaptureError(f"no X11 display at {where}: start one (Xvfb is enough) and set DISPLAY") from error


def _shown_windows(connection: Any, root: int) -> Iterator[tuple[int, str]]:
    """(window, title) of all windows that are shown: the window manager's list, or all with a title where none is."""
    utf8 = _atom(connection, "_NET_WM_NAME")
    listed = _property(connection, root, _atom(connection, "_NET_CLIENT_LIST"))
    waiting = [root] if listed is None else list(listed.value.to_atoms())
    while waiting:
        window = waiting.pop()
        title = _text(connection, window, utf8) or _text(connection, window, x.Atom.WM_NAME)
        if not title:
            waiting += _children(connection, window)  # those of a window with a title are parts of it
        elif _is_shown(connection, window):
            yield window, title


def _property(connection: Any, window: int, name: int) -> Any:
    """The reply, or None where the window has no such property."""
    reply = _asked(connection.core.GetProperty(False, window, name, x.GetPropertyType.Any, 0, _MAX_PROPERTY).reply)
    return None if reply is None or reply.format == 0 else reply


def _children(connection: Any, window: int) -> list[int]:
    tree = _asked(lambda: connection.core.QueryTree(window).reply())
    return [] if tree is None else list(tree.children)


def _asked(request: Callable[[], Any]) -> Any:
    """The answer, or None when the window was closed in the meantime."""
    try:
        return request()
    except xcffib.Error:
        return None


def _atom(connection: Any, name: str) -> int:
    atom: int = connection.core.InternAtom(False, len(name), name).reply().atom
    return atom


def _text(connection: Any, window: int, name: int) -> str:
    reply = _property(connection, window, name)
    return "" if reply is None or reply.format != 8 else bytes(reply.value.buf()).decode("utf-8", "replace")


def _is_shown(connection: Any, window: int) -> bool:
    attributes = _asked(lambda: connection.core.GetWindowAttributes(window).reply())
    return attributes is not None and attributes.map_state == x.MapState.Viewable


def _is_covered(connection: Any, root: int, window: int) -> bool:
    """Whether a window above it in the stack overlaps the top-level window that holds `window`."""
    stack = list(connection.core.QueryTree(root).reply().children)  # from the bottom to the top
    top = window
    while top not in stack:
        top = connection.core.QueryTree(top).reply().parent
    mine = connection.core.GetGeometry(top).reply()
    return any(_overlaps(connection, other, mine) for other in stack[stack.index(top) + 1 :])


def _overlaps(connection: Any, other: int, mine: Any) -> bool:
    attributes = _asked(lambda: connection.core.GetWindowAttributes(other).reply())
    if attributes is None or attributes._class == x.WindowClass.InputOnly:
        return False
    if attributes.map_state != x.MapState.Viewable:
        return False
    its = _asked(lambda: connection.core.GetGeometry(other).reply())
    return its is not None and (
        its.x < mine.x + mine.width
        and mine.x < its.x + its.width
        and its.y < mine.y + mine.height
        and mine.y < its.y + its.height
    )
