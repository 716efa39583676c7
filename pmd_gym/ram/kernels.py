"""Compiled reading of EWRAM images: one call for a batch, no allocation, every value checked before it is written.

The rules are those of `state.py` and of the RAM map; `tests/oracles/decoder.py` states them again in plain Python.
A field is always read through the dtypes of `layout`. Nothing here decides what a state means for a player.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import ArrayArgument, kernel, specialize
from pmd_gym.ram import layout
from pmd_gym.ram.read_checked import below, copy_item, on_map
from pmd_gym.ram.read_known import mark_known, read_sight
from pmd_gym.ram.read_monsters import read_monsters
from pmd_gym.ram.state import STATE, Awaiting, Mode

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
_ENTITY_SIZE, _ENTITIES_OFFSET = layout.ENTITY.itemsize, layout.field("Dungeon.team_entities").offset
_EWRAM_BASE, _HEAP_BEGIN, _HEAP_END = layout.EWRAM_BASE, layout.HEAP_BEGIN, layout.HEAP_END
_WIDTH, _HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
_MONSTERS, _ITEMS, _TRAPS = layout.MAX_MONSTERS, layout.MAX_ITEMS, layout.MAX_TRAPS
_ROOMS, _BAG = layout.MAX_ROOMS, layout.BAG_SLOTS

_DUNGEON_IDS, _WEATHERS = len(layout.enum("dungeon")), len(layout.enum("weather"))
_ITEM_IDS, _TRAP_IDS = len(layout.enum("item")), len(layout.enum("trap"))
_MAX_FLOOR = 99
_KIND_TRAP, _KIND_ITEM = 2, 3
_STAIRS_ACTION = 38  # dungeon_submenu[0].action of the stairs prompt

_TITLE, _IN_DUNGEON, _GROUND, _UNKNOWN = (int(m) for m in (Mode.TITLE, Mode.DUNGEON, Mode.GROUND, Mode.UNKNOWN))
_BUSY, _COMMAND, _MESSAGE, _CHOICE, _MENU = (
    int(a) for a in (Awaiting.BUSY, Awaiting.COMMAND, Awaiting.MESSAGE, Awaiting.CHOICE, Awaiting.MENU)
)


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
    read_monsters(image.ewram, offset, dungeon, state)
    _read_items(dungeon, state)
    _read_traps(dungeon, state)
    _read_tiles(np.int64(image.dungeon), dungeon, state)
    _read_bag(image.inventory_data, state)
    read_sight(dungeon, state)
    mark_known(dungeon, state)
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
def _read_header(image: Any, dungeon: Any, state: Any) -> None:
    state.dungeon_id = dungeon.dungeon_id
    state.floor = dungeon.floor
    state.floor_count = max(0, np.int64(dungeon.floor_limit) - 1)
    state.turns_left = dungeon.turns_left
    state.weather = below(np.int64(dungeon.weather), _WEATHERS)
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
def _read_items(dungeon: Any, state: Any) -> None:
    for slot in range(_ITEMS):
        entity, record = dungeon.item_entities[slot], dungeon.floor_items[slot]
        if entity.kind != _KIND_ITEM or not on_map(entity.pos.x, entity.pos.y) or not 1 <= record.id < _ITEM_IDS:
            continue
        item = state.items[slot]
        item.exists = 1
        item.x, item.y = entity.pos.x, entity.pos.y
        item.item.flags, item.item.quantity, item.item.id = record.flags, record.quantity, record.id


@kernel
def _read_traps(dungeon: Any, state: Any) -> None:
    for slot in range(_TRAPS):
        entity, record = dungeon.trap_entities[slot], dungeon.floor_traps[slot]
        if entity.kind != _KIND_TRAP or not on_map(entity.pos.x, entity.pos.y) or record.id >= _TRAP_IDS:
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
        copy_item(inventory.bag[slot], state.bag[slot])
    state.money = inventory.money
    state.bank = inventory.savings


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
