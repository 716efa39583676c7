"""What a floor's end, a defeat and a dungeon's second part do to the team's belongings (mechanics section 17).

Why a run ended is in RAM before this is asked. Source: src/run_dungeon.c (the end of RunDungeon's loop),
src/dungeon_items.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.bag import close_gaps
from pmd_gym.simulator.monsters import MAX_TEAM, is_alive
from pmd_gym.simulator.rng import general_int

FIRST_SUCCESS = 550
"""Exit reasons below this number are defeats."""

LOST_PERCENT = 50
FULL_BELLY = 100


@kernel
def drop_unpaid(game: Any) -> None:
    """Wares that nobody has paid stay behind on every floor."""
    bag = game.inventory_data.bag
    for index in range(layout.BAG_SLOTS):
        if bag[index].flags & ids.ITEM_IN_SHOP:
            clear(bag[index])
    close_gaps(game)
    for slot in range(MAX_TEAM):
        held = game.world.monsters[slot].held_item
        if is_alive(game, slot) and held.flags & ids.ITEM_IN_SHOP:
            clear(held)


@kernel
def clear(item: Any) -> None:
    item.flags, item.quantity, item.id = 0, 0, 0


@kernel
def pay_for_defeat(game: Any) -> None:
    """Money and held items are gone, and each thing in the bag with 50 %; stolen goods have turned to Plain Seeds."""
    bag = game.inventory_data.bag
    game.money = 0
    for index in range(layout.BAG_SLOTS):
        if bag[index].flags & ids.ITEM_EXISTS:
            if game.world.stole:
                bag[index].flags, bag[index].quantity, bag[index].id = ids.ITEM_EXISTS, 0, ids.PLAIN_SEED
            if general_int(game, 100) < LOST_PERCENT:
                clear(bag[index])
    close_gaps(game)
    for index in range(MAX_TEAM):
        clear(game.roster_data.team[index].held_item)


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
