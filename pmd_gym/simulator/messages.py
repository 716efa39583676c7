"""What happens, in short lines of our own wording, written into the dungeon's message log.

`say` is called by the rules at the moment something happens. It draws nothing and decides nothing: taking every call
away would leave every other byte of a game as it is, but for the state of the message strip. A line is written as the
console writes one (src/dungeon_message_log.c, CopyStringToMessageLog): the next slot of a ring of 20, zero-terminated,
in the game's letters, where bytes behind the end stay as they were. Nobody reads what nobody sees: a line about a
monster off the screen is left out (src/dungeon_message.c).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator.sight import is_on_screen

LINE_LENGTH = 60
"""Bytes of a line, its zero included (`LogLine.text`)."""
STRIP_FRAMES, FRAMES_OF_A_TURN = layout.constant("message_strip_frames"), 24
PLAY_VIEW, STRIP = 0, 3
"""`ui_mode` without and with the message strip."""


class Message(IntEnum):
    """What `say` can say; the comment names what `thing` and `value` are, where they are used."""

    USED_MOVE = 0  # move
    MISSED = 1  # the one who was missed
    TOOK_DAMAGE = 2  # -, points
    TOOK_CRITICAL = 3  # -, points
    TOOK_MUCH = 4  # -, points
    TOOK_LITTLE = 5  # -, points
    SUFFERED = 6  # kind of residual damage, points
    UNHURT = 7
    FAINTED = 8
    REVIVED = 9
    HEALED = 10  # -, points
    GAINED_EXP = 11  # -, points
    LEVEL_UP = 12  # -, level
    LEARNED = 13  # move
    FELL_BACK = 14  # -, level
    STATUS_BEGAN = 15  # kind of status (conditions)
    STATUS_ENDED = 16  # kind of status
    SPED_UP = 17
    SLOWED_DOWN = 18
    STAT_ROSE = 19  # stat (see STATS)
    STAT_FELL = 20  # stat
    STATS_RESET = 21
    CANNOT_ACT = 22
    PICKED_UP = 23  # item
    FOUND_MONEY = 24  # -, amount
    BAG_FULL = 25  # item
    USED_ITEM = 26  # item
    ATE = 27  # item
    THREW = 28  # item
    CAUGHT = 29  # item
    STUCK = 30  # item
    FILLED_UP = 31
    GOT_PP = 32
    STEPPED_ON = 33  # trap
    TRAP_FAILED = 34  # trap
    FOUND_TRAP = 35  # trap
    WARPED = 36
    FLEW_BACK = 37
    PEEKISH = 38
    HUNGRY = 39
    STARVING = 40
    WIND_RISES = 41
    WIND_NEARS = 42
    WIND_IS_HERE = 43
    WIND_BLEW = 44
    SOLD = 45  # -, amount
    PAID = 46  # -, amount
    STOLE = 47
    ON_STAIRS = 48
    WEATHER_NOW = 49  # weather
    MONSTER_HOUSE = 50
    RECRUITED = 51


(_WHO, _WHOM, _N, _MOVE, _ITEM, _TRAP, _CAUSE, _BEGAN, _STATUS, _STAT, _WEATHER) = range(1, 12)
_MARKS = {
    "{who}": _WHO, "{whom}": _WHOM, "{n}": _N, "{move}": _MOVE, "{item}": _ITEM, "{trap}": _TRAP, "{cause}": _CAUSE,
    "{began}": _BEGAN, "{status}": _STATUS, "{stat}": _STAT, "{weather}": _WEATHER,
}  # fmt: skip
"""Placeholders of `TEXTS` and the byte that stands for each in the compiled templates, all below the first letter."""

TEXTS: dict[Message, str] = {
    Message.USED_MOVE: "{who} uses {move}.",
    Message.MISSED: "{who} misses {whom}.",
    Message.TOOK_DAMAGE: "{who}: {n} damage.",
    Message.TOOK_CRITICAL: "{who}: {n} damage, critical!",
    Message.TOOK_MUCH: "{who}: {n} damage, weak to it!",
    Message.TOOK_LITTLE: "{who}: {n} damage, resisted.",
    Message.SUFFERED: "{who}: {n} by {cause}.",
    Message.UNHURT: "{who} is unhurt.",
    Message.FAINTED: "{who} is down!",
    Message.REVIVED: "{who} rises again!",
    Message.HEALED: "{who}: {n} HP back.",
    Message.GAINED_EXP: "{who}: {n} Exp.",
    Message.LEVEL_UP: "{who} is now level {n}!",
    Message.LEARNED: "{who} learns {move}!",
    Message.FELL_BACK: "{who} is back at level {n}.",
    Message.STATUS_BEGAN: "{who} {began}.",
    Message.STATUS_ENDED: "{who}: {status} is over.",
    Message.SPED_UP: "{who} is faster.",
    Message.SLOWED_DOWN: "{who} is slower.",
    Message.STAT_ROSE: "{who}: {stat} up.",
    Message.STAT_FELL: "{who}: {stat} down.",
    Message.STATS_RESET: "{who}: stats as at first.",
    Message.CANNOT_ACT: "{who} can do nothing now.",
    Message.PICKED_UP: "{who} takes {item}.",
    Message.FOUND_MONEY: "{who} takes {n} Poké.",
    Message.BAG_FULL: "No room for {item}.",
    Message.USED_ITEM: "{who} uses {item}.",
    Message.ATE: "{who} eats {item}.",
    Message.THREW: "{who} throws {item}.",
    Message.CAUGHT: "{who} catches {item}.",
    Message.STUCK: "{item} is sticky.",
    Message.FILLED_UP: "{who}: fuller belly.",
    Message.GOT_PP: "{who}: PP back.",
    Message.STEPPED_ON: "{who}: {trap}!",
    Message.TRAP_FAILED: "{who} avoids {trap}.",
    Message.FOUND_TRAP: "{who} spots {trap}.",
    Message.WARPED: "{who} is elsewhere at once.",
    Message.FLEW_BACK: "{who} is hurled away.",
    Message.PEEKISH: "{who} gets hungry.",
    Message.HUNGRY: "{who} is very hungry.",
    Message.STARVING: "{who} needs food right now!",
    Message.WIND_RISES: "A wind rises far away.",
    Message.WIND_NEARS: "The wind comes nearer.",
    Message.WIND_IS_HERE: "The wind is close. Leave!",
    Message.WIND_BLEW: "The wind ends the journey.",
    Message.SOLD: "Sold for {n} Poké.",
    Message.PAID: "Paid {n} Poké.",
    Message.STOLE: "Thief! The shop is on alert.",
    Message.ON_STAIRS: "{who} stands on the stairs.",
    Message.WEATHER_NOW: "Weather: {weather}.",
    Message.MONSTER_HOUSE: "A den full of monsters!",
    Message.RECRUITED: "{who} joins the team!",
}

STATS = ("Attack", "Sp.Atk", "Defense", "Sp.Def", "accuracy", "evasion")
"""Stats by their numbers (`stats`)."""

CAUSES: dict[int, str] = {
    1: "burn", 2: "squeezed", 3: "poison", 5: "wrapped", 6: "returned", 7: "curse", 8: "nightmare", 9: "drained",
    10: "spikes", 11: "Perish Song", 12: "Destiny Bond", 13: "Ooze", 14: "hunger", 15: "chestnuts", 16: "blast",
    17: "fall", 18: "weather", 19: "a miss", 20: "recoil",
}  # fmt: skip
"""Kind of residual damage (constants/residual_damage.h; `hp_loss`) -> what `SUFFERED` calls it."""

STATUSES: dict[int, tuple[str, str]] = {
    kinds.SLEEP: ("falls asleep", "sleep"), kinds.SLEEPLESS: ("cannot sleep", "sleeplessness"),
    kinds.NIGHTMARE: ("has a nightmare", "nightmare"), kinds.YAWNING: ("yawns", "yawn"),
    kinds.NAPPING: ("takes a nap", "nap"),
    kinds.BURN: ("is burned", "burn"), kinds.POISONED: ("is poisoned", "poison"),
    kinds.BADLY_POISONED: ("is badly poisoned", "poison"), kinds.PARALYSIS: ("is paralyzed", "paralysis"),
    kinds.FROZEN: ("freezes", "ice"), kinds.SHADOW_HOLD: ("is held in place", "hold"),
    kinds.FREEZE_GROUP * 16 + 3: ("wraps its foe", "wrap"), kinds.WRAPPED: ("is wrapped", "wrap"),
    kinds.INGRAIN: ("grows roots", "roots"), kinds.PETRIFIED: ("turns to stone", "stone"),
    kinds.CONSTRICTION: ("is squeezed", "squeeze"),
    kinds.CRINGE: ("cringes", "cringe"), kinds.CONFUSED: ("is confused", "confusion"),
    kinds.PAUSED: ("must rest", "rest"), kinds.COWERING: ("cowers", "fear"), kinds.TAUNTED: ("is taunted", "taunt"),
    kinds.ENCORE: ("must repeat itself", "encore"), kinds.INFATUATED: ("is in love", "love"),
    **{kinds.CHARGE_GROUP * 16 + status: ("gathers strength", "charge") for status in range(1, 16)},
    kinds.BIDE: ("bides its time", "bide"), kinds.ENRAGED: ("is in a rage", "rage"),
    kinds.REFLECT: ("has Reflect", "Reflect"), kinds.SAFEGUARD: ("has Safeguard", "Safeguard"),
    kinds.LIGHT_SCREEN: ("has Light Screen", "Light Screen"), kinds.COUNTER: ("has Counter", "Counter"),
    kinds.MAGIC_COAT: ("has Magic Coat", "Magic Coat"), kinds.WISH: ("makes a wish", "wish"),
    kinds.PROTECT: ("is protected", "protection"), kinds.MIRROR_COAT: ("has Mirror Coat", "Mirror Coat"),
    kinds.ENDURING: ("will endure", "endurance"), kinds.MINI_COUNTER: ("has Mini Counter", "Mini Counter"),
    kinds.MIRROR_MOVE: ("has Mirror Move", "Mirror Move"), kinds.CONVERSION2: ("has Conversion 2", "Conversion 2"),
    kinds.VITAL_THROW: ("waits to throw", "Vital Throw"), kinds.MIST: ("is in a mist", "mist"),
    kinds.CURSED: ("is cursed", "curse"), kinds.DECOY: ("is a decoy", "decoy"),
    kinds.SNATCH: ("waits to snatch", "Snatch"),
    kinds.LEECH_SEED: ("is seeded", "seed"), kinds.DESTINY_BOND: ("shares its fate", "shared fate"),
    kinds.SURE_SHOT: ("aims well", "sure aim"), kinds.WHIFFER: ("aims badly", "bad aim"),
    kinds.SET_DAMAGE: ("hits evenly", "even hits"), kinds.FOCUS_ENERGY: ("is focused", "focus"),
    kinds.INVISIBLE: ("cannot be seen", "invisibility"), kinds.TRANSFORMED: ("changes shape", "other shape"),
    kinds.MOBILE: ("can go anywhere", "free movement"),
    kinds.BLINKER: ("sees nothing", "blindness"), kinds.CROSS_EYED: ("sees things", "crossed eyes"),
    kinds.EYEDROPS: ("sees everything", "sharp sight"),
    kinds.MUZZLED: ("has its mouth shut", "shut mouth"), kinds.PERISHING: ("will perish soon", "Perish Song"),
}  # fmt: skip
"""Kind of status (`conditions`) -> what one says when it begins, what it is called."""

_KINDS = 16 * (kinds.PERISH_GROUP + 1)
_WORD_LENGTH = 24
_TEAM_COLOUR, _FOE_COLOUR = ord("3"), ord("5")
_HASH, _COLOUR, _RESET, _ZERO = ord("#"), ord("c"), ord("R"), ord("0")
_LETTERS = {"♂": 0xBD, "♀": 0xBE}


def encode(text: str) -> bytes:
    """Text in the game's letters (`ram.text` reads them back); UnicodeEncodeError for what its font does not have."""
    return b"".join(bytes((_LETTERS[c],)) if c in _LETTERS else c.encode("cp1252") for c in text)


