"""The actions that use moves: a chain of linked moves with its PP, the regular attack, a move out of no slot.

One move of a chain is carried out in `moves`. Source: src/dungeon_move_util.c (sub_8055A00),
src/dungeon_action_handler.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import loaf
from pmd_gym.simulator.blows import earn
from pmd_gym.simulator.charges import holds_charge
from pmd_gym.simulator.experience import copy_move, grow, set_move
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.monsters import MAX_MONSTERS, has_ability, is_alive, weather_for
from pmd_gym.simulator.move_calls import pick_assist
from pmd_gym.simulator.moves import is_kept, use_move
from pmd_gym.simulator.usability import loosen_links

ATTACK_PP = 10
PAUSE_TURNS = 1


@kernel
def repeats(game: Any, slot: int) -> int:
    """How often an attack or move is carried out: twice for Swift Swim in rain and Chlorophyll in sun."""
    if not is_alive(game, slot):
        return 0
    monster = game.world.monsters[slot]
    weather = weather_for(game, monster)
    swims = has_ability(monster, ids.SWIFT_SWIM) and weather == ids.RAIN
    return 2 if swims or (has_ability(monster, ids.CHLOROPHYLL) and weather == ids.SUNNY) else 1


@kernel
def use_slot_move(game: Any, rules: Any, slot: int, index: int) -> None:
    """Carry out the use of a move slot as an action: the chain, its PP, loose links, Truant's rest."""
    done = 0
    while done < repeats(game, slot):
        use_chain(game, rules, slot, index)
        if floor_over(game) or not is_alive(game, slot) or game.world.monsters[slot].released_charge:
            break
        done += 1
    spend_pp(game, slot)
    if is_alive(game, slot) and not floor_over(game):
        loosen_links(game.world.monsters[slot], index)
        loaf(game, rules, slot)


@kernel
def use_chain(game: Any, rules: Any, slot: int, first: int) -> None:
    """One run through a chain of linked moves."""
    monster = game.world.monsters[slot]
    monster.ability_flags, monster.released_charge = 0, 0
    cringe = monster.cringe_status
    if cringe == ids.CRINGE or cringe == ids.INFATUATED or monster.burn_status == ids.PARALYSIS:
        return
    game.move_targets_reached, game.moves_stopped, game.move_pauses_user = 0, 0, 0
    for index in range(layout.MOVE_SLOTS):
        monster.mimic_moves[index] = 0
    linked = first + 1 < layout.MOVE_SLOTS and monster.moves[first + 1].flags & ids.MOVE_LINKED != 0
    for index in range(first, layout.MOVE_SLOTS):
        move = monster.moves[index]
        if index > first and move.flags & ids.MOVE_LINKED == 0:
            break
        if not is_alive(game, slot) or floor_over(game) or is_kept(game, slot, move.id, False) or game.moves_stopped:
            break
        if move.flags & ids.MOVE_EXISTS:
            use_link(game, rules, slot, index, linked)
    use_mimicked(game, rules, slot, linked)
    end_chain(game, rules, slot)


@kernel
def use_link(game: Any, rules: Any, slot: int, index: int, linked: bool) -> None:
    """Use one slot of a chain; the second turn of a charge costs nothing, and needs no PP."""
    monster = game.world.monsters[slot]
    move = monster.moves[index]
    releases = holds_charge(rules, monster, move.id)
    if move.pp == 0 and not releases:
        return
    monster.released_charge = releases
    game.move_slot = index
    if move.id == ids.ASSIST:
        copy_move(move, game.move)
        game.move.id = pick_assist(game, rules, slot)
        used = use_move(game, rules, slot, game.move, linked, 0, True, False)
    else:
        used = use_move(game, rules, slot, move, linked, 0, True, False)
    game.move_slot = -1
    if used and not releases:
        if move.flags2 & ids.MOVE2_RESTORED:
            move.flags2 &= ~ids.MOVE2_RESTORED
        else:
            move.flags2 |= ids.MOVE2_USED


@kernel
def use_mimicked(game: Any, rules: Any, slot: int, linked: bool) -> None:
    """Use the moves that Mimic copied in this chain, one after the other, at no cost."""
    if not is_alive(game, slot):
        return
    for index in range(layout.MOVE_SLOTS):
        copied = int(game.world.monsters[slot].mimic_moves[index])
        if copied == 0:
            continue
        set_move(game.move, rules, copied)
        if copied == ids.ASSIST:
            game.move.id = pick_assist(game, rules, slot)
        use_move(game, rules, slot, game.move, linked, 0, False, False)


@kernel
def end_chain(game: Any, rules: Any, slot: int) -> None:
    """Experience, then the rest that Hyper Beam and the like demand."""
    if not is_alive(game, slot):
        return
    grow(game, rules)
    if is_alive(game, slot) and game.move_pauses_user:
        game.move_pauses_user = 0
        give(game, rules, slot, slot, kinds.PAUSED, PAUSE_TURNS)
        earn(game, slot)


@kernel
def spend_pp(game: Any, slot: int) -> None:
    """Take the PP of the moves used in this action: one, two under Pressure."""
    if not is_alive(game, slot):
        return
    for index in range(layout.MOVE_SLOTS):
        move = game.world.monsters[slot].moves[index]
        if move.flags & ids.MOVE_EXISTS == 0:
            continue
        cost = 2 if move.flags2 & ids.MOVE2_PRESSURE else 1
        if move.flags2 & ids.MOVE2_USED:
            move.pp = max(move.pp - cost, 0)
        move.flags2 &= ~(ids.MOVE2_USED | ids.MOVE2_PRESSURE)


@kernel
def attack(game: Any, rules: Any, slot: int, move_id: int) -> None:
    """The regular attack or Struggle: moves without a slot (src/dungeon_action_handler.c, sub_8067904)."""
    monster = game.world.monsters[slot]
    if monster.cringe_status == ids.CRINGE or monster.burn_status == ids.PARALYSIS:
        return
    game.move_slot = -1
    set_move(game.move, rules, move_id)
    done = 0
    while done < repeats(game, slot):
        monster.ability_flags = 0
        game.move.flags |= ids.MOVE_SET | ids.MOVE_FOR_AI
        game.move.pp = ATTACK_PP
        use_move(game, rules, slot, game.move, False, 0, move_id == ids.STRUGGLE, False)
        if not is_alive(game, slot):
            return
        if monster.released_charge:
            break
        done += 1
    if monster.is_leader and move_id == ids.REGULAR_ATTACK_MOVE:
        reveal_trap(game, slot)
    grow(game, rules)


@kernel
def use_called_move(game: Any, rules: Any, slot: int, move_id: int) -> bool:
    """Carry out a move that stands in no slot and costs nothing, as Bide's blow; False when it could not be used."""
    game.move_slot = -1
    set_move(game.move, rules, move_id)
    game.move.flags |= ids.MOVE_LAST_USED
    return use_move(game, rules, slot, game.move, False, 0, False, False)


@kernel
def reveal_trap(game: Any, slot: int) -> None:
    """A regular attack at a tile shows a trap there."""
    here, direction = game.world.entities[slot].pos, game.world.monsters[slot].direction
    for thing in range(MAX_MONSTERS + layout.MAX_ITEMS, MAX_MONSTERS + layout.MAX_ITEMS + layout.MAX_TRAPS):
        entity = game.world.all_entities[thing]
        if (
            entity.kind == ids.TRAP
            and entity.pos.x == here.x + ids.DX[direction]
            and entity.pos.y == here.y + ids.DY[direction]
        ):
            entity.visible = 1
