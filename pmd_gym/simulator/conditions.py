"""Where a monster's statuses stand in its record, how long each lasts and what keeps it off: tables and raw changes.

A monster has one status of each group. `kind` names a status of a group: `16 * group + status`, with the groups below
and the numbers of `ids` (and of the RAM map). Nothing here decides whether a status may be given: see `inflict`.
Sources: src/dungeon_config.c (durations), src/dungeon_random.c (CalculateStatusTurns), src/dungeon_mon_spawn.c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    NEUTRAL_MULTIPLIER,
    NEUTRAL_STAGE,
    active_slot,
    has_ability,
    has_skill,
)
from pmd_gym.simulator.rng import Draw, roll_range

DURATION = int(Draw.DURATION)
(
    SLEEP_GROUP, BURN_GROUP, FREEZE_GROUP, CRINGE_GROUP, CHARGE_GROUP, SHIELD_GROUP, CURSE_GROUP, LEECH_GROUP,
    AIM_GROUP, CONCEAL_GROUP, SIGHT_GROUP, MUZZLE_GROUP, PERISH_GROUP,
) = range(1, 14)  # fmt: skip

SLEEP, SLEEPLESS, NIGHTMARE, YAWNING, NAPPING = 0x11, 0x12, 0x13, 0x14, 0x15
BURN, POISONED, BADLY_POISONED, PARALYSIS = 0x21, 0x22, 0x23, 0x24
FROZEN, SHADOW_HOLD, WRAPPED, INGRAIN, PETRIFIED, CONSTRICTION = 0x31, 0x32, 0x34, 0x35, 0x36, 0x37
CRINGE, CONFUSED, PAUSED, COWERING, TAUNTED, ENCORE, INFATUATED = 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47
BIDE, ENRAGED = 0x51, 0x5C
REFLECT, SAFEGUARD, LIGHT_SCREEN, COUNTER, MAGIC_COAT, WISH, PROTECT = 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67
MIRROR_COAT, ENDURING, MINI_COUNTER, MIRROR_MOVE, CONVERSION2 = 0x68, 0x69, 0x6A, 0x6B, 0x6C
VITAL_THROW, MIST = 0x6D, 0x6E
CURSED, DECOY, SNATCH = 0x71, 0x72, 0x73
LEECH_SEED, DESTINY_BOND = 0x81, 0x82
SURE_SHOT, WHIFFER, SET_DAMAGE, FOCUS_ENERGY = 0x91, 0x92, 0x93, 0x94
INVISIBLE, TRANSFORMED, MOBILE = 0xA1, 0xA2, 0xA3
BLINKER, CROSS_EYED, EYEDROPS = 0xB1, 0xB2, 0xB3
MUZZLED, PERISHING = 0xC1, 0xD1

GUARDED, CURED, EXACT, EARLY = 1, 2, 4, 8
"""Flags of a kind: Safeguard keeps it off; Self-Curer and Natural Cure shorten it; its timer starts at the drawn value
instead of one more; its duration is drawn before anything is asked."""

_BAD = GUARDED | CURED
_DURATIONS: dict[int, tuple[int, int, int]] = {
    SLEEP: (3, 7, _BAD | EXACT | EARLY), SLEEPLESS: (10, 12, 0), NIGHTMARE: (4, 8, _BAD | EXACT | EARLY),
    YAWNING: (2, 2, _BAD | EARLY), NAPPING: (2, 4, EXACT | EARLY),
    BURN: (127, 127, _BAD), POISONED: (127, 127, _BAD), BADLY_POISONED: (127, 127, _BAD), PARALYSIS: (1, 2, _BAD),
    FROZEN: (3, 5, _BAD), SHADOW_HOLD: (2, 5, _BAD), WRAPPED: (2, 5, _BAD), INGRAIN: (15, 30, CURED),
    PETRIFIED: (127, 127, _BAD), CONSTRICTION: (3, 6, _BAD),
    CRINGE: (1, 1, _BAD), CONFUSED: (6, 12, _BAD), PAUSED: (1, 1, _BAD | EARLY), COWERING: (10, 12, _BAD),
    TAUNTED: (10, 12, _BAD), ENCORE: (10, 10, _BAD), INFATUATED: (4, 6, _BAD),
    BIDE: (3, 5, 0), ENRAGED: (4, 10, 0),
    REFLECT: (10, 12, 0), SAFEGUARD: (15, 20, 0), LIGHT_SCREEN: (10, 12, 0), COUNTER: (6, 12, 0),
    MAGIC_COAT: (10, 12, 0), WISH: (10, 12, 0), PROTECT: (2, 6, 0), MIRROR_COAT: (10, 12, 0), ENDURING: (3, 5, 0),
    MINI_COUNTER: (6, 12, 0), MIRROR_MOVE: (2, 5, 0), CONVERSION2: (10, 10, 0), VITAL_THROW: (15, 20, 0),
    MIST: (10, 14, 0),
    CURSED: (3, 5, _BAD), DECOY: (20, 50, _BAD), SNATCH: (3, 5, 0),
    LEECH_SEED: (10, 12, _BAD), DESTINY_BOND: (10, 10, CURED),
    SURE_SHOT: (10, 12, EARLY), WHIFFER: (1, 6, _BAD | EARLY), SET_DAMAGE: (2, 4, 0), FOCUS_ENERGY: (2, 4, 0),
    INVISIBLE: (10, 20, 0), TRANSFORMED: (127, 127, CURED), MOBILE: (127, 127, 0),
    BLINKER: (10, 10, _BAD), CROSS_EYED: (10, 10, _BAD), EYEDROPS: (127, 127, 0),
    MUZZLED: (10, 10, _BAD), PERISHING: (3, 3, GUARDED),
}  # fmt: skip
"""Kind -> lowest and highest (exclusive) number of turns, flags."""

_SHIELDS: dict[int, tuple[int, int, int, int]] = {
    SLEEP: (ids.INSOMNIA, ids.VITAL_SPIRIT, ids.INSOMNISCOPE, 0),
    BURN: (ids.WATER_VEIL, 0, 0, ids.FIRE), POISONED: (ids.IMMUNITY, 0, ids.PECHA_SCARF, ids.POISON_TYPE),
    PARALYSIS: (ids.LIMBER, 0, 0, 0), FROZEN: (ids.MAGMA_ARMOR, 0, 0, ids.ICE), CRINGE: (ids.INNER_FOCUS, 0, 0, 0),
    CONFUSED: (ids.OWN_TEMPO, 0, ids.PERSIM_BAND, 0), INFATUATED: (ids.OBLIVIOUS, 0, 0, 0),
    CONVERSION2: (ids.FORECAST, 0, 0, 0), LEECH_SEED: (0, 0, 0, ids.GRASS),
}  # fmt: skip
"""Kind -> two abilities, an item and a type that keep it off, 0 for none."""
for _like, _kinds in ((SLEEP, (NIGHTMARE, NAPPING, YAWNING)), (POISONED, (BADLY_POISONED,))):
    _SHIELDS.update(dict.fromkeys(_kinds, _SHIELDS[_like]))


def _column(table: dict[int, tuple[int, ...]], index: int) -> Any:
    column = np.zeros(16 * (PERISH_GROUP + 1), np.int64)
    for kind, row in table.items():
        column[kind] = row[index]
    return column


LOWEST, HIGHEST, FLAGS = (_column(dict(_DURATIONS), index) for index in range(3))
KEPT_OFF_BY, OR_BY, KEPT_OFF_BY_ITEM, KEPT_OFF_BY_TYPE = (_column(dict(_SHIELDS), index) for index in range(4))

NATURAL_CURE_TURNS = 5
NOTHING_PENDING = 255
NO_PLACE = 255
SQUEEZED_BY_NOTHING = 34


@kernel
def status_in(monster: Any, group: int) -> int:
    """The monster's status of a group, 0 for none."""
    if group == SLEEP_GROUP:
        return monster.sleep_status
    if group == BURN_GROUP:
        return monster.burn_status
    if group == FREEZE_GROUP:
        return monster.freeze_status
    if group == CRINGE_GROUP:
        return monster.cringe_status
    if group == CHARGE_GROUP:
        return monster.charge_status
    if group == SHIELD_GROUP:
        return monster.shield_status
    if group == CURSE_GROUP:
        return monster.curse_status
    if group == LEECH_GROUP:
        return monster.leech_status
    if group == AIM_GROUP:
        return monster.aim_status
    if group == CONCEAL_GROUP:
        return monster.conceal_status
    if group == SIGHT_GROUP:
        return monster.sight_status
    if group == MUZZLE_GROUP:
        return monster.muzzled
    return 1 if monster.perish_turns != 0 else 0