def _rows(texts: list[bytes], length: int) -> NDArray[np.uint8]:
    """Zero-terminated rows, (n, length)."""
    rows = np.zeros((len(texts), length), np.uint8)
    for row, text in zip(rows, texts, strict=True):
        if len(text) >= length:
            raise ValueError(f"{text!r} has {len(text)} bytes, a row holds {length - 1}: shorten it")
        row[: len(text)] = np.frombuffer(text, np.uint8)
    return rows


def _names(enum: str, count: int) -> list[str]:
    known = layout.enum(enum)
    return [layout.enum_name(enum, number) if number in known else "?" for number in range(count)]


def _word_lists() -> dict[int, list[str]]:
    """Placeholder -> its words by the number that `thing` is."""
    statuses = [STATUSES.get(kind, ("feels odd", "that")) for kind in range(_KINDS)]
    return {
        _WHO: _names("species", 424), _MOVE: _names("move", 413), _ITEM: _names("item", 240),
        _TRAP: _names("trap", 20), _WEATHER: _names("weather", 8), _STAT: list(STATS),
        _CAUSE: [CAUSES.get(cause, "hurt") for cause in range(21)],
        _BEGAN: [began for began, _ in statuses], _STATUS: [name for _, name in statuses],
    }  # fmt: skip


