"""Compiled reading of EWRAM images: one call for a batch, no allocation, every value checked before it is written.

The rules are those of `state.py` and of the RAM map; `tests/oracles/decoder.py` states them again in plain Python.
A field is always read through the dtypes of `layout`. Nothing here decides what a state means for a player.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import ArrayArgument, kernel, specialize
from pmd_gym.ram import layout
from pmd_gym.ram.state import STATE, STATUS_GROUPS, Awaiting, Mode

_GLOBALS = (
    "dungeon", "program_mode", "text_state", "text_flags", "brightness", "ui_mode", "dungeon_submenu", "floor_shown",
    "fading", "rng_dungeon", "inventory_data", "windows",
)  # fmt: skip

IMAGE = np.dtype({
    "names": ["ewram", *_GLOBALS],
    "formats": [np.dtype(("u1", (layout.EWRAM_SIZE,))), *(layout.global_variable(name).dtype for name in _GLOBALS)],
    "offsets": [0, *(layout.global_variable(name).offset for name in _GLOBALS)],
    "itemsize": layout.EWRAM_SIZE,
})  # fmt: skip
"""An EWRAM image: its bytes as `ewram`, and the global variables that a decoder needs."""

_DUNGEON = layout.DUNGEON
_DUNGEON_SIZE = layout.DUNGEON.itemsize
_EWRAM_BASE, _HEAP_BEGIN, _HEAP_END = layout.EWRAM_BASE, layout.HEAP_BEGIN, layout.HEAP_END
_WIDTH, _HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
_TEAM, _MONSTERS, _ITEMS, _TRAPS = layout.MAX_TEAM, layout.MAX_MONSTERS, layout.MAX_ITEMS, layout.MAX_TRAPS
_ROOMS, _BAG, _MOVES = layout.MAX_ROOMS, layout.BAG_SLOTS, layout.MOVE_SLOTS
_ENTITY_SIZE = layout.ENTITY.itemsize
_MONSTER_SIZE = layout.MONSTER.itemsize
_ENTITIES_OFFSET = layout.field("Dungeon.team_entities").offset
_MONSTERS_OFFSET = layout.field("Dungeon.team_info").offset

_DUNGEON_IDS = len(layout.enum("dungeon"))
_SPECIES = len(layout.enum("species"))
_ITEM_IDS, _MOVE_IDS, _TRAP_IDS = len(layout.enum("item")), len(layout.enum("move")), len(layout.enum("trap"))
_TYPES, _ABILITIES, _WEATHERS = len(layout.enum("type")), len(layout.enum("ability")), len(layout.enum("weather"))
_TACTICS, _BEHAVIORS = len(layout.enum("tactic")), max(layout.enum("behavior")) + 1
_SHOPKEEPERS = len(layout.enum("shopkeeper_mode"))
_MAX_FLOOR, _MAX_LEVEL, _MAX_HP, _MAX_STAGE, _MAX_SPEED = 99, 100, 999, 20, 4
_NEUTRAL_STAGE = layout.constant("neutral_stage")
_KIND_MONSTER, _KIND_TRAP, _KIND_ITEM = 1, 2, 3
_INVISIBLE = 1  # status_conceal
_CONCEAL = STATUS_GROUPS.index("conceal")
_DEFAULT_SIGHT = 2  # sight radius in corridors of a lit floor
_SCREEN_X, _SCREEN_Y = 6, 5  # tiles between the leader and the edge of the screen
_ON_MAP, _SEEN = 1, 2  # Tile.visibility
_STAIRS_ACTION = 38  # dungeon_submenu[0].action of the stairs prompt

_TITLE, _IN_DUNGEON, _GROUND, _UNKNOWN = (int(m) for m in (Mode.TITLE, Mode.DUNGEON, Mode.GROUND, Mode.UNKNOWN))
_BUSY, _COMMAND, _MESSAGE, _CHOICE, _MENU = (
    int(a) for a in (Awaiting.BUSY, Awaiting.COMMAND, Awaiting.MESSAGE, Awaiting.CHOICE, Awaiting.MENU)
)

_GROUP_COUNT = len(STATUS_GROUPS)


def _status_field(group: str) -> str:
    return group if group == "muzzled" else f"{group}_status"


def _turns_offset(group: str) -> int:
    name = f"{group}_turns"
    return layout.fields("Monster")[name].offset if name in layout.fields("Monster") else -1


_STATUS_OFFSETS = np.array([layout.fields("Monster")[_status_field(g)].offset for g in STATUS_GROUPS], np.int64)
_TURNS_OFFSETS = np.array([_turns_offset(g) for g in STATUS_GROUPS], np.int64)
_STATUS_LIMITS = np.array([2 if g == "muzzled" else len(layout.enum(f"status_{g}")) for g in STATUS_GROUPS], np.int64)


@kernel
def decode_batch(images: Any, rows: Any, states: Any, state_bytes: Any, blank: Any) -> None:
    """Decode `images[row]` into `states[row]` for every row of `rows`.

    images: (n,) `IMAGE`; rows: (k,) int64; states: (n,) `STATE`; state_bytes: (n, itemsize) uint8, the bytes of
    `states`; blank: (itemsize,) uint8, the bytes of `state.blank()`.
    """
    for row in rows:
        for index in range(blank.size):
            state_bytes[row, index] = blank[index]
        _decode(images[row], states[row])


@kernel
def _decode(image: Any, state: Any) -> None:
    state.mode = _mode(image)
    if state.mode != _IN_DUNGEON:
        return
    offset = np.int64(image.dungeon) - _EWRAM_BASE
    dungeon = image.ewram[offset : offset + _DUNGEON_SIZE].view(_DUNGEON)[0]
    _read_header(image, dungeon, state)
    _read_rooms(dungeon, state)
    _read_monsters(image.ewram, offset, dungeon, state)
    _read_items(dungeon, state)
    _read_traps(dungeon, state)
    _read_tiles(np.int64(image.dungeon), dungeon, state)
    _read_bag(image.inventory_data, state)
    _read_sight(dungeon, state)
    _mark_known(dungeon, state)
    _read_signals(image, dungeon, state)


@kernel
def _mode(image: Any) -> int:
    address = np.int64(image.dungeon)
    if address == 0:
        if image.program_mode == 0:
            return _TITLE
        return _GROUND if image.program_mode == 2 else _UNKNOWN
    if address % 4 != 0 or address < _HEAP_BEGIN or address + _DUNGEON_SIZE > _HEAP_END:
        return _UNKNOWN
    offset = address - _EWRAM_BASE
    dungeon = image.ewram[offset : offset + _DUNGEON_SIZE].view(_DUNGEON)[0]
    if dungeon.dungeon_id >= _DUNGEON_IDS or dungeon.floor > _MAX_FLOOR:
        return _UNKNOWN
    return _IN_DUNGEON


@kernel
def _below(value: Any, limit: int) -> Any:
    """`value` if it is 0..limit-1, else 0."""
    return value if 0 <= value < limit else 0


@kernel
def _on_map(x: int, y: int) -> bool:
    return 0 <= x < _WIDTH and 0 <= y < _HEIGHT


@kernel
def _read_header(image: Any, dungeon: Any, state: Any) -> None:
    state.dungeon_id = dungeon.dungeon_id
    state.floor = dungeon.floor
    state.floor_count = max(0, np.int64(dungeon.floor_limit) - 1)
    state.turns_left = dungeon.turns_left
    state.weather = _below(np.int64(dungeon.weather), _WEATHERS)
    state.tileset = dungeon.tileset
    state.fixed_room = dungeon.fixed_room
    state.camera[0], state.camera[1] = dungeon.camera_pixel.x, dungeon.camera_pixel.y
    x, y = dungeon.stairs.x, dungeon.stairs.y
    if 1 <= x < _WIDTH - 1 and 1 <= y < _HEIGHT - 1:
        state.stairs[0], state.stairs[1] = x, y
    state.floor_result = dungeon.floor_result
    state.exit_reason = dungeon.exit_reason
    state.has_bag = dungeon.has_inventory != 0
    state.map_revealed = dungeon.map_revealed != 0
    state.can_change_leader = dungeon.can_change_leader != 0
    state.dungeon_address = image.dungeon
    state.seeds.run = dungeon.dungeon_seed
    state.seeds.floor = dungeon.floor_seed
    state.seeds.rng = image.rng_dungeon


@kernel
def _read_rooms(dungeon: Any, state: Any) -> None:
    for index in range(_ROOMS):
        source, room = dungeon.rooms[index], state.rooms[index]
        in_x = 0 <= source.x_min < source.x_end <= _WIDTH
        in_y = 0 <= source.y_min < source.y_end <= _HEIGHT
        if source.exists != 1 or not in_x or not in_y:
            continue
        room.exists = 1
        room.discovered = source.discovered != 0
        room.x_min, room.y_min = source.x_min, source.y_min
        room.x_end, room.y_end = source.x_end, source.y_end


@kernel
def _read_monsters(ewram: Any, offset: Any, dungeon: Any, state: Any) -> None:
    for slot in range(_MONSTERS):
        entity, record = dungeon.entities[slot], dungeon.monsters[slot]
        if not _is_monster(entity, record):
            continue
        monster = state.monsters[slot]
        _read_identity(entity, record, monster)
        _read_numbers(record, monster)
        _read_conditions(record, monster)
        _read_statuses(ewram, offset + _MONSTERS_OFFSET + slot * _MONSTER_SIZE, monster)
        _copy_item(record.held_item, monster.held_item)
        _read_moves(record, monster)
        if monster.is_leader == 1 and slot < _TEAM and state.leader < 0:
            state.leader = slot


@kernel
def _is_monster(entity: Any, record: Any) -> Any:
    if entity.kind != _KIND_MONSTER or not _on_map(entity.pos.x, entity.pos.y):
        return False
    if not (1 <= record.species < _SPECIES and 1 <= record.level <= _MAX_LEVEL):
        return False
    return 0 <= record.hp <= _MAX_HP and 1 <= record.max_hp <= _MAX_HP


@kernel
def _read_identity(entity: Any, record: Any, monster: Any) -> None:
    monster.exists = 1
    monster.is_enemy = record.is_enemy != 0
    monster.is_leader = record.is_leader == 1
    monster.shopkeeper = _below(np.int64(record.shopkeeper), _SHOPKEEPERS)
    monster.species = record.species
    shown = record.apparent_species
    monster.apparent_species = shown if 1 <= shown < _SPECIES else record.species
    monster.level = record.level
    monster.team_index = record.team_index
    monster.x, monster.y = entity.pos.x, entity.pos.y
    monster.facing = record.direction & 7
    monster.room = entity.room
    monster.spawn_id = entity.spawn_id
    monster.action = record.action


@kernel
def _read_numbers(record: Any, monster: Any) -> None:
    monster.hp, monster.max_hp = record.hp, record.max_hp
    monster.exp, monster.iq = record.exp, record.iq
    monster.belly = np.int64(record.belly.whole) * 1000 + record.belly.thousandths
    monster.max_belly = np.int64(record.max_belly.whole) * 1000 + record.max_belly.thousandths
    monster.stats[0], monster.stats[1] = record.attack, record.sp_attack
    monster.stats[2], monster.stats[3] = record.defense, record.sp_defense
    monster.stages[0], monster.stages[1] = _stage(record.attack_stage), _stage(record.sp_attack_stage)
    monster.stages[2], monster.stages[3] = _stage(record.defense_stage), _stage(record.sp_defense_stage)
    monster.stages[4], monster.stages[5] = _stage(record.accuracy_stage), _stage(record.evasion_stage)
    monster.multipliers[0], monster.multipliers[1] = record.attack_mult, record.sp_attack_mult
    monster.multipliers[2], monster.multipliers[3] = record.defense_mult, record.sp_defense_mult
    monster.speed_stage = record.speed_stage if 0 <= record.speed_stage <= _MAX_SPEED else 1


@kernel
def _stage(value: int) -> int:
    return value if 0 <= value <= _MAX_STAGE else _NEUTRAL_STAGE


@kernel
def _read_conditions(record: Any, monster: Any) -> None:
    monster.types[0], monster.types[1] = _below(record.type1, _TYPES), _below(record.type2, _TYPES)
    monster.abilities[0] = _below(record.ability1, _ABILITIES)
    monster.abilities[1] = _below(record.ability2, _ABILITIES)
    monster.tactic = _below(record.tactic, _TACTICS)
    monster.behavior = _below(record.behavior, _BEHAVIORS)
    monster.is_boss = record.is_boss != 0
    monster.terrified_turns = record.terrified_turns
    monster.perish_turns = record.perish_turns
    monster.stockpile = record.stockpile
    monster.power_ears = record.power_ears != 0
    monster.scanning = record.scanning != 0
    monster.stair_spotter = record.stair_spotter != 0
    monster.status_icons = record.status_icons


@kernel
def _read_statuses(ewram: Any, base: Any, monster: Any) -> None:
    for group in range(_GROUP_COUNT):
        status = ewram[base + _STATUS_OFFSETS[group]]
        if status == 0 or status >= _STATUS_LIMITS[group]:
            continue
        monster.statuses[group] = status
        if _TURNS_OFFSETS[group] >= 0:
            monster.status_turns[group] = ewram[base + _TURNS_OFFSETS[group]]


@kernel
def _copy_item(source: Any, item: Any) -> None:
    """Copy an item that is in use and known; a free slot stays zero."""
    if source.flags & 1 and 1 <= source.id < _ITEM_IDS:
        item.flags, item.quantity, item.id = source.flags, source.quantity, source.id


@kernel
def _read_moves(record: Any, monster: Any) -> None:
    for slot in range(_MOVES):
        source, move = record.moves[slot], monster.moves[slot]
        if source.flags & 1 and 1 <= source.id < _MOVE_IDS:
            move.flags, move.flags2, move.id = source.flags, source.flags2, source.id
            move.pp, move.boost = source.pp, source.boost


@kernel
def _read_items(dungeon: Any, state: Any) -> None:
    for slot in range(_ITEMS):
        entity, record = dungeon.item_entities[slot], dungeon.floor_items[slot]
        if entity.kind != _KIND_ITEM or not _on_map(entity.pos.x, entity.pos.y) or not 1 <= record.id < _ITEM_IDS:
            continue
        item = state.items[slot]
        item.exists = 1
        item.x, item.y = entity.pos.x, entity.pos.y
        item.item.flags, item.item.quantity, item.item.id = record.flags, record.quantity, record.id


@kernel
def _read_traps(dungeon: Any, state: Any) -> None:
    for slot in range(_TRAPS):
        entity, record = dungeon.trap_entities[slot], dungeon.floor_traps[slot]
        if entity.kind != _KIND_TRAP or not _on_map(entity.pos.x, entity.pos.y) or record.id >= _TRAP_IDS:
            continue
        trap = state.traps[slot]
        trap.exists = 1
        trap.x, trap.y = entity.pos.x, entity.pos.y
        trap.trap.id, trap.trap.side = record.id, record.side


@kernel
def _read_tiles(address: Any, dungeon: Any, state: Any) -> None:
    first = address + _ENTITIES_OFFSET
    for y in range(_HEIGHT):
        for x in range(_WIDTH):
            tile = dungeon.tiles[y, x]
            state.terrain[y, x] = tile.terrain
            state.visibility[y, x] = tile.visibility
            state.room[y, x] = tile.room
            state.walk[0, y, x] = tile.walk_normal
            state.walk[1, y, x] = tile.walk_liquid
            state.walk[2, y, x] = tile.walk_chasm
            state.walk[3, y, x] = tile.walk_wall
            if tile.monster != 0:
                state.monster_at[y, x] = _monster_slot(np.int64(tile.monster) - first, state)
            if tile.object != 0:
                state.object_at[y, x] = _object_slot(np.int64(tile.object) - first, state)


@kernel
def _monster_slot(distance: Any, state: Any) -> Any:
    """Slot of the monster whose entity lies `distance` bytes behind the first entity, -1 if there is none."""
    slot = distance // _ENTITY_SIZE
    if distance % _ENTITY_SIZE != 0 or not 0 <= slot < _MONSTERS or state.monsters[slot].exists == 0:
        return -1
    return slot


@kernel
def _object_slot(distance: Any, state: Any) -> Any:
    """Item slot 0..63, or 64 + trap slot, of the entity at that distance; -1 if there is none."""
    slot = distance // _ENTITY_SIZE - _MONSTERS
    if distance % _ENTITY_SIZE != 0 or not 0 <= slot < _ITEMS + _TRAPS:
        return -1
    if slot < _ITEMS:
        return slot if state.items[slot].exists == 1 else -1
    return slot if state.traps[slot - _ITEMS].exists == 1 else -1


@kernel
def _read_bag(inventory: Any, state: Any) -> None:
    for slot in range(_BAG):
        _copy_item(inventory.bag[slot], state.bag[slot])
    state.money = inventory.money
    state.bank = inventory.savings


@kernel
def _read_sight(dungeon: Any, state: Any) -> None:
    """The box the leader sees: his room enlarged by one tile, in a corridor a square (RAM guide, section 3)."""
    if state.leader < 0 or dungeon.blinded != 0:
        return
    leader = state.monsters[state.leader]
    room = np.int64(state.room[leader.y, leader.x])
    dark = np.int64(dungeon.visibility_range) & 3
    radius = _DEFAULT_SIGHT if dark == 0 else dark
    left, top, right, bottom = leader.x - radius, leader.y - radius, leader.x + radius, leader.y + radius
    if room < _ROOMS and state.rooms[room].exists == 1:
        box = state.rooms[room]
        left, top, right, bottom = box.x_min - 1, box.y_min - 1, np.int64(box.x_end), np.int64(box.y_end)
    state.sight[0], state.sight[1] = max(0, left), max(0, top)
    state.sight[2], state.sight[3] = min(_WIDTH - 1, right), min(_HEIGHT - 1, bottom)


@kernel
def _mark_known(dungeon: Any, state: Any) -> None:
    """What the player may know, by the rules of mechanics section 16: sight, screen, map, and effects that reveal."""
    for slot in range(_MONSTERS):
        monster = state.monsters[slot]
        if monster.exists == 1:
            monster.in_sight = slot < _TEAM or _shows(dungeon, state, slot)
    for slot in range(_ITEMS):
        item = state.items[slot]
        if item.exists == 1 and state.terrain[item.y, item.x] & 3 != 0:
            remembered = state.visibility[item.y, item.x] & _SEEN != 0 and dungeon.blinded == 0
            item.known = remembered or dungeon.show_all_items != 0 or _is_drawn(dungeon, state, item.x, item.y)
    for slot in range(_TRAPS):
        trap = state.traps[slot]
        if trap.exists == 1 and (dungeon.trap_entities[slot].visible != 0 or dungeon.show_hidden != 0):
            on_map = state.visibility[trap.y, trap.x] & _ON_MAP != 0
            trap.known = on_map or _is_drawn(dungeon, state, trap.x, trap.y)
    if state.stairs[0] >= 0:
        on_map = state.visibility[state.stairs[1], state.stairs[0]] & _ON_MAP != 0
        state.stairs_known = on_map or dungeon.show_stairs != 0 or state.map_revealed == 1


@kernel
def _shows(dungeon: Any, state: Any, slot: int) -> Any:
    """Whether the player sees a monster that is not of the team."""
    monster = state.monsters[slot]
    if dungeon.blinded != 0 or dungeon.entities[slot].visible == 0:
        return False
    if monster.statuses[_CONCEAL] == _INVISIBLE and dungeon.show_hidden == 0:
        return False
    if dungeon.show_all_monsters != 0 or state.map_revealed == 1:
        return True
    return _is_drawn(dungeon, state, monster.x, monster.y)


@kernel
def _is_drawn(dungeon: Any, state: Any, x: int, y: int) -> Any:
    """Inside the leader's sight, or on the screen of a bright floor."""
    if state.sight[0] < 0:
        return False
    if state.sight[0] <= x <= state.sight[2] and state.sight[1] <= y <= state.sight[3]:
        return True
    leader = state.monsters[state.leader]
    bright = dungeon.visibility_range == 0 or dungeon.lit_floor != 0 or state.map_revealed == 1
    return bright and abs(x - leader.x) <= _SCREEN_X and abs(y - leader.y) <= _SCREEN_Y


