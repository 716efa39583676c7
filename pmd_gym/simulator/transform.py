"""Transform: a monster takes the look of another species of the floor (src/move_orb_effects_4.c)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import duration, start
from pmd_gym.simulator.messages import say_began
from pmd_gym.simulator.monsters import is_alive
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.wild_table import SPECIES_MASK, may_appear

OTHER = int(Draw.OTHER)
SHAPE_TRIES = layout.MAX_MONSTERS


@kernel
def transform(game: Any, rules: Any, source: int, target: int) -> bool:
    """Give the target the look of a species of the floor's table, drawn up to 20 times until it is a new one."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    if monster.conceal_status == ids.TRANSFORMED:
        return False
    count = list_shapes(game, rules)
    if count == 0:
        return False
    for _ in range(SHAPE_TRIES):
        entry = game.world.table_spawns[game.options_x[roll(game, count, OTHER)]]
        species = entry.packed & SPECIES_MASK
        if species != monster.apparent_species and may_appear(game, species, True):
            start(monster, kinds.TRANSFORMED, duration(game, monster, kinds.TRANSFORMED) + 1)
            say_began(game, target, kinds.TRANSFORMED)
            monster.apparent_species = species
            return True
    return False


@kernel
def list_shapes(game: Any, rules: Any) -> int:
    """Fill `options_x` with the places of small species in the floor's table; returns how many."""
    count = 0
    for index in range(len(game.world.table_spawns)):
        entry = game.world.table_spawns[index]
        species = entry.packed & SPECIES_MASK
        if species == 0:
            break
        if rules.species[species].body_size < 2 and entry.weight_floor != 0:
            game.options_x[count] = index
            count += 1
    return count
