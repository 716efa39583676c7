"""Traps and wonder tiles: who sets one off, and what each does (mechanics section 14).

Traps of the floor lie there from the start (`spawning`), others are laid (`trap_laying`). Source: src/trap.c,
src/dungeon_main.c (CheckLeaderTile), src/dungeon_entity_movement.c (TryInteractWithTile).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.displace import ANYWHERE, blow_away, warp
from pmd_gym.simulator.experience import grow
from pmd_gym.simulator.explosion import LARGE, SMALL, explode
from pmd_gym.simulator.fainting import faint
from pmd_gym.simulator.harm import residual_damage
from pmd_gym.simulator.hp_loss import ORDINARY
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.items import FIRST_TRAP, can_be_sticky, copy_item, destroy_item, item_at, lay_item, turn_into
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import has_skill, holds, is_alive, monster_at, slot_of
from pmd_gym.simulator.movement import in_fixed_room
from pmd_gym.simulator.recovery import reset_stages
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import is_on_screen, sight_box
from pmd_gym.simulator.spawning import AWAKE, spawn_wild
from pmd_gym.simulator.speed import speed_down
from pmd_gym.simulator.stages import lower_stage
from pmd_gym.simulator.wild_table import FROM_FLOOR, KECLEON, draw_species, may_appear

OTHER = int(Draw.OTHER)
NOBODY = -1
OF_THE_FLOOR, OF_THE_TEAM, FOR_THE_TEAM = 0, 1, 2
"""Values of a trap's `side`: it lies there for the team; laid against wild monsters; laid for or against the team."""

(
    TRIP, MUD, STICKY, GRIMY, SUMMON, PITFALL, WARP, WHIRLWIND, SPIN, SLUMBER, SLOW, SEAL, POISON, SELFDESTRUCT,
    EXPLOSION, PP_ZERO, CHESTNUT, WONDER_TILE, POKEMON, SPIKE,
) = range(20)  # fmt: skip
DODGE_CHANCE, GRIMY_CHANCE = 15, 30
PITFALL_DAMAGE, CHESTNUT_DAMAGE, SPIKE_DAMAGE = 5, 10, 20
FOOD, GRIMY_FOOD = 3, 84
SHOPKEEPER_AGAINST_WILD, SHOPKEEPER_AGAINST_TEAM = 2, 3
LEAST_SUMMONED, SUMMON_SPREAD = 2, 3
SPECIES_TRIES = 100
SPIN_TURN = 7
"""Eighths of a turn that a visible spin trap turns its victim; on the console the animation decides."""

FELL_DOWN = 2
"""Value of `floor_result` after a pitfall."""


@kernel
def trap_at(game: Any, x: int, y: int) -> int:
    """Index 0..63 of the trap on a tile, -1 for none."""
    index = slot_of(game.world.tiles[y, x].object)
    return index - FIRST_TRAP if index >= FIRST_TRAP else -1


@kernel
def step_on(game: Any, rules: Any, slot: int) -> None:
    """What a monster that has walked onto a tile does with the trap there: find it, set it off or pass."""
    here, monster = game.world.entities[slot].pos, game.world.monsters[slot]
    index = trap_at(game, here.x, here.y)
    if index < 0:
        return
    entity, side = game.world.all_entities[FIRST_TRAP + index], game.world.floor_traps[index].side
    if has_skill(monster, ids.TRAP_SEER) and not entity.visible:
        entity.visible = 1
        say(game, Message.FOUND_TRAP, slot, game.world.floor_traps[index].id, 0)
        return
    if side == OF_THE_FLOOR:
        sets_off = monster.is_leader or (entity.visible and not monster.is_enemy)
    elif side == OF_THE_TEAM:
        sets_off = monster.is_enemy != 0
    else:
        sets_off = not monster.is_enemy
    if sets_off:
        trigger(game, rules, slot, here.x, here.y, False)


