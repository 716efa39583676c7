"""Moves that use other moves, or take their side effect from the ground: Metronome, Nature Power, Secret Power.

Metronome and Nature Power are replaced by the move they call before anybody is a target, and Assist and Sleep Talk by
the move they pick: on a target they have no effect. Sources: src/move_orb_actions_2.c, src/move_orb_actions_3.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator.blows import blow, side_effect_lands, type_of
from pmd_gym.simulator.called_moves import SECRET_POWER_EFFECTS
from pmd_gym.simulator.effect_kinds import FACTOR_ONE
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.special_kinds import Special
from pmd_gym.simulator.speed import speed_down
from pmd_gym.simulator.stages import lower_stage
from pmd_gym.simulator.stats import ACCURACY, ATTACK, DEFENSE

SECRET_POWER = int(Special.SECRET_POWER)
SECRET_POWER_CHANCE = 30
(
    SPREAD_POISON, LULL, SLOW, WEAKEN, SOFTEN, DAZZLE, BEWILDER, SCARE,
) = range(8)  # fmt: skip
"""What `SECRET_POWER_EFFECTS` says; all else is paralysis."""


@kernel
def apply_calls(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """Carry out an effect of this file; False for moves that do nothing by themselves."""
    return kind == SECRET_POWER and use_secret_power(game, rules, slot, target, move, item_id)


@kernel
def use_secret_power(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """A blow; what may follow depends on the tileset."""
    kind = type_of(rules, game.world.monsters[slot], move.id)
    if blow(game, rules, slot, target, move, kind, FACTOR_ONE, item_id) == 0:
        return False
    if not side_effect_lands(game, slot, target, SECRET_POWER_CHANCE):
        return True
    effect = SECRET_POWER_EFFECTS[game.world.tileset]
    if effect == SPREAD_POISON:
        give(game, rules, slot, target, kinds.POISONED, 0)
    elif effect == LULL:
        give(game, rules, slot, target, kinds.SLEEP, 0)
    elif effect == SLOW:
        speed_down(game, rules, slot, target, 1)
    elif effect == WEAKEN:
        lower_stage(game, target, ATTACK, 1)
    elif effect == SOFTEN:
        lower_stage(game, target, DEFENSE, 1)
    elif effect == DAZZLE:
        lower_stage(game, target, ACCURACY, 1)
    elif effect == BEWILDER:
        give(game, rules, slot, target, kinds.CONFUSED, 0)
    elif effect == SCARE:
        give(game, rules, slot, target, kinds.CRINGE, 0)
    else:
        give(game, rules, slot, target, kinds.PARALYSIS, 0)
    return True
