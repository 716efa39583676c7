"""When Status Checker keeps the AI from a move, because it would change nothing: one rule a move (src/move_checks.c).

Rows only; `move_checks` reads them. A rule asks the user (`ON_SELF`) or the target (`ON_TARGET`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

ATTACK, SP_ATTACK, DEFENSE, SP_DEFENSE, ACCURACY, EVASION, SPEED = 1, 2, 4, 8, 16, 32, 64
"""Bits of a set of stages."""


class Vain(IntEnum):
    """What makes a move vain; `amount` is its parameter."""

    NEVER = 0
    HAS_STATUS = 1  # amount: 16 * group + status, as in `conditions`
    STAGES_AT_TOP = 2  # amount: the stages, all of them
    STAGES_AT_BOTTOM = 3
    WEATHER = 4  # amount: the weather
    BOSS_ROOM = 5
    HOLDS_CHARGES = 6  # amount: so many loads of Stockpile
    NO_CHARGES = 7
    CANNOT_SWALLOW = 8
    CANNOT_INGRAIN = 9
    CANNOT_DRUM = 10
    IS_CAMOUFLAGED = 11
    HOLDS_ITEM = 12
    HOLDS_CLEAN_ITEM = 13
    NEEDS_NO_REST = 14
    IS_DRY = 15
    CANNOT_DIG = 16
    NO_TRAP_HERE = 17
    MUD_SPORT = 18
    WATER_SPORT = 19
    BEARS_GRUDGE = 20
    DECOY_EXISTS = 21
    CANNOT_WISH = 22
    CANNOT_LAY_TRAP = 23
    NO_MATE_TO_HELP = 24
    # of the target
    ASLEEP = 30
    ASLEEP_OR_YAWNING = 31
    ATTACK_CRUSHED = 32  # the multiplier is below a quarter
    DEFENSE_CRUSHED = 33
    BOTH_ATTACKS_CRUSHED = 34
    NOTHING_TO_REPEAT = 35
    ENCORED_OR_NOTHING = 36
    ONE_HP = 37
    NO_MORE_HP = 38  # no more than the user
    NOTHING_TO_TORMENT = 39
    OUT_OF_PP = 40
    SEEN_THROUGH = 41
    NOTHING_TO_RESET = 42
    NOTHING_TO_COPY = 43
    NO_ITEMS = 44
    NO_ITEM = 45
    SAME_ABILITIES = 46
    CURSED_ENOUGH = 47
    WRAPPED = 48
    POISONED = 49


_SELF: tuple[tuple[str, Vain, int], ...] = (
    ("HAIL", Vain.WEATHER, 5), ("RAIN_DANCE", Vain.WEATHER, 4), ("SANDSTORM", Vain.WEATHER, 2),
    ("SUNNY_DAY", Vain.WEATHER, 1),
    ("RAGE", Vain.HAS_STATUS, 0x5C), ("BIDE REVENGE", Vain.HAS_STATUS, 0x51), ("CHARGE", Vain.HAS_STATUS, 0x5B),
    ("COUNTER PURSUIT", Vain.HAS_STATUS, 0x64), ("MIRROR_MOVE", Vain.HAS_STATUS, 0x6B),
    ("ENDURE", Vain.HAS_STATUS, 0x69), ("MIST", Vain.HAS_STATUS, 0x6E), ("LIGHT_SCREEN", Vain.HAS_STATUS, 0x63),
    ("MIRROR_COAT", Vain.HAS_STATUS, 0x68), ("REFLECT", Vain.HAS_STATUS, 0x61),
    ("MAGIC_COAT", Vain.HAS_STATUS, 0x65), ("DETECT PROTECT", Vain.HAS_STATUS, 0x67),
    ("SAFEGUARD", Vain.HAS_STATUS, 0x62), ("CONVERSION_2", Vain.HAS_STATUS, 0x6C),
    ("LOCK_ON MIND_READER", Vain.HAS_STATUS, 0x91), ("DOOM_DESIRE FUTURE_SIGHT", Vain.HAS_STATUS, 0x93),
    ("FOCUS_ENERGY", Vain.HAS_STATUS, 0x94), ("DESTINY_BOND", Vain.HAS_STATUS, 0x82),
    ("INVISIFY", Vain.HAS_STATUS, 0xA1), ("TRANSFORM", Vain.HAS_STATUS, 0xA2), ("SNATCH", Vain.HAS_STATUS, 0x73),
    ("HOWL MEDITATE SHARPEN SWORDS_DANCE", Vain.STAGES_AT_TOP, ATTACK),
    ("ACID_ARMOR BARRIER DEFENSE_CURL HARDEN IRON_DEFENSE WITHDRAW", Vain.STAGES_AT_TOP, DEFENSE),
    ("AMNESIA", Vain.STAGES_AT_TOP, SP_DEFENSE), ("AGILITY", Vain.STAGES_AT_TOP, SPEED),
    ("COSMIC_POWER", Vain.STAGES_AT_TOP, DEFENSE | SP_DEFENSE), ("BULK_UP", Vain.STAGES_AT_TOP, ATTACK | DEFENSE),
    ("MINIMIZE DOUBLE_TEAM", Vain.STAGES_AT_TOP, EVASION), ("TAIL_GLOW GROWTH", Vain.STAGES_AT_TOP, SP_ATTACK),
    ("DRAGON_DANCE", Vain.STAGES_AT_TOP, ATTACK | SPEED), ("CALM_MIND", Vain.STAGES_AT_TOP, SP_ATTACK | SP_DEFENSE),
    ("BEAT_UP BLOWBACK HURL MEMENTO ROAR STAY_AWAY SWITCHER TELEPORT VITAL_THROW WARP WHIRLWIND", Vain.BOSS_ROOM, 0),
    ("STOCKPILE", Vain.HOLDS_CHARGES, 3), ("SPIT_UP", Vain.NO_CHARGES, 0), ("SWALLOW", Vain.CANNOT_SWALLOW, 0),
    ("INGRAIN", Vain.CANNOT_INGRAIN, 0), ("BELLY_DRUM", Vain.CANNOT_DRUM, 0),
    ("CAMOUFLAGE", Vain.IS_CAMOUFLAGED, 0), ("TAKEAWAY", Vain.HOLDS_ITEM, 0), ("CLEANSE", Vain.HOLDS_CLEAN_ITEM, 0),
    ("REST", Vain.NEEDS_NO_REST, 0), ("DIVE", Vain.IS_DRY, 0), ("DIG", Vain.CANNOT_DIG, 0),
    ("TRAP_BUSTER", Vain.NO_TRAP_HERE, 0), ("MUD_SPORT", Vain.MUD_SPORT, 0), ("WATER_SPORT", Vain.WATER_SPORT, 0),
    ("GRUDGE", Vain.BEARS_GRUDGE, 0), ("DECOY_MAKER FOLLOW_ME SUBSTITUTE", Vain.DECOY_EXISTS, 0),
    ("WISH", Vain.CANNOT_WISH, 0), ("SPIKES", Vain.CANNOT_LAY_TRAP, 0), ("HELPING_HAND", Vain.NO_MATE_TO_HELP, 0),
)  # fmt: skip

_TARGET: tuple[tuple[str, Vain, int], ...] = (
    ("GRASSWHISTLE HYPNOSIS LOVELY_KISS SING SLEEP_POWDER SPORE", Vain.ASLEEP, 0),
    ("YAWN", Vain.ASLEEP_OR_YAWNING, 0), ("NIGHTMARE", Vain.HAS_STATUS, 0x13), ("UPROAR", Vain.HAS_STATUS, 0x12),
    ("SWEET_SCENT", Vain.STAGES_AT_BOTTOM, EVASION), ("CHARM", Vain.ATTACK_CRUSHED, 0),
    ("SCREECH", Vain.DEFENSE_CRUSHED, 0), ("MEMENTO", Vain.BOTH_ATTACKS_CRUSHED, 0),
    ("ENCORE", Vain.ENCORED_OR_NOTHING, 0), ("MIMIC SKETCH", Vain.NOTHING_TO_REPEAT, 0),
    ("SUPER_FANG FALSE_SWIPE", Vain.ONE_HP, 0), ("PAIN_SPLIT ENDEAVOR", Vain.NO_MORE_HP, 0),
    ("TORMENT", Vain.NOTHING_TO_TORMENT, 0), ("SPITE", Vain.OUT_OF_PP, 0),
    ("COTTON_SPORE SCARY_FACE STRING_SHOT", Vain.STAGES_AT_BOTTOM, SPEED),
    ("FAKE_TEARS METAL_SOUND", Vain.STAGES_AT_BOTTOM, SP_DEFENSE), ("LEER TAIL_WHIP", Vain.STAGES_AT_BOTTOM, DEFENSE),
    ("TICKLE", Vain.STAGES_AT_BOTTOM, ATTACK | DEFENSE), ("FEATHERDANCE GROWL", Vain.STAGES_AT_BOTTOM, ATTACK),
    ("FLASH KINESIS SAND_ATTACK", Vain.STAGES_AT_BOTTOM, ACCURACY),
    ("SMOKESCREEN", Vain.HAS_STATUS, 0x92), ("WILL_O_WISP", Vain.HAS_STATUS, 0x21),
    ("DISABLE GLARE STUN_SPORE THUNDER_WAVE", Vain.HAS_STATUS, 0x24), ("TOXIC", Vain.HAS_STATUS, 0x23),
    ("POISON_GAS POISONPOWDER", Vain.POISONED, 0), ("BLOCK MEAN_LOOK SPIDER_WEB", Vain.HAS_STATUS, 0x32),
    ("TAUNT", Vain.HAS_STATUS, 0x45), ("IMPRISON OBSERVER", Vain.HAS_STATUS, 0x43),
    ("ATTRACT", Vain.HAS_STATUS, 0x47),
    ("CONFUSE_RAY FLATTER SUPERSONIC SWAGGER SWEET_KISS TEETER_DANCE TOTTER", Vain.HAS_STATUS, 0x42),
    ("LEECH_SEED", Vain.HAS_STATUS, 0x81), ("PERISH_SONG", Vain.HAS_STATUS, 0xD1), ("WRAP", Vain.WRAPPED, 0),
    ("FORESIGHT ODOR_SLEUTH", Vain.SEEN_THROUGH, 0), ("HAZE", Vain.NOTHING_TO_RESET, 0),
    ("PSYCH_UP", Vain.NOTHING_TO_COPY, 0), ("TRICK", Vain.NO_ITEMS, 0), ("KNOCK_OFF", Vain.NO_ITEM, 0),
    ("ROLE_PLAY", Vain.SAME_ABILITIES, 0), ("CURSE", Vain.CURSED_ENOUGH, 0),
)  # fmt: skip


def _rules(rows: tuple[tuple[str, Vain, int], ...]) -> Mapping[str, tuple[Vain, int]]:
    return {key: (vain, amount) for keys, vain, amount in rows for key in keys.split()}


ON_SELF, ON_TARGET = _rules(_SELF), _rules(_TARGET)
"""Move key (`moves.json`) -> (rule, amount)."""
