"""Monsters thrown about: warps, knock-backs, leaps, hurls, exchanged places - and what landing somewhere does.

The walk to a tile belongs to `movement` and `action`; here a monster is put down where it did not walk. What lies on
that tile does not act (traps and items are for walkers); the ground does, and a monster house wakes. Sources:
src/warp_target.c, src/blow_away.c, src/hurl_orb.c, src/pounce_orb.c, src/switcher_orb.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import ALLY, FOE, treatment
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.ground import touch_ground
from pmd_gym.simulator.harm import deal
from pmd_gym.simulator.hp_loss import rouse
from pmd_gym.simulator.inflict import petrify
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monster_house import wake_house
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_slot, has_ability, is_alive, monster_at
from pmd_gym.simulator.movement import (
    TURNS_DOWN,
    TURNS_UP,
    appear_at,
    face,
    forget_aim,
    in_boss_room,
    may_land,
    may_rest,
    resting_class,
    spin,
    step_to,
)
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.shop import watch_leader
from pmd_gym.simulator.sight import can_see, explore, is_on_screen, sight_box
from pmd_gym.simulator.spawning import draw_spawn_tile
from pmd_gym.simulator.terrain import FIXED_FLOOR, inside

OTHER = int(Draw.OTHER)
ANYWHERE, TO_STAIRS, BESIDE, EXACTLY = 0, 1, 2, 3
"""Where a warp leads: a drawn tile, the stairs, the free tile nearest to a given one, a given tile whatever it is."""

FLIGHT = 10
KNOCK_DAMAGE, HURL_DAMAGE = 5, 10
TRIES = 100
MOST_PLACES = 40
OWN_DIRECTION = 8


@kernel
def warp(game: Any, rules: Any, source: int, target: int, mode: int, x: int, y: int) -> bool:
    """Warp a monster (ANYWHERE, TO_STAIRS, BESIDE or EXACTLY (x, y)); TO_STAIRS petrifies it there.

    True when it was lifted, even if it came down where it was; anchored monsters and boss rooms refuse.
    """
    world, monster, here = game.world, game.world.monsters[target], game.world.entities[target].pos
    if has_ability(monster, ids.SUCTION_CUPS) or in_boss_room(game):
        return False
    if mode == TO_STAIRS and here.x == world.stairs.x and here.y == world.stairs.y:
        petrify(game, rules, source, target)
        return True
    rouse(game, target)
    if is_on_screen(game, target):
        spin(game, target, TURNS_UP)
    to_x, to_y = find_spot(game, mode, here.x, here.y, x, y)
    say(game, Message.WARPED, target, 0, 0)
    appear_at(game, target, to_x, to_y)
    forget_aim(game, target)
    if is_on_screen(game, target):
        spin(game, target, TURNS_DOWN)
    if mode == TO_STAIRS:
        petrify(game, rules, source, target)
    land(game, rules, target)
    return True


@kernel
def find_spot(game: Any, mode: int, here_x: int, here_y: int, x: int, y: int) -> tuple[int, int]:
    """Tile to which a warp leads; the monster's own when there is none."""
    if mode == EXACTLY:
        return x, y
    if mode == TO_STAIRS:
        x, y = game.world.stairs.x, game.world.stairs.y
    if mode != ANYWHERE:
        for offset in ids.NEAR:
            if is_vacant(game, x + offset[0], y + offset[1]):
                return x + offset[0], y + offset[1]
    elif draw_spawn_tile(game):
        return game.options_x[0], game.options_y[0]
    return here_x, here_y


@kernel
def is_vacant(game: Any, x: int, y: int) -> bool:
    """True for ordinary floor with nothing and nobody on it (src/dungeon_range.c, sub_808384C)."""
    if not inside(x, y):
        return False
    tile = game.world.tiles[y, x]
    if tile.terrain & FIXED_FLOOR or tile.terrain & ids.GROUND_MASK != ids.NORMAL:
        return False
    return tile.object == 0 and tile.monster == 0


@kernel
def land(game: Any, rules: Any, slot: int) -> None:
    """What coming down on a tile does: the leader's view and the shop, the ground, a monster house."""
    if not is_alive(game, slot):
        return
    look_around(game, rules, slot)
    touch_ground(game, rules, slot)
    wake_house(game, rules, slot)


