"""What a move leaves on a monster that is no status of a group: loads, exposure, long throws, terror.

Sources: src/move_orb_effects_1.c to _4.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import has_type, is_alive

MAX_STOCKPILE = 3


@kernel
def stockpile(game: Any, rules: Any, source: int, target: int) -> bool:
    """One more of three loads."""
    if not is_alive(game, target) or game.world.monsters[target].stockpile >= MAX_STOCKPILE:
        return False
    game.world.monsters[target].stockpile += 1
    return True


@kernel
def expose(game: Any, rules: Any, source: int, target: int) -> bool:
    """Undo raised evasion, and let Normal and Fighting moves hit a ghost."""
    if not is_alive(game, target) or game.world.monsters[target].shield_status == ids.SAFEGUARD:
        return False
    monster = game.world.monsters[target]
    lowered = monster.evasion_stage > 10
    if lowered:
        monster.evasion_stage = 10
    if monster.exposed or not has_type(monster, ids.GHOST):
        return lowered
    monster.exposed = 1
    return True


@kernel
def long_toss(game: Any, rules: Any, source: int, target: int) -> bool:
    """Throws will fly on to a wall."""
    changed = game.world.monsters[target].throw_status != ids.LONG_TOSS
    game.world.monsters[target].throw_status = ids.LONG_TOSS
    return changed


@kernel
def pierce(game: Any, rules: Any, source: int, target: int) -> bool:
    """Throws will go through monsters and walls."""
    changed = game.world.monsters[target].throw_status != ids.PIERCE
    game.world.monsters[target].throw_status = ids.PIERCE
    return changed


@kernel
def terrify(game: Any, rules: Any, source: int, target: int, turns: int) -> bool:
    """Put a monster to flight for some of its turns."""
    if not is_alive(game, target):
        return False
    game.world.monsters[target].terrified_turns = turns
    return True
