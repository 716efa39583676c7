"""Experience and levels: collecting points for a fall and growing at the next message point (mechanics section 9)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import end_charge
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import MAX_TEAM, active_count, active_slot, is_alive, load_skills
from pmd_gym.simulator.rng import Draw, roll

LEVEL_MOVE, OTHER = int(Draw.LEVEL_MOVE), int(Draw.OTHER)
MAX_LEVEL, MAX_EXP, MAX_HP, MAX_STAT = 100, 9999999, 999, 255
HALVED, NORMAL, BOOSTED = 0, 1, 2
"""Values of a monster's `exp_mode`: only regular attacks, a move, or linked moves took effect on it."""


@kernel
def exp_of(rules: Any, species: int, level: int, mode: int) -> int:
    """Points that a fallen monster gives to every member of the team, at least 1."""
    value = rules.species[species].exp_yield
    points = value + value * (level - 1) // 10
    if mode == BOOSTED:
        points = points * 3 // 2
    elif mode == HALVED:
        points = points // 2
    return max(points, 1)


@kernel
def collect(game: Any, slot: int, points: int) -> None:
    """Add points to what a monster will gain at the next message point."""
    monster = game.world.monsters[slot]
    if monster.level < MAX_LEVEL:
        monster.pending_exp += min(monster.exp + points, MAX_EXP) - monster.exp


@kernel
def share(game: Any, rules: Any, fallen: int) -> None:
    """Give the whole living team the points of a fallen monster; they are not split."""
    monster = game.world.monsters[fallen]
    points = exp_of(rules, monster.species, monster.level, monster.exp_mode)
    for slot in range(MAX_TEAM):
        if is_alive(game, slot):
            collect(game, slot, points)


@kernel
def grow(game: Any, rules: Any) -> None:
    """Turn collected points into experience and levels, for all monsters (src/dungeon_leveling.c, EnemyEvolution)."""
    if game.world.forced_loss:
        return
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot < 0:
            continue
        monster = game.world.monsters[slot]
        if monster.pending_exp != 0 and monster.hp != 0:
            monster.exp += monster.pending_exp
            if not monster.is_enemy:
                say(game, Message.GAINED_EXP, slot, 0, monster.pending_exp)
            raise_levels(game, rules, slot)
        monster.pending_exp = 0


@kernel
def raise_levels(game: Any, rules: Any, slot: int) -> None:
    """Rise to the level that the experience allows; each level grows the stats and offers a move."""
    monster = game.world.monsters[slot]
    species = rules.species[monster.species]
    while monster.level < MAX_LEVEL and rules.exp_curves[species.exp_curve, monster.level + 1] <= monster.exp:
        level = monster.level + 1
        monster.level = level
        gain = species.gain_hp[level]
        monster.max_hp = min(monster.max_hp + gain, MAX_HP)
        monster.hp = min(monster.hp + gain, monster.max_hp)
        monster.attack = min(monster.attack + species.gain_attack[level], MAX_STAT)
        monster.sp_attack = min(monster.sp_attack + species.gain_sp_attack[level], MAX_STAT)
        monster.defense = min(monster.defense + species.gain_defense[level], MAX_STAT)
        monster.sp_defense = min(monster.sp_defense + species.gain_sp_defense[level], MAX_STAT)
        say(game, Message.LEVEL_UP, slot, 0, level)
        load_skills(game, rules, slot)
        end_charge(monster)
        offer_move(game, rules, slot, level)


@kernel
def offer_move(game: Any, rules: Any, slot: int, level: int) -> None:
    """Draw one of the moves of this level and learn it when a slot is free.

    A full set asks the player on the console; the simulator's player keeps the four old moves. Wild monsters give up
    one of the five by lot.
    """
    monster = game.world.monsters[slot]
    species = rules.species[monster.species]
    offered = 0
    for index in range(species.learn_count):
        offered += species.learn_level[index] == level
    if offered == 0:
        return
    chosen = roll(game, offered, LEVEL_MOVE)
    for index in range(species.learn_count):
        if species.learn_level[index] != level:
            continue
        if chosen == 0:
            if learn(monster, rules, species.learn_move[index]):
                say(game, Message.LEARNED, slot, species.learn_move[index], 0)
            elif monster.is_enemy:
                forget_one(game, rules, monster, species.learn_move[index])
            return
        chosen -= 1


@kernel
def forget_one(game: Any, rules: Any, monster: Any, move_id: int) -> None:
    """Give up one of four moves and a new one by lot; what were links come apart (src/dungeon_leveling.c)."""
    last = layout.MOVE_SLOTS - 1
    for index in range(layout.MOVE_SLOTS):
        monster.moves[index].flags &= ~ids.MOVE_LINKED
    dropped = roll(game, layout.MOVE_SLOTS + 1, OTHER)
    if dropped > last:
        return
    for index in range(dropped, last):
        monster.moves[index] = monster.moves[index + 1]
    set_move(monster.moves[last], rules, move_id)


@kernel
def learn(monster: Any, rules: Any, move_id: int) -> bool:
    """Put a move into the first free slot; False, and nothing happens, when all four are taken."""
    for index in range(layout.MOVE_SLOTS):
        if monster.moves[index].flags & ids.MOVE_EXISTS == 0:
            set_move(monster.moves[index], rules, move_id)
            return True
    return False


@kernel
def set_move(move: Any, rules: Any, move_id: int) -> None:
    """Fill a move slot with a fresh move, or empty it for move 0 (src/moves.c)."""
    move.flags = 0
    if move_id != 0:
        move.flags = ids.MOVE_EXISTS | ids.MOVE_FOR_AI
        move.flags2, move.boost = 0, 0
        move.id = move_id
        move.pp = rules.moves[move_id].pp


@kernel
def copy_move(source: Any, to: Any) -> None:
    """Copy a move's record."""
    to.flags, to.flags2, to.id, to.pp, to.boost = source.flags, source.flags2, source.id, source.pp, source.boost
