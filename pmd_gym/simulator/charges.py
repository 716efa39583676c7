"""Moves of two turns: whether a monster holds the charge of a move, and where Dig and Dive may be used.

Source: src/dungeon_move_util.c (MoveMatchesBideClassStatus, MoveRequiresCharging), src/dungeon_map_access.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.called_moves import LAST_TILESET, NATURE_POWER_MOVES
from pmd_gym.simulator.conditions import duration, end_charge, set_turns
from pmd_gym.simulator.messages import say_began
from pmd_gym.simulator.monsters import is_alive, is_charging, weather_for

LAVA = 2
WATER_TILESETS = (0, 32, 33, 49, 54)
IN_THE_AIR, BELOW = 1, 2
"""Values of a monster's `in_the_air`: out of reach above, or under ground or water."""


@kernel
def holds_charge(rules: Any, monster: Any, move_id: int) -> bool:
    """True when the monster prepared this very kind of move: using it now is its second turn."""
    charge = rules.effects[move_id].charge
    return charge != 0 and monster.charge_status == charge


@kernel
def needs_charge(game: Any, rules: Any, monster: Any, move_id: int) -> bool:
    """True for moves of two turns; Solarbeam needs none in the sun."""
    if move_id == ids.SOLARBEAM and weather_for(game, monster) == ids.SUNNY:
        return False
    return rules.effects[move_id].charge != 0


@kernel
def begins_charge(game: Any, rules: Any, monster: Any, move_id: int) -> bool:
    """True when using the move would only be its first turn."""
    return not holds_charge(rules, monster, move_id) and needs_charge(game, rules, monster, move_id)


@kernel
def is_dry(game: Any, rules: Any, slot: int) -> bool:
    """True when the monster stands on ground, lava included; on floors of water the walls are what is dry."""
    here, tileset = game.world.entities[slot].pos, int(game.world.tileset)
    terrain = game.world.tiles[here.y, here.x].terrain & ids.GROUND_MASK
    for wet in WATER_TILESETS:
        if tileset == wet:
            return terrain == ids.WALL
    return terrain != ids.SECONDARY or rules.secondary_terrain[tileset] == LAVA


@kernel
def is_soil(game: Any, rules: Any, slot: int) -> bool:
    """True when the monster can dig in where it stands: dry and ordinary floor."""
    here = game.world.entities[slot].pos
    return is_dry(game, rules, slot) and game.world.tiles[here.y, here.x].terrain & ids.GROUND_MASK == ids.NORMAL


@kernel
def is_out_of_reach(game: Any, rules: Any, slot: int, move_id: int) -> bool:
    """True for a monster in the air, under ground or water that this move does not reach."""
    monster = game.world.monsters[slot]
    if monster.in_the_air == IN_THE_AIR:
        return not rules.moves[move_id].reaches_air
    if monster.in_the_air != BELOW:
        return False
    if monster.charge_status == ids.DIVING:
        return not rules.moves[move_id].reaches_water
    return monster.charge_status != ids.DIGGING or not reaches_ground(game, rules, move_id)


@kernel
def reaches_ground(game: Any, rules: Any, move_id: int) -> bool:
    """True for moves that shake the ground, Nature Power where it becomes one of them."""
    if move_id == ids.NATURE_POWER:
        return nature_power_move(game) == ids.EARTHQUAKE_MOVE
    return rules.moves[move_id].reaches_ground


@kernel
def nature_power_move(game: Any) -> int:
    """Id of the move that Nature Power becomes on this floor."""
    return NATURE_POWER_MOVES[min(max(game.world.tileset, 0), LAST_TILESET)]


@kernel
def charged_slot(rules: Any, monster: Any) -> int:
    """Head of the chain that holds the move whose charge the monster keeps, -1 for none."""
    if monster.charge_status == 0:
        return -1
    index = int(monster.charge_move_slot)
    if index >= layout.MOVE_SLOTS:
        return -1
    move = monster.moves[index]
    if move.flags & ids.MOVE_EXISTS == 0 or not holds_charge(rules, monster, move.id):
        return -1
    while index > 0 and monster.moves[index].flags & ids.MOVE_LINKED:
        index -= 1
    return index


@kernel
def releases_itself(rules: Any, monster: Any) -> bool:
    """True when the leader's prepared move goes off by itself: written as its action (src/status_checks.c).

    Confusion, or having lost the move, ends the charge instead.
    """
    if not is_charging(monster):
        return False
    index = -1 if monster.cringe_status == ids.CONFUSED else charged_slot(rules, monster)
    if index < 0:
        end_charge(monster)
        return False
    monster.action, monster.action_param1 = ids.USE_MOVE_PLAYER, index
    return True


@kernel
def charge(game: Any, rules: Any, source: int, target: int, status: int, move_slot: int) -> bool:
    """Begin to prepare a move (`status` of the charge group) in slot `move_slot`, -1 for none; also Bide and Rage."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if status == ids.ENRAGED and monster.charge_status == ids.ENRAGED:
        return False
    monster.charge_status, monster.charge_kept = status, 1
    say_began(game, target, kinds.CHARGE_GROUP * 16 + status)
    if move_slot >= 0:
        monster.charge_move_slot = move_slot
    if status == ids.FLYING_UP or status == ids.BOUNCING:
        monster.in_the_air = 1
    elif status == ids.DIVING or status == ids.DIGGING:
        monster.in_the_air = 2
    elif status == ids.BIDE or status == ids.ENRAGED:
        kind = kinds.BIDE if status == ids.BIDE else kinds.ENRAGED
        set_turns(monster, kinds.CHARGE_GROUP, duration(game, monster, kind) + 1)
        if status == ids.BIDE:
            monster.bide_damage = 0
    return True
