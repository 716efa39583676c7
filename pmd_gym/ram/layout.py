"""The one layout: NumPy dtypes of the console's RAM, built from `ram_map.json`.

The decoder reads through these dtypes, the simulator writes through them, the tests compare through them; no
offset of the game is written anywhere else. Every field keeps its provenance (`verified`, `derived`, `inferred`,
see `confidence` in the map), which `field()` and `global_variable()` give back.

Besides the arrays of the map, a dungeon has joined ones, because the game lays them out without a gap: `monsters`
and `entities` (4 of the team, then 16 wild: 20 slots), and `all_entities` (20 monsters, 64 items, 64 traps).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

Confidence = Literal["verified", "derived", "inferred"]

_SCALARS = {
    "u8": "u1", "s8": "i1", "u16": "<u2", "s16": "<i2", "u32": "<u4", "s32": "<i4",
    "bool8": "u1", "ptr": "<u4", "s32_q8": "<i4",
}  # fmt: skip
_JOINED = {  # name: (first array, second array, ...), contiguous in the game's struct
    "monsters": ("team_info", "wild_info"),
    "entities": ("team_entities", "wild_entities"),
    "all_entities": ("team_entities", "wild_entities", "item_entities", "trap_entities"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct.

    `offset` counts bytes from the start of the struct, `dtype` includes the dimensions, `source` names the
    identifier in the decompilation, `enum` the table in `enum()` that explains the values (empty if none).
    """

    name: str
    offset: int
    dtype: np.dtype[Any]
    confidence: Confidence
    meaning: str
    source: str
    enum: str


@dataclass(frozen=True, slots=True)
class Global:
    """One global variable; `offset` counts from the start of its region (EWRAM or IWRAM)."""

    name: str
    address: int
    region: Literal["ewram", "iwram"]
    offset: int
    dtype: np.dtype[Any]
    is_pointer: bool
    confidence: Confidence
    meaning: str
    source: str
    enum: str


@cache
def ram_map() -> Mapping[str, Any]:
    """The parsed `ram_map.json`, read only by convention."""
    text = resources.files(__package__).joinpath("ram_map.json").read_bytes()
    return MappingProxyType(json.loads(text))


def constant(name: str) -> int:
    """A number of the game, such as `map_width`; KeyError names what is missing."""
    value = ram_map()["constants"][name]
    if not isinstance(value, int):
        raise KeyError(f"constant {name!r} is {value!r}, not one integer")
    return value


@cache
def fields(struct_name: str) -> Mapping[str, Field]:
    """Fields of a struct of the map, in order of offset."""
    entries = ram_map()["structs"][struct_name]["fields"]
    return MappingProxyType({entry["name"]: _field(entry) for entry in entries})


def field(path: str) -> Field:
    """The field named `Struct.field`, for example `Monster.hp`."""
    struct_name, _, name = path.partition(".")
    return fields(struct_name)[name]


@cache
def struct(name: str) -> np.dtype[Any]:
    """Structured dtype of one struct, as large as the game's own (little endian, padding included)."""
    members = [(f.name, f.dtype, f.offset) for f in fields(name).values()]
    if name == "Dungeon":
        members += [_joined(joined, parts) for joined, parts in _JOINED.items()]
    return _record(members, ram_map()["structs"][name]["size"])


@cache
def global_variables() -> Mapping[str, Global]:
    """Every global variable of the map by name."""
    return MappingProxyType({entry["name"]: _global(entry) for entry in ram_map()["globals"]})


def global_variable(name: str) -> Global:
    """One global variable, for example `money`."""
    return global_variables()[name]


@cache
def enum(name: str) -> Mapping[int, Any]:
    """An enumeration of the map: value -> name, or a small dict where the map says more than a name."""
    return MappingProxyType({int(key, 0): value for key, value in ram_map()["enums"][name]["values"].items()})


def enum_name(table: str, value: int) -> str:
    """Name of a value, or `#value` where the table has none."""
    entry = enum(table).get(int(value))
    if entry is None:
        return f"#{int(value)}"
    return str(entry["name"] if isinstance(entry, dict) else entry)


def static_address(pointer: str) -> int | None:
    """Address that a global pointer holds once the game has booted, or None for one that changes.

    The map says so in words ("always 0x0202F400"), because the game sets these pointers by code.
    """
    constant_value = re.search(r"always (0x[0-9A-Fa-f]+)", global_variable(pointer).meaning)
    return int(constant_value[1], 16) if constant_value else None


def _static_objects() -> list[tuple[str, np.dtype[Any], int]]:
    """Objects at constant addresses that no global variable covers, named `<pointer>_data`."""
    objects = []
    for entry in ram_map()["globals"]:
        address = static_address(entry["name"]) if entry["kind"] == "pointer" else None
        if address is not None and f"{entry['name']}_data" not in global_variables():
            objects.append((f"{entry['name']}_data", _dtype(entry["type"], 0), address - EWRAM_BASE))
    return objects


