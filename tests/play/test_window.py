"""The window of the desktop, on SDL's dummy display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

import pygame
import pytest

from pmd_gym.errors import ConfigError
from pmd_gym.play.canvas import GROUND
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


def test_a_larger_window_shows_it_in_the_middle(bench: Bench) -> None:
    bench.window.show(view())
    pygame.display.set_mode((3 * WIDTH + 100, 3 * HEIGHT + 40), pygame.RESIZABLE)
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, size=(1, 1), w=1, h=1))
    assert bench.window.read(0.05) == []
    surface = pygame.display.get_surface()
    assert surface is not None
    drawn = pygame.surfarray.array3d(surface).swapaxes(0, 1)
    assert (drawn[20:-20, 50:-50] == compose(view()).repeat(3, axis=0).repeat(3, axis=1)).all()
    assert (drawn[:20] == GROUND).all()
    assert (drawn[:, -50:] == GROUND).all()


def test_f11_fills_the_screen_and_comes_back(bench: Bench) -> None:
    bench.window.show(view())
    before = bench.seen()
    assert pressed(bench, pygame.K_F11) == []
    full = pygame.display.get_surface()
    assert full is not None
    assert full.get_size() == pygame.display.get_desktop_sizes()[0]
    assert full.get_flags() & pygame.FULLSCREEN
    assert pressed(bench, pygame.K_F11) == []
    assert bench.seen() == before


def test_a_held_key_repeats(bench: Bench) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_UP, mod=0, unicode=""))
    reads = (bench.window.read(1.0) for _ in range(50))
    events = list(islice(chain.from_iterable(reads), 4))
    assert events == [KeyEvent("up")] * 4


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "nonsense")
    with pytest.raises(ConfigError, match="--terminal"):
        PygameWindow()
