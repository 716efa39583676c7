"""A simulated console as one record: the EWRAM image of the real game, then scratch space that is never state.

Row layout of a game: 262,144 bytes of EWRAM with every global variable by name and the dungeon object as `world`, at the
address seen in the real game; then `plan` (the floor generator's work space) and the log of the turn's random draws.
The scratch holds nothing between two commands: an EWRAM image alone is a whole game.
"""

from __future__ import annotations

import numpy as np

from pmd_gym.ram import layout
from pmd_gym.simulator.plan import PLAN

DRAW_LOG_SIZE = 4096

DRAW = np.dtype([("label", "<i2"), ("bound", "<i4"), ("value", "<i4")])
"""One draw of the dungeon generator: what it was for (`rng.Draw`), its bound, its value 0..bound-1."""

GAME = layout.image(
    layout.OBSERVED_DUNGEON_ADDRESS,
    extra=[("plan", PLAN), ("draw_count", "<i8"), ("draws", np.dtype((DRAW, (DRAW_LOG_SIZE,))))],
)
