"""A simulated console as one record: the EWRAM image of the real game, then scratch space that is never state.

Row layout of a game: 262,144 bytes of EWRAM with every global variable by name and the dungeon object as `world`, at
the address seen in the real game; then `plan` (the floor generator's work space) and the log of the turn's random
draws. The scratch holds nothing between two commands: an EWRAM image alone is a whole game.
"""

from __future__ import annotations

import numpy as np

from pmd_gym.ram import layout
from pmd_gym.simulator.plan import PLAN

DRAW_LOG_SIZE = 4096

DRAW = np.dtype([("label", "<i2"), ("bound", "<i4"), ("value", "<i4")])
"""One draw of the dungeon generator: what it was for (`rng.Draw`), its bound, its value 0..bound-1."""

HIT = np.dtype([("damage", "<i4"), ("type", "u1"), ("code", "u1"), ("critical", "u1"), ("absorbed", "u1")])
"""A blow: damage, its type, the combined effectiveness code 0..3, critical, absorbed by an ability."""

MAX_TARGETS = layout.MAX_MONSTERS

GAME = layout.image(
    layout.OBSERVED_DUNGEON_ADDRESS,
    extra=[
        ("plan", PLAN),
        ("hit", HIT),
        ("hit_back", HIT),
        ("new_item", layout.ITEM),
        ("loose_item", layout.ITEM),  # on its way between hands and floor, while `new_item` is the one in use
        ("used_item", layout.ITEM),  # what is being eaten, used or thrown, gone from where it was
        ("struck", np.dtype(("i1", (MAX_TARGETS,)))),  # whom a thrown item meets, and whether it hits
        ("struck_hit", np.dtype(("u1", (MAX_TARGETS,)))),
        ("move", layout.MOVE),  # the regular attack, Struggle: moves that stand in no slot
        ("move_slot", "i1"),  # slot of the user that holds the move in use, -1 when it comes from elsewhere
        ("targets", np.dtype(("i1", (MAX_TARGETS,)))),
        ("options_x", np.dtype(("u1", (layout.MAP_HEIGHT * layout.MAP_WIDTH,)))),  # candidate tiles
        ("options_y", np.dtype(("u1", (layout.MAP_HEIGHT * layout.MAP_WIDTH,)))),
        ("choice_direction", np.dtype(("i1", (8,)))),  # possible targets of the AI, by order of discovery
        ("choice_weight", np.dtype(("<i4", (8,)))),
        ("choice_taken", np.dtype(("u1", (8,)))),
        ("attack_weight", np.dtype(("<i4", (layout.MOVE_SLOTS + 1,)))),  # moves and, last, the regular attack
        ("waits", np.dtype(("u1", (layout.MAX_TEAM,)))),  # how soon a waiting ally decides again
        ("first_tick", "u1"),
        ("spoken", "u1"),  # a line was written in this turn
        ("displaced", "u1"),  # the last settling moved somebody elsewhere
        ("hits_landed", "<i4"),
        ("draw_count", "<i8"),
        ("draws", np.dtype((DRAW, (DRAW_LOG_SIZE,)))),
    ],
)
