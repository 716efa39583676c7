"""Moves that change what a monster is or knows: moves, stages, abilities, types, species.

Sources: src/move_orb_actions_1.c to _4.c. What a status does and how long it lasts is in `inflict`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import shake_off
from pmd_gym.simulator.blows import earn, type_of
from pmd_gym.simulator.called_moves import CAMOUFLAGE_TYPES
from pmd_gym.simulator.experience import set_move
from pmd_gym.simulator.monsters import has_ability, weather_for
from pmd_gym.simulator.movement import in_fixed_room, let_go
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.spawning import appear
from pmd_gym.simulator.special_kinds import Special
from pmd_gym.simulator.transform import transform
from pmd_gym.simulator.wild_table import FROM_FLOOR, draw_species, may_appear, table_level, take_template

OTHER = int(Draw.OTHER)
TORMENT, SPITE, GRUDGE, PSYCH_UP = int(Special.TORMENT), int(Special.SPITE), int(Special.GRUDGE), int(Special.PSYCH_UP)
SKILL_SWAP, ROLE_PLAY, SKETCH = int(Special.SKILL_SWAP), int(Special.ROLE_PLAY), int(Special.SKETCH)
MIMIC, CONVERSION, CAMOUFLAGE = int(Special.MIMIC), int(Special.CONVERSION), int(Special.CAMOUFLAGE)
TRANSFORM, TRANSFER = int(Special.TRANSFORM), int(Special.TRANSFER)
CHARGING_MOVES = (151, 100, 60, 75, 348, 153, 205, 156, 8)
"""Moves of two turns: Solar Beam first, which needs none in the sun (src/moves.c, DoesMoveCharge)."""
NOT_MIMICKED = (327, 229, 138, 40, 17)
"""Mimic, Assist, Sketch, Mirror Move, Encore (src/move_orb_actions_4.c, MimicMoveAction)."""
MOVE2_KEPT, MOVE2_REPLACED = 4, 32
"""Marks in `Move.flags2` of a move learnt by Sketch (src/constants/move.h)."""
TRANSFER_TRIES = 30


@kernel
def apply_change(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int) -> bool:
    """Carry out an effect of this file; `move` is the record of the move in use."""
    monsters = game.world.monsters
    if kind == TORMENT:
        return torment(monsters[target])
    if kind == SPITE:
        return drain_last_move(monsters[target])
    if kind == GRUDGE:
        fresh = not monsters[target].grudge
        monsters[target].grudge = 1
        return fresh
    if kind == PSYCH_UP:
        copy_stages(monsters[slot], monsters[target])
        earn(game, slot)
        return True
    if kind == SKILL_SWAP:
        return swap_abilities(game, rules, slot, target)
    if kind == ROLE_PLAY:
        return copy_abilities(game, rules, slot, target)
    if kind == SKETCH:
        return sketch(game, rules, slot, monsters[target], move)
    if kind == MIMIC:
        return mimic(game, slot, target)
    if kind == CONVERSION:
        return convert(game, rules, target)
    if kind == CAMOUFLAGE:
        return take_type(monsters[target], CAMOUFLAGE_TYPES[game.world.tileset])
    if kind == TRANSFORM:
        if in_fixed_room(game):
            return False
        move.pp = 0
        transform(game, rules, slot, target)
        return True
    return kind == TRANSFER and transfer(game, rules, target)


@kernel
def torment(monster: Any) -> bool:
    """Disable the move used last, and enable others that were disabled; it breaks Bide off."""
    done = False
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS:
            flags = tormented(move.flags)
            done = done or flags & ~move.flags & ids.MOVE_DISABLED != 0
            move.flags = flags
    flags = tormented(monster.struggle_flags)
    done = done or flags & ~monster.struggle_flags & ids.MOVE_DISABLED != 0
    monster.struggle_flags = flags
    if done and monster.charge_status == ids.BIDE:
        monster.charge_status = 0
    return done


@kernel
def tormented(flags: int) -> int:
    """Flags of a move after Torment."""
    return flags | ids.MOVE_DISABLED if flags & ids.MOVE_LAST_USED else flags & ~ids.MOVE_DISABLED


@kernel
def drain_last_move(monster: Any) -> bool:
    """Take all PP of the move used last."""
    done = False
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if is_last_used(move):
            move.pp = 0
            done = True
    return done


@kernel
def is_last_used(move: Any) -> bool:
    return move.flags & ids.MOVE_EXISTS != 0 and move.flags & ids.MOVE_LAST_USED != 0


@kernel
def copy_stages(to: Any, source: Any) -> None:
    """Copy all stages and multipliers of stats."""
    to.attack_stage, to.sp_attack_stage = source.attack_stage, source.sp_attack_stage
    to.defense_stage, to.sp_defense_stage = source.defense_stage, source.sp_defense_stage
    to.accuracy_stage, to.evasion_stage = source.accuracy_stage, source.evasion_stage
    to.attack_mult, to.sp_attack_mult = source.attack_mult, source.sp_attack_mult
    to.defense_mult, to.sp_defense_mult = source.defense_mult, source.sp_defense_mult


@kernel
def swap_abilities(game: Any, rules: Any, slot: int, target: int) -> bool:
    """Skill Swap; Wonder Guard on either side prevents it."""
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    if has_ability(theirs, ids.WONDER_GUARD) or has_ability(mine, ids.WONDER_GUARD):
        return False
    first, second = theirs.ability1, theirs.ability2
    theirs.ability1, theirs.ability2 = mine.ability1, mine.ability2
    mine.ability1, mine.ability2 = first, second
    game.world.abilities_changed = 1
    earn(game, slot)
    shake_off(game, rules, slot)
    shake_off(game, rules, target)
    return True


@kernel
def copy_abilities(game: Any, rules: Any, slot: int, target: int) -> bool:
    """Role Play; Wonder Guard cannot be copied."""
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    if has_ability(theirs, ids.WONDER_GUARD):
        return False
    mine.ability1, mine.ability2 = theirs.ability1, theirs.ability2
    game.world.abilities_changed = 1
    earn(game, slot)
    shake_off(game, rules, slot)
    return True


@kernel
def sketch(game: Any, rules: Any, slot: int, theirs: Any, move: Any) -> bool:
    """The move in use becomes the first of the target's moves that was used last, for good."""
    for index in range(layout.MOVE_SLOTS):
        if is_last_used(theirs.moves[index]):
            if theirs.moves[index].id == 0:
                return False
            set_move(move, rules, theirs.moves[index].id)
            move.flags2 |= MOVE2_KEPT | MOVE2_REPLACED
            earn(game, slot)
            return True
    return False


