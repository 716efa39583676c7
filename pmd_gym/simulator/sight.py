"""What can be seen from where, and the explored map (mechanics sections 12.1 and 16).

"See" is what rooms, lines of moves and the map use: the room with a ring of one tile, or a square in corridors.
"Target" is what the AI uses to choose whom to walk to: the room, or two tiles with a free way.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import holds, is_alive, sees_invisible, slot_of

MAP_WIDTH, MAP_HEIGHT, CORRIDOR = layout.MAP_WIDTH, layout.MAP_HEIGHT, layout.CORRIDOR
SHOWN, SEEN = 1, 2
SCREEN_X, SCREEN_Y = 6, 5
FAR = 999
"""Farther than any two tiles."""


@kernel
def direction_to(x: int, y: int, to_x: int, to_y: int) -> int:
    """Direction 0..7 towards another tile; south for the tile itself."""
    dx = min(max(to_x - x, -1), 1)
    dy = min(max(to_y - y, -1), 1)
    return ids.DIRECTION_OF[dy + 1, dx + 1]


@kernel
def distance(x: int, y: int, to_x: int, to_y: int) -> int:
    """Steps between two tiles when diagonals count one."""
    return max(abs(to_x - x), abs(to_y - y))


@kernel
def sight_radius(game: Any) -> int:
    """Radius of sight in corridors; a bright floor's 0 behaves as 2."""
    radius = game.world.visibility_range
    return radius if radius else 2


@kernel
def sight_box(game: Any, x: int, y: int) -> tuple[int, int, int, int]:
    """x, y of the first tile in sight of a tile and x, y behind the last: its room and one tile more, or a square.

    It may reach beyond the map.
    """
    room, radius = game.world.tiles[y, x].room, sight_radius(game)
    if room == CORRIDOR:
        return x - radius, y - radius, x + radius + 1, y + radius + 1
    box = game.world.rooms[room]
    return box.x_min - 1, box.y_min - 1, box.x_end + 2, box.y_end + 2


@kernel
def in_room_area(game: Any, room: int, x: int, y: int) -> bool:
    """True inside the room's box enlarged by one tile."""
    box = game.world.rooms[room]
    return box.x_min - 1 <= x and box.y_min - 1 <= y and x < box.x_end + 1 and y < box.y_end + 1


@kernel
def is_in_sight(game: Any, x: int, y: int, to_x: int, to_y: int) -> bool:
    """True when a tile is seen from another (src/dungeon_range.c, IsPositionActuallyInSight)."""
    room = game.world.tiles[y, x].room
    if room == CORRIDOR:
        radius = sight_radius(game)
        return abs(x - to_x) <= radius and abs(y - to_y) <= radius
    return in_room_area(game, room, to_x, to_y)


@kernel
def is_clear_walk(game: Any, x: int, y: int, to_x: int, to_y: int) -> bool:
    """True when the straight walk of two steps to a tile meets no wall."""
    for _ in range(2):
        x += (x < to_x) - (x > to_x)
        y += (y < to_y) - (y > to_y)
        if game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL:
            return False
    return True


@kernel
def is_within_two(game: Any, x: int, y: int, to_x: int, to_y: int) -> bool:
    """True within one tile, or at two tiles when the straight walks both ways meet no wall."""
    steps = distance(x, y, to_x, to_y)
    if steps < 2:
        return True
    return steps == 2 and is_clear_walk(game, x, y, to_x, to_y) and is_clear_walk(game, to_x, to_y, x, y)


@kernel
def is_targetable(game: Any, x: int, y: int, to_x: int, to_y: int) -> bool:
    """True when the AI at a tile may choose another tile as target (src/dungeon_range.c, IsPositionInSight)."""
    room = game.world.tiles[y, x].room
    if room != CORRIDOR and in_room_area(game, room, to_x, to_y):
        return True
    return is_within_two(game, x, y, to_x, to_y)


@kernel
def is_noticed(game: Any, slot: int, other: int) -> bool:
    """True when nothing but distance can keep `slot` from seeing `other`: both alive, not invisible, not blind."""
    if not is_alive(game, slot) or not is_alive(game, other) or not game.world.entities[other].visible:
        return False
    monster = game.world.monsters[slot]
    if game.world.monsters[other].conceal_status == ids.INVISIBLE and not sees_invisible(monster):
        return False
    return monster.sight_status != ids.BLINKER


@kernel
def can_see(game: Any, slot: int, other: int) -> bool:
    """True when one monster sees another (src/dungeon_util.c, CanSeeTarget)."""
    if not is_noticed(game, slot, other):
        return False
    here, there = game.world.entities[slot].pos, game.world.entities[other].pos
    return is_in_sight(game, here.x, here.y, there.x, there.y)


@kernel
def can_target(game: Any, slot: int, other: int) -> bool:
    """True when one monster may walk towards another (src/dungeon_util.c, CanTargetEntity)."""
    if not is_noticed(game, slot, other):
        return False
    here, there = game.world.entities[slot].pos, game.world.entities[other].pos
    return is_targetable(game, here.x, here.y, there.x, there.y)


@kernel
def is_on_screen(game: Any, slot: int) -> bool:
    """True when the monster is drawn: near the camera and, on dark floors, in sight of it.

    The rules look at the screen in a few places, such as the victim's turning after a blow
    (src/dungeon_util.c, ShouldDisplayEntity; src/dungeon_tilemap.c).
    """
    world = game.world
    if not is_alive(game, slot) or not world.entities[slot].visible:
        return False
    camera, here = world.camera_tile, world.entities[slot].pos
    if not world.monsters[slot].is_enemy:
        return abs(camera.x - here.x) <= SCREEN_X + 1 and abs(camera.y - here.y) <= SCREEN_Y
    if abs(camera.x - here.x) > SCREEN_X or abs(camera.y - here.y) > SCREEN_Y:
        return False
    if world.map_revealed or world.lit_floor:
        return True
    return is_in_sight(game, camera.x, camera.y, here.x, here.y)


@kernel
def refresh_view(game: Any) -> None:
    """Let the view follow the eyes, items and knowledge of the monster under the camera (UpdateCamera)."""
    world = game.world
    slot = slot_of(world.camera_target)
    if not is_alive(game, slot):
        return
    monster = world.monsters[slot]
    sees_all = monster.is_leader and holds(monster, ids.X_RAY_SPECS)
    world.show_all_monsters = sees_all or monster.power_ears != 0
    world.show_all_items = sees_all or monster.scanning != 0
    world.show_stairs = monster.stair_spotter != 0
    world.blinded = monster.sight_status == ids.BLINKER
    world.cross_eyed = monster.sight_status == ids.CROSS_EYED
    world.show_hidden = sees_invisible(monster)


@kernel
def explore(game: Any, x: int, y: int) -> None:
    """Add what the leader sees from a tile to the map: a whole room on the first visit, a square in corridors."""
    world = game.world
    if world.blinded:
        return
    room = world.tiles[y, x].room
    radius = sight_radius(game)
    x_min, x_max, y_min, y_max = x - radius, x + radius, y - radius, y + radius
    if room != CORRIDOR:
        box = world.rooms[room]
        if box.discovered:
            return
        box.discovered = 1
        x_min, x_max, y_min, y_max = box.x_min - 1, box.x_end, box.y_min - 1, box.y_end
    for row in range(max(y_min, 0), min(y_max, MAP_HEIGHT - 1) + 1):
        for column in range(max(x_min, 0), min(x_max, MAP_WIDTH - 1) + 1):
            world.tiles[row, column].visibility |= SHOWN | SEEN