@kernel
def set_status(monster: Any, group: int, status: int) -> None:
    """Write the status of a group; its timer stays as it is."""
    if group == SLEEP_GROUP:
        monster.sleep_status = status
    elif group == BURN_GROUP:
        monster.burn_status = status
    elif group == FREEZE_GROUP:
        monster.freeze_status = status
    elif group == CRINGE_GROUP:
        monster.cringe_status = status
    elif group == CHARGE_GROUP:
        monster.charge_status = status
    elif group == SHIELD_GROUP:
        monster.shield_status = status
    elif group == CURSE_GROUP:
        monster.curse_status = status
    elif group == LEECH_GROUP:
        monster.leech_status = status
    elif group == AIM_GROUP:
        monster.aim_status = status
    elif group == CONCEAL_GROUP:
        monster.conceal_status = status
    elif group == SIGHT_GROUP:
        monster.sight_status = status
    elif group == MUZZLE_GROUP:
        monster.muzzled = status


@kernel
def turns_in(monster: Any, group: int) -> int:
    """The timer of a group."""
    if group == SLEEP_GROUP:
        return monster.sleep_turns
    if group == BURN_GROUP:
        return monster.burn_turns
    if group == FREEZE_GROUP:
        return monster.freeze_turns
    if group == CRINGE_GROUP:
        return monster.cringe_turns
    if group == CHARGE_GROUP:
        return monster.charge_turns
    if group == SHIELD_GROUP:
        return monster.shield_turns
    if group == CURSE_GROUP:
        return monster.curse_turns
    if group == LEECH_GROUP:
        return monster.leech_turns
    if group == AIM_GROUP:
        return monster.aim_turns
    if group == CONCEAL_GROUP:
        return monster.conceal_turns
    if group == SIGHT_GROUP:
        return monster.sight_turns
    return monster.muzzled_turns if group == MUZZLE_GROUP else monster.perish_turns


