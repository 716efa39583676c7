"""The turn cycle: 24 ticks, the leader, its allies, the wild monsters (mechanics section 5).

A game rests where the console waits for the leader's command. `command` carries one out and runs on to the next such
moment, to the stairs or to the end of the run; the caller enters the next floor, because kernels that did both would
take longer to compile. Source: src/dungeon_engine.c, src/dungeon_action_execution.c, src/dungeon_main.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.backends.interface import CommandKind
from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import note_presence
from pmd_gym.simulator.ai_attack import TEAMS_DECOY, WILDS_DECOY, decide_attack
from pmd_gym.simulator.ai_items import decide_item
from pmd_gym.simulator.ai_movement import decide_movement, walk
from pmd_gym.simulator.bag import pick_up
from pmd_gym.simulator.charges import releases_itself
from pmd_gym.simulator.combat import faint, lose_if_forced, note_exit
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.displace import expel
from pmd_gym.simulator.experience import grow
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.item_orders import order_item
from pmd_gym.simulator.item_use import eat, use_orb
from pmd_gym.simulator.messages import Message, fall_silent, say
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    active_slot,
    belly_of,
    cannot_attack,
    has_skill,
    is_alive,
    is_asleep,
    is_charging,
    is_dazed,
    is_helpless,
    is_rooted,
    leader_of,
    runs_away,
    speed_stage,
)
from pmd_gym.simulator.movement import (
    aim_ahead,
    bears,
    can_pass,
    can_step,
    can_strike,
    face,
    mobility_class,
    neighbour,
    resting_class,
    step_to,
)
from pmd_gym.simulator.moves import attack, use_called_move, use_slot_move
from pmd_gym.simulator.moves_asleep import answer_asleep
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.run_end import FIRST_SUCCESS, drop_unpaid, pay_for_defeat
from pmd_gym.simulator.settle import end_turn, settle
from pmd_gym.simulator.shop import KEEPER, can_talk, talk
from pmd_gym.simulator.sight import can_see, distance
from pmd_gym.simulator.spawning import spawn_in_time
from pmd_gym.simulator.stages import settle_flash_fire
from pmd_gym.simulator.status import start_turn
from pmd_gym.simulator.team import save_team
from pmd_gym.simulator.throwing import throw
from pmd_gym.simulator.trap_laying import lay_awaited
from pmd_gym.simulator.weather import tick_weather

WAIT, STEP, ATTACK, FACE = int(CommandKind.WAIT), int(CommandKind.STEP), int(CommandKind.ATTACK), int(CommandKind.FACE)
MOVE, STAIRS = int(CommandKind.MOVE), int(CommandKind.STAIRS)
USE_ITEM, THROW_ITEM = int(CommandKind.USE_ITEM), int(CommandKind.THROW_ITEM)
WANDER, OTHER = int(Draw.WANDER), int(Draw.OTHER)
TICKS = 24
ESCAPED = 1
"""`Dungeon.exit_kind` of a run that was left on purpose, alive."""
MOST_PENDING_STEPS = 3
ALLY_TRIES, FOLLOW_PASSES = 3, 3
WIND_WARNINGS = (250, 150, 50)
CALM, BLOWN = 0, 4
NEXT_FLOOR, NEXT_PART = -1, -2
"""What `command` and `run_on` return when the leader has taken the stairs to another floor, or into the second part
of the dungeon."""


@kernel
def command(game: Any, rules: Any, kind: int, argument: int) -> int:
    """Carry out one command of the leader; returns what `run_on` returns."""
    game.draw_count = 0
    if game.world.exit_reason != 0 or not order(game, rules, leader_of(game), kind, argument):
        return game.world.exit_reason
    fall_silent(game)
    game.world.input_wait = 0
    return 0 if finish_leaders_turn(game, rules) else run_on(game, rules)


@kernel
def run_on(game: Any, rules: Any) -> int:
    """Run ticks until the leader may act: 0; the run is over: its exit reason; the next floor is due: NEXT_FLOOR."""
    while not floor_over(game):
        if play_tick(game, rules):
            return 0
    return leave_floor(game, rules)


@kernel
def leave_floor(game: Any, rules: Any) -> int:
    """The run's exit reason; NEXT_FLOOR with the floor counted up; NEXT_PART where a dungeon has a second part."""
    drop_unpaid(game)
    reason = close_floor(game, rules)
    if 0 < reason < FIRST_SUCCESS:
        save_team(game)
        pay_for_defeat(game)
    return reason


