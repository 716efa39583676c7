"""What a run starts from: dungeon, floor and team, by the game's own ids or names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pmd_gym.errors import ScenarioError
from pmd_gym.ram import layout

Team: TypeAlias = tuple[tuple[int, int], ...]
"""(species id, level 1..100) of the leader and up to three partners, in slot order."""

STORY_TEAM: Team = ((4, 5), (7, 5))
"""Charmander and Squirtle at level 5: the team of the real save state on the first floor of Tiny Woods."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One start: dungeon id, floor (1 is the first), team, and whether the bag exists yet."""

    dungeon: int = 0
    floor: int = 1
    team: Team = STORY_TEAM
    has_bag: bool = True

    def __post_init__(self) -> None:
        floors = playable_floors().get(self.dungeon)
        if floors is None:
            raise ScenarioError(f"dungeon {self.dungeon} is not a dungeon of the game; use an id of 0..62 or a name")
        if not 1 <= self.floor <= floors:
            name = layout.enum_name("dungeon", self.dungeon)
            raise ScenarioError(f"floor {self.floor} of {name}: it has floors 1..{floors}")
        if not 1 <= len(self.team) <= layout.MAX_TEAM:
            raise ScenarioError(f"a team has 1 to {layout.MAX_TEAM} members, got {len(self.team)}")
        for species, level in self.team:
            if species not in layout.enum("species") or species == 0:
                raise ScenarioError(f"species {species} does not exist; use an id of 1..423 or a name")
            if not 1 <= level <= 100:
                raise ScenarioError(f"level {level} of {layout.enum_name('species', species)}: levels are 1..100")


def playable_floors() -> dict[int, int]:
    """Dungeon id -> number of floors, for the dungeons that can be entered."""
    return {key: entry["floors"] for key, entry in layout.enum("dungeon").items()
            if isinstance(entry, dict) and entry.get("floors") and key <= 62}  # fmt: skip


def dungeon_id(dungeon: str | int) -> int:
    """Id of a dungeon given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("dungeon", dungeon)


def species_id(species: str | int) -> int:
    """Id of a species given by name (any case) or id; ScenarioError with the nearest name otherwise."""
    return _lookup("species", species)


def team_of(members: Sequence[tuple[str | int, int]]) -> Team:
    """Team of (species name or id, level) pairs."""
    return tuple((species_id(species), int(level)) for species, level in members)


def _lookup(table: str, key: str | int) -> int:
    names = {layout.enum_name(table, value).casefold(): value for value in layout.enum(table)}
    if isinstance(key, int):
        return key
    if key.strip().lstrip("-").isdigit():
        return int(key)
    if key.strip().casefold() in names:
        return names[key.strip().casefold()]
    near = difflib.get_close_matches(key.casefold(), names, n=1)
    hint = f"; did you mean {layout.enum_name(table, names[near[0]])!r}?" if near else ""
    raise ScenarioError(f"unknown {table} {key!r}{hint}")
