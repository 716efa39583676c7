"""The compiled decoder against the plain one, and against a scene whose content is known by heart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.errors import ConfigError
from pmd_gym.ram import Awaiting, Decoder, Mode, decode, layout
from pmd_gym.ram.state import STATE, blank
from tests.doubles import scene
from tests.doubles.corruption import corrupted
from tests.oracles import decoder as oracle

FUZZED_IMAGES = 1200
BATCH = 40


def plain(value: Any) -> Any:
    """A decoded value as nested dictionaries and lists, in the form of the oracle; a free slot is None."""
    if isinstance(value, np.void):
        names = value.dtype.names
        free = ("exists" in names and not value["exists"]) or ("pp" in names and not value["id"])
        free = free or (names == layout.ITEM.names and not value["id"])
        return None if free else {name: plain(value[name]) for name in names}
    if isinstance(value, np.ndarray):
        return [plain(element) for element in value] if value.dtype.names else value.tolist()
    return value.item()


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Paths at which two plain values differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        assert expected.keys() == found.keys(), path
        return [line for key in expected for line in differences(expected[key], found[key], f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for index, (a, b) in pairs if a != b for line in differences(a, b, f"{path}[{index}]")]
    return [] if expected == found else [f"{path}: expected {expected}, found {found}"]


@pytest.mark.parametrize("first", range(0, FUZZED_IMAGES, BATCH))
def test_fuzzed_images_decode_as_the_oracle_says(first: int) -> None:
    images = np.stack([corrupted(seed) for seed in range(first, first + BATCH)])
    states = decode(images)
    for index in range(BATCH):
        expected = oracle.decode(images[index].tobytes())
        assert differences(expected, plain(states.records[index])) == [], f"image {first + index}"


def test_fuzzed_images_reach_every_mode_and_many_values() -> None:
    images = np.stack([corrupted(seed) for seed in range(300)])
    states = decode(images)
    assert set(states.mode.tolist()) == set(Mode)
    assert set(states.awaiting.tolist()) >= {Awaiting.COMMAND, Awaiting.MESSAGE, Awaiting.BUSY, Awaiting.NO_DUNGEON}
    inside = states.mode == Mode.DUNGEON
    assert 100 < inside.sum() < 280
    assert len(np.unique(states.monsters["exists"][inside].sum(axis=1))) > 3


def test_scene_decodes_to_what_was_written() -> None:
    states = decode(scene.scene())
    assert states.mode[0] == Mode.DUNGEON
    assert states.awaiting[0] == Awaiting.COMMAND
    assert (states.dungeon_id[0], states.floor[0], states.floor_count[0], states.turns_left[0]) == (0, 1, 3, 987)
    assert tuple(states.stairs[0]) == scene.STAIRS
    assert not states.stairs_known[0]
    assert states.leader[0] == 0
    assert tuple(states.sight[0]) == (4, 4, 14, 12)
    assert (states.money[0], states.bank[0], states.weather[0]) == (120, 3000, 4)
    assert states.seeds[0].tolist() == (0x123457, 0x654321, 0x12345678)
    leader = states.monsters[0, 0]
    assert (leader["species"], leader["level"], leader["hp"], leader["max_hp"]) == (4, 5, 19, 23)
    assert (leader["x"], leader["y"], leader["facing"], leader["belly"]) == (*scene.LEADER, 2, 87500)
    assert leader["moves"]["id"].tolist() == [75, 115, 0, 0]
    assert states.monsters[0]["exists"].nonzero()[0].tolist() == [0, 1, 4, 6]
    assert states.monsters[0, 4]["statuses"].tolist() == [1] + [0] * 12
    assert states.monsters[0, 4]["status_turns"][0] == 5
    assert states.monsters[0, [0, 1, 4, 6]]["in_sight"].tolist() == [1, 1, 1, 0]
    assert states.monsters[0, 1]["held_item"]["id"] == 55


def test_tiles_know_who_stands_and_what_lies_on_them() -> None:
    states = decode(scene.scene())
    standing = {(x, y): int(states.monster_at[0, y, x]) for y, x in np.argwhere(states.monster_at[0] >= 0)}
    assert standing == {scene.LEADER: 0, scene.PARTNER: 1, scene.ENEMY_NEAR: 4, scene.ENEMY_FAR: 6}
    lying = {(x, y): int(states.object_at[0, y, x]) for y, x in np.argwhere(states.object_at[0] >= 0)}
    assert lying == {scene.ITEM: 0, scene.MONEY: 3, scene.TRAP: 64}
    assert states.items[0, [0, 3]]["known"].tolist() == [1, 0]
    assert states.items[0, 3]["item"].tolist() == (1, 2, 105)
    assert (states.traps[0, 0]["known"], states.traps[0, 0]["trap"]["id"]) == (1, 9)


def test_corridor_sight_is_a_square_of_the_floors_radius() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    dungeon["entities"][0]["pos"] = (20, scene.CORRIDOR_Y)
    assert decode(ram).sight[0].tolist() == [18, 7, 22, 11]
    dungeon["visibility_range"] = 1
    assert decode(ram).sight[0].tolist() == [19, 8, 21, 10]
    dungeon["blinded"] = 1
    assert decode(ram).sight[0].tolist() == [-1, -1, -1, -1]


@pytest.mark.parametrize(
    ("pointer", "program_mode", "mode"),
    [
        (0, 0, Mode.TITLE),
        (0, 2, Mode.GROUND),
        (0, 1, Mode.UNKNOWN),
        (0x02003AF6, 1, Mode.UNKNOWN),
        (layout.HEAP_BEGIN - 4, 1, Mode.UNKNOWN),
        (layout.HEAP_END - layout.DUNGEON.itemsize + 4, 1, Mode.UNKNOWN),
        (0x08000000, 1, Mode.UNKNOWN),
    ],
)
def test_an_image_outside_dungeons_has_its_mode_and_nothing_else(pointer: int, program_mode: int, mode: Mode) -> None:
    ram = scene.scene()
    variables = scene.globals_of(ram)
    variables["dungeon"], variables["program_mode"] = pointer, program_mode
    expected = blank()
    expected["mode"] = mode
    assert decode(ram).records.tobytes() == expected.tobytes()


@pytest.mark.parametrize("address", [layout.HEAP_BEGIN, layout.HEAP_END - layout.DUNGEON.itemsize, 0x02007000])
def test_the_dungeon_is_found_anywhere_in_the_heap(address: int) -> None:
    moved, usual = decode(scene.scene(address)), decode(scene.scene())
    for name in set(STATE.names or ()) - {"dungeon_address"}:
        assert np.array_equal(moved.records[name], usual.records[name]), name
    assert moved.dungeon_address[0] == address


def test_strided_and_read_only_images_decode_alike() -> None:
    wide = np.zeros((3, layout.EWRAM_SIZE + 4096), np.uint8)
    strided = wide[:, : layout.EWRAM_SIZE]
    strided[:] = scene.scene()
    expected = decode(np.ascontiguousarray(strided)).records.tobytes()
    assert decode(strided).records.tobytes() == expected
    strided.flags.writeable = False
    assert decode(strided).records.tobytes() == expected


def test_a_decoder_forgets_what_it_decoded_before() -> None:
    decoder = Decoder(2)
    ram = np.stack([scene.scene(), scene.scene(message=True)])
    kept = decoder.decode(ram).copy()
    assert decoder.decode(np.zeros_like(ram)).mode.tolist() == [Mode.TITLE, Mode.TITLE]
    assert not decoder.states.monsters["exists"].any()
    assert decoder.decode(ram).records.tobytes() == kept.records.tobytes()


def test_only_the_wanted_rows_are_decoded() -> None:
    decoder = Decoder(3)
    ram = np.stack([scene.scene()] * 3)
    states = decoder.decode(ram, env_ids=[2, 0])
    assert states.mode.tolist() == [Mode.DUNGEON, Mode.UNKNOWN, Mode.DUNGEON]
    assert states.take([2]).leader.tolist() == [0]
    with pytest.raises(ConfigError, match=r"images 0\.\.2"):
        decoder.decode(ram, env_ids=[3])


@pytest.mark.parametrize(
    "ram", [np.zeros((1, 100), np.uint8), np.zeros((2, 262144), np.uint8), np.zeros((1, 262144), np.int8)]
)
def test_wrong_arrays_are_refused(ram: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ConfigError, match="one EWRAM image per row"):
        Decoder(1).decode(ram)


def test_images_with_scattered_bytes_are_refused() -> None:
    with pytest.raises(ConfigError, match="contiguous"):
        Decoder(1).decode(np.zeros((1, 2 * layout.EWRAM_SIZE), np.uint8)[:, ::2])
    with pytest.raises(ConfigError, match="at least one"):
        Decoder(0)


def fair(ram: np.ndarray[Any, Any]) -> tuple[list[int], list[int], int, int]:
    """What a player knows of the scene: monsters shown, items known, trap known, stairs known."""
    states = decode(ram)
    monsters = np.flatnonzero(states.monsters["in_sight"][0]).tolist()
    items = np.flatnonzero(states.items["known"][0]).tolist()
    return monsters, items, int(states.traps["known"][0, 0]), int(states.stairs_known[0])


FAIR_CASES: list[tuple[dict[str, Any], Any]] = [
    ({}, ([0, 1, 4], [0], 1, 0)),
    ({"blinded": 1}, ([0, 1], [], 1, 0)),
    ({"show_all_monsters": 1}, ([0, 1, 4, 6], [0], 1, 0)),
    ({"show_all_items": 1}, ([0, 1, 4], [0, 3], 1, 0)),
    ({"show_stairs": 1}, ([0, 1, 4], [0], 1, 1)),
    ({"map_revealed": 1}, ([0, 1, 4, 6], [0], 1, 1)),
]


@pytest.mark.parametrize(("fields", "expected"), FAIR_CASES)
def test_only_what_the_player_can_see_is_known(fields: dict[str, Any], expected: Any) -> None:
    ram = scene.scene()
    for name, value in fields.items():
        scene.dungeon_of(ram)[name] = value
    assert fair(ram) == expected


def test_bright_floors_show_the_screen_and_dark_ones_the_sight_alone() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    dungeon["entities"][0]["pos"] = (
        15,
        scene.CORRIDOR_Y,
    )  # the corridor, five tiles from the enemy's edge of the screen
    assert fair(ram)[0] == [0, 1, 4]
    dungeon["lit_floor"], dungeon["visibility_range"] = 0, 1
    assert fair(ram)[0] == [0, 1]


def test_hidden_things_show_only_to_those_who_see_the_hidden() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    dungeon["monsters"][4]["conceal_status"] = 1
    dungeon["trap_entities"][0]["visible"] = 0
    assert fair(ram)[::2] == ([0, 1], 0)
    dungeon["show_hidden"] = 1
    assert fair(ram)[::2] == ([0, 1, 4], 1)
    dungeon["entities"][4]["visible"] = 0
    assert fair(ram)[0] == [0, 1]
