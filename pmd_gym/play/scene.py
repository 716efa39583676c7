"""What a person sees of one moment of a game, as plain values: the decoded state with names in place of numbers.

Fair by default: only what the player may know. Knows neither pixels nor keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS, DIRECTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.ram import layout
from pmd_gym.views import floor_map, legend

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

STRAIGHT = (0, 2, 4, 6)
"""Directions that are not diagonal."""
_THROWN = (0, 1)
_STICKY = 8


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team."""

    slot: int
    name: str
    level: int
    hp: int
    max_hp: int
    belly: int
    max_belly: int
    exp: int
    statuses: tuple[str, ...]
    is_leader: bool


@dataclass(frozen=True, slots=True)
class Enemy:
    """A monster in sight that is not of the team; `hp` is for telling what a blow did, never shown by itself."""

    spawn_id: int
    name: str
    hp: int
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the leader; `legal` when the mask allows it now."""

    slot: int
    name: str
    pp: int
    legal: bool


@dataclass(frozen=True, slots=True)
class BagItem:
    """A filled slot of the bag; what the mask allows to do with it now."""

    slot: int
    name: str
    count: int
    sticky: bool
    can_use: bool
    can_throw: bool

    @property
    def label(self) -> str:
        """Name, with the number of a stack."""
        return f"{self.name} x{self.count}" if self.count > 1 else self.name


@dataclass(frozen=True)
class Scene:
    """One moment. `tiles`: 32 lines of 56 letters as `views.floor_map` draws them, `letters` their meaning."""

    dungeon: str
    floor: int
    floor_count: int
    turns_left: int
    money: int
    weather: str
    members: tuple[Member, ...]
    enemies: tuple[Enemy, ...]
    moves: tuple[Move, ...]
    bag: tuple[BagItem, ...]
    tiles: tuple[str, ...]
    letters: dict[str, str]
    place: tuple[int, int]
    facing: int
    room: int
    mask: NDArray[np.int8]
    log: tuple[str, ...]

    @cached_property
    def leader(self) -> Member | None:
        """The one who is steered; None when he is gone."""
        return next((member for member in self.members if member.is_leader), None)

    @property
    def title(self) -> str:
        """Place and floor, as one line."""
        return f"{self.dungeon}, floor {self.floor}" if self.dungeon else "Outside"

    def allows(self, kind: CommandKind, argument: int = 0) -> bool:
        """True when the mask allows the action now."""
        return bool(self.mask[ACTIONS.of(kind, argument)])

    @property
    def on_stairs(self) -> bool:
        """True when the stairs may be taken."""
        return self.allows(CommandKind.STAIRS)

    @property
    def ways(self) -> tuple[int, ...]:
        """Directions of a legal step."""
        return tuple(number for number in range(len(DIRECTIONS)) if self.allows(CommandKind.STEP, number))


def scene_of(states: GameStates, ram: NDArray[np.uint8], mask: NDArray[np.int8], fair: bool = True) -> Scene:
    """The first game of `states`, with its image `ram` (262144,) uint8 and its mask (63,) int8."""
    from pmd_gym.ram import Mode, log_lines

    state, in_dungeon = states.records[0], states.mode[0] == Mode.DUNGEON
    leader = state["monsters"][state["leader"]] if in_dungeon and state["leader"] >= 0 else None
    return Scene(
        dungeon=layout.enum_name("dungeon", state["dungeon_id"]) if in_dungeon else "",
        floor=int(state["floor"]), floor_count=int(state["floor_count"]), turns_left=int(state["turns_left"]),
        money=int(state["money"]), weather=layout.enum_name("weather", state["weather"]),
        members=tuple(_members(state, ram)), enemies=tuple(_enemies(state)),
        moves=tuple(_moves(leader, mask)), bag=tuple(_bag(state["bag"], mask)),
        tiles=tuple(floor_map(states, 0, fair).split("\n")) if in_dungeon else (), letters=legend(states, 0, fair),
        place=(int(leader["x"]), int(leader["y"])) if leader is not None else (-1, -1),
        facing=int(leader["facing"]) if leader is not None else 0,
        room=int(leader["room"]) if leader is not None else layout.CORRIDOR,
        mask=mask.copy(), log=tuple(log_lines(ram)),
    )  # fmt: skip


def _members(state: Any, ram: NDArray[np.uint8]) -> list[Member]:
    return [
        _member(slot, state["monsters"][slot], state["leader"] == slot, ram)
        for slot in range(layout.MAX_TEAM)
        if state["monsters"][slot]["exists"]
    ]


def _member(slot: int, monster: Any, is_leader: bool, ram: NDArray[np.uint8]) -> Member:
    from pmd_gym.ram import member_name

    species = layout.enum_name("species", monster["species"])
    return Member(
        slot, member_name(ram, int(monster["team_index"])) or species, int(monster["level"]),
        int(monster["hp"]), int(monster["max_hp"]), _rounded(monster["belly"]), _rounded(monster["max_belly"]),
        int(monster["exp"]), statuses_of(monster), is_leader,
    )  # fmt: skip


def _rounded(thousandths: Any) -> int:
    """As the console shows it: fractions up."""
    return -(-int(thousandths) // 1000)


def statuses_of(monster: Any) -> tuple[str, ...]:
    """Names of the statuses of one decoded monster."""
    from pmd_gym.ram import STATUS_GROUPS

    groups = zip(STATUS_GROUPS, monster["statuses"].tolist(), strict=True)
    return tuple(
        "Muzzled" if group == "muzzled" else layout.enum_name(f"status_{group}", value)
        for group, value in groups
        if value
    )


def _enemies(state: Any) -> list[Enemy]:
    """Those in sight, by their names as they appear."""
    return [
        Enemy(
            int(monster["spawn_id"]), layout.enum_name("species", monster["apparent_species"]), int(monster["hp"]),
            (int(monster["x"]), int(monster["y"])),
        )
        for monster in state["monsters"]
        if monster["exists"] and monster["is_enemy"] and monster["in_sight"]
    ]  # fmt: skip


def _moves(leader: Any, mask: NDArray[np.int8]) -> list[Move]:
    if leader is None:
        return []
    return [
        Move(slot, layout.enum_name("move", move["id"]), int(move["pp"]), _legal(mask, CommandKind.MOVE, slot))
        for slot, move in enumerate(leader["moves"])
        if move["id"]
    ]


def _bag(bag: Sequence[Any], mask: NDArray[np.int8]) -> list[BagItem]:
    return [
        BagItem(
            slot, layout.enum_name("item", item["id"]), int(item["quantity"]) if _is_stack(int(item["id"])) else 1,
            bool(item["flags"] & _STICKY),
            _legal(mask, CommandKind.USE_ITEM, slot), _legal(mask, CommandKind.THROW_ITEM, slot),
        )
        for slot, item in enumerate(bag)
        if item["id"]
    ]  # fmt: skip


def _is_stack(item: int) -> bool:
    entry = layout.enum("item").get(item)
    return isinstance(entry, dict) and entry.get("category") in _THROWN


def _legal(mask: NDArray[np.int8], kind: CommandKind, argument: int) -> bool:
    return bool(mask[ACTIONS.of(kind, argument)])
