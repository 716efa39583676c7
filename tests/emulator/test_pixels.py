"""Every pixel format a core may use gives the console's colours."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.emulator.libretro_abi import PixelFormat
from pmd_gym.emulator.pixels import Framebuffer

COLOURS = np.random.default_rng(2).integers(0, 32, (4, 6, 3))


@pytest.mark.parametrize(
    ("form", "packed"),
    [
        (PixelFormat.RGB565, (COLOURS @ [1 << 11, 1 << 6, 1]).astype(np.uint16)),
        (PixelFormat.XRGB1555, (COLOURS @ [1 << 10, 1 << 5, 1]).astype(np.uint16) | 0x8000),
        (PixelFormat.XRGB8888, ((COLOURS * 8 + COLOURS // 4) @ [1 << 16, 1 << 8, 1]).astype(np.uint32) | 0xFF000000),
    ],
)
def test_five_bits_become_eight(form: PixelFormat, packed: np.ndarray[tuple[int, int], np.dtype[np.uint16]]) -> None:
    out, framebuffer = np.zeros((4, 6, 3), np.uint8), Framebuffer(packed, form)
    framebuffer.unpack(out)
    assert np.array_equal(out, COLOURS * 8 + COLOURS // 4)
    packed[:] = np.full((4, 6), 0xFFFFFFFF, np.uint32).astype(packed.dtype)
    framebuffer.unpack(out)
    assert (out == 255).all()
