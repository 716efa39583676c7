"""The slow twin of the turn engine: the same game interpreted, with the rules where mistakes hide written once more.

`Twin` plays one game without Numba: every kernel of a turn runs as plain Python over `tests.doubles.plain` records,
which shows that compiled and interpreted code agree (overflow, wrap-around, indices beyond an array). While it plays,
the kernels named in `OWN_RULES` are replaced by functions of this file, written from the published mechanics with
Python integers and fractions: draws, both accuracy checks, the damage formula, the choice of attack and target by the
AI, and who acts in a tick. Only the entering of a floor stays compiled: floors have twins of their own
(`tests.oracles.plain_floor`, the golden floors).

Nothing here is fast, and nothing of the package may use it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from itertools import accumulate
from math import floor, trunc
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.compiled import Kernel
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario
from pmd_gym.simulator import ai_attack, ai_weights, damage, ids, monsters, movement, rng, sight, speed, start, turn
from pmd_gym.simulator.charges import charged_slot
from pmd_gym.simulator.games import Games
from pmd_gym.simulator.move_checks import is_vain_on_self
from pmd_gym.simulator.rules import rules
from tests.doubles.plain import plain_view

HIT, DAMAGE = int(rng.Draw.HIT), int(rng.Draw.DAMAGE)
CHOICE, TARGET = int(rng.Draw.AI_CHOICE), int(rng.Draw.AI_TARGET)
HALF, DOUBLE, MORE = Fraction(1, 2), Fraction(2), Fraction(3, 2)
COMPASS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
"""Steps (dx, dy) of the directions 0..7: south first, then counter-clockwise."""


class Twin:
    """One game, played without Numba; `ram` is its EWRAM, (262144,) uint8."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Enter the scenario's dungeon; `seed` is the state of the general generator at the entrance."""
        self._games = Games(1)
        self.ram: NDArray[np.uint8] = self._games.ram[0]
        self._game, self._rules = plain_view(self._games.records)[0], plain_view(rules())[0]
        start.load_scenario(self._games.records, 0, scenario)
        start.seed_run(self._games.records, 0, rules(), seed)
        start.enter(self._games.records, 0, rules(), False, False)
        self._go_on(self._resume())

    def step(self, kind: int, argument: int) -> int:
        """Carry out one command; returns the exit reason, 0 while the run goes on."""
        with own_rules():
            result = turn.command(self._game, self._rules, kind, argument)
        return self._go_on(result)

    def _go_on(self, result: int) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(start, "resume", self._resume)
            return start.go_on(self._games.records, 0, rules(), result)

    def _resume(self, *_: Any) -> int:
        """Stands for `start.resume`: from a floor's first tick to the leader's first command, interpreted."""
        with own_rules():
            return int(turn.run_on(self._game, self._rules))


# Draws (mechanics section 1)


def draw(game: Any, bound: int, label: int) -> int:
    """Next number 0..bound-1 of the dungeon generator, with its entry in the log of draws."""
    game.rng_dungeon = (1566083941 * game.rng_dungeon + 1) % 2**32
    value = game.rng_dungeon // 2**16 * bound // 2**16 % 2**16
    entry = game.draws[game.draw_count % len(game.draws)]
    entry.label, entry.bound, entry.value = label, bound, value
    game.draw_count += 1
    return value


# Who acts (section 5)


def acts_in_tick(stage: int, tick: int) -> bool:
    """Whether a monster of a speed stage acts in a tick 0..23."""
    return (tick % 8 == 7, tick % 4 == 3, tick % 2 == 1, tick % 4 != 0, True)[stage]


