"""Running away: to the exit that is farthest from the nearest foe in sight (mechanics 12.3).

Writes the tile that a monster aims at. Source: src/dungeon_ai_movement.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import FOE, treatment
from pmd_gym.simulator.ai_wander import aim_at, head, wander
from pmd_gym.simulator.monsters import foe_slots
from pmd_gym.simulator.movement import FREE, look_ahead
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import CORRIDOR, FAR, can_see, distance

FLEE = int(Draw.FLEE)


@kernel
def flee(game: Any, rules: Any, slot: int) -> None:
    """Run from the nearest foe in sight, by an exit of the room if that does not lead towards it."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    foe = nearest_seen_foe(game, slot)
    if foe < 0:
        wander(game, rules, slot)
        return
    there = world.entities[foe].pos
    room = world.entities[slot].room
    if room == world.entities[foe].room and room != CORRIDOR:
        if world.tiles[here.y, here.x].terrain & ids.JUNCTION:
            slip_out(game, rules, slot, room)
            return
        best = safest_exit(game, room, here, there)
        if best >= 0:
            aim_at(game, slot, ids.FLEEING, world.junctions[room, best].x, world.junctions[room, best].y)
            return
    monster.ai_objective = ids.FLEEING
    monster.ai_target_pos.x, monster.ai_target_pos.y = 2 * here.x - there.x, 2 * here.y - there.y


@kernel
def nearest_seen_foe(game: Any, slot: int) -> int:
    """Slot of the nearest foe in sight, -1 for none."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    first, last = foe_slots(game, monster)
    best, best_distance = -1, FAR
    for other in range(first, last):
        if not can_see(game, slot, other):
            continue
        if world.decoy_active and treatment(game, slot, other, False, True) != FOE:
            continue
        there = world.entities[other].pos
        steps = distance(here.x, here.y, there.x, there.y)
        if steps < best_distance:
            best, best_distance = other, steps
            monster.target_tile.x, monster.target_tile.y = there.x, there.y
    return best


@kernel
def slip_out(game: Any, rules: Any, slot: int, room: int) -> None:
    """Leave the room from an exit tile by the first way out, or stand still facing anywhere."""
    here = game.world.entities[slot].pos
    for direction in range(8):
        tile = game.world.tiles[here.y + ids.DY[direction], here.x + ids.DX[direction]]
        if tile.room != room and look_ahead(game, rules, slot, direction) == FREE:
            head(game, slot, ids.FLEEING, direction)
            return
    head(game, slot, ids.STAYING, roll(game, 8, FLEE))


@kernel
def safest_exit(game: Any, room: int, here: Any, there: Any) -> int:
    """Index of the exit farthest from the foe among those whose first step brings it no closer; -1 for none."""
    best, best_distance = -1, -1
    apart = distance(here.x, here.y, there.x, there.y)
    for index in range(game.world.junction_counts[room]):
        spot = game.world.junctions[room, index]
        step_x = here.x + min(max(spot.x - here.x, -1), 1)
        step_y = here.y + min(max(spot.y - here.y, -1), 1)
        away = distance(spot.x, spot.y, there.x, there.y)
        if distance(step_x, step_y, there.x, there.y) >= apart and away > best_distance:
            best, best_distance = index, away
    return best
