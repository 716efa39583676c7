"""The steps of a move's effect, one after the other: which kernel of statuses, stages or healing each of them is.

Nothing here decides whether the steps may happen (`effects`) nor how a status or a stage works (`inflict` and its
neighbours, `stages`, `heal`, `recovery`). Source: src/move_orb_actions_1.c to _5.c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import bonds, charges, curses, heal, ids, inflict, marks, recovery, speed, stages, stats
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator.blows import earn
from pmd_gym.simulator.combat import deal
from pmd_gym.simulator.conditions import draw_turns
from pmd_gym.simulator.effect_kinds import MAX_STEPS, Gate, Step
from pmd_gym.simulator.hp_loss import ORDINARY
from pmd_gym.simulator.hp_loss import RECOIL as BACKLASH
from pmd_gym.simulator.monsters import has_ability, weather_for
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.weather import MOVE_TURNS, set_weather

SIDE_EFFECT = int(Draw.SIDE_EFFECT)
OPEN = int(Gate.TARGET)
LAST_STAGE = int(Step.RESET_STAGES)
SQUEEZE, WRAP, PETRIFY, ENCORE = int(Step.SQUEEZE), int(Step.WRAP), int(Step.PETRIFY), int(Step.ENCORE)
PAUSE, LEECH_SEED, DESTINY_BOND = int(Step.PAUSE), int(Step.LEECH_SEED), int(Step.DESTINY_BOND)
CURSE, SNATCH, DECOY = int(Step.CURSE), int(Step.SNATCH), int(Step.DECOY)
EXPOSE, LONG_TOSS, PIERCE = int(Step.EXPOSE), int(Step.LONG_TOSS), int(Step.PIERCE)
SHIELD, PREPARE, TRI_ATTACK = int(Step.SHIELD), int(Step.PREPARE), int(Step.TRI_ATTACK)
ATTACK, EVASION, SPEED = int(Step.ATTACK), int(Step.EVASION), int(Step.SPEED)
MULTIPLY_ATTACK, MULTIPLY_DEFENSE = int(Step.MULTIPLY_ATTACK), int(Step.MULTIPLY_DEFENSE)
HEAL_SHARE, HEAL_BY_WEATHER, CURE = int(Step.HEAL_SHARE), int(Step.HEAL_BY_WEATHER), int(Step.CURE)
WEATHER, RECOIL, EARN, TIRE = int(Step.WEATHER), int(Step.RECOIL), int(Step.EARN), int(Step.TIRE)
CONFUSE_LATER, FREE_LATER = int(Step.CONFUSE_LATER), int(Step.FREE_LATER)

WATCHED_LOW, WATCHED_HIGH = 10, 12
"""Turns of a pause by Imprison and the Observer Orb."""
TRI_ATTACK_KINDS = (kinds.PARALYSIS, kinds.BURN, kinds.FROZEN)
HEAL_IN_WEATHER = (50, 80, 30, 40, 10, 10, 1, 1)

_KINDS: dict[int, int] = {
    Step.SLEEP: kinds.SLEEP, Step.NIGHTMARE: kinds.NIGHTMARE, Step.YAWN: kinds.YAWNING, Step.NAP: kinds.NAPPING,
    Step.SLEEPLESS: kinds.SLEEPLESS, Step.PARALYSE: kinds.PARALYSIS, Step.BURN: kinds.BURN,
    Step.POISON: kinds.POISONED, Step.BADLY_POISON: kinds.BADLY_POISONED, Step.FREEZE: kinds.FROZEN,
    Step.HOLD: kinds.SHADOW_HOLD, Step.INGRAIN: kinds.INGRAIN, Step.CRINGE: kinds.CRINGE,
    Step.CONFUSE: kinds.CONFUSED, Step.INFATUATE: kinds.INFATUATED, Step.COWER: kinds.COWERING,
    Step.TAUNT: kinds.TAUNTED, Step.PERISH: kinds.PERISHING, Step.SURE_SHOT: kinds.SURE_SHOT,
    Step.WHIFFER: kinds.WHIFFER, Step.SET_DAMAGE: kinds.SET_DAMAGE, Step.FOCUS_ENERGY: kinds.FOCUS_ENERGY,
    Step.INVISIBLE: kinds.INVISIBLE, Step.MOBILE: kinds.MOBILE, Step.MUZZLE: kinds.MUZZLED,
}  # fmt: skip
COMMON_KINDS = np.array([_KINDS.get(step, 0) for step in range(max(Step) + 1)], np.int64)
"""Step -> the kind of a status that follows the common rule (`inflict.give`), 0 for other steps."""


@kernel
def take_steps(game: Any, rules: Any, slot: int, target: int, move: Any, effect: Any) -> None:
    """Carry out the steps of `effect`, in order, on `target`; `slot` is the user of the move."""
    for index in range(MAX_STEPS):
        step, amount = int(effect.steps[index]), int(effect.amounts[index])
        if step == 0:
            return
        kind = int(COMMON_KINDS[step])
        if kind != 0:
            inflict.give(game, rules, slot, target, kind, 0)
        elif step < SHIELD:
            afflict(game, rules, slot, target, step, amount)
        elif step == SHIELD:
            inflict.give(game, rules, slot, target, kinds.SHIELD_GROUP * 16 + amount, 0)
        elif step == PREPARE:
            index = slot_index(game, slot, move) if target == slot else -1
            charges.charge(game, rules, slot, target, amount, index)
        elif step == TRI_ATTACK:
            inflict.give(game, rules, slot, target, TRI_ATTACK_KINDS[roll(game, 3, SIDE_EFFECT)], 0)
        elif step <= LAST_STAGE:
            change_stage(game, rules, slot, target, step, amount, effect.gate != OPEN)
        elif step <= WEATHER:
            mend(game, rules, slot, target, step, amount)
        else:
            turn_on_user(game, rules, slot, step, amount, reason_of_recoil(move))


@kernel
def slot_index(game: Any, slot: int, move: Any) -> int:
    """Which of a monster's four moves is the one in use, -1 when it came from elsewhere."""
    index = game.move_slot
    if index < 0 or index >= layout.MOVE_SLOTS or game.world.monsters[slot].moves[index].id != move.id:
        return -1
    return index


