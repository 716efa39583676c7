"""What abilities do outside of the damage formula: the answers to a move that reached its target, and forms.

`after_hit` runs once for every target of a move, when the move's effect is over (src/dungeon_move.c): first what a
contact ability has in store for the attacker, then Trace and Color Change of the target, then its Conversion 2.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import contact, harm, hp_loss, ids
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.monsters import (
    active_count,
    active_slot,
    address_of,
    has_ability,
    has_type,
    is_alive,
    is_asleep,
    weather_for,
)
from pmd_gym.simulator.recovery import end_burn, end_cringe, end_freeze, end_shield, end_sleep
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.speed import speed_stage

OTHER = int(Draw.OTHER)
STENCH_TURNS = 3
NO_SPRITE = 2
NIGHTMARE_DAMAGE = 8
CONTACT_EFFECTS = (
    (contact.TRAPPED_ARENA, kinds.SHADOW_HOLD), (contact.TRAPPED_SHADOW, kinds.SHADOW_HOLD),
    (contact.TRAPPED_MAGNET, kinds.SHADOW_HOLD), (contact.STATIC, kinds.PARALYSIS),
    (contact.SPORE_PARALYSIS, kinds.PARALYSIS), (contact.POISON_POINT, kinds.POISONED),
    (contact.SPORE_POISON, kinds.POISONED), (contact.SPORE_SLEEP, kinds.SLEEP), (contact.FLAME_BODY, kinds.BURN),
    (contact.CUTE_CHARM, kinds.INFATUATED),
)  # fmt: skip
"""Flag -> status that the attacker gets, in the order in which they come."""
RESISTING = (0, 14, 3, 4, 12, 9, 2, 14, 17, 10, 13, 16, 8, 7, 1, 17, 16, 5)
"""Type that Conversion 2 takes against each type (src/dungeon_data.c, gBestResistTypeTable)."""
CASTFORM, SNOWY, SUNNY, RAINY = 376, 377, 378, 379
FORM_TYPES = (ids.NORMAL_TYPE, ids.FIRE, ids.NORMAL_TYPE, ids.NORMAL_TYPE, ids.WATER, ids.ICE, ids.WATER, ids.ICE)
FORMS = (CASTFORM, SUNNY, CASTFORM, CASTFORM, RAINY, SNOWY, RAINY, SNOWY)
"""Type and look of Forecast by weather (src/dungeon_config.c, gCastformByWeather)."""


@kernel
def after_hit(game: Any, rules: Any, slot: int, target: int, kind: int, felt: int) -> None:
    """All answers to a move of type `kind` that is over for one target; `felt` is the type for Color Change."""
    repay_contact(game, rules, slot)
    if slot == target or not is_alive(game, slot) or not is_alive(game, target):
        return
    trace(game, rules, slot, target)
    change_color(game, target, felt)
    resist(game, target, kind)


@kernel
def repay_contact(game: Any, rules: Any, slot: int) -> None:
    """Carry out what contact abilities have in store for an attacker (src/dungeon_move_util.c)."""
    if not is_alive(game, slot):
        return
    monster = game.world.monsters[slot]
    flags = monster.ability_flags
    monster.ability_flags = 0
    for index in range(len(CONTACT_EFFECTS)):
        flag, kind = CONTACT_EFFECTS[index]
        if flags & flag:
            give(game, rules, slot, slot, kind, 0)
    if flags & contact.STENCH:
        monster.terrified_turns = STENCH_TURNS


@kernel
def trace(game: Any, rules: Any, slot: int, target: int) -> None:
    """A target with Trace takes over an ability of the monster that used a move on it."""
    source, victim = game.world.monsters[slot], game.world.monsters[target]
    if not has_ability(victim, ids.TRACE):
        return
    first, second = source.ability1, source.ability2
    if first == 0 and second == 0:
        return
    taken = first if first != 0 else second
    if first != 0 and second != 0:
        taken = first if roll(game, 2, OTHER) == 0 else second
    if victim.ability2 == ids.TRACE:
        victim.ability2 = taken
    else:
        victim.ability1 = taken
    shake_off(game, rules, target)


@kernel
def change_color(game: Any, target: int, felt: int) -> None:
    """A target with Color Change that was damaged takes the type of the move."""
    victim = game.world.monsters[target]
    damaged = victim.damaged_by_move
    victim.damaged_by_move = 0
    if damaged and has_ability(victim, ids.COLOR_CHANGE) and felt != ids.NO_TYPE and not has_type(victim, felt):
        victim.type1, victim.type2, victim.color_changed = felt, ids.NO_TYPE, 1


@kernel
def resist(game: Any, target: int, kind: int) -> None:
    """Under Conversion 2 the target takes the type that resists the move best."""
    victim = game.world.monsters[target]
    if victim.shield_status == ids.CONVERSION2 and RESISTING[kind] != ids.NO_TYPE:
        victim.type1, victim.type2 = RESISTING[kind], ids.NO_TYPE


@kernel
def shake_off(game: Any, rules: Any, slot: int) -> None:
    """A new ability ends the status that it would have kept off (src/dungeon_misc.c, EndAbilityImmuneStatus)."""
    monster = game.world.monsters[slot]
    burn, cringe = monster.burn_status, monster.cringe_status
    poisoned = burn == ids.POISONED or burn == ids.BADLY_POISONED
    if (
        (burn == ids.PARALYSIS and has_ability(monster, ids.LIMBER))
        or (burn == ids.BURN and has_ability(monster, ids.WATER_VEIL))
        or (poisoned and has_ability(monster, ids.IMMUNITY))
    ):
        end_burn(game, slot)
    if (cringe == ids.CONFUSED and has_ability(monster, ids.OWN_TEMPO)) or (
        cringe == ids.INFATUATED and has_ability(monster, ids.OBLIVIOUS)
    ):
        end_cringe(game, rules, slot)
    sleepless = has_ability(monster, ids.INSOMNIA) or has_ability(monster, ids.VITAL_SPIRIT)
    if sleepless and (is_asleep(monster) or monster.sleep_status == ids.YAWNING):
        rouse_from_nightmare(game, rules, slot)
    if not is_alive(game, slot):
        return
    if monster.freeze_status == ids.FROZEN and has_ability(monster, ids.MAGMA_ARMOR):
        end_freeze(game, slot)
    if has_ability(monster, ids.FORECAST):
        monster.color_changed = 0
        if monster.shield_status == ids.CONVERSION2:
            end_shield(game, slot)


@kernel
def rouse_from_nightmare(game: Any, rules: Any, slot: int) -> None:
    """End sleep with what it does: a nightmare hurts on waking."""
    if game.world.monsters[slot].sleep_status == ids.NIGHTMARE:
        harm.residual_damage(game, rules, slot, NIGHTMARE_DAMAGE, hp_loss.NIGHTMARE, ids.FELL_TO_NIGHTMARE)
    if is_alive(game, slot):
        end_sleep(game, rules, slot)


@kernel
def refresh_form(game: Any, rules: Any, slot: int) -> None:
    """Speed and types as they are now: the species' own unless a status or ability changed them (src/weather.c)."""
    monster = game.world.monsters[slot]
    speed_stage(game, rules, slot)
    forecast = has_ability(monster, ids.FORECAST)
    weather = weather_for(game, monster)
    if forecast:
        monster.type1, monster.type2 = FORM_TYPES[weather], ids.NO_TYPE
    elif monster.shield_status != ids.CONVERSION2 and not monster.color_changed:
        species = rules.species[monster.species]
        monster.type1, monster.type2 = species.types[0], species.types[1]
    if monster.species >= CASTFORM and monster.species <= RAINY:
        monster.apparent_species = FORMS[weather] if forecast else CASTFORM


@kernel
def note_presence(game: Any) -> None:
    """At a normal tick: who has Lightningrod, and on which sides Plus and Minus are (src/dungeon_engine.c)."""
    world = game.world
    world.lightningrod_monster, world.lightningrod_sprite = 0, NO_SPRITE
    for side in range(2):
        world.plus_active[side], world.minus_active[side] = 0, 0
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot < 0:
            continue
        monster = world.monsters[slot]
        side = 0 if monster.is_enemy else 1
        if has_ability(monster, ids.LIGHTNINGROD):
            world.lightningrod_monster, world.lightningrod_sprite = address_of(slot), monster.sprite_id
        if has_ability(monster, ids.MINUS):
            world.minus_active[side] = 1
        if has_ability(monster, ids.PLUS):
            world.plus_active[side] = 1


@kernel
def loaf(game: Any, rules: Any, slot: int) -> None:
    """Truant: a monster that has acted pauses for a turn (src/dungeon_misc.c, sub_806A1B0); Safeguard does not help."""
    if not is_alive(game, slot):
        return
    monster = game.world.monsters[slot]
    if has_ability(monster, ids.TRUANT) and monster.cringe_status != ids.PAUSED:
        monster.cringe_status, monster.cringe_turns = ids.PAUSED, 2
