"""Scenes thrown about: valid pointers and places, everything else random, to compare fast readers with plain ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from tests.doubles.scene import dungeon_of, globals_of, scene

ADDRESSES = (layout.OBSERVED_DUNGEON_ADDRESS, layout.HEAP_BEGIN, layout.HEAP_END - layout.DUNGEON.itemsize & ~3)
FLAGS = ("blinded", "map_revealed", "lit_floor", "show_all_monsters", "show_all_items", "show_hidden", "show_stairs")


def fuzzed_scene(seed: int) -> NDArray[np.uint8]:
    """EWRAM image, (262144,) uint8, of a floor that no generator would make."""
    random = np.random.default_rng(seed)
    address = ADDRESSES[seed % len(ADDRESSES)]
    ram = scene(address)
    dungeon = dungeon_of(ram, address)
    _scatter_tiles(dungeon, random)
    _scatter_monsters(dungeon, address, random)
    _scatter_objects(dungeon, address, random)
    for name in FLAGS:
        dungeon[name] = random.random() < 0.15
    dungeon["visibility_range"], dungeon["weather"] = random.integers(4), random.integers(9)
    dungeon["tileset"], dungeon["fixed_room"] = random.integers(-1, 80), random.integers(60) * (random.random() < 0.3)
    dungeon["stairs"] = tuple(random.integers(-1, 32, 2))
    _fill_bag(globals_of(ram), random)
    return ram


def _scatter_tiles(dungeon: Any, random: np.random.Generator) -> None:
    tiles = dungeon["tiles"]
    shape = tiles.shape
    tiles["terrain"] = random.integers(0x400, size=shape) & random.integers(0x400, size=shape)
    tiles["terrain"][[0, -1], :] |= 0x10
    tiles["terrain"][:, [0, -1]] |= 0x10
    tiles["visibility"] = random.integers(4, size=shape)
    tiles["room"] = random.choice([0, 1, layout.CORRIDOR], size=shape)
    for name in ("walk_normal", "walk_liquid", "walk_chasm", "walk_wall"):
        tiles[name] = random.integers(256, size=shape)
    tiles["monster"], tiles["object"] = 0, 0
    for room in dungeon["rooms"][:2]:
        room["x_min"], room["y_min"] = random.integers(1, 30), random.integers(1, 20)
        room["x_end"], room["y_end"] = room["x_min"] + random.integers(3, 12), room["y_min"] + random.integers(3, 9)


def _scatter_monsters(dungeon: Any, address: int, random: np.random.Generator) -> None:
    base = address + layout.field("Dungeon.team_entities").offset
    leader = int(random.integers(4))
    middle = random.integers(1, 55), random.integers(1, 31)
    for slot in range(layout.MAX_MONSTERS):
        entity, monster = dungeon["entities"][slot], dungeon["monsters"][slot]
        entity["kind"] = 1 if slot == leader else int(random.random() < 0.6)
        x = int(np.clip(middle[0] + random.integers(-9, 10), 1, 54))
        y = int(np.clip(middle[1] + random.integers(-7, 8), 1, 30))
        if not entity["kind"] or dungeon["tiles"]["monster"][y, x]:
            entity["kind"] = 0
            continue
        entity["pos"], entity["visible"] = (x, y), random.random() < 0.8
        dungeon["tiles"]["monster"][y, x] = base + slot * layout.ENTITY.itemsize
        _randomise(monster, random)
        monster["is_leader"], monster["is_enemy"] = slot == leader, slot >= 4 and random.random() < 0.8
    if not dungeon["entities"][leader]["kind"]:
        dungeon["entities"][leader]["kind"], dungeon["entities"][leader]["pos"] = 1, middle


def _randomise(monster: Any, random: np.random.Generator) -> None:
    monster["species"] = random.integers(424)
    monster["hp"], monster["max_hp"], monster["level"] = random.integers((0, 1, 1), (99, 99, 100))
    monster["direction"], monster["shopkeeper"] = random.integers(8), random.integers(4) * (random.random() < 0.2)
    monster["type1"], monster["type2"] = random.integers(18, size=2)
    monster["sleep_status"] = random.integers(6)
    for name in ("freeze", "cringe", "conceal", "charge", "burn"):
        count = max(layout.enum(f"status_{name}"))
        monster[f"{name}_status"] = random.integers(count + 1) * (random.random() < 0.3)
    monster["iq_skills"] = random.integers(256, size=3) * (random.random() < 0.2)
    monster["held_item"] = (random.integers(16), 0, random.choice([9, 55]))
    monster["belly"] = (random.integers(101), random.integers(1000))
    monster["attack_stage"], monster["exp"] = random.integers(21), random.integers(10**7)
    for move in monster["moves"]:
        values = random.integers(256), random.integers(2), random.integers(420), random.integers(3), 0
        move["flags"], move["flags2"], move["id"], move["pp"], move["boost"] = values


def _scatter_objects(dungeon: Any, address: int, random: np.random.Generator) -> None:
    base = address + layout.field("Dungeon.team_entities").offset
    dungeon["all_entities"]["kind"][20:] = 0
    for index in random.choice(np.arange(20, 148), 60, replace=False):
        entity = dungeon["all_entities"][index]
        x, y = random.integers(1, 55), random.integers(1, 31)
        entity["kind"], entity["pos"], entity["visible"] = (3 if index < 84 else 2), (x, y), random.random() < 0.5
        dungeon["tiles"]["object"][y, x] = base + index * layout.ENTITY.itemsize + 4 * (random.random() < 0.05)
    dungeon["floor_items"]["id"] = random.integers(242, size=64)
    dungeon["floor_traps"]["id"] = random.integers(20, size=64)


def _fill_bag(variables: Any, random: np.random.Generator) -> None:
    variables["money"] = random.integers(100_000)
    for slot in range(layout.BAG_SLOTS):
        variables["inventory_data"]["bag"][slot] = (random.integers(16), random.integers(9), random.integers(242))
