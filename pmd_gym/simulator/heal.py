"""What restores a monster: HP, belly, PP, and the lasting growth that vitamins and Joy Seeds give.

Sources: src/move_orb_effects_2.c, src/dungeon_leveling.c. `source` is who caused it; the rules of healing never ask.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.experience import MAX_HP, MAX_LEVEL, MAX_STAT, raise_levels
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import belly_of, holds, is_alive, load_skills

ATTACK, SP_ATTACK, DEFENSE, SP_DEFENSE = 0, 1, 2, 3
"""Stats by number, as `boost_stat` takes them."""
MAX_BELLY = 200
FULL = 999
"""An amount of belly that means "all of it"."""


@kernel
def heal(game: Any, rules: Any, source: int, target: int, hp: int, max_hp_gain: int) -> bool:
    """Give HP back; a healthy monster, or `hp` 0, gains maximum HP instead. True when anything changed."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    before, before_max = monster.hp, monster.max_hp
    if hp == 0 or (before == before_max and max_hp_gain > 0):
        monster.max_hp = min(before_max + max_hp_gain, MAX_HP)
        monster.hp = min(before + max_hp_gain, monster.max_hp)
    else:
        monster.hp = min(before + hp, before_max)
    if monster.hp > before:
        say(game, Message.HEALED, target, 0, monster.hp - before)
    return monster.hp != before or monster.max_hp != before_max


@kernel
def set_belly(field: Any, thousandths: int) -> None:
    """Write an amount in thousandths of a point into `belly` or `max_belly`."""
    field.whole, field.thousandths = thousandths // 1000, thousandths % 1000


@kernel
def thousandths(field: Any) -> int:
    """`belly` or `max_belly` in thousandths of a point."""
    return field.whole * 1000 + field.thousandths


@kernel
def feed(game: Any, rules: Any, source: int, target: int, belly: int, max_belly_gain: int) -> bool:
    """Fill the belly by points; a full one, or `belly` 999, grows by `max_belly_gain`. True when anything changed."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if not monster.is_leader and holds(monster, ids.DIET_RIBBON):
        return False
    before, limit = thousandths(monster.belly), thousandths(monster.max_belly)
    full = belly_of(monster) >= -(-limit // 1000)
    if not full:
        say(game, Message.FILLED_UP, target, 0, 0)
    if max_belly_gain != 0 and (full or belly == FULL):
        limit = min(limit + max_belly_gain * 1000, MAX_BELLY * 1000)
        set_belly(monster.max_belly, limit)
        set_belly(monster.belly, limit)
        return limit != before
    set_belly(monster.belly, limit if belly == FULL else min(before + belly * 1000, limit))
    return thousandths(monster.belly) != before


@kernel
def hunger(game: Any, rules: Any, source: int, target: int, belly: int, max_belly_loss: int) -> bool:
    """Empty the belly by points, or shrink it if `max_belly_loss` is not 0. True when it shows."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    before, limit = thousandths(monster.belly), thousandths(monster.max_belly)
    if max_belly_loss != 0:
        smaller = max(limit - max_belly_loss * 1000, 0)
        set_belly(monster.max_belly, smaller)
        set_belly(monster.belly, min(before, smaller))
        return smaller != limit
    set_belly(monster.belly, max(before - belly * 1000, 0))
    return thousandths(monster.belly) != before


@kernel
def restore_pp(game: Any, rules: Any, source: int, target: int, amount: int) -> bool:
    """Give PP back to every move; True when any had less than all."""
    if not is_alive(game, target):
        return False
    changed = False
    for index in range(layout.MOVE_SLOTS):
        move = game.world.monsters[target].moves[index]
        limit = rules.moves[move.id].pp
        if move.flags & ids.MOVE_EXISTS and move.pp < limit:
            move.pp = min(move.pp + amount, limit)
            changed = True
    if changed:
        say(game, Message.GOT_PP, target, 0, 0)
    return changed


@kernel
def boost_stat(game: Any, rules: Any, source: int, target: int, stat: int, amount: int) -> bool:
    """Raise a stat for good (Protein, Calcium, Iron, Zinc), at most to 255; True when it rose."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if stat == ATTACK:
        before = monster.attack
        monster.attack = min(before + amount, MAX_STAT)
        return monster.attack > before
    if stat == SP_ATTACK:
        before = monster.sp_attack
        monster.sp_attack = min(before + amount, MAX_STAT)
        return monster.sp_attack > before
    if stat == DEFENSE:
        before = monster.defense
        monster.defense = min(before + amount, MAX_STAT)
        return monster.defense > before
    before = monster.sp_defense
    monster.sp_defense = min(before + amount, MAX_STAT)
    return monster.sp_defense > before


@kernel
def gain_levels(game: Any, rules: Any, source: int, target: int, levels: int) -> bool:
    """Rise by levels (Joy Seed); the experience becomes what the new level needs. True when it rose."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    before = monster.level
    level = min(before + levels, MAX_LEVEL)
    if level != before:
        monster.exp = rules.exp_curves[rules.species[monster.species].exp_curve, level]
        raise_levels(game, rules, target)
    monster.pending_exp = 0
    return monster.level != before


@kernel
def lose_levels(game: Any, rules: Any, source: int, target: int, levels: int) -> bool:
    """Fall by levels (Doom Seed), at least to level 1, with what they gave; True when it fell."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    species = rules.species[monster.species]
    lowest = max(monster.level - levels, 1)
    monster.pending_exp = 0
    if lowest == monster.level:
        return False
    while monster.level > lowest:
        shrink(monster, species, monster.level)
        monster.level -= 1
    monster.exp = rules.exp_curves[species.exp_curve, lowest + 1] - 1
    say(game, Message.FELL_BACK, target, 0, monster.level)
    load_skills(game, rules, target)
    end_charge(monster)
    return True


@kernel
def shrink(monster: Any, species: Any, level: int) -> None:
    """Take back what a level gave; nothing falls below 1."""
    gain = species.gain_hp[level]
    monster.max_hp = max(monster.max_hp - gain, 1)
    monster.hp = min(max(monster.hp - gain, 1), monster.max_hp)
    monster.attack = max(monster.attack - species.gain_attack[level], 1)
    monster.sp_attack = max(monster.sp_attack - species.gain_sp_attack[level], 1)
    monster.defense = max(monster.defense - species.gain_defense[level], 1)
    monster.sp_defense = max(monster.sp_defense - species.gain_sp_defense[level], 1)
