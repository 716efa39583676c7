"""Compiled answers to what the player may know: sight, screen, map, and what effects reveal.

Source: the RAM guide, section 3, and mechanics section 16.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.ram.state import STATUS_GROUPS

_WIDTH, _HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
_TEAM, _MONSTERS, _ITEMS, _TRAPS = layout.MAX_TEAM, layout.MAX_MONSTERS, layout.MAX_ITEMS, layout.MAX_TRAPS
_ROOMS = layout.MAX_ROOMS
_INVISIBLE = 1  # status_conceal
_CONCEAL = STATUS_GROUPS.index("conceal")
_DEFAULT_SIGHT = 2  # sight radius in corridors of a lit floor
_SCREEN_X, _SCREEN_Y = 6, 5  # tiles between the leader and the edge of the screen
_ON_MAP, _SEEN = 1, 2  # Tile.visibility


@kernel
def read_sight(dungeon: Any, state: Any) -> None:
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
def mark_known(dungeon: Any, state: Any) -> None:
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
