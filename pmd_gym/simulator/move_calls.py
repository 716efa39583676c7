"""Moves that become another one: Metronome, Nature Power, Assist.

The lists they choose from are in `called_moves`. Source: src/dungeon_move.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.called_moves import METRONOME_MOVES
from pmd_gym.simulator.charges import nature_power_move, needs_charge
from pmd_gym.simulator.experience import set_move
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_slot
from pmd_gym.simulator.rng import Draw, roll

OTHER = int(Draw.OTHER)


@kernel
def pick_assist(game: Any, rules: Any, slot: int) -> int:
    """Id of a move drawn from all moves of all monsters, but for Sketch and those of two turns."""
    monster, count = game.world.monsters[slot], 0
    for index in range(MAX_MONSTERS * layout.MOVE_SLOTS):
        count += is_assistable(game, rules, monster, index)
    if count == 0:
        return ids.REGULAR_ATTACK_MOVE
    left = roll(game, count, OTHER)
    for index in range(MAX_MONSTERS * layout.MOVE_SLOTS):
        if is_assistable(game, rules, monster, index):
            if left == 0:
                other = active_slot(game, index // layout.MOVE_SLOTS)
                return int(game.world.monsters[other].moves[index % layout.MOVE_SLOTS].id)
            left -= 1
    return ids.REGULAR_ATTACK_MOVE


@kernel
def is_assistable(game: Any, rules: Any, user: Any, index: int) -> bool:
    """True when Assist may pick this move, counted through the list of monsters, four to each."""
    other = active_slot(game, index // layout.MOVE_SLOTS)
    if other < 0:
        return False
    move = game.world.monsters[other].moves[index % layout.MOVE_SLOTS]
    return move.flags & ids.MOVE_EXISTS != 0 and move.id != ids.SKETCH and not needs_charge(game, rules, user, move.id)


@kernel
def call_another(game: Any, rules: Any, move: Any) -> bool:
    """Let Metronome or Nature Power become another move, in `game.move`; True when one did."""
    flags, flags2 = int(move.flags), int(move.flags2)
    if move.id == ids.METRONOME:
        game.metronome_choice = roll(game, len(METRONOME_MOVES), OTHER)
        set_move(game.move, rules, METRONOME_MOVES[game.metronome_choice])
    elif move.id == ids.NATURE_POWER:
        set_move(game.move, rules, nature_power_move(game))
    else:
        return False
    game.move.flags, game.move.flags2 = flags, flags2
    return True
