"""Bakes floors of our own generator into `source/baked.c`: `python -m tests.cartridge.bake_floors`.

Runs the simulator for the start of each floor and keeps what differs from an empty dungeon: tiles as runs, everybody
as C initialisers by field name. What follows from that (walk masks, rooms, pointers, pixels, the explored map) the
cartridge works out itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import ui
from pmd_gym.ram import layout
from pmd_gym.scenario import STACKING_CATEGORIES, Member
from pmd_gym.simulator import start_floor
from pmd_gym.simulator.art.font import bitmaps, widths

BAKED = Path(__file__).resolve().parent / "source" / "baked.c"
DUNGEON = 1
"""Thunderwave Cave: five floors with hidden traps."""
FLOOR_SEEDS = (6898699, 4883637, 174221, 11357003, 667137)
"""One for each floor; the first floor begins in the middle of a room."""
MONEY = 120


def _id(table: str, name: str) -> int:
    return next(number for number in layout.enum(table) if layout.enum_name(table, number) == name)


TEAM = (
    Member(_id("species", "Charmander"), 8, tuple(_id("move", m) for m in ("Scratch", "Ember", "Growl", "Leer"))),
    Member(_id("species", "Squirtle"), 8),
)
BAG = tuple(
    (_id("item", name), amount)
    for name, amount in (
        ("Apple", 1), ("Oran Berry", 1), ("Gravelerock", 8), ("Iron Thorn", 9), ("Big Apple", 1), ("Heal Seed", 1),
        ("Luminous Orb", 1), ("Oran Berry", 1), ("Apple", 1), ("Geo Pebble", 5), ("Oran Berry", 1), ("Escape Orb", 1),
    )
)  # fmt: skip


def start_image(floor: int) -> NDArray[np.uint8]:
    """EWRAM, (262144,) uint8, of the simulator at the start of `floor` (1..5), with an empty bag."""
    return start_floor(DUNGEON, floor, FLOOR_SEEDS[floor - 1], TEAM)


def baked() -> str:
    """The C file."""
    consoles = [start_image(floor).view(ui.CONSOLE)[0] for floor in range(1, len(FLOOR_SEEDS) + 1)]
    parts = ["/* Written by bake_floors.py from the floors of pmd_gym's own generator. */", '#include "baked.h"', ""]
    for number, console in enumerate(consoles, 1):
        parts += _floor_parts(number, console["world"])
    entries = ", ".join(_floor_entry(number, console) for number, console in enumerate(consoles, 1))
    parts.append(f"const struct BakedFloor floors[FLOORS] = {{{entries}}};")
    parts += _team_parts(consoles[0])
    parts += _names("item_names", "item", _items_named(consoles))
    parts += _names("move_names", "move", _moves_named(consoles[0]))
    parts += _names("species_names", "species", _species_named(consoles))
    parts += _font()
    return "\n".join(parts) + "\n"


def _floor_parts(number: int, world: np.void) -> Iterator[str]:
    yield _array("u8", f"tiles_{number}", _runs(world["tiles"]))
    items = [_thing(e, r) for e, r in zip(world["item_entities"], world["floor_items"], strict=True) if e["kind"] == 3]
    traps = [_thing(e, r) for e, r in zip(world["trap_entities"], world["floor_traps"], strict=True) if e["kind"] == 2]
    yield _array("struct BakedItem", f"items_{number}", items)
    yield _array("struct BakedTrap", f"traps_{number}", traps)
    pairs = zip(world["wild_entities"], world["wild_info"], strict=True)
    yield _array("struct BakedMonster", f"wild_{number}", [_monster(e, r) for e, r in pairs if e["kind"] == 1])
    pairs = zip(world["team_entities"], world["team_info"], strict=True)
    yield _array("struct BakedPlace", f"team_{number}", [_place(e, r) for e, r in pairs if e["kind"] == 1])


def _runs(tiles: NDArray[np.void]) -> list[str]:
    """Row after row: length, low and high byte of the terrain, room."""
    keys = [(int(tile["terrain"]), int(tile["room"])) for tile in tiles.ravel()]
    runs: list[str] = []
    start = 0
    for index in range(1, len(keys) + 1):
        if index == len(keys) or keys[index] != keys[start] or index - start == 255:
            terrain, room = keys[start]
            runs.append(f"{index - start},{terrain & 255},{terrain >> 8},{room}")
            start = index
    return runs


def _thing(entity: np.void, record: np.void) -> str:
    return f"{{{_tile(entity)}, {entity['visible']}, {_initialiser(record)}}}"


def _monster(entity: np.void, record: np.void) -> str:
    return f"{{{_tile(entity)}, {entity['spawn_id']}, {_initialiser(record)}}}"


def _place(entity: np.void, record: np.void) -> str:
    return f"{{{_tile(entity)}, {entity['spawn_id']}, {record['direction']}}}"


def _tile(entity: np.void) -> str:
    return f"{entity['pos']['x']}, {entity['pos']['y']}"


def _floor_entry(number: int, console: np.void) -> str:
    world, tag = console["world"], f"_{number}"
    fields = ", ".join(f".{name} = {int(world[name])}" for name in _FLOOR_FIELDS)
    arrays = ", ".join(f"COUNTED({name}, {name}{tag})" for name in ("items", "traps", "wild", "team"))
    places = ", ".join(f".{name} = {_initialiser(world[name])}" for name in ("player_spawn", "stairs"))
    return f"\n    {{{fields}, {places}, .rng = {int(console['rng_dungeon'])}u, .tiles = tiles{tag}, {arrays}}}"


_FLOOR_FIELDS = (
    "dungeon_id", "floor_seed", "dungeon_seed", "turns_left", "tileset", "enemy_density", "floor_layout",
    "floor_limit", "visibility_range", "lit_floor", "generation_attempts",
)  # fmt: skip


def _team_parts(console: np.void) -> Iterator[str]:
    records = [record for record in console["world"]["team_info"] if record["species"]]
    yield _array("struct Monster", "team_at_start", [_initialiser(record) for record in records])
    pieces = ((item, amount if _category(item) in STACKING_CATEGORIES else 0) for item, amount in BAG)
    bag = [f"{{.flags = 1, .quantity = {amount}, .id = {item}}}" for item, amount in pieces]
    yield _array("struct Item", "bag_at_start", bag)
    yield f"const int money_at_start = {MONEY};"


def _category(item: int) -> int:
    return int(layout.enum("item")[item]["category"])


def _initialiser(record: np.void) -> str:
    """A C initialiser of what is not zero; pointers are the cartridge's business."""
    parts = []
    for name in record.dtype.names or ():
        value = _value(record[name])
        if value and name not in ("ai_target",):
            parts.append(f".{name} = {value}")
    return "{" + ", ".join(parts) + "}"