def acts_now(game: Any, rules: Any, slot: int) -> bool:
    """Replaces `speed.acts_now`; the stage is kept in the monster's record, as the game does."""
    monster, world = game.world.monsters[slot], game.world
    ups = [timer for timer in monster.speed_up_timers if timer]
    downs = [timer for timer in monster.speed_down_timers if timer]
    stage = rules.species[monster.species].speed + len(ups) - len(downs)
    stage -= 1 if monster.burn_status == ids.PARALYSIS else 0
    stage += 1 if ids.ICE in types_of(monster) and felt_weather(game, monster) == ids.SNOW else 0
    stage += 1 if monster.apparent_species == 419 else 0  # Deoxys in its speed form
    stage += 1 if monster.species == KECLEON and monster.is_enemy and world.stole else 0
    monster.speed_stage = min(4, max(0, stage))
    return acts_in_tick(monster.speed_stage, world.fractional_turn)


KECLEON = next(number for number, name in layout.enum("species").items() if name == "Kecleon")


# Facts about a monster


def types_of(monster: Any) -> set[int]:
    """The types it has."""
    return {monster.type1, monster.type2} - {ids.NO_TYPE}


def abilities_of(monster: Any) -> set[int]:
    """The abilities it has."""
    return {monster.ability1, monster.ability2}


def skilled(monster: Any, skill: int) -> bool:
    """Whether an IQ skill is in force."""
    return skill in {8 * byte + bit for byte in range(3) for bit in range(8) if monster.iq_skills[byte] & 2**bit}


def in_hand(monster: Any) -> int:
    """Id of the item it holds and that works, 0 for none: a sticky one does not."""
    item = monster.held_item
    return item.id if item.flags & ids.ITEM_EXISTS and not item.flags & ids.ITEM_STICKY else 0


def felt_weather(game: Any, monster: Any) -> int:
    """The weather as it feels it."""
    return ids.CLEAR if in_hand(monster) == ids.WEATHER_BAND else game.world.weather


def suffers(monster: Any) -> bool:
    """Whether any of its statuses counts as bad."""
    return (
        monster.sleep_status in (ids.SLEEP, ids.NIGHTMARE, ids.YAWNING)
        or monster.burn_status > 0
        or monster.freeze_status not in (0, ids.INGRAIN)
        or monster.cringe_status > 0
        or monster.curse_status in (ids.CURSED, ids.DECOY)
        or monster.leech_status == ids.LEECH_SEED
        or monster.aim_status == ids.WHIFFER
        or monster.sight_status in (ids.BLINKER, ids.CROSS_EYED)
        or any((monster.muzzled, monster.exposed, monster.perish_turns))
        or any(monster.moves[slot].flags2 & ids.MOVE2_SEALED for slot in range(layout.MOVE_SLOTS))
    )


# Whether a move hits (section 7)


def accuracy_check(
    game: Any, rules: Any, attacker: int, target: int, move: int, accuracy: int, self_hits: bool
) -> bool:
    """Replaces `damage.accuracy_check`."""
    drawn = draw(game, 100, HIT)
    source, victim = game.world.monsters[attacker], game.world.monsters[target]
    weather = felt_weather(game, source)
    sure = move == ids.REGULAR_ATTACK_MOVE and skilled(source, ids.SURE_HIT_ATTACKER)
    if (self_hits and attacker == target) or sure or source.aim_status == ids.SURE_SHOT:
        return True
    if source.aim_status == ids.WHIFFER:
        return False
    if accuracy > 100 or (move == ids.THUNDER and weather == ids.RAIN):
        return True
    accuracy -= 30 * (in_hand(victim) == ids.DETECT_BAND) + 30 * skilled(victim, ids.QUICK_DODGER)
    aim = source.accuracy_stage + (2 if ids.COMPOUNDEYES in abilities_of(source) else 0)
    aim -= 2 if move == ids.THUNDER and weather == ids.SUNNY else 0
    dodge = 10 if victim.exposed else victim.evasion_stage
    dodge += 2 if felt_weather(game, victim) == ids.SANDSTORM and ids.SAND_VEIL in abilities_of(victim) else 0
    dodge += 2 if ids.HUSTLE in abilities_of(source) and rules.is_physical[rules.moves[move].type] else 0
    accuracy = trunc(Fraction(accuracy * rules.accuracy_stage[bounded(aim, 0, 20)], 256))
    return drawn < trunc(Fraction(accuracy * rules.evasion_stage[bounded(dodge, 0, 20)], 256))


