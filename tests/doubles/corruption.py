"""Images that are almost right: a valid scene with wild values in the places a decoder must distrust."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from tests.doubles import scene

_DUNGEON_FIELDS = (
    "dungeon_id", "floor", "floor_limit", "turns_left", "stairs", "weather", "visibility_range", "blinded",
    "show_hidden",
    "show_all_monsters", "map_revealed", "lit_floor", "show_all_items", "show_stairs", "floor_ready", "input_wait",
    "map_screen", "has_inventory",
    "tileset", "fixed_room", "exit_reason", "floor_result", "exit_requested",
)  # fmt: skip
_GLOBALS = ("text_state", "text_flags", "ui_mode", "brightness", "floor_shown", "fading", "program_mode", "money")
_ARRAYS = (("Monster", "team_info"), ("Entity", "team_entities"), ("Monster", "wild_info"))
_EDGES = (0, 1, 2, 3, 4, 7, 9, 10, 20, 31, 38, 55, 56, 100, 127, 128, 254, 255)


def corrupted(seed: int) -> NDArray[np.uint8]:
    """Image number `seed`: (262144,) uint8; the kind of corruption goes round with the seed."""
    random = np.random.default_rng(seed)
    if seed % 50 == 48:
        return random.integers(0, 256, layout.EWRAM_SIZE, np.uint8)
    if seed % 50 == 49:
        return np.zeros(layout.EWRAM_SIZE, np.uint8)
    address = _address(random)
    image = scene.scene(address, message=bool(seed % 3 == 0))
    for _ in range(1 + seed % 4):
        _CORRUPTIONS[random.integers(len(_CORRUPTIONS))](random, image, address)
    return image


def _address(random: np.random.Generator) -> int:
    last = layout.HEAP_END - layout.DUNGEON.itemsize
    return int(random.choice((layout.OBSERVED_DUNGEON_ADDRESS, layout.HEAP_BEGIN, last, layout.HEAP_BEGIN + 4 * 777)))


def _pointer(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    last = layout.HEAP_END - layout.DUNGEON.itemsize
    wrong = (0, address + 1, address + 2, address + 4, layout.HEAP_BEGIN - 4, last + 4, 0xFFFFFFFC)
    scene.globals_of(image)["dungeon"] = random.choice(np.array([*wrong, random.integers(2**32)], np.uint32))
    scene.globals_of(image)["program_mode"] = random.integers(4)


def _bytes(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    start = address - layout.EWRAM_BASE
    places = start + random.integers(0, layout.DUNGEON.itemsize, 2000)
    image[places] = random.integers(0, 256, places.size, np.uint8)


def _header(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    for name in random.choice(_DUNGEON_FIELDS, 3):
        _scramble(random, _part(image, address, str(name)))


def _part(image: NDArray[np.uint8], address: int, name: str) -> NDArray[np.uint8]:
    field = layout.field(f"Dungeon.{name}")
    start = address - layout.EWRAM_BASE + field.offset
    return image[start : start + field.dtype.itemsize]


def _variables(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    for name in random.choice(_GLOBALS, 2):
        variable = layout.global_variable(name)
        _scramble(random, image[variable.offset : variable.offset + variable.dtype.itemsize])


def _scramble(random: np.random.Generator, part: NDArray[np.uint8]) -> None:
    """A small number that stands at an edge, or noise."""
    if random.random() < 0.75:
        part[:] = 0
        part[0] = random.choice(_EDGES)
    else:
        part[:] = random.integers(0, 256, part.size, np.uint8)


def _records(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    """Fields of monster records and entities, mostly of slots in use."""
    for _ in range(12):
        kind, array = _ARRAYS[random.integers(len(_ARRAYS))]
        field = random.choice(np.array(list(layout.fields(kind).values()), dtype=object))
        start = address - layout.EWRAM_BASE + layout.field(f"Dungeon.{array}").offset
        start += int(random.integers(3)) * layout.struct(kind).itemsize + field.offset
        _scramble(random, image[start : start + field.dtype.itemsize])


def _kinds(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    entities = scene.dungeon_of(image, address)["all_entities"]
    for slot in random.integers(0, len(entities), 40):
        entities[slot]["kind"] = random.choice((0, 1, 2, 3, 4, 2**32 - 1))
        entities[slot]["pos"] = tuple(random.choice((-1, 0, 5, 31, 32, 55, 56, 300), 2))


def _objects(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    for name in ("floor_items", "floor_traps", "item_entities", "trap_entities"):
        part = _part(image, address, name)
        places = random.integers(0, part.size, 30)
        part[places] = random.integers(0, 256, places.size, np.uint8)


def _tile_pointers(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    dungeon = scene.dungeon_of(image, address)
    first = address + layout.field("Dungeon.team_entities").offset
    for _ in range(60):
        slot, slip = random.integers(-3, 152), random.choice((0, 0, 0, 1, 58, 115))
        y, x = random.integers(layout.MAP_HEIGHT), random.integers(layout.MAP_WIDTH)
        name = random.choice(("monster", "object"))
        dungeon["tiles"][y, x][name] = (first + int(slot) * layout.ENTITY.itemsize + int(slip)) % 2**32


def _rooms(random: np.random.Generator, image: NDArray[np.uint8], address: int) -> None:
    rooms = scene.dungeon_of(image, address)["rooms"]
    for index in random.integers(0, len(rooms), 6):
        rooms[index]["exists"] = random.choice((0, 1, 1, 2))
        for name in ("x_min", "y_min", "x_end", "y_end"):
            rooms[index][name] = random.choice((-9999, -1, 0, 5, 20, 32, 33, 56, 57, 9999))


_CORRUPTIONS: tuple[Callable[[np.random.Generator, NDArray[np.uint8], int], None], ...] = (
    _pointer, _bytes, _header, _variables, _records, _kinds, _objects, _tile_pointers, _rooms,
)  # fmt: skip
