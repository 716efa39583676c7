"""Monster houses: the room full of monsters that a team member's first step into it wakes (mechanics section 11).

The house is marked in the terrain when the floor is made; here it springs. Source: src/dungeon_monster_house.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import is_alive
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.spawning import AWAKE, spawn_wild
from pmd_gym.simulator.wild_table import FROM_HOUSE, draw_species, may_appear

OTHER = int(Draw.OTHER)
LEAST, MOST = 8, 12
REACH = 4
MOST_TILES = 100
NO_ROOM = layout.CORRIDOR
TAKEN = 0
"""Column of a tile of the list that has been used; no monster ever appears in column 0."""


@kernel
def wake_house(game: Any, rules: Any, slot: int) -> None:
    """Let the house spring when this team member stands in it; it does so once on a floor."""
    world = game.world
    if not is_alive(game, slot) or world.monsters[slot].is_enemy or floor_over(game) or world.monster_house_triggered:
        return
    here = world.entities[slot].pos
    if world.tiles[here.y, here.x].terrain & ids.MONSTER_HOUSE == 0:
        return
    world.monster_house_triggered = 1
    say(game, Message.MONSTER_HOUSE, -1, 0, 0)
    if world.monster_house_room != NO_ROOM:
        fill_house(game, rules, list_tiles(game, here.x, here.y))


@kernel
def list_tiles(game: Any, x: int, y: int) -> int:
    """List the free tiles around (x, y) row by row in `options_*`: of the room, or any when the whole floor is one."""
    world = game.world
    x_min, x_end, y_min, y_end = x - REACH, x + REACH + 1, y - REACH, y + REACH + 1
    if not world.force_monster_house:
        room = world.rooms[world.monster_house_room]
        x_min, x_end = max(x_min, room.x_min), min(x_end, room.x_end)
        y_min, y_end = max(y_min, room.y_min), min(y_end, room.y_end)
    count = 0
    for row in range(max(y_min, 0), min(y_end, layout.MAP_HEIGHT)):
        for column in range(max(x_min, 0), min(x_end, layout.MAP_WIDTH)):
            tile = world.tiles[row, column]
            if tile.monster != 0 or tile.terrain & ids.GROUND_MASK != ids.NORMAL or count >= MOST_TILES:
                continue
            if world.force_monster_house or tile.terrain & ids.MONSTER_HOUSE:
                game.options_x[count], game.options_y[count] = column, row
                count += 1
    return count


@kernel
def fill_house(game: Any, rules: Any, count: int) -> None:
    """Let 8 to 11 monsters appear on the listed tiles, each drawn, then its species."""
    wanted = min(roll_range(game, LEAST, MOST, OTHER), count)
    for _ in range(wanted):
        index = roll(game, count, OTHER)
        for _ in range(count):
            if game.options_x[index] != TAKEN:
                break
            index = (index + 1) % count
        if game.options_x[index] == TAKEN:
            break
        species = draw_species(game, FROM_HOUSE)
        if may_appear(game, species, True):
            spawn_wild(game, rules, species, game.options_x[index], game.options_y[index], False, AWAKE)