# How much it hurts (section 6)


def bounded(value: Any, low: Any, high: Any) -> Any:
    """`value`, or the bound that it passes."""
    return max(low, min(high, value))


def rounded(value: Fraction, bits: int) -> Fraction:
    """The nearest fraction with `bits` binary places, halves away from zero."""
    nearest = Fraction(floor(abs(value) * 2**bits + HALF), 2**bits)
    return -nearest if value < 0 else nearest


def cut(value: Fraction) -> Fraction:
    """The fraction with 16 binary places towards zero."""
    return Fraction(trunc(value * 2**16), 2**16)


def product(*factors: Fraction | int) -> Fraction:
    """A product with 16 binary places that is rounded after each factor."""
    *_, result = accumulate(factors, lambda a, b: rounded(Fraction(a) * b, 16), initial=Fraction(1))
    return Fraction(result)


def compute_damage(game: Any, rules: Any, attacker: int, target: int, kind: int, power: int, critical: int,
                   modifier: int, is_regular: bool, reaches: bool, hit: Any) -> None:  # fmt: skip
    """Replaces `damage.compute_damage`."""
    source, victim = game.world.monsters[attacker], game.world.monsters[target]
    hit.type, hit.critical, hit.absorbed, hit.code = kind, 0, 0, ids.NEUTRAL
    starves = not source.is_leader and not (source.belly.whole or source.belly.thousandths)
    if starves or (is_regular and ids.WONDER_GUARD in abilities_of(victim)):
        hit.damage = 1
        return
    physical = kind in PHYSICAL
    attack, defense = attack_of(rules, source, kind, power, reaches), defense_of(rules, victim, physical)
    luck = draw(game, 100, DAMAGE)
    band = ids.POWER_BAND if physical else ids.SPECIAL_BAND
    attack = bounded(attack + {band: 12, ids.MUNCH_BELT: 8}.get(in_hand(source), 0), 0, 999)
    if reaches and in_hand(victim) == (ids.DEF_SCARF if physical else ids.ZINC_BAND):
        defense += 8
    ability = ability_factor(game, source, victim, physical, luck)
    attack = floor(attack * ability)
    if physical and ids.MARVEL_SCALE in abilities_of(victim) and suffers(victim):
        defense = floor(defense * MORE)
    edge = Fraction(source.level * 0xAAAA, 2**16)
    if source.is_enemy:
        edge = cut(Fraction(floor((source.attack if physical else source.sp_attack) * ability), 3))
    x = cut(Fraction(attack - defense, 8)) + edge
    base = bounded(product(x, x, Fraction(0xCCC, 2**16)) + 2 * x - defense + 10, Fraction(1), Fraction(999))
    factor = product(*factors_of(game, rules, source, victim, kind, hit))
    if reaches:
        if kind == ids.FIRE and ids.FLASH_FIRE in abilities_of(victim):
            victim.flash_fire_pending = 1
        if victim.shield_status == (ids.REFLECT if physical else ids.LIGHT_SCREEN):
            factor = product(factor, HALF)
    if not abilities_of(victim) & {ids.BATTLE_ARMOR, ids.SHELL_ARMOR}:
        hit.critical = draw(game, 100, DAMAGE) < critical_odds(source, victim, critical, hit)
    factor = product(factor, MORE) if hit.critical else factor
    luck = Fraction(0xE000 + draw(game, 0x4000, DAMAGE), 2**16)
    hit.damage = int(rounded(product(base, factor, Fraction(modifier, 2**16), luck), 0))
    hit.critical = hit.critical and hit.damage > 0


PHYSICAL = {ids.NO_TYPE, *(number for number, name in layout.enum("type").items() if name in {
    "Normal", "Fighting", "Poison", "Ground", "Flying", "Bug", "Rock", "Ghost", "Steel"})}  # fmt: skip


