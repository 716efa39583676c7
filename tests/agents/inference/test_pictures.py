"""Pictures are padded to whole cells, never scaled, and arrive on the other side as they left."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from agents.inference.pictures import data_url, fitted


def test_pictures_are_padded_to_whole_cells_and_not_scaled() -> None:
    picture = np.full((160, 240, 3), 9, np.uint8)
    padded = fitted(picture)
    assert padded.shape == (160, 256, 3)
    assert np.array_equal(padded[:, :240], picture)
    assert not padded[:, 240:].any()


def test_a_picture_survives_the_wire() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (160, 240, 3), np.uint8)
    head, _, data = data_url(picture).partition(",")
    assert head == "data:image/png;base64"
    arrived = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert np.array_equal(arrived, fitted(picture))
