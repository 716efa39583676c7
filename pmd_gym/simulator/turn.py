"""The turn cycle: 24 ticks, the leader, its allies, the wild monsters (mechanics section 5).

A game rests where the console waits for the leader's command. `command` carries one out and runs on to the next such
moment, to the stairs or to the end of the run; the caller enters the next floor, because kernels that did both would
take longer to compile. What a command means is in `leader_orders`, the others' turns in `ai_turns`, how actions are
carried out in `action`. Source: src/dungeon_engine.c, src/dungeon_main.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import note_presence
from pmd_gym.simulator.action import execute
from pmd_gym.simulator.ai_decision import is_held
from pmd_gym.simulator.ai_turns import act_allies, act_wild
from pmd_gym.simulator.charges import releases_itself
from pmd_gym.simulator.experience import grow
from pmd_gym.simulator.fainting import lose_if_forced
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.leader_orders import order
from pmd_gym.simulator.messages import Message, fall_silent, say
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_count, active_slot, is_alive, leader_of
from pmd_gym.simulator.run_end import leave_floor
from pmd_gym.simulator.settle import settle
from pmd_gym.simulator.spawning import spawn_in_time
from pmd_gym.simulator.speed import acts_now
from pmd_gym.simulator.status import start_turn
from pmd_gym.simulator.weather import tick_weather
from pmd_gym.simulator.wind import count_turn

TICKS = 24


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
def play_tick(game: Any, rules: Any) -> bool:
    """Run the current tick up to the leader's command; True when it waits there, False when the tick is done."""
    begin_tick(game, rules)
    if floor_over(game):
        return False
    leader = leader_of(game)
    if not acts_now(game, rules, leader):
        if not finish_tick(game, rules):
            pass_idle_ticks(game, rules)
        return False
    if game.world.monsters[leader].attacking:
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
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot >= 0:
            world.monsters[slot].attacking = 0
    note_presence(game)
    lose_if_forced(game)


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
def finish_tick(game: Any, rules: Any) -> bool:
    """Allies, wild monsters, and the end of the tick; False when nobody of them was due."""
    game.first_tick = 0
    somebody = act_allies(game, rules)
    if floor_over(game):
        return True
    somebody |= act_wild(game, rules)
    if floor_over(game):
        return True
    end_tick(game, rules)
    return somebody


@kernel
def pass_idle_ticks(game: Any, rules: Any) -> None:
    """Count the ticks in which nobody is due either: behind a tick that was nobody's, they change nothing.

    That tick has reckoned everybody's speed and cleared what waiting left behind, so a second one would find it done.
    """
    while not rules.speed_turns[1, game.world.fractional_turn] and not is_anybody_due(game, rules):
        end_tick(game, rules)


@kernel
def is_anybody_due(game: Any, rules: Any) -> bool:
    """True when the speed that somebody had in the last tick lets it act in this one."""
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot >= 0 and rules.speed_turns[game.world.monsters[slot].speed_stage, game.world.fractional_turn]:
            return True
    return False


@kernel
def end_tick(game: Any, rules: Any) -> None:
    """Before a tick of normal speed, pending steps are shown and the weather goes on; then the next tick is due."""
    world = game.world
    if rules.speed_turns[1, world.fractional_turn + 1]:
        settle(game, rules)
        tick_weather(game, rules)
        lose_if_forced(game)
    world.fractional_turn = (world.fractional_turn + 1) % TICKS