@kernel
def afflict(game: Any, rules: Any, slot: int, target: int, step: int, amount: int) -> None:
    """Statuses and marks with a rule of their own."""
    if step == SQUEEZE:
        inflict.squeeze(game, rules, slot, target, amount)
    elif step == WRAP:
        bonds.wrap(game, rules, slot, target)
    elif step == PETRIFY:
        inflict.petrify(game, rules, slot, target)
    elif step == ENCORE:
        inflict.encore(game, rules, slot, target)
    elif step == PAUSE:
        turns = draw_turns(game, game.world.monsters[target], WATCHED_LOW, WATCHED_HIGH, True)
        inflict.give(game, rules, slot, target, kinds.PAUSED, turns)
    elif step == LEECH_SEED:
        bonds.leech_seed(game, rules, slot, target)
    elif step == DESTINY_BOND:
        bonds.destiny_bond(game, rules, slot, target)
    elif step == CURSE:
        curses.curse(game, rules, slot, target)
    elif step == SNATCH:
        curses.snatch(game, rules, slot, target)
    elif step == DECOY:
        curses.decoy(game, rules, slot, target, 1)
    elif step == EXPOSE:
        marks.expose(game, rules, slot, target)
    elif step == LONG_TOSS:
        marks.long_toss(game, rules, slot, target)
    elif step == PIERCE:
        marks.pierce(game, rules, slot, target)
    else:
        marks.stockpile(game, rules, slot, target)


@kernel
def change_stage(game: Any, rules: Any, slot: int, target: int, step: int, amount: int, tires: bool) -> None:
    """Raise a stage, lower one that the target may defend, or, with `tires`, one of the user that nothing defends."""
    if step <= EVASION:
        if amount < 0 and not tires:
            stages.lower_stage(game, target, step - ATTACK, -amount)
        else:
            stages.raise_stage(game, target, step - ATTACK, amount)
    elif step == SPEED:
        if amount < 0:
            speed.speed_down(game, rules, slot, target, -amount)
        else:
            speed.speed_up(game, rules, slot, target, 0)
    elif step == MULTIPLY_ATTACK:
        stages.scale_stat(game, target, stats.ATTACK, amount)
    elif step == MULTIPLY_DEFENSE:
        stages.scale_stat(game, target, stats.DEFENSE, amount)
    else:
        recovery.reset_stages(game, rules, slot, target)


@kernel
def mend(game: Any, rules: Any, slot: int, target: int, step: int, amount: int) -> None:
    """Healing, curing, and the weather."""
    monster = game.world.monsters[target]
    if step == HEAL_SHARE:
        heal.heal(game, rules, slot, target, monster.max_hp // amount, 0)
    elif step == HEAL_BY_WEATHER:
        heal.heal(game, rules, slot, target, HEAL_IN_WEATHER[weather_for(game, game.world.monsters[slot])], 0)
    elif step == CURE:
        recovery.cure(game, rules, slot, target)
    else:
        set_weather(game, rules, amount, MOVE_TURNS)


@kernel
def turn_on_user(game: Any, rules: Any, slot: int, step: int, amount: int, reason: int) -> None:
    """What a move does to its own user: recoil, experience, and what waits for the end of the move."""
    monster = game.world.monsters[slot]
    if step == RECOIL:
        if reason == ids.FELL_TO_RECOIL and has_ability(monster, ids.ROCK_HEAD):
            return
        residual = BACKLASH if reason == ids.FELL_TO_RECOIL else ORDINARY
        deal(game, rules, slot, slot, max(monster.max_hp // amount, 1), ids.NO_TYPE, False, reason, True, residual)
    elif step == EARN:
        earn(game, slot)
    elif step == TIRE:
        monster.tires_after_move = 1
    elif step == CONFUSE_LATER:
        game.move_confuses_user = 1
    else:
        game.move_frees_user = 1


@kernel
def reason_of_recoil(move: Any) -> int:
    """Exit reason of a leader that falls to its own move; Struggle names itself, and Rock Head does not help."""
    return ids.STRUGGLE if move.id == ids.STRUGGLE else ids.FELL_TO_RECOIL
