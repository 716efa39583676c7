"""Frames that are drawn only while somebody looks, with the very pictures that drawing every frame would give.

Drawing is 40 to 80 % of a frame's time in games with tile graphics (measured). While no picture is asked for, the core
skips the drawing of all frames; the keys since the last snapshot are noted. When one is asked for, the console goes
back to the snapshot, plays the same keys, and draws the last frame: the same picture, because the console is
deterministic, and checked, because it must come out in the same state. From then on every frame is drawn again.

The core counts the frames that it skips outside its states, so that the count cannot be set by a state. Only a reset
puts it to zero; a state loaded after the reset makes it harmless.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator.libretro_core import LibretroCore
from pmd_gym.errors import CoreError

UNSEEN_FRAMES = 240
"""Frames without a look after which drawing stops: four seconds of the game, some ten turns."""
REPLAYED_FRAMES = 120
"""Frames between two snapshots while nothing is drawn. A snapshot takes as long as 4 frames; a late look plays again at
most this many: 0.02 s."""

_OPTION = "mgba_frameskip"
_DRAW_ALL, _DRAW_NONE = "0", "1000000"


class LazyScreen:
    """Runs the frames of a core, and has the picture of the last one when it is asked for."""

    def __init__(self, core: LibretroCore, unseen_frames: int = UNSEEN_FRAMES) -> None:
        """The core must draw every frame so far."""
        self._core = core
        self._unseen_frames = unseen_frames
        self._draws = True
        self._unseen = 0
        self._has_picture = True
        self._snapshot = b""
        self._keys: list[int] = []

    def run(self, keys: int) -> None:
        """One frame with these keys down."""
        self._unseen += 1
        if self._draws and self._unseen > self._unseen_frames:
            self._stop_drawing()
        if not self._draws:
            if len(self._keys) >= REPLAYED_FRAMES:
                self._take_snapshot()
            self._keys.append(keys)
        self._core.run(keys)
        self._has_picture = True

    def picture(self, out: NDArray[np.uint8]) -> None:
        """The last frame, to `out`, (160, 240, 3) uint8 RGB. Straight after `jump` the frame that would come next."""
        self._unseen = 0
        if not self._has_picture:
            self._look_ahead(out)
            return
        if not self._draws:
            self._draw_again()
        self._core.picture(out)

    def jump(self) -> None:
        """A state was loaded: what was drawn and noted before is of another time."""
        self._has_picture = False
        if not self._draws:
            self._take_snapshot()

    def _stop_drawing(self) -> None:
        self._core.set_option(_OPTION, _DRAW_NONE)
        self._draws = False
        self._take_snapshot()

    def _take_snapshot(self) -> None:
        self._snapshot = self._core.serialize()
        self._keys.clear()

    def _draw_again(self) -> None:
        """Bring the last frame's picture about, and every later one."""
        here = self._core.serialize()
        self._core.restore(self._snapshot)
        for keys in self._keys[:-1]:
            self._core.run(keys)
        self._start_drawing(self._core.serialize())
        self._core.run(self._keys[-1])
        if self._core.serialize() != here:
            raise CoreError("played again with the same keys, the console came out in another state")

    def _start_drawing(self, state: bytes) -> None:
        """Draw all frames from a state on."""
        self._core.set_option(_OPTION, _DRAW_ALL)
        self._draws = True
        self._core.reset()
        self._core.restore(state)

    def _look_ahead(self, out: NDArray[np.uint8]) -> None:
        """Draw one frame more than the game has got, and take it back."""
        here = self._core.serialize()
        if not self._draws:
            self._start_drawing(here)
        self._core.run(0)
        self._core.picture(out)
        self._core.restore(here)
