"""Statuses that tie two monsters together: Wrap, Leech Seed, Destiny Bond (mechanics section 8).

Ties and what unties them are in `conditions`. Sources: src/move_orb_effects_1.c to _4.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import duration, is_wrapping, start, tie
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.messages import say_began
from pmd_gym.simulator.monsters import is_alive


@kernel
def wrap(game: Any, rules: Any, source: int, target: int) -> bool:
    """The source winds itself around the target, both tied to a number; not when either is in a Wrap already."""
    world = game.world
    if not is_alive(game, source) or not is_alive(game, target):
        return False
    wrapper, wrapped = world.monsters[source], world.monsters[target]
    if wrapped.shield_status == ids.SAFEGUARD or is_wrapping(wrapper) or is_wrapping(wrapped):
        return False
    wrapper.freeze_status, wrapper.freeze_turns, wrapper.freeze_damage_countdown = ids.WRAP, ids.FOREVER, 0
    start(wrapped, kinds.WRAPPED, duration(game, wrapped, kinds.WRAPPED) + 1)
    say_began(game, target, kinds.WRAPPED)
    wrapper.wrap_pair_id, wrapped.wrap_pair_id = world.next_wrap_id, world.next_wrap_id
    world.next_wrap_id += 1
    return True


@kernel
def leech_seed(game: Any, rules: Any, source: int, target: int) -> bool:
    """Seed a target for a source, which draws HP from it."""
    if source == target or not is_alive(game, source) or not give(game, rules, source, target, kinds.LEECH_SEED, 0):
        return False
    tie(game, target, source)
    return True


@kernel
def destiny_bond(game: Any, rules: Any, source: int, target: int) -> bool:
    """Tie the source to the target, which will feel what hurts the source."""
    if not is_alive(game, source) or not is_alive(game, target):
        return False
    monster = game.world.monsters[source]
    if monster.leech_status == ids.DESTINY_BOND:
        return False
    start(monster, kinds.DESTINY_BOND, duration(game, game.world.monsters[target], kinds.DESTINY_BOND) + 1)
    tie(game, source, target)
    return True
