"""What a player knows of a floor, as numbers: ground, things and figures. Maps in letters and in colours draw from it.

`fair` keeps to the player's knowledge (`known`, `in_sight` and visibility of the decoded state): explored tiles, known
items and traps, monsters in sight. Otherwise everything is there. Knows neither letters' meaning to a reader nor
pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

Point: TypeAlias = tuple[int, int]
"""(x, y) of a tile."""

LEADER_LETTER = "@"
SPARE_LETTERS = "0123456789"

_GROUND_BITS, _FLOOR, _LIQUID = 3, 1, 2
_STAIRS_BIT, _EXIT_BIT, _ON_MAP_BIT = 0x200, 0x008, 1
_MONEY_ID = 105
_DUNGEON_MODE = 1
_ASLEEP = (1, 3, 5)


class Ground(IntEnum):
    """What a tile is made of."""

    UNKNOWN = 0
    WALL = 1
    CORRIDOR = 2
    ROOM = 3
    WATER = 4
    LAVA = 5
    CHASM = 6


class Thing(IntEnum):
    """What lies on a tile."""

    NOTHING = 0
    STAIRS = 1
    ITEM = 2
    MONEY = 3
    TRAP = 4


class Side(IntEnum):
    """Whose figure it is."""

    LEADER = 0
    TEAM = 1
    ENEMY = 2


_SECONDARY = {"water": Ground.WATER, "lava": Ground.LAVA, "other": Ground.CHASM}


@dataclass(frozen=True, slots=True)
class Figure:
    """A monster on the map: its tile, the letter it is shown by (one for each label), and what a player sees of it."""

    x: int
    y: int
    letter: str
    label: str
    slot: int
    side: Side
    facing: int
    asleep: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One floor as far as it is known."""

    ground: NDArray[np.uint8]
    """(32, 56), `Ground` of each tile."""
    things: NDArray[np.uint8]
    """(32, 56), `Thing` on each tile."""
    figures: tuple[Figure, ...]
    """Partners and enemies in slot order, the leader last, so that he is drawn on top."""
    exits: tuple[Point, ...]
    """Tiles that lead out of the leader's room; none while he is in a corridor."""

    @property
    def leader(self) -> Figure | None:
        """The figure that is steered; None where there is none."""
        return next((figure for figure in reversed(self.figures) if figure.side is Side.LEADER), None)


def chart_of(states: GameStates, index: int = 0, fair: bool = True) -> Chart | None:
    """The chart of game `index`; None outside dungeons."""
    if states.mode[index] != _DUNGEON_MODE:
        return None
    return Chart(
        _ground(states, index, fair), _things(states, index, fair), tuple(_figures(states, index, fair)),
        _exits(states, index, fair),
    )  # fmt: skip


def shown(slots: Any, fair: bool) -> Any:
    """The items or traps among `slots` that are to be seen."""
    return slots[(slots["exists"] == 1) & ((slots["known"] == 1) | (not fair))]


def knows_stairs(states: GameStates, index: int, fair: bool) -> bool:
    """True when the stairs are to be shown."""
    return bool(states.stairs[index, 0] >= 0 and (states.stairs_known[index] or not fair))


def _ground(states: GameStates, index: int, fair: bool) -> NDArray[np.uint8]:
    kind = states.terrain[index] & _GROUND_BITS
    ground = np.full(kind.shape, Ground.WALL, np.uint8)
    floor, in_room = kind == _FLOOR, states.room[index] != layout.CORRIDOR
    ground[floor & in_room] = Ground.ROOM
    ground[floor & ~in_room] = Ground.CORRIDOR
    ground[kind == _LIQUID] = _secondary(int(states.tileset[index]))
    if fair and not states.map_revealed[index]:
        ground[(states.visibility[index] & _ON_MAP_BIT) == 0] = Ground.UNKNOWN
    return ground


def _secondary(tileset: int) -> Ground:
    kinds = layout.ram_map()["tables"]["secondary_terrain_by_tileset"]["values"]
    return _SECONDARY[str(kinds[tileset])] if 0 <= tileset < len(kinds) else Ground.CHASM


def _things(states: GameStates, index: int, fair: bool) -> NDArray[np.uint8]:
    things = np.zeros(states.terrain[index].shape, np.uint8)
    known = states.map_revealed[index] or (states.visibility[index] & _ON_MAP_BIT) != 0
    things[((states.terrain[index] & _STAIRS_BIT) != 0) & (known | (not fair))] = Thing.STAIRS
    if knows_stairs(states, index, fair):
        x, y = states.stairs[index]
        things[y, x] = Thing.STAIRS
    for trap in shown(states.traps[index], fair):
        things[trap["y"], trap["x"]] = Thing.TRAP
    for item in shown(states.items[index], fair):
        things[item["y"], item["x"]] = Thing.MONEY if item["item"]["id"] == _MONEY_ID else Thing.ITEM
    return things


def _figures(states: GameStates, index: int, fair: bool) -> list[Figure]:
    letters: dict[str, str] = {}
    leader, monsters = int(states.leader[index]), states.monsters[index]
    present = monsters["exists"] == 1
    if fair:
        present &= monsters["in_sight"] == 1
    figures = [_figure(slot, monsters[slot], leader, fair, letters) for slot in np.flatnonzero(present).tolist()]
    return sorted(figures, key=lambda figure: figure.side is Side.LEADER)


def _figure(slot: int, monster: Any, leader: int, fair: bool, letters: dict[str, str]) -> Figure:
    name = layout.enum_name("species", monster["apparent_species" if fair else "species"])
    side = Side.LEADER if slot == leader else Side.ENEMY if monster["is_enemy"] else Side.TEAM
    label = name if side is Side.ENEMY else f"{name} ({side.name.lower()})"
    letter = LEADER_LETTER if side is Side.LEADER else _letter(label, name, side, letters)
    return Figure(
        int(monster["x"]), int(monster["y"]), letter, label, slot, side, int(monster["facing"]),
        int(monster["statuses"][0]) in _ASLEEP,
    )  # fmt: skip


def _letter(label: str, name: str, side: Side, letters: dict[str, str]) -> str:
    """The letter of a label, capital for the team: the first of its name that no other label has yet."""
    candidates = (name.lower() if side is Side.ENEMY else name.upper()) + SPARE_LETTERS
    for letter in filter(str.isalnum, candidates):
        if letters.setdefault(letter, label) == label:
            return letter
    return "?"


def _exits(states: GameStates, index: int, fair: bool) -> tuple[Point, ...]:
    return tuple(_exit_tiles(states, index, fair)) if states.leader[index] >= 0 else ()


def _exit_tiles(states: GameStates, index: int, fair: bool) -> Iterator[Point]:
    leader = states.monsters[index][states.leader[index]]
    room = states.room[index][leader["y"], leader["x"]]
    if room == layout.CORRIDOR:
        return
    exits = (states.room[index] == room) & ((states.terrain[index] & _EXIT_BIT) != 0)
    if fair and not states.map_revealed[index]:
        exits &= (states.visibility[index] & _ON_MAP_BIT) != 0
    yield from ((int(x), int(y)) for y, x in np.argwhere(exits))