def attack_of(rules: Any, source: Any, kind: int, power: int, reaches: bool) -> int:
    """A of step 2."""
    side = "attack" if kind in PHYSICAL else "sp_attack"
    stage = getattr(source, f"{side}_stage") + (source.flash_fire_boost if kind == ids.FIRE and reaches else 0)
    stage += {417: 2, 418: -2, 419: -2}.get(source.apparent_species, 0)  # forms of Deoxys
    points, by = getattr(source, side) + power, Fraction(getattr(source, f"{side}_mult"), 256)
    return staged(points, Fraction(rules.attack_stage[bounded(stage, 0, 20)], 256), by)


def defense_of(rules: Any, victim: Any, physical: bool) -> int:
    """D of step 2."""
    side = "defense" if physical else "sp_defense"
    stage = getattr(victim, f"{side}_stage") + {418: 2, 417: -2, 419: -2}.get(victim.apparent_species, 0)
    stage += 1 if physical and victim.charge_status == ids.SKULL_BASH else 0
    by = Fraction(getattr(victim, f"{side}_mult"), 256)
    return staged(getattr(victim, side), Fraction(rules.defense_stage[bounded(stage, 0, 20)], 256), by)


def staged(points: int, stage: Fraction, multiplier: Fraction) -> int:
    """A stat under its stage and multiplier, whose products have 8 binary places."""
    return trunc(rounded(rounded(points * stage, 8) * multiplier, 8))


def ability_factor(game: Any, source: Any, victim: Any, physical: bool, luck: int) -> Fraction:
    """Step 5: what abilities do to the attack."""
    own, side, factor = abilities_of(source), 0 if source.is_enemy else 1, Fraction(1)
    if ids.GUTS in own and suffers(source):
        factor *= 2
    if physical:
        factor *= MORE if own & {ids.HUGE_POWER, ids.PURE_POWER} and luck < 33 else 1
        factor *= MORE if ids.HUSTLE in own else 1
        factor *= Fraction(4, 5) if ids.INTIMIDATE in abilities_of(victim) else 1
    else:
        factor *= MORE if ids.PLUS in own and game.world.minus_active[side] else 1
        factor *= MORE if ids.MINUS in own and game.world.plus_active[side] else 1
    return factor


def factors_of(game: Any, rules: Any, source: Any, victim: Any, kind: int, hit: Any) -> list[Fraction]:
    """The factors of step 8 in their order, but for screens and critical hits; sets `hit.code` and `hit.absorbed`."""
    chart = (HALF, Fraction(0xE666, 2**16), Fraction(1), MORE)
    codes = [matchup(rules, victim, kind, own) for own in (victim.type1, victim.type2)]
    hit.code = rules.combined_code[codes[0], codes[1]]
    factors, shields = [chart[code] for code in codes], abilities_of(victim)
    if ids.WONDER_GUARD in shields and kind != ids.NO_TYPE and hit.code != ids.SUPER_EFFECTIVE:
        factors.append(Fraction(0))
    if ids.THICK_FAT in shields and kind in (ids.FIRE, ids.ICE):
        factors.append(HALF)
    if (kind, True) in ((ids.FIRE, ids.FLASH_FIRE in shields), (ids.GROUND_TYPE, ids.LEVITATE in shields)):
        factors.append(Fraction(0))
        hit.code, hit.absorbed = ids.IMMUNE, 1
    pinch = {ids.WATER: ids.TORRENT, ids.GRASS: ids.OVERGROW, ids.BUG: ids.SWARM, ids.FIRE: ids.BLAZE}.get(kind)
    if pinch in abilities_of(source) and source.hp <= source.max_hp // 4:
        factors.append(DOUBLE)
    if kind in types_of(source):
        factors.append(MORE)
    return factors + weather_factors(game, source, kind)


def matchup(rules: Any, victim: Any, kind: int, own: int) -> int:
    """Code 0..3 of an attack's type against one type of its target."""
    ghostly = own == ids.GHOST and kind in (ids.NORMAL_TYPE, ids.FIGHTING) and not victim.exposed
    return ids.IMMUNE if ghostly else rules.type_chart[kind, own]


