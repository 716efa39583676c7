"""Steps and places: who may go where, and putting a monster on a tile (mechanics section 4)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import release_wrap
from pmd_gym.simulator.monsters import address_of, has_skill, holds, monster_at

TILE_PIXELS = layout.constant("tile_pixels")
LAVA_TERRAIN = 2
FIRST_PAINTED_TILESET = 64
FIRST_CHAMBER = 50

FREE, BLOCKED, OCCUPIED = 0, 1, 2
"""What lies before a monster that wants to step: nothing, terrain, or another monster on walkable ground."""

TURNS_UP, TURNS_DOWN = 19, 39
"""Frames of the flight up and down; the recorded runs turn by one eighth in each (src/warp_target.c).

The console turns in every fourth frame of its counter, which is no part of the game's state.
"""


@kernel
def in_boss_room(game: Any) -> bool:
    """True on painted boss floors, where nothing moves or changes what a monster can cross.

    The game looks at the tileset (src/run_dungeon.c, IsCurrentFixedRoomBossFight), so some fixed rooms do not count.
    """
    return game.world.tileset >= FIRST_PAINTED_TILESET


@kernel
def in_fixed_room(game: Any) -> bool:
    """True on floors that are one fixed room (src/run_dungeon.c, IsFloorwideFixedRoom)."""
    return 0 < game.world.fixed_room < FIRST_CHAMBER


@kernel
def base_class(game: Any, rules: Any, species: int) -> int:
    """Mobility class of a species on this floor; what lava and water walkers cross depends on the tileset."""
    mobility = rules.species[species].mobility
    return game.secondary_is_lava_or_water[mobility] if mobility >= 4 else mobility


@kernel
def mobility_class(game: Any, rules: Any, slot: int, direction: int) -> int:
    """Mobility class for a step in a direction, with status, scarf and IQ (src/dungeon_logic.c, CanMoveInDirection)."""
    monster = game.world.monsters[slot]
    if not in_boss_room(game):
        if crosses_all(monster):
            return ids.THROUGH_WALLS
        if has_skill(monster, ids.ALL_TERRAIN_HIKER):
            return ids.CREVICE
        if has_skill(monster, ids.SUPER_MOBILE):
            return ids.CREVICE if direction & 1 else ids.THROUGH_WALLS
    return base_class(game, rules, monster.species)


@kernel
def crosses_all(monster: Any) -> bool:
    """True under the Mobile status or a Mobile Scarf."""
    return monster.conceal_status == ids.MOBILE or holds(monster, ids.MOBILE_SCARF)


@kernel
def senses_through_walls(game: Any, rules: Any, slot: int) -> bool:
    """True for monsters that pass walls; the AI lets them notice foes within five tiles (mechanics 12.1)."""
    monster = game.world.monsters[slot]
    return crosses_all(monster) or base_class(game, rules, monster.species) == ids.THROUGH_WALLS


@kernel
def walk_mask(tile: Any, mobility: int) -> int:
    """The tile's mask of walkable neighbours for a mobility class, bit = direction."""
    if mobility == ids.REGULAR:
        return tile.walk_normal
    if mobility == ids.LIQUID:
        return tile.walk_liquid
    return tile.walk_chasm if mobility == ids.CREVICE else tile.walk_wall


@kernel
def can_pass(game: Any, slot: int, direction: int, mobility: int) -> bool:
    """True when the terrain lets this class step (or strike) in the direction; monsters are not looked at."""
    here = game.world.entities[slot].pos
    x, y = here.x + ids.DX[direction], here.y + ids.DY[direction]
    if game.world.tiles[y, x].terrain & ids.IMPASSABLE:
        return False
    return (walk_mask(game.world.tiles[here.y, here.x], mobility) >> direction) & 1 == 1


@kernel
def neighbour(game: Any, slot: int, direction: int) -> int:
    """Slot of the monster on the next tile in a direction, -1 for none."""
    here = game.world.entities[slot].pos
    return monster_at(game, here.x + ids.DX[direction], here.y + ids.DY[direction])


@kernel
def can_step(game: Any, rules: Any, slot: int, direction: int) -> bool:
    """True when the step is free of terrain and monsters."""
    if neighbour(game, slot, direction) >= 0:
        return False
    return can_pass(game, slot, direction, mobility_class(game, rules, slot, direction))