@kernel
def set_turns(monster: Any, group: int, turns: int) -> None:
    """Write the timer of a group."""
    if group == SLEEP_GROUP:
        monster.sleep_turns = turns
    elif group == BURN_GROUP:
        monster.burn_turns = turns
    elif group == FREEZE_GROUP:
        monster.freeze_turns = turns
    elif group == CRINGE_GROUP:
        monster.cringe_turns = turns
    elif group == CHARGE_GROUP:
        monster.charge_turns = turns
    elif group == SHIELD_GROUP:
        monster.shield_turns = turns
    elif group == CURSE_GROUP:
        monster.curse_turns = turns
    elif group == LEECH_GROUP:
        monster.leech_turns = turns
    elif group == AIM_GROUP:
        monster.aim_turns = turns
    elif group == CONCEAL_GROUP:
        monster.conceal_turns = turns
    elif group == SIGHT_GROUP:
        monster.sight_turns = turns
    elif group == MUZZLE_GROUP:
        monster.muzzled_turns = turns
    else:
        monster.perish_turns = turns


@kernel
def make_due(monster: Any, group: int) -> None:
    """Let the damage that a group does over time fall due at once."""
    if group == BURN_GROUP:
        monster.burn_damage_countdown, monster.bad_poison_count = 0, 0
    elif group == FREEZE_GROUP:
        monster.freeze_damage_countdown = 0
    elif group == CURSE_GROUP:
        monster.curse_damage_countdown = 0
    elif group == LEECH_GROUP:
        monster.leech_damage_countdown = 0


@kernel
def start(monster: Any, kind: int, turns: int) -> None:
    """Write a status and its timer."""
    set_status(monster, kind >> 4, kind & 15)
    set_turns(monster, kind >> 4, turns)
    make_due(monster, kind >> 4)


@kernel
def draw_turns(game: Any, monster: Any, low: int, high: int, shortened: bool) -> int:
    """A duration low..high-1, one draw unless both are equal; `shortened` lets the monster's skills cut it short."""
    turns = roll_range(game, low, high, DURATION)
    if shortened and turns != ids.FOREVER:
        if has_skill(monster, ids.SELF_CURER):
            turns //= 2
        if has_ability(monster, ids.NATURAL_CURE) and turns > NATURAL_CURE_TURNS - 1:
            turns = NATURAL_CURE_TURNS
    return max(turns, 1)


@kernel
def duration(game: Any, monster: Any, kind: int) -> int:
    """The drawn number of turns of a status for the monster that gets it."""
    return draw_turns(game, monster, LOWEST[kind], HIGHEST[kind], FLAGS[kind] & CURED != 0)


@kernel
def end_charge(monster: Any) -> None:
    """Give up the move that is being prepared; Bide and Rage go on (src/move_orb_effects_3.c, sub_8079764)."""
    if monster.charge_status != ids.BIDE and monster.charge_status != ids.ENRAGED:
        monster.charge_status, monster.charge_kept, monster.in_the_air = 0, 0, 0


@kernel
def is_wrapping(monster: Any) -> bool:
    """True for both sides of Wrap."""
    return monster.freeze_status == ids.WRAP or monster.freeze_status == ids.WRAPPED


