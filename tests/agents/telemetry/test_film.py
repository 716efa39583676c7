"""The animation: right moments, right colours, small."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from agents.telemetry.film import animated, chosen_steps


def test_moments_are_spread_and_keep_both_ends() -> None:
    assert chosen_steps(10, 3) == [0, 5, 10]
    assert chosen_steps(3, 100) == [0, 1, 2, 3]
    assert chosen_steps(0, 100) == [0]


def test_screens_come_back_in_order() -> None:
    colours = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    screens = [np.full((160, 240, 3), colour, np.uint8) for colour in colours]
    film = Image.open(io.BytesIO(animated(screens, 100)))
    assert getattr(film, "n_frames", 1) == 3
    for number, colour in enumerate(colours):
        film.seek(number)
        assert np.abs(np.array(film.convert("RGB"))[80, 120].astype(int) - colour).max() <= 4


def test_a_film_without_screens_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        animated([], 100)
