"""One move carried out: what it becomes, whether it can be used, and its hits (mechanics section 7).

Which moves an action uses is in `move_actions`, the way of a hit to its targets in `move_targets`. Source:
src/dungeon_move_util.c (TryUseChosenMove), src/dungeon_move.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids, recovery
from pmd_gym.simulator.ai_attack import AHEAD, FRONT_CORNERS, LINE
from pmd_gym.simulator.blows import earn
from pmd_gym.simulator.charges import begins_charge, holds_charge
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import address_of, cannot_attack, is_alive, is_asleep
from pmd_gym.simulator.move_calls import call_another
from pmd_gym.simulator.move_targets import strike_targets
from pmd_gym.simulator.movement import aim_ahead
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.sight import is_on_screen
from pmd_gym.simulator.targets import find_on_line, gather_targets
from pmd_gym.simulator.usability import can_be_used, mark_last_used

OTHER = int(Draw.OTHER)
FEWEST_HITS, MOST_HITS = 2, 5
MAGNITUDES = 7


@kernel
def is_kept(game: Any, slot: int, move_id: int, asleep: bool) -> bool:
    """True when the monster cannot act any more; Snore and Sleep Talk work in sleep, as do moves that they call."""
    if asleep or move_id == ids.SNORE or move_id == ids.SLEEP_TALK:
        return not is_asleep(game.world.monsters[slot]) and cannot_attack(game, slot, True)
    return cannot_attack(game, slot, False)


@kernel
def use_move(
    game: Any, rules: Any, slot: int, move: Any, linked: bool, item_id: int, marks: bool, asleep: bool
) -> bool:
    """Carry out one move, all its hits; False when it could not be used.

    `move` is a slot of the user or `game.move`; `item_id` the orb that carries it, 0 for none; `marks`: it becomes the
    move used last; `asleep`: it was called in sleep.
    """
    called = call_another(game, rules, move)
    if called:
        move = game.move
    monster = game.world.monsters[slot]
    reach = line_of(game, rules, slot, move.id)
    releases = holds_charge(rules, monster, move.id)
    if releases:
        monster.in_the_air = 0
    usable = can_be_used(rules, monster, move, releases)
    if usable and marks:
        mark_last_used(monster, move)
    if not usable or (monster.muzzled == 1 and rules.moves[move.id].mouth):
        return False
    reset_counts(game)
    if item_id == 0 and move.id != ids.REGULAR_ATTACK_MOVE:
        say(game, Message.USED_MOVE, slot, move.id, 0)
    if linked and monster.linked_moves_used < layout.MOVE_SLOTS:
        monster.linked_moves_used += 1
    hits = int(rules.moves[move.id].hits)
    hits = hits if hits else roll_range(game, FEWEST_HITS, MOST_HITS + 1, OTHER)
    for hit in range(hits):
        if game.move_stopped or game.moves_stopped:
            break
        if not is_alive(game, slot) or floor_over(game):
            return True
        if is_kept(game, slot, move.id, asleep):
            break
        if not strike_once(game, rules, slot, move, linked, item_id, reach, hit):
            break
    end_move(game, rules, slot)
    return True


@kernel
def reset_counts(game: Any) -> None:
    """Forget what the move before counted."""
    game.move_hits, game.triple_kick_hits, game.rollout_hits = 0, 0, 0
    game.twineedle_landed, game.move_confuses_user, game.move_frees_user, game.move_stopped = 0, 0, 0, 0


@kernel
def line_of(game: Any, rules: Any, slot: int, move_id: int) -> int:
    """How far a move flies ahead before it meets its target; 0 for moves that do not fly.

    The AI's range decides, as in the game; a charge does not fly.
    """
    reach = rules.moves[move_id].ai_range
    if reach == AHEAD:
        return LINE
    if reach == FRONT_CORNERS:
        return 0 if begins_charge(game, rules, game.world.monsters[slot], move_id) else 1
    return 0


@kernel
def strike_once(game: Any, rules: Any, slot: int, move: Any, linked: bool, item_id: int, reach: int, hit: int) -> bool:
    """One hit: find the targets, and the move's way to each of them; False when the move ends with it."""
    monster, thrashes = game.world.monsters[slot], move.id == ids.THRASH
    monster.charge_kept = 0
    if thrashes:
        monster.direction = roll(game, 8, OTHER)
        aim_ahead(game, slot)
    count = gather_targets(game, rules, slot, move.id) if reach <= 1 else 0
    if reach <= 1 and hit != 0 and not thrashes and count == 0:
        return False
    announce(game, slot, move.id)
    if monster.cringe_status != ids.CONFUSED and monster.cringe_status != ids.COWERING:
        monster.target_tile.x, monster.target_tile.y = 0, 0
    game.move_hits += 1
    if reach != 0:
        count = find_on_line(game, rules, slot, move.id, reach)
    if reach == 0 or count != 0:
        strike_targets(game, rules, slot, move, linked, item_id, count)
    if not is_alive(game, slot):
        return False
    if not monster.charge_kept:
        end_charge(monster)
    return True


@kernel
def announce(game: Any, slot: int, move_id: int) -> None:
    """The strength of Magnitude is drawn with its picture: when its user is on the screen (src/code_8040094_1.c).

    Out of sight it has the strength that was drawn last; on a black screen only the leader's own use is shown.
    """
    if move_id != ids.MAGNITUDE or not is_on_screen(game, slot):
        return
    if not game.world.blinded or game.world.camera_target == address_of(slot):
        game.magnitude = roll(game, MAGNITUDES, OTHER)


@kernel
def end_move(game: Any, rules: Any, slot: int) -> None:
    """What waits for the end of a move: Rapid Spin frees its user, Outrage confuses it."""
    if not is_alive(game, slot):
        return
    if game.move_frees_user:
        recovery.end_freeze(game, slot)
        recovery.end_leech(game, slot)
    if game.move_confuses_user:
        give(game, rules, slot, slot, kinds.CONFUSED, 0)
        earn(game, slot)
