"""What a decoded image looks like: the dtypes of `GameStates` and the rules of their values.

Values are the game's own ids and numbers; names for them are in `layout.enum`. This file knows nothing of how an
image is read (`kernels.py`) and needs no compiler, so that consumers of decoded games can import it cheaply.

A slot that is free, or whose content breaks a bound of the RAM guide, is all zero with `exists` 0. An image that is
not in a dungeon has its `mode` and, beside it, only the values of `blank()`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout


class Mode(IntEnum):
    """What the console is doing (RAM guide, section 1)."""

    TITLE = 0  # title screen and main menu
    DUNGEON = 1
    GROUND = 2  # towns and scripted scenes
    UNKNOWN = 3  # between two modes, or not the RAM of this game


class Awaiting(IntEnum):
    """What the game waits for; the values are the bits of `emulator.interface.Condition`."""

    BUSY = 0  # nothing: a turn, an animation, a text being printed, a floor being built
    COMMAND = 1  # the leader may act
    MESSAGE = 2  # a text box waits for A or B
    CHOICE = 4  # a list in a text box is open
    MENU = 8  # a menu is open; the stairs prompt is one
    NO_DUNGEON = 16  # there is no dungeon (any more)


STATUS_GROUPS = (
    "sleep", "burn", "freeze", "cringe", "charge", "shield", "curse", "leech", "aim", "throw", "conceal", "sight",
    "muzzled",
)  # fmt: skip
"""Order of `monsters["statuses"]` and `["status_turns"]`; names of values in `layout.enum("status_<group>")`."""

STAGES = ("attack", "sp_attack", "defense", "sp_defense", "accuracy", "evasion")
"""Order of `monsters["stages"]`: 0..20, 10 is neutral."""

STATS = ("attack", "sp_attack", "defense", "sp_defense")
"""Order of `monsters["stats"]` (0..255) and `monsters["multipliers"]` (256 is 1.0)."""

MONSTER_STATE = np.dtype([
    ("exists", "u1"), ("is_enemy", "u1"), ("is_leader", "u1"), ("shopkeeper", "u1"), ("in_sight", "u1"),
    ("species", "<i2"), ("apparent_species", "<i2"), ("level", "u1"), ("team_index", "u1"),
    ("x", "<i2"), ("y", "<i2"), ("facing", "u1"), ("room", "u1"), ("spawn_id", "<u2"), ("action", "<u2"),
    ("hp", "<i2"), ("max_hp", "<i2"), ("exp", "<u4"), ("iq", "<i2"),
    ("belly", "<i4"), ("max_belly", "<i4"),
    ("stats", "u1", len(STATS)), ("stages", "<i2", len(STAGES)), ("multipliers", "<i4", len(STATS)),
    ("speed_stage", "<i2"), ("types", "u1", 2), ("abilities", "u1", 2), ("tactic", "u1"), ("behavior", "u1"),
    ("is_boss", "u1"), ("statuses", "u1", len(STATUS_GROUPS)), ("status_turns", "u1", len(STATUS_GROUPS)),
    ("terrified_turns", "u1"), ("perish_turns", "u1"), ("stockpile", "u1"),
    ("power_ears", "u1"), ("scanning", "u1"), ("stair_spotter", "u1"), ("status_icons", "<u4"),
    ("held_item", layout.ITEM), ("moves", layout.MOVE, layout.MOVE_SLOTS),
])  # fmt: skip
"""One monster. Belly in thousandths (100,000 is 100), turns of a status 127 = until removed, speed 0..4 (1 normal).

