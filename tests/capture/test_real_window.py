"""The window source on a real mGBA that plays the cartridge: what a picture claims to show, it shows, or it is stale.

Runs where Xvfb, mgba-qt and xdotool are installed (Debian: `apt-get install --no-install-recommends mgba-qt xvfb
xdotool`) and the gui extra is; some twenty seconds, because a window is drawn in real time.

Now and then mGBA's window shows parts of two successive frames. Both must then be what the picture claims to show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pmd_gym.capture import NewestCapture, WindowSource
from pmd_gym.capture.window import LAG_FRAMES
from pmd_gym.errors import CaptureError
from pmd_gym.ram import layout
from tests.cartridge.counter import read_both
from tests.doubles.mgba_window import MgbaWindow, missing_programs, opened

ROM = Path(__file__).resolve().parent.parent / "cartridge" / "cartridge.gba"
COUNTER = layout.EWRAM_BASE + layout.global_variable("logic_frames").offset
MAX_AGE_S = 20.0
OBSERVATIONS = 30
RESERVE_FRAMES = 2 * LAG_FRAMES
"""For a machine that is busy with other tests; a picture claims to show that much less than has been run."""

if missing_programs():
    pytest.skip(f"needs {missing_programs()}", allow_module_level=True)
for module in ("mss", "xcffib"):
    pytest.importorskip(module, reason="needs the gui extra")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MgbaWindow]:
    with opened(ROM, COUNTER, tmp_path_factory.mktemp("mgba")) as made:
        yield made


@pytest.fixture
def capture(window: MgbaWindow) -> Iterator[NewestCapture]:
    source = WindowSource(
        "TWIN DUNGEON", frame_now=window.counter_now, lag_frames=RESERVE_FRAMES, display=window.display
    )
    made = NewestCapture(source, rate_hz=60, max_age_s=MAX_AGE_S)
    yield made
    made.close()


def test_a_picture_that_is_not_stale_shows_the_state_in_ram(window: MgbaWindow, capture: NewestCapture) -> None:
    """RAM of frame n: the newest picture is stale, or shows frame n or later; the one waited for is never stale."""
    unflagged, older, waited = 0, 0, []
    asyncio.run(capture.since(window.counter))
    for _ in range(OBSERVATIONS):
        frame_of_ram = window.counter
        newest = capture.newest()
        shown = min(read_both(newest.pixels))
        older += shown < frame_of_ram
        unflagged += shown < frame_of_ram <= newest.frame
        paired = asyncio.run(capture.since(frame_of_ram))
        waited.append(min(read_both(paired.pixels)))
        assert frame_of_ram <= paired.frame <= waited[-1] <= window.counter + 1
    assert unflagged == 0
    assert older > 0, "a window is some frames behind a game that runs on; it would prove nothing were it not"
    assert len(set(waited)) == OBSERVATIONS
    assert not capture.fallback


def test_pixels_are_the_consoles(window: MgbaWindow, capture: NewestCapture) -> None:
    """The cartridge's two drawings of its counter agree, and nothing but its few colours is in the picture."""
    pixels = asyncio.run(capture.since(window.counter)).pixels
    above, below = read_both(pixels)
    assert above > 0 and abs(above - below) <= LAG_FRAMES
    assert 2 < len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 256


def test_a_window_of_another_size_shows_the_same_pixels(window: MgbaWindow, capture: NewestCapture) -> None:
    before = asyncio.run(capture.since(window.counter)).pixels
    window.place(720, 502)
    after = asyncio.run(capture.since(window.counter)).pixels
    window.place(700, 600)
    odd = asyncio.run(capture.since(window.counter)).pixels
    window.place(480, 342)
    for pixels in (after, odd):
        above, below = read_both(pixels)
        assert above > 0 and abs(above - below) <= LAG_FRAMES
        colours = {tuple(colour) for colour in np.unique(pixels.reshape(-1, 3), axis=0).tolist()}
        assert colours == {tuple(colour) for colour in np.unique(before.reshape(-1, 3), axis=0).tolist()}


def test_a_closed_window_is_said_to_be_closed(tmp_path: Path) -> None:
    with opened(ROM, COUNTER, tmp_path) as window:
        source = WindowSource("TWIN DUNGEON", frame_now=window.counter_now, display=window.display)
        capture = NewestCapture(source, rate_hz=60, max_age_s=0.5)
        asyncio.run(capture.since(0))
        window.end_mgba()
        capture._thread.join(30)
        assert "closed" in capture.fallback or "no window" in capture.fallback
        with pytest.raises(CaptureError, match="no window has 'TWIN DUNGEON'"):
            capture.newest()
        capture.close()