def image(dungeon_address: int | None = None, extra: Sequence[tuple[str, Any]] = ()) -> np.dtype[Any]:
    """Dtype of a whole EWRAM image: every global variable and every static object at its place.

    With `dungeon_address` the object of the dungeon is nested as `world`. `extra` fields, if any, follow behind
    the 262,144 bytes of EWRAM; they make the dtype larger than the console's memory.
    """
    members = [(g.name, g.dtype, g.offset) for g in global_variables().values()
               if g.region == "ewram" and g.name != "heap"]  # fmt: skip
    members += _static_objects()
    if dungeon_address is not None:
        members.append(("world", DUNGEON, dungeon_address - EWRAM_BASE))
    size = EWRAM_SIZE
    for name, kind in extra:
        members.append((name, np.dtype(kind), size))
        size += -(-np.dtype(kind).itemsize // 8) * 8
    return _record(members, size)


def _record(members: Sequence[tuple[str, np.dtype[Any], int]], size: int) -> np.dtype[Any]:
    names, formats, offsets = zip(*members, strict=True)
    return np.dtype({"names": list(names), "formats": list(formats), "offsets": list(offsets), "itemsize": size})


def _field(entry: Mapping[str, Any]) -> Field:
    dtype = _dtype(entry["type"], entry["size"])
    if entry.get("dims") and entry["type"] not in ("bytes", "u24"):
        dtype = np.dtype((_dtype(entry["type"], entry["stride"]), tuple(entry["dims"])))
    return Field(entry["name"], entry["offset"], dtype, entry["confidence"], entry.get("meaning", ""),
                 entry.get("src", ""), entry.get("enum", ""))  # fmt: skip


def _global(entry: Mapping[str, Any]) -> Global:
    region: Literal["ewram", "iwram"] = "iwram" if entry["address"] >= IWRAM_BASE else "ewram"
    offset = entry["address"] - (IWRAM_BASE if region == "iwram" else EWRAM_BASE)
    is_pointer = entry["kind"] == "pointer"
    dtype = np.dtype("<u4") if is_pointer else _dtype(entry["type"], entry["size"])
    return Global(entry["name"], entry["address"], region, offset, dtype, is_pointer, entry["confidence"],
                  entry.get("meaning", ""), entry.get("src", ""), entry.get("enum", ""))  # fmt: skip


def _dtype(kind: str, size: int) -> np.dtype[Any]:
    """Dtype of a type name of the map: a scalar, a struct, `name[count]`, or raw bytes."""
    if kind in _SCALARS:
        return np.dtype(_SCALARS[kind])
    if kind in ram_map()["structs"]:
        return struct(kind)
    array = re.fullmatch(r"(\w+)\[(\d+)\]", kind)
    if array and array[1] not in ("bits", "bytes"):
        return np.dtype((_dtype(array[1], 0), (int(array[2]),)))
    return np.dtype(("u1", (size,)))  # bits, bytes, u24, and structs the map does not detail


def _joined(name: str, parts: Sequence[str]) -> tuple[str, np.dtype[Any], int]:
    """One array over several contiguous ones of the dungeon; AssertionError if the map leaves a gap."""
    members = [field(f"Dungeon.{part}") for part in parts]
    assert all(first.offset + first.dtype.itemsize == second.offset for first, second in pairwise(members)), (
        f"{parts} are not contiguous"
    )
    count = sum(member.dtype.shape[0] for member in members)
    return name, np.dtype((members[0].dtype.base, (count,))), members[0].offset


def _region(name: str, key: str) -> int:
    return int(ram_map()["regions"][name][key])


EWRAM_BASE = _region("ewram", "base")
EWRAM_SIZE = _region("ewram", "size")
IWRAM_BASE = _region("iwram", "base")
IWRAM_SIZE = _region("iwram", "size")
HEAP_BEGIN = _region("heap", "base")
HEAP_END = _region("heap", "end")

MAP_WIDTH = constant("map_width")
MAP_HEIGHT = constant("map_height")
MAX_TEAM = constant("max_team")
MAX_WILD = constant("max_wild")
MAX_MONSTERS = constant("max_active")
MAX_ITEMS = constant("max_items_on_floor")
MAX_TRAPS = constant("max_traps_on_floor")
MAX_ROOMS = constant("max_rooms")
BAG_SLOTS = constant("bag_slots")
MOVE_SLOTS = constant("move_slots")
CORRIDOR = constant("corridor_room")
SCREEN_WIDTH = constant("screen_width")
SCREEN_HEIGHT = constant("screen_height")

DUNGEON = struct("Dungeon")
TILE = struct("Tile")
ROOM = struct("Room")
ENTITY = struct("Entity")
MONSTER = struct("Monster")
ITEM = struct("Item")
TRAP = struct("Trap")
MOVE = struct("Move")
INVENTORY = struct("TeamInventory")
EWRAM = image()

OBSERVED_DUNGEON_ADDRESS = int(ram_map()["structs"]["Dungeon"]["observed_address"], 16)
"""Where the dungeon object lay in the real save state; the simulator puts it there too."""
