"""Moves and orbs that show what is hidden: the map, things, monsters, stairs, traps.

Sources: src/move_orb_effects_2.c, src/expose_trap.c. Nothing here draws.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.items import FIRST_TRAP
from pmd_gym.simulator.monsters import slot_of
from pmd_gym.simulator.movement import in_fixed_room
from pmd_gym.simulator.sight import SHOWN, refresh_view, sight_box
from pmd_gym.simulator.special_kinds import Special

SEE_TRAPS, SEARCHLIGHT, SEE_ITEMS = int(Special.SEE_TRAPS), int(Special.SEARCHLIGHT), int(Special.SEE_ITEMS)
POWER_EARS, SEE_STAIRS, SEE_HOLDERS = int(Special.POWER_EARS), int(Special.SEE_STAIRS), int(Special.SEE_HOLDERS)
OUT_ON_RESCUE = 1
"""`Dungeon.mission_kind` of a run that rescues somebody (src/dungeon_util.c, GetFloorType)."""


@kernel
def apply_sight(game: Any, slot: int, target: int, kind: int) -> bool:
    """Carry out an effect of this file; it counts as effective even if nothing new is seen."""
    monster = game.world.monsters[target]
    if kind == SEE_TRAPS:
        show_traps(game, slot)
    elif kind == SEARCHLIGHT:
        show_map(game)
    elif kind == SEE_ITEMS:
        monster.scanning = 1
    elif kind == POWER_EARS:
        monster.power_ears = 1
    elif kind == SEE_STAIRS:
        monster.stair_spotter = int(monster.stair_spotter or not stairs_stay_hidden(game))
    elif kind == SEE_HOLDERS and monster.shield_status != ids.SAFEGUARD:
        game.world.items_identified = 1
    refresh_view(game)
    return True


@kernel
def show_map(game: Any) -> None:
    """Every tile counts as shown; visited ones keep their mark (src/dungeon_map.c, HandleLuminousOrbAction)."""
    game.world.map_revealed = 1
    for y in range(layout.MAP_HEIGHT):
        for x in range(layout.MAP_WIDTH):
            game.world.tiles[y, x].visibility |= SHOWN


@kernel
def stairs_stay_hidden(game: Any) -> bool:
    """True on floors that are one fixed room and on the floor of a client to rescue."""
    world = game.world
    return in_fixed_room(game) or (
        world.mission_kind == OUT_ON_RESCUE and world.mail_seed_location.floor == world.floor
    )


@kernel
def show_traps(game: Any, slot: int) -> bool:
    """Reveal the traps of the user's room with its rim, or of the square that it sees in a corridor."""
    here, found = game.world.entities[slot].pos, False
    x_min, y_min, x_end, y_end = sight_box(game, here.x, here.y)
    for y in range(max(y_min, 0), min(y_end, layout.MAP_HEIGHT)):
        for x in range(max(x_min, 0), min(x_end, layout.MAP_WIDTH)):
            found = show_trap(game, x, y) or found
    return found


@kernel
def show_trap(game: Any, x: int, y: int) -> bool:
    """Reveal the trap of a tile; True when a hidden one lay there."""
    index = slot_of(game.world.tiles[y, x].object)
    if index < FIRST_TRAP or game.world.all_entities[index].visible:
        return False
    game.world.all_entities[index].visible = 1
    return True