def _value(value: Any) -> str:
    if isinstance(value, np.void):
        text = _initialiser(value)
        return "" if text == "{}" else text
    if isinstance(value, np.ndarray):
        entries = [_value(entry) or ("{}" if value.dtype.names else "0") for entry in value]
        return "{" + ", ".join(entries) + "}" if value.tobytes().strip(b"\0") else ""
    return str(int(value)) if value else ""


def _array(kind: str, name: str, entries: list[str]) -> str:
    lines = ",\n    ".join(entries) if "struct" in kind else ",".join(entries)
    return f"const {kind} {name}[] = {{\n    {lines}\n}};"


def _items_named(consoles: list[np.void]) -> set[int]:
    lying = {int(r["id"]) for c in consoles for r in c["world"]["floor_items"]}
    return (lying | {item for item, _ in BAG}) - {0}


def _moves_named(console: np.void) -> set[int]:
    return {int(move["id"]) for member in console["world"]["team_info"] for move in member["moves"]} - {0}


def _species_named(consoles: list[np.void]) -> set[int]:
    everybody = (record for c in consoles for name in ("team_info", "wild_info") for record in c["world"][name])
    return {int(record["species"]) for record in everybody} - {0}


def _names(name: str, table: str, numbers: set[int]) -> list[str]:
    rows = ", ".join(f'{{{number}, "{layout.enum_name(table, number)}"}}' for number in sorted(numbers))
    return [f"const struct Name {name}[] = {{{rows}, {{0, 0}}}};"]


def _font() -> Iterator[str]:
    """Nine rows of a glyph, bit 0 is the leftmost pixel."""
    rows = [str(int(sum(int(bit) << x for x, bit in enumerate(row)))) for glyph in bitmaps() for row in glyph]
    yield _array("u8", "font_rows", rows)
    yield _array("u8", "font_widths", [str(int(width)) for width in widths()])


if __name__ == "__main__":
    BAKED.write_text(baked())
    print(f"{BAKED.name}: {BAKED.stat().st_size} bytes")
