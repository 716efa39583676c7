"""One door to all moves with an effect of their own; each file of effects takes its range of kinds.

Which move has which kind is in `special_kinds`; the ordinary moves are in `effects`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.effects_calls import apply_calls
from pmd_gym.simulator.effects_change import apply_change
from pmd_gym.simulator.effects_fixed import apply_fixed
from pmd_gym.simulator.effects_items import apply_items
from pmd_gym.simulator.effects_places import apply_places
from pmd_gym.simulator.effects_sight import apply_sight
from pmd_gym.simulator.special_kinds import Special

FIRST_FIXED, FIRST_CHANGE, FIRST_ITEMS = int(Special.FIXED_DAMAGE), int(Special.TORMENT), int(Special.STEAL)
FIRST_PLACES, FIRST_SIGHT = int(Special.WARP), int(Special.SEE_TRAPS)


@kernel
def apply_special(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """The effect of kind `kind` on one target that the move reached; True when it had any.

    `move` is the record of the move in use (Sketch and Transform change it); `item_id` is the item that carries the
    move, 0 for none.
    """
    if kind < FIRST_FIXED:
        return apply_calls(game, rules, slot, target, move, kind, item_id)
    if kind < FIRST_CHANGE:
        return apply_fixed(game, rules, slot, target, move, kind, item_id)
    if kind < FIRST_ITEMS:
        return apply_change(game, rules, slot, target, move, kind)
    if kind < FIRST_PLACES:
        return apply_items(game, rules, slot, target, move, kind, item_id)
    if kind < FIRST_SIGHT:
        return apply_places(game, rules, slot, target, move, kind, item_id)
    return apply_sight(game, slot, target, kind)