@kernel
def look_around(game: Any, rules: Any, slot: int) -> None:
    """Add what the leader sees from here to its map; a keeper may notice it left the shop."""
    if not game.world.monsters[slot].is_leader:
        return
    here = game.world.entities[slot].pos
    game.world.stairs_menu_pending, game.world.pending_menu = 0, -1
    explore(game, here.x, here.y)
    watch_leader(game, rules, False)


@kernel
def settle_down(game: Any, rules: Any, slot: int) -> None:
    """After a flight: the ground acts, whoever cannot stay is warped off, then the landing itself."""
    touch_ground(game, rules, slot)
    if not is_alive(game, slot):
        return
    expel(game, rules, slot)
    land(game, rules, slot)


@kernel
def expel(game: Any, rules: Any, slot: int) -> None:
    """Warp a monster off a tile where it cannot stay, after a flight or a change of its body or of the map."""
    here = game.world.entities[slot].pos
    if not may_rest(game, rules, slot, here.x, here.y):
        warp(game, rules, slot, slot, ANYWHERE, 0, 0)


@kernel
def blow_away(game: Any, rules: Any, source: int, target: int, direction: int) -> bool:
    """Knock a monster up to ten tiles back; it is hurt by what stops it, and hurts a monster that does.

    `source` is -1 for a trap. False when the target is anchored, its own source, or in a boss room.
    """
    monster = game.world.monsters[target]
    if in_boss_room(game) or source == target or has_ability(monster, ids.SUCTION_CUPS):
        return False
    say(game, Message.FLEW_BACK, target, 0, 0)
    monster.direction = (direction + 4) & 7
    struck, crashed = -1, True
    for flown in range(FLIGHT):
        here = game.world.entities[target].pos
        x, y = here.x + ids.DX[direction], here.y + ids.DY[direction]
        if not inside(x, y):
            crashed = False
            break
        struck = monster_at(game, x, y)
        if struck >= 0:
            break
        if not may_fly_over(game, rules, target, x, y):
            crashed = game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL
            break
        appear_at(game, target, x, y)
        crashed = flown + 1 < FLIGHT
    collide(game, rules, source, target, struck, crashed)
    if not floor_over(game) and is_alive(game, target):
        settle_down(game, rules, target)
    return True


@kernel
def collide(game: Any, rules: Any, source: int, target: int, struck: int, crashed: bool) -> None:
    """The damage at the end of a flight, to the one thrown and to a monster that it hits."""
    if crashed:
        deal(game, rules, source, target, KNOCK_DAMAGE, ids.NO_TYPE, ids.FELL_KNOCKED)
    if struck >= 0 and not floor_over(game) and game.world.monsters[struck].in_the_air == 0:
        rouse(game, struck)
        deal(game, rules, source, struck, KNOCK_DAMAGE, ids.NO_TYPE, ids.FELLED_BY_FLYING)


@kernel
def may_fly_over(game: Any, rules: Any, slot: int, x: int, y: int) -> bool:
    """True when a thrown monster goes on over a tile: water and the like stop nobody (sub_80705F0)."""
    tile = game.world.tiles[y, x]
    if tile.terrain & ids.IMPASSABLE:
        return False
    return tile.terrain & ids.GROUND_MASK != ids.WALL or resting_class(game, rules, slot) == ids.THROUGH_WALLS


@kernel
def leap(game: Any, rules: Any, target: int, direction: int) -> bool:
    """Send a monster straight on up to a wall or a monster (Pounce Orb); direction 8 is its own."""
    monster = game.world.monsters[target]
    if has_ability(monster, ids.SUCTION_CUPS) or in_boss_room(game):
        return False
    way = monster.direction if direction == OWN_DIRECTION else direction
    while True:
        here = game.world.entities[target].pos
        x, y = here.x + ids.DX[way], here.y + ids.DY[way]
        if x <= 0 or y <= 0 or x > layout.MAP_WIDTH - 2 or y > layout.MAP_HEIGHT - 2:
            break
        if monster_at(game, x, y) >= 0 or game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL:
            break
        step_to(game, target, x, y)
    settle_down(game, rules, target)
    return True


