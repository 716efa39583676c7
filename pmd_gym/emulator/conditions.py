"""What the console waits for after a frame, as conditions, and the rule that decides when an `advance` ends.

The signals are `ram.awaiting`'s, plain Python because an emulator's process asks after every frame and must start
without Numba. Knows nothing of the wire.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator.interface import Condition, Press
from pmd_gym.errors import ConfigError
from pmd_gym.ram import awaiting, signal_reader

MAX_FRAMES = 3600
STEADY_FRAMES = 2
"""Frames in a row for which the leader must be free before a command is safe (RAM guide section 5)."""
STEADY_FRAMES_AFTER_BOX = 10
"""The same after a text box closed: the game idles 8 frames there."""

_COMMAND = int(Condition.COMMAND)
_BOX = int(Condition.MESSAGE | Condition.CHOICE)


def conditions(ram: NDArray[np.uint8]) -> Condition:
    """What holds for an EWRAM image of 262,144 bytes uint8, contiguous."""
    return Condition(condition_bits(ram.data))


def condition_bits(buffer: Any) -> int:
    """The same as a plain integer, for the loop over frames; `buffer` is 262,144 bytes."""
    return int(awaiting(buffer))  # the values of `Awaiting` are the bits of `Condition`


class Watch:
    """`condition_bits` of one console, for a loop over frames: a frame that changed no signal costs one read.

    Between two frames an emulator has thrown this code out of the processor's caches, so that its length counts: six
    frames in seven of a step change no signal.
    """

    __slots__ = ("_bits", "_buffer", "_read", "_seen")

    def __init__(self, buffer: Any) -> None:
        """`buffer`: the console's own 262,144 bytes, as they change."""
        self._buffer = buffer
        self._read = signal_reader(buffer)
        self._seen: tuple[int, ...] = ()
        self._bits = 0

    def __call__(self) -> int:
        """The bits that hold now."""
        seen = self._read(self._buffer)
        if seen != self._seen:
            self._read = signal_reader(self._buffer)
            self._seen = self._read(self._buffer)
            self._bits = condition_bits(self._buffer)
        return self._bits


def check_press(press: Press) -> None:
    """ConfigError unless every field of a press is in range."""
    if not 0 <= press.frames <= MAX_FRAMES:
        raise ConfigError(f"frames must be 0..{MAX_FRAMES}, got {press.frames}; split a longer wait")
    if not 0 <= press.hold <= MAX_FRAMES or not 0 <= press.settle <= MAX_FRAMES:
        raise ConfigError(f"hold and settle must be 0..{MAX_FRAMES}, got {press.hold} and {press.settle}")
    if not 0 <= press.buttons < 1 << 10:
        raise ConfigError(f"buttons are ten bits, got {int(press.buttons):#x}")
    if not 0 <= press.until < 1 << 5:
        raise ConfigError(f"conditions are five bits, got {int(press.until):#x}")


class StopRule:
    """Which frames of one `Press` have the buttons down, and which is the last: asked before and after each frame."""

    def __init__(self, press: Press, before: int) -> None:
        """`before`: bits of the conditions that hold when the call starts."""
        self._until = int(press.until)
        self._hold = press.hold
        self._settle = press.settle
        self._before = before
        self._unchanged = before & self._until if press.settle else 0
        self._taken = False
        self._steady = 0
        self._needed = STEADY_FRAMES
        self._frames = 0

    def holds(self) -> bool:
        """True when the buttons are down in the next frame."""
        return not self._hold or (self._frames < self._hold and not self._taken)

    def ends(self, now: int, frames: int = 1) -> bool:
        """True when the frame that gave the condition bits `now` is the last one; `frames` ran since the last look."""
        self._frames += frames
        self._taken = self._taken or self._before & ~now != 0
        self._unchanged = self._unchanged & now if self._frames < self._settle else 0
        self._watch_command(now)
        if self._steady < self._needed:
            now &= ~_COMMAND
        return now & self._until & ~self._unchanged != 0

    def _watch_command(self, now: int) -> None:
        if now & _BOX:
            self._needed = STEADY_FRAMES_AFTER_BOX
        self._steady = self._steady + 1 if now & _COMMAND else 0
