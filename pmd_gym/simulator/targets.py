"""Whom a move reaches: by its range, by its target code, and in which order (src/dungeon_move_util.c).

Fills `game.targets`. Nothing here knows what a move does or whether it hits.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import (
    ALLY,
    AROUND,
    AT_FOES,
    AT_FOES_CHARGED,
    AT_MATES,
    AT_OTHERS,
    AT_PARTY,
    AT_SELF,
    CONE,
    FLOOR,
    FOE,
    FRONT,
    FRONT_CORNERS,
    ROOM,
    SELF,
    TWO_AHEAD,
    treatment,
)
from pmd_gym.simulator.charges import begins_charge, is_out_of_reach
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_slot, has_skill, has_type, monster_at
from pmd_gym.simulator.movement import base_class, can_strike, crosses_all, in_boss_room, neighbour
from pmd_gym.simulator.sight import is_in_sight

SHOPKEEPER = 1
CLIENT, DIGLETT = 1, 4
"""Behaviours of monsters that no move is meant for."""


@kernel
def target_code(rules: Any, monster: Any, move_id: int) -> int:
    """Whom a move is meant for; Curse of anyone but a ghost is meant for its user."""
    if move_id == ids.CURSE_MOVE and not has_type(monster, ids.GHOST):
        return AT_SELF
    return rules.moves[move_id].target


@kernel
def range_code(rules: Any, monster: Any, move_id: int) -> int:
    """How far a move reaches, with the same exception."""
    if move_id == ids.CURSE_MOVE and not has_type(monster, ids.GHOST):
        return SELF
    return rules.moves[move_id].range


@kernel
def gather_targets(game: Any, rules: Any, slot: int, move_id: int) -> int:
    """Fill `game.targets` by the move's range, the user last; returns how many. Moves on a line find theirs later."""
    monster = game.world.monsters[slot]
    code, reach = target_code(rules, monster, move_id), range_code(rules, monster, move_id)
    if code == AT_FOES_CHARGED:
        begins = begins_charge(game, rules, monster, move_id) or rules.effects[move_id].charge == 0
        code, reach = (AT_SELF, SELF) if begins else (AT_FOES, FRONT)
    calm = has_skill(monster, ids.NONTRAITOR)
    dizzy = (monster.cringe_status == ids.CONFUSED or monster.cringe_status == ids.COWERING) and not calm
    wild = dizzy or (monster.sight_status == ids.BLINKER and not calm)
    if reach == ROOM or reach == FLOOR:
        count = gather_many(game, rules, slot, move_id, code, reach, wild, dizzy)
    else:
        count = gather_near(game, rules, slot, move_id, code, reach, wild)
    put_last(game, slot, count)
    return count


@kernel
def gather_near(game: Any, rules: Any, slot: int, move_id: int, code: int, reach: int, wild: bool) -> int:
    """Targets next to the user or two tiles ahead, or the user itself."""
    direction = int(game.world.monsters[slot].direction)
    if reach == FRONT:
        other = neighbour(game, slot, direction) if can_strike(game, rules, slot, direction) else -1
        return take(game, rules, slot, other, move_id, code, wild, 0)
    if reach == FRONT_CORNERS:
        return take(game, rules, slot, ahead(game, rules, slot, 1), move_id, code, wild, 0)
    if reach == TWO_AHEAD:
        count = take(game, rules, slot, ahead(game, rules, slot, 1), move_id, code, wild, 0)
        return count if count else take(game, rules, slot, ahead(game, rules, slot, 2), move_id, code, wild, 0)
    if reach == CONE or reach == AROUND:
        start, turns = (direction, 8) if reach == AROUND else (direction - 1, 3)
        count = 0
        for turn in range(turns):
            other = neighbour(game, slot, (start + turn) & 7)
            count = take(game, rules, slot, other, move_id, code, wild, count)
        return count
    return take(game, rules, slot, slot, move_id, code, wild, 0) if reach == SELF else 0


