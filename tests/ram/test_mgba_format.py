"""mGBA's states taken apart and put together in another form: nothing is lost, and nothing wrong gets through."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pmd_gym.errors import SavestateError
from pmd_gym.ram import MgbaState, libretro_state, png_state, take_apart
from pmd_gym.ram.mgba_format import BLOCK_SIZE, MAX_EXTRA
from tests.doubles import savestates
from tests.doubles.scene import scene

WINDOW = Path(__file__).parent.parent / "data" / "tiny_window.ss1"
"""Written by a window of mGBA 0.10.1 that played `tests.doubles.tiny_rom`, A held for 49 frames."""

BLOCK = savestates.block(scene())
PICTURE = np.random.default_rng(1).integers(0, 256, (160, 240, 3)).astype(np.uint8)


def taken(data: bytes) -> MgbaState:
    state = take_apart(data)
    assert state is not None
    return state


def extra_state(*extra: tuple[int, bytes]) -> MgbaState:
    return MgbaState("libretro", BLOCK, dict(extra))


@given(st.dictionaries(st.sampled_from([2, 4]), st.binary(max_size=3000)))
def test_a_state_goes_through_a_png_and_comes_back(extra: dict[int, bytes]) -> None:
    state = extra_state(*extra.items())
    data = libretro_state(state)
    assert libretro_state(taken(data)) == data
    png = taken(png_state(state, PICTURE))
    assert (png.form, png.block) == ("png", BLOCK)
    assert libretro_state(png) == data


def test_what_only_windows_know_stays_out_of_a_core() -> None:
    """Tag 1 is a picture, 3 cheats, 0x101 the time: a core gets save memory (2) and clock (4)."""
    state = extra_state((1, b"picture"), (2, b"saved"), (3, b"cheats"), (4, b"clock"), (0x101, b"time"))
    assert taken(libretro_state(state)).extra == {2: b"saved", 4: b"clock"}
    window = taken(png_state(state, PICTURE))
    assert sorted(window.extra) == [2, 3, 4, 0x101]
    assert zlib.decompress(window.extra[0x101][8:]) == b"time"


def test_the_png_is_a_picture_for_everybody() -> None:
    image = Image.open(io.BytesIO(png_state(extra_state((2, bytes(512))), PICTURE)))
    assert np.array_equal(np.asarray(image), PICTURE)


def test_a_window_wrote_this_one() -> None:
    state = taken(WINDOW.read_bytes())
    assert (state.form, state.title, state.code) == ("png", "TINY", "ZTNE")
    saved = taken(libretro_state(state)).extra[2]
    assert (len(saved), saved[0], saved[1]) == (32768, 48, 255)


def test_what_begins_like_nothing_known_is_none() -> None:
    for data in (b"", b"\x89PN", b"GBA", bytes(BLOCK_SIZE), bytes(262_144)):
        assert take_apart(data) is None


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (struct.pack("<II", 2, MAX_EXTRA + 1) + zlib.compress(bytes(10)), "claims 1,048,577 bytes"),
        (struct.pack("<II", 2, 100) + zlib.compress(bytes(200 << 20)), "unpacks to more than 100 bytes"),
        (struct.pack("<II", 2, 100) + zlib.compress(bytes(99)), "unpacks to 99 of 100"),
        (struct.pack("<II", 2, 100) + b"no zlib", "does not unpack"),
    ],
)
def test_extra_data_that_lies_about_itself_is_refused(packed: bytes, reason: str) -> None:
    state = taken(savestates.png(scene(), extra=packed))
    with pytest.raises(SavestateError, match=reason):
        libretro_state(state)


def test_a_table_without_an_end_is_refused() -> None:
    table = b"".join(struct.pack("<iiq", tag, 0, BLOCK_SIZE) for tag in range(1, 100))
    with pytest.raises(SavestateError, match="more than 32 pieces"):
        take_apart(BLOCK + table)
    huge = struct.pack("<iiq", 2, MAX_EXTRA + 1, BLOCK_SIZE) + bytes(16)
    with pytest.raises(SavestateError, match="too large: extra data 0x2"):
        take_apart(BLOCK + huge + bytes(MAX_EXTRA))


@given(st.integers(0, 1 << 30), st.binary(min_size=1, max_size=8))
def test_no_damage_makes_anything_but_a_state_or_an_error(place: int, bytes_there: bytes) -> None:
    for data in (WINDOW.read_bytes(), BLOCK + struct.pack("<iiq", 2, 4, BLOCK_SIZE + 32) + bytes(16) + b"save"):
        place %= len(data)
        torn = data[:place] + bytes_there + data[place + len(bytes_there) :]
        with contextlib.suppress(SavestateError):
            state = take_apart(torn)
            assert state is None or len(libretro_state(state)) <= BLOCK_SIZE + 48 + 2 * MAX_EXTRA
