"""The statuses, abilities and weather that act at the end of a monster's turn, in order (mechanics section 5.2).

Many of them first let the game show pending steps, which runs other monsters' ends of turns; so each is split in two:
`due` counts down and says whether it acts, `act` does it. `settle` calls them and shows the steps in between.
Source: src/dungeon_turn_effects.c (DoEndOfTurnEffects).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import harm, hp_loss, ids
from pmd_gym.simulator.conditions import tied_to
from pmd_gym.simulator.heal import heal
from pmd_gym.simulator.monsters import has_ability, has_bad_status, has_type, holds, is_alive, weather_for
from pmd_gym.simulator.recovery import cure
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.speed import speed_up
from pmd_gym.simulator.status import count_down

SHED_SKIN, OTHER = int(Draw.SHED_SKIN), int(Draw.OTHER)
(
    WEATHER, SHEDDING, BOOST, YAWN, AFFLICTION, GRIP, ROOTS, CURSE, SEED, PERISH, RAGE, EFFECTS,
) = range(12)  # fmt: skip
"""Effects in the order in which they come."""
NOT_NOW, AT_ONCE, SHOWN = 0, 1, 2
"""What `due` says: nothing happens; it acts; it acts after pending steps are shown."""
WEATHER_DAMAGE, BURN_DAMAGE, POISON_DAMAGE, BAD_POISON_DAMAGE = 5, 5, 4, 6
SQUEEZE_DAMAGE, WRAP_DAMAGE, SEED_DAMAGE, ROOTS_HEAL = 5, 6, 10, 10
BURN_EVERY, POISON_EVERY, BAD_POISON_EVERY, GRIP_EVERY, ROOTS_EVERY = 20, 10, 2, 2, 5
CURSE_EVERY, SEED_EVERY, BOOST_EVERY = 10, 2, 250
SHED_CHANCE = 50
MOST_BAD_POISON = 29
CURSE_SHARE = 4
WARP_CHANCES = (0, 6, 12, 30, 50, 70, 90, 110)
"""Percent by turns since the Warp Scarf last acted; from 110 on it is sure (src/dungeon_config.c)."""


@kernel
def scarf_warps(game: Any, slot: int) -> bool:
    """Count the turns of a Warp Scarf and draw whether it acts now."""
    monster = game.world.monsters[slot]
    if not holds(monster, ids.WARP_SCARF):
        return False
    monster.warp_scarf_turns = min(monster.warp_scarf_turns + 1, 19)
    if roll(game, 100, OTHER) >= WARP_CHANCES[min(monster.warp_scarf_turns, len(WARP_CHANCES) - 1)]:
        return False
    monster.warp_scarf_turns = 0
    return True


@kernel
def due(game: Any, rules: Any, slot: int, effect: int) -> int:
    """Count an effect down and say whether it acts at this end of turn; draws for Shed Skin, whoever it is."""
    monster = game.world.monsters[slot]
    if effect == WEATHER:
        return AT_ONCE if weather_hurts(game, monster) else NOT_NOW
    if effect == SHEDDING:
        sheds = roll(game, 100, SHED_SKIN) < SHED_CHANCE
        return SHOWN if sheds and has_ability(monster, ids.SHED_SKIN) and has_bad_status(monster) else NOT_NOW
    if effect == BOOST:
        return boost_due(monster)
    if effect == YAWN:
        return SHOWN if monster.sleep_status == ids.YAWNING else NOT_NOW
    if effect == AFFLICTION:
        afflicted = monster.burn_status != 0 and monster.burn_status != ids.PARALYSIS
        return SHOWN if afflicted and is_up(monster, effect) else NOT_NOW
    if effect == GRIP:
        gripped = monster.freeze_status == ids.CONSTRICTION or monster.freeze_status == ids.WRAPPED
        return SHOWN if gripped and is_up(monster, effect) else NOT_NOW
    if effect == ROOTS:
        return AT_ONCE if monster.freeze_status == ids.INGRAIN and is_up(monster, effect) else NOT_NOW
    if effect == CURSE:
        return SHOWN if monster.curse_status == ids.CURSED and is_up(monster, effect) else NOT_NOW
    if effect == SEED:
        return SHOWN if seed_due(game, slot) else NOT_NOW
    if effect == PERISH:
        if monster.perish_turns == 0:
            return NOT_NOW
        monster.perish_turns = count_down(monster.perish_turns)
        return SHOWN if monster.perish_turns == 0 else NOT_NOW
    return rage_due(monster)


@kernel
def is_untroubled(monster: Any) -> bool:
    """True when no effect from YAWN on can be due: in most turns, and quicker than asking for each."""
    first = monster.sleep_status | monster.burn_status | monster.freeze_status
    second = monster.curse_status | monster.leech_status | monster.perish_turns
    return (first | second) == 0 and monster.charge_status != ids.ENRAGED


@kernel
def is_up(monster: Any, effect: int) -> bool:
    """Count the damage timer of an effect down; True when it is over, and then it is set anew by `act`."""
    if effect == AFFLICTION:
        monster.burn_damage_countdown = max(monster.burn_damage_countdown - 1, 0)
        return monster.burn_damage_countdown == 0
    if effect == CURSE:
        monster.curse_damage_countdown = max(monster.curse_damage_countdown - 1, 0)
        return monster.curse_damage_countdown == 0
    if effect == SEED:
        monster.leech_damage_countdown = max(monster.leech_damage_countdown - 1, 0)
        return monster.leech_damage_countdown == 0
    monster.freeze_damage_countdown = max(monster.freeze_damage_countdown - 1, 0)
    return monster.freeze_damage_countdown == 0


@kernel
def weather_hurts(game: Any, monster: Any) -> bool:
    """True at every tenth weather tick in hail or a sandstorm, for types that they do not spare."""
    if game.world.weather_damage_countdown != 0:
        return False
    weather = weather_for(game, monster)
    if weather == ids.HAIL:
        return not has_type(monster, ids.ICE)
    sheltered = has_type(monster, ids.GROUND_TYPE) or has_type(monster, ids.ROCK) or has_type(monster, ids.STEEL)
    return weather == ids.SANDSTORM and not sheltered


@kernel
def boost_due(monster: Any) -> int:
    """Count the turns of Speed Boost."""
    if not has_ability(monster, ids.SPEED_BOOST):
        return NOT_NOW
    monster.speed_boost_counter += 1
    if monster.speed_boost_counter < BOOST_EVERY:
        return NOT_NOW
    monster.speed_boost_counter = 0
    return AT_ONCE


@kernel
def seed_due(game: Any, slot: int) -> bool:
    """True when Leech Seed draws HP; it ends when its owner is gone."""
    monster = game.world.monsters[slot]
    if monster.leech_status != ids.LEECH_SEED or not is_up(monster, SEED):
        return False
    monster.leech_damage_countdown = SEED_EVERY
    if tied_to(game, slot) < 0:
        monster.leech_status = 0
        return False
    return True


@kernel
def rage_due(monster: Any) -> int:
    """Count Rage down."""
    if monster.charge_status != ids.ENRAGED:
        return NOT_NOW
    monster.charge_turns = count_down(monster.charge_turns)
    return AT_ONCE if monster.charge_turns == 0 else NOT_NOW


@kernel
def act(game: Any, rules: Any, slot: int, effect: int) -> None:
    """Carry an effect out that is due."""
    monster = game.world.monsters[slot]
    if effect == WEATHER:
        harm.residual_damage(game, rules, slot, WEATHER_DAMAGE, hp_loss.WEATHERED, ids.FELL_TO_WEATHER)
    elif effect == SHEDDING:
        cure(game, rules, slot, slot)
    elif effect == BOOST:
        speed_up(game, rules, slot, slot, ids.FOREVER)
    elif effect == AFFLICTION:
        suffer(game, rules, slot)
    elif effect == GRIP:
        monster.freeze_damage_countdown = GRIP_EVERY
        if monster.freeze_status == ids.WRAPPED:
            harm.residual_damage(game, rules, slot, WRAP_DAMAGE, hp_loss.WRAPPED, ids.FELL_TO_WRAP)
        else:
            harm.residual_damage(game, rules, slot, SQUEEZE_DAMAGE, hp_loss.SQUEEZED, ids.FELL_TO_CONSTRICTION)
    elif effect == ROOTS:
        monster.freeze_damage_countdown = ROOTS_EVERY
        heal(game, rules, slot, slot, ROOTS_HEAL, 0)
    elif effect == CURSE:
        monster.curse_damage_countdown = CURSE_EVERY
        damage = max(monster.max_hp // CURSE_SHARE, 1)
        harm.residual_damage(game, rules, slot, damage, hp_loss.CURSED, ids.FELL_TO_CURSE)
    elif effect == SEED:
        draw_sap(game, rules, slot)
    elif effect == PERISH:
        hp_loss.rouse(game, slot)
        if monster.shield_status != ids.PROTECT:
            reason = ids.FELL_TO_PERISH_SONG
            harm.residual_damage(game, rules, slot, hp_loss.KNOCKOUT, hp_loss.SUNG_AWAY, reason)
    elif effect == RAGE:
        monster.charge_status, monster.charge_kept = 0, 0


@kernel
def suffer(game: Any, rules: Any, slot: int) -> None:
    """The damage of a burn or poison, and its next countdown."""
    monster = game.world.monsters[slot]
    if monster.burn_status == ids.BURN:
        monster.burn_damage_countdown = BURN_EVERY
        harm.residual_damage(game, rules, slot, BURN_DAMAGE, hp_loss.BURNT, ids.FELL_TO_BURN)
    elif monster.burn_status == ids.POISONED:
        monster.burn_damage_countdown = POISON_EVERY
        harm.residual_damage(game, rules, slot, POISON_DAMAGE, hp_loss.POISONED, ids.FELL_TO_POISON)
    else:
        monster.burn_damage_countdown = BAD_POISON_EVERY
        monster.bad_poison_count = min(monster.bad_poison_count + 1, MOST_BAD_POISON)
        harm.residual_damage(game, rules, slot, BAD_POISON_DAMAGE, hp_loss.POISONED, ids.FELL_TO_POISON)


@kernel
def draw_sap(game: Any, rules: Any, slot: int) -> None:
    """Leech Seed: HP for its owner, or damage from Liquid Ooze; nothing from a frozen monster."""
    owner, monster = tied_to(game, slot), game.world.monsters[slot]
    if owner < 0 or monster.freeze_status == ids.FROZEN:
        return
    bitter = has_ability(monster, ids.LIQUID_OOZE)
    harm.residual_damage(game, rules, slot, SEED_DAMAGE, hp_loss.SEEDED, ids.DRAINED)
    if bitter:
        harm.residual_damage(game, rules, owner, SEED_DAMAGE, hp_loss.SLUDGED, ids.FELL_TO_OOZE)
    elif is_alive(game, owner):
        heal(game, rules, owner, owner, SEED_DAMAGE, 0)
