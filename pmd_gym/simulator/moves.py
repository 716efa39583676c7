"""Using a move: the chain of linked moves, its hits, and what happens at each target (mechanics section 7).

Source: src/dungeon_move_util.c (sub_8055A00, TryUseChosenMove) and src/dungeon_move.c (UseMoveAgainstTargets). What a
move does to a target is in `effects`, whom it reaches in `targets`, what comes between in `intercepts`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids, inflict, recovery, stages
from pmd_gym.simulator.abilities import after_hit, loaf
from pmd_gym.simulator.ai_attack import AHEAD, AT_FOES, FOE, FRONT_CORNERS, LINE, treatment
from pmd_gym.simulator.blows import earn, side_effect_rolls, type_of
from pmd_gym.simulator.called_moves import METRONOME_MOVES
from pmd_gym.simulator.charges import begins_charge, holds_charge, nature_power_move, needs_charge
from pmd_gym.simulator.combat import provoke, rouse
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.damage import accuracy_check
from pmd_gym.simulator.displace import ANYWHERE, warp
from pmd_gym.simulator.effect_kinds import Kind
from pmd_gym.simulator.effects import apply, crash, type_now
from pmd_gym.simulator.experience import BOOSTED, HALVED, NORMAL, grow, set_move
from pmd_gym.simulator.floor_state import floor_over
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
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    active_slot,
    cannot_attack,
    has_ability,
    is_alive,
    is_asleep,
    slot_of,
    weather_for,
)
from pmd_gym.simulator.movement import aim_ahead
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.sight import direction_to, is_on_screen
from pmd_gym.simulator.targets import find_on_line, gather_targets, target_code
from pmd_gym.simulator.usability import can_be_used, knows_ready, loosen_links, mark_last_used

OTHER = int(Draw.OTHER)
JUMP_KICK = int(Kind.JUMP_KICK)
FEWEST_HITS, MOST_HITS = 2, 5
ATTACK_PP = 10
MAGNITUDES = 7
NO_DIRECTION = 255
PAUSE_TURNS = 1
TIRING = 2
"""Stages of Sp. Atk that Overheat costs."""


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
def is_kept(game: Any, slot: int, move_id: int, asleep: bool) -> bool:
    """True when the monster cannot act any more; Snore and Sleep Talk work in sleep, as do moves that they call."""
    if asleep or move_id == ids.SNORE or move_id == ids.SLEEP_TALK:
        return not is_asleep(game.world.monsters[slot]) and cannot_attack(game, slot, True)
    return cannot_attack(game, slot, False)


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
def copy_move(source: Any, to: Any) -> None:
    """Copy a move's record."""
    to.flags, to.flags2, to.id, to.pp, to.boost = source.flags, source.flags2, source.id, source.pp, source.boost


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
        inflict.pause(game, rules, slot, slot, PAUSE_TURNS)
        earn(game, slot)


@kernel
def pick_assist(game: Any, rules: Any, slot: int) -> int:
    """Id of a move drawn from all moves of all monsters, but for Sketch and those of two turns."""
    monster, count = game.world.monsters[slot], 0
    for index in range(MAX_MONSTERS * layout.MOVE_SLOTS):
        count += is_assistable(game, rules, monster, index)
    if count == 0:
        return ids.REGULAR_ATTACK_MOVE
    left = roll(game, count, OTHER)
    for index in range(MAX_MONSTERS * layout.MOVE_SLOTS):
        if is_assistable(game, rules, monster, index):
            if left == 0:
                other = active_slot(game, index // layout.MOVE_SLOTS)
                return int(game.world.monsters[other].moves[index % layout.MOVE_SLOTS].id)
            left -= 1
    return ids.REGULAR_ATTACK_MOVE


@kernel
def is_assistable(game: Any, rules: Any, user: Any, index: int) -> bool:
    """True when Assist may pick this move, counted through the list of monsters, four to each."""
    other = active_slot(game, index // layout.MOVE_SLOTS)
    if other < 0:
        return False
    move = game.world.monsters[other].moves[index % layout.MOVE_SLOTS]
    return move.flags & ids.MOVE_EXISTS != 0 and move.id != ids.SKETCH and not needs_charge(game, rules, user, move.id)


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
def call_another(game: Any, rules: Any, move: Any) -> bool:
    """Let Metronome or Nature Power become another move, in `game.move`; True when one did."""
    flags, flags2 = int(move.flags), int(move.flags2)
    if move.id == ids.METRONOME:
        game.metronome_choice = roll(game, len(METRONOME_MOVES), OTHER)
        set_move(game.move, rules, METRONOME_MOVES[game.metronome_choice])
    elif move.id == ids.NATURE_POWER:
        set_move(game.move, rules, nature_power_move(game))
    else:
        return False
    game.move.flags, game.move.flags2 = flags, flags2
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
    announce(game, slot, move.id, count)
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
def announce(game: Any, slot: int, move_id: int, count: int) -> None:
    """The strength of Magnitude is drawn when the move is shown: when its user or a target is on the screen."""
    if move_id != ids.MAGNITUDE:
        return
    shown = is_on_screen(game, slot)
    for index in range(count):
        shown = shown or is_on_screen(game, game.targets[index])
    if shown:
        game.magnitude = roll(game, MAGNITUDES, OTHER)


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
        stages.raise_attack(game, rules, slot, slot, True, -TIRING)


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


@kernel
def end_move(game: Any, rules: Any, slot: int) -> None:
    """What waits for the end of a move: Rapid Spin frees its user, Outrage confuses it."""
    if not is_alive(game, slot):
        return
    if game.move_frees_user:
        recovery.end_freeze(game, slot)
        recovery.end_leech(game, slot)
    if game.move_confuses_user:
        inflict.confuse(game, rules, slot, slot)
        earn(game, slot)
