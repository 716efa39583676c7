"""Generator states chosen so that the next draws have the values a test wants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MULTIPLIER, WORD = 1566083941, 0xFFFFFFFF
ANY = None
"""Stands for a draw whose value does not matter."""


def state_before(*wanted: tuple[int, int] | None) -> int:
    """A state of the dungeon generator from which draws (bound, value) follow one after the other; `ANY` matches all.

    ValueError when none of the first million states does.
    """
    start = np.arange(1, 1 << 20, dtype=np.uint64)
    state, fits = start.copy(), np.ones(len(start), bool)
    for draw in wanted:
        state = (state * np.uint64(MULTIPLIER) + np.uint64(1)) & np.uint64(WORD)
        if draw is not ANY:
            bound, value = draw
            fits &= ((state >> np.uint64(16)) * np.uint64(bound) >> np.uint64(16)) == value
    if not fits.any():
        raise ValueError(f"no state among {len(start)} is followed by the draws {wanted}")
    return int(start[np.argmax(fits)])


def labelled(draws: Sequence[tuple[int, int, int]], *labels: int) -> list[tuple[int, int, int]]:
    """The draws with one of these labels, in order."""
    return [draw for draw in draws if draw[0] in labels]
