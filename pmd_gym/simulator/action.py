"""A monster's action carried out, the leader's or another's, and the end of its turn.

Who chose the action does not matter here. Source: src/dungeon_action_execution.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.bag import pick_up
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.displace import expel
from pmd_gym.simulator.experience import grow
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.item_use import eat, use_orb
from pmd_gym.simulator.monsters import cannot_attack, is_alive, is_charging, is_dazed, is_helpless, is_rooted
from pmd_gym.simulator.move_actions import attack, use_called_move, use_slot_move
from pmd_gym.simulator.movement import aim_ahead, can_step, step_to
from pmd_gym.simulator.moves_asleep import answer_asleep
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.settle import end_turn, settle
from pmd_gym.simulator.stages import settle_flash_fire
from pmd_gym.simulator.throwing import throw
from pmd_gym.simulator.trap_laying import lay_awaited

OTHER = int(Draw.OTHER)
MOST_PENDING_STEPS = 3
METEOR_CAVE = 21
"""Its stairs stay shut until the Deoxys of the floor is beaten."""


@kernel
def execute(game: Any, rules: Any, slot: int) -> bool:
    """Carry out a monster's action and end its turn; True when it must decide again because settling moved somebody."""
    monster = game.world.monsters[slot]
    monster.use_held_item = 0
    reel(game, rules, slot)
    if cannot_attack(game, slot, False) and is_charging(monster):
        end_charge(monster)
    forget_restoration(monster)
    acts = monster.action > ids.PASS and monster.action != ids.WALK
    if acts:
        if settle(game, rules):
            if floor_over(game) or not is_alive(game, slot):
                return False
            if game.displaced:
                return True
        monster.attacking = 1
    monster.charge_kept = 0
    walked = False
    if monster.action == ids.WALK:
        walked = take_step(game, rules, slot)
    elif monster.action == ids.USE_MOVE_AI:
        use_slot_move(game, rules, slot, monster.action_param0)
    elif monster.action == ids.USE_MOVE_PLAYER:
        use_slot_move(game, rules, slot, monster.action_param1)
    elif monster.action == ids.REGULAR_ATTACK:
        attack(game, rules, slot, ids.REGULAR_ATTACK_MOVE)
    elif monster.action == ids.STRUGGLE_ACTION:
        attack(game, rules, slot, ids.STRUGGLE)
    elif monster.action == ids.TAKE_STAIRS:
        game.world.floor_result = game.world.dungeon_id != METEOR_CAVE or game.world.deoxys_beaten
    elif monster.action == ids.PICK_UP_AI:
        pick_up(game, rules, slot)
    elif not handle_item(game, rules, slot):
        monster.action = ids.PASS
    lay_awaited(game)
    if is_alive(game, slot):
        if not monster.charge_kept:
            end_charge(monster)
        pay_grudge(monster)
        settle_flash_fire(game)
        answer_asleep(game, rules)
        if not monster.ai_skip and not walked:
            expel(game, rules, slot)
            finish_turn(game, rules, slot)
            grow(game, rules)
    return False


@kernel
def may_reel(action: int) -> bool:
    """True for actions whose direction confusion changes."""
    held = action == ids.EAT_AI or action == ids.THROW_ITEM_AI or action == ids.SECOND_THOUGHTS
    return action == ids.WALK or held or reels_blow(action)


@kernel
def reels_blow(action: int) -> bool:
    """True for attacks and moves, which a cowering monster turns the wrong way."""
    return (
        action == ids.USE_MOVE_PLAYER or action == ids.USE_MOVE_AI or action == ids.STRUGGLE_ACTION
        or action == ids.REGULAR_ATTACK or action == ids.USE_ORB
    )  # fmt: skip


@kernel
def reel(game: Any, rules: Any, slot: int) -> None:
    """Change the direction of an action under confusion or cowering."""
    monster = game.world.monsters[slot]
    if monster.cringe_status == ids.COWERING and reels_blow(monster.action):
        monster.direction = (monster.direction + 4) & 7
        if not monster.is_leader:
            aim_ahead(game, slot)
    elif monster.cringe_status == ids.CONFUSED and may_reel(monster.action):
        direction = roll(game, 8, OTHER)
        if monster.is_leader and not reels_blow(monster.action):
            for turn in range(8):
                if can_step(game, rules, slot, (direction + turn) & 7):
                    monster.direction = (direction + turn) & 7
                    return
        else:
            monster.direction = direction
            if not monster.is_leader:
                aim_ahead(game, slot)


@kernel
def forget_restoration(monster: Any) -> None:
    """From a monster's next action on, moves whose PP were restored cost PP again."""
    for index in range(layout.MOVE_SLOTS):
        if monster.moves[index].flags & ids.MOVE_EXISTS:
            monster.moves[index].flags2 &= ~ids.MOVE2_RESTORED


@kernel
def handle_item(game: Any, rules: Any, slot: int) -> bool:
    """Carry out an action with an item; False when the action is no such one (a TM was read when it was chosen)."""
    action = game.world.monsters[slot].action
    if action == ids.EAT_PLAYER or action == ids.EAT_FOOD or action == ids.USE_PLAYER or action == ids.EAT_AI:
        eat(game, rules, slot)
    elif action == ids.USE_ORB:
        use_orb(game, rules, slot)
    elif (
        action == ids.THROW_ITEM_PLAYER or action == ids.THROW_STRAIGHT_PLAYER
        or action == ids.THROW_ARC_PLAYER or action == ids.THROW_ITEM_AI
    ):  # fmt: skip
        throw(game, rules, slot)
    else:
        return False
    return True


@kernel
def pay_grudge(monster: Any) -> None:
    """A monster that felled one with a grudge loses all PP of the move it used last."""
    if not monster.grudge_hit:
        return
    monster.grudge_hit = 0
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS and move.flags & ids.MOVE_LAST_USED:
            move.pp = 0


@kernel
def finish_turn(game: Any, rules: Any, slot: int) -> None:
    """The end of a monster's turn; the very last of it is the blow of one that bided its time."""
    end_turn(game, rules, slot)
    if not is_alive(game, slot) or floor_over(game) or game.world.monsters[slot].charge_status != ids.BIDE:
        return
    monster = game.world.monsters[slot]
    if monster.charge_turns != 0 and monster.charge_turns != ids.FOREVER:
        monster.charge_turns -= 1
    if monster.charge_turns != 0:
        return
    monster.charge_status = 0
    if is_dazed(monster, False) or cannot_attack(game, slot, False) or is_helpless(monster):
        return
    settle(game, rules)
    use_called_move(game, rules, slot, ids.BIDE_RELEASE)
    if is_alive(game, slot) and not floor_over(game):
        monster.bide_damage = 0


@kernel
def take_step(game: Any, rules: Any, slot: int) -> bool:
    """Move one tile; what the new tile does waits until the step is settled. False when the way is barred."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    swaps = monster.flags & ids.SWAPPING != 0
    if is_rooted(monster) or not (swaps or can_step(game, rules, slot, monster.direction)):
        monster.action = ids.NOTHING
        monster.waiting = 1
        return False
    step_to(game, slot, here.x + ids.DX[monster.direction], here.y + ids.DY[monster.direction])
    game.world.entities[slot].sprite_direction = monster.direction
    if monster.tiles_to_move <= MOST_PENDING_STEPS:
        monster.tiles_to_move += 1
    return True
