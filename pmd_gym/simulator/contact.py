"""Abilities that answer a touch: which of them strike, noted until the toucher's move is over.

What they then do is in `abilities`. Source: src/dungeon_damage.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import has_ability, has_type
from pmd_gym.simulator.rng import Draw, roll

CONTACT = int(Draw.CONTACT)
CONTACT_CHANCE = 12
# Bits of a monster's ability_flags: what a contact ability will do to the attacker once its move is over.
TRAPPED_ARENA, TRAPPED_SHADOW, TRAPPED_MAGNET, STATIC, SPORE_PARALYSIS = 0x1, 0x2, 0x4, 0x8, 0x10
POISON_POINT, SPORE_POISON, SPORE_SLEEP, FLAME_BODY, CUTE_CHARM, STENCH = 0x20, 0x40, 0x80, 0x100, 0x200, 0x400


@kernel
def touch(game: Any, rules: Any, attacker: int, target: int, physical: bool) -> None:
    """Roll the contact abilities of the target; their effects wait in the attacker's `ability_flags`."""
    victim, source = game.world.monsters[target], game.world.monsters[attacker]
    if (
        has_ability(victim, ids.ARENA_TRAP)
        and not has_type(source, ids.FLYING)
        and not has_ability(source, ids.LEVITATE)
    ):
        flag_on_contact(game, source, TRAPPED_ARENA)
    if has_ability(victim, ids.SHADOW_TAG):
        flag_on_contact(game, source, TRAPPED_SHADOW)
    if has_ability(victim, ids.MAGNET_PULL) and has_type(source, ids.STEEL):
        flag_on_contact(game, source, TRAPPED_MAGNET)
    if has_ability(victim, ids.STATIC) and physical:
        flag_on_contact(game, source, STATIC)
    if has_ability(victim, ids.POISON_POINT):
        flag_on_contact(game, source, POISON_POINT)
    if has_ability(victim, ids.EFFECT_SPORE) and physical and roll(game, 100, CONTACT) < CONTACT_CHANCE:
        spore = roll(game, 3, CONTACT)
        source.ability_flags |= SPORE_POISON if spore == 0 else SPORE_PARALYSIS if spore == 1 else SPORE_SLEEP
    if has_ability(victim, ids.FLAME_BODY):
        flag_on_contact(game, source, FLAME_BODY)
    if has_ability(victim, ids.CUTE_CHARM) and physical:
        flag_on_contact(game, source, CUTE_CHARM)
    if has_ability(victim, ids.STENCH):
        flag_on_contact(game, source, STENCH)


@kernel
def flag_on_contact(game: Any, source: Any, flag: int) -> None:
    """Set a flag with the chance of contact abilities; always one draw."""
    if roll(game, 100, CONTACT) < CONTACT_CHANCE:
        source.ability_flags |= flag
