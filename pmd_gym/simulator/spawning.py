"""How monsters, items and traps come to a floor: at its start and during it (mechanics sections 1, 3.8 and 11)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_movement import decide_facing
from pmd_gym.simulator.conditions import clear_statuses
from pmd_gym.simulator.items import clear_item, draw_item, draw_trap, is_sold, lay_item, lay_trap, make_item, table_for
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    RECORD_SIZE,
    RECORDS_ADDRESS,
    TEAM_BODY_LIMIT,
    WILD_BODY_LIMIT,
    is_alive,
    leader_of,
    list_active,
    load_skills,
    set_skill,
)
from pmd_gym.simulator.movement import appear_at, can_stand
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import CORRIDOR
from pmd_gym.simulator.speed import speed_stage
from pmd_gym.simulator.wild_table import (
    FROM_FLOOR,
    KECLEON,
    draw_hidden_power,
    draw_species,
    lure_mew,
    may_appear,
    note_appearance,
    table_level,
    take_template,
)

SPAWN_TILE, SPAWN_SLEEP = int(Draw.SPAWN_TILE), int(Draw.SPAWN_SLEEP)
SPAWN_RANDOM_WALK, SCAN_MONSTERS, SCAN_ITEMS = (
    int(Draw.SPAWN_RANDOM_WALK),
    int(Draw.SCAN_MONSTERS),
    int(Draw.SCAN_ITEMS),
)
WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
SPAWN_EVERY, SPAWN_EVERY_AFTER_THEFT = 36, 5
MOST_WILD, MOST_WILD_WITH_HOUSE = 10, 4
SPAWN_DISTANCE = 6
METEOR_CAVE = 21
DRAWS_SLEEP, AWAKE = False, True
PLAN_ITEM, PLAN_TRAP, PLAN_MONSTER, PLAN_WARP = 0x02, 0x04, 0x08, 0x40
FULL_BELLY = 100
TEAM_OFFSETS = (
    (0, 0), (-1, 0), (1, 0), (0, 1), (0, -1), (-1, -1), (-1, 1), (-2, 0), (0, -2), (0, 2), (1, -1), (1, 1), (2, 0),
    (-1, -2), (-1, 2), (-2, -1), (-2, 1), (-3, 0), (0, -3), (0, 3), (1, -2), (1, 2), (2, -1), (2, 1), (3, 0),
)  # fmt: skip
"""Where the team stands around the leader's spot, in order of preference (src/dungeon_pos_data.c)."""


@kernel
def free_slot(game: Any, first: int, last: int, limit: int, size: int) -> int:
    """First free slot of a range when a body of this size still fits into `limit`, else -1.

    The game looks for consecutive places; `body_slot` and `body_size` of the living tell which are taken.
    """
    for start in range(limit - size + 1):
        taken = False
        for slot in range(first, last):
            monster = game.world.monsters[slot]
            if (
                is_alive(game, slot)
                and monster.body_slot < start + size
                and start < monster.body_slot + monster.body_size
            ):
                taken = True
        if taken:
            continue
        for slot in range(first, last):
            if not is_alive(game, slot):
                game.world.monsters[slot].body_slot, game.world.monsters[slot].body_size = start, size
                return slot
        return -1
    return -1


@kernel
def claim(game: Any, rules: Any, species: int, is_enemy: bool) -> int:
    """Take a slot for a new monster and enter it in the lists; -1 when there is no room."""
    world = game.world
    size = rules.species[species].body_size
    if is_enemy:
        slot = free_slot(game, MAX_TEAM, MAX_MONSTERS, WILD_BODY_LIMIT, size)
    else:
        slot = free_slot(game, 0, MAX_TEAM, TEAM_BODY_LIMIT, size)
    if slot < 0:
        return -1
    entity, monster = world.entities[slot], world.monsters[slot]
    entity.kind, entity.visible = ids.MONSTER, 1
    entity.slot = slot - MAX_TEAM if is_enemy else slot
    entity.info = RECORDS_ADDRESS + slot * RECORD_SIZE
    entity.anim_id, entity.sprite_direction = 7, 0
    entity.spawn_id = world.next_spawn_id
    world.next_spawn_id += 1
    monster.species, monster.apparent_species, monster.is_enemy = species, species, is_enemy
    monster.behavior, monster.shopkeeper = 0, 0
    list_active(game)
    return slot


