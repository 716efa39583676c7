"""Walking without a target: through a room to one of its exits, along corridors, after a lost trail (mechanics 12.3).

Writes the tile that a monster aims at. Source: src/dungeon_ai_movement.c, src/dungeon_logic.c (IsAtJunction).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import has_skill, slot_of
from pmd_gym.simulator.movement import FREE, look_ahead, mobility_class, walk_mask
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import CORRIDOR, is_targetable

WANDER = int(Draw.WANDER)
EXIT_TRIES = 10
WALL_PATIENCE = 200
T_JUNCTIONS = (0x54, 0x51, 0x45, 0x15, 0x55)
"""Walk masks of corridors in the shape of a T or a plus (src/dungeon_logic.c, IsAtJunction)."""


@kernel
def aim_at(game: Any, slot: int, objective: int, x: int, y: int) -> None:
    """Walk to a tile."""
    monster = game.world.monsters[slot]
    monster.ai_objective = objective
    monster.ai_target_pos.x, monster.ai_target_pos.y = x, y


@kernel
def follow_trail(game: Any, slot: int) -> bool:
    """Go to the newest tile of a lost target's trail that can be walked to; False when there is none."""
    monster = game.world.monsters[slot]
    if monster.ai_objective != ids.CHASING and monster.ai_objective != ids.CHASING_MEMORY:
        return False
    target = slot_of(monster.ai_target)
    if target < 0:
        return False
    if game.world.entities[target].spawn_id != monster.ai_target_spawn_id:
        monster.ai_objective = ids.STAYING
        monster.ai_target, monster.ai_target_spawn_id = 0, 0
        return False
    here, trail = game.world.entities[slot].pos, game.world.monsters[target].recent_pos
    for index in range(len(trail)):
        if is_targetable(game, here.x, here.y, trail[index].x, trail[index].y):
            aim_at(game, slot, ids.CHASING_MEMORY, trail[index].x, trail[index].y)
            monster.moves_randomly = 0
            return True
    return False


@kernel
def head(game: Any, slot: int, objective: int, direction: int) -> None:
    """Aim at the next tile in a direction."""
    here = game.world.entities[slot].pos
    aim_at(game, slot, objective, here.x + ids.DX[direction], here.y + ids.DY[direction])


@kernel
def wander(game: Any, rules: Any, slot: int) -> None:
    """Walk on without a target: along corridors, or to an exit of the room."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    room = world.entities[slot].room
    if room == CORRIDOR:
        if not wander_corridor(game, rules, slot):
            head(game, slot, ids.STAYING, roll(game, 8, WANDER))
        return
    exits = world.junction_counts[room]
    if monster.moves_randomly or (monster.ai_objective != ids.LEAVING_ROOM and exits == 0):
        head(game, slot, ids.STAYING, roll(game, 8, WANDER))
        return
    if monster.ai_objective != ids.LEAVING_ROOM:
        for _ in range(EXIT_TRIES):
            spot = world.junctions[room, roll(game, exits, WANDER)]
            if spot.x != here.x or spot.y != here.y:
                aim_at(game, slot, ids.LEAVING_ROOM, spot.x, spot.y)
                return
    if world.tiles[here.y, here.x].terrain & ids.JUNCTION:
        leave_room(game, rules, slot)


@kernel
def wander_corridor(game: Any, rules: Any, slot: int) -> bool:
    """Go on in the facing direction or the nearest free one; at a junction any way but back. False when stuck."""
    monster = game.world.monsters[slot]
    back = (monster.direction + 4) & 7
    junction = at_junction(game, rules, slot)
    if junction:
        monster.direction = roll(game, 8, WANDER)
    for index in range(8):
        direction = (monster.direction + ids.TURNS[index]) & 7
        if junction and direction == back:
            continue
        if look_ahead(game, rules, slot, direction) == FREE:
            head(game, slot, ids.ROAMING, direction)
            return True
    return False


@kernel
def leave_room(game: Any, rules: Any, slot: int) -> None:
    """Step from an exit into the corridor, starting at a random direction."""
    world, here = game.world, game.world.entities[slot].pos
    start = roll(game, 8, WANDER)
    for turn in range(8):
        direction = (start + turn) & 7
        tile = world.tiles[here.y + ids.DY[direction], here.x + ids.DX[direction]]
        if tile.room == CORRIDOR and look_ahead(game, rules, slot, direction) == FREE:
            head(game, slot, ids.ROAMING, direction)
            return


@kernel
def at_junction(game: Any, rules: Any, slot: int) -> bool:
    """True where corridors meet; wall walkers meet one when enough random numbers have added up."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    mobility = mobility_class(game, rules, slot, 0)
    if mobility == ids.THROUGH_WALLS:
        monster.pass_wall_timer += roll(game, 100, WANDER)
        if monster.pass_wall_timer < WALL_PATIENCE:
            return False
        monster.pass_wall_timer = 0
        return True
    if (
        mobility == ids.LIQUID
        and has_skill(monster, ids.LAVA_EVADER)
        and rules.secondary_terrain[game.world.tileset] == 2
    ):
        mobility = ids.REGULAR
    mask = walk_mask(game.world.tiles[here.y, here.x], mobility)
    for shape in T_JUNCTIONS:
        if mask == shape:
            return True
    return False
