"""A small animated GIF of screens: one palette for the whole film, so that unchanged parts cost nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLOURS = 255
PALETTE_SAMPLES = 12


def chosen_steps(steps: int, most: int) -> list[int]:
    """At most `most` of the moments 0..steps, evenly spread, the first and the last among them."""
    return sorted({round(moment) for moment in np.linspace(0, steps, min(most, steps + 1))})


def animated(screens: Sequence[NDArray[np.uint8]], milliseconds: int) -> bytes:
    """GIF of (H, W, 3) uint8 RGB screens, each shown for `milliseconds` and the last one longer; ValueError if none."""
    if not screens:
        raise ValueError("a film needs at least one screen")
    palette = _palette(screens)
    pictures = [Image.fromarray(screen).quantize(palette=palette, dither=Image.Dither.NONE) for screen in screens]
    durations = [milliseconds] * (len(pictures) - 1) + [max(2000, milliseconds)]
    content = io.BytesIO()
    pictures[0].save(
        content, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=True
    )
    return content.getvalue()


def _palette(screens: Sequence[NDArray[np.uint8]]) -> Image.Image:
    """Palette picture of the colours in a sample of the screens.

    Each colour counts once, however much of the screen it fills: else the grass would take the monsters' colours.
    """
    sample = [screens[index] for index in chosen_steps(len(screens) - 1, PALETTE_SAMPLES)]
    colours = np.unique(np.concatenate(sample).reshape(-1, 3), axis=0)
    return Image.fromarray(colours[np.newaxis]).quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE)