@kernel
def swap_places(game: Any, rules: Any, source: int, target: int) -> bool:
    """Let two monsters change places (Switcher Orb); an anchored one refuses."""
    if has_ability(game.world.monsters[source], ids.SUCTION_CUPS) or has_ability(
        game.world.monsters[target], ids.SUCTION_CUPS
    ):
        return False
    here, there = game.world.entities[source].pos, game.world.entities[target].pos
    x, y, to_x, to_y = here.x, here.y, there.x, there.y
    appear_at(game, source, to_x, to_y)
    appear_at(game, target, x, y)
    land(game, rules, source)
    land(game, rules, target)
    return True


@kernel
def hurl(game: Any, rules: Any, source: int, target: int) -> bool:
    """Throw a monster at another one that `source` sees, or somewhere in sight (Hurl Orb); both are hurt by the hit."""
    if has_ability(game.world.monsters[target], ids.SUCTION_CUPS) or source == target:
        return False
    if not draw_place(game, rules, source, target):
        return False
    x, y = game.options_x[0], game.options_y[0]
    if is_on_screen(game, target):
        here = game.world.entities[target].pos
        frames = min(max(max(x - here.x, y - here.y) * 16, 10), 80)
        face(game, target, (game.world.monsters[target].direction + (frames + 3) // 4) & 7)
    struck = monster_at(game, x, y)
    if struck < 0:
        appear_at(game, target, x, y)
    else:
        fall_beside(game, rules, source, target, x, y)
        if game.world.monsters[struck].in_the_air == 0:
            deal(game, rules, source, struck, HURL_DAMAGE, ids.NO_TYPE, ids.FELLED_BY_FLYING)
        if is_alive(game, target):
            deal(game, rules, source, target, HURL_DAMAGE, ids.NO_TYPE, ids.FELL_KNOCKED)
    land(game, rules, target)
    return True


@kernel
def fall_beside(game: Any, rules: Any, source: int, target: int, x: int, y: int) -> None:
    """Put a thrown monster on the first free tile around the one it hit, or warp it when there is none."""
    for direction in range(8):
        if may_land(game, rules, target, x + ids.DX[direction], y + ids.DY[direction]):
            appear_at(game, target, x + ids.DX[direction], y + ids.DY[direction])
            return
    warp(game, rules, source, target, ANYWHERE, 0, 0)


@kernel
def draw_place(game: Any, rules: Any, source: int, target: int) -> bool:
    """Draw where a hurled monster goes, into `options_*[0]`: onto a foe, beside a friend, else anywhere in sight."""
    count = list_foes(game, rules, source, target)
    if count == 0:
        count = list_tiles_by_friends(game, rules, source, target)
    if count != 0:
        chosen = roll(game, count, OTHER)
        game.options_x[0], game.options_y[0] = game.options_x[chosen], game.options_y[chosen]
        return True
    here = game.world.entities[source].pos
    x_min, y_min, x_end, y_end = sight_box(game, here.x, here.y)
    for _ in range(TRIES):
        x, y = roll_range(game, x_min, x_end, OTHER), roll_range(game, y_min, y_end, OTHER)
        if may_land(game, rules, target, x, y):
            game.options_x[0], game.options_y[0] = x, y
            return True
    return False


@kernel
def list_foes(game: Any, rules: Any, source: int, target: int) -> int:
    """List the tiles of the foes that `source` sees, beside which the target could fall."""
    count = 0
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other < 0 or other == source or other == target or not can_see(game, source, other):
            continue
        if treatment(game, source, other, False, True) != FOE or count >= MOST_PLACES:
            continue
        there = game.world.entities[other].pos
        for direction in range(8):
            if may_land(game, rules, target, there.x + ids.DX[direction], there.y + ids.DY[direction]):
                game.options_x[count], game.options_y[count] = there.x, there.y
                count += 1
                break
    return count


@kernel
def list_tiles_by_friends(game: Any, rules: Any, source: int, target: int) -> int:
    """List the free tiles around the friends that `source` sees."""
    count = 0
    for index in range(MAX_MONSTERS):
        other = active_slot(game, index)
        if other < 0 or other == source or other == target or not can_see(game, source, other):
            continue
        if treatment(game, source, other, False, True) != ALLY:
            continue
        there = game.world.entities[other].pos
        for direction in range(8):
            x, y = there.x + ids.DX[direction], there.y + ids.DY[direction]
            if may_land(game, rules, target, x, y) and count < MOST_PLACES:
                game.options_x[count], game.options_y[count] = x, y
                count += 1
    return count