def _compile() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int64]]:
    """Templates, words, and the row of each placeholder's first word."""
    words: list[bytes] = []
    first = np.zeros(len(_MARKS) + 1, np.int64)
    for mark, texts in _word_lists().items():
        first[mark] = len(words)
        words += [encode(text) for text in texts]
    templates = []
    for message in Message:
        text = TEXTS[message]
        for placeholder, code in _MARKS.items():
            text = text.replace(placeholder, chr(code))
        templates.append(encode(text))
    return _rows(templates, LINE_LENGTH), _rows(words, _WORD_LENGTH), first


TEMPLATES, WORDS, FIRST_WORD = _compile()


@kernel
def say(game: Any, message: int, subject: int, thing: int, value: int) -> None:
    """Write a line about a monster (slot) unless it is off the screen; `subject` -1: about nobody, always written.

    `message` is a `Message`; what `thing` and `value` mean stands there.
    """
    if subject >= 0 and not is_on_screen(game, subject):
        return
    world = game.world
    line = world.log[world.log_next]
    text, end = line.text, 0
    for index in range(LINE_LENGTH):
        code = TEMPLATES[message, index]
        if code == 0:
            break
        if code == _WHO:
            end = put_name(game, text, end, subject)
        elif code == _WHOM:
            end = put_name(game, text, end, thing)
        elif code == _N:
            end = put_number(text, end, value)
        elif code <= _WEATHER:
            end = put_word(text, end, FIRST_WORD[code] + thing)
        else:
            text[end] = code
            end += 1
    text[end] = 0
    line.used, line.separator, line.kind = 1, game.spoken == 0, 1
    game.spoken = 1
    world.log_next = (world.log_next + 1) % len(world.log)
    world.popup_hide_frames = STRIP_FRAMES
    game.ui_mode = STRIP