@kernel
def mimic(game: Any, slot: int, target: int) -> bool:
    """Note the moves that the target used last, from the first place of the list on."""
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    count = 0
    for index in range(layout.MOVE_SLOTS):
        move = theirs.moves[index]
        if is_last_used(move) and not needs_charge(game, mine, move.id) and move.id not in NOT_MIMICKED:
            mine.mimic_moves[count] = move.id
            count += 1
    if count:
        earn(game, slot)
    return count != 0


@kernel
def needs_charge(game: Any, monster: Any, move_id: int) -> bool:
    """True for moves of two turns."""
    sunny = weather_for(game, monster) == ids.SUNNY
    return move_id in CHARGING_MOVES and not (move_id == ids.SOLARBEAM and sunny)


@kernel
def convert(game: Any, rules: Any, target: int) -> bool:
    """Conversion: one draw among its own moves that have a type."""
    monster = game.world.monsters[target]
    if has_ability(monster, ids.FORECAST):
        return False
    count = 0
    for index in range(layout.MOVE_SLOTS):
        count += has_typed_move(rules, monster, index)
    if count == 0:
        return False
    drawn = roll(game, count, OTHER)
    for index in range(layout.MOVE_SLOTS):
        if has_typed_move(rules, monster, index):
            if drawn == 0:
                return take_type(monster, type_of(rules, monster, monster.moves[index].id))
            drawn -= 1
    return False


@kernel
def has_typed_move(rules: Any, monster: Any, index: int) -> bool:
    move = monster.moves[index]
    return move.flags & ids.MOVE_EXISTS != 0 and type_of(rules, monster, move.id) != ids.NO_TYPE


@kernel
def take_type(monster: Any, kind: int) -> bool:
    """The monster has this type alone; Forecast prevents it."""
    if has_ability(monster, ids.FORECAST):
        return False
    monster.type1, monster.type2, monster.color_changed = kind, ids.NO_TYPE, 1
    return True


@kernel
def transfer(game: Any, rules: Any, target: int) -> bool:
    """A wild monster becomes another one of the floor, of the same body size; at most 30 draws."""
    monster = game.world.monsters[target]
    if not monster.is_enemy or monster.behavior != 0:
        return False
    old = int(monster.species)
    for _ in range(TRANSFER_TRIES):
        species = draw_species(game, FROM_FLOOR)
        if not may_appear(game, species, False) or species == old:
            continue
        if rules.species[species].body_size == rules.species[old].body_size:
            become(game, rules, target, species)
            return True
    return False


@kernel
def become(game: Any, rules: Any, slot: int, species: int) -> None:
    """Turn a monster into another species as if it had just appeared (src/dungeon_mon_spawn.c, UpdateEntitySpecies)."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    x, y = int(here.x), int(here.y)
    monster.species, monster.apparent_species = species, species
    let_go(game, slot)
    game.world.abilities_changed = 1
    level, stored = max(table_level(game, species), 1), int(monster.bide_damage)
    appear(game, rules, slot, level, x, y, False, 0, 0)
    take_template(game, rules, monster, species, level)
    monster.hp, monster.shopkeeper = monster.max_hp, 0
    monster.bide_damage, monster.struggle_flags, monster.took_damage = stored, 0, 0
