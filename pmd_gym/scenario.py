"""What a run starts from: dungeon, floor, team, bag and purse, by the game's own ids.

Everything here is plain numbers that can be compared, hashed and kept. Names are turned into ids by the functions at
the end; what a file may say is `config`'s business, and where the numbers go in RAM is the simulator's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from pmd_gym.errors import ScenarioError
from pmd_gym.ram import layout

Stack: TypeAlias = tuple[int, int]
"""(item id, amount): 1 to 99 pieces of what is thrown, 1 of anything else."""

STACKING_CATEGORIES = (0, 1)
MONEY_CATEGORY = 6
NO_ITEM = "(none)"
MOST_PIECES, MOST_MONEY, MOST_IQ = 99, 99_999, 999
LIMITS = MappingProxyType({
    "hp": (1, 999), "max_hp": (1, 999), "attack": (0, 255), "sp_attack": (0, 255), "defense": (0, 255),
    "sp_defense": (0, 255), "belly": (0, 200), "max_belly": (1, 200), "exp": (0, 9_999_999),
})  # fmt: skip
"""The game's bounds of `Numbers`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What of a member can be set apart from its level; None: as the game itself would make it."""

    hp: int | None = None
    max_hp: int | None = None
    attack: int | None = None
    sp_attack: int | None = None
    defense: int | None = None
    sp_defense: int | None = None
    belly: int | None = None
    """0..200; 100 if None, or `max_belly`."""
    max_belly: int | None = None
    exp: int | None = None
    """Experience points; None: the least of the level."""


@dataclass(frozen=True, slots=True)
class Member(Numbers):
    """One member of the team. What is None follows from species and level, as the game itself would make it."""

    species: int
    level: int
    moves: tuple[int, ...] | None = None
    """Move ids in slot order, 1 to 4; None: the first four that it learns by its level."""
    held: Stack | None = None
    """The item it holds."""
    iq: int = 1
    """IQ points, 1..999."""
    skills: tuple[int, ...] = ()
    """IQ skills switched on besides Item Catcher, Course Checker and Item Master, which everybody has."""
    tactic: int = 0
    """Tactic 0..10; 0 is "let's go together". A leader's has no effect."""

    def __post_init__(self) -> None:
        if self.species not in layout.enum("species") or self.species == 0:
            raise ScenarioError(f"species {self.species} does not exist; use an id of 1..423 or a name")
        name = layout.enum_name("species", self.species)
        if not 1 <= self.level <= 100:
            raise ScenarioError(f"level {self.level} of {name}: levels are 1..100")
        if self.moves is not None:
            self._check_moves(name)
        if self.held is not None:
            check_stack(self.held, f"held item of {name}")
        self._check_mind(name)
        for field, (least, most) in LIMITS.items():
            _check_range(getattr(self, field), least, most, f"{field} of {name}")
        if self.hp is not None and self.max_hp is not None and self.hp > self.max_hp:
            raise ScenarioError(f"hp {self.hp} of {name} is more than its max_hp {self.max_hp}")

    def _check_moves(self, name: str) -> None:
        moves = self.moves or ()
        if not 1 <= len(moves) <= layout.MOVE_SLOTS:
            raise ScenarioError(f"moves of {name}: 1 to {layout.MOVE_SLOTS} of them, got {len(moves)}")
        for move in moves:
            if move not in layout.enum("move") or move == 0:
                raise ScenarioError(f"moves of {name}: move {move} does not exist; use an id of 1..412 or a name")
        if len(set(moves)) != len(moves):
            raise ScenarioError(f"moves of {name}: the same move twice in {moves}")

    def _check_mind(self, name: str) -> None:
        _check_range(self.iq, 1, MOST_IQ, f"iq of {name}")
        _check_range(self.tactic, 0, 10, f"tactic of {name}")
        for skill in self.skills:
            _check_range(skill, 1, 23, f"skills of {name}: IQ skill")


MemberLike: TypeAlias = Member | tuple[int, int]
Team: TypeAlias = tuple[MemberLike, ...]
"""The leader and up to three partners, in slot order; (species id, level) is short for a member without anything."""

STORY_TEAM: tuple[tuple[int, int], ...] = ((4, 5), (7, 5))
"""Charmander and Squirtle at level 5: the team of the real save state on the first floor of Tiny Woods."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One start: dungeon id, floor (1 is the first), team, bag and its content, money, and what the story allows."""

    dungeon: int = 0
    floor: int = 1
    team: Team = STORY_TEAM
    has_bag: bool = True
    bag: tuple[Stack, ...] = ()
    money: int = 0
    friend_areas: tuple[int, ...] | None = None
    """Friend areas owned, where recruits can live; None: the story has not come to recruiting, nobody joins."""

    def __post_init__(self) -> None:
        floors = playable_floors().get(self.dungeon)
        if floors is None:
            raise ScenarioError(f"dungeon {self.dungeon} is not a dungeon of the game; use an id of 0..62 or a name")
        if not 1 <= self.floor <= floors:
            name = layout.enum_name("dungeon", self.dungeon)
            raise ScenarioError(f"floor {self.floor} of {name}: it has floors 1..{floors}")
        if not 1 <= len(self.team) <= layout.MAX_TEAM:
            raise ScenarioError(f"a team has 1 to {layout.MAX_TEAM} members, got {len(self.team)}")
        for member in self.team:
            as_member(member)
        self._check_belongings()

    def _check_belongings(self) -> None:
        if len(self.bag) > layout.BAG_SLOTS:
            raise ScenarioError(f"a bag holds {layout.BAG_SLOTS} items, got {len(self.bag)}")
        if self.bag and not self.has_bag:
            raise ScenarioError("items need a bag; leave out either the items or has_bag=False")
        for slot, stack in enumerate(self.bag):
            check_stack(stack, f"bag[{slot}]")
        _check_range(self.money, 0, MOST_MONEY, "money")
        for area in self.friend_areas or ():
            if area not in every_friend_area():
                raise ScenarioError(f"friend area {area} does not exist; use an id of 1..57, a name or \"all\"")

    @property
    def members(self) -> tuple[Member, ...]:
        """The team in the long form."""
        return tuple(as_member(member) for member in self.team)


