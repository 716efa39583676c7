"""The joypad as the game sees it: sampled once a frame, used in the next one (RAM guide section 5, "Pressing keys")."""

from __future__ import annotations

from typing import NamedTuple

from pmd_gym.emulator.interface import Button

A, B, SELECT, START = int(Button.A), int(Button.B), int(Button.SELECT), int(Button.START)
L, R = int(Button.L), int(Button.R)
RIGHT, LEFT, UP, DOWN = int(Button.RIGHT), int(Button.LEFT), int(Button.UP), int(Button.DOWN)
CROSS = RIGHT | LEFT | UP | DOWN

DIRECTION_KEYS = (DOWN, DOWN | RIGHT, RIGHT, UP | RIGHT, UP, UP | LEFT, LEFT, DOWN | LEFT)
"""Keys of the game's directions 0..7."""
DIRECTION_OF_KEYS = {keys: direction for direction, keys in enumerate(DIRECTION_KEYS)}

SHORTEST_TAP, LONGEST_TAP = 2, 11
"""Frames that B or R must be held, then released, to count as tapped."""
_NEVER = 999


class Keys(NamedTuple):
    """One frame's pad, as button bits: what is down, what was newly pressed, and which of B and R was tapped."""

    held: int
    pressed: int
    tapped: int


_NOTHING = Keys(0, 0, 0)


class Pad:
    """Turns the buttons of each frame into what the game's logic gets."""

    def __init__(self) -> None:
        self._sampled = 0
        self._held = 0
        self._hold_frames = {B: 0, R: 0}

    def frame(self, buttons: int) -> Keys:
        """The keys that this frame's logic uses (those of the previous sample), then sample `buttons`."""
        now, self._sampled = self._sampled, buttons
        if not now | self._held:
            return _NOTHING
        keys = Keys(now, now & ~self._held, self._tapped(B, now) | self._tapped(R, now))
        self._held = now
        return keys

    def forget_taps(self) -> None:
        """A menu or a mode closed: releasing the button that closed it is no tap."""
        down = self._held | self._sampled
        self._hold_frames = {button: _NEVER if down & button else 0 for button in (B, R)}

    def _tapped(self, button: int, now: int) -> int:
        frames = self._hold_frames[button]
        self._hold_frames[button] = frames + 1 if now & button else 0
        return button if not now & button and SHORTEST_TAP <= frames <= LONGEST_TAP else 0
