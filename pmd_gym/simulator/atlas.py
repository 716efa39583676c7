"""All pictures the screen kernels copy from, as plain arrays: small ones at once, species and tilesets when first seen.

A species costs about ten milliseconds to draw and a screen shows few of them, so `add` is called by `render`
for what an image needs and is not here yet. Two threads may add the same picture; both write the same pixels, and the
mark that it is ready is set last.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from pmd_gym.simulator.art import font, furniture, items, outlines, solid, sprites, textures, tilesets

ITEM_COUNT = 240
NAME_LENGTH = 24
WORDS = ("Moves", "Items", "Team", "Others", "Ground", "Yes", "No", "F", "Lv", "HP", "Belly")
"""Words of the menus and the status line; the first five are the main menu in its order."""
FAMILY_BASE = 1000
"""`needed` kernels answer a species id, or this plus a tileset family."""


_FAMILIES, _STYLES = len(tilesets.FAMILIES), len(outlines.PROFILES)
_TILE, _SIZE = outlines.TILE, solid.SIZE

ATLAS = np.dtype([
    ("family_of_tileset", "u1", (tilesets.TILESET_COUNT,)),
    ("family_ready", "u1", (_FAMILIES,)),
    ("patterns", "<u4", (_FAMILIES, tilesets.CODE_COUNT, textures.SPAN, textures.SPAN)),
    ("wall_style", "u1", (_FAMILIES,)),
    ("wall_shapes", "u1", (_STYLES, 2, 256, _TILE, _TILE)),
    ("liquid_shapes", "u1", (256, _TILE, _TILE)),
    ("litter_of_family", "u1", (_FAMILIES, 3)),
    ("litter", "<u4", (len(furniture.LITTER_NAMES), _TILE, _TILE)),
    ("stairs", "<u4", (2, _TILE, _TILE)),  # down, up
    ("stairs_up", "u1", (256,)),  # by dungeon id
    ("traps", "<u4", (furniture.TRAP_COUNT, _TILE, _TILE)),
    ("items", "<u4", (ITEM_COUNT, items.ICON, items.ICON)),
    ("species_ready", "u1", (sprites.SPECIES_COUNT,)),
    ("sprites", "<u4", (sprites.SPECIES_COUNT, solid.FACINGS, _SIZE, _SIZE)),
    ("boxes", "<i4", (sprites.SPECIES_COUNT, solid.FACINGS, 4)),  # top, bottom, left, right of what is not empty
    ("glyphs", "u1", (font.LAST - font.FIRST + 1, font.HEIGHT, font.WIDTH)),
    ("glyph_widths", "u1", (font.LAST - font.FIRST + 1,)),
    ("glyph_of_byte", "u1", (256,)),  # game encoding -> glyph
    ("action_names", "u1", (80, NAME_LENGTH)),  # zero-terminated ASCII
    ("item_names", "u1", (ITEM_COUNT, NAME_LENGTH)),
    ("words", "u1", (len(WORDS), NAME_LENGTH)),
])  # fmt: skip
"""The pictures as one record, which a kernel receives as one pointer. Pixels are 0xAARRGGBB; patterns have no alpha."""


@cache
def atlas() -> NDArray[np.void]:
    """The one atlas of this process, an array of one record; pages of pictures not drawn yet take no memory."""
    table = np.zeros(1, ATLAS)
    record = table[0]
    styles = list(outlines.PROFILES)
    record["family_of_tileset"] = tilesets.family_of_tileset()
    for number, family in enumerate(tilesets.FAMILIES):
        record["wall_style"][number] = styles.index(family.wall)
        record["litter_of_family"][number] = [furniture.LITTER_NAMES.index(name) for name in family.litter.split()]
    record["liquid_shapes"] = outlines.liquid_shapes()
    record["litter"] = [furniture.litter(name) for name in furniture.LITTER_NAMES]
    record["stairs"] = [furniture.stairs(up) for up in (False, True)]
    record["stairs_up"] = _stairs_up()
    record["traps"] = [furniture.trap(number) for number in range(furniture.TRAP_COUNT)]
    record["items"] = [items.icon(item, _category(item)) for item in range(ITEM_COUNT)]
    record["glyphs"], record["glyph_widths"] = font.bitmaps(), font.widths()
    record["glyph_of_byte"] = _glyph_of_byte()
    record["action_names"] = _names("dungeon_action", 80)
    record["item_names"] = _names("item", ITEM_COUNT)
    record["words"] = _text_rows(list(WORDS))
    return table


def add(wanted: int) -> None:
    """Draw a species (its id) or a tileset family (`FAMILY_BASE` plus its number) into the atlas."""
    record = atlas()[0]
    if wanted >= FAMILY_BASE:
        _add_family(record, wanted - FAMILY_BASE)
    else:
        _add_species(record, wanted)


def _add_family(record: np.void, family: int) -> None:
    style = int(record["wall_style"][family])
    record["wall_shapes"][style] = outlines.wall_shapes(list(outlines.PROFILES)[style])
    record["patterns"][family] = tilesets.patterns(family)
    record["family_ready"][family] = 1


def _add_species(record: np.void, species: int) -> None:
    pictures = sprites.sheet(species)
    record["sprites"][species] = pictures
    for facing, picture in enumerate(pictures):
        rows, columns = np.nonzero(picture)
        record["boxes"][species, facing] = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    record["species_ready"][species] = 1


def _category(item: int) -> int:
    entry = layout.enum("item").get(item)
    return int(entry["category"]) if isinstance(entry, dict) else 8


def _stairs_up() -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for number, entry in layout.enum("dungeon").items():
        table[number] = isinstance(entry, dict) and bool(entry.get("stairs_up"))
    return table


def _glyph_of_byte() -> NDArray[np.uint8]:
    """Glyph of each byte of the game's text (Windows-1252 with its own marks), a question mark where there is none."""
    table = np.full(256, ord("?") - font.FIRST, np.uint8)
    table[font.FIRST : font.LAST + 1] = np.arange(font.LAST - font.FIRST + 1)
    stand_ins = {0x85: ".", 0x91: "'", 0x92: "'", 0x93: '"', 0x94: '"', 0x95: "*", 0xBD: "m", 0xBE: "f", 0xD7: "x",
                 0xE8: "e", 0xE9: "e", 0xEA: "e"}  # fmt: skip
    for code, character in stand_ins.items():
        table[code] = ord(character) - font.FIRST
    return table


def _names(enum: str, count: int) -> NDArray[np.uint8]:
    return _text_rows(
        [layout.enum_name(enum, number) if number in layout.enum(enum) else "" for number in range(count)]
    )


def _text_rows(lines: list[str]) -> NDArray[np.uint8]:
    """Lines of ASCII as zero-terminated rows, (n, NAME_LENGTH)."""
    rows = np.zeros((len(lines), NAME_LENGTH), np.uint8)
    for row, line in zip(rows, lines, strict=True):
        code = line.encode("ascii", "replace")[: NAME_LENGTH - 1]
        row[: len(code)] = np.frombuffer(code, np.uint8)
    return rows
