"""Whether a monster may use a move now, which move it used last, and when links come apart.

Source: src/dungeon_move_util.c (CanMonsterUseMove, sub_805744C), src/dungeon_misc.c (MarkLastUsedMonMove),
src/dungeon_logic.c (sub_80717A4), src/moves.c (sub_80935B8).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import is_asleep

MOST_PP = 99


@kernel
def is_barred(rules: Any, monster: Any, move: Any, counts_state: bool) -> bool:
    """True for a move that is disabled or sealed, or, if asked, that a taunt or an encore forbids."""
    if move.id == ids.REGULAR_ATTACK_MOVE:
        return False
    if move.flags & ids.MOVE_DISABLED or move.flags2 & ids.MOVE2_SEALED:
        return True
    if not counts_state:
        return False
    if monster.cringe_status == ids.TAUNTED:
        return not rules.moves[move.id].ignores_taunt
    if monster.cringe_status != ids.ENCORE:
        return False
    flags = monster.struggle_flags if move.id == ids.STRUGGLE else move.flags
    return flags & ids.MOVE_LAST_USED == 0


@kernel
def is_ready(rules: Any, monster: Any, move: Any, counts_state: bool) -> bool:
    """True when the move can be used; PP, taunt and encore are asked only if `counts_state`."""
    if move.id == ids.REGULAR_ATTACK_MOVE:
        return True
    return not is_barred(rules, monster, move, counts_state) and (move.pp != 0 or not counts_state)


@kernel
def can_be_used(rules: Any, monster: Any, move: Any, releases: bool) -> bool:
    """True when the move works now; the second turn of a charge needs no PP."""
    if releases:
        return not is_barred(rules, monster, move, True)
    return is_ready(rules, monster, move, True)


@kernel
def mark_last_used(monster: Any, move: Any) -> None:
    """Note the move as the one used last, which Encore, Torment, Spite, Mimic and Sketch ask for."""
    for index in range(layout.MOVE_SLOTS):
        monster.moves[index].flags &= ~ids.MOVE_LAST_USED
    monster.struggle_flags &= ~ids.MOVE_LAST_USED
    if move.id == ids.STRUGGLE:
        monster.struggle_flags |= ids.MOVE_LAST_USED
    else:
        move.flags |= ids.MOVE_LAST_USED


@kernel
def knows_ready(rules: Any, monster: Any, move_id: int) -> bool:
    """True for a sleeper that could use this move; one that the AI steers needs it switched on."""
    if not is_asleep(monster):
        return False
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS == 0 or move.id != move_id or move.pp == 0:
            continue
        if (monster.is_leader or move.flags & ids.MOVE_FOR_AI) and not is_barred(rules, monster, move, True):
            return True
    return False


@kernel
def loosen_links(monster: Any, index: int) -> None:
    """Take a chain of linked moves apart when one of them has no PP left, or became another move by Sketch."""
    start = index
    while start > 0 and monster.moves[start].flags & ids.MOVE_LINKED:
        start -= 1
    end = start + 1
    while end < layout.MOVE_SLOTS and is_link(monster.moves[end]):
        end += 1
    loose = False
    for slot in range(start, end):
        move = monster.moves[slot]
        loose = loose or move.pp == 0 or move.flags2 & ids.MOVE2_REPLACED != 0
    if loose:
        for slot in range(start + 1, end):
            monster.moves[slot].flags &= ~ids.MOVE_LINKED


@kernel
def is_link(move: Any) -> bool:
    """True for a move that follows the one before it in a chain."""
    return move.flags & ids.MOVE_EXISTS != 0 and move.flags & ids.MOVE_LINKED != 0
