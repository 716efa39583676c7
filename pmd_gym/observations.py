"""Observations: the spaces, and a game's RAM image turned into what an agent may look at.

| kind | single value | batched |
|---|---|---|
| `grid` (default) | dict: `planes` (23, 11, 13) uint8 around the leader, `status` (128,) float32 | leading axis n |
| `map` | dict: `planes` (23, 32, 56) uint8 of the whole floor, `status` (128,) float32 | leading axis n |
| `pixels` | (160, 240, 3) uint8 RGB, the screen | leading axis n |
| `text` | str, the scene in ASCII with a legend | tuple of n |

One kind gives its value as it stands in the table; several kinds give a dict of them by kind. The window of `grid` is
what the console's screen can show: 6 tiles to each side, 5 up and down; the leader is at `[:, 5, 6]`. Rows grow
southward.
`PLANES` and `STATUS` name every plane and entry. All arrays are fresh on every call.

`visibility="fair"` shows what the player sees (sight area, screen of a bright floor, tiles on the map, revealed traps;
the game prints neither level nor HP of a foe, so those are 0); `"full"` shows everything.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from pmd_gym.backends.interface import Backend
from pmd_gym.backends.slices import Slices
from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout

KINDS = ("grid", "map", "pixels", "text")
VISIBILITIES = ("fair", "full")
GRID_HEIGHT, GRID_WIDTH = 11, 13
MAX_TEXT = 8192
TEXT_CHARACTERS = "\n" + "".join(chr(code) for code in range(32, 127))

PLANES: Mapping[str, str] = MappingProxyType({
    "known": "1: the tile is on the map (Tile.visibility bit 0); all other tile planes are 0 where it is not",
    "in_sight": "1: inside the leader's sight area now (room with a ring of one tile, or square in a corridor)",
    "wall": "1: wall (Tile.terrain type 0)",
    "ground": "1: normal floor (type 1)",
    "secondary": "1: water, lava or chasm (types 2 and 3); status tells which",
    "walkable": "1: the leader may stand there, by his way of moving",
    "room": "1: part of a room (Tile.room), else corridor or wall",
    "junction": "1: room exit or corridor branch (Tile.terrain 0x8)",
    "stairs": "1: the stairs (Dungeon.stairs), once known",
    "shop": "1: shop floor (Tile.terrain 0x20)",
    "item": "0, or 1 + category 0..11 of an item lying there",
    "money": "1: money lies there",
    "trap": "0, or 1 + trap id 0..19 of a revealed trap",
    "leader": "1: the leader",
    "partner": "1: another team member",
    "enemy": "1: a monster that fights the team",
    "neutral": "1: a shopkeeper or client who does not",
    "type1": "first type 0..17 of the monster there",
    "type2": "second type 0..17",
    "level": "level 1..100 of a team member (visibility full: of any monster)",
    "hp": "HP as 1..255 of the maximum, of a team member (visibility full: of any monster)",
    "facing": "0, or 1 + direction 0..7 of the monster there",
    "asleep": "1: it sleeps",
})  # fmt: skip
"""Plane -> meaning, in order; all uint8. Positions and monsters are read from Entity and Monster records."""


class Entry(NamedTuple):
    """One number of the status vector: the game's own value is `vector[i] * scale`, within `low..high`."""

    name: str
    low: float
    high: float
    scale: float
    source: str


def _entries() -> list[Entry]:
    return [*_leader_entries(), *_condition_entries(), *_move_entries(), *_floor_entries(), *_team_entries()]


def _leader_entries() -> list[Entry]:
    stats = ("attack", "sp_attack", "defense", "sp_defense")
    stages = ("attack", "sp_attack", "defense", "sp_defense", "accuracy", "evasion")
    return [
        Entry("hp", 0, 999, 100, "Monster.hp"), Entry("max_hp", 0, 999, 100, "Monster.max_hp"),
        Entry("level", 0, 100, 100, "Monster.level"), Entry("exp", 0, 9999999, 1000, "Monster.exp"),
        Entry("belly", 0, 200, 100, "Monster.belly"), Entry("max_belly", 0, 200, 100, "Monster.max_belly"),
        *(Entry(name, 0, 255, 100, f"Monster.{name}") for name in stats),
        Entry("iq", 0, 999, 100, "Monster.iq"),
        *(Entry(f"{name}_stage", -10, 10, 10, f"Monster.{name}_stage, 10 is neutral") for name in stages),
        Entry("speed_stage", 0, 4, 1, "Monster.speed_stage, 1 is normal"),
        *(Entry(f"facing_{direction}", 0, 1, 1, "Monster.direction, one-hot") for direction in range(8)),
    ]  # fmt: skip


