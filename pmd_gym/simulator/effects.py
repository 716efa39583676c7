"""What a move does to one target that it reached: the ordinary combinations, by the rows of `effect_kinds`.

A move with an effect of its own goes on to `effects_special`. Nothing here knows how a target was found or whether the
move reached it. Sources: src/dungeon_move.c and src/move_orb_actions_1.c to _5.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import charges, heal, ids, recovery
from pmd_gym.simulator.blows import blow, earn, power_of, side_effect_lands, side_effect_rolls, type_of
from pmd_gym.simulator.charges import begins_charge, is_dry, is_soil
from pmd_gym.simulator.combat import deal
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.damage import compute_damage
from pmd_gym.simulator.effect_kinds import FACTOR_ONE, Factor, Gate, Kind, Needs
from pmd_gym.simulator.effect_steps import slot_index, take_steps
from pmd_gym.simulator.effects_special import apply_special
from pmd_gym.simulator.harm import residual_damage
from pmd_gym.simulator.hp_loss import MISSED, SLUDGED
from pmd_gym.simulator.monsters import has_ability, is_alive, is_asleep, weather_for
from pmd_gym.simulator.special_kinds import FIRST_SPECIAL

NOTHING = int(Kind.NOTHING)
BLOW, STEPS, CHARGE, JUMP_KICK = int(Kind.BLOW), int(Kind.STEPS), int(Kind.CHARGE), int(Kind.JUMP_KICK)
DRAIN, ROLLOUT, TWINEEDLE = int(Kind.DRAIN), int(Kind.ROLLOUT), int(Kind.TWINEEDLE)
HIDDEN_POWER, ON_MATES = int(Kind.HIDDEN_POWER), int(Kind.ON_MATES)
TARGET, SELF, USER = int(Gate.TARGET), int(Gate.SELF), int(Gate.USER)
USER_ASLEEP, TARGET_ASLEEP = int(Needs.USER_ASLEEP), int(Needs.TARGET_ASLEEP)
ON_DIVING, ON_FLYING, ON_DIGGING = int(Factor.ON_DIVING), int(Factor.ON_FLYING), int(Factor.ON_DIGGING)
WHEN_ILL, LOW_HP_STRONG, LOW_HP_WEAK = int(Factor.WHEN_ILL), int(Factor.LOW_HP_STRONG), int(Factor.LOW_HP_WEAK)
WEIGHT, WEATHER, COUNT, SOLAR = int(Factor.WEIGHT), int(Factor.WEATHER), int(Factor.COUNT), int(Factor.SOLAR)

STRONG_FACTORS = (8 * FACTOR_ONE, 4 * FACTOR_ONE, 2 * FACTOR_ONE, FACTOR_ONE)
WEAK_FACTORS = (25 << 8, 51 << 8, 128 << 8, FACTOR_ONE)
"""Factors at up to a quarter, a half, three quarters of the HP, and above; 0.1 and 0.2 as the game's 24.8 numbers."""
ROLLOUT_FACTORS = (256, 256, 384, 512, 640, 768, 896, 1024, 1152, 1280)
"""Factor of the n-th hit of Rollout and Ice Ball, 24.8."""
WEATHER_TYPES = (
    ids.NORMAL_TYPE, ids.FIRE, ids.ROCK, ids.NORMAL_TYPE, ids.WATER, ids.ICE, ids.WATER, ids.ICE,
)  # fmt: skip
"""Type of Weather Ball by the weather that its user feels."""


