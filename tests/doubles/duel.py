"""A leader and a wild monster side by side: the smallest game in which one can do something to the other."""

from __future__ import annotations

from typing import Any

from pmd_gym.simulator import ids
from tests.doubles.arena import FOE, LEADER, Arena

SQUIRTLE = 7
HERE, BESIDE = (20, 15), (21, 15)
PLAIN = {"ability1": 0, "ability2": 0, "type1": ids.NORMAL_TYPE, "type2": ids.NO_TYPE, "hp": 100, "max_hp": 100}
"""Fields of a monster without abilities, of a type that hardly any rule asks about, with HP for a few blows."""


def duel(**foe: Any) -> tuple[Arena, Any]:
    """The arena, and the record of the wild monster at `BESIDE`; fields of its record may be given."""
    arena = Arena()
    arena.put(LEADER, SQUIRTLE, HERE)
    return arena, arena.put(FOE, SQUIRTLE, BESIDE, **foe)


def plain_duel(leader: dict[str, Any] | None = None, **foe: Any) -> tuple[Arena, Any, Any]:
    """As `duel`, between two `PLAIN` monsters but for the fields given; arena, leader, foe."""
    arena = Arena()
    mine = arena.put(LEADER, SQUIRTLE, HERE, **{**PLAIN, **(leader or {})})
    return arena, mine, arena.put(FOE, SQUIRTLE, BESIDE, **{**PLAIN, **foe})
