"""Moments of games: decoded RAM, screen, mask and messages together, as the views draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS, DIRECTIONS
from pmd_gym.backends.interface import Backend, CommandKind
from pmd_gym.ram import layout

if TYPE_CHECKING:
    from pmd_gym.views import Moment

STEPS = slice(ACTIONS.of(CommandKind.STEP), ACTIONS.of(CommandKind.STEP) + len(DIRECTIONS))
MOVES = slice(ACTIONS.of(CommandKind.MOVE), ACTIONS.of(CommandKind.MOVE) + layout.MOVE_SLOTS)


def moments_of(
    backend: Backend, env_ids: NDArray[np.int64], masks: NDArray[np.int8], pixels: bool = True
) -> list[Moment]:
    """One moment for each game of `env_ids`; `masks` (n, 63) are theirs. Without `pixels` no screen is captured."""
    from pmd_gym.ram import decode, log_lines
    from pmd_gym.views import Moment

    images = backend.ram[env_ids]
    states = decode(images)
    screens = np.empty((len(env_ids) if pixels else 0, layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
    if pixels:
        backend.pixels(env_ids, screens)
    return [
        Moment(
            states, row, screens[row] if pixels else None, (mask[STEPS] == 1).tolist(), (mask[MOVES] == 1).tolist(),
            tuple(log_lines(image)),
        )
        for row, (mask, image) in enumerate(zip(masks, images, strict=True))
    ]  # fmt: skip
