"""Single fields of one EWRAM image, read in well under a microsecond: for loops over frames and for one game's steps.

Batches are the decoder's business. `buffer` is always the 262,144 bytes of EWRAM as a memoryview; `dungeon` an offset
that `dungeon_offset` gave. Offsets come from the layout.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from pmd_gym.ram import layout

BYTE, SHORT, UNSIGNED, TILE = (struct.Struct(code).unpack_from for code in ("<B", "<h", "<I", "<hh"))


def address(name: str) -> int:
    """Offset in EWRAM of a global variable."""
    return layout.global_variable(name).offset


def in_dungeon(name: str) -> int:
    """Offset of a field from the start of the dungeon object."""
    return layout.field(f"Dungeon.{name}").offset


_DUNGEON, _LEADER = address("dungeon"), address("leader_entity")
_TEAM_ENTITIES, _TEAM_INFO = in_dungeon("team_entities"), in_dungeon("team_info")
_TURNS_LEFT, _FLOOR_SEED, _STAIRS = in_dungeon("turns_left"), in_dungeon("floor_seed"), in_dungeon("stairs")
_ENTITY_SIZE, _MONSTER_SIZE = layout.ENTITY.itemsize, layout.MONSTER.itemsize
_KIND, _POSITION = layout.field("Entity.kind").offset, layout.field("Entity.pos").offset
_IS_LEADER = layout.field("Monster.is_leader").offset
_DIRECTION = layout.field("Monster.direction").offset
_IS_ENEMY, _BELLY = layout.field("Monster.is_enemy").offset, layout.field("Monster.belly").offset
_TILES, _TILE_SIZE = in_dungeon("tiles"), layout.TILE.itemsize
_STANDS_HERE = layout.field("Tile.monster").offset
_MONSTER_KIND = 1
_STEPS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
"""(x, y) of the game's directions 0..7."""


class Standing(NamedTuple):
    """Where the leader stands, as far as the effect of a command shows in it."""

    turns_left: int
    floor_seed: int
    tile: tuple[int, int]
    facing: int

    @property
    def clock(self) -> tuple[int, int]:
        """Changes whenever a turn of the leader passed or a floor began."""
        return self.turns_left, self.floor_seed


NOBODY = Standing(0, 0, (-1, -1), -1)


def dungeon_offset(buffer: Any) -> int:
    """Offset in EWRAM of the dungeon object, or -1 when there is none or its pointer is not plausible.

    Bounds: RAM guide section 2, "Pointer checks before use".
    """
    pointer = int(UNSIGNED(buffer, _DUNGEON)[0])
    inside = layout.HEAP_BEGIN <= pointer <= layout.HEAP_END - layout.DUNGEON.itemsize
    return pointer - layout.EWRAM_BASE if inside and pointer % 4 == 0 else -1


def leader_slot(buffer: Any, dungeon: int) -> int:
    """Team slot 0..3 of the leader, or -1 when nobody leads."""
    cached = int(UNSIGNED(buffer, _LEADER)[0]) - layout.EWRAM_BASE - dungeon - _TEAM_ENTITIES
    slot, rest = divmod(cached, _ENTITY_SIZE)
    if rest == 0 and 0 <= slot < layout.MAX_TEAM:
        return slot
    for slot in range(layout.MAX_TEAM):
        alive = UNSIGNED(buffer, dungeon + _TEAM_ENTITIES + slot * _ENTITY_SIZE + _KIND)[0] == _MONSTER_KIND
        if alive and BYTE(buffer, dungeon + _TEAM_INFO + slot * _MONSTER_SIZE + _IS_LEADER)[0] == 1:
            return slot
    return -1


def standing(buffer: Any) -> Standing:
    """Where the leader stands; `NOBODY` outside a dungeon and without a leader."""
    dungeon = dungeon_offset(buffer)
    slot = leader_slot(buffer, dungeon) if dungeon >= 0 else -1
    if slot < 0:
        return NOBODY
    return Standing(
        SHORT(buffer, dungeon + _TURNS_LEFT)[0],
        UNSIGNED(buffer, dungeon + _FLOOR_SEED)[0],
        TILE(buffer, dungeon + _TEAM_ENTITIES + slot * _ENTITY_SIZE + _POSITION),
        BYTE(buffer, dungeon + _TEAM_INFO + slot * _MONSTER_SIZE + _DIRECTION)[0],
    )


def belly_is_empty(buffer: Any) -> bool:
    """True when the leader's belly shows 0: the game then refuses to pass a turn."""
    dungeon = dungeon_offset(buffer)
    slot = leader_slot(buffer, dungeon) if dungeon >= 0 else -1
    return slot >= 0 and SHORT(buffer, dungeon + _TEAM_INFO + slot * _MONSTER_SIZE + _BELLY)[0] == 0


def friend_ahead(buffer: Any) -> bool:
    """True when someone who is no enemy stands in front of the leader: A then talks instead of attacking."""
    dungeon, here = dungeon_offset(buffer), standing(buffer)
    if here is NOBODY:
        return False
    x, y = (place + step for place, step in zip(here.tile, _STEPS[here.facing & 7], strict=True))
    if not (0 <= x < layout.MAP_WIDTH and 0 <= y < layout.MAP_HEIGHT):
        return False
    pointer = UNSIGNED(buffer, dungeon + _TILES + (y * layout.MAP_WIDTH + x) * _TILE_SIZE + _STANDS_HERE)[0]
    slot, rest = divmod(int(pointer) - layout.EWRAM_BASE - dungeon - _TEAM_ENTITIES, _ENTITY_SIZE)
    if rest or not 0 <= slot < layout.MAX_MONSTERS:
        return False
    return bool(BYTE(buffer, dungeon + _TEAM_INFO + slot * _MONSTER_SIZE + _IS_ENEMY)[0] == 0)


def stairs(buffer: Any) -> tuple[int, int]:
    """Tile of the stairs; (-1, -1) outside a dungeon."""
    dungeon = dungeon_offset(buffer)
    x, y = TILE(buffer, dungeon + _STAIRS) if dungeon >= 0 else (-1, -1)
    return x, y