@kernel
def release_wrap(game: Any, slot: int) -> None:
    """Let both sides of a monster's Wrap go (src/move_orb_effects_1.c, sub_8076CB4)."""
    pair = game.world.monsters[slot].wrap_pair_id
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other < 0:
            continue
        monster = game.world.monsters[other]
        if monster.wrap_pair_id == pair:
            if is_wrapping(monster):
                monster.freeze_status = 0
            monster.wrap_pair_id = 0


@kernel
def tie(game: Any, slot: int, other: int) -> None:
    """Remember the other side of a Leech Seed or Destiny Bond by its place in the active list and its number."""
    monster = game.world.monsters[slot]
    monster.leech_source_index = NO_PLACE
    for index in range(MAX_MONSTERS):
        if active_slot(game, index) == other:
            monster.leech_source_index = index
            monster.leech_source_sprite = game.world.monsters[other].sprite_id


@kernel
def tied_to(game: Any, slot: int) -> int:
    """Slot of the other side of a Leech Seed or Destiny Bond, -1 when that monster is gone."""
    monster = game.world.monsters[slot]
    if monster.leech_source_index >= MAX_MONSTERS:
        return -1
    other = active_slot(game, monster.leech_source_index)
    if other >= 0 and game.world.monsters[other].sprite_id == monster.leech_source_sprite:
        return other
    return -1


@kernel
def forget_seeder(game: Any, slot: int) -> None:
    """End every Leech Seed and Destiny Bond that this monster is the other side of (src/move_orb_effects_2.c)."""
    sprite = game.world.monsters[slot].sprite_id
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other >= 0 and game.world.monsters[other].leech_source_sprite == sprite:
            game.world.monsters[other].leech_status = 0


@kernel
def clear_statuses(rules: Any, monster: Any) -> None:
    """Neutral stages, no status, the species' own types and abilities (src/dungeon_mon_spawn.c, ResetMonEntityData)."""
    for group in range(SLEEP_GROUP, PERISH_GROUP + 1):
        set_status(monster, group, 0)
        if group != CHARGE_GROUP:
            set_turns(monster, group, 0)
        make_due(monster, group)
    monster.throw_status, monster.freeze_source, monster.in_the_air = 0, SQUEEZED_BY_NOTHING, 0
    monster.power_ears, monster.scanning, monster.stair_spotter = 0, 0, 0
    monster.sleep_talk_direction, monster.snore_direction = NOTHING_PENDING, NOTHING_PENDING
    for index in range(len(monster.speed_up_timers)):
        monster.speed_up_timers[index], monster.speed_down_timers[index] = 0, 0
    neutralize(monster)
    species = rules.species[monster.species]
    monster.type1, monster.type2 = species.types[0], species.types[1]
    monster.ability1, monster.ability2 = species.abilities[0], species.abilities[1]
    monster.flash_fire_boost, monster.stockpile, monster.speed_boost_counter = 0, 0, 0
    monster.grudge, monster.exp_mode, monster.exposed, monster.color_changed, monster.is_boss = 0, 0, 0, 0, 0


@kernel
def neutralize(monster: Any) -> bool:
    """Set all stages and multipliers to neutral; True when any was not."""
    stages = (
        monster.attack_stage == NEUTRAL_STAGE
        and monster.sp_attack_stage == NEUTRAL_STAGE
        and monster.defense_stage == NEUTRAL_STAGE
        and monster.sp_defense_stage == NEUTRAL_STAGE
        and monster.accuracy_stage == NEUTRAL_STAGE
        and monster.evasion_stage == NEUTRAL_STAGE
    )
    multipliers = (
        monster.attack_mult == NEUTRAL_MULTIPLIER
        and monster.sp_attack_mult == NEUTRAL_MULTIPLIER
        and monster.defense_mult == NEUTRAL_MULTIPLIER
        and monster.sp_defense_mult == NEUTRAL_MULTIPLIER
    )
    monster.attack_stage, monster.sp_attack_stage = NEUTRAL_STAGE, NEUTRAL_STAGE
    monster.defense_stage, monster.sp_defense_stage = NEUTRAL_STAGE, NEUTRAL_STAGE
    monster.accuracy_stage, monster.evasion_stage = NEUTRAL_STAGE, NEUTRAL_STAGE
    monster.attack_mult, monster.sp_attack_mult = NEUTRAL_MULTIPLIER, NEUTRAL_MULTIPLIER
    monster.defense_mult, monster.sp_defense_mult = NEUTRAL_MULTIPLIER, NEUTRAL_MULTIPLIER
    return not (stages and multipliers)