@kernel
def can_strike(game: Any, rules: Any, slot: int, direction: int) -> bool:
    """True when an attack may go in the direction: no diagonal blow around the corner of a wall."""
    return can_pass(game, slot, direction, max(mobility_class(game, rules, slot, direction), ids.CREVICE))


@kernel
def shuns(game: Any, rules: Any, slot: int, x: int, y: int) -> bool:
    """True for a tile that an IQ skill keeps the AI from entering: monster house, visible trap, lava."""
    monster, tile = game.world.monsters[slot], game.world.tiles[y, x]
    if (
        tile.terrain & ids.MONSTER_HOUSE
        and not game.world.monster_house_triggered
        and has_skill(monster, ids.HOUSE_AVOIDER)
    ):
        return True
    if tile.object != 0 and has_skill(monster, ids.TRAP_AVOIDER):
        thing = game.world.all_entities[(tile.object - address_of(0)) // (address_of(1) - address_of(0))]
        if thing.kind == ids.TRAP and (thing.visible or monster.sight_status == ids.EYEDROPS):
            return True
    return (
        tile.terrain & ids.GROUND_MASK == ids.SECONDARY
        and rules.secondary_terrain[game.world.tileset] == LAVA_TERRAIN
        and has_skill(monster, ids.LAVA_EVADER)
    )


@kernel
def look_ahead(game: Any, rules: Any, slot: int, direction: int) -> int:
    """FREE, BLOCKED or OCCUPIED, as the AI sees the next tile (src/dungeon_logic.c, CanAIMonsterMoveInDirection)."""
    here = game.world.entities[slot].pos
    x, y = here.x + ids.DX[direction], here.y + ids.DY[direction]
    if not can_pass(game, slot, direction, mobility_class(game, rules, slot, direction)):
        return BLOCKED
    if shuns(game, rules, slot, x, y):
        return BLOCKED
    return OCCUPIED if monster_at(game, x, y) >= 0 else FREE


@kernel
def can_stand(game: Any, rules: Any, species: int, x: int, y: int) -> bool:
    """True when a new monster of a species can be put on a tile (src/dungeon_logic.c, sub_807034C)."""
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return False
    tile = game.world.tiles[y, x]
    if tile.monster != 0 or tile.terrain & ids.IMPASSABLE:
        return False
    return bears(tile.terrain & ids.GROUND_MASK, base_class(game, rules, species))


@kernel
def bears(ground: int, mobility: int) -> bool:
    """True when ground of a kind carries a mobility class."""
    if mobility == ids.REGULAR:
        return ground == ids.NORMAL
    if mobility == ids.LIQUID:
        return ground == ids.NORMAL or ground == ids.SECONDARY
    return ground != ids.WALL or mobility == ids.THROUGH_WALLS


@kernel
def resting_class(game: Any, rules: Any, slot: int) -> int:
    """Mobility class by which a monster may be put somewhere; unlike for steps, IQ counts in boss rooms too."""
    monster = game.world.monsters[slot]
    if has_skill(monster, ids.SUPER_MOBILE) or (not in_boss_room(game) and crosses_all(monster)):
        return ids.THROUGH_WALLS
    if has_skill(monster, ids.ALL_TERRAIN_HIKER):
        return ids.CREVICE
    return base_class(game, rules, monster.species)


@kernel
def may_rest(game: Any, rules: Any, slot: int, x: int, y: int) -> bool:
    """True when a monster can be on a tile that nobody else holds (src/dungeon_logic.c, sub_80706A4)."""
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return False
    tile = game.world.tiles[y, x]
    if tile.terrain & ids.IMPASSABLE or (tile.monster != 0 and tile.monster != address_of(slot)):
        return False
    return bears(tile.terrain & ids.GROUND_MASK, resting_class(game, rules, slot))


@kernel
def may_land(game: Any, rules: Any, slot: int, x: int, y: int) -> bool:
    """True when a monster can be put on a tile, not its own (src/dungeon_logic.c, sub_80703A0)."""
    return may_rest(game, rules, slot, x, y) and game.world.tiles[y, x].monster == 0


@kernel
def face(game: Any, slot: int, direction: int) -> None:
    """Turn a monster; the rules and the sprite agree."""
    game.world.monsters[slot].direction = direction
    game.world.entities[slot].sprite_direction = direction


@kernel
def leave_tile(game: Any, slot: int) -> None:
    """Take a monster off its tile, if the tile still names it."""
    here = game.world.entities[slot].pos
    if here.x >= 0 and here.y >= 0 and game.world.tiles[here.y, here.x].monster == address_of(slot):
        game.world.tiles[here.y, here.x].monster = 0


@kernel
def put_on_tile(game: Any, slot: int, x: int, y: int) -> None:
    """Move a monster to a tile without touching its trail (src/dungeon_misc.c, sub_80694C0)."""
    world = game.world
    entity, monster = world.entities[slot], world.monsters[slot]
    let_go(game, slot)
    if entity.pos.x == x and entity.pos.y == y:
        return
    leave_tile(game, slot)
    entity.prev_pos.x, entity.prev_pos.y = entity.pos.x, entity.pos.y
    entity.pos.x, entity.pos.y = x, y
    entity.pixel.x = (x * TILE_PIXELS + 12) * 256
    entity.pixel.y = (y * TILE_PIXELS + 16) * 256
    entity.room = world.tiles[y, x].room
    world.tiles[y, x].monster = address_of(slot)
    if monster.is_leader:
        game.leader_tile.x, game.leader_tile.y = x, y
        game.minimap_player.x, game.minimap_player.y = x, y
        world.stairs_menu_pending = 0
        aim_camera(game, x, y)


@kernel
def let_go(game: Any, slot: int) -> None:
    """End what holds a monster to its tile: whoever changes places breaks free, and both sides of a wrap do."""
    monster = game.world.monsters[slot]
    status = monster.freeze_status
    if status == ids.WRAP or status == ids.WRAPPED:
        release_wrap(game, slot)
    elif status == ids.CONSTRICTION or status == ids.INGRAIN or status == ids.SHADOW_HOLD:
        monster.freeze_status = 0


@kernel
def step_to(game: Any, slot: int, x: int, y: int) -> None:
    """Move a monster one step and remember where it came from."""
    put_on_tile(game, slot, x, y)
    entity, monster = game.world.entities[slot], game.world.monsters[slot]
    for index in range(len(monster.recent_pos) - 1, 0, -1):
        monster.recent_pos[index].x = monster.recent_pos[index - 1].x
        monster.recent_pos[index].y = monster.recent_pos[index - 1].y
    if monster.conceal_status != ids.INVISIBLE:
        monster.recent_pos[0].x, monster.recent_pos[0].y = entity.prev_pos.x, entity.prev_pos.y


@kernel
def appear_at(game: Any, slot: int, x: int, y: int) -> None:
    """Put a monster on a tile out of nowhere: its trail is the tile itself, unless it was there already."""
    here, monster = game.world.entities[slot].pos, game.world.monsters[slot]
    stays = here.x == x and here.y == y
    put_on_tile(game, slot, x, y)
    if stays:
        return
    for index in range(len(monster.recent_pos)):
        monster.recent_pos[index].x, monster.recent_pos[index].y = x, y


@kernel
def aim_camera(game: Any, x: int, y: int) -> None:
    """Centre the camera on a monster's tile; its anchor is drawn at (120, 96) (src/dungeon_tilemap.c, UpdateCamera)."""
    world = game.world
    world.camera_tile.x, world.camera_tile.y = x, y
    world.camera_pixel.x = x * TILE_PIXELS + 12 - 120
    world.camera_pixel.y = y * TILE_PIXELS + 16 - 96


@kernel
def aim_ahead(game: Any, slot: int) -> None:
    """Let a monster look at the tile before it (src/dungeon_misc.c, TargetTileInFront)."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    monster.target_tile.x = here.x + ids.DX[monster.direction]
    monster.target_tile.y = here.y + ids.DY[monster.direction]


@kernel
def forget_aim(game: Any, slot: int) -> None:
    """Let a monster lose sight of where it was going (src/dungeon_ai_movement.c, sub_807BB78)."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    monster.ai_objective, monster.ai_target, monster.ai_target_spawn_id = 0, 0, 0
    monster.ai_target_pos.x, monster.ai_target_pos.y = here.x, here.y


@kernel
def spin(game: Any, slot: int, turns: int) -> None:
    """Turn a monster round as a warp in sight does, by TURNS_UP where it is seen to leave, TURNS_DOWN to arrive."""
    face(game, slot, (game.world.monsters[slot].direction + turns) & 7)
