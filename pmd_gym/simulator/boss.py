"""What decides a boss floor: who has to fall so that the floor is done (src/dungeon_cutscene_*.c, the ...BossFaint).

Bosses are told by the `behavior` that their room gives them. Who stands where is in `residents`, the start of the
battle in `boss_scene`. The rules are those of the first fight in the story.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.monsters import MAX_MONSTERS, MAX_TEAM, is_alive

FLOOR_DONE = 1
SINISTER_WOODS, UPROAR_FOREST, REGIROCK, REGISTEEL = 2, 11, 17, 19
FIRST_MAZE, LAST_MAZE = 27, 49
FIXED_ENEMY = 0
FIRST_TRAP = MAX_MONSTERS + layout.MAX_ITEMS

VICTIMS = (
    0, 3, 0, 8, 9, 13, 0, 14, 15, 17, 26, 0, 18, 19, 20, 21, 22, 0, 0, 0, 0, 27, 28, 29,
)  # fmt: skip
"""Fixed room -> `behavior` of the one whose fall ends the floor; 0 where it is not one alone."""


@kernel
def note_fall(game: Any, slot: int) -> None:
    """A monster falls, not yet off the lists: end the floor when it was the last that mattered."""
    world, behavior = game.world, game.world.monsters[slot].behavior
    room = world.fixed_room
    if not world.boss_battle or behavior == FIXED_ENEMY:
        return
    if room == SINISTER_WOODS:
        done = not stands_other(game, slot, behavior)
    elif room == UPROAR_FOREST:
        done = count_like(game, behavior) == 1
    elif FIRST_MAZE <= room <= LAST_MAZE:
        done = count_enemies(game) == 1
    else:
        done = 0 < room < len(VICTIMS) and VICTIMS[room] == behavior
    if done:
        world.floor_result = FLOOR_DONE
    elif REGIROCK <= room <= REGISTEEL:
        open_way_down(game)


@kernel
def stands_other(game: Any, fallen: int, behavior: int) -> bool:
    """True while a wild monster of another part than the fallen one's stands."""
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if is_alive(game, slot) and slot != fallen and game.world.monsters[slot].behavior != behavior:
            return True
    return False


@kernel
def count_like(game: Any, behavior: int) -> int:
    """Wild monsters with this part, the one that is falling included."""
    count = 0
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        count += is_alive(game, slot) and game.world.monsters[slot].behavior == behavior
    return count


@kernel
def count_enemies(game: Any) -> int:
    """Wild monsters on the floor, the one that is falling included."""
    count = 0
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        count += is_alive(game, slot)
    return count


@kernel
def open_way_down(game: Any) -> None:
    """The hidden trap of a golem's chamber gives way to stairs (src/dungeon_cutscene_regis.c)."""
    world = game.world
    for index in range(layout.MAX_TRAPS):
        entity = world.all_entities[FIRST_TRAP + index]
        if entity.kind == ids.TRAP:
            tile = world.tiles[entity.pos.y, entity.pos.x]
            tile.object = 0
            tile.terrain |= ids.STAIRS
            world.stairs.x, world.stairs.y = entity.pos.x, entity.pos.y
            entity.kind = 0
            return
