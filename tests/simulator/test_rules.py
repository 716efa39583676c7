"""The game's tables as records, against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.simulator.rules import FLOOR_COLUMNS, rules

FREE = {name for name in FLOOR_COLUMNS if name.endswith("_table")}


@pytest.mark.parametrize(
    ("dungeon", "floor", "expected"),
    [
        (0, 1, {"layout": 1, "room_density": 5, "tileset": 14, "music": 1, "connectivity": 15, "enemy_density": 4,
                "item_density": 2, "floor_number": 1, "extra_hallways": 5, "money_cap": 1, "kecleon_layout": 1}),
        (1, 1, {"layout": 11, "room_density": 7, "tileset": 50, "music": 2, "connectivity": 15, "enemy_density": 4,
                "dead_ends": 1, "item_density": 4, "trap_density": 3, "floor_number": 1, "extra_hallways": 5,
                "lake_density": 10, "money_cap": 2, "kecleon_layout": 2}),
        (2, 4, {"layout": 8, "room_density": 8, "tileset": 39, "music": 3, "connectivity": 12, "enemy_density": 6,
                "item_density": 4, "trap_density": 3, "floor_number": 4, "lake_density": 11, "money_cap": 3,
                "kecleon_layout": 3}),
    ],
)  # fmt: skip
def test_floor_columns_have_the_published_values_and_no_others(
    dungeon: int, floor: int, expected: dict[str, int]
) -> None:
    row = rules()[0]["dungeons"][dungeon]["floors"][floor - 1]
    assert {name: int(row[name]) for name in FLOOR_COLUMNS if name not in FREE and row[name]} == expected


def test_dungeons_have_the_published_number_of_floors() -> None:
    floors = [3, 5, 9, 13, 9, 10, 3, 12, 14, 12, 3, 9, 5, 15, 5, 23, 3, 25, 9]
    assert rules()[0]["dungeons"]["floor_count"][: len(floors)].tolist() == floors


def test_boss_floors_name_their_fixed_room() -> None:
    dungeons = rules()[0]["dungeons"]
    assert dungeons[2]["floors"][8]["fixed_room"] == 1
    assert dungeons[3]["floors"][12]["fixed_room"] == 2


def test_densities_stay_inside_the_bytes_of_the_game() -> None:
    floors = rules()[0]["dungeons"]["floors"]
    assert floors["room_density"].min() >= -128 and floors["room_density"].max() <= 127
    assert floors["enemy_density"].min() >= 0 and floors["enemy_density"].max() <= 255


def test_only_the_liquid_tilesets_are_water_or_lava() -> None:
    kinds = rules()[0]["secondary_terrain"]
    assert np.flatnonzero(kinds == 1).tolist() == [9, 35]
    assert np.flatnonzero(kinds == 2).tolist() == [46, 48, 59, 70]


def test_fixed_rooms_have_size_flags_and_cells() -> None:
    room = rules()[0]["fixed_rooms"][1]
    assert (room["width"], room["height"], room["flags"]) == (9, 17, 0)
    assert room["cells"][0, :9].tolist() == [6, 2, 2, 2, 2, 2, 2, 2, 6]
    assert rules()[0]["fixed_rooms"][50]["flags"] == 1


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        rules()["money"] = 0


def test_running_totals_end_at_ten_thousand() -> None:
    tables = rules()[0]
    for name in ("category_weights", "item_weights"):
        totals = tables["item_tables"][name].max(axis=1)
        assert set(totals.tolist()) <= {0, 10000}, name
    assert set(tables["trap_tables"].max(axis=1).tolist()) <= {0, 10000}
    assert set(tables["monster_tables"]["entries"]["weight_floor"].max(axis=1).tolist()) <= {0, 10000}
