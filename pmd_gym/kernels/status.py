"""The status vector of an observation: one float a named entry, in the order of `observations.STATUS`.

Values are divided by fixed scales (`units`, float32), so that ordinary play lies around -1..1 and multiplying gives the
game's own number back. What the player does not know (stairs not found, foes out of sight) is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.kernels.images import MAX_TEAM, MONSTER_KIND, Record
from pmd_gym.kernels.planes import ENEMY, side_plane
from pmd_gym.kernels.sight import Sight, shows_monster, shows_stairs
from pmd_gym.kernels.tables import MOVE_COUNT, TILESET_COUNT
from pmd_gym.ram import layout

MAX_MONSTERS, MAX_ROOMS = layout.MAX_MONSTERS, layout.MAX_ROOMS
WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
MOVE_SLOTS, BAG_SLOTS = layout.MOVE_SLOTS, layout.BAG_SLOTS
USED, BLOCKED, SEALED = 1, 0x20, 1
STAIRS_BIT = 0x200
NEUTRAL_STAGE = 10
BEYOND = 1000  # farther than any two tiles


@kernel
def fill_status(
    image: Record, dungeon: Record, sight: Sight, leader: int, tables: Record, units: NDArray[np.float32],
    vector: NDArray[np.float32],
) -> None:  # fmt: skip
    """Write the status vector of one game to the zeroed `vector`, (entries,) float32.

    `units` (3, entries): smallest and largest raw value (others are clipped), and the divisor.
    """
    entry = _put_leader(dungeon.monsters[leader], vector, 0)
    entry = _put_conditions(dungeon.monsters[leader], vector, entry)
    entry = _put_moves(dungeon.monsters[leader], tables, vector, entry)
    entry = _put_place(dungeon, sight, vector, entry)
    entry = _put_floor(dungeon, tables, vector, entry)
    entry = _put_bag(image, vector, entry)
    entry = _put_partners(dungeon, sight, leader, vector, entry)
    _put_enemies(dungeon, sight, leader, vector, entry)
    for index in range(units.shape[1]):
        vector[index] = min(max(vector[index], units[0, index]), units[1, index]) / units[2, index]


@kernel
def _put_leader(monster: Record, out: NDArray[np.float32], at: int) -> int:
    out[at] = monster.hp
    out[at + 1] = monster.max_hp
    out[at + 2] = monster.level
    out[at + 3] = monster.exp
    out[at + 4] = monster.belly.whole + monster.belly.thousandths / 1000
    out[at + 5] = monster.max_belly.whole
    out[at + 6] = monster.attack
    out[at + 7] = monster.sp_attack
    out[at + 8] = monster.defense
    out[at + 9] = monster.sp_defense
    out[at + 10] = monster.iq
    out[at + 11] = monster.attack_stage - NEUTRAL_STAGE
    out[at + 12] = monster.sp_attack_stage - NEUTRAL_STAGE
    out[at + 13] = monster.defense_stage - NEUTRAL_STAGE
    out[at + 14] = monster.sp_defense_stage - NEUTRAL_STAGE
    out[at + 15] = monster.accuracy_stage - NEUTRAL_STAGE
    out[at + 16] = monster.evasion_stage - NEUTRAL_STAGE
    out[at + 17] = monster.speed_stage
    out[at + 18 + (monster.direction & 7)] = 1
    return at + 26


@kernel
def _put_conditions(monster: Record, out: NDArray[np.float32], at: int) -> int:
    out[at] = monster.sleep_status
    out[at + 1] = monster.burn_status
    out[at + 2] = monster.freeze_status
    out[at + 3] = monster.cringe_status
    out[at + 4] = monster.charge_status
    out[at + 5] = monster.shield_status
    out[at + 6] = monster.curse_status
    out[at + 7] = monster.leech_status
    out[at + 8] = monster.aim_status
    out[at + 9] = monster.throw_status
    out[at + 10] = monster.conceal_status
    out[at + 11] = monster.sight_status
    out[at + 12] = monster.muzzled
    out[at + 13] = monster.terrified_turns
    out[at + 14] = monster.perish_turns
    return at + 15


@kernel
def _put_moves(monster: Record, tables: Record, out: NDArray[np.float32], at: int) -> int:
    for slot in range(MOVE_SLOTS):
        move = monster.moves[slot]
        if move.flags & USED and move.id < MOVE_COUNT:
            out[at] = 1
            out[at + 1] = move.pp
            out[at + 2] = tables.move_type[move.id]
            out[at + 3] = tables.move_power[move.id]
            out[at + 4] = move.flags & BLOCKED != 0 or move.flags2 & SEALED != 0
        at += 5
    return at


@kernel
def _put_place(dungeon: Record, sight: Sight, out: NDArray[np.float32], at: int) -> int:
    tile = dungeon.tiles[sight.y, sight.x]
    out[at] = sight.x
    out[at + 1] = sight.y
    out[at + 2] = tile.room < MAX_ROOMS
    out[at + 3] = tile.terrain & STAIRS_BIT != 0
    if shows_stairs(sight, dungeon):
        out[at + 4] = 1
        out[at + 5] = dungeon.stairs.x - sight.x
        out[at + 6] = dungeon.stairs.y - sight.y
    return at + 7


@kernel
def _put_floor(dungeon: Record, tables: Record, out: NDArray[np.float32], at: int) -> int:
    out[at] = dungeon.dungeon_id
    out[at + 1] = dungeon.floor
    out[at + 2] = dungeon.floor_limit - 1
    out[at + 3] = dungeon.turns_left
    out[at + 4] = dungeon.visibility_range
    out[at + 5] = dungeon.blinded
    if dungeon.weather < 8:
        out[at + 6 + dungeon.weather] = 1
    if 0 <= dungeon.tileset < TILESET_COUNT:
        out[at + 14 + tables.secondary[dungeon.tileset]] = 1
    return at + 17


@kernel
def _put_bag(image: Record, out: NDArray[np.float32], at: int) -> int:
    out[at] = image.money
    for slot in range(BAG_SLOTS):
        if image.inventory_data.bag[slot].flags & USED:
            out[at + 1] += 1
            out[at + 2 + slot] = image.inventory_data.bag[slot].id
    return at + 2 + BAG_SLOTS


@kernel
def _put_partners(dungeon: Record, sight: Sight, leader: int, out: NDArray[np.float32], at: int) -> int:
    first = at
    for slot in range(MAX_TEAM):
        if slot == leader or dungeon.entities[slot].kind != MONSTER_KIND or at >= first + 18:
            continue
        monster, place = dungeon.monsters[slot], dungeon.entities[slot].pos
        out[at] = 1
        out[at + 1] = monster.hp
        out[at + 2] = monster.max_hp
        out[at + 3] = monster.level
        out[at + 4] = place.x - sight.x
        out[at + 5] = place.y - sight.y
        at += 6
    return first + 18


@kernel
def _put_enemies(dungeon: Record, sight: Sight, leader: int, out: NDArray[np.float32], at: int) -> int:
    nearest, count = BEYOND, 0
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if dungeon.entities[slot].kind != MONSTER_KIND or not shows_monster(sight, dungeon, slot):
            continue
        if side_plane(dungeon.monsters[slot], slot, leader) != ENEMY:
            continue
        count += 1
        dx = int(dungeon.entities[slot].pos.x) - sight.x
        dy = int(dungeon.entities[slot].pos.y) - sight.y
        if max(abs(dx), abs(dy)) < nearest:
            nearest = max(abs(dx), abs(dy))
            out[at + 1], out[at + 2] = dx, dy
    out[at] = count
    return at + 3
