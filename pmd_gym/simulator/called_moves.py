"""What moves make of chance and of the ground: the moves that others call, and effects by the floor's tileset.

Data only (pret/pmd-red 1177316f, src/dungeon_config.c); what happens with it is in the pipeline of moves and in
`effects_calls` and `effects_change`.
"""

from __future__ import annotations

import numpy as np

METRONOME_MOVES = np.array([
    1, 3, 5, 11, 17, 20, 21, 22, 24, 30, 32, 33, 35, 37, 45, 47, 48, 52, 57, 59, 62, 63, 64, 66, 67, 71, 72, 73, 76,
    77, 78, 83, 85, 91, 92, 93, 96, 106, 116, 120, 131, 133, 135, 137, 139, 140, 142, 147, 149, 150, 159, 162, 164,
    170, 171, 172, 177, 188, 192, 194, 196, 197, 198, 200, 207, 209, 210, 213, 214, 220, 224, 228, 237, 238, 243, 246,
    249, 263, 264, 266, 267, 269, 272, 275, 276, 277, 278, 281, 283, 284, 291, 294, 296, 309, 313, 314, 324, 326, 327,
    328, 329, 331, 335, 341, 226,
], np.int64)  # fmt: skip
"""Ids of the moves that Metronome may call; the draw is an index."""

LAST_TILESET = 74
NATURE_POWER_MOVES = np.array([
    219, 124, 30, 127, 127, 30, 30, 127, 145, 30, 124, 118, 145, 145, 124, 145, 145, 127, 127, 127, 124, 118, 30, 145,
    30, 124, 124, 145, 30, 251, 127, 127, 251, 251, 30, 145, 145, 127, 30, 30, 30, 124, 30, 30, 118, 145, 30, 30, 30,
    219, 124, 124, 118, 255, 127, 30, 124, 145, 145, 30, 124, 127, 124, 124, 30, 251, 30, 30, 145, 145, 30, 145, 145,
    219, 219, 30,
], np.int64)  # fmt: skip
"""Id of the move that Nature Power calls on a tileset 0..75; tilesets above `LAST_TILESET` count as it."""

SECRET_POWER_EFFECTS = np.array([
    3, 0, 6, 7, 7, 6, 6, 7, 8, 6, 0, 5, 8, 8, 0, 8, 8, 7, 7, 7, 0, 5, 6, 8, 6, 0, 0, 8, 6, 1, 7, 7, 1, 1, 6, 8, 8, 7,
    6, 6, 6, 0, 6, 6, 5, 8, 6, 6, 6, 3, 0, 0, 5, 2, 7, 6, 0, 8, 8, 6, 0, 7, 0, 0, 6, 1, 6, 6, 8, 8, 6, 8, 8, 3, 3, 6,
], np.int64)  # fmt: skip
"""Side effect of Secret Power on a tileset (`effects_calls.SPREAD_POISON` and the like)."""

CAMOUFLAGE_TYPES = np.array([
    3, 4, 13, 13, 13, 13, 13, 13, 1, 13, 4, 9, 1, 1, 4, 6, 1, 13, 6, 6, 4, 9, 13, 1, 6, 4, 4, 1, 13, 4, 13, 13, 4, 4,
    13, 1, 6, 13, 13, 13, 13, 4, 13, 13, 9, 1, 13, 6, 13, 3, 4, 4, 9, 3, 13, 13, 4, 1, 1, 13, 4, 13, 4, 4, 13, 4, 13,
    13, 1, 1, 13, 1, 6, 3, 3, 13,
], np.int64)  # fmt: skip
"""Type that Camouflage gives on a tileset."""
