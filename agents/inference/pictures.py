"""Pictures on their way to a model: padded to the cells that Qwen3-VL looks at, and packed for the wire. No torch."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CELL = 32
"""Pixels that a side of a picture is a multiple of: patches of 16, merged two by two."""
FAST = 1
"""zlib level: our pictures are flat colours, so higher levels cost time and save little."""


def fitted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with black at the right and below, up to whole cells of 32 pixels: nothing is scaled."""
    height, width = picture.shape[:2]
    padding = ((0, -height % CELL), (0, -width % CELL), (0, 0))
    return np.pad(picture, padding)


def data_url(picture: NDArray[np.uint8]) -> str:
    """(height, width, 3) uint8 RGB as a PNG in a data URL, fitted; lossless, so a server sees the same pixels."""
    file = io.BytesIO()
    Image.fromarray(fitted(picture)).save(file, "PNG", compress_level=FAST)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
