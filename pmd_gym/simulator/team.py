"""The team between floors and on them: roster entries become monsters and are written back.

Where members stand when a floor begins is `floor_entry`'s business. Source: src/dungeon_mon_spawn.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.bag import feel_held_item
from pmd_gym.simulator.items import TABLE_FLOOR, copy_item, draw_item, turn_into
from pmd_gym.simulator.monsters import MAX_TEAM, has_ability, is_alive, load_skills
from pmd_gym.simulator.movement import in_fixed_room
from pmd_gym.simulator.rng import general32, general_range
from pmd_gym.simulator.spawning import appear, claim
from pmd_gym.simulator.wild_table import DEOXYS

TINY_WOODS = 0


@kernel
def join(game: Any, rules: Any, index: int, x: int, y: int) -> int:
    """Create the monster of a roster entry; its first decision comes before its own values are set.

    Returns its slot, -1 when there is no room (src/dungeon_mon_spawn.c, SpawnTeamMember).
    """
    member = game.roster_data.team[index]
    slot = claim(game, rules, species_on_floor(game, member.species), False)
    if slot < 0:
        return -1
    look_x, look_y = game.leader_tile.x, game.leader_tile.y
    if member.is_leader:
        look_x, look_y = x, y + 1
    general32(game)  # the phase of its sprite's animation (src/dungeon_mon_sprite_render.c)
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
def species_on_floor(game: Any, species: int) -> int:
    """A Deoxys of the team takes the form that was drawn for the floor; everybody else stays as it is."""
    return game.world.deoxys_form if species in DEOXYS else species


@kernel
def take_values(monster: Any, member: Any) -> None:
    """What a member brings along from its roster entry."""
    copy_values(monster, member)
    for move in range(layout.MOVE_SLOTS):
        monster.moves[move].flags &= ~ids.MOVE_LAST_USED
    for part in range(3):
        monster.iq_skills_menu[part] = member.iq_skills[part]
    monster.joined_at_dungeon = member.joined_at.id


@kernel
def copy_values(to: Any, source: Any) -> None:
    """What a monster and its roster entry have in common: level, stats, moves, belly, tactic and the held item."""
    to.hp, to.max_hp, to.exp, to.level, to.iq = source.hp, source.max_hp, source.exp, source.level, source.iq
    to.attack, to.sp_attack, to.defense, to.sp_defense = (
        source.attack, source.sp_attack, source.defense, source.sp_defense,
    )  # fmt: skip
    for move in range(layout.MOVE_SLOTS):
        to.moves[move] = source.moves[move]
    to.tactic = source.tactic
    to.hidden_power_base, to.hidden_power_type = source.hidden_power_base, source.hidden_power_type
    to.belly.whole, to.belly.thousandths = source.belly.whole, source.belly.thousandths
    to.max_belly.whole, to.max_belly.thousandths = source.max_belly.whole, source.max_belly.thousandths
    copy_item(to.held_item, source.held_item)


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
        turn_into(monster.held_item, found)
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
        copy_values(member, monster)
        for move in range(layout.MOVE_SLOTS):
            member.moves[move].flags2 &= ~ids.MOVE2_SEALED
        for part in range(3):
            member.iq_skills[part] = monster.iq_skills_menu[part]


@kernel
def slot_of_member(game: Any, index: int) -> int:
    """Slot of the living monster of a roster entry, -1 when it has fallen."""
    for slot in range(MAX_TEAM):
        if is_alive(game, slot) and game.world.monsters[slot].team_index == index:
            return slot
    return -1