def weather_factors(game: Any, source: Any, kind: int) -> list[Fraction]:
    """The last factors of step 8: weather, sports, charge."""
    weather = felt_weather(game, source)
    table = {(ids.SUNNY, ids.FIRE): MORE, (ids.SUNNY, ids.WATER): HALF, (ids.RAIN, ids.FIRE): HALF,
             (ids.RAIN, ids.WATER): MORE}  # fmt: skip
    factors = [table.get((weather, kind), Fraction(1))]
    if weather == ids.CLOUDY and kind != ids.NORMAL_TYPE:
        factors.append(Fraction(3, 4))
    if kind == ids.ELECTRIC:
        factors.append(HALF if game.world.mud_sport_turns or weather == ids.FOG else Fraction(1))
        factors.append(DOUBLE if source.charge_status == ids.CHARGING else Fraction(1))
    if kind == ids.FIRE and game.world.water_sport_turns:
        factors.append(HALF)
    return factors


def critical_odds(source: Any, victim: Any, critical: int, hit: Any) -> int:
    """Step 9, in percent."""
    if source.aim_status == ids.FOCUS_ENERGY:
        return 999
    if hit.code == ids.SUPER_EFFECTIVE and skilled(source, ids.TYPE_ADVANTAGE_MASTER):
        return 40
    odds = 0 if source.is_enemy else critical
    return odds + 40 * (in_hand(source) == ids.SCOPE_LENS) + 40 * (in_hand(victim) == ids.PATSY_BAND)


# What the AI attacks with, and whom (section 12.2)


def decide_attack(game: Any, rules: Any, slot: int) -> None:
    """Replaces `ai_attack.decide_attack`."""
    monster = game.world.monsters[slot]
    if compares(monster):
        ENGINES_CHOICE(game, rules, slot)
        return
    if ai_attack.cannot_attack(game, slot, False) or ai_attack.runs_away(game, slot):
        return
    if ai_attack.follows_tactic(monster, ids.KEEP_DISTANCE):
        return
    if monster.cringe_status == ids.CONFUSED and draw(game, 100, CHOICE) < 70:
        return
    prepared = charged_slot(rules, monster)
    if prepared >= 0:
        monster.action, monster.action_param0 = ids.USE_MOVE_AI, prepared
        ai_attack.aim_ahead(game, slot)
        return
    known = [move for move in monster.moves if move.flags & ids.MOVE_EXISTS]
    if not any(move.pp for move in known):
        if find_targets(game, rules, slot, ids.STRUGGLE):
            strike(game, slot, ids.STRUGGLE_ACTION, game.choice_direction[0])
        return
    choose_attack(game, rules, slot, sum(1 for move in known if move.flags & ids.MOVE_FOR_AI))


ENGINES_CHOICE = cast(Kernel, ai_attack.decide_attack).function
ENGINES_TARGETS = cast(Kernel, ai_attack.find_targets).function


def compares(monster: Any) -> bool:
    """Whether skills weigh its targets: those three are not written twice, the engine's code runs, interpreted."""
    skills = (ids.WEAK_TYPE_PICKER, ids.EXP_GO_GETTER, ids.EFFICIENCY_EXPERT)
    return any(skilled(monster, skill) for skill in skills)


def choose_attack(game: Any, rules: Any, slot: int, enabled: int) -> None:
    """The draw among moves and regular attack, then the target."""
    monster = game.world.monsters[slot]
    weights = [weight_of(rules, monster, index) for index in range(layout.MOVE_SLOTS)]
    only_moves = skilled(monster, ids.EXCLUSIVE_MOVE_USER)
    regular = (
        0 if only_moves or monster.charge_status == ids.CHARGING else {0: 100, 1: 20, 2: 30, 3: 40, 4: 50}[enabled]
    )
    if sum(weights) + regular <= 0:
        return
    drawn = draw(game, sum(weights) + regular, CHOICE)
    beside = None if only_moves else foe_beside(game, rules, slot)
    reached = [index for index, sum_ in enumerate(accumulate(weights)) if weights[index] and sum_ >= drawn]
    if reached and find_targets(game, rules, slot, monster.moves[reached[0]].id):
        head = max(i for i in range(reached[0] + 1) if i == 0 or not monster.moves[i].flags & ids.MOVE_LINKED)
        monster.action_param0 = head
        strike(game, slot, ids.USE_MOVE_AI, game.choice_direction[0])
    elif beside is not None:
        strike(game, slot, ids.REGULAR_ATTACK, beside)


