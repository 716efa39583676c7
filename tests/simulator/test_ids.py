"""The numbers that rules mention by name equal the entries of the RAM map's enumerations."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest

from pmd_gym.ram import layout
from pmd_gym.simulator import ids

NAMES = {
    "status_sleep": "SLEEP SLEEPLESS NIGHTMARE YAWNING NAPPING",
    "status_burn": "BURN POISONED BADLY_POISONED PARALYSIS",
    "status_freeze": "FROZEN SHADOW_HOLD WRAP WRAPPED INGRAIN PETRIFIED CONSTRICTION",
    "status_cringe": "CRINGE CONFUSED PAUSED COWERING TAUNTED ENCORE INFATUATED",
    "status_charge": "BIDE CHARGING ENRAGED SKULL_BASH",
    "status_shield": "REFLECT SAFEGUARD LIGHT_SCREEN WISH PROTECT ENDURING",
    "status_curse": "CURSED DECOY",
    "status_leech": "LEECH_SEED",
    "status_aim": "SURE_SHOT WHIFFER SET_DAMAGE FOCUS_ENERGY",
    "status_conceal": "INVISIBLE TRANSFORMED MOBILE",
    "status_sight": "BLINKER CROSS_EYED EYEDROPS",
    "ability": "STENCH THICK_FAT RAIN_DISH DRIZZLE ARENA_TRAP INTIMIDATE ROCK_HEAD AIR_LOCK SHADOW_TAG SPEED_BOOST "
    "BATTLE_ARMOR STURDY TORRENT GUTS ROUGH_SKIN SHELL_ARMOR NATURAL_CURE MAGNET_PULL OVERGROW SAND_STREAM SAND_VEIL "
    "STATIC SHED_SKIN HUGE_POWER SERENE_GRACE POISON_POINT RUN_AWAY CLOUD_NINE EARLY_BIRD HUSTLE DROUGHT COMPOUNDEYES "
    "MARVEL_SCALE WONDER_GUARD LEVITATE PLUS PRESSURE EFFECT_SPORE FLAME_BODY MINUS SWARM CUTE_CHARM BLAZE PICKUP "
    "FLASH_FIRE CHLOROPHYLL PURE_POWER SHIELD_DUST SWIFT_SWIM SOUNDPROOF",
    "type": "FIRE WATER GRASS ELECTRIC ICE FIGHTING FLYING BUG ROCK GHOST STEEL",
    "weather": "CLEAR SUNNY SANDSTORM CLOUDY RAIN HAIL FOG SNOW",
    "item": "MOBILE_SCARF HEAL_RIBBON TWIST_BAND SCOPE_LENS PATSY_BAND JOY_RIBBON POWER_BAND TIGHT_BELT SNEAK_SCARF "
    "GOGGLE_SPECS DIET_RIBBON RACKET_BAND DEF_SCARF STAMINA_BAND SPECIAL_BAND ZINC_BAND DETECT_BAND MUNCH_BELT "
    "WEATHER_BAND GEO_PEBBLE NO_STICK_CAP PIERCE_BAND X_RAY_SPECS PERSIM_BAND PECHA_SCARF INSOMNISCOPE WARP_SCARF "
    "TRAP_SCARF ALERT_SPECS DODGE_SCARF BOUNCE_BAND CURVE_BAND WHIFF_SPECS NO_AIM_SCOPE LOCKON_SPECS PASS_SCARF "
    "FRIEND_BOW GRAVELEROCK HEAL_SEED ORAN_BERRY SITRUS_BERRY EYEDROP_SEED REVIVER_SEED BLINKER_SEED DOOM_SEED "
    "ALLURE_SEED LIFE_SEED RAWST_BERRY HUNGER_SEED QUICK_SEED PECHA_BERRY CHERI_BERRY TOTTER_SEED SLEEP_SEED "
    "PLAIN_SEED WARP_SEED BLAST_SEED GINSENG JOY_SEED CHESTO_BERRY STUN_SEED MAX_ELIXIR PROTEIN CALCIUM IRON ZINC "
    "APPLE BIG_APPLE GRIMY_FOOD HUGE_APPLE WISH_STONE KEY USED_TM SWITCHER_ORB POUNCE_ORB ROLLCALL_ORB "
    "REVIVER_ORB POSSESS_ORB LINK_BOX",
    "status_throw": "LONG_TOSS PIERCE",
    "trap": "WONDER_TILE WARP_TRAP",
    "iq_skill": "TYPE_ADVANTAGE_MASTER ITEM_CATCHER COURSE_CHECKER SURE_HIT_ATTACKER QUICK_DODGER PP_CHECKER "
    "NONTRAITOR STATUS_CHECKER EXP_GO_GETTER EFFICIENCY_EXPERT WEAK_TYPE_PICKER ALL_TERRAIN_HIKER SUPER_MOBILE "
    "TRAP_AVOIDER HOUSE_AVOIDER ENERGY_SAVER SELF_CURER LAVA_EVADER DEDICATED_TRAVELER ITEM_MASTER EXCLUSIVE_MOVE_USER",
    "move": "THUNDER FALSE_SWIPE THRASH STRUGGLE BLOWBACK HIDDEN_POWER CHARGE SOLARBEAM NATURE_POWER METRONOME "
    "ASSIST SNORE SLEEP_TALK SKETCH MIMIC MAGNITUDE BATON_PASS ENDURE DETECT SKILL_SWAP",
}
"""Enumeration -> the names of it that the rules use."""


def spelled(entry: Any) -> str:
    """An entry's name as a constant: "Exp. Go-Getter" is EXP_GO_GETTER, an accent is dropped."""
    name = str(entry["name"] if isinstance(entry, dict) else entry)
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")


@pytest.mark.parametrize("enum", NAMES)
def test_names_of_the_rules_are_those_of_the_ram_map(enum: str) -> None:
    numbers = {spelled(entry): number for number, entry in layout.enum(enum).items()}
    for name in NAMES[enum].split():
        assert numbers.get(name) == getattr(ids, name), name


def test_steps_follow_the_directions_of_the_ram_map() -> None:
    for number, entry in layout.ram_map()["enums"]["direction"]["values"].items():
        assert (ids.DX[int(number)], ids.DY[int(number)]) == (entry["dx"], entry["dy"])


def test_a_difference_points_in_its_direction() -> None:
    for direction in range(8):
        assert ids.DIRECTION_OF[ids.DY[direction] + 1, ids.DX[direction] + 1] == direction


def test_money_is_an_item() -> None:
    assert spelled(layout.enum("item")[ids.POKE]) == "POKE_MONEY"
