"""One hit of a move on its way to each target: who intercepts it, whether it hits, what remains of it.

What it does there is in `effects`, who may come between in `intercepts`. Source: src/dungeon_move.c
(UseMoveAgainstTargets).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import after_hit
from pmd_gym.simulator.ai_attack import AT_FOES, FOE, treatment
from pmd_gym.simulator.blows import side_effect_rolls, type_of
from pmd_gym.simulator.damage import accuracy_check
from pmd_gym.simulator.displace import ANYWHERE, warp
from pmd_gym.simulator.effect_kinds import Kind
from pmd_gym.simulator.effects import apply, crash, type_now
from pmd_gym.simulator.experience import BOOSTED, HALVED, NORMAL
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.hp_loss import provoke, rouse
from pmd_gym.simulator.intercepts import (
    draws_lightning,
    has_rod,
    has_snatcher,
    is_blocked,
    is_reflected,
    pass_on,
    snatcher_of,
)
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import has_ability, is_alive, slot_of
from pmd_gym.simulator.sight import direction_to
from pmd_gym.simulator.stages import raise_stage
from pmd_gym.simulator.stats import SP_ATTACK
from pmd_gym.simulator.targets import target_code
from pmd_gym.simulator.usability import knows_ready

JUMP_KICK = int(Kind.JUMP_KICK)
NO_DIRECTION = 255
TIRING = 2
"""Stages of Sp. Atk that Overheat costs."""


@kernel
def strike_targets(game: Any, rules: Any, slot: int, move: Any, linked: bool, item_id: int, count: int) -> None:
    """Let the move reach the targets in `game.targets`, in order."""
    for index in range(count):
        if not is_alive(game, slot):
            break
        if is_alive(game, game.targets[index]):
            strike_target(game, rules, slot, game.targets[index], move, linked, item_id)
            if floor_over(game):
                break
    if floor_over(game) or not is_alive(game, slot):
        return
    monster = game.world.monsters[slot]
    if monster.warps_after_move:
        monster.warps_after_move = 0
        warp(game, rules, slot, slot, ANYWHERE, 0, 0)
    if is_alive(game, slot) and monster.tires_after_move:
        monster.tires_after_move = 0
        raise_stage(game, slot, SP_ATTACK, -TIRING)


@kernel
def strike_target(game: Any, rules: Any, slot: int, meant: int, move: Any, linked: bool, item_id: int) -> None:
    """The move's way to one target: who intercepts it, whether it hits, what it does, what remains of it."""
    game.world.monsters[meant].damaged_by_move = 0
    drawn = False
    target = snatcher_of(game, rules, slot, meant, move.id)
    if target < 0:
        target = meant
        if not has_snatcher(game, rules, move.id):
            if draws_lightning(game, rules, slot, meant, move.id):
                target, drawn = slot_of(game.world.lightningrod_monster), True
            elif not has_rod(game, rules, slot, move.id):
                target = pass_on(game, rules, slot, meant, move.id)
    game.move_targets_reached += 1
    face_up(game, slot, target)
    reflected = not drawn and is_reflected(game, rules, slot, target, move.id)
    if reflected:
        target = slot
        game.world.monsters[slot].damaged_by_move = 0
    if is_blocked(game, rules, slot, target, move.id, drawn) or not is_hit(game, rules, slot, target, move, reflected):
        miss(game, rules, slot, target, move)
    elif drawn:
        miss(game, rules, slot, target, move)
    else:
        reach_target(game, rules, slot, target, move, linked, item_id)


@kernel
def face_up(game: Any, slot: int, target: int) -> None:
    """A monster that is targeted looks out for the user and wakes from petrification and endless sleep."""
    victim, here = game.world.monsters[target], game.world.entities[slot].pos
    victim.damaged_by_move = 0
    if victim.is_enemy:
        victim.target_tile.x, victim.target_tile.y = here.x, here.y
    rouse(game, target)


@kernel
def is_hit(game: Any, rules: Any, slot: int, target: int, move: Any, reflected: bool) -> bool:
    """The first accuracy check; the user hits itself, but not for sure with a reflected move nor with Protect."""
    sure = not (reflected or move.id == ids.ENDURE or move.id == ids.DETECT or move.id == ids.PROTECT_MOVE)
    return accuracy_check(game, rules, slot, target, move.id, rules.moves[move.id].accuracy, sure)


@kernel
def miss(game: Any, rules: Any, slot: int, target: int, move: Any) -> None:
    """A jump kick that misses hurts its user."""
    say(game, Message.MISSED, slot, target, 0)
    if rules.effects[move.id].kind == JUMP_KICK:
        crash(game, rules, slot, target, move)


@kernel
def reach_target(game: Any, rules: Any, slot: int, target: int, move: Any, linked: bool, item_id: int) -> None:
    """A move that hits: experience mode, Pressure, its effect, and what the target's abilities make of it."""
    victim = game.world.monsters[target]
    mode = int(victim.exp_mode)
    raise_mode(victim, move.id, linked, item_id)
    wake_to_talk(game, rules, slot, target)
    if presses(game, slot, target, move) and item_id == 0:
        move.flags2 |= ids.MOVE2_PRESSURE
    if target_code(rules, game.world.monsters[slot], move.id) == AT_FOES:
        provoke(game, slot, target)
    victim.took_damage = 1
    skills = move.id == ids.SKILL_SWAP
    effective = apply(game, rules, slot, target, move, item_id)
    if floor_over(game):
        return
    if effective:
        if rules.effects[move.id].pauses and side_effect_rolls(game, slot, 0):
            game.move_pauses_user = 1
    elif is_alive(game, slot) and is_alive(game, target) and victim.is_enemy:
        victim.exp_mode = mode
    if is_alive(game, target):
        victim.took_damage = 1
    if not skills:
        kind = type_of(rules, game.world.monsters[slot], move.id)
        after_hit(game, rules, slot, target, kind, type_now(game, rules, slot, move.id))


@kernel
def raise_mode(victim: Any, move_id: int, linked: bool, item_id: int) -> None:
    """What the target will be worth, should the move have an effect on it."""
    if not victim.is_enemy:
        return
    if move_id != ids.REGULAR_ATTACK_MOVE and item_id == 0 and victim.exp_mode == HALVED:
        victim.exp_mode = NORMAL
    if linked:
        victim.exp_mode = BOOSTED


@kernel
def wake_to_talk(game: Any, rules: Any, slot: int, target: int) -> None:
    """A sleeper that is hit notes where from, if it can answer with Sleep Talk or Snore."""
    victim, here, there = game.world.monsters[target], game.world.entities[target].pos, game.world.entities[slot].pos
    direction = direction_to(here.x, here.y, there.x, there.y)
    if victim.sleep_talk_direction == NO_DIRECTION and knows_ready(rules, victim, ids.SLEEP_TALK):
        victim.sleep_talk_direction = direction
    if victim.snore_direction == NO_DIRECTION and knows_ready(rules, victim, ids.SNORE):
        victim.snore_direction = direction


@kernel
def presses(game: Any, slot: int, target: int, move: Any) -> bool:
    """True when Pressure makes the move dearer: a foe's move that costs PP at all."""
    if move.id == ids.REGULAR_ATTACK_MOVE or move.id == ids.STRUGGLE or move.pp == 0:
        return False
    pressing = has_ability(game.world.monsters[target], ids.PRESSURE)
    return pressing and treatment(game, slot, target, True, False) == FOE