def strike(game: Any, slot: int, action: int, direction: int) -> None:
    """Write an attacking action."""
    monster = game.world.monsters[slot]
    monster.action, monster.direction = action, direction
    ai_attack.aim_ahead(game, slot)


def weight_of(rules: Any, monster: Any, index: int) -> int:
    """Weight of a move slot in the draw."""
    move = monster.moves[index]
    counts_pp = skilled(monster, ids.PP_CHECKER)
    if not move.flags & ids.MOVE_FOR_AI or not ai_attack.may_start(rules, monster, index, counts_pp):
        return 0
    if counts_pp and ai_weights.spends_link(monster, index):
        return 0
    if monster.charge_status == ids.CHARGING and move.id == ids.CHARGE:
        return 0
    if monster.charge_status == ids.CHARGING and ai_weights.own_type(rules, monster, move.id) != ids.ELECTRIC:
        return 1
    return int(rules.moves[move.id].ai_weight)


def foe_beside(game: Any, rules: Any, slot: int) -> int | None:
    """Direction of the first adjacent foe from the current facing on."""
    monster = game.world.monsters[slot]
    ahead = range(1 if monster.sight_status == ids.BLINKER else 8)
    for direction in ((monster.direction + turned) % 8 for turned in ahead):
        other = monster_on(game, *beyond(game, slot, direction, 1))
        if other is None or not movement.can_strike(game, rules, slot, direction):
            continue
        frozen = game.world.monsters[other].freeze_status == ids.FROZEN
        if frozen and skilled(monster, ids.STATUS_CHECKER):
            continue
        if ai_attack.treatment(game, slot, other, False, True) == ai_attack.FOE:
            return direction
    return None


def beyond(game: Any, slot: int, direction: int, steps: int) -> tuple[int, int]:
    """The tile so many steps from a monster."""
    here, (dx, dy) = game.world.entities[slot].pos, COMPASS[direction]
    return here.x + steps * dx, here.y + steps * dy


def monster_on(game: Any, x: int, y: int) -> int | None:
    """Slot of the monster on a tile."""
    found = monsters.monster_at(game, x, y)
    return found if found >= 0 else None


def find_targets(game: Any, rules: Any, slot: int, move_id: int) -> int:
    """Replaces `ai_attack.find_targets`: the direction of the target drawn goes to `choice_direction[0]`."""
    monster, move = game.world.monsters[slot], rules.moves[move_id]
    if compares(monster):
        return int(ENGINES_TARGETS(game, rules, slot, move_id))
    if monster.cringe_status == ids.TAUNTED and not move.ignores_taunt:
        return 0
    if skilled(monster, ids.STATUS_CHECKER) and is_vain_on_self(game, rules, slot, move_id):
        return 0
    if monster.sight_status == ids.BLINKER and move.ai_range in NEXT_TO:
        draw(game, 99, TARGET)
        game.choice_direction[0] = monster.direction
        return 1
    found = targets_of(game, rules, slot, move_id)
    if not found:
        return 0
    game.choice_direction[0] = found[draw(game, len(found), TARGET)]
    return 1


NEXT_TO = (ai_attack.FRONT, ai_attack.CONE, ai_attack.AROUND)


def targets_of(game: Any, rules: Any, slot: int, move_id: int) -> list[int]:
    """Directions of the possible targets, each once, in the order in which they are found."""
    found: list[int] = []
    for direction, other in candidates(game, rules, slot, rules.moves[move_id].ai_range):
        if direction in found or not ai_attack.is_eligible(game, rules, slot, other, move_id):
            continue
        if rules.moves[move_id].ai_range in LINES and not path_is_free(game, rules, slot, other, direction, move_id):
            continue
        found.append(direction)
    return found


