"""The work space of one floor generation as a record, so that no kernel of the generator allocates memory.

A plan is scratch: nothing of it has to survive a generation, and whatever it held before must not matter (the
generator writes every field before it reads it). It holds the three layers of the map under construction, the
cells of the room grid, and the choices that outlive one attempt. It knows nothing of dungeons or monsters.

Coordinates: x 0..55 to the right, y 0..31 downwards; boxes are x0, y0 inclusive and x1, y1 exclusive unless said.
"""

from __future__ import annotations

import numpy as np

from pmd_gym.ram import layout

MAP_SHAPE = (layout.MAP_HEIGHT, layout.MAP_WIDTH)
GRID_LIMIT = 8
"""Columns and rows of cells kept; the largest grid of the game is 6 x 4."""

SHUFFLE_SIZE = 256
SHOP_LIST = 15

CELL = np.dtype([
    ("x0", "<i8"), ("y0", "<i8"), ("x1", "<i8"), ("y1", "<i8"),
    ("valid", "u1"),            # 0: outside the part of the map that this floor uses
    ("room", "u1"),             # 1: a room, 0: an anchor, one tile that hallways pass through
    ("links", "u1"),            # bit per direction (0 right, 1 up, 2 left, 3 down): connected to that neighbour
    ("pending", "u1"),          # links that still wait for their hallway
    ("connected", "u1"),        # some hallway starts or ends here
    ("merged", "u1"),           # took part in a merge
    ("absorbed", "u1"),         # swallowed by a neighbour, no longer a room of its own
    ("shop", "u1"),
    ("monster_house", "u1"),
    ("structured", "u1"),       # holds a structure of secondary terrain
    ("wants_structure", "u1"),
    ("imperfect", "u1"),        # its corners may be filled
])  # fmt: skip
"""One cell of the room grid."""

PLAN = np.dtype([
    ("rng_dungeon", "<u4"),
    ("flags", "<u2", MAP_SHAPE),             # terrain bits as in Tile.terrain
    ("rooms", "u1", MAP_SHAPE),              # room number, 0xFF none, 0xFE anchor
    ("spawns", "u1", MAP_SHAPE),             # what shall appear here, `terrain.SPAWN_*`
    ("reached", "u1", MAP_SHAPE),
    ("spots", "<i2", MAP_SHAPE[0] * MAP_SHAPE[1]),  # candidate tiles x * 32 + y, or the queue of a search
    ("shuffled", "u1", SHUFFLE_SIZE),
    ("shop_columns", "u1", SHOP_LIST), ("shop_rows", "u1", SHOP_LIST),
    ("pond", "u1", (10, 10)),                # mask of a lake, 1 is dry
    ("cells", CELL, (GRID_LIMIT, GRID_LIMIT)),  # [column, row]
    ("column_x", "<i8", GRID_LIMIT + 1), ("row_y", "<i8", GRID_LIMIT + 1),  # grid lines
    ("grid_width", "<i8"), ("grid_height", "<i8"),
    ("frame_x", "<i8"), ("frame_y", "<i8"),  # part of the cell at work where a room may lie: corner and size
    ("frame_width", "<i8"), ("frame_height", "<i8"),
    ("player_x", "<i8"), ("player_y", "<i8"),  # -1: not placed
    ("stairs_x", "<i8"), ("stairs_y", "<i8"),  # -1: not placed
    ("stairs_room", "u1"),
    ("keeper_x", "<i8"), ("keeper_y", "<i8"),  # tile of the shopkeeper, -1: none
    ("shop_x0", "<i8"), ("shop_y0", "<i8"), ("shop_x1", "<i8"), ("shop_y1", "<i8"),  # shop floor, shop_x0 -1: none
    ("shop_area", "<i8", 4),                 # first shop floor: min x, min y, max x, max y, inclusive
    ("monster_house_room", "u1"),            # 0xFF: none
    ("force_monster_house", "u1"),
    ("has_shop", "u1"), ("has_monster_house", "u1"),
    ("floor_size", "u1"),                    # 0 large, 1 small, 2 medium
    ("room_count", "<i8"),                   # rooms chosen in the grid
    ("structure_budget", "<i8"),
    ("layout_attempt", "<i8"), ("spawn_attempt", "<i8"),
    ("fixed_room", "<i8"),
    ("fixed_x0", "<i8"), ("fixed_y0", "<i8"), ("fixed_x1", "<i8"), ("fixed_y1", "<i8"),  # box of the fixed room
    ("chamber", "u1"),                       # the fixed room is a locked chamber
    ("points", "<i8", (8, 2)),               # marked tiles of a fixed room (x, y), -1: none
    ("floods", "u1"),                        # secondary terrain becomes terrain 3 at the end
])  # fmt: skip
"""The work space of one generation; `rng_dungeon` is the state of the dungeon generator before and after."""