def _condition_entries() -> list[Entry]:
    groups = (
        "sleep", "burn", "freeze", "cringe", "charge", "shield", "curse", "leech", "aim", "throw", "conceal", "sight",
    )  # fmt: skip
    counts = {name: max(layout.enum(f"status_{name}")) for name in groups}
    return [
        *(Entry(f"{name}_status", 0, counts[name], counts[name], f"enum status_{name}, 0 is none") for name in groups),
        Entry("muzzled", 0, 1, 1, "Monster.muzzled"),
        Entry("terrified_turns", 0, 127, 10, "Monster.terrified_turns"),
        Entry("perish_turns", 0, 127, 10, "Monster.perish_turns"),
    ]


def _move_entries() -> list[Entry]:
    return [entry for slot in range(1, layout.MOVE_SLOTS + 1) for entry in (
        Entry(f"move_{slot}_known", 0, 1, 1, "Move.flags bit 0"),
        Entry(f"move_{slot}_pp", 0, 99, 20, "Move.pp"),
        Entry(f"move_{slot}_type", 0, 17, 17, "type of the move"),
        Entry(f"move_{slot}_power", 0, 999, 20, "power of the move"),
        Entry(f"move_{slot}_blocked", 0, 1, 1, "disabled or sealed"),
    )]  # fmt: skip


def _floor_entries() -> list[Entry]:
    return [
        Entry("x", 0, 55, 55, "Entity.pos"), Entry("y", 0, 31, 31, "Entity.pos"),
        Entry("in_room", 0, 1, 1, "Tile.room"), Entry("on_stairs", 0, 1, 1, "Tile.terrain 0x200"),
        Entry("stairs_known", 0, 1, 1, "tile of the stairs on the map"),
        Entry("stairs_dx", -55, 55, 10, "Dungeon.stairs minus the leader, 0 while unknown"),
        Entry("stairs_dy", -31, 31, 10, "likewise"),
        Entry("dungeon_id", 0, 98, 98, "Dungeon.dungeon_id"), Entry("floor", 0, 99, 10, "Dungeon.floor"),
        Entry("floors", 0, 99, 10, "Dungeon.floor_limit - 1"),
        Entry("turns_left", 0, 9999, 1000, "Dungeon.turns_left"),
        Entry("visibility_range", 0, 3, 3, "Dungeon.visibility_range, 0 is bright"),
        Entry("blinded", 0, 1, 1, "Dungeon.blinded"),
        *(Entry(f"weather_{layout.enum_name('weather', number).lower()}", 0, 1, 1, "Dungeon.weather, one-hot")
          for number in range(8)),
        *(Entry(f"secondary_is_{name}", 0, 1, 1, "by Dungeon.tileset") for name in ("chasm", "water", "lava")),
        Entry("money", 0, 99999, 1000, "global money"), Entry("bag_items", 0, 20, 20, "used slots of the bag"),
        *(Entry(f"bag_{slot}_item", 0, 239, 239, "item id in that slot, 0 if empty")
          for slot in range(1, layout.BAG_SLOTS + 1)),
    ]  # fmt: skip


def _team_entries() -> list[Entry]:
    partners = [entry for number in range(1, layout.MAX_TEAM) for entry in (
        Entry(f"partner_{number}_present", 0, 1, 1, "team slots in order, the leader left out"),
        Entry(f"partner_{number}_hp", 0, 999, 100, "Monster.hp"),
        Entry(f"partner_{number}_max_hp", 0, 999, 100, "Monster.max_hp"),
        Entry(f"partner_{number}_level", 0, 100, 100, "Monster.level"),
        Entry(f"partner_{number}_dx", -55, 55, 10, "Entity.pos minus the leader"),
        Entry(f"partner_{number}_dy", -31, 31, 10, "likewise"),
    )]  # fmt: skip
    return [
        *partners,
        Entry("enemies_shown", 0, 16, 4, "enemies that the player sees"),
        Entry("nearest_enemy_dx", -55, 55, 10, "nearest of them minus the leader; 0 when there is none"),
        Entry("nearest_enemy_dy", -31, 31, 10, "likewise"),
    ]


STATUS: tuple[Entry, ...] = tuple(_entries())
"""Entries of the status vector, in order."""

STATUS_INDEX: Mapping[str, int] = MappingProxyType({entry.name: index for index, entry in enumerate(STATUS)})
PLANE_INDEX: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(PLANES)})

_UNITS = np.array([(e.low, e.high, e.scale) for e in STATUS], np.float32).T.copy()


def status_value(status: NDArray[np.float32], name: str) -> NDArray[np.float64]:
    """The game's own number of the entry `name` in a status vector, or in a batch of them; KeyError if unknown."""
    index = STATUS_INDEX[name]
    return np.round(status[..., index].astype(np.float64) * STATUS[index].scale, 3)