@kernel
def appear(
    game: Any, rules: Any, slot: int, level: int, x: int, y: int, wanders: bool, look_x: int, look_y: int
) -> None:
    """Fill the record of a new monster, put it on its tile and let it make its first decision.

    The decision comes before HP, tactic, moves and leader mark are set (mechanics 11, creation decision).
    """
    monster, entity = game.world.monsters[slot], game.world.entities[slot]
    clear_statuses(rules, monster)
    monster.attack, monster.sp_attack, monster.defense, monster.sp_defense = 1, 1, 1, 1
    entity.prev_pos.x, entity.prev_pos.y, entity.pos.x, entity.pos.y = -1, -1, -2, -2
    appear_at(game, slot, x, y)
    if monster.is_enemy:
        note_appearance(game, monster.species)
    monster.sprite_id = game.world.next_sprite_id
    game.world.next_sprite_id += 1
    monster.level, monster.moves_randomly, monster.iq = level, wanders, 1
    set_default_skills(monster)
    draw_hidden_power(game, rules, monster)
    monster.max_hp, monster.hp = 1, 1
    monster.belly.whole, monster.belly.thousandths = FULL_BELLY, 0
    monster.max_belly.whole, monster.max_belly.thousandths = FULL_BELLY, 0
    monster.target_tile.x, monster.target_tile.y = look_x, look_y
    forget_plans(monster, x, y)
    speed_stage(game, rules, slot)
    load_skills(game, rules, slot)
    decide_facing(game, rules, slot, False)


@kernel
def set_default_skills(monster: Any) -> None:
    """IQ skills that every monster may enable from the start."""
    for index in range(3):
        monster.iq_skills_menu[index] = 0
    for skill in (ids.ITEM_CATCHER, ids.COURSE_CHECKER, ids.ITEM_MASTER):
        set_skill(monster.iq_skills_menu, skill)


@kernel
def forget_plans(monster: Any, x: int, y: int) -> None:
    """Clear what a former monster in this record was about to do; its facing stays, as in the game."""
    monster.flags = 0
    monster.ai_skip, monster.ai_recalc, monster.tiles_to_move, monster.walk_step = 0, 0, 0, 0
    monster.ai_objective, monster.ai_target, monster.ai_target_spawn_id = 0, 0, 0
    monster.ai_target_pos.x, monster.ai_target_pos.y = x, y
    clear_item(monster.held_item)
    monster.pending_exp, monster.waiting, monster.belly_empty, monster.held_item_noted = 0, 0, 0, 0
    monster.regen_accumulator, monster.pass_wall_timer = 0, 0
    monster.attacking, monster.ability_flags, monster.terrified_turns, monster.use_held_item = 0, 0, 0, 0
    monster.visual_flags, monster.linked_moves_used, monster.warp_scarf_turns = 0, 0, 0
    monster.took_damage, monster.status_icons, monster.wrap_pair_id, monster.decoy_side = 0, 0, 0, 0


@kernel
def spawn_wild(game: Any, rules: Any, species: int, x: int, y: int, wanders: bool, awake: bool) -> int:
    """A wild monster of the floor's table on a tile; its slot, or -1 when it cannot stand there or there is no room.

    One that need not be `awake` draws whether it sleeps (src/dungeon_mon_spawn.c, SpawnWildMon).
    """
    if not can_stand(game, rules, species, x, y):
        return -1
    slot = claim(game, rules, species, True)
    if slot < 0:
        return -1
    world, monster = game.world, game.world.monsters[slot]
    level = max(table_level(game, species), 1)
    monster.is_leader = 0
    if species == KECLEON and game.floor_has_shop and not world.stole:
        monster.shopkeeper = 1
    appear(game, rules, slot, level, x, y, wanders, game.leader_tile.x, game.leader_tile.y)
    take_template(game, rules, monster, species, level)
    monster.hp = monster.max_hp
    monster.moves_randomly = wanders
    if not awake and rules.species[species].asleep_pct > roll(game, 100, SPAWN_SLEEP):
        monster.sleep_status, monster.sleep_turns = ids.SLEEP, ids.FOREVER
    return slot


@kernel
def populate(game: Any, rules: Any) -> None:
    """Wild monsters, traps and items of a new floor on the tiles that the generator marked (mechanics 3.8)."""
    spawn_marked_monsters(game, rules)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            marks = game.plan.spawns[y, x]
            if marks & PLAN_TRAP:
                lay_trap(game, x, y, ids.WARP_TRAP if marks & PLAN_WARP else draw_trap(game))
    spawn_marked_items(game, rules)


