"""Where a monster walks when the AI decides: targets, fleeing, wandering and the single step (mechanics 12.1, 12.3).

A decision writes the monster's action and facing, and the bookkeeping fields that later decisions and the following-up
of allies read. It draws from the dungeon generator in the game's order. Source: src/dungeon_ai_movement.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import ALLY, FOE, treatment
from pmd_gym.simulator.bag import wants_item
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    address_of,
    belly_of,
    follows_tactic,
    has_skill,
    is_alive,
    is_dazed,
    is_helpless,
    leader_of,
    runs_away,
    slot_of,
)
from pmd_gym.simulator.movement import FREE, OCCUPIED, look_ahead, mobility_class, senses_through_walls, walk_mask
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import CORRIDOR, can_see, can_target, direction_to, distance, is_targetable, is_within_two

WANDER, FLEE = int(Draw.WANDER), int(Draw.FLEE)
FAR = 999
WALL_SENSE = 5
EXIT_TRIES = 10
WALL_PATIENCE = 200
T_JUNCTIONS = (0x54, 0x51, 0x45, 0x15, 0x55)
"""Walk masks of corridors in the shape of a T or a plus (src/dungeon_logic.c, IsAtJunction)."""


@kernel
def decide_movement(game: Any, rules: Any, slot: int) -> None:
    """Choose and write the monster's movement: an action WALK, PASS, PICK_UP_AI or NOTHING, and its facing."""
    monster = game.world.monsters[slot]
    monster.ai_not_adjacent = 0
    monster.ai_targeting_enemy = 0
    if follows_tactic(monster, ids.BE_PATIENT) and monster.hp <= monster.max_hp // 2:
        monster.action = ids.NOTHING
        return
    if follows_tactic(monster, ids.WAIT_THERE) or (not monster.is_leader and belly_of(monster) == 0):
        monster.action = ids.NOTHING
        return
    turns_round = False
    if runs_away(game, slot):
        flee(game, rules, slot)
    elif wants_item(game, slot):
        monster.action = ids.PICK_UP_AI
        return
    else:
        turns_round = choose_target(game, rules, slot)
    step_to_target(game, rules, slot, turns_round)


@kernel
def keeps_to_leader(monster: Any) -> bool:
    """True for team members whose tactic makes them follow instead of seeking foes."""
    tactic = monster.tactic
    return not monster.is_enemy and (
        tactic == ids.GO_TOGETHER or tactic == ids.AVOID_TROUBLE or tactic == ids.BE_PATIENT
        or tactic == ids.KEEP_DISTANCE or tactic == ids.GET_AWAY
    )  # fmt: skip


@kernel
def set_target(game: Any, slot: int, other: int, objective: int) -> None:
    """Chase another monster, and go straight for it from now on."""
    monster, entity = game.world.monsters[slot], game.world.entities[other]
    monster.ai_objective = objective
    monster.ai_target_pos.x, monster.ai_target_pos.y = entity.pos.x, entity.pos.y
    monster.ai_target, monster.ai_target_spawn_id = address_of(other), entity.spawn_id
    monster.moves_randomly = 0


@kernel
def aim_at(game: Any, slot: int, objective: int, x: int, y: int) -> None:
    """Walk to a tile."""
    monster = game.world.monsters[slot]
    monster.ai_objective = objective
    monster.ai_target_pos.x, monster.ai_target_pos.y = x, y


@kernel
def candidates(game: Any, monster: Any) -> tuple[int, int]:
    """Slots among which a monster looks for foes: the other side's, or all while there is a decoy."""
    if game.world.decoy_active:
        return 0, MAX_MONSTERS
    return (0, MAX_TEAM) if monster.is_enemy else (MAX_TEAM, MAX_MONSTERS)


