"""A move's blow: which type and power it has, the damage it does, and whether its side effect may follow.

`effects` and `effects_special` build every damaging move from these; nothing here knows a single move but Hidden Power.
Source: src/dungeon_move.c (HandleDamagingMove) and src/dungeon_move_util.c (sub_805727C, RollSecondaryEffect).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.combat import strike
from pmd_gym.simulator.damage import accuracy_check, compute_damage, multiply, to_int, type_factor
from pmd_gym.simulator.experience import HALVED, NORMAL
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.monsters import address_of, has_ability, is_alive
from pmd_gym.simulator.rng import Draw, roll

SIDE_EFFECT = int(Draw.SIDE_EFFECT)
ORBS = 9
MAX_FIXED = 999
ILLUMINATED = 999
"""Spawn counter after a monster with Illuminate was hit: the next normal tick brings a monster."""


@kernel
def type_of(rules: Any, monster: Any, move_id: int) -> int:
    """Type of a move in a monster's hands; Hidden Power has each monster's own."""
    return monster.hidden_power_type if move_id == ids.HIDDEN_POWER else rules.moves[move_id].type


@kernel
def power_of(rules: Any, monster: Any, move: Any) -> int:
    """Power of a move with its boost by Ginseng."""
    base = monster.hidden_power_base if move.id == ids.HIDDEN_POWER else rules.moves[move.id].power
    return base + move.boost


@kernel
def reason_of(rules: Any, move_id: int, item_id: int) -> int:
    """Exit reason of a leader felled by a move, or by an item's move (src/dungeon_run_end.c)."""
    if item_id == 0:
        return move_id
    return ids.FELL_TO_ORB if rules.items[item_id].category == ORBS else ids.FELL_TO_ITEM


@kernel
def blow(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, factor: int, item_id: int) -> int:
    """Strike with a move of type `kind`, damage multiplied by `factor` (48.16); returns the damage, 0 for none."""
    source = game.world.monsters[slot]
    regular = move.id == ids.REGULAR_ATTACK_MOVE
    compute_damage(
        game, rules, slot, target, kind, power_of(rules, source, move), rules.moves[move.id].critical, factor, regular,
        True, game.hit,
    )  # fmt: skip
    if not accuracy_check(game, rules, slot, target, move.id, rules.moves[move.id].damage_accuracy, True):
        return 0
    illuminate(game, target)
    strike(game, rules, slot, target, game.hit, move.id == ids.FALSE_SWIPE, reason_of(rules, move.id, item_id))
    return struck(game, target)


@kernel
def fixed_blow(game: Any, rules: Any, slot: int, target: int, move: Any, amount: int, item_id: int) -> int:
    """Strike for `amount` 1..999 times the factor of types, without a draw; returns the damage, 0 for none."""
    source, victim, hit = game.world.monsters[slot], game.world.monsters[target], game.hit
    kind = type_of(rules, source, move.id)
    hit.type, hit.critical, hit.absorbed, hit.code = kind, 0, 0, ids.NEUTRAL
    factor = type_factor(game, rules, source, victim, kind, hit)
    hit.damage = to_int(multiply(min(max(amount, 1), MAX_FIXED) << 16, factor, 16), 16)
    strike(game, rules, slot, target, hit, False, reason_of(rules, move.id, item_id))
    return struck(game, target)


@kernel
def struck(game: Any, target: int) -> int:
    """Damage of the blow just struck; a target that took some is marked."""
    damage = int(game.hit.damage)
    if damage != 0 and is_alive(game, target):
        game.world.monsters[target].damaged_by_move = 1
    return damage


@kernel
def illuminate(game: Any, target: int) -> None:
    """A monster with Illuminate that is hit calls another one."""
    world = game.world
    if has_ability(world.monsters[target], ids.ILLUMINATE):
        world.spawn_counter = ILLUMINATED
        world.illuminate_monster = address_of(target)
        world.illuminate_sprite = world.entities[target].spawn_id


@kernel
def side_effect_lands(game: Any, slot: int, target: int, chance: int) -> bool:
    """True when a side effect reaches the target: it lives, still reacts, the chance holds, no Shield Dust.

    `chance` 0 means always, without a draw; Serene Grace of the user doubles it.
    """
    if floor_over(game) or not is_alive(game, slot) or not is_alive(game, target):
        return False
    victim = game.world.monsters[target]
    if victim.took_damage == 0 or victim.hp == 0:
        return False
    lands = chance == 0 or draw_chance(game, slot, chance)
    return lands and (slot == target or not has_ability(victim, ids.SHIELD_DUST))


@kernel
def side_effect_rolls(game: Any, slot: int, chance: int) -> bool:
    """True when a side effect on the user itself comes up; it must be alive. `chance` 0 means always."""
    return is_alive(game, slot) and (chance == 0 or draw_chance(game, slot, chance))


@kernel
def draw_chance(game: Any, slot: int, chance: int) -> bool:
    """One draw against a percentage, which Serene Grace doubles."""
    odds = 2 * chance if has_ability(game.world.monsters[slot], ids.SERENE_GRACE) else chance
    return roll(game, 100, SIDE_EFFECT) < odds


@kernel
def earn(game: Any, slot: int) -> None:
    """A monster that a move did something good for is worth full experience from now on."""
    monster = game.world.monsters[slot]
    if monster.exp_mode == HALVED:
        monster.exp_mode = NORMAL
