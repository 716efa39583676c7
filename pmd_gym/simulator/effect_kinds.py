"""What every ordinary move does, as rows of numbers: how it strikes, by which factor, what follows with what chance.

A move is a kind, a rule for the factor of its damage, a gate that a side effect must pass, and up to six steps. Moves
with an effect of their own are in `special_kinds`. Chances come from `moves.json`; what is written here is which of the
few patterns a move follows (src/dungeon_move.c and src/move_orb_actions_1.c to _5.c). Nothing here may need Numba or
know how a step is carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MAX_STEPS = 6
FACTOR_ONE = 1 << 16
"""Factor 1 of the damage formula, 48.16 fixed point."""


class Kind(IntEnum):
    """How a move works on one target; from 100 on, see `special_kinds`."""

    NOTHING = 0
    BLOW = 1  # damage; if it did any and the gate is passed, the steps
    STEPS = 2  # the steps, always effective
    CHARGE = 3  # first turn: the charge; second turn: a blow
    JUMP_KICK = 4  # a blow, or half of its damage to the user
    DRAIN = 5  # a blow that heals the user by half of its damage
    ROLLOUT = 6  # a blow whose factor grows; the first one without damage ends the move
    TWINEEDLE = 7  # a blow; the side effect is tried at the second one when any of them did damage
    HIDDEN_POWER = 8  # a blow that always counts as effective
    ON_MATES = 9  # the steps, but not on the user itself


class Factor(IntEnum):
    """What multiplies the damage of a blow, beside the constant factor of the row."""

    CONSTANT = 0
    ON_DIVING = 1  # twice against a diving target
    ON_FLYING = 2  # twice against a flying or bouncing target
    ON_DIGGING = 3  # twice against a digging target
    WHEN_ILL = 4  # twice while the user has a status of the burn class
    LOW_HP_STRONG = 5  # 8, 4, 2, 1 by the user's share of HP
    LOW_HP_WEAK = 6  # 0.1, 0.2, 0.5, 1 by the user's share of HP
    WEIGHT = 7  # by the target's weight
    WEATHER = 8  # twice but for clear and cloudy skies; the type too follows the weather
    COUNT = 9  # number of the hit
    SOLAR = 10  # half in sandstorm, rain and hail


class Gate(IntEnum):
    """What lets the steps follow a blow that did damage; all but TARGET also make them act on the user."""

    TARGET = 0  # the target still takes side effects: alive, Shield Dust, chance
    SELF = 1  # the same, asked of the user
    USER = 2  # only the chance of the user, whatever became of the target


class Needs(IntEnum):
    """What must hold before anything happens."""

    NONE = 0
    USER_ASLEEP = 1
    TARGET_ASLEEP = 2


class Step(IntEnum):
    """One thing done to the target, or to the user when the gate is not TARGET; `amount` is its parameter."""

    NONE = 0
    SLEEP = 1
    NIGHTMARE = 2
    YAWN = 3
    NAP = 4
    SLEEPLESS = 5
    PARALYSE = 6
    BURN = 7
    POISON = 8
    BADLY_POISON = 9
    FREEZE = 10
    HOLD = 11
    SQUEEZE = 12  # amount: what the constriction looks like, kept in the record
    INGRAIN = 13
    WRAP = 14
    PETRIFY = 15
    CRINGE = 16
    CONFUSE = 17
    INFATUATE = 18
    COWER = 19
    TAUNT = 20
    ENCORE = 21
    PAUSE = 22
    LEECH_SEED = 23
    DESTINY_BOND = 24
    PERISH = 25
    CURSE = 26
    SNATCH = 27
    DECOY = 28
    SURE_SHOT = 29
    WHIFFER = 30
    SET_DAMAGE = 31
    FOCUS_ENERGY = 32
    INVISIBLE = 33
    MOBILE = 34
    MUZZLE = 35
    EXPOSE = 36
    LONG_TOSS = 37
    PIERCE = 38
    STOCKPILE = 39
    SHIELD = 40  # amount: the status
    PREPARE = 41  # amount: a status of the charge class
    TRI_ATTACK = 42  # paralysis, burn or freezing, drawn
    ATTACK = 50  # to EVASION in the order of `stats`; amount: stages up or down
    SP_ATTACK = 51
    DEFENSE = 52
    SP_DEFENSE = 53
    ACCURACY = 54
    EVASION = 55
    SPEED = 56
    MULTIPLY_ATTACK = 57  # amount: 24.8 factor
    MULTIPLY_DEFENSE = 58
    RESET_STAGES = 59
    HEAL_SHARE = 60  # amount: divisor of the maximum HP
    HEAL_BY_WEATHER = 61
    CURE = 62
    WEATHER = 63  # amount: the weather
    RECOIL = 64  # amount: divisor of the maximum HP
    EARN = 65  # the user's experience mode rises
    TIRE = 66  # Sp. Atk falls when the move is over
    CONFUSE_LATER = 67  # the user is confused when the move is over
    FREE_LATER = 68  # the user is freed when the move is over


@dataclass(frozen=True, slots=True)
class Effect:
    """A row of `rules.effects`; the chance is read from `moves.json`."""

    kind: Kind = Kind.STEPS
    steps: tuple[tuple[Step, int], ...] = ()
    factor_rule: Factor = Factor.CONSTANT
    factor: int = FACTOR_ONE
    gate: Gate = Gate.TARGET
    needs: Needs = Needs.NONE
    thaws: bool = False
    charge: int = 0


def blow(*steps: tuple[Step, int], **options: Any) -> Effect:
    """Damage, then the steps if they pass the gate."""
    return Effect(Kind.BLOW, steps, **options)


def status(*steps: tuple[Step, int]) -> Effect:
    """Steps alone."""
    return Effect(Kind.STEPS, steps)


def charging(status_id: int, *steps: tuple[Step, int], **options: Any) -> Effect:
    """Two turns: charge, then a blow of twice the damage."""
    return Effect(Kind.CHARGE, steps, factor=2 * FACTOR_ONE, charge=status_id, **options)


def one(step: Step, amount: int = 0) -> tuple[tuple[Step, int], ...]:
    """A single step."""
    return ((step, amount),)


# Statuses of the charge and shield classes, by number (ram_map.json, enums)
_BIDE, _SOLARBEAM, _SKY_ATTACK, _RAZOR_WIND, _FOCUS_PUNCH, _SKULL_BASH = 1, 2, 3, 4, 5, 6
_FLYING, _BOUNCING, _DIVING, _DIGGING, _CHARGING, _ENRAGED = 7, 8, 9, 10, 11, 12
_REFLECT, _SAFEGUARD, _LIGHT_SCREEN, _COUNTER, _MAGIC_COAT, _WISH = 1, 2, 3, 4, 5, 6
_PROTECT, _MIRROR_COAT, _ENDURING, _MINI_COUNTER, _MIRROR_MOVE, _CONVERSION2, _VITAL_THROW, _MIST = (
    7, 8, 9, 10, 11, 12, 13, 14,
)  # fmt: skip
_SUNNY, _SANDSTORM, _RAIN, _HAIL = 1, 2, 4, 5
_HALF, _QUARTER = 0x80, 0x40  # 24.8
_ALL_STAGES = ((Step.SPEED, 1), (Step.ATTACK, 1), (Step.SP_ATTACK, 1), (Step.DEFENSE, 1), (Step.SP_DEFENSE, 1))

_PLAIN = (
    "THRASH CUT ROCK_THROW DOUBLESLAP SHADOW_PUNCH EXTREMESPEED SKY_UPPERCUT SWIFT TACKLE WATERFALL SLAM BULLET_SEED "
    "EGG_BOMB FAINT_ATTACK BARRAGE PECK ARM_THRUST HORN_ATTACK WING_ATTACK AERIAL_ACE ICICLE_SPEAR VINE_WHIP "
    "SHOCK_WAVE QUICK_ATTACK SPIKE_CANNON DRAGON_CLAW DRILL_PECK DOUBLE_KICK HYDRO_PUMP HYPER_VOICE VICEGRIP POUND "
    "SCRATCH BONE_RUSH BONEMERANG MAGICAL_LEAF MACH_PUNCH PIN_MISSILE WATER_GUN FURY_ATTACK FURY_SWIPES MEGA_KICK "
    "MEGA_PUNCH MEGAHORN FURY_CUTTER COMET_PUNCH ROCK_BLAST AEROBLAST WIDE_SLASH SPIN_SLASH BLOOP_SLASH "
    "FRENZY_PLANT HYDRO_CANNON HYPER_BEAM AIR_CUTTER KARATE_CHOP SLASH CRABHAMMER CROSS_CHOP RAZOR_LEAF LEAF_BLADE "
    "FALSE_SWIPE"
)

_GROUPS: tuple[tuple[str, Effect], ...] = (
    (_PLAIN, blow()),
    ("REGULAR_ATTACK", blow(factor=FACTOR_ONE // 2)),
    ("NOTHING", blow(factor=0)),
    ("BLAST_BURN", blow(factor=2 * FACTOR_ONE, thaws=True)),
    ("GUST", blow(factor_rule=Factor.ON_FLYING)),
    ("SURF", blow(factor_rule=Factor.ON_DIVING)),
    ("EARTHQUAKE", blow(factor_rule=Factor.ON_DIGGING)),
    ("FACADE", blow(factor_rule=Factor.WHEN_ILL)),
    ("REVERSAL FLAIL", blow(factor_rule=Factor.LOW_HP_STRONG)),
    ("WATER_SPOUT", blow(factor_rule=Factor.LOW_HP_WEAK)),
    ("ERUPTION", blow(factor_rule=Factor.LOW_HP_WEAK, thaws=True)),
    ("LOW_KICK", blow(factor_rule=Factor.WEIGHT)),
    ("WEATHER_BALL", blow(factor_rule=Factor.WEATHER)),
    ("TRIPLE_KICK", blow(factor_rule=Factor.COUNT)),
    ("ICE_BALL ROLLOUT", Effect(Kind.ROLLOUT)),
    ("HIDDEN_POWER", Effect(Kind.HIDDEN_POWER)),
    ("JUMP_KICK", Effect(Kind.JUMP_KICK)),
    ("HI_JUMP_KICK", Effect(Kind.JUMP_KICK, factor=2 * FACTOR_ONE)),
    ("GIGA_DRAIN LEECH_LIFE MEGA_DRAIN ABSORB", Effect(Kind.DRAIN)),
    ("DREAM_EATER", Effect(Kind.DRAIN, needs=Needs.TARGET_ASLEEP)),
    ("TWINEEDLE", Effect(Kind.TWINEEDLE, one(Step.POISON))),
    # a blow, then a status of the target
    ("FLAME_WHEEL FLAMETHROWER FIRE_BLAST HEAT_WAVE EMBER FIRE_PUNCH BLAZE_KICK SACRED_FIRE",
     blow((Step.BURN, 0), thaws=True)),
    ("POWDER_SNOW BLIZZARD ICE_PUNCH ICE_BEAM", blow((Step.FREEZE, 0))),
    ("POISON_STING SLUDGE SLUDGE_BOMB SMOG POISON_TAIL", blow((Step.POISON, 0))),
    ("POISON_FANG", blow((Step.BADLY_POISON, 0))),
    ("THUNDERSHOCK THUNDERBOLT THUNDER THUNDERPUNCH LICK SPARK BODY_SLAM DRAGONBREATH ZAP_CANNON",
     blow((Step.PARALYSE, 0))),
    ("PSYBEAM SIGNAL_BEAM CONFUSION DIZZY_PUNCH WATER_PULSE DYNAMICPUNCH", blow((Step.CONFUSE, 0))),
    ("EXTRASENSORY HYPER_FANG BONE_CLUB BITE NEEDLE_ARM STOMP ROLLING_KICK HEADBUTT ROCK_SLIDE ASTONISH FAKE_OUT",
     blow((Step.CRINGE, 0))),
    ("TWISTER", blow((Step.CRINGE, 0), factor_rule=Factor.ON_FLYING)),
    ("SNORE", blow((Step.CRINGE, 0), needs=Needs.USER_ASLEEP)),
    ("CLAMP", blow((Step.SQUEEZE, 0x75))),
    ("BIND", blow((Step.SQUEEZE, 0x7E))),
    ("SAND_TOMB", blow((Step.SQUEEZE, 0xF1))),
    ("FIRE_SPIN", blow((Step.SQUEEZE, 0x13C), thaws=True)),
    ("WHIRLPOOL", blow((Step.SQUEEZE, 0x3B), factor_rule=Factor.ON_DIVING)),
    ("TRI_ATTACK", blow((Step.TRI_ATTACK, 0))),
    # a blow, then stages
    ("IRON_TAIL ACID CRUSH_CLAW", blow((Step.DEFENSE, -1))),
    ("PSYCHIC CRUNCH SHADOW_BALL LUSTER_PURGE", blow((Step.SP_DEFENSE, -1))),
    ("MIST_BALL", blow((Step.SP_ATTACK, -1))),
    ("AURORA_BEAM", blow((Step.MULTIPLY_ATTACK, _HALF))),
    ("OCTAZOOKA MUDDY_WATER MUD_SLAP", blow((Step.ACCURACY, -1))),
    ("BUBBLE CONSTRICT BUBBLEBEAM ROCK_TOMB ICY_WIND MUD_SHOT", blow((Step.SPEED, -1))),
    ("METAL_CLAW METEOR_MASH", blow((Step.ATTACK, 1), (Step.EARN, 0), gate=Gate.SELF)),
    ("STEEL_WING", blow((Step.DEFENSE, 1), (Step.EARN, 0), gate=Gate.SELF)),
    ("SILVER_WIND ANCIENTPOWER", blow(*_ALL_STAGES, (Step.EARN, 0), gate=Gate.USER)),
    ("SUPERPOWER", blow((Step.ATTACK, -1), (Step.DEFENSE, -1), gate=Gate.SELF)),
    ("PSYCHO_BOOST", blow((Step.SP_ATTACK, -2), gate=Gate.USER)),
    # a blow, then the user
    ("OVERHEAT", blow((Step.TIRE, 0), gate=Gate.USER, thaws=True)),
    ("OUTRAGE PETAL_DANCE", blow((Step.CONFUSE_LATER, 0), gate=Gate.USER)),
    ("RAPID_SPIN", blow((Step.FREE_LATER, 0), gate=Gate.USER)),
    ("DOUBLE_EDGE SUBMISSION TAKE_DOWN VOLT_TACKLE", blow((Step.RECOIL, 8), gate=Gate.USER)),
    ("STRUGGLE", blow((Step.RECOIL, 4), gate=Gate.USER)),
    # two turns
    ("SOLARBEAM", charging(_SOLARBEAM, factor_rule=Factor.SOLAR)),
    ("SKY_ATTACK", charging(_SKY_ATTACK, (Step.CRINGE, 0))),
    ("RAZOR_WIND", charging(_RAZOR_WIND)),
    ("FOCUS_PUNCH", charging(_FOCUS_PUNCH)),
    ("SKULL_BASH", charging(_SKULL_BASH)),
    ("FLY", charging(_FLYING)),
    ("BOUNCE", charging(_BOUNCING, (Step.PARALYSE, 0))),
    ("DIVE", charging(_DIVING)),
    ("DIG", charging(_DIGGING)),
    # statuses
    ("LOVELY_KISS SING SPORE GRASSWHISTLE HYPNOSIS SLEEP_POWDER SIESTA", status((Step.SLEEP, 0))),
    ("NIGHTMARE", status((Step.NIGHTMARE, 0))),
    ("YAWN", status((Step.YAWN, 0))),
    ("REST", status((Step.NAP, 0))),
    ("UPROAR", status((Step.SLEEPLESS, 0))),
    ("DISABLE STUN_SPORE THUNDER_WAVE GLARE", status((Step.PARALYSE, 0))),
    ("POISON_GAS POISONPOWDER", status((Step.POISON, 0))),
    ("TOXIC", status((Step.BADLY_POISON, 0))),
    ("SPIDER_WEB MEAN_LOOK BLOCK", status((Step.HOLD, 0))),
    ("INGRAIN", status((Step.INGRAIN, 0))),
    ("WRAP", status((Step.WRAP, 0))),
    ("PETRIFY", status((Step.PETRIFY, 0))),
    ("CONFUSE_RAY SUPERSONIC SWEET_KISS TEETER_DANCE TOTTER", status((Step.CONFUSE, 0))),
    ("SWAGGER", status((Step.CONFUSE, 0), (Step.ATTACK, 2))),
    ("FLATTER", status((Step.CONFUSE, 0), (Step.SP_ATTACK, 1))),
    ("ATTRACT", status((Step.INFATUATE, 0))),
    ("SHOCKER", status((Step.COWER, 0))),
    ("TAUNT", status((Step.TAUNT, 0))),
    ("ENCORE", status((Step.ENCORE, 0))),
    ("IMPRISON OBSERVER", status((Step.PAUSE, 0))),
    ("LEECH_SEED", status((Step.LEECH_SEED, 0), (Step.EARN, 0))),
    ("DESTINY_BOND", status((Step.DESTINY_BOND, 0))),
    ("PERISH_SONG", status((Step.PERISH, 0))),
    ("CURSE", status((Step.CURSE, 0))),
    ("SNATCH", status((Step.SNATCH, 0))),
    ("FOLLOW_ME SUBSTITUTE DECOY_MAKER", status((Step.DECOY, 0))),
    ("MIND_READER LOCK_ON", status((Step.SURE_SHOT, 0))),
    ("SMOKESCREEN", status((Step.WHIFFER, 0))),
    ("DOOM_DESIRE FUTURE_SIGHT", Effect(Kind.STEPS, one(Step.SET_DAMAGE), gate=Gate.USER)),
    ("FOCUS_ENERGY", status((Step.FOCUS_ENERGY, 0))),
    ("INVISIFY", Effect(Kind.STEPS, one(Step.INVISIBLE), gate=Gate.USER)),
    ("MOBILE", status((Step.MOBILE, 0))),
    ("NO_MOVE", status((Step.MUZZLE, 0))),
    ("ODOR_SLEUTH FORESIGHT", status((Step.EXPOSE, 0))),
    ("LONG_TOSS", status((Step.LONG_TOSS, 0))),
    ("PIERCE", status((Step.PIERCE, 0))),
    ("STOCKPILE", status((Step.STOCKPILE, 0))),
    ("RAGE", status((Step.PREPARE, _ENRAGED))),
    ("CHARGE", status((Step.PREPARE, _CHARGING))),
    ("BIDE REVENGE", status((Step.PREPARE, _BIDE))),
    ("REFLECT", status((Step.SHIELD, _REFLECT))),
    ("SAFEGUARD", status((Step.SHIELD, _SAFEGUARD))),
    ("LIGHT_SCREEN", status((Step.SHIELD, _LIGHT_SCREEN))),
    ("PURSUIT COUNTER", status((Step.SHIELD, _COUNTER))),
    ("REBOUND", status((Step.SHIELD, _MINI_COUNTER))),
    ("MAGIC_COAT", status((Step.SHIELD, _MAGIC_COAT))),
    ("WISH", status((Step.SHIELD, _WISH))),
    ("PROTECT DETECT", status((Step.SHIELD, _PROTECT))),
    ("MIRROR_COAT", status((Step.SHIELD, _MIRROR_COAT))),
    ("ENDURE", Effect(Kind.STEPS, one(Step.SHIELD, _ENDURING), gate=Gate.USER)),
    ("MIRROR_MOVE", Effect(Kind.STEPS, one(Step.SHIELD, _MIRROR_MOVE), thaws=True)),
    ("CONVERSION_2", status((Step.SHIELD, _CONVERSION2))),
    ("VITAL_THROW", status((Step.SHIELD, _VITAL_THROW))),
    ("MIST", status((Step.SHIELD, _MIST))),
    # stages
    ("SWEET_SCENT", status((Step.EVASION, -1))),
    ("SAND_ATTACK KINESIS FLASH", status((Step.ACCURACY, -1))),
    ("DOUBLE_TEAM MINIMIZE", status((Step.EVASION, 1))),
    ("CHARM", status((Step.MULTIPLY_ATTACK, _HALF))),
    ("SCREECH", status((Step.MULTIPLY_DEFENSE, _QUARTER))),
    ("TAIL_WHIP LEER", status((Step.DEFENSE, -1))),
    ("FAKE_TEARS", status((Step.SP_DEFENSE, -2))),
    ("METAL_SOUND", status((Step.SP_DEFENSE, -3))),
    ("TICKLE", status((Step.ATTACK, -1), (Step.DEFENSE, -1))),
    ("GROWL", status((Step.ATTACK, -1))),
    ("FEATHERDANCE", status((Step.ATTACK, -2))),
    ("STRING_SHOT SCARY_FACE COTTON_SPORE SLOW_DOWN", status((Step.SPEED, -1))),
    ("AGILITY SPEED_BOOST", status((Step.SPEED, 1))),
    ("SHARPEN HOWL MEDITATE", status((Step.ATTACK, 1))),
    ("SWORDS_DANCE", status((Step.ATTACK, 2))),
    ("GROWTH", status((Step.SP_ATTACK, 1))),
    ("TAIL_GLOW", status((Step.SP_ATTACK, 2))),
    ("HARDEN WITHDRAW DEFENSE_CURL", status((Step.DEFENSE, 1))),
    ("IRON_DEFENSE ACID_ARMOR BARRIER", status((Step.DEFENSE, 2))),
    ("AMNESIA", status((Step.SP_DEFENSE, 2))),
    ("COSMIC_POWER", status((Step.DEFENSE, 1), (Step.SP_DEFENSE, 1))),
    ("BULK_UP", status((Step.ATTACK, 1), (Step.DEFENSE, 1))),
    ("CALM_MIND", status((Step.SP_ATTACK, 1), (Step.SP_DEFENSE, 1))),
    ("DRAGON_DANCE", status((Step.ATTACK, 1), (Step.SPEED, 1))),
    ("HELPING_HAND", Effect(Kind.ON_MATES, ((Step.ATTACK, 1), (Step.SP_ATTACK, 1)))),
    ("HAZE", status((Step.RESET_STAGES, 0))),
    # healing, weather
    ("SOFTBOILED MILK_DRINK", status((Step.HEAL_SHARE, 4))),
    ("RECOVER SLACK_OFF", status((Step.HEAL_SHARE, 2))),
    ("MORNING_SUN SYNTHESIS MOONLIGHT", status((Step.HEAL_BY_WEATHER, 0))),
    ("AROMATHERAPY HEAL_BELL REFRESH", status((Step.CURE, 0))),
    ("RAIN_DANCE", status((Step.WEATHER, _RAIN))),
    ("SUNNY_DAY", status((Step.WEATHER, _SUNNY))),
    ("SANDSTORM", status((Step.WEATHER, _SANDSTORM))),
    ("HAIL", status((Step.WEATHER, _HAIL))),
)  # fmt: skip

PAUSING_MOVES = frozenset(("FRENZY_PLANT", "HYDRO_CANNON", "HYPER_BEAM", "BLAST_BURN"))
"""Moves after which the user rests (src/dungeon_move_util.c, MoveCausesPaused)."""

EFFECTS: Mapping[str, Effect] = {key: effect for keys, effect in _GROUPS for key in keys.split()}
"""Move key (`moves.json`) -> its row. Moves in neither table have no effect at all."""


def side_chance(entry: Mapping[str, Any]) -> int:
    """Percent of a move's side effect, 0 for always without a draw; `entry` is its row of `moves.json`."""
    chance = int(entry.get("chance", 0))
    return 0 if chance == 100 else chance


def unknown_keys(keys: Iterable[str]) -> set[str]:
    """Keys of this table that no move has."""
    return set(EFFECTS) - set(keys)
