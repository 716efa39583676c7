"""The damage formula and the accuracy check, with the game's fixed-point arithmetic (mechanics sections 6 and 7).

Both draw from the dungeon generator in the game's order and change nothing else. Numbers are 24.8 (`x * 256`) or 48.16
(`x * 65536`) fixed point in int64; products round by the next bit on magnitudes, quotients truncate.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import belly_of, has_ability, has_bad_status, has_skill, has_type, holds, weather_for
from pmd_gym.simulator.rng import Draw, roll

HIT, DAMAGE = int(Draw.HIT), int(Draw.DAMAGE)
ONE = 1 << 16
HALF, THREE_HALVES, TWO, THREE_QUARTERS = ONE // 2, ONE * 3 // 2, ONE * 2, 0xC000
TWO_THIRDS, LEVEL_SQUARE = 0xAAAA, 0xCCC
MAX_BASE = 999 * ONE
VARIANCE_LOW, VARIANCE_WIDTH = 0xE000, 0x4000
TOP_STAGE = 20
MAX_ATTACK = 999
CRITICAL_ITEM_BONUS, CRITICAL_ADVANTAGE, CRITICAL_SURE = 40, 40, 999
BAND_BONUS, BELT_BONUS, SCARF_BONUS = 12, 8, 8
DODGE_PENALTY = 30
DEOXYS_ATTACK, DEOXYS_DEFENSE, DEOXYS_SPEED, FORM_STAGES = 417, 418, 419, 2


@kernel
def multiply(a: int, b: int, bits: int) -> int:
    """Fixed-point product with `bits` fraction bits."""
    product = abs(a) * abs(b)
    rounded = (product >> bits) + ((product >> (bits - 1)) & 1)
    return -rounded if (a < 0) != (b < 0) else rounded


@kernel
def divide(a: int, b: int) -> int:
    """48.16 quotient of two 48.16 numbers, truncated towards zero; `b` > 0."""
    quotient = (abs(a) << 16) // b
    return -quotient if a < 0 else quotient


@kernel
def truncate(a: int, b: int) -> int:
    """Integer quotient towards zero, as C divides; `b` > 0."""
    return -(-a // b) if a < 0 else a // b


@kernel
def to_int(value: int, bits: int) -> int:
    """Integer of a fixed-point number: floor plus the first fraction bit."""
    return (value >> bits) + ((value >> (bits - 1)) & 1)


@kernel
def accuracy_check(
    game: Any, rules: Any, attacker: int, target: int, move: int, accuracy: int, self_hits: bool
) -> bool:
    """One accuracy check of a move; always one draw. `accuracy` is the move's value for this check, in percent."""
    rolled = roll(game, 100, HIT)
    source, victim = game.world.monsters[attacker], game.world.monsters[target]
    if self_hits and attacker == target:
        return True
    if move == ids.REGULAR_ATTACK_MOVE and has_skill(source, ids.SURE_HIT_ATTACKER):
        return True
    if source.aim_status == ids.SURE_SHOT:
        return True
    if source.aim_status == ids.WHIFFER:
        return False
    weather = weather_for(game, source)
    if accuracy > 100 or (move == ids.THUNDER and weather == ids.RAIN):
        return True
    return rolled < effective_accuracy(game, rules, source, victim, move, accuracy, weather)


@kernel
def effective_accuracy(game: Any, rules: Any, source: Any, victim: Any, move: int, accuracy: int, weather: int) -> int:
    """Accuracy in percent after items, IQ, abilities and stages (src/dungeon_move_util.c, AccuracyCalc)."""
    accuracy -= DODGE_PENALTY * (holds(victim, ids.DETECT_BAND) + has_skill(victim, ids.QUICK_DODGER))
    aim = source.accuracy_stage + 2 * has_ability(source, ids.COMPOUNDEYES)
    if move == ids.THUNDER and weather == ids.SUNNY:
        aim -= 2
    evasion = 10 if victim.exposed else victim.evasion_stage
    if weather_for(game, victim) == ids.SANDSTORM and has_ability(victim, ids.SAND_VEIL):
        evasion += 2
    if has_ability(source, ids.HUSTLE) and rules.is_physical[rules.moves[move].type]:
        evasion += 2
    return stage_accuracy(rules, accuracy, aim, evasion)


