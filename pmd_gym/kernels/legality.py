"""Which actions are legal: one pass over the leader's tile, moves and bag (pret/pmd-red 1177316f, src/dungeon_logic.c,
src/dungeon_main.c). The order of the 63 entries is that of `pmd_gym.actions`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.kernels.images import (
    DUNGEON,
    DUNGEON_SIZE,
    EWRAM_BASE,
    IMAGE,
    IMAGE_SIZE,
    MAX_TEAM,
    Bytes,
    Record,
    dungeon_offset,
    entity_index,
    leader_slot,
)
from pmd_gym.kernels.tables import ITEM_COUNT, SPECIES_COUNT, TILESET_COUNT
from pmd_gym.ram import layout

STEP, ATTACK, FACE, MOVE, STAIRS, USE, THROW, COUNT = 1, 9, 10, 18, 22, 23, 43, 63
NORMAL_WALK, LIQUID_WALK, CHASM_WALK, WALL_WALK = 0, 1, 2, 3
OFFSET_X = np.array([0, 1, 1, 1, 0, -1, -1, -1], np.int64)
OFFSET_Y = np.array([1, 1, 0, -1, -1, -1, 0, 1], np.int64)
WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
MOVE_SLOTS, BAG_SLOTS = layout.MOVE_SLOTS, layout.BAG_SLOTS

CHASM_MOVER, WALL_MOVER, LAVA_MOVER, WATER_MOVER = 2, 3, 4, 5  # species movement type
LAVA_TILESET = 2
ALL_TERRAIN_HIKER, SUPER_MOBILE = 12, 13  # IQ skill bits
MOBILE_STATUS = 3  # of the conceal group
LAST_BOSS_ROOM = 49
STAIRS_BIT, UNBREAKABLE_BIT, TERRAIN_BITS = 0x200, 0x10, 3
USED, DISABLED, STICKY, SEALED = 1, 0x20, 8, 1
HELD_BACK = 0b10111110  # freeze group: frozen, shadow hold, wrap, wrapped, ingrain, constriction
AWAKE = 0b010101  # sleep group: none, sleepless, yawning
CONFUSED = 2
FIRST_CHARGE, LAST_CHARGE = 2, 11  # charge group: two-turn moves
PEACEFUL, FIGHTS_WILD = 1, 2  # shopkeeper modes
THROWN, TMS, ORBS = 2, 5, 9  # item categories: below 2 are missiles
EDIBLE = 0b1100  # categories of berries and seeds, and of food
USABLE = 0b101110001100  # categories that can be used without more: what is edible, keepsakes, orbs, used TMs
FIRST_HM = 224  # HMs and what follows teach nothing in dungeons


@kernel
def mobility_class(dungeon: Record, slot: int, diagonal: bool, tables: Record) -> int:
    """Which walk mask holds for the monster in `slot`: 0 ground, 1 liquid, 2 flying over chasms, 3 through walls."""
    monster = dungeon.monsters[slot]
    if not 1 <= dungeon.fixed_room <= LAST_BOSS_ROOM:
        scarf = monster.held_item.id == tables.mobile_scarf and monster.held_item.flags & (USED | STICKY) == USED
        skills = int(monster.iq_skills[0]) | int(monster.iq_skills[1]) << 8
        if monster.conceal_status == MOBILE_STATUS or scarf:
            return WALL_WALK
        if skills >> ALL_TERRAIN_HIKER & 1:
            return CHASM_WALK
        if skills >> SUPER_MOBILE & 1:
            return CHASM_WALK if diagonal else WALL_WALK
    return _species_class(dungeon, int(monster.species), tables)


@kernel
def _species_class(dungeon: Record, species: int, tables: Record) -> int:
    kind = tables.mobility[species] if 0 <= species < SPECIES_COUNT else 0
    tileset = int(dungeon.tileset)
    lava = 0 <= tileset < TILESET_COUNT and tables.secondary[tileset] == LAVA_TILESET
    if kind == CHASM_MOVER:
        return CHASM_WALK
    if kind == WALL_MOVER:
        return WALL_WALK
    if (kind == LAVA_MOVER and lava) or (kind == WATER_MOVER and not lava):
        return LIQUID_WALK
    return NORMAL_WALK


@kernel
def can_stand(tile: Record, mobility: int) -> bool:
    """True when a monster of this class may stand on the tile (its terrain only)."""
    terrain = tile.terrain & TERRAIN_BITS
    if mobility == WALL_WALK:
        return bool(tile.terrain & UNBREAKABLE_BIT == 0)
    if mobility == CHASM_WALK:
        return bool(terrain != 0)
    return bool(terrain == 1 or (mobility == LIQUID_WALK and terrain != 0))


@kernel
def walk_mask(tile: Record, mobility: int) -> int:
    """The eight direction bits that the game keeps for this class."""
    if mobility == NORMAL_WALK:
        return int(tile.walk_normal)
    if mobility == LIQUID_WALK:
        return int(tile.walk_liquid)
    return int(tile.walk_chasm) if mobility == CHASM_WALK else int(tile.walk_wall)


@kernel
def action_masks(
    flat: Bytes, stride: int, env_ids: NDArray[np.int64], offered: NDArray[np.uint8], moves: NDArray[np.uint8],
    tables: NDArray[np.void], out: NDArray[np.int8],
) -> None:  # fmt: skip
    """Masks of the games `env_ids` to `out`, (n, 63) int8; `offered` (63,) and `moves` (413,) are the backend's."""
    for row in range(len(env_ids)):
        fill_mask(flat, env_ids[row] * stride, offered, moves, tables[0], out[row])


