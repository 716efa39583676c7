"""The steps of a move's effect, one after the other: which kernel of statuses, stages or healing each of them is.

Nothing here decides whether the steps may happen (`effects`) nor how a status or a stage works (`inflict`, `stages`,
`heal`, `recovery`). Source: src/move_orb_actions_1.c to _5.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import bonds, charges, curses, heal, ids, inflict, marks, recovery, speed, stages
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
LAST_STATUS, LAST_BODY, LAST_STAGE = int(Step.CRINGE), int(Step.PREPARE), int(Step.RESET_STAGES)
SLEEP, NIGHTMARE, YAWN, NAP = int(Step.SLEEP), int(Step.NIGHTMARE), int(Step.YAWN), int(Step.NAP)
SLEEPLESS, PARALYSE, BURN, POISON = int(Step.SLEEPLESS), int(Step.PARALYSE), int(Step.BURN), int(Step.POISON)
BADLY_POISON, FREEZE, HOLD, SQUEEZE = int(Step.BADLY_POISON), int(Step.FREEZE), int(Step.HOLD), int(Step.SQUEEZE)
INGRAIN, WRAP, PETRIFY = int(Step.INGRAIN), int(Step.WRAP), int(Step.PETRIFY)
CONFUSE, INFATUATE, COWER, TAUNT = int(Step.CONFUSE), int(Step.INFATUATE), int(Step.COWER), int(Step.TAUNT)
ENCORE, PAUSE, LEECH_SEED, DESTINY_BOND = (
    int(Step.ENCORE), int(Step.PAUSE), int(Step.LEECH_SEED), int(Step.DESTINY_BOND),
)  # fmt: skip
PERISH, CURSE, SNATCH, DECOY = int(Step.PERISH), int(Step.CURSE), int(Step.SNATCH), int(Step.DECOY)
SURE_SHOT, WHIFFER, SET_DAMAGE = int(Step.SURE_SHOT), int(Step.WHIFFER), int(Step.SET_DAMAGE)
FOCUS_ENERGY, INVISIBLE, MOBILE = int(Step.FOCUS_ENERGY), int(Step.INVISIBLE), int(Step.MOBILE)
MUZZLE, EXPOSE, LONG_TOSS, PIERCE = int(Step.MUZZLE), int(Step.EXPOSE), int(Step.LONG_TOSS), int(Step.PIERCE)
STOCKPILE, SHIELD, PREPARE, TRI_ATTACK = (
    int(Step.STOCKPILE), int(Step.SHIELD), int(Step.PREPARE), int(Step.TRI_ATTACK),
)  # fmt: skip
ATTACK, SP_ATTACK, DEFENSE, SP_DEFENSE = (
    int(Step.ATTACK), int(Step.SP_ATTACK), int(Step.DEFENSE), int(Step.SP_DEFENSE),
)  # fmt: skip
ACCURACY, EVASION, SPEED = int(Step.ACCURACY), int(Step.EVASION), int(Step.SPEED)
MULTIPLY_ATTACK, MULTIPLY_DEFENSE = int(Step.MULTIPLY_ATTACK), int(Step.MULTIPLY_DEFENSE)
HEAL_SHARE, HEAL_BY_WEATHER, CURE = int(Step.HEAL_SHARE), int(Step.HEAL_BY_WEATHER), int(Step.CURE)
WEATHER, RECOIL, EARN, TIRE = int(Step.WEATHER), int(Step.RECOIL), int(Step.EARN), int(Step.TIRE)
CONFUSE_LATER, FREE_LATER = int(Step.CONFUSE_LATER), int(Step.FREE_LATER)

WATCHED_LOW, WATCHED_HIGH = 10, 12
"""Turns of a pause by Imprison and the Observer Orb."""
HEAL_IN_WEATHER = (50, 80, 30, 40, 10, 10, 1, 1)


@kernel
def take_steps(game: Any, rules: Any, slot: int, target: int, move: Any, effect: Any) -> None:
    """Carry out the steps of `effect`, in order, on `target`; `slot` is the user of the move."""
    for index in range(MAX_STEPS):
        step, amount = int(effect.steps[index]), int(effect.amounts[index])
        if step == 0:
            return
        if step <= LAST_STATUS:
            give_status(game, rules, slot, target, step, amount)
        elif step < SHIELD:
            change_mind(game, rules, slot, target, step)
        elif step == PREPARE:
            index = slot_index(game, slot, move) if target == slot else -1
            charges.charge(game, rules, slot, target, amount, index)
        elif step < ATTACK:
            raise_shield(game, rules, slot, target, step, amount)
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
def give_status(game: Any, rules: Any, slot: int, target: int, step: int, amount: int) -> None:
    """Statuses of body and sleep, and cringing."""
    if step == SLEEP:
        inflict.sleep(game, rules, slot, target, 0)
    elif step == NIGHTMARE:
        inflict.nightmare(game, rules, slot, target, 0)
    elif step == YAWN:
        inflict.yawn(game, rules, slot, target, 0)
    elif step == NAP:
        inflict.nap(game, rules, slot, target, 0)
    elif step == SLEEPLESS:
        inflict.sleepless(game, rules, slot, target)
    elif step == PARALYSE:
        inflict.paralyse(game, rules, slot, target)
    elif step == BURN:
        inflict.burn(game, rules, slot, target)
    elif step == POISON:
        inflict.poison(game, rules, slot, target)
    elif step == BADLY_POISON:
        inflict.badly_poison(game, rules, slot, target)
    elif step == FREEZE:
        inflict.freeze(game, rules, slot, target)
    elif step == HOLD:
        inflict.hold(game, rules, slot, target)
    elif step == SQUEEZE:
        inflict.squeeze(game, rules, slot, target, amount)
    elif step == INGRAIN:
        inflict.ingrain(game, rules, slot, target)
    elif step == WRAP:
        bonds.wrap(game, rules, slot, target)
    elif step == PETRIFY:
        inflict.petrify(game, rules, slot, target)
    else:
        inflict.cringe(game, rules, slot, target)


@kernel
def change_mind(game: Any, rules: Any, slot: int, target: int, step: int) -> None:
    """Statuses of mind, bond, aim and sight."""
    if step == CONFUSE:
        inflict.confuse(game, rules, slot, target)
    elif step == INFATUATE:
        inflict.infatuate(game, rules, slot, target)
    elif step == COWER:
        inflict.cower(game, rules, slot, target)
    elif step == TAUNT:
        inflict.taunt(game, rules, slot, target)
    elif step == ENCORE:
        inflict.encore(game, rules, slot, target)
    elif step == PAUSE:
        turns = draw_turns(game, game.world.monsters[target], WATCHED_LOW, WATCHED_HIGH, True)
        inflict.pause(game, rules, slot, target, turns)
    elif step == LEECH_SEED:
        bonds.leech_seed(game, rules, slot, target)
    elif step == DESTINY_BOND:
        bonds.destiny_bond(game, rules, slot, target)
    elif step == PERISH:
        inflict.perish(game, rules, slot, target)
    elif step == CURSE:
        curses.curse(game, rules, slot, target)
    elif step == SNATCH:
        curses.snatch(game, rules, slot, target)
    elif step == DECOY:
        curses.decoy(game, rules, slot, target, 1)
    else:
        sharpen(game, rules, slot, target, step)


@kernel
def sharpen(game: Any, rules: Any, slot: int, target: int, step: int) -> None:
    """Statuses of aim, sight and throwing."""
    if step == SURE_SHOT:
        inflict.sure_shot(game, rules, slot, target, 0)
    elif step == WHIFFER:
        inflict.whiffer(game, rules, slot, target, 0)
    elif step == SET_DAMAGE:
        inflict.set_damage(game, rules, slot, target)
    elif step == FOCUS_ENERGY:
        inflict.focus_energy(game, rules, slot, target)
    elif step == INVISIBLE:
        inflict.invisible(game, rules, slot, target)
    elif step == MOBILE:
        inflict.mobile(game, rules, slot, target)
    elif step == MUZZLE:
        inflict.muzzle(game, rules, slot, target)
    elif step == EXPOSE:
        marks.expose(game, rules, slot, target)
    elif step == LONG_TOSS:
        marks.long_toss(game, rules, slot, target)
    elif step == PIERCE:
        marks.pierce(game, rules, slot, target)
    else:
        marks.stockpile(game, rules, slot, target)


@kernel
def raise_shield(game: Any, rules: Any, slot: int, target: int, step: int, amount: int) -> None:
    """A status of the shield group; or one of the three of Tri Attack, by a draw."""
    if step == SHIELD:
        inflict.shield(game, rules, slot, target, amount)
        return
    drawn = roll(game, 3, SIDE_EFFECT)
    give_status(game, rules, slot, target, PARALYSE if drawn == 0 else BURN if drawn == 1 else FREEZE, 0)


@kernel
def change_stage(game: Any, rules: Any, slot: int, target: int, step: int, amount: int, tires: bool) -> None:
    """Raise a stage, lower one that the target may defend, or, with `tires`, one of the user that nothing defends."""
    if step == ATTACK or step == SP_ATTACK:
        if amount < 0 and not tires:
            stages.lower_attack(game, rules, slot, target, step == SP_ATTACK, -amount)
        else:
            stages.raise_attack(game, rules, slot, target, step == SP_ATTACK, amount)
    elif step == DEFENSE or step == SP_DEFENSE:
        if amount < 0 and not tires:
            stages.lower_defense(game, rules, slot, target, step == SP_DEFENSE, -amount)
        else:
            stages.raise_defense(game, rules, slot, target, step == SP_DEFENSE, amount)
    elif step == ACCURACY or step == EVASION:
        if amount < 0:
            stages.lower_hit(game, rules, slot, target, step == EVASION)
        else:
            stages.raise_hit(game, rules, slot, target, step == EVASION)
    elif step == SPEED:
        if amount < 0:
            speed.speed_down(game, rules, slot, target, -amount)
        else:
            speed.speed_up(game, rules, slot, target, 0)
    elif step == MULTIPLY_ATTACK:
        stages.multiply_attack(game, rules, slot, target, False, amount)
    elif step == MULTIPLY_DEFENSE:
        stages.multiply_defense(game, rules, slot, target, False, amount)
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