@kernel
def apply(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """The effect of a move on one target; True when it had any. `item_id` is the item that carries it, 0 for none."""
    effect = rules.effects[move.id]
    if effect.kind >= FIRST_SPECIAL:
        return apply_special(game, rules, slot, target, move, int(effect.kind), item_id)
    if effect.kind == NOTHING or lacks_sleep(game, slot, target, effect.needs):
        return False
    if effect.thaws:
        recovery.thaw(game, target)
    if effect.kind == STEPS or effect.kind == ON_MATES:
        if effect.kind == ON_MATES and slot == target:
            return False
        take_steps(game, rules, slot, target if effect.gate == TARGET else slot, move, effect)
        return True
    if effect.kind == CHARGE:
        return charge_or_release(game, rules, slot, target, move, effect, item_id)
    return strike_by_kind(game, rules, slot, target, move, effect, item_id)


@kernel
def lacks_sleep(game: Any, slot: int, target: int, needs: int) -> bool:
    """True when a move needs somebody to be asleep who is not."""
    monsters = game.world.monsters
    return (needs == USER_ASLEEP and not is_asleep(monsters[slot])) or (
        needs == TARGET_ASLEEP and not is_asleep(monsters[target])
    )


@kernel
def charge_or_release(game: Any, rules: Any, slot: int, target: int, move: Any, effect: Any, item_id: int) -> bool:
    """A move of two turns: the charge, then the blow, which ends it."""
    monster, status = game.world.monsters[slot], int(effect.charge)
    if (status == ids.DIVING and is_dry(game, rules, slot)) or (
        status == ids.DIGGING and not is_soil(game, rules, slot)
    ):
        return False
    if begins_charge(game, rules, monster, move.id):
        charged = target if status == ids.SKULL_BASH else slot
        index = slot_index(game, slot, move) if charged == slot else -1
        charges.charge(game, rules, slot, charged, status, index)
        return True
    landed = strike_by_kind(game, rules, slot, target, move, effect, item_id)
    if is_alive(game, slot):
        end_charge(game.world.monsters[slot])
    return landed or status == ids.DIGGING


@kernel
def strike_by_kind(game: Any, rules: Any, slot: int, target: int, move: Any, effect: Any, item_id: int) -> bool:
    """The blow of a move and what follows it; True when it did damage (Hidden Power always counts)."""
    kind = type_now(game, rules, slot, move.id)
    factor = factor_now(game, rules, slot, target, effect)
    oozes = has_ability(game.world.monsters[target], ids.LIQUID_OOZE)
    damage = blow(game, rules, slot, target, move, kind, factor, item_id)
    if effect.kind == JUMP_KICK:
        if damage == 0:
            crash(game, rules, slot, target, move)
    elif effect.kind == TWINEEDLE:
        game.twineedle_landed |= damage != 0
        if game.twineedle_landed and game.move_hits == 2:
            follow(game, rules, slot, target, move, effect)
    elif damage == 0:
        if effect.kind == ROLLOUT:
            game.move_stopped = 1
    elif effect.kind == DRAIN:
        drain(game, rules, slot, damage, oozes)
    else:
        follow(game, rules, slot, target, move, effect)
    return damage != 0 or effect.kind == HIDDEN_POWER


@kernel
def follow(game: Any, rules: Any, slot: int, target: int, move: Any, effect: Any) -> None:
    """The side effect of a blow, if it passes its gate."""
    if effect.steps[0] == 0:
        return
    if effect.gate == TARGET:
        if side_effect_lands(game, slot, target, effect.chance):
            take_steps(game, rules, slot, target, move, effect)
    elif effect.gate == SELF:
        if side_effect_lands(game, slot, slot, effect.chance):
            take_steps(game, rules, slot, slot, move, effect)
    elif side_effect_rolls(game, slot, effect.chance):
        take_steps(game, rules, slot, slot, move, effect)


@kernel
def drain(game: Any, rules: Any, slot: int, damage: int, oozes: bool) -> None:
    """Heal the user by half of the damage, at least 1; the ooze of its victim hurts it instead."""
    if not is_alive(game, slot):
        return
    earn(game, slot)
    amount = max(damage // 2, 1)
    if oozes:
        residual_damage(game, rules, slot, amount, SLUDGED, ids.FELL_TO_OOZE)
    else:
        heal.heal(game, rules, slot, slot, amount, 0)


@kernel
def crash(game: Any, rules: Any, slot: int, target: int, move: Any) -> None:
    """A jump kick that did nothing: half of the damage it might have done goes to the user, at least 1."""
    source, effect = game.world.monsters[slot], rules.effects[move.id]
    compute_damage(
        game, rules, slot, target, type_of(rules, source, move.id), power_of(rules, source, move),
        rules.moves[move.id].critical, effect.factor, False, False, game.hit,
    )  # fmt: skip
    reason = ids.MISSED_HIGH_KICK if effect.factor > FACTOR_ONE else ids.MISSED_KICK
    deal(game, rules, slot, slot, max(game.hit.damage // 2, 1), ids.NO_TYPE, False, reason, True, MISSED)


@kernel
def type_now(game: Any, rules: Any, slot: int, move_id: int) -> int:
    """Type of the blow; Weather Ball takes that of the weather."""
    monster = game.world.monsters[slot]
    if rules.effects[move_id].factor_rule == WEATHER:
        return WEATHER_TYPES[weather_for(game, monster)]
    return type_of(rules, monster, move_id)


@kernel
def factor_now(game: Any, rules: Any, slot: int, target: int, effect: Any) -> int:
    """Factor of the blow's damage, 48.16."""
    source, victim = game.world.monsters[slot], game.world.monsters[target]
    rule, factor, stance = effect.factor_rule, int(effect.factor), victim.charge_status
    if effect.kind == ROLLOUT:
        game.rollout_hits += 1
        return ROLLOUT_FACTORS[game.rollout_hits] << 8
    if (
        (rule == ON_DIVING and stance == ids.DIVING)
        or (rule == ON_DIGGING and stance == ids.DIGGING)
        or (rule == ON_FLYING and (stance == ids.FLYING_UP or stance == ids.BOUNCING))
        or (rule == WHEN_ILL and source.burn_status != 0)
    ):
        return 2 * factor
    if rule == LOW_HP_STRONG:
        return STRONG_FACTORS[hp_quarter(source)]
    if rule == LOW_HP_WEAK:
        return WEAK_FACTORS[hp_quarter(source)]
    if rule == WEIGHT:
        return rules.species[victim.apparent_species].weight << 8
    if rule == COUNT:
        game.triple_kick_hits += 1
        return game.triple_kick_hits * FACTOR_ONE
    return weather_factor(rule, factor, weather_for(game, source))


@kernel
def weather_factor(rule: int, factor: int, weather: int) -> int:
    """Weather Ball doubles but under clear and cloudy skies; Solarbeam halves under sand, rain and hail."""
    if rule == WEATHER and weather != ids.CLEAR and weather != ids.CLOUDY:
        return 2 * factor
    if rule == SOLAR and (weather == ids.SANDSTORM or weather == ids.RAIN or weather == ids.HAIL):
        return factor // 2
    return factor


@kernel
def hp_quarter(monster: Any) -> int:
    """0..3: in which quarter of its maximum the HP are, a full quarter counting as the lower one."""
    if monster.hp <= monster.max_hp // 4:
        return 0
    if monster.hp <= monster.max_hp // 2:
        return 1
    return 2 if monster.hp <= monster.max_hp * 3 // 4 else 3