@kernel
def fill_mask(
    flat: Bytes, start: int, offered: NDArray[np.uint8], moves: NDArray[np.uint8], tables: Record,
    mask: NDArray[np.int8],
) -> None:  # fmt: skip
    """Mask, (63,) int8, of the game whose image begins at `start`."""
    mask[:] = 0
    mask[0] = 1
    at = dungeon_offset(flat, start)
    if at < 0:
        return
    dungeon = flat[at : at + DUNGEON_SIZE].view(DUNGEON)[0]
    leader = leader_slot(dungeon)
    if leader < 0:
        return
    mask[ATTACK] = offered[ATTACK]
    _mask_steps(dungeon, at - start + EWRAM_BASE, leader, offered, tables, mask)
    _mask_moves(dungeon.monsters[leader], offered, moves, mask)
    image = flat[start : start + IMAGE_SIZE].view(IMAGE)[0]
    if dungeon.has_inventory and dungeon.monsters[leader].terrified_turns == 0:
        _mask_items(image, dungeon.monsters[leader], offered, moves, tables, mask)


@kernel
def _mask_steps(
    dungeon: Record, address: int, leader: int, offered: NDArray[np.uint8], tables: Record, mask: NDArray[np.int8]
) -> None:
    place = dungeon.entities[leader].pos
    x, y = int(place.x), int(place.y)
    if not (0 < x < WIDTH - 1 and 0 < y < HEIGHT - 1):
        return
    tile = dungeon.tiles[y, x]
    facing = dungeon.monsters[leader].direction
    held = _is_held(dungeon.monsters[leader])
    straight = walk_mask(tile, mobility_class(dungeon, leader, False, tables))
    diagonal = walk_mask(tile, mobility_class(dungeon, leader, True, tables))
    for direction in range(8):
        mask[FACE + direction] = offered[FACE] if direction != facing else 0
        bits = diagonal if direction & 1 else straight
        target = dungeon.tiles[y + OFFSET_Y[direction], x + OFFSET_X[direction]]
        if held or bits >> direction & 1 == 0 or target.terrain & UNBREAKABLE_BIT:
            continue
        if target.monster == 0 or _can_swap(dungeon, leader, entity_index(address, int(target.monster)), tile, tables):
            mask[STEP + direction] = offered[STEP]
    mask[STAIRS] = offered[STAIRS] if tile.terrain & STAIRS_BIT else 0


@kernel
def _can_swap(dungeon: Record, leader: int, other: int, own_tile: Record, tables: Record) -> bool:
    if other < 0 or other >= len(dungeon.monsters):
        return False
    first, second = dungeon.monsters[leader], dungeon.monsters[other]
    friend = other < MAX_TEAM or second.shopkeeper == PEACEFUL or second.shopkeeper == FIGHTS_WILD
    if not friend or _is_held(second) or FIRST_CHARGE <= second.charge_status <= LAST_CHARGE:
        return False
    if first.cringe_status == CONFUSED or second.cringe_status == CONFUSED:
        return False
    if not (AWAKE >> first.sleep_status & 1 and AWAKE >> second.sleep_status & 1):
        return False
    return can_stand(own_tile, mobility_class(dungeon, other, False, tables))


@kernel
def _is_held(monster: Record) -> bool:
    return bool(HELD_BACK >> monster.freeze_status & 1)


@kernel
def _mask_moves(monster: Record, offered: NDArray[np.uint8], moves: NDArray[np.uint8], mask: NDArray[np.int8]) -> None:
    for slot in range(MOVE_SLOTS):
        move = monster.moves[slot]
        ready = move.flags & (USED | DISABLED) == USED and move.flags2 & SEALED == 0 and move.pp > 0
        if ready and move.id < len(moves) and moves[move.id]:
            mask[MOVE + slot] = offered[MOVE]


@kernel
def _mask_items(
    image: Record, leader: Record, offered: NDArray[np.uint8], moves: NDArray[np.uint8], tables: Record,
    mask: NDArray[np.int8],
) -> None:  # fmt: skip
    if not (offered[USE] or offered[THROW]):
        return
    for slot in range(BAG_SLOTS):
        item = image.inventory_data.bag[slot]
        if item.flags & USED == 0 or item.id >= ITEM_COUNT:
            continue
        sticky = item.flags & STICKY != 0
        mask[THROW + slot] = 0 if sticky and tables.category[item.id] < THROWN else offered[THROW]
        mask[USE + slot] = offered[USE] if not sticky and _can_use(leader, int(item.id), moves, tables) else 0


@kernel
def _can_use(leader: Record, item: int, moves: NDArray[np.uint8], tables: Record) -> bool:
    """True when the item does something for the leader (src/dungeon_menu_items.c, src/dungeon_item_action.c)."""
    category = tables.category[item]
    if EDIBLE >> category & 1 and leader.muzzled:
        return False
    if category == ORBS:
        move = tables.item_move[item]
        return bool(move < len(moves) and moves[move])
    if category == TMS:
        learns = item < FIRST_HM and 0 <= leader.species < SPECIES_COUNT
        learns = learns and tables.teachable[leader.species, item >> 3] >> (item & 7) & 1 == 1
        return bool(learns and leader.moves[MOVE_SLOTS - 1].flags & USED == 0)
    return bool(USABLE >> category & 1)
