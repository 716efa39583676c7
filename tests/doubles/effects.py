"""Moves with an effect of their own, applied to one target of an arena by name."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.effects_special import apply_special
from pmd_gym.simulator.experience import set_move
from pmd_gym.simulator.special_kinds import SPECIAL_MOVES
from tests.doubles.arena import FOE, LEADER, Arena


@cache
def move_ids() -> dict[str, int]:
    """Move key, as in `moves.json`, -> id."""
    text = resources.files("pmd_gym.simulator").joinpath("data", "moves.json").read_bytes()
    return {row["key"]: int(number) for number, row in json.loads(text)["moves"].items()}


@kernel
def apply(games: Any, tables: Any, user: int, target: int, move_id: int, kind: int, item_id: int) -> bool:
    """Apply a move's effect with a fresh move that stands in no slot.

    Side effects may act on the target, as the pipeline of moves notes before an effect.
    """
    game, rules = games[0], tables[0]
    set_move(game.move, rules, move_id)
    game.world.monsters[target].took_damage = 1
    return apply_special(game, rules, user, target, game.move, kind, item_id)


def apply_move(arena: Arena, key: str, user: int = LEADER, target: int = FOE, item: int = 0) -> bool:
    """Apply the effect of a move to a target that it reached; True when it had any."""
    return bool(apply(arena.records, arena.tables, user, target, move_ids()[key], int(SPECIAL_MOVES[key]), item))
