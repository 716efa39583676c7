"""The window of the desktop, on SDL's dummy display."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pygame
import pytest

from pmd_gym.errors import ConfigError
from pmd_gym.play.interface import CLOSE, KeyEvent
from pmd_gym.play.picture import HEIGHT, WIDTH, compose
from pmd_gym.play.window import PygameWindow
from tests.play.conformance import CHECKS, Bench, view

KEYS = {
    "x": pygame.K_x, "z": pygame.K_z, "1": pygame.K_1, "up": pygame.K_UP, "left": pygame.K_LEFT,
    "enter": pygame.K_RETURN, "escape": pygame.K_ESCAPE,
}  # fmt: skip


def post(key: int, mod: int = 0, unicode: str = "") -> None:
    """A key goes down and up."""
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode=unicode))
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=key, mod=mod, unicode=unicode))


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


@pytest.fixture
def bench() -> Iterator[Bench]:
    window = PygameWindow(scale=2)
    pygame.event.clear()

    def press(*names: str) -> None:
        for name in names:
            post(KEYS[name])

    yield Bench(window, press, lambda: pygame.image.tobytes(pygame.display.get_surface(), "RGB"))
    window.close()


@pytest.mark.parametrize("check", CHECKS)
def test_conforms(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)


def pressed(bench: Bench, *key: object) -> list[KeyEvent]:
    post(*key)  # type: ignore[arg-type]
    return [event for event in bench.window.read(0.05) if event.down]


@pytest.mark.parametrize(
    ("key", "event"),
    [
        ((pygame.K_UP, pygame.KMOD_LSHIFT), KeyEvent("up", shift=True)),
        ((pygame.K_a, pygame.KMOD_RCTRL), KeyEvent("a", ctrl=True)),
        ((pygame.K_KP7,), KeyEvent("home")),
        ((pygame.K_KP5,), KeyEvent(".")),
        ((pygame.K_PERIOD, pygame.KMOD_SHIFT, ">"), KeyEvent(">", shift=True)),
        ((pygame.K_SLASH, pygame.KMOD_SHIFT, "?"), KeyEvent("?", shift=True)),
    ],
)
def test_modifiers_keypad_and_signs(bench: Bench, key: tuple[object, ...], event: KeyEvent) -> None:
    assert pressed(bench, *key) == [event]


def test_keys_of_no_use_are_dropped(bench: Bench) -> None:
    assert pressed(bench, pygame.K_LSHIFT) == []


def test_closing_the_window_is_an_event(bench: Bench) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert [event.name for event in bench.window.read(0.05)] == [CLOSE]


def test_the_picture_is_enlarged_by_whole_pixels(bench: Bench) -> None:
    bench.window.show(view())
    surface = pygame.display.get_surface()
    assert surface is not None
    assert surface.get_size() == (2 * WIDTH, 2 * HEIGHT)
    expected = compose(view()).repeat(2, axis=0).repeat(2, axis=1)
    assert bench.seen() == expected.tobytes()


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "nonsense")
    with pytest.raises(ConfigError, match="--terminal"):
        PygameWindow()