@kernel
def put_name(game: Any, text: Any, end: int, slot: int) -> int:
    """Append a monster's name as it looks, coloured by its side; returns the new end."""
    monster = game.world.monsters[slot]
    text[end], text[end + 1] = _HASH, _COLOUR
    text[end + 2] = _FOE_COLOUR if monster.is_enemy else _TEAM_COLOUR
    end = put_word(text, end + 3, FIRST_WORD[_WHO] + monster.apparent_species)
    text[end], text[end + 1] = _HASH, _RESET
    return end + 2


@kernel
def put_word(text: Any, end: int, row: int) -> int:
    """Append a row of `WORDS`; returns the new end."""
    for index in range(_WORD_LENGTH):
        code = WORDS[row, index]
        if code == 0:
            break
        text[end] = code
        end += 1
    return end


@kernel
def put_number(text: Any, end: int, value: int) -> int:
    """Append a number, at least 0, in decimal digits; returns the new end."""
    digits, rest = 1, value // 10
    while rest > 0:
        digits, rest = digits + 1, rest // 10
    for index in range(digits):
        text[end + digits - 1 - index] = _ZERO + value % 10
        value //= 10
    return end + digits


@kernel
def say_began(game: Any, slot: int, kind: int) -> None:
    """A status of this kind (`conditions`) has begun."""
    say(game, Message.STATUS_BEGAN, slot, kind, 0)


@kernel
def say_ended(game: Any, slot: int, group: int) -> None:
    """The status of a group is about to end; nothing is said where there is none."""
    status = kinds.status_in(game.world.monsters[slot], group)
    if status != 0:
        say(game, Message.STATUS_ENDED, slot, group * 16 + status, 0)


@kernel
def say_stat(game: Any, slot: int, stat: int, rises: bool, moved: bool) -> bool:
    """A stat (see `STATS`) has changed, if `moved`; returns `moved`."""
    if moved:
        say(game, Message.STAT_ROSE if rises else Message.STAT_FELL, slot, stat, 0)
    return moved


@kernel
def fall_silent(game: Any) -> None:
    """A turn begins: what is said now stands apart, and the strip closes when its time is over."""
    game.spoken = 0
    if game.ui_mode == STRIP:
        game.world.popup_hide_frames = max(game.world.popup_hide_frames - FRAMES_OF_A_TURN, 0)
        if game.world.popup_hide_frames == 0:
            game.ui_mode = PLAY_VIEW
