"""What the player sees through the leader (pret/pmd-red 1177316f, src/dungeon_range.c, src/dungeon_tilemap.c,
src/dungeon_util.c, src/dungeon_map.c).

Three areas matter: the sight area (the leader's room with a ring of one tile, or a square in corridors), the screen (on
bright floors everything drawn on it shows), and the tiles once marked on the map.
"""

from __future__ import annotations

from typing import NamedTuple

from pmd_gym.compiled import kernel
from pmd_gym.kernels.images import MONSTER_KIND, Record
from pmd_gym.ram import layout

SCREEN_REACH_X = 6
SCREEN_REACH_Y = 5
DEFAULT_RADIUS = 2
CORRIDOR = layout.CORRIDOR
MAX_TEAM = layout.MAX_TEAM
MAX_ROOMS = layout.MAX_ROOMS
WIDTH = layout.MAP_WIDTH
HEIGHT = layout.MAP_HEIGHT
ON_MAP = 1
SEEN = 2
INVISIBLE = 1
WALL_BITS = 3


class Sight(NamedTuple):
    """Where the leader stands and how far he sees; corners are inclusive, flags are 0 or 1."""

    x: int
    y: int
    x_min: int
    y_min: int
    x_max: int
    y_max: int
    screen: int  # everything on the screen shows
    blind: int
    map_revealed: int
    all_monsters: int
    all_items: int
    hidden: int  # hidden traps and invisible monsters show
    everything: int  # visibility "full"


@kernel
def sight_of(dungeon: Record, leader: int, everything: int) -> Sight:
    """Sight of the team member in slot `leader`."""
    place = dungeon.entities[leader].pos
    x, y = int(place.x), int(place.y)
    room = int(dungeon.tiles[y, x].room)
    bright = dungeon.visibility_range == 0 or dungeon.lit_floor != 0
    if room < MAX_ROOMS and dungeon.rooms[room].exists:
        area = dungeon.rooms[room]
        corners = (int(area.x_min) - 1, int(area.y_min) - 1, int(area.x_end), int(area.y_end))
    else:
        radius = int(dungeon.visibility_range)
        if radius == 0:
            radius = DEFAULT_RADIUS
        corners = (x - radius, y - radius, x + radius, y + radius)
    return Sight(
        x, y, corners[0], corners[1], corners[2], corners[3],
        int(bright or dungeon.map_revealed != 0), int(dungeon.blinded != 0), int(dungeon.map_revealed != 0),
        int(dungeon.show_all_monsters != 0), int(dungeon.show_all_items != 0), int(dungeon.show_hidden != 0),
        everything,
    )  # fmt: skip


@kernel
def in_sight(sight: Sight, x: int, y: int) -> bool:
    """True inside the sight area; a blinded leader sees nothing."""
    inside = sight.x_min <= x <= sight.x_max and sight.y_min <= y <= sight.y_max
    return inside and not sight.blind


@kernel
def is_drawn(sight: Sight, x: int, y: int) -> bool:
    """True where an entity would be drawn: in sight, or anywhere on the screen of a bright floor."""
    on_screen = abs(x - sight.x) <= SCREEN_REACH_X and abs(y - sight.y) <= SCREEN_REACH_Y
    return in_sight(sight, x, y) or bool(sight.screen and on_screen and not sight.blind)


@kernel
def knows_tile(sight: Sight, tile: Record) -> bool:
    """True for a tile marked on the map."""
    return bool(sight.everything or sight.map_revealed or tile.visibility & ON_MAP)


@kernel
def shows_monster(sight: Sight, dungeon: Record, slot: int) -> bool:
    """True for a living monster that the player can see: the team always, others by sight, screen or X-ray effects."""
    entity = dungeon.entities[slot]
    if entity.kind != MONSTER_KIND:
        return False
    if slot < MAX_TEAM or sight.everything:
        return True
    if sight.blind or not entity.visible or (dungeon.monsters[slot].conceal_status == INVISIBLE and not sight.hidden):
        return False
    if sight.all_monsters or sight.map_revealed:
        return True
    return is_drawn(sight, int(entity.pos.x), int(entity.pos.y))


@kernel
def shows_item(sight: Sight, tile: Record, x: int, y: int) -> bool:
    """True for an item on this tile that the player sees or has seen; items buried in walls stay hidden."""
    if sight.everything:
        return True
    if tile.terrain & WALL_BITS == 0:
        return False
    return bool(sight.all_items or is_drawn(sight, x, y) or (tile.visibility & SEEN and not sight.blind))


@kernel
def shows_trap(sight: Sight, tile: Record, revealed: int, x: int, y: int) -> bool:
    """True for a trap that was revealed (or may be seen hidden) on a tile that is drawn or on the map."""
    if sight.everything:
        return True
    return bool((revealed or sight.hidden) and (is_drawn(sight, x, y) or tile.visibility & ON_MAP))


@kernel
def shows_stairs(sight: Sight, dungeon: Record) -> bool:
    """True when the player knows where the stairs are."""
    x, y = int(dungeon.stairs.x), int(dungeon.stairs.y)
    inside = 0 <= x < WIDTH and 0 <= y < HEIGHT
    return inside and bool(dungeon.show_stairs or knows_tile(sight, dungeon.tiles[y, x]))