@kernel
def stage_accuracy(rules: Any, accuracy: int, aim: int, evasion: int) -> int:
    """Accuracy in percent under accuracy and evasion stages 0..20 (10 is neutral); divisions truncate towards zero."""
    scaled = truncate(accuracy * rules.accuracy_stage[min(max(aim, 0), TOP_STAGE)], 256)
    return truncate(scaled * rules.evasion_stage[min(max(evasion, 0), TOP_STAGE)], 256)


@kernel
def staged(stat: int, factor: int, multiplier: int) -> int:
    """A stat under a stage factor and a multiplier, both 24.8; the fraction is dropped."""
    return truncate(multiply(multiply(stat << 8, factor, 8), multiplier, 8), 256)


@kernel
def compute_damage(
    game: Any, rules: Any, attacker: int, target: int, kind: int, power: int, critical: int, modifier: int,
    is_regular: bool, reaches: bool, hit: Any,
) -> None:  # fmt: skip
    """Fill `hit` for one blow of type `kind` (mechanics section 6); `modifier` is 48.16, `critical` percent.

    `reaches` False leaves out what the target holds, its screens and Flash Fire on either side. A Jump Kick that
    misses is reckoned so: the target's stats decide how much its user hurts itself.
    """
    source, victim = game.world.monsters[attacker], game.world.monsters[target]
    hit.type, hit.critical, hit.absorbed, hit.code = kind, 0, 0, ids.NEUTRAL
    if (not source.is_leader and belly_of(source) == 0) or (is_regular and has_ability(victim, ids.WONDER_GUARD)):
        hit.damage = 1
        return
    physical = rules.is_physical[kind] == 1
    attack = attack_stat(rules, source, kind, power, physical, reaches)
    defense = defense_stat(rules, victim, physical)
    luck = roll(game, 100, DAMAGE)
    attack = min(max(attack + attack_bonus(source, physical), 0), MAX_ATTACK)
    if reaches:
        defense += defense_bonus(victim, physical)
    attack = boosted_attack(game, source, victim, attack, physical, luck)
    if physical and has_ability(victim, ids.MARVEL_SCALE) and has_bad_status(victim):
        defense = defense * 3 // 2
    base = base_damage(game, source, victim, attack, defense, physical, luck)
    factor = type_factor(game, rules, source, victim, kind, hit)
    if reaches:
        if kind == ids.FIRE and has_ability(victim, ids.FLASH_FIRE):
            victim.flash_fire_pending = 1
        if victim.shield_status == (ids.REFLECT if physical else ids.LIGHT_SCREEN):
            factor = multiply(factor, HALF, 16)
    factor = critical_factor(game, source, victim, critical, factor, hit)
    total = multiply(multiply(base, factor, 16), modifier, 16)
    total = multiply(total, VARIANCE_LOW + roll(game, VARIANCE_WIDTH, DAMAGE), 16)
    hit.damage = to_int(total, 16)
    if hit.damage == 0:
        hit.critical = 0


@kernel
def attack_stat(rules: Any, source: Any, kind: int, power: int, physical: bool, reaches: bool) -> int:
    """Attack with the move's power, stage and multiplier, Flash Fire and the form of Deoxys."""
    stat = source.attack if physical else source.sp_attack
    stage = source.attack_stage if physical else source.sp_attack_stage
    multiplier = source.attack_mult if physical else source.sp_attack_mult
    if kind == ids.FIRE and reaches:
        stage += source.flash_fire_boost
    if source.apparent_species == DEOXYS_ATTACK:
        stage += FORM_STAGES
    elif source.apparent_species == DEOXYS_DEFENSE or source.apparent_species == DEOXYS_SPEED:
        stage -= FORM_STAGES
    return staged(stat + power, rules.attack_stage[min(max(stage, 0), TOP_STAGE)], multiplier)


