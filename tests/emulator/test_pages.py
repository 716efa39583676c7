"""Pages: what changed is found, and putting it back gives the same image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmd_gym.emulator import pages
from pmd_gym.ram import layout

OFFSETS = st.lists(st.integers(0, layout.EWRAM_SIZE - 1), max_size=60)


@given(OFFSETS)
def test_exactly_the_touched_pages_are_found(offsets: list[int]) -> None:
    ram = np.random.default_rng(1).integers(0, 256, layout.EWRAM_SIZE, np.uint8)
    sent = pages.SentImage()
    sent.replace(ram)
    ram[offsets] += 1
    numbers, changed = sent.changed(ram)
    assert numbers.tolist() == sorted({offset // pages.PAGE_SIZE for offset in offsets})
    assert np.array_equal(changed, ram.reshape(-1, pages.PAGE_SIZE)[numbers])
    assert sent.changed(ram)[0].size == 0


@given(st.lists(OFFSETS, max_size=4))
def test_a_mirror_that_gets_the_pages_stays_equal(rounds: list[list[int]]) -> None:
    ram = np.zeros(layout.EWRAM_SIZE, np.uint8)
    mirror, sent = ram.copy(), pages.SentImage()
    for offsets in rounds:
        ram[offsets] += 7
        pages.apply(mirror, *sent.changed(ram))
        assert np.array_equal(mirror, ram)


def test_pages_that_do_not_fit_are_refused() -> None:
    ram = np.zeros(layout.EWRAM_SIZE, np.uint8)
    for numbers in ([pages.PAGES], [0, 1, pages.PAGES], [5, 65535, 6]):
        with pytest.raises(ValueError, match=f"page {max(numbers)} does not exist"):
            pages.apply(ram, np.array(numbers, np.uint16), np.ones(len(numbers) * pages.PAGE_SIZE, np.uint8))
    with pytest.raises(ValueError, match="bytes"):
        pages.apply(ram, np.array([0], np.uint16), np.zeros(pages.PAGE_SIZE - 1, np.uint8))
    assert not ram.any()
