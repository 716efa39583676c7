"""A picture of the cartridge and the RAM of the same frame carry the same number."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.emulator.interface import Button
from tests.cartridge.counter import TornPictureError, read_counter
from tests.doubles.cartridge import Console

KEYS = (Button(0), Button.A, Button.B, Button.DOWN, Button.RIGHT, Button.UP | Button.LEFT, Button.START, Button.SELECT)


def test_every_picture_shows_the_frame_of_its_ram() -> None:
    console, random = Console(), np.random.default_rng(1)
    numbers = []
    for _ in range(400):
        console.press(Button(random.choice(KEYS)), int(random.integers(1, 4)))
        numbers.append(read_counter(console.picture()))
        assert numbers[-1] == console.record["logic_frames"]
    console.close()
    assert len(set(numbers)) > 300, "the number hardly ever stands still: only while a turn takes longer than a frame"


def test_an_enlarged_picture_reads_the_same() -> None:
    console = Console()
    console.press(Button(0), 3)
    picture = console.picture()
    console.close()
    assert read_counter(picture.repeat(2, axis=0).repeat(2, axis=1)) == read_counter(picture)


def test_a_picture_of_two_frames_is_told_apart() -> None:
    console = Console()
    console.press(Button(0), 1)
    first = console.picture()
    console.press(Button(0), 1)
    torn = console.picture()
    console.close()
    torn[80:] = first[80:]
    with pytest.raises(TornPictureError, match="at the bottom"):
        read_counter(torn)


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="a picture is"):
        read_counter(np.zeros((144, 160, 3), np.uint8))
