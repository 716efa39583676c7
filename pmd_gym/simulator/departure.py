"""What the team brings into a dungeon: the dungeon's own rules for bags, money and levels, and a new Hidden Power.

Done once at the entrance, before the first floor. Source: src/run_dungeon.c (EnforceMaxItemsAndMoney),
src/dungeon_misc.c (SetDungeonMonsFromTeam), src/pokemon.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.experience import learn, set_move
from pmd_gym.simulator.items import clear_item
from pmd_gym.simulator.monsters import MAX_TEAM
from pmd_gym.simulator.wild_table import draw_hidden_power

MAX_HP, MAX_STAT = 999, 255
LEAST_IQ = 1


@kernel
def depart(game: Any, rules: Any) -> None:
    """Take away what the dungeon does not allow, and make the team ready for it."""
    dungeon = rules.dungeons[game.world.dungeon_id]
    if dungeon.max_items == 0:
        for index in range(layout.BAG_SLOTS):
            clear_item(game.inventory_data.bag[index])
    if not dungeon.keep_money:
        game.money = 0
    for index in range(MAX_TEAM):
        member = game.roster_data.team[index]
        if member.flags & 1 == 0:
            continue
        draw_hidden_power(game, rules, member)
        if dungeon.max_items == 0:
            clear_item(member.held_item)
        if dungeon.level_reset:
            begin_anew(member, rules)


@kernel
def begin_anew(member: Any, rules: Any) -> None:
    """Back to level 1, with the moves, skills and tactic of a new monster; belly and held item stay."""
    for slot in range(layout.MOVE_SLOTS):
        set_move(member.moves[slot], rules, 0)
    member.level, member.exp, member.iq, member.tactic = 1, 0, LEAST_IQ, 0
    raise_to(member, rules, 1)
    give_first_skills(member)


@kernel
def raise_to(member: Any, rules: Any, level: int) -> None:
    """Stats of a roster entry's species at a level, and the first four moves that it learns up to it."""
    species = rules.species[member.species]
    hp, attack, sp_attack = int(species.max_hp), int(species.attack), int(species.sp_attack)
    defense, sp_defense = int(species.defense), int(species.sp_defense)
    for reached in range(1, level + 1):
        if reached > 1:
            hp += species.gain_hp[reached]
            attack += species.gain_attack[reached]
            sp_attack += species.gain_sp_attack[reached]
            defense += species.gain_defense[reached]
            sp_defense += species.gain_sp_defense[reached]
        for entry in range(species.learn_count):
            if species.learn_level[entry] == reached:
                learn(member, rules, species.learn_move[entry])
    member.hp, member.max_hp = min(hp, MAX_HP), min(hp, MAX_HP)
    member.attack, member.sp_attack = min(attack, MAX_STAT), min(sp_attack, MAX_STAT)
    member.defense, member.sp_defense = min(defense, MAX_STAT), min(sp_defense, MAX_STAT)


@kernel
def give_first_skills(member: Any) -> None:
    """Only the IQ skills that everybody has."""
    for part in range(3):
        member.iq_skills[part] = 0
    for skill in (ids.ITEM_CATCHER, ids.COURSE_CHECKER, ids.ITEM_MASTER):
        member.iq_skills[skill >> 3] |= 1 << (skill & 7)