LINES = {ai_attack.AHEAD: 10, ai_attack.FRONT_CORNERS: 1}
"""Reach of the moves that go along a line."""


def candidates(game: Any, rules: Any, slot: int, reach: int) -> Iterator[tuple[int, int]]:
    """Direction and slot of everybody in the range of a move, before asking whether the move is meant for it."""
    facing = game.world.monsters[slot].direction
    if reach in (*NEXT_TO, ai_attack.TWO_AHEAD):
        for direction in range(8):
            open_way = reach in NEXT_TO[1:] or movement.can_strike(game, rules, slot, direction)
            for steps in (1, 2) if reach == ai_attack.TWO_AHEAD else (1,):
                other = monster_on(game, *beyond(game, slot, direction, steps))
                if open_way and other is not None:
                    yield direction, other
    elif reach in LINES:
        yield from in_lines(game, slot, LINES[reach])
    elif reach in (ai_attack.ROOM, ai_attack.FLOOR):
        for other in in_order(game):
            if reach == ai_attack.FLOOR or sight.can_see(game, slot, other):
                yield facing, other
    else:
        yield facing, slot


def in_order(game: Any) -> list[int]:
    """Slots of the monsters in the order of the game's list of those alive."""
    found = [monsters.active_slot(game, index) for index in range(layout.MAX_MONSTERS)]
    return [slot for slot in found if slot >= 0]


def in_lines(game: Any, slot: int, reach: int) -> Iterator[tuple[int, int]]:
    """Those in sight that stand exactly on a row, column or diagonal."""
    for other in in_order(game):
        for direction in range(8) if other != slot else ():
            there = game.world.entities[other].pos
            steps = [n for n in range(1, reach + 1) if beyond(game, slot, direction, n) == (there.x, there.y)]
            if steps and sight.can_see(game, slot, other):
                yield direction, other


def path_is_free(game: Any, rules: Any, slot: int, other: int, direction: int, move_id: int) -> bool:
    """Whether nothing stands between, for those who care (Course Checker)."""
    if not skilled(game.world.monsters[slot], ids.COURSE_CHECKER):
        return True
    for steps in range(1, LINES[rules.moves[move_id].ai_range] + 1):
        x, y = beyond(game, slot, direction, steps)
        inside = 1 <= x < layout.MAP_WIDTH - 1 and 1 <= y < layout.MAP_HEIGHT - 1
        if not inside or game.world.tiles[y, x].terrain % 4 == ids.WALL:
            return False
        found = monster_on(game, x, y)
        if found is not None:
            return found == other
    return False


OWN_RULES: dict[Any, Callable[..., Any]] = {
    rng.roll: draw,
    speed.acts_now: acts_now,
    damage.accuracy_check: accuracy_check,
    damage.compute_damage: compute_damage,
    ai_attack.decide_attack: decide_attack,
    ai_attack.find_targets: find_targets,
}
"""Kernels of the engine and what stands for them while the twin plays."""


@contextmanager
def own_rules() -> Iterator[None]:
    """Let plain calls of the kernels in `OWN_RULES` run this file's functions; nothing may be compiled meanwhile."""
    before = {kernel: kernel.function for kernel in OWN_RULES}
    for kernel, function in OWN_RULES.items():
        kernel.function = function
    for module, name, _, plain in _constant_tables():
        setattr(module, name, plain)
    try:
        yield
    finally:
        for kernel, function in before.items():
            kernel.function = function
        for module, name, array, _ in _constant_tables():
            setattr(module, name, array)


@cache
def _constant_tables() -> list[tuple[Any, str, NDArray[Any], Any]]:
    """Module, name, array and plain form of the constant arrays of the simulator's modules."""
    modules = [module for name, module in sys.modules.items() if name.startswith("pmd_gym.simulator.")]
    found = [(module, name, value) for module in modules for name, value in vars(module).items()]
    return [(module, name, value, plain_view(value)) for module, name, value in found if isinstance(value, np.ndarray)]