@kernel
def defense_stat(rules: Any, victim: Any, physical: bool) -> int:
    """Defense with stage, multiplier and the form of Deoxys; preparing a Skull Bash counts one stage."""
    stat = victim.defense if physical else victim.sp_defense
    stage = victim.defense_stage if physical else victim.sp_defense_stage
    multiplier = victim.defense_mult if physical else victim.sp_defense_mult
    if physical and victim.charge_status == ids.SKULL_BASH:
        stage += 1
    if victim.apparent_species == DEOXYS_DEFENSE:
        stage += FORM_STAGES
    elif victim.apparent_species == DEOXYS_ATTACK or victim.apparent_species == DEOXYS_SPEED:
        stage -= FORM_STAGES
    return staged(stat, rules.defense_stage[min(max(stage, 0), TOP_STAGE)], multiplier)


@kernel
def attack_bonus(source: Any, physical: bool) -> int:
    """Attack points from the held item."""
    band = ids.POWER_BAND if physical else ids.SPECIAL_BAND
    return BAND_BONUS * holds(source, band) + BELT_BONUS * holds(source, ids.MUNCH_BELT)


@kernel
def defense_bonus(victim: Any, physical: bool) -> int:
    """Defense points from the held item."""
    return SCARF_BONUS * holds(victim, ids.DEF_SCARF if physical else ids.ZINC_BAND)


@kernel
def boosted_attack(game: Any, source: Any, victim: Any, attack: int, physical: bool, luck: int) -> int:
    """Attack under the abilities of both sides: all multiplications first, then one division."""
    times, parts = 1, 1
    if has_ability(source, ids.GUTS) and has_bad_status(source):
        times = 2
    if physical:
        if (has_ability(source, ids.HUGE_POWER) or has_ability(source, ids.PURE_POWER)) and luck < 33:
            times, parts = times * 3, parts * 2
        if has_ability(source, ids.HUSTLE):
            times, parts = times * 3, parts * 2
        if has_ability(victim, ids.INTIMIDATE):
            times, parts = times * 4, parts * 5
    else:
        side = 0 if source.is_enemy else 1
        if has_ability(source, ids.PLUS) and game.world.minus_active[side]:
            times, parts = times * 15, parts * 10
        if has_ability(source, ids.MINUS) and game.world.plus_active[side]:
            times, parts = times * 15, parts * 10
    return attack * times // parts


@kernel
def base_damage(game: Any, source: Any, victim: Any, attack: int, defense: int, physical: bool, luck: int) -> int:
    """48.16 damage before factors, between 1 and 999 (steps 6 and 7)."""
    x = divide((attack - defense) * ONE, 8 * ONE)
    if source.is_enemy:
        raw = source.attack if physical else source.sp_attack
        x += divide(boosted_attack(game, source, victim, raw, physical, luck) * ONE, 3 * ONE)
    else:
        x += multiply(source.level * ONE, TWO_THIRDS, 16)
    base = multiply(multiply(x, x, 16), LEVEL_SQUARE, 16) + 2 * x - defense * ONE + 10 * ONE
    return min(max(base, ONE), MAX_BASE)


@kernel
def effectiveness(rules: Any, victim: Any, kind: int, own: int) -> int:
    """Code 0..3 of an attack type against one of the victim's types; ghosts shrug off Normal and Fighting."""
    if own == ids.GHOST and not victim.exposed and (kind == ids.NORMAL_TYPE or kind == ids.FIGHTING):
        return ids.IMMUNE
    return rules.type_chart[kind, own]


