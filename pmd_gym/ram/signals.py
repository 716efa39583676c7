"""What one game waits for, in plain Python: cheap enough to ask after every frame of an emulator.

The rules are the `signals` of the RAM map; `kernels._read_signals` states them for batches and a test holds both
together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Any, TypeAlias

import numpy as np

from pmd_gym.ram import layout
from pmd_gym.ram.state import Awaiting

Image: TypeAlias = Any
"""262,144 bytes of EWRAM: bytes, a memoryview, or a contiguous (262144,) uint8 array; 3.11 has no type for buffers."""


class _Reader:
    """Reads one number of an image at a fixed place."""

    __slots__ = ("_offset", "_unpack")

    def __init__(self, offset: int, dtype: np.dtype[Any]) -> None:
        self._unpack, self._offset = Struct(f"<{dtype.char}").unpack_from, offset

    def __call__(self, ram: Image, base: int = 0) -> int:
        value: int = self._unpack(ram, base + self._offset)[0]
        return value


def _variable(name: str) -> _Reader:
    variable = layout.global_variable(name)
    return _Reader(variable.offset, variable.dtype)


def _field(path: str) -> _Reader:
    field = layout.field(path)
    return _Reader(field.offset, field.dtype)


def _fields(*members: tuple[int, np.dtype[Any]]) -> Struct:
    """A `Struct` that reads (offset, dtype) members, in order of offset, and skips what lies between them."""
    code, end = "<", 0
    for offset, dtype in members:
        code += f"{offset - end}x{dtype.char}"
        end = offset + dtype.itemsize
    return Struct(code)


def _placed(base: int, *paths: str) -> list[tuple[int, np.dtype[Any]]]:
    """(offset, dtype) of fields of an object at `base`."""
    return [(base + offset, dtype) for offset, dtype in _members(*paths)]


def _members(*paths: str) -> list[tuple[int, np.dtype[Any]]]:
    return [(layout.field(path).offset, layout.field(path).dtype) for path in paths]


_dungeon, _text_state, _text_flags = _variable("dungeon"), _variable("text_state"), _variable("text_flags")
_ui_mode, _brightness = _variable("ui_mode"), _variable("brightness")
_floor_shown, _fading = _variable("floor_shown"), _variable("fading")
_submenu_action = _Reader(
    layout.global_variable("dungeon_submenu").offset + layout.field("SubMenuEntry.action").offset,
    layout.field("SubMenuEntry.action").dtype,
)
_dungeon_id, _floor, _action = _field("Dungeon.dungeon_id"), _field("Dungeon.floor"), _field("Monster.action")
_floor_ready, _input_wait = _field("Dungeon.floor_ready"), _field("Dungeon.input_wait")
_map_screen = _field("Dungeon.map_screen")

_POS = layout.field("Entity.pos").offset
_COORDINATE = layout.field("Pos.x").dtype
_KIND_AND_TILE = _fields(
    *_members("Entity.kind"),
    (_POS + layout.field("Pos.x").offset, _COORDINATE),
    (_POS + layout.field("Pos.y").offset, _COORDINATE),
).unpack_from
_VARIABLES = ("dungeon", "text_state", "text_flags", "ui_mode", "brightness", "floor_shown", "fading")
_DUNGEON_FIELDS = tuple(
    f"Dungeon.{name}" for name in ("dungeon_id", "floor", "floor_ready", "input_wait", "map_screen")
)
_MONSTER_FIELDS = tuple(f"Monster.{name}" for name in ("species", "is_leader", "level", "hp", "max_hp"))
_MONSTER = _fields(*_members(*_MONSTER_FIELDS)).unpack_from
_ENTITIES, _MONSTERS = layout.field("Dungeon.team_entities").offset, layout.field("Dungeon.team_info").offset
_ENTITY_SIZE, _MONSTER_SIZE = layout.ENTITY.itemsize, layout.MONSTER.itemsize

_DUNGEON_SIZE = layout.DUNGEON.itemsize
_MAX_DUNGEON_ID = len(layout.enum("dungeon")) - 1
_MAX_FLOOR, _MAX_LEVEL, _MAX_HP = 99, 100, 999
_MAX_SPECIES = len(layout.enum("species")) - 1
_STAIRS_ACTION = 38  # dungeon_submenu[0].action of the stairs prompt
_FULL_BRIGHTNESS = 31
_WAITING_TEXT = (7, 8, 9)
_FREE_SCREENS = (0, 3)
_MENU_SCREENS = (6, 7, 8, 9, 10)


def awaiting(ram: Image) -> Awaiting:
    """What the game in an EWRAM image, (262144,) uint8, waits for; the topmost thing on screen decides.

    A pointer to a dungeon that cannot be one counts as no dungeon.
    """
    base = dungeon_offset(ram)
    if base < 0:
        return Awaiting.NO_DUNGEON
    text = _text_state(ram)
    if text:
        return _of_text(text, _text_flags(ram))
    screen, map_screen = _ui_mode(ram), _map_screen(ram, base)
    if screen in _MENU_SCREENS or map_screen == 1:
        return Awaiting.MENU
    free = screen in _FREE_SCREENS and map_screen == 0 and _input_wait(ram, base) == 1
    if free and _floor_playable(ram, base) and _leader_action(ram, base) == 0:
        return Awaiting.COMMAND
    return Awaiting.BUSY


def signal_reader(ram: Image) -> Callable[[Image], tuple[int, ...]]:
    """Reads everything that `awaiting` may look at, in one call, for images with the dungeon where it is in this one.

    As long as it gives the same numbers, `awaiting` gives the same answer; the pointer to the dungeon is among them.
    """
    address = _dungeon(ram)
    base = address - layout.EWRAM_BASE if _may_be_dungeon(address) else -1
    return _signals(base).unpack_from


@lru_cache(maxsize=16)
def _signals(base: int) -> Struct:
    """All fields behind the signals, in order of offset; only the global variables without a dungeon (base -1)."""
    variables = [layout.global_variable(name) for name in _VARIABLES]
    members = [(variable.offset, variable.dtype) for variable in variables]
    if base >= 0:
        members += _placed(base, *_DUNGEON_FIELDS)
        for slot in range(layout.MAX_TEAM):
            entity = base + _ENTITIES + slot * _ENTITY_SIZE
            members += _placed(entity, "Entity.kind") + _placed(entity + _POS, "Pos.x", "Pos.y")
            members += _placed(base + _MONSTERS + slot * _MONSTER_SIZE, *_MONSTER_FIELDS, "Monster.action")
    return _fields(*sorted(members, key=lambda member: member[0]))


def stairs_prompt(ram: Image) -> bool:
    """True while the menu that asks whether to take the stairs is open; row 0 accepts, B stays."""
    return dungeon_offset(ram) >= 0 and _ui_mode(ram) == 10 and _submenu_action(ram) == _STAIRS_ACTION


def dungeon_offset(ram: Image) -> int:
    """Offset of the dungeon object in the image, or -1 outside dungeons (pointer checks: RAM guide, section 2)."""
    address = _dungeon(ram)
    if not _may_be_dungeon(address):
        return -1
    base = address - layout.EWRAM_BASE
    return base if _dungeon_id(ram, base) <= _MAX_DUNGEON_ID and _floor(ram, base) <= _MAX_FLOOR else -1


def _may_be_dungeon(address: int) -> bool:
    return address % 4 == 0 and layout.HEAP_BEGIN <= address <= layout.HEAP_END - _DUNGEON_SIZE


def _of_text(text: int, flags: int) -> Awaiting:
    if text == 4:
        return Awaiting.CHOICE
    return Awaiting.MESSAGE if text in _WAITING_TEXT and flags & 1 and not flags & 2 else Awaiting.BUSY


def _floor_playable(ram: Image, base: int) -> bool:
    lit = _brightness(ram) == _FULL_BRIGHTNESS and _fading(ram) == 0
    return lit and _floor_shown(ram) == 1 and _floor_ready(ram, base) == 1


def _leader_action(ram: Image, base: int) -> int:
    """Action of the leader, 0 when the game polls the pad for him; -1 if no team slot holds a leader."""
    for slot in range(layout.MAX_TEAM):
        kind, x, y = _KIND_AND_TILE(ram, base + _ENTITIES + slot * _ENTITY_SIZE)
        if kind != 1 or not (0 <= x < layout.MAP_WIDTH and 0 <= y < layout.MAP_HEIGHT):
            continue
        record = base + _MONSTERS + slot * _MONSTER_SIZE
        species, is_leader, level, hp, max_hp = _MONSTER(ram, record)
        if is_leader == 1 and _sane(species, level, hp, max_hp):
            return _action(ram, record)
    return -1


def _sane(species: int, level: int, hp: int, max_hp: int) -> bool:
    known = 1 <= species <= _MAX_SPECIES and 1 <= level <= _MAX_LEVEL
    return known and 0 <= hp <= _MAX_HP and 1 <= max_hp <= _MAX_HP
