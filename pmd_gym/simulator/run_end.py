"""The end of a floor: whether the run goes on, and what that does to the team's belongings (mechanics section 17).

Source: src/run_dungeon.c (the end of RunDungeon's loop), src/dungeon_items.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.bag import close_gaps
from pmd_gym.simulator.fainting import note_exit
from pmd_gym.simulator.items import clear_item, turn_into
from pmd_gym.simulator.monsters import MAX_TEAM, is_alive, leader_of
from pmd_gym.simulator.rng import general_int
from pmd_gym.simulator.team import save_team

FIRST_SUCCESS = 550
"""Exit reasons below this number are defeats."""

LOST_PERCENT = 50
FULL_BELLY = 100
ESCAPED = 1
"""`Dungeon.exit_kind` of a run that was left on purpose, alive."""
NEXT_FLOOR, NEXT_PART = -1, -2
"""What `command` and `run_on` return when the leader has taken the stairs to another floor, or into the second part
of the dungeon."""


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
def drop_unpaid(game: Any) -> None:
    """Wares that nobody has paid stay behind on every floor."""
    bag = game.inventory_data.bag
    for index in range(layout.BAG_SLOTS):
        if bag[index].flags & ids.ITEM_IN_SHOP:
            clear_item(bag[index])
    close_gaps(game)
    for slot in range(MAX_TEAM):
        held = game.world.monsters[slot].held_item
        if is_alive(game, slot) and held.flags & ids.ITEM_IN_SHOP:
            clear_item(held)


@kernel
def pay_for_defeat(game: Any) -> None:
    """Money and held items are gone, and each thing in the bag with 50 %; stolen goods have turned to Plain Seeds."""
    bag = game.inventory_data.bag
    game.money = 0
    for index in range(layout.BAG_SLOTS):
        if bag[index].flags & ids.ITEM_EXISTS:
            if game.world.stole:
                turn_into(bag[index], ids.PLAIN_SEED)
            if general_int(game, 100) < LOST_PERCENT:
                clear_item(bag[index])
    close_gaps(game)
    for index in range(MAX_TEAM):
        clear_item(game.roster_data.team[index].held_item)


@kernel
def rest(game: Any, rules: Any) -> None:
    """Between the parts of a dungeon: the team sleeps and eats, as it does on every return from a dungeon."""
    for index in range(MAX_TEAM):
        member = game.roster_data.team[index]
        if member.flags & 1 == 0:
            continue
        member.hp = member.max_hp
        member.belly.whole, member.belly.thousandths = FULL_BELLY, 0
        member.max_belly.whole, member.max_belly.thousandths = FULL_BELLY, 0
        for move in range(layout.MOVE_SLOTS):
            if member.moves[move].flags & ids.MOVE_EXISTS:
                member.moves[move].pp, member.moves[move].flags2 = rules.moves[member.moves[move].id].pp, 0