`in_sight` is the fair rule (mechanics, section 16): the team, and others inside `GameStates.sight` or, on bright
floors, on the screen, unless the leader is blinded or they are invisible; effects that reveal count. Held item and
moves are all zero where the slot is free.
"""

ITEM_STATE = np.dtype([
    ("exists", "u1"), ("known", "u1"), ("x", "<i2"), ("y", "<i2"), ("item", layout.ITEM),
])  # fmt: skip
"""One item on the floor; `known` when the player sees or saw it; never inside a wall."""

TRAP_STATE = np.dtype([
    ("exists", "u1"), ("known", "u1"), ("x", "<i2"), ("y", "<i2"), ("trap", layout.TRAP),
])  # fmt: skip
"""One trap or wonder tile; `known` when it was revealed and is in sight or on the map."""

ROOM_STATE = np.dtype([
    ("exists", "u1"), ("discovered", "u1"), ("x_min", "<i2"), ("y_min", "<i2"), ("x_end", "<i2"), ("y_end", "<i2"),
])  # fmt: skip
"""One room: first column and row inclusive, ends exclusive."""

SIGNALS = np.dtype([(name, "u1") for name in (
    "floor_playable", "floor_changing", "message_waits", "message_printing", "choice_open", "menu_open",
    "stairs_prompt", "may_act", "window_open",
)])  # fmt: skip
"""0 or 1 each; the rules are those of `signals` in the RAM map."""

SEEDS = np.dtype([("run", "<u4"), ("floor", "<u4"), ("rng", "<u4")])
"""Seed of the run, seed of the floor (both 24 bits), state of the dungeon generator."""

_GRID = (layout.MAP_HEIGHT, layout.MAP_WIDTH)
WALKERS = ("normal", "liquid", "chasm", "wall")
"""Order of the first axis of `walk`: land walkers, crossers of water or lava, flyers, wall passers."""

STATE = np.dtype([
    ("mode", "u1"), ("awaiting", "u1"), ("dungeon_id", "<i2"), ("floor", "<i2"), ("floor_count", "<i2"),
    ("turns_left", "<i2"), ("leader", "<i2"), ("weather", "u1"), ("tileset", "<i2"), ("fixed_room", "<i2"),
    ("stairs", "<i2", 2), ("stairs_known", "u1"), ("map_revealed", "u1"), ("sight", "<i2", 4), ("camera", "<i2", 2),
    ("floor_result", "u1"), ("exit_reason", "<i2"), ("has_bag", "u1"), ("can_change_leader", "u1"),
    ("money", "<i4"), ("bank", "<i4"), ("dungeon_address", "<u4"), ("seeds", SEEDS), ("signals", SIGNALS),
    ("monsters", MONSTER_STATE, layout.MAX_MONSTERS), ("items", ITEM_STATE, layout.MAX_ITEMS),
    ("traps", TRAP_STATE, layout.MAX_TRAPS), ("rooms", ROOM_STATE, layout.MAX_ROOMS),
    ("bag", layout.ITEM, layout.BAG_SLOTS),
    ("terrain", "<u2", _GRID), ("visibility", "<u2", _GRID), ("room", "u1", _GRID),
    ("walk", "u1", (len(WALKERS), *_GRID)),
    ("monster_at", "i1", _GRID), ("object_at", "i1", _GRID),
])  # fmt: skip
"""One decoded image; see `GameStates` for the meaning of each field."""


def blank() -> NDArray[np.void]:
    """One state, (1,) `STATE`, of an image outside dungeons: all zero but `mode`, and -1 where 0 would be a value."""
    state = np.zeros(1, STATE)
    state["mode"], state["awaiting"] = Mode.UNKNOWN, Awaiting.NO_DUNGEON
    for name in ("dungeon_id", "leader", "stairs", "sight", "monster_at", "object_at"):
        state[name] = -1
    state["room"] = layout.CORRIDOR
    return state


class GameStates:
    """`num_envs` decoded images; every attribute is a view into `records`, first axis = image.

    Arrays of `n` images: `mode` and `awaiting` hold `Mode` and `Awaiting`; `floor` starts at 1; `floor_count` is
    the number of floors of the dungeon; `leader` is a slot 0..3 or -1; `stairs` is x, y (-1, -1 if there are none);
    `stairs_known` 1 when the player knows them, `map_revealed` 1 when the whole map is known; `sight` is the box
    x_min, y_min, x_max, y_max (inclusive) the leader sees, -1 if he sees nothing; `camera` the world pixel at the
    screen's upper left corner; `money` in the purse. `monsters` has 20 slots: 0..3 the team, 4..19 wild. `terrain`
    and `visibility` hold the bits of `layout.enum("terrain_flag")` and `("visibility_flag")`, `room` the room index
    (255 corridor), `walk` the move masks (bit = direction), `monster_at` the monster slot on the tile or -1,
    `object_at` the item slot 0..63 or 64 + trap slot on the tile (64..127), or -1.
    """

    mode: NDArray[np.uint8]  # (n,)
    awaiting: NDArray[np.uint8]  # (n,)
    dungeon_id: NDArray[np.int16]  # (n,)
    floor: NDArray[np.int16]  # (n,)
    floor_count: NDArray[np.int16]  # (n,)
    turns_left: NDArray[np.int16]  # (n,)
    leader: NDArray[np.int16]  # (n,)
    weather: NDArray[np.uint8]  # (n,)
    tileset: NDArray[np.int16]  # (n,)
    fixed_room: NDArray[np.int16]  # (n,)
    stairs: NDArray[np.int16]  # (n, 2)
    stairs_known: NDArray[np.uint8]  # (n,)
    map_revealed: NDArray[np.uint8]  # (n,)
    sight: NDArray[np.int16]  # (n, 4)
    camera: NDArray[np.int16]  # (n, 2)
    floor_result: NDArray[np.uint8]  # (n,)
    exit_reason: NDArray[np.int16]  # (n,)
    has_bag: NDArray[np.uint8]  # (n,)
    can_change_leader: NDArray[np.uint8]  # (n,)
    money: NDArray[np.int32]  # (n,)
    bank: NDArray[np.int32]  # (n,)
    dungeon_address: NDArray[np.uint32]  # (n,)
    seeds: NDArray[np.void]  # (n,) SEEDS
    signals: NDArray[np.void]  # (n,) SIGNALS
    monsters: NDArray[np.void]  # (n, 20) MONSTER_STATE
    items: NDArray[np.void]  # (n, 64) ITEM_STATE
    traps: NDArray[np.void]  # (n, 64) TRAP_STATE
    rooms: NDArray[np.void]  # (n, 32) ROOM_STATE
    bag: NDArray[np.void]  # (n, 20) layout.ITEM
    terrain: NDArray[np.uint16]  # (n, 32, 56)
    visibility: NDArray[np.uint16]  # (n, 32, 56)
    room: NDArray[np.uint8]  # (n, 32, 56)
    walk: NDArray[np.uint8]  # (n, 4, 32, 56)
    monster_at: NDArray[np.int8]  # (n, 32, 56)
    object_at: NDArray[np.int8]  # (n, 32, 56)

    def __init__(self, records: NDArray[np.void]) -> None:
        """States over `records`, (n,) `STATE`, which the caller owns."""
        self.records = records
        for name in STATE.names or ():
            setattr(self, name, records[name])

    def __len__(self) -> int:
        return len(self.records)

    def copy(self) -> GameStates:
        """The same states in memory of their own."""
        return GameStates(self._bytes().copy().view(STATE)[:, 0])

    def take(self, env_ids: Any) -> GameStates:
        """Copies of the states with these indices, (k,) integers or an (n,) mask."""
        return GameStates(self._bytes()[np.asarray(env_ids)].view(STATE)[:, 0])

    def _bytes(self) -> NDArray[np.uint8]:
        """(n, itemsize) bytes: NumPy copies records field by field, which is slow and forgets the padding."""
        return np.ascontiguousarray(self.records).view(np.uint8).reshape(len(self), STATE.itemsize)
