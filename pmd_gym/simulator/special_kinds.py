"""Which moves have an effect of their own: the kinds from 100 on, which `effects_special` carries out.

The tables of moves are filled from here (`rules`), so nothing here may need Numba or know how an effect works.
"""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType

FIRST_SPECIAL = 100


class Special(IntEnum):
    """An effect of its own; several moves may share one (src/dungeon_move.c, UseMoveAgainstTargets)."""

    # moves that use other moves, or that depend on the ground
    METRONOME = 100
    NATURE_POWER = 101
    SECRET_POWER = 102
    NOTHING_HAPPENS = 103

    # damage without the formula, prices in HP and belly
    FIXED_DAMAGE = 110
    LEVEL_DAMAGE = 111
    SUPER_FANG = 112
    ENDEAVOR = 113
    RETURN = 114
    FRUSTRATION = 115
    ECHO = 116
    ONE_HIT = 117
    FISSURE = 118
    ONE_SHOT = 119
    PSYWAVE = 120
    MAGNITUDE = 121
    PRESENT = 122
    VACUUM_CUT = 123
    BIDE_RELEASE = 124
    TWO_EDGE = 125
    PAIN_SPLIT = 126
    BELLY_DRUM = 127
    FAMISH = 128
    MEMENTO = 129
    SWALLOW = 130
    SPIT_UP = 131
    BRICK_BREAK = 132
    SMELLINGSALT = 133
    WILL_O_WISP = 134
    EXPLODE = 135

    # who a monster is and what it knows
    TORMENT = 140
    SPITE = 141
    GRUDGE = 142
    PSYCH_UP = 143
    SKILL_SWAP = 144
    ROLE_PLAY = 145
    SKETCH = 146
    MIMIC = 147
    CONVERSION = 148
    CAMOUFLAGE = 149
    TRANSFORM = 150
    TRANSFER = 151

    # items
    STEAL = 160
    TRICK = 161
    KNOCK_OFF = 162
    PAY_DAY = 163
    RECYCLE = 164
    CLEANSE = 165
    TRAWL = 166
    ITEMIZE = 167

    # places
    WARP = 180
    STAY_AWAY = 181
    SWITCH_PLACES = 182
    BLOW_AWAY = 183
    HURL = 184
    POUNCE = 185
    SPLASH = 186
    BEAT_UP = 187
    WILD_CALL = 188
    ESCAPE = 189
    ONE_ROOM = 190
    DROUGHT = 191
    FILL_IN = 192
    DIG_WALL = 193
    SPIKES = 194
    TRAPPER = 195
    TRAP_BUSTER = 196
    SPORT = 197

    # sight
    SEE_TRAPS = 210
    SEARCHLIGHT = 211
    SEE_ITEMS = 212
    POWER_EARS = 213
    SEE_STAIRS = 214
    SEE_HOLDERS = 215


SPECIAL_MOVES = MappingProxyType({
    "METRONOME": Special.METRONOME, "NATURE_POWER": Special.NATURE_POWER, "SECRET_POWER": Special.SECRET_POWER,
    "SLEEP_TALK": Special.NOTHING_HAPPENS, "ASSIST": Special.NOTHING_HAPPENS, "REVIVER": Special.NOTHING_HAPPENS,
    "SONICBOOM": Special.FIXED_DAMAGE, "DRAGON_RAGE": Special.FIXED_DAMAGE, "VACUUM_CUT": Special.VACUUM_CUT,
    "SEISMIC_TOSS": Special.LEVEL_DAMAGE, "NIGHT_SHADE": Special.LEVEL_DAMAGE, "SUPER_FANG": Special.SUPER_FANG,
    "ENDEAVOR": Special.ENDEAVOR, "RETURN": Special.RETURN, "FRUSTRATION": Special.FRUSTRATION, "ECHO": Special.ECHO,
    "SHEER_COLD": Special.ONE_HIT, "GUILLOTINE": Special.ONE_HIT, "HORN_DRILL": Special.ONE_HIT,
    "FISSURE": Special.FISSURE, "ONE_SHOT": Special.ONE_SHOT, "PSYWAVE": Special.PSYWAVE,
    "MAGNITUDE": Special.MAGNITUDE, "PRESENT": Special.PRESENT, "BIDE_2": Special.BIDE_RELEASE,
    "TWO_EDGE": Special.TWO_EDGE, "PAIN_SPLIT": Special.PAIN_SPLIT, "BELLY_DRUM": Special.BELLY_DRUM,
    "FAMISH": Special.FAMISH, "MEMENTO": Special.MEMENTO, "SWALLOW": Special.SWALLOW, "SPIT_UP": Special.SPIT_UP,
    "BRICK_BREAK": Special.BRICK_BREAK, "SMELLINGSALT": Special.SMELLINGSALT, "WILL_O_WISP": Special.WILL_O_WISP,
    "SELFDESTRUCT": Special.EXPLODE, "EXPLOSION": Special.EXPLODE,
    "TORMENT": Special.TORMENT, "SPITE": Special.SPITE, "GRUDGE": Special.GRUDGE, "PSYCH_UP": Special.PSYCH_UP,
    "SKILL_SWAP": Special.SKILL_SWAP, "ROLE_PLAY": Special.ROLE_PLAY, "SKETCH": Special.SKETCH,
    "MIMIC": Special.MIMIC, "CONVERSION": Special.CONVERSION, "CAMOUFLAGE": Special.CAMOUFLAGE,
    "TRANSFORM": Special.TRANSFORM, "TRANSFER": Special.TRANSFER,
    "THIEF": Special.STEAL, "COVET": Special.STEAL, "TAKEAWAY": Special.STEAL, "TRICK": Special.TRICK,
    "KNOCK_OFF": Special.KNOCK_OFF, "PAY_DAY": Special.PAY_DAY, "RECYCLE": Special.RECYCLE,
    "CLEANSE": Special.CLEANSE, "TRAWL": Special.TRAWL, "ITEMIZE": Special.ITEMIZE,
    "WARP": Special.WARP, "TELEPORT": Special.WARP, "STAY_AWAY": Special.STAY_AWAY,
    "BATON_PASS": Special.SWITCH_PLACES, "SWITCHER": Special.SWITCH_PLACES, "ROAR": Special.BLOW_AWAY,
    "WHIRLWIND": Special.BLOW_AWAY, "BLOWBACK": Special.BLOW_AWAY, "STRENGTH": Special.HURL, "HURL": Special.HURL,
    "POUNCE": Special.POUNCE, "SPLASH": Special.SPLASH, "BEAT_UP": Special.BEAT_UP, "WILD_CALL": Special.WILD_CALL,
    "ESCAPE": Special.ESCAPE, "ONE_ROOM": Special.ONE_ROOM, "DROUGHT": Special.DROUGHT, "FILL_IN": Special.FILL_IN,
    "ROCK_SMASH": Special.DIG_WALL, "EXCAVATE": Special.DIG_WALL, "SPIKES": Special.SPIKES,
    "TRAPPER": Special.TRAPPER, "TRAP_BUSTER": Special.TRAP_BUSTER,
    "MUD_SPORT": Special.SPORT, "WATER_SPORT": Special.SPORT,
    "SEE_TRAP": Special.SEE_TRAPS, "SEARCHLIGHT": Special.SEARCHLIGHT, "SCAN": Special.SEE_ITEMS,
    "POWER_EARS": Special.POWER_EARS, "SEE_STAIRS": Special.SEE_STAIRS, "HP_GAUGE": Special.SEE_HOLDERS,
})  # fmt: skip
"""Move key (`moves.json`) -> its effect. All other moves are ordinary combinations (`effects`)."""