@kernel
def awaits(game: Any, slot: int) -> bool:
    """True when the trap under a monster would act on it (CheckEntityTileForInteraction)."""
    here, monster = game.world.entities[slot].pos, game.world.monsters[slot]
    index = trap_at(game, here.x, here.y)
    if index < 0:
        return False
    side = game.world.floor_traps[index].side
    if side == OF_THE_FLOOR:
        return game.world.all_entities[FIRST_TRAP + index].visible != 0 and not monster.is_enemy
    return (side == OF_THE_TEAM) == (monster.is_enemy != 0)


@kernel
def trigger(game: Any, rules: Any, slot: int, x: int, y: int, forced: bool) -> None:
    """Set the trap on a tile off; whoever stands there may escape it unless it is `forced`.

    `slot` is who caused it. A hidden trap misses with 15 %; a Trap Scarf protects; a wonder tile always works.
    """
    world = game.world
    index = trap_at(game, x, y)
    if index < 0:
        return
    entity, trap = world.all_entities[FIRST_TRAP + index], world.floor_traps[index]
    was_seen, target = entity.visible or world.show_hidden, monster_at(game, x, y)
    entity.visible = 1
    if target >= 0 and trap.id != WONDER_TILE and not forced:
        roll_of_luck = roll(game, 100, OTHER)
        if holds(world.monsters[target], ids.TRAP_SCARF) or (not was_seen and roll_of_luck < DODGE_CHANCE):
            say(game, Message.TRAP_FAILED, target, trap.id, 0)
            return
    if target >= 0 and trap.side != OF_THE_FLOOR:
        provoke(world.monsters[target], trap.side == FOR_THE_TEAM)
    kind = trap.id
    say(game, Message.STEPPED_ON, target if target >= 0 else slot, kind, 0)
    if kind == SPIN and is_on_screen(game, slot):
        world.monsters[slot].direction = (world.monsters[slot].direction + SPIN_TURN) & 7
    if kind == SUMMON:
        summon(game, rules, x, y)
    elif kind == POKEMON:
        animate_items(game, rules, x, y)
    elif target >= 0:
        act_on(game, rules, slot, target, kind)
    if is_alive(game, target):
        grow(game, rules)
    if kind == SUMMON or kind == POKEMON:
        remove_trap(game, x, y)


@kernel
def provoke(monster: Any, against_wild: bool) -> None:
    """A keeper caught by somebody's trap takes sides (src/dungeon_damage.c, sub_806F480)."""
    if monster.shopkeeper != 0:
        monster.shopkeeper = SHOPKEEPER_AGAINST_WILD if against_wild else SHOPKEEPER_AGAINST_TEAM


@kernel
def act_on(game: Any, rules: Any, source: int, target: int, kind: int) -> None:
    """The effect of a trap on the monster on it."""
    if kind == TRIP:
        trip(game, rules, target)
    elif kind == MUD:
        soil(game, target)
    elif kind == STICKY:
        stick(game, target)
    elif kind == GRIMY:
        spoil(game, rules, target)
    elif kind == PITFALL:
        fall_down(game, rules, target)
    elif kind == WARP:
        warp(game, rules, source, target, ANYWHERE, 0, 0)
    elif kind == WHIRLWIND:
        blow_away(game, rules, NOBODY, target, roll(game, 8, OTHER))
    elif kind == SEAL:
        seal(game, target)
    elif kind == PP_ZERO:
        drain_pp(game, target)
    elif kind == WONDER_TILE:
        reset_stages(game, rules, source, target)
    elif kind == SPIN or kind == SLUMBER or kind == SLOW or kind == POISON:
        sicken(game, rules, source, target, kind)
    else:
        hurt(game, rules, source, target, kind)


@kernel
def sicken(game: Any, rules: Any, source: int, target: int, kind: int) -> None:
    """Traps that give a status."""
    if kind == SPIN:
        give(game, rules, source, target, kinds.CONFUSED, 0)
    elif kind == SLUMBER:
        give(game, rules, source, target, kinds.SLEEP, 0)
    elif kind == SLOW:
        speed_down(game, rules, source, target, 1)
    else:
        give(game, rules, source, target, kinds.POISONED, 0)


