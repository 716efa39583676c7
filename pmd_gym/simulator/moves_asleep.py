"""Snore and Sleep Talk: what sleepers that were targeted answer once the action is over.

Source: src/dungeon_action_execution.c (HandleSnore, HandleSleepTalk). `move_targets` notes who may answer when a move
hits.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.experience import copy_move
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_count, active_slot, cannot_attack, is_asleep
from pmd_gym.simulator.move_targets import NO_DIRECTION
from pmd_gym.simulator.moves import use_move
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.usability import is_ready, mark_last_used

OTHER = int(Draw.OTHER)
UNLIMITED = 127


@kernel
def answer_asleep(game: Any, rules: Any) -> None:
    """Let all sleepers that noted a direction answer: first those that snore, then those that talk."""
    if game.world.forced_loss or floor_over(game):
        return
    if not is_anybody_disturbed(game):
        return
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0 and game.world.monsters[slot].snore_direction != NO_DIRECTION:
            snore(game, rules, slot)
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0 and game.world.monsters[slot].sleep_talk_direction != NO_DIRECTION:
            talk(game, rules, slot)


@kernel
def is_anybody_disturbed(game: Any) -> bool:
    """True when somebody noted a direction to answer to; almost always nobody did."""
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot < 0:
            continue
        monster = game.world.monsters[slot]
        if monster.snore_direction != NO_DIRECTION or monster.sleep_talk_direction != NO_DIRECTION:
            return True
    return False


@kernel
def is_silent(game: Any, slot: int) -> bool:
    """True for one that woke, cannot act or has its mouth shut."""
    monster = game.world.monsters[slot]
    return cannot_attack(game, slot, True) or not is_asleep(monster) or monster.muzzled == 1


@kernel
def snore(game: Any, rules: Any, slot: int) -> None:
    """Use Snore towards the one that disturbed; it costs one PP."""
    monster = game.world.monsters[slot]
    index = -1 if is_silent(game, slot) else slot_with(rules, monster, ids.SNORE)
    if index >= 0:
        move = monster.moves[index]
        copy_move(move, game.move)
        lose_point(move)
        mark_last_used(monster, move)
        answer(game, rules, slot, monster.snore_direction)
    monster.snore_direction, monster.sleep_talk_direction = NO_DIRECTION, NO_DIRECTION


@kernel
def talk(game: Any, rules: Any, slot: int) -> None:
    """Use one of the own moves, drawn, towards the one that disturbed; Sleep Talk pays a PP."""
    monster = game.world.monsters[slot]
    if not is_silent(game, slot):
        drawn = roll(game, layout.MOVE_SLOTS, OTHER)
        for turn in range(layout.MOVE_SLOTS):
            move = monster.moves[(drawn + turn) % layout.MOVE_SLOTS]
            if move.flags & ids.MOVE_EXISTS and move.id != ids.SKETCH and move.id != ids.MIMIC:
                copy_move(move, game.move)
                paying = slot_with(rules, monster, ids.SLEEP_TALK)
                if paying >= 0:
                    lose_point(monster.moves[paying])
                answer(game, rules, slot, monster.sleep_talk_direction)
                break
    monster.sleep_talk_direction = NO_DIRECTION


@kernel
def answer(game: Any, rules: Any, slot: int, direction: int) -> None:
    """Use the move in `game.move` in a direction, asleep."""
    game.world.monsters[slot].direction = direction & 7
    game.move_slot = -1
    use_move(game, rules, slot, game.move, False, 0, False, True)


@kernel
def lose_point(move: Any) -> None:
    """Take one PP."""
    if move.pp != 0 and move.pp != UNLIMITED:
        move.pp -= 1


@kernel
def slot_with(rules: Any, monster: Any, move_id: int) -> int:
    """Slot of this move if it can be used (and is switched on for one that the AI steers), -1 for none."""
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS == 0 or move.id != move_id:
            continue
        if (monster.is_leader or move.flags & ids.MOVE_FOR_AI) and is_ready(rules, monster, move, True):
            return index
    return -1
