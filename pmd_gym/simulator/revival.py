"""What brings a fallen monster back before it faints: orbs, and Reviver Seeds (src/dungeon_misc.c)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import clear_statuses, forget_seeder
from pmd_gym.simulator.fainting import faint
from pmd_gym.simulator.items import clear_item, turn_into
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import MAX_TEAM, has_skill, holds, is_alive
from pmd_gym.simulator.movement import appear_at
from pmd_gym.simulator.recovery import end_curse
from pmd_gym.simulator.sight import can_see


@kernel
def revives(game: Any, rules: Any, slot: int) -> bool:
    """Use up what brings a fallen monster back: Reviver Orb, the leader's Possess Orb, Reviver Seed; True if it did."""
    monster = game.world.monsters[slot]
    if holds(monster, ids.REVIVER_ORB) and monster.held_item.flags & ids.ITEM_IN_SHOP == 0:
        clear_item(monster.held_item)
        restore(game, rules, slot)
        return True
    if monster.is_leader and holds(monster, ids.POSSESS_ORB):
        mate = mate_beside(game, slot)
        if mate >= 0:
            possess(game, rules, slot, mate)
            return True
    if has_skill(monster, ids.ITEM_MASTER) and eats_seed(game, slot):
        restore(game, rules, slot)
        return True
    return False


@kernel
def mate_beside(game: Any, slot: int) -> int:
    """The first team mate on a neighbouring tile that the monster sees, -1 for none."""
    here = game.world.entities[slot].pos
    for mate in range(MAX_TEAM):
        there = game.world.entities[mate].pos
        near = abs(there.x - here.x) <= 1 and abs(there.y - here.y) <= 1
        if mate != slot and is_alive(game, mate) and near and can_see(game, slot, mate):
            return mate
    return -1


@kernel
def possess(game: Any, rules: Any, slot: int, mate: int) -> None:
    """The team mate faints instead and the leader takes its place."""
    monster, there = game.world.monsters[slot], game.world.entities[mate].pos
    x, y = there.x, there.y
    faint(game, mate, ids.POSSESSED)
    appear_at(game, slot, x, y)
    clear_item(monster.held_item)
    restore(game, rules, slot)


@kernel
def eats_seed(game: Any, slot: int) -> bool:
    """Turn a Reviver Seed into a Plain Seed: the held one, else, for team members, the first usable one of the bag."""
    monster = game.world.monsters[slot]
    if holds(monster, ids.REVIVER_SEED):
        turn_into(monster.held_item, ids.PLAIN_SEED)
        return True
    if not monster.is_enemy:
        for index in range(layout.BAG_SLOTS):
            item = game.inventory_data.bag[index]
            usable = item.flags & ids.ITEM_EXISTS != 0 and item.flags & ids.ITEM_STICKY == 0
            if usable and item.id == ids.REVIVER_SEED:
                turn_into(item, ids.PLAIN_SEED)
                return True
    return False


@kernel
def restore(game: Any, rules: Any, slot: int) -> None:
    """Bring a fallen monster back with all HP, belly and PP and without any status."""
    world, monster = game.world, game.world.monsters[slot]
    monster.hp, monster.took_damage = monster.max_hp, 0
    monster.belly.whole, monster.belly.thousandths = monster.max_belly.whole, monster.max_belly.thousandths
    if monster.is_leader:
        world.hunger_alert, world.items_identified = 0, 0
    say(game, Message.REVIVED, slot, 0, 0)
    end_curse(game, slot)
    forget_seeder(game, slot)
    clear_statuses(rules, monster)
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS:
            move.flags2 = (move.flags2 & ~(ids.MOVE2_USED | ids.MOVE2_PRESSURE)) | ids.MOVE2_RESTORED
            move.pp = rules.moves[move.id].pp
