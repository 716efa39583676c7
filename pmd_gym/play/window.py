"""The window of the desktop. The one door to pygame: enlarges the picture by a whole number, and reports keys."""

from __future__ import annotations

import os
import time

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from pmd_gym.errors import ConfigError
from pmd_gym.play.interface import CLOSE, KeyEvent, View
from pmd_gym.play.picture import HEIGHT, WIDTH, compose
from pmd_gym.play.repeating import Repeater
from pmd_gym.views.canvas import GROUND

_NAMES = {
    pygame.K_UP: "up", pygame.K_DOWN: "down", pygame.K_LEFT: "left", pygame.K_RIGHT: "right",
    pygame.K_HOME: "home", pygame.K_END: "end", pygame.K_PAGEUP: "pageup", pygame.K_PAGEDOWN: "pagedown",
    pygame.K_KP8: "up", pygame.K_KP2: "down", pygame.K_KP4: "left", pygame.K_KP6: "right",
    pygame.K_KP7: "home", pygame.K_KP1: "end", pygame.K_KP9: "pageup", pygame.K_KP3: "pagedown",
    pygame.K_KP5: ".", pygame.K_KP_ENTER: "enter", pygame.K_RETURN: "enter", pygame.K_ESCAPE: "escape",
    pygame.K_TAB: "tab", pygame.K_BACKSPACE: "backspace", pygame.K_SPACE: "space", pygame.K_F1: "f1",
}  # fmt: skip
_SIGNS = ">?"


class PygameWindow:
    """Conforms to `Window`."""

    wants_pixels = True

    def __init__(self, title: str = "pmd_gym", scale: int = 3) -> None:
        """Open a window of `scale` screen pixels for each of the game's; ConfigError where there is no display."""
        try:
            pygame.display.init()
            self._surface = pygame.display.set_mode((WIDTH * scale, HEIGHT * scale), pygame.RESIZABLE)
        except pygame.error as error:
            pygame.display.quit()
            raise ConfigError(f"no window can be opened ({error}); play in the terminal with --terminal") from error
        pygame.display.set_caption(title)
        self._repeater = Repeater()
        self._small = pygame.Surface((WIDTH, HEIGHT))
        self._is_open = True

    def show(self, view: View) -> None:
        """See `Window.show`."""
        picture = pygame.image.frombuffer(compose(view).tobytes(), (WIDTH, HEIGHT), "RGB")
        self._small.blit(picture, (0, 0))
        self._draw()

    def read(self, timeout_s: float) -> list[KeyEvent]:
        """See `Window.read`."""
        wait_s = min(timeout_s, self._repeater.wait_s(time.monotonic()))
        events = [pygame.event.wait(max(1, round(wait_s * 1000))), *pygame.event.get()]
        if any(event.type in (pygame.VIDEORESIZE, pygame.VIDEOEXPOSE) for event in events):
            self._surface = pygame.display.get_surface() or self._surface
            self._draw()
        keys = [key for event in events if (key := self._key(event))]
        for key in keys:
            self._repeater.follow(key, time.monotonic())
        return keys or self._repeater.repetition(time.monotonic())

    def close(self) -> None:
        """See `Window.close`."""
        if self._is_open:
            self._is_open = False
            pygame.display.quit()

    def _draw(self) -> None:
        """The last picture, as large as whole pixels allow, in the middle."""
        width, height = self._surface.get_size()
        factor = max(1, min(width // WIDTH, height // HEIGHT))
        enlarged = pygame.transform.scale_by(self._small, factor)
        self._surface.fill(GROUND)
        self._surface.blit(enlarged, ((width - WIDTH * factor) // 2, (height - HEIGHT * factor) // 2))
        pygame.display.flip()

    def _key(self, event: pygame.event.Event) -> KeyEvent | None:
        if event.type == pygame.QUIT:
            return KeyEvent(CLOSE)
        if event.type not in (pygame.KEYDOWN, pygame.KEYUP):
            return None
        if event.key == pygame.K_F11:
            self._toggle(event)
            return None
        name = _name(event)
        shift, ctrl = bool(event.mod & pygame.KMOD_SHIFT), bool(event.mod & pygame.KMOD_CTRL)
        return KeyEvent(name, event.type == pygame.KEYDOWN, shift, ctrl) if name else None

    def _toggle(self, event: pygame.event.Event) -> None:
        if event.type == pygame.KEYDOWN:
            pygame.display.toggle_fullscreen()
            self._surface = pygame.display.get_surface() or self._surface
            self._draw()


def _name(event: pygame.event.Event) -> str:
    """Name of a key as `KeyEvent` has it, '' for one that has none."""
    if getattr(event, "unicode", "") in tuple(_SIGNS):
        return str(event.unicode)
    if event.key in _NAMES:
        return _NAMES[event.key]
    return chr(event.key) if 33 <= event.key <= 126 else ""
