"""Recruiting: whether a fallen foe asks to join, and how it does (mechanics section 10).

The console asks; the simulator's player says yes. What the story allows stands in RAM: `can_recruit`, and the friend
areas owned. Source: src/dungeon_mon_recruit.c.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.items import clear_item
from pmd_gym.simulator.monsters import MAX_TEAM, TEAM_BODY_LIMIT, holds, is_alive
from pmd_gym.simulator.movement import can_stand
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import can_see
from pmd_gym.simulator.team import join

OTHER = int(Draw.OTHER)
ODDS, NEVER = 1000, -999
BOW_BONUS = 100
LEVEL_BONUS = np.repeat(np.array([0, 50, 75, 100, 125, 150, 175, 240]), [30, 10, 10, 10, 10, 10, 10, 11])
"""Added to the rate by the leader's level 0..100 (src/dungeon_config.c)."""

RESCUE_TARGET, CLIENT = 1, 74
ROOMS_OF_LEGENDS = (4, 5, 9, 15)
"""Fixed rooms of Moltres, Articuno, Mewtwo and Ho-Oh, where recruiting is always allowed."""

TEAM_BOSSES, MAZE_BOSS = (44, 48), 49
UNIQUE = (144, 145, 146, 268, 269, 270, 405, 406, 407, 408, 409, 412, 413, 414)
NOT_TO_BE_HAD = (408, 409, 415, 416, 417)
"""Latias, Latios and the forms of Deoxys other than the normal one."""

MEW = 151
EXISTS_ON_TEAM = 3


@kernel
def is_befriended(game: Any, rules: Any, leader: int, target: int) -> bool:
    """True when the foe that the leader has just felled joins; one draw when nothing speaks against it."""
    if not may_be_had(game, rules, leader, target):
        return False
    drawn = roll(game, ODDS, OTHER)
    rate = int(rules.species[game.world.monsters[target].species].recruit_rate)
    if rate == NEVER:
        return False
    monster = game.world.monsters[leader]
    rate += BOW_BONUS * holds(monster, ids.FRIEND_BOW) + LEVEL_BONUS[monster.level]
    return drawn < rate and has_room(game, rules, game.world.monsters[target].species)


@kernel
def may_be_had(game: Any, rules: Any, leader: int, target: int) -> bool:
    """What is asked before the draw: dungeon, story, species, friend area, distance and sight."""
    world, monster = game.world, game.world.monsters[target]
    if not is_allowed_here(game, rules) or not world.can_recruit or not is_open(game, rules, monster.species):
        return False
    here, there = world.entities[leader].pos, world.entities[target].pos
    if abs(here.x - there.x) >= 2 or abs(here.y - there.y) >= 2:
        return False
    if monster.joined_at_dungeon == CLIENT or monster.behavior == RESCUE_TARGET:
        return False
    return can_see(game, target, leader)


@kernel
def is_allowed_here(game: Any, rules: Any) -> bool:
    """True where monsters can be befriended at all."""
    world = game.world
    if world.fixed_room in ROOMS_OF_LEGENDS:
        return True
    if TEAM_BOSSES[0] <= world.fixed_room <= TEAM_BOSSES[1]:
        return world.can_change_leader != 0
    if world.fixed_room == MAZE_BOSS:
        return False
    return rules.dungeons[world.dungeon_id].recruiting != 0


@kernel
def is_open(game: Any, rules: Any, species: int) -> bool:
    """True for a species that can be had now: not a single one that is there already, with a place to live."""
    if species in NOT_TO_BE_HAD or (species in UNIQUE and is_enlisted(game, species)):
        return False
    row = rules.species[species]
    return row.no_friend_area_needed != 0 or game.friend_areas_data[row.friend_area] != 0


@kernel
def is_enlisted(game: Any, species: int) -> bool:
    """True when the team has one of this species."""
    for index in range(MAX_TEAM):
        member = game.roster_data.team[index]
        if member.flags & 1 and member.species == species:
            return True
    return False


@kernel
def has_room(game: Any, rules: Any, species: int) -> bool:
    """True when a roster entry, a slot and enough of the six places for bodies are free."""
    taken, living = 0, 0
    for slot in range(MAX_TEAM):
        if is_alive(game, slot):
            living += 1
            monster = game.world.monsters[slot]
            monster.body_slot = taken
            taken += monster.body_size
    return living < MAX_TEAM and free_entry(game) >= 0 and taken + rules.species[species].body_size <= TEAM_BODY_LIMIT


@kernel
def free_entry(game: Any) -> int:
    """First free roster entry of the team, -1 for none."""
    for index in range(MAX_TEAM):
        if game.roster_data.team[index].flags & 1 == 0:
            return index
    return -1


@kernel
def write_entry(game: Any, rules: Any, index: int, monster: Any) -> None:
    """Enter a befriended monster in the roster: its own level, stats, moves and belly, and full HP."""
    member = game.roster_data.team[index]
    member.flags, member.is_leader, member.level = EXISTS_ON_TEAM, 0, monster.level
    member.species, member.iq, member.tactic, member.recruit_index = monster.species, 1, 0, -1
    member.joined_at.id, member.joined_at.floor = game.world.dungeon_id, game.world.floor
    hp = monster.boss_base_hp if monster.is_boss else monster.max_hp
    member.hp, member.max_hp = hp, hp
    member.attack, member.sp_attack = monster.attack, monster.sp_attack
    member.defense, member.sp_defense = monster.defense, monster.sp_defense
    member.exp = rules.exp_curves[rules.species[monster.species].exp_curve, monster.level]
    for move in range(layout.MOVE_SLOTS):
        member.moves[move] = monster.moves[move]
    for part in range(3):
        member.iq_skills[part] = 0
    for skill in (ids.ITEM_CATCHER, ids.COURSE_CHECKER, ids.ITEM_MASTER):
        member.iq_skills[skill >> 3] |= 1 << (skill & 7)
    member.belly.whole, member.belly.thousandths = monster.belly.whole, monster.belly.thousandths
    member.max_belly.whole, member.max_belly.thousandths = monster.max_belly.whole, monster.max_belly.thousandths
    clear_item(member.held_item)


@kernel
def stand_up(game: Any, rules: Any, index: int, x: int, y: int) -> bool:
    """Let the new member appear where it fell; False, and no member, when it cannot."""
    member = game.roster_data.team[index]
    if not can_stand(game, rules, member.species, x, y) or join(game, rules, index, x, y) < 0:
        member.flags = 0
        return False
    game.moves_stopped = 1
    if member.species == MEW:
        game.world.exit_requested, game.world.exit_kind = 1, 3
    return True