def as_member(member: MemberLike) -> Member:
    """The long form of (species id, level); a `Member` stays what it is."""
    return member if isinstance(member, Member) else Member(*member)


def check_stack(stack: Stack, where: str) -> None:
    """ScenarioError that begins with `where`, unless the game can carry the stack in one slot."""
    item, amount = stack
    entry = layout.enum("item").get(item)
    if entry is None or entry["name"] == NO_ITEM or entry["category"] == MONEY_CATEGORY:
        raise ScenarioError(f"{where}: item {item} cannot be carried; use an id of 1..239 (money is `money`) or a name")
    most = MOST_PIECES if entry["category"] in STACKING_CATEGORIES else 1
    if not 1 <= amount <= most:
        raise ScenarioError(f"{where}: {amount} of {entry['name']} in one slot; it holds 1..{most}")


def stacks(item: int) -> bool:
    """True for items that are thrown in numbers and share a slot."""
    return bool(layout.enum("item")[item]["category"] in STACKING_CATEGORIES)


def _check_range(value: int | None, least: int, most: int, what: str) -> None:
    if value is not None and not least <= value <= most:
        raise ScenarioError(f"{what} is {value}; expected {least}..{most}")


@cache
def playable_floors() -> Mapping[int, int]:
    """Dungeon id -> number of floors, for the dungeons that can be entered."""
    return MappingProxyType({
        key: entry["floors"] for key, entry in layout.enum("dungeon").items()
        if isinstance(entry, dict) and entry.get("floors") and key <= 62
    })  # fmt: skip


@cache
def every_friend_area() -> tuple[int, ...]:
    """Ids of all friend areas."""
    return tuple(area for area in layout.enum("friend_area") if area != 0)


def friend_areas_of(areas: str | Iterable[str | int] | None) -> tuple[int, ...] | None:
    """Ids of friend areas by name or id; "all" stands for all of them, None for a story without recruiting yet."""
    if areas is None:
        return None
    if isinstance(areas, str):
        return every_friend_area() if areas.casefold() == "all" else (friend_area_id(areas),)
    return tuple(friend_area_id(area) for area in areas)


def friend_area_id(area: str | int) -> int:
    """Id of a friend area given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("friend_area", area, "friend area")


def dungeon_id(dungeon: str | int) -> int:
    """Id of a dungeon given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("dungeon", dungeon)


def dungeon_name(dungeon: int) -> str:
    """Name of a dungeon by its id."""
    return layout.enum_name("dungeon", dungeon)


def species_id(species: str | int) -> int:
    """Id of a species given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("species", species)


def move_id(move: str | int) -> int:
    """Id of a move given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("move", move)


def item_id(item: str | int) -> int:
    """Id of an item given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("item", item)


def skill_id(skill: str | int) -> int:
    """Id of an IQ skill given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("iq_skill", skill, "IQ skill")


def tactic_id(tactic: str | int) -> int:
    """Id of a tactic given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("tactic", tactic)


def team_of(members: Sequence[tuple[str | int, int]]) -> tuple[tuple[int, int], ...]:
    """Team of (species name or id, level) pairs."""
    return tuple((species_id(species), int(level)) for species, level in members)


def bag_of(items: Iterable[str | int | tuple[str | int, int]]) -> tuple[Stack, ...]:
    """Stacks of item names or ids, or of (name or id, amount)."""
    return tuple(stack_of(item) for item in items)


def stack_of(item: str | int | tuple[str | int, int]) -> Stack:
    """One stack: a name or id is one piece."""
    return (item_id(item), 1) if isinstance(item, (str, int)) else (item_id(item[0]), int(item[1]))


def _lookup(table: str, key: str | int, what: str = "") -> int:
    if isinstance(key, int):
        return key
    if key.strip().lstrip("-").isdigit():
        return int(key)
    names = _names(table)
    for spelling in (key.strip().casefold(), _letters(key)):
        if spelling in names:
            return names[spelling]
    near = difflib.get_close_matches(key.casefold(), names, n=1)
    hint = f"; did you mean {layout.enum_name(table, names[near[0]])!r}?" if near else ""
    raise ScenarioError(f"unknown {what or table} {key!r}{hint}")


@cache
def _names(table: str) -> Mapping[str, int]:
    """Spellings of a table's names -> id: as they stand, in small letters, and without spaces and signs."""
    names = {value: layout.enum_name(table, value) for value in layout.enum(table)}
    bare = {_letters(name): value for value, name in reversed(names.items())}
    return MappingProxyType({**bare, **{name.casefold(): value for value, name in names.items()}})


def _letters(name: str) -> str:
    return re.sub(r"[^\w♀♂]|_", "", name.casefold())
