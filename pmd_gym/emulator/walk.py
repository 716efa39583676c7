"""A step as the game shows it: monsters and camera glide from where they were to where the turn put them.

Works on the pixel fields of a simulated console's RAM (`Entity.pixel`, in 1/256 pixel, and `Dungeon.camera_pixel`),
where the original keeps its animation too. Knows no rules: it compares two moments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import ui
from pmd_gym.ram import layout

_ONE_TILE = layout.constant("tile_pixels") * 256
_ENTITIES = layout.DUNGEON.fields["entities"] if layout.DUNGEON.fields else None
_CAMERA = layout.field("Dungeon.camera_pixel")


def ranges() -> list[slice]:
    """The parts of EWRAM that a walk touches."""
    assert _ENTITIES is not None
    parts = [(ui.WORLD + int(_ENTITIES[1]), _ENTITIES[0].itemsize), (ui.WORLD + _CAMERA.offset, _CAMERA.dtype.itemsize)]
    return [slice(start, start + size) for start, size in parts]


class Walk:
    """Made before a turn is played; `begin` after it, then `show` frame by frame."""

    def __init__(self, console: np.void) -> None:
        """`console`: one record of dtype `ui.CONSOLE`."""
        self._world = console["world"]
        self._start = self._places()
        self._end = self._start

    def begin(self) -> bool:
        """Note where everyone is now; False when nobody went anywhere that can be walked."""
        self._end = self._places()
        far = np.abs(self._end - self._start).max(axis=1) > _ONE_TILE
        self._start[far] = self._end[far]
        return bool((self._start != self._end).any())

    def show(self, share: float) -> None:
        """Put everyone `share` (0..1) of the way."""
        places = np.round(self._start + (self._end - self._start) * share).astype(np.int32)
        pixels, camera = self._world["entities"]["pixel"], self._world["camera_pixel"]
        pixels["x"], pixels["y"] = places[:-1, 0], places[:-1, 1]
        camera["x"], camera["y"] = places[-1] // 256

    def _places(self) -> NDArray[np.int64]:
        """(21, 2): x and y of the 20 monsters and of the camera, in 1/256 pixel."""
        pixels, camera = self._world["entities"]["pixel"], self._world["camera_pixel"]
        places = np.empty((len(pixels) + 1, 2), np.int64)
        places[:-1, 0], places[:-1, 1] = pixels["x"], pixels["y"]
        places[-1] = int(camera["x"]) * 256, int(camera["y"]) * 256
        return places
