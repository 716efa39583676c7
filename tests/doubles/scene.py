"""A hand-made EWRAM image of Tiny Woods 1F, written through the layout: what a decoder should find is known by heart.

It resembles the situation of a real game: two rooms joined by a corridor, Charmander and Squirtle at level 5, two
enemies, an item, money, a trap, and a text box that waits or a leader that may act.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout

ROOMS = ((5, 5, 14, 12), (30, 8, 42, 18))  # x_min, y_min, x_end, y_end
CORRIDOR_Y = 9
STAIRS = (38, 12)
LEADER, PARTNER = (9, 8), (8, 8)
ENEMY_NEAR, ENEMY_FAR = (12, 10), (35, 14)
ITEM, MONEY, TRAP = (6, 6), (33, 9), (11, 6)
MESSAGE = b"#+There are #c0stairs#R ahead.#nDon~27t get lost#c;~2c Jim!"
MESSAGE_TEXT = "There are stairs ahead.\nDon't get lost, Jim!"


def scene(address: int = layout.OBSERVED_DUNGEON_ADDRESS, message: bool = False) -> NDArray[np.uint8]:
    """EWRAM image, (262144,) uint8, with the dungeon object at `address`; the leader may act unless `message`."""
    ram = np.zeros(layout.EWRAM_SIZE, np.uint8)
    dungeon = dungeon_of(ram, address)
    _write_globals(ram.view(layout.EWRAM)[0], address, message)
    _write_floor(dungeon)
    _write_map(dungeon)
    _write_team(dungeon, address)
    _write_enemies(dungeon, address)
    _write_objects(dungeon, address)
    return ram


def dungeon_of(ram: NDArray[np.uint8], address: int = layout.OBSERVED_DUNGEON_ADDRESS) -> Any:
    """The dungeon object of an image, for reading and writing."""
    start = address - layout.EWRAM_BASE
    return ram[start : start + layout.DUNGEON.itemsize].view(layout.DUNGEON)[0]


def globals_of(ram: NDArray[np.uint8]) -> Any:
    """The global variables of an image, for reading and writing."""
    return ram.view(layout.EWRAM)[0]


def _write_globals(variables: Any, address: int, message: bool) -> None:
    variables["dungeon"], variables["program_mode"] = address, 1
    variables["leader_entity"] = address + layout.field("Dungeon.team_entities").offset
    variables["floor_shown"], variables["brightness"] = 1, 31
    variables["rng_dungeon"] = 0x12345678
    variables["inventory_data"]["money"], variables["inventory_data"]["savings"] = 120, 3000
    for slot, (item, quantity) in enumerate(((69, 0), (7, 5))):
        variables["inventory_data"]["bag"][slot] = (1, quantity, item)
    if message:
        variables["text_state"], variables["text_flags"], variables["ui_mode"] = 9, 1, 2
        variables["windows"][0]["width"] = 28
        variables["text_buffer"][: len(MESSAGE)] = np.frombuffer(MESSAGE, np.uint8)
        end = layout.global_variable("text_buffer").address + len(MESSAGE)
        variables["text_cursor"] = end


def _write_floor(dungeon: Any) -> None:
    dungeon["floor_ready"], dungeon["input_wait"] = 1, 1
    dungeon["dungeon_id"], dungeon["floor"], dungeon["floor_limit"] = 0, 1, 4
    dungeon["turns_left"], dungeon["weather"] = 987, 4
    dungeon["dungeon_seed"], dungeon["floor_seed"] = 0x123457, 0x654321
    dungeon["stairs"] = STAIRS
    dungeon["lit_floor"], dungeon["has_inventory"] = 1, 1
    dungeon["camera_pixel"] = (LEADER[0] * 24 + 12 - 120, LEADER[1] * 24 + 16 - 80)


def _write_map(dungeon: Any) -> None:
    tiles = dungeon["tiles"]
    tiles["room"] = layout.CORRIDOR
    tiles["terrain"][[0, -1], :] |= 0x110
    tiles["terrain"][:, [0, -1]] |= 0x110
    dungeon["room_count"] = len(ROOMS)
    dungeon["rooms"]["x_min"], dungeon["rooms"]["y_min"] = 9999, 9999
    for index, (x_min, y_min, x_end, y_end) in enumerate(ROOMS):
        room = dungeon["rooms"][index]
        room["exists"], room["discovered"] = 1, index == 0
        room["x_min"], room["y_min"], room["x_end"], room["y_end"] = x_min, y_min, x_end, y_end
        tiles["terrain"][y_min:y_end, x_min:x_end] |= 1
        tiles["room"][y_min:y_end, x_min:x_end] = index
    tiles["terrain"][CORRIDOR_Y, ROOMS[0][2] : ROOMS[1][0]] |= 1
    tiles["terrain"][STAIRS[1], STAIRS[0]] |= 0x200
    tiles["terrain"][7, 7] = 2
    x_min, y_min, x_end, y_end = ROOMS[0]
    tiles["visibility"][y_min - 1 : y_end + 1, x_min - 1 : x_end + 1] = 3
    tiles["walk_normal"], tiles["walk_wall"] = 0x55, 0xFF


def _write_team(dungeon: Any, address: int) -> None:
    put_monster(dungeon, 0, LEADER, 4, 5, is_leader=1, address=address)
    put_monster(dungeon, 1, PARTNER, 7, 5, address=address)
    leader, partner = dungeon["monsters"][0], dungeon["monsters"][1]
    leader["direction"], partner["direction"] = 2, 2
    leader["belly"], leader["max_belly"] = (87, 500), (100, 0)
    leader["moves"][0], leader["moves"][1] = (5, 0, 75, 20, 0), (5, 0, 115, 13, 1)
    partner["team_index"], partner["held_item"] = 1, (1, 0, 55)
    partner["burn_status"], partner["burn_turns"] = 2, 127


def _write_enemies(dungeon: Any, address: int) -> None:
    put_monster(dungeon, 4, ENEMY_NEAR, 16, 1, is_enemy=1, address=address)
    put_monster(dungeon, 6, ENEMY_FAR, 293, 2, is_enemy=1, address=address)
    dungeon["monsters"][4]["sleep_status"], dungeon["monsters"][4]["sleep_turns"] = 1, 5


def _write_objects(dungeon: Any, address: int) -> None:
    base = address + layout.field("Dungeon.team_entities").offset
    for slot, kind, (x, y) in ((20, 3, ITEM), (23, 3, MONEY), (84, 2, TRAP)):
        entity = dungeon["all_entities"][slot]
        entity["kind"], entity["pos"], entity["visible"] = kind, (x, y), 1
        dungeon["tiles"][y, x]["object"] = base + slot * layout.ENTITY.itemsize
    dungeon["floor_items"][0], dungeon["floor_items"][3] = (1, 0, 69), (1, 2, 105)
    dungeon["floor_traps"][0] = (9, 0)
    dungeon["item_limit"] = 4


def put_monster(
    dungeon: Any, slot: int, tile: tuple[int, int], species: int, level: int, *,
    is_enemy: int = 0, is_leader: int = 0, address: int = layout.OBSERVED_DUNGEON_ADDRESS,
) -> None:  # fmt: skip
    """A healthy monster in a slot (0..3 team, 4..19 wild) on a tile, pointers included."""
    entity, record = dungeon["entities"][slot], dungeon["monsters"][slot]
    x, y = tile
    entity["kind"], entity["pos"], entity["visible"] = 1, tile, 1
    entity["slot"], entity["room"] = slot if slot < 4 else slot - 4, dungeon["tiles"][y, x]["room"]
    entity["spawn_id"] = 10 + slot
    entity["info"] = address + layout.field("Dungeon.team_info").offset + slot * layout.MONSTER.itemsize
    record["species"], record["apparent_species"], record["level"] = species, species, level
    record["is_enemy"], record["is_leader"] = is_enemy, is_leader
    record["hp"], record["max_hp"], record["exp"] = 19, 23, 100 * level
    for name in ("attack", "sp_attack", "defense", "sp_defense"):
        record[name], record[f"{name}_stage"], record[f"{name}_mult"] = 11, 10, 256
    record["accuracy_stage"], record["evasion_stage"], record["speed_stage"] = 10, 10, 1
    record["type1"], record["ability1"] = 1, 1
    entities = address + layout.field("Dungeon.team_entities").offset
    dungeon["tiles"][y, x]["monster"] = entities + slot * layout.ENTITY.itemsize