@kernel
def hurt(game: Any, rules: Any, source: int, target: int, kind: int) -> None:
    """Traps that only hurt."""
    if kind == SELFDESTRUCT:
        explode(game, rules, source, target, SMALL, ids.NO_TYPE, ids.FELL_TO_EXPLOSION)
    elif kind == EXPLOSION:
        explode(game, rules, source, target, LARGE, ids.NO_TYPE, ids.FELL_TO_EXPLOSION)
    elif kind == CHESTNUT:
        residual_damage(game, rules, target, CHESTNUT_DAMAGE, ORDINARY, ids.FELL_TO_CHESTNUTS)
    elif kind == SPIKE:
        residual_damage(game, rules, target, SPIKE_DAMAGE, ORDINARY, ids.FELL_TO_SPIKES)


@kernel
def soil(game: Any, target: int) -> None:
    """One of the four stats, drawn, falls by a stage."""
    lower_stage(game, target, roll(game, 100, OTHER) // 25, 1)


@kernel
def trip(game: Any, rules: Any, target: int) -> None:
    """The held item flies to the first free tile around the one ahead; without any it is lost."""
    monster, here = game.world.monsters[target], game.world.entities[target].pos
    held, thrown = monster.held_item, game.new_item
    if held.flags & ids.ITEM_EXISTS == 0:
        return
    copy_item(thrown, held)
    held.flags = 0
    x, y = here.x + ids.DX[monster.direction], here.y + ids.DY[monster.direction]
    for offset in ids.NEAR:
        to_x, to_y = x + offset[0], y + offset[1]
        if to_x < 0 or to_y < 0 or to_x >= layout.MAP_WIDTH or to_y >= layout.MAP_HEIGHT:
            continue
        tile = game.world.tiles[to_y, to_x]
        if tile.terrain & ids.GROUND_MASK != ids.WALL and tile.terrain & ids.STAIRS == 0 and tile.object == 0:
            lay_item(game, rules, to_x, to_y, thrown)
            return


@kernel
def stick(game: Any, target: int) -> None:
    """One clean item, drawn among the leader's bag and the held one, becomes sticky."""
    monster, bag = game.world.monsters[target], game.inventory_data.bag
    if holds(monster, ids.NO_STICK_CAP):
        return
    count = int(can_stick(monster.held_item))
    for index in range(layout.BAG_SLOTS if monster.is_leader else 0):
        count += can_stick(bag[index])
    if count == 0:
        return
    chosen = roll(game, count, OTHER)
    for index in range(layout.BAG_SLOTS if monster.is_leader else 0):
        if can_stick(bag[index]):
            if chosen == 0:
                bag[index].flags |= ids.ITEM_STICKY
                return
            chosen -= 1
    monster.held_item.flags |= ids.ITEM_STICKY


@kernel
def can_stick(item: Any) -> bool:
    """True for an item that is there, clean, and of a kind that can be sticky at all."""
    return item.flags & ids.ITEM_EXISTS != 0 and item.flags & ids.ITEM_STICKY == 0 and can_be_sticky(item.id)


@kernel
def spoil(game: Any, rules: Any, target: int) -> None:
    """Each piece of food in the leader's bag and in the hand goes bad with 30 %."""
    monster = game.world.monsters[target]
    for index in range(layout.BAG_SLOTS if monster.is_leader else 0):
        rot(game, rules, game.inventory_data.bag[index])
    rot(game, rules, monster.held_item)


@kernel
def rot(game: Any, rules: Any, item: Any) -> None:
    """Roll for one item whether it becomes Grimy Food; nothing but food rolls."""
    if item.flags & ids.ITEM_EXISTS == 0 or rules.items[item.id].category != FOOD or item.id == GRIMY_FOOD:
        return
    if roll(game, 100, OTHER) < GRIMY_CHANCE:
        turn_into(item, GRIMY_FOOD)


@kernel
def fall_down(game: Any, rules: Any, target: int) -> None:
    """The leader falls to the next floor and is hurt; anybody else is gone."""
    if in_fixed_room(game):
        return
    if game.world.monsters[target].is_leader:
        residual_damage(game, rules, target, PITFALL_DAMAGE, ORDINARY, ids.FELL_INTO_PITFALL)
        game.world.floor_result = FELL_DOWN
    else:
        faint(game, target, ids.FELL_INTO_PITFALL)


@kernel
def seal(game: Any, target: int) -> None:
    """One move, drawn among those not sealed, cannot be used on this floor; Safeguard keeps it off."""
    monster = game.world.monsters[target]
    if monster.shield_status == ids.SAFEGUARD:
        return
    count = 0
    for index in range(layout.MOVE_SLOTS):
        count += can_seal(monster.moves[index])
    if count == 0:
        return
    chosen = roll(game, count, OTHER)
    for index in range(layout.MOVE_SLOTS):
        if can_seal(monster.moves[index]):
            if chosen == 0:
                monster.moves[index].flags2 |= ids.MOVE2_SEALED
                return
            chosen -= 1


@kernel
def can_seal(move: Any) -> bool:
    """True for a move that is there and not sealed yet."""
    return move.flags & ids.MOVE_EXISTS != 0 and move.flags2 & ids.MOVE2_SEALED == 0


@kernel
def drain_pp(game: Any, target: int) -> None:
    """One move, drawn among those with PP, loses all of it."""
    monster = game.world.monsters[target]
    count = 0
    for index in range(layout.MOVE_SLOTS):
        count += monster.moves[index].flags & ids.MOVE_EXISTS != 0 and monster.moves[index].pp != 0
    if count == 0:
        return
    chosen = roll(game, count, OTHER)
    for index in range(layout.MOVE_SLOTS):
        if monster.moves[index].flags & ids.MOVE_EXISTS and monster.moves[index].pp != 0:
            if chosen == 0:
                monster.moves[index].pp = 0
                return
            chosen -= 1


@kernel
def summon(game: Any, rules: Any, x: int, y: int) -> None:
    """Two to four monsters of the floor appear around, from a drawn direction on; all are awake."""
    wanted = roll(game, SUMMON_SPREAD, OTHER) + LEAST_SUMMONED
    direction = roll(game, 8, OTHER)
    if in_fixed_room(game):
        return
    for turn in range(wanted):
        way = (direction + turn) & 7
        species = draw_species(game, FROM_FLOOR)
        if may_appear(game, species, False):
            spawn_wild(game, rules, species, x + ids.DX[way], y + ids.DY[way], False, AWAKE)


@kernel
def animate_items(game: Any, rules: Any, x: int, y: int) -> None:
    """Every item in the room, or in sight in a corridor, turns into a monster of the floor; wares do not."""
    world = game.world
    if in_fixed_room(game):
        return
    x_min, y_min, x_end, y_end = sight_box(game, x, y)
    for row in range(max(y_min, 0), min(y_end, layout.MAP_HEIGHT)):
        for column in range(max(x_min, 0), min(x_end, layout.MAP_WIDTH)):
            index = item_at(game, column, row)
            if index >= 0 and world.floor_items[index].flags & ids.ITEM_IN_SHOP == 0:
                species = draw_likely_species(game)
                if may_appear(game, species, False) and (
                    spawn_wild(game, rules, species, column, row, False, AWAKE) >= 0
                ):
                    destroy_item(game, rules, column, row)


@kernel
def draw_likely_species(game: Any) -> int:
    """Draw species until one may appear, at most a hundred times; after a theft all are Kecleon."""
    species = KECLEON
    for _ in range(SPECIES_TRIES):
        species = KECLEON if game.world.stole else draw_species(game, FROM_FLOOR)
        if may_appear(game, species, False):
            break
    return species


@kernel
def remove_trap(game: Any, x: int, y: int) -> bool:
    """Take the trap off a tile; False when there is none."""
    index = trap_at(game, x, y)
    if index < 0:
        return False
    game.world.tiles[y, x].object = 0
    game.world.all_entities[FIRST_TRAP + index].kind = 0
    return True