@kernel
def nearest_foe(game: Any, rules: Any, slot: int) -> int:
    """Slot of the nearest foe that the monster may walk to, the first of equals; -1 for none."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    first, last = candidates(game, monster)
    senses = senses_through_walls(game, rules, slot)
    best, best_distance = -1, FAR
    for other in range(first, last):
        if not is_alive(game, other) or world.monsters[other].behavior != 0 or world.monsters[other].shopkeeper == 1:
            continue
        if world.decoy_active:
            if treatment(game, slot, other, False, True) != FOE:
                continue
        elif not monster.is_enemy and world.monsters[other].freeze_status == ids.PETRIFIED:
            continue
        there = world.entities[other].pos
        near = abs(here.x - there.x) <= WALL_SENSE and abs(here.y - there.y) <= WALL_SENSE
        if not (senses and near) and not can_target(game, slot, other):
            continue
        steps = distance(here.x, here.y, there.x, there.y)
        if steps < best_distance:
            best, best_distance = other, steps
            if steps < 2:
                break
    return best


@kernel
def choose_target(game: Any, rules: Any, slot: int) -> bool:
    """Fix where to go: a foe, the leader, a remembered foe, or wandering; True when it turns round to keep away."""
    monster = game.world.monsters[slot]
    if not keeps_to_leader(monster):
        foe = nearest_foe(game, rules, slot)
        if foe >= 0:
            set_target(game, slot, foe, ids.CHASING)
            monster.ai_targeting_enemy = 1
            return keeps_off(game, slot, foe)
    if not monster.is_enemy and not follows_tactic(monster, ids.GO_OTHER_WAY):
        leader = visible_leader(game, slot)
        if leader >= 0:
            set_target(game, slot, leader, ids.CHASING)
            return False
    if not follow_trail(game, slot):
        wander(game, rules, slot)
    return False


@kernel
def keeps_off(game: Any, slot: int, foe: int) -> bool:
    """True for a lonely Keep Your Distance monster beside its foe."""
    here, there = game.world.entities[slot].pos, game.world.entities[foe].pos
    if not follows_tactic(game.world.monsters[slot], ids.KEEP_DISTANCE) or sees_teammate(game, slot):
        return False
    return abs(here.x - there.x) <= 1 and abs(here.y - there.y) <= 1


@kernel
def sees_teammate(game: Any, slot: int) -> bool:
    if game.world.monsters[slot].is_enemy:
        return False
    for other in range(MAX_TEAM):
        if other != slot and can_see(game, slot, other):
            return True
    return False


@kernel
def visible_leader(game: Any, slot: int) -> int:
    """Slot of the leader when the monster may walk to it, else -1 (src/dungeon_ai_leader.c)."""
    leader = leader_of(game)
    if leader < 0 or leader == slot or game.world.monsters[leader].curse_status == ids.DECOY:
        return -1
    if treatment(game, slot, leader, False, False) != ALLY:
        return -1
    return leader if can_target(game, slot, leader) else -1


@kernel
def follow_trail(game: Any, slot: int) -> bool:
    """Go to the newest tile of a lost target's trail that can be walked to; False when there is none."""
    monster = game.world.monsters[slot]
    if monster.ai_objective != ids.CHASING and monster.ai_objective != ids.CHASING_MEMORY:
        return False
    target = slot_of(monster.ai_target)
    if target < 0:
        return False
    if game.world.entities[target].spawn_id != monster.ai_target_spawn_id:
        monster.ai_objective = ids.STAYING
        monster.ai_target, monster.ai_target_spawn_id = 0, 0
        return False
    here, trail = game.world.entities[slot].pos, game.world.monsters[target].recent_pos
    for index in range(len(trail)):
        if is_targetable(game, here.x, here.y, trail[index].x, trail[index].y):
            aim_at(game, slot, ids.CHASING_MEMORY, trail[index].x, trail[index].y)
            monster.moves_randomly = 0
            return True
    return False


@kernel
def head(game: Any, slot: int, objective: int, direction: int) -> None:
    """Aim at the next tile in a direction."""
    here = game.world.entities[slot].pos
    aim_at(game, slot, objective, here.x + ids.DX[direction], here.y + ids.DY[direction])