@kernel
def spawn_marked_monsters(game: Any, rules: Any) -> None:
    """Scan the whole map from a drawn start; both coordinates step before they are used."""
    lure_mew(game)
    x, y = roll(game, WIDTH, SCAN_MONSTERS), roll(game, HEIGHT, SCAN_MONSTERS)
    for _ in range(HEIGHT):
        y = (y + 1) % HEIGHT
        for _ in range(WIDTH):
            x = (x + 1) % WIDTH
            if game.plan.spawns[y, x] & PLAN_MONSTER:
                species = draw_species(game, FROM_FLOOR)
                if may_appear(game, species, True):
                    spawn_wild(game, rules, species, x, y, False, DRAWS_SLEEP)


@kernel
def spawn_marked_items(game: Any, rules: Any) -> None:
    """The same scan for items; wares of a shop are marked as such."""
    world = game.world
    x, y = roll(game, WIDTH, SCAN_ITEMS), roll(game, HEIGHT, SCAN_ITEMS)
    world.item_limit = 0
    for _ in range(HEIGHT):
        y = (y + 1) % HEIGHT
        for _ in range(WIDTH):
            x = (x + 1) % WIDTH
            tile = world.tiles[y, x]
            if tile.terrain & ids.STAIRS or not game.plan.spawns[y, x] & PLAN_ITEM:
                continue
            item_id = draw_item(game, rules, table_for(tile))
            make_item(game, rules, game.new_item, item_id)
            if tile.terrain & ids.SHOP and is_sold(rules, item_id):
                game.new_item.flags |= ids.ITEM_IN_SHOP
            lay_item(game, rules, x, y, game.new_item)


@kernel
def spawn_in_time(game: Any, rules: Any) -> None:
    """Once a normal turn: count, and let a new monster appear at its time (src/dungeon_wild_mon_spawn.c)."""
    world = game.world
    if world.enemy_density == 0 or (world.dungeon_id == METEOR_CAVE and world.deoxys_seen):
        return
    world.spawn_counter += 1
    if world.spawn_counter < (SPAWN_EVERY_AFTER_THEFT if world.stole else SPAWN_EVERY):
        return
    world.spawn_counter, world.illuminate_monster = 0, 0
    if not world.stole and count_wild(game) >= (
        MOST_WILD if world.monster_house_room == CORRIDOR else MOST_WILD_WITH_HOUSE
    ):
        return
    species = KECLEON if world.stole else draw_species(game, FROM_FLOOR)
    if may_appear(game, species, False) and draw_spawn_tile(game):
        wanders = roll(game, 100, SPAWN_RANDOM_WALK) < rules.dungeons[world.dungeon_id].random_movement_pct
        spawn_wild(game, rules, species, game.options_x[0], game.options_y[0], wanders, DRAWS_SLEEP)


@kernel
def count_wild(game: Any) -> int:
    """Wild monsters on the floor, those on unbreakable ground not counted."""
    count = 0
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if is_alive(game, slot):
            here = game.world.entities[slot].pos
            count += game.world.tiles[here.y, here.x].terrain & ids.UNBREAKABLE == 0
    return count


@kernel
def draw_spawn_tile(game: Any) -> bool:
    """Draw a free tile, far from the leader if there is one; it goes to `options_*[0]`. False when none is free."""
    leader = game.world.entities[leader_of(game)].pos
    for attempt in range(3):
        start_x, start_y = roll(game, WIDTH, SPAWN_TILE), roll(game, HEIGHT, SPAWN_TILE)
        count = 0
        for column in range(WIDTH):
            x = (start_x + column) % WIDTH
            for row in range(HEIGHT):
                y = (start_y + row) % HEIGHT
                if suits(game, x, y, leader, attempt):
                    game.options_x[count], game.options_y[count] = x, y
                    count += 1
        if count != 0:
            chosen = roll(game, count, SPAWN_TILE)
            game.options_x[0], game.options_y[0] = game.options_x[chosen], game.options_y[chosen]
            return True
    return False


@kernel
def suits(game: Any, x: int, y: int, leader: Any, attempt: int) -> bool:
    """True when a monster may appear on a tile: first far off in a room, then in any room, then anywhere."""
    tile = game.world.tiles[y, x]
    if tile.terrain & ids.GROUND_MASK != ids.NORMAL or tile.object != 0 or tile.monster != 0:
        return False
    if attempt < 2 and tile.room == CORRIDOR:
        return False
    return attempt > 0 or abs(leader.x - x) >= SPAWN_DISTANCE or abs(leader.y - y) >= SPAWN_DISTANCE