@kernel
def gather_many(game: Any, rules: Any, slot: int, move_id: int, code: int, reach: int, wild: bool, dizzy: bool) -> int:
    """Targets in the room that the user sees, or on the whole floor, in the order of the list of monsters."""
    here = game.world.entities[slot].pos
    count = 0
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other < 0:
            continue
        entity = game.world.entities[other]
        if reach == FLOOR:
            count = take(game, rules, slot, other, move_id, code, wild, count)
        elif entity.visible and is_in_sight(game, here.x, here.y, entity.pos.x, entity.pos.y):
            count = take(game, rules, slot, other, move_id, code, dizzy if other == slot else wild, count)
    return count


@kernel
def put_last(game: Any, slot: int, count: int) -> None:
    """Move the user to the end of the targets; the others keep their order."""
    found = False
    for index in range(count):
        if found:
            game.targets[index - 1] = game.targets[index]
        found = found or game.targets[index] == slot
    if found:
        game.targets[count - 1] = slot


@kernel
def ahead(game: Any, rules: Any, slot: int, steps: int) -> int:
    """Slot of the monster so many tiles ahead, -1 for none or where the user could not go itself."""
    here, direction = game.world.entities[slot].pos, game.world.monsters[slot].direction
    x, y = int(here.x), int(here.y)
    for _ in range(steps):
        x += ids.DX[direction]
        y += ids.DY[direction]
        if is_barred(game, rules, slot, x, y):
            return -1
    return monster_at(game, x, y)


@kernel
def is_barred(game: Any, rules: Any, slot: int, x: int, y: int) -> bool:
    """True for a tile that the monster could never be on (src/dungeon_misc.c, sub_80705F0)."""
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return True
    terrain, monster = game.world.tiles[y, x].terrain, game.world.monsters[slot]
    if terrain & ids.IMPASSABLE:
        return True
    if terrain & ids.GROUND_MASK != ids.WALL or (crosses_all(monster) and not in_boss_room(game)):
        return False
    if has_skill(monster, ids.SUPER_MOBILE):
        return False
    return has_skill(monster, ids.ALL_TERRAIN_HIKER) or base_class(game, rules, monster.species) != ids.THROUGH_WALLS


@kernel
def find_on_line(game: Any, rules: Any, slot: int, move_id: int, reach: int) -> int:
    """Put the first monster ahead within reach into `game.targets` if the move is meant for it; returns 0 or 1.

    Walls stop the move; whoever is out of its reach above or below lets it pass.
    """
    here, monster = game.world.entities[slot].pos, game.world.monsters[slot]
    x, y = int(here.x), int(here.y)
    for _ in range(reach):
        x += ids.DX[monster.direction]
        y += ids.DY[monster.direction]
        if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
            return 0
        if game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL:
            return 0
        other = monster_at(game, x, y)
        if other >= 0 and not is_out_of_reach(game, rules, other, move_id):
            wild = monster.cringe_status == ids.CONFUSED or monster.cringe_status == ids.COWERING
            wild = wild or monster.sight_status == ids.BLINKER
            return take(game, rules, slot, other, move_id, target_code(rules, monster, move_id), wild, 0)
    return 0


@kernel
def take(game: Any, rules: Any, slot: int, other: int, move_id: int, code: int, wild: bool, count: int) -> int:
    """Add a monster to the targets if the move may have it; returns the new count. `wild`: friend or foe is all one."""
    if other < 0 or (move_id == ids.BATON_PASS and other == slot):
        return count
    monster = game.world.monsters[other]
    if monster.shopkeeper == SHOPKEEPER or monster.behavior == CLIENT or monster.behavior == DIGLETT:
        return count
    if not (wild or is_meant_for(game, slot, other, code)) or is_out_of_reach(game, rules, other, move_id):
        return count
    game.targets[count] = other
    return count + 1


@kernel
def is_meant_for(game: Any, slot: int, other: int, code: int) -> bool:
    """True when the target code covers the monster."""
    if code == AT_FOES or code == AT_FOES_CHARGED:
        return treatment(game, slot, other, True, False) == FOE
    if code == AT_PARTY:
        return treatment(game, slot, other, True, False) == ALLY
    if code == AT_MATES:
        return other != slot and treatment(game, slot, other, True, False) == ALLY
    return code != AT_OTHERS or other != slot