@kernel
def wander(game: Any, rules: Any, slot: int) -> None:
    """Walk on without a target: along corridors, or to an exit of the room."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    room = world.entities[slot].room
    if room == CORRIDOR:
        if not wander_corridor(game, rules, slot):
            head(game, slot, ids.STAYING, roll(game, 8, WANDER))
        return
    exits = world.junction_counts[room]
    if monster.moves_randomly or (monster.ai_objective != ids.LEAVING_ROOM and exits == 0):
        head(game, slot, ids.STAYING, roll(game, 8, WANDER))
        return
    if monster.ai_objective != ids.LEAVING_ROOM:
        for _ in range(EXIT_TRIES):
            spot = world.junctions[room, roll(game, exits, WANDER)]
            if spot.x != here.x or spot.y != here.y:
                aim_at(game, slot, ids.LEAVING_ROOM, spot.x, spot.y)
                return
    if world.tiles[here.y, here.x].terrain & ids.JUNCTION:
        leave_room(game, rules, slot)


@kernel
def wander_corridor(game: Any, rules: Any, slot: int) -> bool:
    """Go on in the facing direction or the nearest free one; at a junction any way but back. False when stuck."""
    monster = game.world.monsters[slot]
    back = (monster.direction + 4) & 7
    junction = at_junction(game, rules, slot)
    if junction:
        monster.direction = roll(game, 8, WANDER)
    for index in range(8):
        direction = (monster.direction + ids.TURNS[index]) & 7
        if junction and direction == back:
            continue
        if look_ahead(game, rules, slot, direction) == FREE:
            head(game, slot, ids.ROAMING, direction)
            return True
    return False


@kernel
def leave_room(game: Any, rules: Any, slot: int) -> None:
    """Step from an exit into the corridor, starting at a random direction."""
    world, here = game.world, game.world.entities[slot].pos
    start = roll(game, 8, WANDER)
    for turn in range(8):
        direction = (start + turn) & 7
        tile = world.tiles[here.y + ids.DY[direction], here.x + ids.DX[direction]]
        if tile.room == CORRIDOR and look_ahead(game, rules, slot, direction) == FREE:
            head(game, slot, ids.ROAMING, direction)
            return


@kernel
def at_junction(game: Any, rules: Any, slot: int) -> bool:
    """True where corridors meet; wall walkers meet one when enough random numbers have added up."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    mobility = mobility_class(game, rules, slot, 0)
    if mobility == ids.THROUGH_WALLS:
        monster.pass_wall_timer += roll(game, 100, WANDER)
        if monster.pass_wall_timer < WALL_PATIENCE:
            return False
        monster.pass_wall_timer = 0
        return True
    if (
        mobility == ids.LIQUID
        and has_skill(monster, ids.LAVA_EVADER)
        and rules.secondary_terrain[game.world.tileset] == 2
    ):
        mobility = ids.REGULAR
    mask = walk_mask(game.world.tiles[here.y, here.x], mobility)
    for shape in T_JUNCTIONS:
        if mask == shape:
            return True
    return False


@kernel
def flee(game: Any, rules: Any, slot: int) -> None:
    """Run from the nearest foe in sight, by an exit of the room if that does not lead towards it."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    foe = nearest_seen_foe(game, slot)
    if foe < 0:
        wander(game, rules, slot)
        return
    there = world.entities[foe].pos
    room = world.entities[slot].room
    if room == world.entities[foe].room and room != CORRIDOR:
        if world.tiles[here.y, here.x].terrain & ids.JUNCTION:
            slip_out(game, rules, slot, room)
            return
        best = safest_exit(game, room, here, there)
        if best >= 0:
            aim_at(game, slot, ids.FLEEING, world.junctions[room, best].x, world.junctions[room, best].y)
            return
    monster.ai_objective = ids.FLEEING
    monster.ai_target_pos.x, monster.ai_target_pos.y = 2 * here.x - there.x, 2 * here.y - there.y


@kernel
def nearest_seen_foe(game: Any, slot: int) -> int:
    """Slot of the nearest foe in sight, -1 for none."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    first, last = candidates(game, monster)
    best, best_distance = -1, FAR
    for other in range(first, last):
        if not can_see(game, slot, other):
            continue
        if world.decoy_active and treatment(game, slot, other, False, True) != FOE:
            continue
        there = world.entities[other].pos
        steps = distance(here.x, here.y, there.x, there.y)
        if steps < best_distance:
            best, best_distance = other, steps
            monster.target_tile.x, monster.target_tile.y = there.x, there.y
    return best


@kernel
def slip_out(game: Any, rules: Any, slot: int, room: int) -> None:
    """Leave the room from an exit tile by the first way out, or stand still facing anywhere."""
    here = game.world.entities[slot].pos
    for direction in range(8):
        tile = game.world.tiles[here.y + ids.DY[direction], here.x + ids.DX[direction]]
        if tile.room != room and look_ahead(game, rules, slot, direction) == FREE:
            head(game, slot, ids.FLEEING, direction)
            return
    head(game, slot, ids.STAYING, roll(game, 8, FLEE))


@kernel
def safest_exit(game: Any, room: int, here: Any, there: Any) -> int:
    """Index of the exit farthest from the foe among those whose first step brings it no closer; -1 for none."""
    best, best_distance = -1, -1
    apart = distance(here.x, here.y, there.x, there.y)
    for index in range(game.world.junction_counts[room]):
        spot = game.world.junctions[room, index]
        step_x = here.x + min(max(spot.x - here.x, -1), 1)
        step_y = here.y + min(max(spot.y - here.y, -1), 1)
        away = distance(spot.x, spot.y, there.x, there.y)
        if distance(step_x, step_y, there.x, there.y) >= apart and away > best_distance:
            best, best_distance = index, away
    return best


@kernel
def walk(game: Any, rules: Any, slot: int, direction: int) -> None:
    """Write the action of a step, or of passing for those that never move."""
    monster = game.world.monsters[slot]
    monster.action = ids.WALK if rules.species[monster.species].can_move else ids.PASS
    monster.action_param0, monster.action_param1 = 0, 0
    monster.direction = direction


