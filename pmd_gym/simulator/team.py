"""The team between floors and on them: roster entries become monsters and are written back.

Where members stand when a floor begins is `floor_entry`'s business. Source: src/dungeon_mon_spawn.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.bag import feel_held_item
from pmd_gym.simulator.items import TABLE_FLOOR, draw_item
from pmd_gym.simulator.monsters import MAX_TEAM, has_ability, is_alive, load_skills
from pmd_gym.simulator.movement import in_fixed_room
from pmd_gym.simulator.rng import general_range
from pmd_gym.simulator.spawning import appear, claim

TINY_WOODS = 0


@kernel
def join(game: Any, rules: Any, index: int, x: int, y: int) -> int:
    """Create the monster of a roster entry; its first decision comes before its own values are set.

    Returns its slot, -1 when there is no room (src/dungeon_mon_spawn.c, SpawnTeamMember).
    """
    member = game.roster_data.team[index]
    slot = claim(game, rules, member.species, False)
    if slot < 0:
        return -1
    look_x, look_y = game.leader_tile.x, game.leader_tile.y
    if member.is_leader:
        look_x, look_y = x, y + 1
    appear(game, rules, slot, member.level, x, y, False, look_x, look_y)
    monster = game.world.monsters[slot]
    monster.is_enemy, monster.shopkeeper, monster.is_leader = 0, 0, member.is_leader
    if member.is_leader:
        game.leader_tile.x, game.leader_tile.y = x, y
    take_values(monster, member)
    monster.team_index = index
    monster.held_item_noted = 0
    find_something(game, rules, monster)
    feel_held_item(game, slot)
    load_skills(game, rules, slot)
    return slot


@kernel
def take_values(monster: Any, member: Any) -> None:
    """What a member brings along from its roster entry."""
    monster.hp, monster.max_hp, monster.exp, monster.level = member.hp, member.max_hp, member.exp, member.level
    monster.attack, monster.sp_attack = member.attack, member.sp_attack
    monster.defense, monster.sp_defense = member.defense, member.sp_defense
    for move in range(layout.MOVE_SLOTS):
        monster.moves[move] = member.moves[move]
        monster.moves[move].flags &= ~ids.MOVE_LAST_USED
    monster.iq, monster.tactic = member.iq, member.tactic
    for part in range(3):
        monster.iq_skills_menu[part] = member.iq_skills[part]
    monster.joined_at_dungeon = member.joined_at.id
    monster.belly.whole, monster.belly.thousandths = member.belly.whole, member.belly.thousandths
    monster.max_belly.whole, monster.max_belly.thousandths = member.max_belly.whole, member.max_belly.thousandths
    monster.held_item.flags = member.held_item.flags
    monster.held_item.quantity, monster.held_item.id = member.held_item.quantity, member.held_item.id


@kernel
def find_something(game: Any, rules: Any, monster: Any) -> None:
    """An empty-handed member with Pickup finds an item on entering a floor; never in a fixed room or Tiny Woods."""
    if game.world.dungeon_id == TINY_WOODS or in_fixed_room(game) or not has_ability(monster, ids.PICKUP):
        return
    if monster.held_item.flags & ids.ITEM_EXISTS:
        return
    found = draw_item(game, rules, TABLE_FLOOR)
    if found != ids.POKE:
        kind = rules.items[found]
        monster.held_item.flags, monster.held_item.id, monster.held_item.quantity = ids.ITEM_EXISTS, found, 0
        if kind.category <= ids.THROWN_ARC:
            monster.held_item.quantity = general_range(game, kind.amount_low, kind.amount_high)


@kernel
def save_team(game: Any) -> None:
    """Copy the living team back to the roster; fallen members leave it (src/dungeon_mon_spawn.c, sub_806C264)."""
    for index in range(MAX_TEAM):
        member = game.roster_data.team[index]
        slot = slot_of_member(game, index)
        if slot < 0:
            member.flags = 0
            continue
        monster = game.world.monsters[slot]
        member.hp, member.max_hp, member.exp, member.level = monster.hp, monster.max_hp, monster.exp, monster.level
        member.attack, member.sp_attack = monster.attack, monster.sp_attack
        member.defense, member.sp_defense = monster.defense, monster.sp_defense
        for move in range(layout.MOVE_SLOTS):
            member.moves[move] = monster.moves[move]
            member.moves[move].flags2 &= ~ids.MOVE2_SEALED
        member.iq, member.tactic = monster.iq, monster.tactic
        for part in range(3):
            member.iq_skills[part] = monster.iq_skills_menu[part]
        member.belly.whole, member.belly.thousandths = monster.belly.whole, monster.belly.thousandths
        member.max_belly.whole, member.max_belly.thousandths = monster.max_belly.whole, monster.max_belly.thousandths
        member.held_item.flags = monster.held_item.flags
        member.held_item.quantity, member.held_item.id = monster.held_item.quantity, monster.held_item.id


@kernel
def slot_of_member(game: Any, index: int) -> int:
    """Slot of the living monster of a roster entry, -1 when it has fallen."""
    for slot in range(MAX_TEAM):
        if is_alive(game, slot) and game.world.monsters[slot].team_index == index:
            return slot
    return -1