def observation_kinds(observation: str | Iterable[str]) -> tuple[str, ...]:
    """Kinds asked for, validated; ConfigError names the nearest kind for an unknown one."""
    kinds = (observation,) if isinstance(observation, str) else tuple(observation)
    for kind in kinds:
        if kind not in KINDS:
            near = difflib.get_close_matches(str(kind), KINDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"unknown observation {kind!r}{hint}; kinds are {', '.join(KINDS)}")
    if not kinds or len(set(kinds)) != len(kinds):
        raise ConfigError(f"observation must be one or several different kinds of {', '.join(KINDS)}, got {kinds!r}")
    return kinds


def observation_space(observation: str | Iterable[str]) -> spaces.Space[Any]:
    """Space of one game's observation."""
    kinds = observation_kinds(observation)
    made = {kind: _space(kind) for kind in kinds}
    return made[kinds[0]] if len(kinds) == 1 else spaces.Dict(made)


def _space(kind: str) -> spaces.Space[Any]:
    if kind == "pixels":
        return spaces.Box(0, 255, (layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
    if kind == "text":
        return spaces.Text(MAX_TEXT, min_length=0, charset=TEXT_CHARACTERS)
    low, high = _UNITS[0] / _UNITS[2], _UNITS[1] / _UNITS[2]
    planes = spaces.Box(0, 255, (len(PLANES), *_plane_shape(kind)), np.uint8)
    return spaces.Dict(planes=planes, status=spaces.Box(low, high, dtype=np.float32))


def _plane_shape(kind: str) -> tuple[int, int]:
    return (GRID_HEIGHT, GRID_WIDTH) if kind == "grid" else (layout.MAP_HEIGHT, layout.MAP_WIDTH)


class Observer:
    """Makes the observations of a backend's games, batched over the games asked for."""

    def __init__(
        self, backend: Backend, observation: str | Iterable[str], visibility: str, threads: int | None = None
    ) -> None:
        from pmd_gym.kernels import fields, images, tables

        if visibility not in VISIBILITIES:
            raise ConfigError(f"visibility must be one of {', '.join(VISIBILITIES)}, got {visibility!r}")
        self._backend = backend
        self.kinds = observation_kinds(observation)
        self._everything = int(visibility == "full")
        self._slices = Slices(backend.num_envs, threads)
        self._flat, self._stride = images.flatten(backend.ram)
        self._tables = tables.tables()
        self._fill_fields = fields.fill_fields

    def __call__(self, env_ids: NDArray[np.int64]) -> Any:
        """Observations of the games `env_ids` (n,), shapes as in the table of the module; arrays are fresh."""
        if len(self.kinds) == 1:
            return self._observe(self.kinds[0], env_ids)
        return {kind: self._observe(kind, env_ids) for kind in self.kinds}

    def close(self) -> None:
        """End the threads; idempotent."""
        self._slices.close()

    def _observe(self, kind: str, env_ids: NDArray[np.int64]) -> Any:
        if kind == "pixels":
            return self.pixels(env_ids)
        return self.texts(env_ids) if kind == "text" else self._fields(kind, env_ids)

    def pixels(self, env_ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Screens of the games, (n, 160, 240, 3) uint8."""
        out = np.empty((len(env_ids), layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
        self._backend.pixels(env_ids, out)
        return out

    def texts(self, env_ids: NDArray[np.int64]) -> tuple[str, ...]:
        """Scenes of the games in ASCII: what is going on, the floor's map, its legend."""
        from pmd_gym.ram import decode, message

        images = self._backend.ram[env_ids]
        states, fair = decode(images), not self._everything
        return tuple(_text(states, index, fair, message(image)) for index, image in enumerate(images))

    def _fields(self, kind: str, env_ids: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        planes = np.empty((len(env_ids), len(PLANES), *_plane_shape(kind)), np.uint8)
        status = np.empty((len(env_ids), len(STATUS)), np.float32)

        def fill(part: slice) -> None:
            self._fill_fields(
                self._flat, self._stride, env_ids[part], self._everything, self._tables, _UNITS, planes[part],
                status[part],
            )  # fmt: skip

        self._slices.run(fill, len(env_ids))
        return {"planes": planes, "status": status}


def _text(states: Any, index: int, fair: bool, message: str) -> str:
    from pmd_gym.views import describe, floor_map, legend

    names = legend(states, index, fair)
    parts = (
        describe(states, index, fair, message), floor_map(states, index, fair),
        "\n".join(f"{letter} {name}" for letter, name in names.items()),
    )  # fmt: skip
    return "\n\n".join(parts).encode("ascii", "replace").decode()[:MAX_TEXT]


def unbatch(observations: Any, row: int) -> Any:
    """Observation of one row of a batch: dicts stay dicts, arrays lose their first axis, tuples give their entry."""
    if isinstance(observations, dict):
        return {key: unbatch(value, row) for key, value in observations.items()}
    return observations[row]