@kernel
def close_floor(game: Any, rules: Any) -> int:
    """What `leave_floor` returns; writes how the run ended."""
    world = game.world
    if world.turn_result == 1 or world.exit_requested or leader_of(game) < 0:
        if world.exit_kind == ESCAPED and leader_of(game) >= 0:
            note_exit(game, leader_of(game), ids.ESCAPED_RUN)
        return world.exit_reason
    if world.floor + 1 >= world.floor_limit:
        world.exit_reason = ids.CLEARED_RUN
        world.exit_location.id, world.exit_location.floor = world.dungeon_id, world.floor
        return NEXT_PART if rules.dungeons[world.dungeon_id].continues_into >= 0 else world.exit_reason
    world.floor += 1
    return NEXT_FLOOR


@kernel
def order(game: Any, rules: Any, leader: int, kind: int, argument: int) -> bool:
    """Write the leader's action for a command; False when it costs no turn."""
    monster = game.world.monsters[leader]
    if kind == FACE:
        face(game, leader, argument)
        return False
    if kind == STEP:
        return order_step(game, rules, leader, argument)
    if kind == ATTACK and not runs_away(game, leader):
        if faces_keeper(game, rules, leader):
            talk(game, rules)
            return False
        if faces_friend(game, rules, leader):
            return False
        monster.action = ids.REGULAR_ATTACK
        return True
    if kind == MOVE and not runs_away(game, leader):
        monster.action, monster.action_param1 = ids.USE_MOVE_PLAYER, argument
        return True
    if kind == USE_ITEM or kind == THROW_ITEM:
        return order_item(game, rules, leader, argument, kind == THROW_ITEM)
    here = game.world.entities[leader].pos
    if kind == STAIRS and game.world.tiles[here.y, here.x].terrain & ids.STAIRS == 0:
        return False
    if kind == WAIT and belly_of(monster) == 0:
        return False
    monster.action = ids.TAKE_STAIRS if kind == STAIRS else ids.PASS
    return True


@kernel
def faces_friend(game: Any, rules: Any, leader: int) -> bool:
    """True when A would talk instead of attack: a team mate stands in front."""
    direction = game.world.monsters[leader].direction
    other = neighbour(game, leader, direction)
    return other >= 0 and not game.world.monsters[other].is_enemy and can_strike(game, rules, leader, direction)


@kernel
def faces_keeper(game: Any, rules: Any, leader: int) -> bool:
    """True when A would deal with a shopkeeper: it stands in front, and both can talk."""
    direction = game.world.monsters[leader].direction
    other = neighbour(game, leader, direction)
    if other < 0 or game.world.monsters[other].shopkeeper != KEEPER or not can_strike(game, rules, leader, direction):
        return False
    return can_talk(game, leader) and can_talk(game, other)


@kernel
def order_step(game: Any, rules: Any, leader: int, direction: int) -> bool:
    """A step or a swap; against a wall the leader only turns, and rooted to its tile it passes."""
    monster = game.world.monsters[leader]
    face(game, leader, direction)
    if order_swap(game, rules, leader, direction):
        return True
    if not can_step(game, rules, leader, direction):
        return False
    monster.action, monster.action_param0 = (ids.PASS, 0) if is_rooted(monster) else (ids.WALK, 1)
    return True


@kernel
def order_swap(game: Any, rules: Any, leader: int, direction: int) -> bool:
    """Change places with the team mate in front, if nothing holds either of them (src/dungeon_main.c)."""
    other = neighbour(game, leader, direction)
    if other < 0 or game.world.monsters[other].is_enemy:
        return False
    monster, mate = game.world.monsters[leader], game.world.monsters[other]
    if is_rooted(monster) or is_rooted(mate) or monster.freeze_status == ids.FROZEN or mate.freeze_status == ids.FROZEN:
        return False
    if monster.cringe_status == ids.CONFUSED or mate.cringe_status == ids.CONFUSED:
        return False
    if is_asleep(monster) or is_asleep(mate) or is_charging(mate):
        return False
    here = game.world.entities[leader].pos
    if not can_pass(game, leader, direction, mobility_class(game, rules, leader, direction)):
        return False
    ground = game.world.tiles[here.y, here.x].terrain & ids.GROUND_MASK
    if not bears(ground, resting_class(game, rules, other)):
        return False
    monster.action, monster.action_param0 = ids.WALK, 1
    monster.flags |= ids.SWAPPING
    mate.action, mate.action_param0 = ids.WALK, 0
    mate.direction = (direction + 4) & 7
    mate.flags |= ids.SWAPPING
    there = game.world.entities[other].pos
    mate.target_tile.x, mate.target_tile.y = there.x, there.y
    return True