@kernel
def wait(game: Any, slot: int, is_idle: bool) -> None:
    """Write the action of passing; an idle monster turns to what it looks at."""
    monster = game.world.monsters[slot]
    monster.action = ids.PASS
    if is_idle:
        monster.waiting = 1


@kernel
def step_to_target(game: Any, rules: Any, slot: int, turns_round: bool) -> None:
    """Turn the chosen target tile into one step (src/dungeon_ai_movement.c, DecideMovement)."""
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    to_x, to_y = monster.ai_target_pos.x, monster.ai_target_pos.y
    monster.target_tile.x, monster.target_tile.y = to_x, to_y
    if here.x == to_x and here.y == to_y:
        wait(game, slot, False)
        return
    direction = direction_to(here.x, here.y, to_x, to_y)
    if follows_tactic(monster, ids.AVOID_FIRST_HIT) and monster.ai_targeting_enemy:
        if monster.ai_objective == ids.CHASING and is_within_two(game, here.x, here.y, to_x, to_y):
            if distance(here.x, here.y, to_x, to_y) == 2:
                wait(game, slot, False)
                return
            direction = (direction + 4) & 7
    elif turns_round:
        direction = (direction + 4) & 7
    ahead = look_ahead(game, rules, slot, direction)
    if ahead == FREE:
        walk(game, rules, slot, direction)
        return
    if ahead == OCCUPIED and waits_behind(game, slot, direction):
        return
    step_aside(game, rules, slot, direction, turns_round or runs_away(game, slot))


@kernel
def waits_behind(game: Any, slot: int, direction: int) -> bool:
    """True when a monster in the way makes this one wait: allies always at first, others when it is the target."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    if not monster.is_enemy and not monster.ai_recalc:
        monster.ai_not_adjacent = 1
        monster.ai_skip = 1
        wait(game, slot, True)
        return True
    if here.x + ids.DX[direction] == monster.ai_target_pos.x and here.y + ids.DY[direction] == monster.ai_target_pos.y:
        wait(game, slot, True)
        return True
    monster.ai_not_adjacent = 1
    return False


@kernel
def forbidden_side(game: Any, slot: int, direction: int) -> int:
    """Turn (1 left or 2 right, as indices of TURNS) that a team member close to its target avoids; 0 for none."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    if monster.is_enemy or direction & 1 == 0:
        return 0
    dx, dy = abs(here.x - monster.ai_target_pos.x), abs(here.y - monster.ai_target_pos.y)
    if dx > 2 or dy > 2 or dx == dy:
        return 0
    return 2 if (direction & 2 != 0) == (dx < dy) else 1


@kernel
def step_aside(game: Any, rules: Any, slot: int, direction: int, wide: bool) -> None:
    """Try the directions beside the wanted one, two or (`wide`) four of them, left first; else pass."""
    monster = game.world.monsters[slot]
    last = 4 if wide else 2
    forbidden = forbidden_side(game, slot, direction)
    for turn in range(1, last + 1):
        # One wall beside it lifts the restriction for both sides.
        if look_ahead(game, rules, slot, (direction + ids.TURNS[turn]) & 7) != FREE and (
            look_ahead(game, rules, slot, (direction + ids.TURNS[turn]) & 7) != OCCUPIED
        ):
            forbidden = 0
    for turn in range(1, last + 1):
        ahead = look_ahead(game, rules, slot, (direction + ids.TURNS[turn]) & 7)
        if ahead == FREE and turn != forbidden:
            walk(game, rules, slot, (direction + ids.TURNS[turn]) & 7)
            return
        if ahead == OCCUPIED:
            monster.ai_not_adjacent = 1
    wait(game, slot, True)
    if monster.is_leader:
        monster.ai_not_adjacent = 0
        monster.ai_skip = 0
    elif monster.ai_not_adjacent:
        monster.ai_skip = 1


@kernel
def decide_facing(game: Any, rules: Any, slot: int, turns_sprite: bool) -> None:
    """One movement decision of which only the facing counts: at creation, at the start of a floor, on waking up.

    (src/dungeon_misc.c, sub_806A898)
    """
    world = game.world
    monster, here = world.monsters[slot], world.entities[slot].pos
    if monster.is_leader:
        monster.target_tile.x, monster.target_tile.y = here.x, here.y + 1
    else:
        decide_movement(game, rules, slot)
    if monster.target_tile.x == 0 and monster.target_tile.y == 0:
        return
    if not is_dazed(monster, True) or not is_helpless(monster):
        monster.direction = direction_to(here.x, here.y, monster.target_tile.x, monster.target_tile.y)
        if turns_sprite:
            world.entities[slot].sprite_direction = monster.direction
