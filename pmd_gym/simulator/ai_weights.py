"""How much targets and links weigh in the AI's choice of an attack: the IQ skills that compare (mechanics 12.2).

Nothing here draws or decides. Source: src/dungeon_ai_attack.c (WeightMove, ChooseAIMove), src/dungeon_damage.c
(WeightWeakTypePicker), src/dungeon_mon_spawn.c (sub_806AD3C).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.damage import effectiveness, pinch_ability
from pmd_gym.simulator.experience import NORMAL, exp_of
from pmd_gym.simulator.monsters import has_ability, has_skill, has_type, weather_for
from pmd_gym.simulator.usability import is_link

WEAK_FACTORS = (0, 1, 2, 4)
"""Twice the factor of an effectiveness code."""
HARMLESS, BEST_FACTOR = 2, 3
HP_SCALE = 500
BYTE = 255


@kernel
def own_type(rules: Any, monster: Any, move_id: int) -> int:
    """Type of a move in this monster's hands."""
    return monster.hidden_power_type if move_id == ids.HIDDEN_POWER else rules.moves[move_id].type


@kernel
def heaviest(weights: Any, count: int) -> int:
    """Greatest of the first `count` weights, 0 for none."""
    best = 0
    for index in range(count):
        best = max(best, weights[index])
    return best


@kernel
def keep_heaviest(weights: Any, count: int) -> int:
    """Set all but the greatest of the first `count` weights to 0; returns the sum that is left."""
    best, total = heaviest(weights, count), 0
    for index in range(count):
        if weights[index] != best:
            weights[index] = 0
        total += weights[index]
    return total


@kernel
def spends_link(monster: Any, index: int) -> bool:
    """True for the head of a link of several moves of which one has at most 1 PP: using it would take it apart."""
    least, slot = monster.moves[index].pp, index + 1
    while slot < layout.MOVE_SLOTS and is_link(monster.moves[slot]):
        least = min(least, monster.moves[slot].pp)
        slot += 1
    return slot > index + 1 and least <= 1


@kernel
def weigh_foe(game: Any, rules: Any, slot: int, other: int, kind: int) -> int:
    """Weight of a foe as the target of an attack of type `kind`, 1 without a skill that compares; kept in a byte."""
    monster, target = game.world.monsters[slot], game.world.monsters[other]
    if not target.is_enemy:
        return 1
    if has_skill(monster, ids.EXP_GO_GETTER):
        return exp_rank(game, rules, target.species) & BYTE
    if has_skill(monster, ids.EFFICIENCY_EXPERT):
        return (HP_SCALE - target.hp) & BYTE or 1
    if has_skill(monster, ids.WEAK_TYPE_PICKER):
        return weigh_type(game, rules, slot, other, kind) + 1
    return 1


@kernel
def exp_rank(game: Any, rules: Any, species: int) -> int:
    """Rank of a species by the experience it gives on this floor: 1, 3, 5, ... from the most valuable down.

    Of equals, the first of the floor's table comes first. Species that the table does not name count 1.
    """
    world, first = game.world, -1
    for index in range(world.floor_spawn_count):
        if world.wild_templates[index].species == species and first < 0:
            first = index
    if first < 0:
        return 1
    points = best_points(game, rules, species)
    rank = 1
    for index in range(world.floor_spawn_count):
        other = world.wild_templates[index].species
        if other == species or is_repeated(game, index):
            continue
        others = best_points(game, rules, other)
        if others > points or (others == points and index < first):
            rank += 2
    return rank


@kernel
def is_repeated(game: Any, index: int) -> bool:
    """True when the floor's table names this species further up already."""
    for earlier in range(index):
        if game.world.wild_templates[earlier].species == game.world.wild_templates[index].species:
            return True
    return False


@kernel
def best_points(game: Any, rules: Any, species: int) -> int:
    """Experience for the highest entry of a species in the floor's table."""
    best = 0
    for index in range(game.world.floor_spawn_count):
        template = game.world.wild_templates[index]
        if template.species == species:
            best = max(best, exp_of(rules, species, template.level, NORMAL))
    return best


@kernel
def absorbs(target: Any, kind: int) -> bool:
    """True for abilities that take an attack of this type in."""
    return (
        (kind == ids.FIRE and has_ability(target, ids.FLASH_FIRE))
        or (kind == ids.ELECTRIC and has_ability(target, ids.VOLT_ABSORB))
        or (kind == ids.WATER and has_ability(target, ids.WATER_ABSORB))
    )


@kernel
def weigh_type(game: Any, rules: Any, slot: int, other: int, kind: int) -> int:
    """How well an attack type works on a target, 0..5; 2 stands for badly."""
    monster, target = game.world.monsters[slot], game.world.monsters[other]
    if absorbs(target, kind):
        return 0
    if kind == ids.GROUND_TYPE and has_ability(target, ids.LEVITATE):
        return 1
    weight = WEAK_FACTORS[effectiveness(rules, target, kind, target.type1)] // 2
    weight = weight * WEAK_FACTORS[effectiveness(rules, target, kind, target.type2)] // 2
    if weight == 0 or ((kind == ids.FIRE or kind == ids.ICE) and has_ability(target, ids.THICK_FAT)):
        return HARMLESS
    pinch = pinch_ability(kind)
    if pinch != 0 and has_ability(monster, pinch) and monster.max_hp // 4 >= monster.hp:
        weight *= 2
    if has_type(monster, kind):
        weight *= 2
    return weigh_under_sky(game, monster, kind, weight)


@kernel
def weigh_under_sky(game: Any, monster: Any, kind: int, weight: int) -> int:
    """The weight of a type under weather, sports and charge."""
    world = game.world
    if weather_for(game, monster) == ids.SUNNY:
        if kind == ids.WATER:
            return HARMLESS
        if kind == ids.FIRE:
            weight *= 2
    if (world.mud_sport_turns != 0 and kind == ids.ELECTRIC) or (world.water_sport_turns != 0 and kind == ids.FIRE):
        return HARMLESS
    if kind == ids.ELECTRIC and monster.charge_status == ids.CHARGING:
        weight *= 2
    return min(weight, BEST_FACTOR) + 2