@kernel
def play_tick(game: Any, rules: Any) -> bool:
    """Run the current tick up to the leader's command; True when it waits there, False when the tick is done."""
    begin_tick(game, rules)
    if floor_over(game):
        return False
    leader = leader_of(game)
    if not acts_now(game, rules, leader) or game.world.monsters[leader].attacking:
        finish_tick(game, rules)
        return False
    if await_command(game, rules, not is_first_turn(game)):
        return True
    return not floor_over(game) and finish_leaders_turn(game, rules)


@kernel
def is_first_turn(game: Any) -> bool:
    """True on the very first tick of a floor, when the leader's timers do not fall yet."""
    return game.world.fractional_turn == 0 and game.first_tick == 1


@kernel
def begin_tick(game: Any, rules: Any) -> None:
    """At the ticks of normal speed: a wild monster may appear, and everybody may attack again."""
    world = game.world
    if not rules.speed_turns[1, world.fractional_turn]:
        return
    spawn_in_time(game, rules)
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0:
            world.monsters[slot].attacking = 0
    note_presence(game)
    lose_if_forced(game)


@kernel
def acts_now(game: Any, rules: Any, slot: int) -> bool:
    """True when a monster's speed lets it act in the current tick."""
    return rules.speed_turns[speed_stage(game, rules, slot), game.world.fractional_turn] != 0


@kernel
def await_command(game: Any, rules: Any, timers_fall: bool) -> bool:
    """Begin the leader's turn; False when a status acts for it or the floor ended, else it waits for a command."""
    settle(game, rules)
    leader = leader_of(game)
    if leader < 0 or floor_over(game):
        return False
    monster = game.world.monsters[leader]
    monster.speed_changed = 0
    if timers_fall:
        start_turn(game, rules, leader)
    if floor_over(game):
        return False
    grow(game, rules)
    if is_held(monster):
        say(game, Message.CANNOT_ACT, leader, 0, 0)
        return False
    if releases_itself(rules, monster):
        return False
    game.world.stairs_menu_pending = 0
    monster.action = ids.NOTHING
    game.world.input_wait = 1
    game.world.passed_turn = 0
    return True


@kernel
def is_held(monster: Any) -> bool:
    """True when a status keeps a monster from acting; its action is then PASS."""
    monster.action = ids.PASS
    frozen, cringe = monster.freeze_status, monster.cringe_status
    if (
        is_asleep(monster)
        or frozen == ids.FROZEN
        or frozen == ids.WRAP
        or frozen == ids.WRAPPED
        or frozen == ids.PETRIFIED
    ):
        return True
    return cringe == ids.PAUSED or cringe == ids.INFATUATED or monster.charge_status == ids.BIDE


@kernel
def finish_leaders_turn(game: Any, rules: Any) -> bool:
    """Carry the leader's action out and play the rest of the tick; True when it may act once more at once.

    A leader that became faster in its own action begins a new turn, and the cycle of ticks begins anew.
    """
    while True:
        leader = leader_of(game)
        carry_out_action(game, rules, leader)
        if floor_over(game):
            return False
        if not is_alive(game, leader) or not game.world.monsters[leader].speed_changed:
            break
        game.world.fractional_turn = 0
        if await_command(game, rules, True):
            return True
        if floor_over(game):
            return False
    count_turn(game, rules)
    if not floor_over(game):
        finish_tick(game, rules)
    return False


@kernel
def carry_out_action(game: Any, rules: Any, leader: int) -> None:
    """The leader's action, and that of the team mate it changes places with."""
    execute(game, rules, leader)
    lose_if_forced(game)
    if not floor_over(game):
        swap_partner(game, rules, leader)