@kernel
def _read_signals(image: Any, dungeon: Any, state: Any) -> None:
    """The questions of section 5 of the RAM guide, one flag each, and the answer `awaiting`."""
    text, flags, screen, signals = image.text_state, image.text_flags, image.ui_mode, state.signals
    signals.floor_playable = (
        dungeon.floor_ready == 1 and image.floor_shown == 1 and image.fading == 0 and image.brightness == 31
    )
    hidden = dungeon.floor_ready == 0 or image.floor_shown == 0 or image.fading == 1
    signals.floor_changing = hidden or dungeon.floor_result != 0 or dungeon.exit_requested != 0
    signals.message_waits = 7 <= text <= 9 and flags & 1 != 0 and flags & 2 == 0
    signals.message_printing = 1 <= text <= 3 or 5 <= text <= 6 or 10 <= text <= 11
    signals.choice_open = text == 4
    signals.menu_open = 6 <= screen <= 10 or dungeon.map_screen == 1
    signals.stairs_prompt = screen == 10 and image.dungeon_submenu[0].action == _STAIRS_ACTION
    free = (screen == 0 or screen == 3) and text == 0 and dungeon.map_screen == 0 and dungeon.input_wait == 1
    idle = state.leader >= 0 and state.monsters[max(0, state.leader)].action == 0
    signals.may_act = signals.floor_playable == 1 and free and idle
    for window in range(4):
        if image.windows[window].width != 0:
            signals.window_open = 1
    state.awaiting = _awaiting(text, signals)


@kernel
def _awaiting(text: int, signals: Any) -> int:
    """A box covers a menu, a menu covers the map: the topmost thing is what the game waits for."""
    if signals.choice_open == 1:
        return _CHOICE
    if signals.message_waits == 1:
        return _MESSAGE
    if text != 0:
        return _BUSY
    if signals.menu_open == 1:
        return _MENU
    return _COMMAND if signals.may_act == 1 else _BUSY


def compile_once() -> None:
    """Compile `decode_batch` for a `Decoder`, or load it from the cache; images may be strided or read-only."""
    specialize(
        decode_batch,
        ArrayArgument(IMAGE, any_layout=True, readonly=True),
        ArrayArgument(np.dtype(np.int64), readonly=True),
        ArrayArgument(STATE),
        ArrayArgument(np.dtype(np.uint8), ndim=2),
        ArrayArgument(np.dtype(np.uint8), readonly=True),
    )