@kernel
def type_factor(game: Any, rules: Any, source: Any, victim: Any, kind: int, hit: Any) -> int:
    """48.16 factor of step 8: types, abilities, same-type bonus, weather; sets `hit.code` and `hit.absorbed`."""
    first, second = effectiveness(rules, victim, kind, victim.type1), effectiveness(rules, victim, kind, victim.type2)
    factor = ONE
    if first != ids.NEUTRAL:
        factor = multiply(factor, rules.type_factor[first], 16)
    if second != ids.NEUTRAL:
        factor = multiply(factor, rules.type_factor[second], 16)
    hit.code = rules.combined_code[first, second]
    if kind != ids.NO_TYPE and hit.code != ids.SUPER_EFFECTIVE and has_ability(victim, ids.WONDER_GUARD):
        factor = 0
    if (kind == ids.FIRE or kind == ids.ICE) and has_ability(victim, ids.THICK_FAT):
        factor = multiply(factor, HALF, 16)
    if (kind == ids.FIRE and has_ability(victim, ids.FLASH_FIRE)) or (
        kind == ids.GROUND_TYPE and has_ability(victim, ids.LEVITATE)
    ):
        factor, hit.code, hit.absorbed = 0, ids.IMMUNE, 1
    if pinch_ability(kind) != 0 and has_ability(source, pinch_ability(kind)) and source.hp <= source.max_hp // 4:
        factor = multiply(factor, TWO, 16)
    if factor != 0 and has_type(source, kind):
        factor = multiply(factor, THREE_HALVES, 16)
    return weather_factor(game, source, kind, factor)


@kernel
def pinch_ability(kind: int) -> int:
    """Ability that doubles moves of a type at a quarter of the HP, 0 for none."""
    if kind == ids.WATER:
        return ids.TORRENT
    if kind == ids.GRASS:
        return ids.OVERGROW
    if kind == ids.BUG:
        return ids.SWARM
    return ids.BLAZE if kind == ids.FIRE else 0


@kernel
def weather_factor(game: Any, source: Any, kind: int, factor: int) -> int:
    """`factor` under weather, sports and charge."""
    weather = weather_for(game, source)
    if (weather == ids.SUNNY and kind == ids.FIRE) or (weather == ids.RAIN and kind == ids.WATER):
        factor = multiply(factor, THREE_HALVES, 16)
    if (weather == ids.SUNNY and kind == ids.WATER) or (weather == ids.RAIN and kind == ids.FIRE):
        factor = multiply(factor, HALF, 16)
    if weather == ids.CLOUDY and kind != ids.NORMAL_TYPE:
        factor = multiply(factor, THREE_QUARTERS, 16)
    if kind == ids.ELECTRIC and (game.world.mud_sport_turns != 0 or weather == ids.FOG):
        factor = multiply(factor, HALF, 16)
    if kind == ids.FIRE and game.world.water_sport_turns != 0:
        factor = multiply(factor, HALF, 16)
    if kind == ids.ELECTRIC and source.charge_status == ids.CHARGING:
        factor = multiply(factor, TWO, 16)
    return factor


@kernel
def critical_factor(game: Any, source: Any, victim: Any, critical: int, factor: int, hit: Any) -> int:
    """`factor` after the critical roll; armour abilities keep the roll from being drawn."""
    if has_ability(victim, ids.BATTLE_ARMOR) or has_ability(victim, ids.SHELL_ARMOR):
        return factor
    odds = 0 if source.is_enemy else critical
    if source.aim_status == ids.FOCUS_ENERGY:
        odds = CRITICAL_SURE
    else:
        odds += CRITICAL_ITEM_BONUS * (holds(source, ids.SCOPE_LENS) + holds(victim, ids.PATSY_BAND))
        if hit.code == ids.SUPER_EFFECTIVE and has_skill(source, ids.TYPE_ADVANTAGE_MASTER):
            odds = CRITICAL_ADVANTAGE
    if roll(game, 100, DAMAGE) < odds:
        hit.critical = 1
        return multiply(factor, THREE_HALVES, 16)
    return factor