@kernel
def swap_partner(game: Any, rules: Any, leader: int) -> None:
    """Let the team mate of a swap take its step at once."""
    monster = game.world.monsters[leader]
    if monster.flags & ids.SWAPPING == 0:
        return
    monster.flags = (monster.flags & ~ids.SWAPPING) | ids.ACTED
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot < 0 or game.world.monsters[slot].flags & ids.SWAPPING == 0:
            continue
        start_turn(game, rules, slot)
        if is_alive(game, slot):
            mate = game.world.monsters[slot]
            grow(game, rules)
            if mate.freeze_status == ids.PETRIFIED:
                mate.freeze_status = 0
            execute(game, rules, slot)
            lose_if_forced(game)
            mate.flags = (mate.flags & ~ids.SWAPPING) | ids.ACTED


@kernel
def count_turn(game: Any, rules: Any) -> None:
    """The turn limit: warnings, then the wind that ends the run (src/dungeon_wind.c)."""
    world = game.world
    world.turns_left -= 1
    if world.turns_left < 1:
        world.turns_left = 0
        world.wind_phase = len(WIND_WARNINGS)
    if world.wind_phase < len(WIND_WARNINGS):
        if world.turns_left < WIND_WARNINGS[world.wind_phase]:
            settle(game, rules)
            warn_of_wind(game, world.wind_phase)
            world.wind_phase += 1
    elif world.turns_left < 1:
        settle(game, rules)
        if not floor_over(game):
            world.wind_phase = BLOWN
            say(game, Message.WIND_BLEW, leader_of(game), 0, 0)
            faint(game, leader_of(game), ids.BLOWN_AWAY)


@kernel
def warn_of_wind(game: Any, phase: int) -> None:
    """The three warnings before the wind comes."""
    if phase == 0:
        say(game, Message.WIND_RISES, leader_of(game), 0, 0)
    elif phase == 1:
        say(game, Message.WIND_NEARS, leader_of(game), 0, 0)
    else:
        say(game, Message.WIND_IS_HERE, leader_of(game), 0, 0)


@kernel
def finish_tick(game: Any, rules: Any) -> None:
    """Allies, wild monsters, and the end of the tick."""
    game.first_tick = 0
    act_allies(game, rules)
    if floor_over(game):
        return
    act_wild(game, rules)
    if floor_over(game):
        return
    world = game.world
    if rules.speed_turns[1, world.fractional_turn + 1]:
        settle(game, rules)
        tick_weather(game, rules)
        lose_if_forced(game)
    world.fractional_turn = (world.fractional_turn + 1) % TICKS


@kernel
def act_allies(game: Any, rules: Any) -> None:
    """The team mates in slot order, then those that had to wait behind others."""
    for slot in range(MAX_TEAM):
        if not is_alive(game, slot) or game.world.monsters[slot].is_leader:
            continue
        if floor_over(game):
            break
        monster = game.world.monsters[slot]
        monster.ai_skip = 0
        if not acts_now(game, rules, slot) or monster.attacking or monster.flags & ids.SWAPPING:
            continue
        if monster.flags & ids.ACTED:
            monster.flags &= ~ids.ACTED
            continue
        monster.ai_recalc = 0
        start_turn(game, rules, slot)
        if is_alive(game, slot):
            grow(game, rules)
            act_ally(game, rules, slot)
    for _ in range(FOLLOW_PASSES):
        follow_up(game, rules)
    end_skipped(game, rules, 0, MAX_TEAM)


@kernel
def act_ally(game: Any, rules: Any, slot: int) -> None:
    """Up to three decisions, as long as settling throws the ally elsewhere before it can act."""
    for _ in range(ALLY_TRIES):
        decide(game, rules, slot)
        if floor_over(game) or not execute(game, rules, slot):
            break
        lose_if_forced(game)
        if floor_over(game):
            break


@kernel
def follow_up(game: Any, rules: Any) -> None:
    """Let waiting allies decide again, the nearest to the leader first, later slots first among equals."""
    world = game.world
    leader = leader_of(game)
    if leader < 0:
        return
    here = world.entities[leader].pos
    for slot in range(MAX_TEAM):
        game.waits[slot] = 9
        monster = world.monsters[slot]
        if is_alive(game, slot) and monster.ai_skip:
            if monster.is_leader:
                monster.ai_recalc, monster.ai_skip = 0, 0
            else:
                there = world.entities[slot].pos
                game.waits[slot] = min(distance(here.x, here.y, there.x, there.y), 2)
    for reach in range(3):
        for back in range(MAX_TEAM):
            slot = MAX_TEAM - 1 - back
            if game.waits[slot] == reach and is_alive(game, slot):
                world.monsters[slot].ai_recalc, world.monsters[slot].ai_skip = 1, 0
                decide(game, rules, slot)
                execute(game, rules, slot)
                lose_if_forced(game)


