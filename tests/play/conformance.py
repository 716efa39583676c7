"""What every `Window` must do, written once. Each check gets a window and a way to press keys in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pmd_gym.play.interface import View, Window
from pmd_gym.play.menus import PLAYING, Menu, Page
from tests.doubles.play import moment

PIXELS = np.full((160, 240, 3), 90, np.uint8)


@dataclass(frozen=True)
class Bench:
    """A window on the bench: `press` types keys by name, `seen` is all it has drawn, for comparison."""

    window: Window
    press: Callable[..., None]
    seen: Callable[[], bytes]


def view(menu: Menu = PLAYING, *messages: str) -> View:
    return View(moment(), menu, messages, "", PIXELS)


def every_page_can_be_shown(bench: Bench) -> None:
    pictures = set()
    for page in Page:
        bench.window.show(view(Menu(page), "A line."))
        pictures.add(bench.seen())
    assert len(pictures) == len(Page), "two pages look the same"


def what_changes_is_drawn(bench: Bench) -> None:
    bench.window.show(view(PLAYING, "One."))
    before = bench.seen()
    bench.window.show(view(PLAYING, "One.", "Two."))
    assert bench.seen() != before


def keys_come_in_their_order(bench: Bench) -> None:
    bench.press("x", "up", "enter", "escape", "1")
    names = []
    while events := bench.window.read(0.05):
        names += [event.name for event in events if event.down]
    assert names == ["x", "up", "enter", "escape", "1"]


def every_press_is_released(bench: Bench) -> None:
    bench.press("left", "z")
    events = []
    while more := bench.window.read(0.05):
        events += more
    assert [(event.name, event.down) for event in events] == [
        ("left", True), ("left", False), ("z", True), ("z", False),
    ]  # fmt: skip


def without_keys_a_read_gives_nothing(bench: Bench) -> None:
    bench.window.show(view())
    assert bench.window.read(0.01) == []


def closing_twice_is_closing_once(bench: Bench) -> None:
    bench.window.show(view())
    bench.window.close()
    bench.window.close()


CHECKS = (
    every_page_can_be_shown, what_changes_is_drawn, keys_come_in_their_order, every_press_is_released,
    without_keys_a_read_gives_nothing, closing_twice_is_closing_once,
)  # fmt: skip
