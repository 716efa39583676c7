"""Sizes and offsets of the layout, computed again by the C rules of the original compiler and from the RAM guide."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pmd_gym.ram import layout

MAP: dict[str, Any] = json.loads(Path(layout.__file__).with_name("ram_map.json").read_bytes())
SCALARS = {"u8": 1, "s8": 1, "bool8": 1, "u16": 2, "s16": 2, "u32": 4, "s32": 4, "ptr": 4, "s32_q8": 4}
COMPLETE = ("Pos", "PixelPos", "DungeonLocation", "FixedPoint", "Item", "BulkItem", "Trap", "Move", "SpawnEntry",
    "WildTemplate",
            "TeamInventory", "ItemSpawnTable", "LogLine")  # fmt: skip
"""Structs whose every member is in the map, so that C alone fixes each offset."""


def alignment(kind: str) -> int:
    if kind in SCALARS:
        return SCALARS[kind]
    if kind in MAP["structs"]:
        return max(alignment(field["type"]) for field in MAP["structs"][kind]["fields"])
    return 1  # raw bytes


def element_size(kind: str) -> int | None:
    return SCALARS.get(kind) or MAP["structs"].get(kind, {}).get("size")


def fields_of(name: str) -> list[dict[str, Any]]:
    return list(MAP["structs"][name]["fields"])


@pytest.mark.parametrize("name", COMPLETE)
def test_c_rules_give_every_offset_and_size(name: str) -> None:
    end = 0
    for field in fields_of(name):
        aligned = -(-end // alignment(field["type"])) * alignment(field["type"])
        assert field["offset"] == aligned, field["name"]
        end = aligned + field["size"]
    assert MAP["structs"][name]["size"] == -(-end // 4) * 4, "this compiler pads structs to words"
    assert layout.struct(name).itemsize == MAP["structs"][name]["size"]


@pytest.mark.parametrize("name", MAP["structs"])
def test_members_are_aligned_ordered_and_inside(name: str) -> None:
    members = fields_of(name)
    for field in members:
        assert field["offset"] % alignment(field["type"]) == 0, field["name"]
    for first, second in pairwise(members):
        assert first["offset"] + first["size"] <= second["offset"], (first["name"], second["name"])
    assert members[-1]["offset"] + members[-1]["size"] <= MAP["structs"][name]["size"]


def place(dtype: np.dtype[Any], name: str) -> tuple[np.dtype[Any], int]:
    """Type and offset of a field."""
    return (dtype.fields or {})[name][:2]


@pytest.mark.parametrize("name", MAP["structs"])
def test_dtypes_agree_with_the_map(name: str) -> None:
    dtype = layout.struct(name)
    assert dtype.itemsize == MAP["structs"][name]["size"]
    for field in fields_of(name):
        found, offset = place(dtype, field["name"])
        assert (offset, found.itemsize) == (field["offset"], field["size"]), field["name"]
        dims = tuple(field.get("dims", ()))
        if dims and field["type"] not in ("bytes", "u24"):
            assert found.shape == dims
            assert found.base.itemsize == (element_size(field["type"]) or field["stride"])


@pytest.mark.parametrize(
    ("path", "offset"),
    [
        ("Dungeon.dungeon_id", 0x644), ("Dungeon.floor", 0x645), ("Dungeon.turns_left", 0x666),
        ("Dungeon.team_info", 0x69C),
        ("Dungeon.wild_info", 0xEBC), ("Dungeon.floor_items", 0x3804), ("Dungeon.floor_traps", 0x3908),
        ("Dungeon.tiles", 0x3A18), ("Dungeon.stairs", 0xE21C), ("Dungeon.rooms", 0x104C4), ("Dungeon.active", 0x135CC),
        ("Dungeon.team_entities", 0x1381C), ("Dungeon.wild_entities", 0x139EC), ("Dungeon.item_entities", 0x1412C),
        ("Dungeon.trap_entities", 0x15E2C), ("Dungeon.map_screen", 0x18214), ("Dungeon.floor_limit", 0x1CEC8),
        ("Monster.species", 0x02), ("Monster.hp", 0x0E), ("Monster.action", 0x44), ("Monster.held_item", 0x60),
        ("Monster.sleep_status", 0xA8), ("Monster.speed_stage", 0x104), ("Monster.moves", 0x118), ("Monster.belly",
            0x13C),
        ("Entity.pos", 4), ("Entity.visible", 0x20), ("Entity.info", 0x70), ("Tile.room", 9), ("Tile.monster", 0x10),
    ],
)  # fmt: skip
def test_offsets_of_the_ram_guide(path: str, offset: int) -> None:
    assert layout.field(path).offset == offset


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("dungeon", 0x0203B418), ("program_mode", 0x0203B03C), ("leader_entity", 0x0203B450), ("leader_tile",
            0x0202EE0C),
        ("rng_dungeon", 0x0203B454), ("rng_general", 0x0203B07C), ("ui_mode", 0x0202EDD0), ("text_state", 0x0202E744),
        ("text_flags", 0x0202E77C), ("inventory_data", 0x020389A8), ("money", 0x02038C08), ("textbox", 0x03001B64),
    ],
)  # fmt: skip
def test_addresses_of_the_ram_guide(name: str, address: int) -> None:
    variable = layout.global_variable(name)
    assert variable.address == address
    assert variable.region == ("iwram" if address >= 0x03000000 else "ewram")
    assert variable.offset == address & 0xFFFFFF


def test_global_variables_do_not_overlap_but_for_named_parts() -> None:
    spans = sorted((g.address, g.address + g.dtype.itemsize, g.name) for g in layout.global_variables().values())
    overlaps = [(a[2], b[2]) for a, b in pairwise(spans) if a[1] > b[0]]
    assert overlaps == [("inventory_data", "money")]
    inventory = layout.global_variable("inventory_data").address
    assert inventory + layout.field("TeamInventory.money").offset == layout.global_variable("money").address
    assert inventory + layout.field("TeamInventory.savings").offset == layout.global_variable("bank").address


def test_joined_arrays_cover_their_parts_without_a_gap() -> None:
    dungeon = np.zeros(1, layout.DUNGEON)[0]
    assert dungeon["monsters"].shape == (20,)
    assert dungeon["entities"].shape == (20,)
    assert dungeon["all_entities"].shape == (148,)
    dungeon["wild_info"][3]["hp"], dungeon["trap_entities"][63]["kind"] = 77, 2
    assert dungeon["monsters"][7]["hp"] == 77
    assert dungeon["all_entities"][147]["kind"] == 2
    assert np.shares_memory(dungeon["entities"], dungeon["all_entities"])


def test_provenance_can_be_asked() -> None:
    assert layout.field("Monster.hp").confidence == "verified"
    assert layout.field("Monster.sleep_turns").confidence == "derived"
    assert layout.field("Dungeon.weather_from_ability").confidence == "inferred"
    assert layout.global_variable("dungeon").confidence == "verified"
    every = [field.confidence for name in MAP["structs"] for field in layout.fields(name).values()]
    every += [variable.confidence for variable in layout.global_variables().values()]
    assert set(every) == {"verified", "derived", "inferred"}


def test_an_image_has_every_variable_at_its_place() -> None:
    image = np.zeros(1, layout.EWRAM)
    image["money"], image["dungeon"] = 4711, 0x02003AF4
    raw = image.view(np.uint8)
    assert raw.size == 262144
    assert raw[0x38C08:0x38C0C].view("<i4")[0] == 4711
    assert raw[0x3B418:0x3B41C].view("<u4")[0] == 0x02003AF4


def test_a_nested_dungeon_lies_at_its_address_and_extra_fields_behind_the_memory() -> None:
    dtype = layout.image(layout.OBSERVED_DUNGEON_ADDRESS, extra=[("note", "<u4"), ("count", "<i8")])
    assert place(dtype, "world")[1] == 0x3AF4
    assert place(dtype, "note")[1] == 262144
    assert place(dtype, "count")[1] == 262144 + 8


def test_names_of_values_and_unknown_values() -> None:
    assert layout.enum_name("species", 4) == "Charmander"
    assert layout.enum_name("dungeon", 0) == "Tiny Woods"
    assert layout.enum_name("direction", 3) == "northeast"
    assert layout.enum_name("species", 9999) == "#9999"
    with pytest.raises(KeyError):
        layout.constant("wind_warning_turns")