@kernel
def end_skipped(game: Any, rules: Any, first: int, last: int) -> None:
    """End the turn of those that only waited."""
    if floor_over(game):
        return
    for slot in range(first, last):
        if is_alive(game, slot) and game.world.monsters[slot].ai_skip:
            finish_turn(game, rules, slot)
            if is_alive(game, slot):
                grow(game, rules)
                game.world.monsters[slot].ai_skip = 0


@kernel
def act_wild(game: Any, rules: Any) -> None:
    """The wild monsters in slot order."""
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if not is_alive(game, slot):
            continue
        if floor_over(game):
            break
        monster = game.world.monsters[slot]
        if monster.flags & ids.SWAPPING:
            continue
        if monster.flags & ids.ACTED:
            monster.flags &= ~ids.ACTED
            continue
        monster.ai_skip = 0
        if not acts_now(game, rules, slot) or monster.attacking:
            continue
        monster.ai_recalc = 0
        start_turn(game, rules, slot)
        if not is_alive(game, slot):
            continue
        grow(game, rules)
        decide(game, rules, slot)
        if floor_over(game):
            break
        execute(game, rules, slot)
        lose_if_forced(game)
        if floor_over(game):
            break
    end_skipped(game, rules, MAX_TEAM, MAX_MONSTERS)


@kernel
def decide(game: Any, rules: Any, slot: int) -> None:
    """The AI's decision for a turn: statuses, attack, movement (src/dungeon_ai.c, RunMonsterAI)."""
    monster = game.world.monsters[slot]
    monster.decoy_side = 0
    if stands_by(monster.behavior):
        monster.action = ids.NOTHING
        return
    if is_prevented(game, rules, slot):
        return
    notice_decoy(game, slot)
    monster.action, monster.action_param0, monster.action_param1 = ids.NOTHING, 0, 0
    decide_item(game, rules, slot)
    if monster.action != ids.NOTHING:
        return
    travels = has_skill(monster, ids.DEDICATED_TRAVELER)
    if not travels:
        decide_attack(game, rules, slot)
        if monster.action != ids.NOTHING:
            return
    if monster.cringe_status == ids.CONFUSED:
        walk(game, rules, slot, monster.direction)
    elif rules.species[monster.species].can_move:
        decide_movement(game, rules, slot)
    if travels and monster.action <= ids.PASS:
        decide_attack(game, rules, slot)
        if monster.action > ids.PASS:
            monster.ai_not_adjacent, monster.ai_skip, monster.waiting = 0, 0, 0


@kernel
def notice_decoy(game: Any, slot: int) -> None:
    """Let a monster be drawn to a decoy that it sees, by whoever made it."""
    if not game.world.decoy_active:
        return
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other >= 0 and game.world.monsters[other].curse_status == ids.DECOY and can_see(game, slot, other):
            wild = game.world.monsters[other].curse_by_wild
            game.world.monsters[slot].decoy_side = WILDS_DECOY if wild else TEAMS_DECOY
            return


@kernel
def stands_by(behavior: int) -> bool:
    """True for those who only take part in a scene: no AI moves them (src/dungeon_cutscene.c, ShouldRunMonsterAI)."""
    return behavior == 2 or behavior == 4 or 10 <= behavior <= 12


@kernel
def is_prevented(game: Any, rules: Any, slot: int) -> bool:
    """True when a status decides for the monster (src/status_checks.c, HasStatusThatPreventsActing)."""
    monster = game.world.monsters[slot]
    if is_held(monster):
        return True
    if monster.curse_status == ids.DECOY:
        walk(game, rules, slot, roll(game, 8, OTHER))
        here = game.world.entities[slot].pos
        monster.target_tile.x, monster.target_tile.y = here.x, here.y - 1
        return True
    if monster.shopkeeper == 1:
        return True
    if monster.sight_status == ids.CROSS_EYED:
        walk(game, rules, slot, roll(game, 8, OTHER))
        return True
    if monster.sight_status == ids.BLINKER:
        if can_step(game, rules, slot, monster.direction):
            walk(game, rules, slot, monster.direction)
        elif roll(game, 2, OTHER) != 0:
            walk(game, rules, slot, roll(game, 8, OTHER))
        else:
            decide_attack(game, rules, slot)
        return True
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
        game.world.floor_result = 1
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
