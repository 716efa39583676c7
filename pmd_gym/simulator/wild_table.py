"""The floor's table of wild monsters: who may appear, at what level, with which moves and stats (mechanics 11).

All monsters of one species and level on a floor share a template; the table's are made with the floor, others when the
first of them appears. Source: src/dungeon_floor_spawns.c, src/dungeon_mon_spawn.c, src/dungeon_misc.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.experience import set_move
from pmd_gym.simulator.monsters import MAX_TEAM, NUM_TYPES, is_alive
from pmd_gym.simulator.rng import Draw, general_int, rand_int, roll

SPAWN_SPECIES = int(Draw.SPAWN_SPECIES)
WEIGHT_TOTAL = 10000
SPECIES_MASK, LEVEL_SHIFT = 0x1FF, 9
KECLEON = 380
MEW, MUSIC_BOX = 151, 122
DEOXYS = (414, 417, 418, 419)
"""Its forms in the order in which a floor draws one."""
OF_THE_OTHER_VERSION = (129, 130, 131, 190, 258, 337)
"""Magikarp, Gyarados, Lapras, Aipom, Porygon2, Minun: drawn, but they do not appear in Red (src/dungeon_data.c)."""
FROM_FLOOR, FROM_HOUSE = False, True
FIRST_LEVEL = 1
TYPE_TRIES, FIRE = 100, 2


@kernel
def draw_species(game: Any, from_house: bool) -> int:
    """Species from the floor's table, by the weights of the floor or of its monster house (GetRandomFloorMonsterId)."""
    world = game.world
    drawn = roll(game, WEIGHT_TOTAL, SPAWN_SPECIES)
    first = KECLEON
    for index in range(world.floor_spawn_count):
        entry = world.floor_spawns[index]
        weight = entry.weight_house if from_house else entry.weight_floor
        if weight != 0 and weight >= drawn:
            return entry.packed & SPECIES_MASK
        if weight != 0 and first == KECLEON:
            first = entry.packed & SPECIES_MASK
    return first


@kernel
def may_appear(game: Any, species: int, with_mew: bool) -> bool:
    """False for species of the other version, for a second Deoxys, and for Mew (src/dungeon_misc.c, sub_806AA0C).

    Mew appears where `with_mew` allows it and only on floors that it was lured to, one of it each.
    """
    if species == MEW:
        return with_mew and not game.world.mew_seen
    if species in DEOXYS and game.world.deoxys_seen:
        return False
    return species not in OF_THE_OTHER_VERSION


@kernel
def lure_mew(game: Any) -> None:
    """At a floor's start: without the Music Box, or once it has been recruited, Mew counts as seen already."""
    recruited = False
    for index in range(len(game.roster_data.recruited)):
        entry = game.roster_data.recruited[index]
        recruited |= entry.flags & 1 != 0 and entry.species == MEW
    game.world.mew_seen = recruited or not carries(game, MUSIC_BOX)


@kernel
def note_appearance(game: Any, species: int) -> None:
    """Remember wild monsters of which a floor has only one."""
    if species in DEOXYS:
        game.world.deoxys_seen = 1
    elif species == MEW:
        game.world.mew_seen = 1


@kernel
def carries(game: Any, item_id: int) -> bool:
    """True when the item is in the bag or in the hand of a team member."""
    for index in range(layout.BAG_SLOTS):
        item = game.inventory_data.bag[index]
        if item.flags & ids.ITEM_EXISTS and item.id == item_id:
            return True
    for slot in range(MAX_TEAM):
        item = game.world.monsters[slot].held_item
        if is_alive(game, slot) and item.flags & ids.ITEM_EXISTS and item.id == item_id:
            return True
    return False


@kernel
def table_level(game: Any, species: int) -> int:
    """Level of a species in the floor's table, 1 when it is not in it."""
    for index in range(game.world.floor_spawn_count):
        packed = game.world.floor_spawns[index].packed
        if packed & SPECIES_MASK == species:
            return packed >> LEVEL_SHIFT
    return FIRST_LEVEL


@kernel
def make_templates(game: Any, rules: Any) -> None:
    """Stats and moves of every entry of the monster table, shared by all of that species on the floor (mechanics 11).

    Moves are drawn also for entries that never appear by chance (Kecleon): a real save state holds the moves so drawn.
    """
    world = game.world
    for index in range(len(world.wild_templates)):
        world.wild_templates[index].species = 0
    for index in range(world.floor_spawn_count):
        template, packed = world.wild_templates[index], world.floor_spawns[index].packed
        template.species, template.level = packed & SPECIES_MASK, packed >> LEVEL_SHIFT
        draw_moves(game, rules, template)
        if template.moves[0] == 0:
            template.moves[0] = ids.BLOWBACK
        grow_template(rules, template)


@kernel
def draw_moves(game: Any, rules: Any, template: Any) -> None:
    """All level-up moves in order; from the fifth on each takes the place of a drawn slot."""
    species = rules.species[template.species]
    count = 0
    for slot in range(layout.MOVE_SLOTS):
        template.moves[slot] = 0
    for index in range(species.learn_count):
        if species.learn_level[index] > template.level:
            break
        slot = count
        if count == layout.MOVE_SLOTS:
            slot = rand_int(game, layout.MOVE_SLOTS)
        else:
            count += 1
        template.moves[slot] = species.learn_move[index]


@kernel
def grow_template(rules: Any, template: Any) -> None:
    """Stats of a species at a level: base plus the gains of levels 2 and on."""
    species = rules.species[template.species]
    hp, attack, sp_attack = int(species.max_hp), int(species.attack), int(species.sp_attack)
    defense, sp_defense = int(species.defense), int(species.sp_defense)
    for level in range(2, template.level + 1):
        hp += species.gain_hp[level]
        attack += species.gain_attack[level]
        sp_attack += species.gain_sp_attack[level]
        defense += species.gain_defense[level]
        sp_defense += species.gain_sp_defense[level]
    template.max_hp, template.attack, template.sp_attack = hp, attack, sp_attack
    template.defense, template.sp_defense = defense, sp_defense


@kernel
def take_template(game: Any, rules: Any, monster: Any, species: int, level: int) -> None:
    """Moves and stats from the floor's template of a species and level, made now if there is none yet."""
    template = game.world.wild_templates[find_template(game, rules, species, level)]
    for slot in range(layout.MOVE_SLOTS):
        set_move(monster.moves[slot], rules, template.moves[slot])
    monster.max_hp = template.max_hp
    monster.attack, monster.sp_attack = template.attack, template.sp_attack
    monster.defense, monster.sp_defense = template.defense, template.sp_defense
    monster.struggle_flags = 0


@kernel
def find_template(game: Any, rules: Any, species: int, level: int) -> int:
    """Place of a template; a new one takes the first free place, the last where all are taken."""
    templates = game.world.wild_templates
    last = len(templates) - 1
    for index in range(len(templates)):
        template = templates[index]
        if template.species == species and template.level == level:
            return index
        if template.species == 0 or index == last:
            template.species, template.level = species, level
            draw_moves(game, rules, template)
            grow_template(rules, template)
            return index
    return last


@kernel
def draw_hidden_power(game: Any, rules: Any, monster: Any) -> None:
    """Strength and type of Hidden Power, from the general generator (src/pokemon_3.c, GenerateHiddenPower)."""
    monster.hidden_power_base = rules.hidden_power[general_int(game, len(rules.hidden_power))]
    monster.hidden_power_type = FIRE
    for _ in range(TYPE_TRIES):
        kind = general_int(game, NUM_TYPES)
        if kind != 0:
            monster.hidden_power_type = kind
            return
