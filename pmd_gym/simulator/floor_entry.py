"""Entering a floor: tables, map, team, monsters, traps, items, facings, weather - every draw in the game's order.

Source: src/run_dungeon.c (the loop of RunDungeon) and mechanics section 1. The records of monsters are not cleared
between floors, as on the console: what creation does not write stays as it was.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_movement import decide_facing
from pmd_gym.simulator.boss_scene import announce_battle, open_battle
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.monster_house import wake_house
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    active_slot,
    address_of,
    leader_of,
)
from pmd_gym.simulator.movement import aim_camera, can_stand
from pmd_gym.simulator.residents import place_residents, settle_in
from pmd_gym.simulator.rng import next_floor_seed, rand_int, seed_dungeon
from pmd_gym.simulator.sight import explore
from pmd_gym.simulator.spawning import AWAKE, TEAM_OFFSETS, populate, spawn_wild
from pmd_gym.simulator.team import join, save_team
from pmd_gym.simulator.weather import clear_weather, start_weather, tick_weather
from pmd_gym.simulator.wild_table import DEOXYS, KECLEON, WEIGHT_TOTAL, make_templates
from pmd_gym.simulator.world_map import build_floor

FIRST_SPAWN_ID, FIRST_SPRITE_ID, FIRST_WRAP_ID = 10, 0x400, 10
BRIGHT = 31
CHALLENGE_LEVELS = 3
WATER, LAVA = 1, 2
LAVA_WALKER, WATER_WALKER = 4, 5
FIRST_DUNGEON = 0


@kernel
def enter_floor(game: Any, rules: Any, is_next: bool, first_only: bool) -> None:
    """Build and populate the floor named in the world record; the leader's first turn has not begun yet.

    `is_next` draws the floor seed from the run's generator and carries the team over; otherwise `floor_seed` holds it.
    `first_only` cuts the table of monsters to its first entry, as the recorded runs were made; on the console it is
    False.
    """
    world = game.world
    if is_next:
        save_team(game)
        world.floor_seed = next_floor_seed(game)
    reset_floor(game, rules)
    seed_dungeon(game, world.floor_seed)
    world.deoxys_form = DEOXYS[rand_int(game, len(DEOXYS))]
    take_tables(game, rules)
    if first_only:
        cut_table(world)
    announce_battle(game)
    make_templates(game, rules)
    place_residents(game, rules)
    build_floor(game, rules.dungeons[world.dungeon_id].floors[world.floor - 1], rules, False)
    settle_in(game, rules)
    world.turns_left = rules.dungeons[world.dungeon_id].turn_limit
    place_team(game, rules)
    place_keeper(game, rules)
    populate(game, rules)
    open_shop(game)
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0:
            decide_facing(game, rules, slot, True)
    open_battle(game, rules)
    show_floor(game)
    if floor_over(game):
        return
    start_weather(game, rules)
    wake_house(game, rules, leader_of(game))
    tick_weather(game, rules)


@kernel
def cut_table(world: Any) -> None:
    """Leave only the first entry of the floor's table of monsters, with all the weight."""
    world.floor_spawn_count = 1
    world.floor_spawns[0].weight_floor, world.floor_spawns[0].weight_house = WEIGHT_TOTAL, WEIGHT_TOTAL
    world.table_spawns[0] = world.floor_spawns[0]
    for index in range(1, len(world.table_spawns)):
        world.table_spawns[index].packed = 0


@kernel
def reset_floor(game: Any, rules: Any) -> None:
    """What the game resets for every floor; entity slots become free, monster records stay."""
    world = game.world
    world.floor_ready, world.floor_result, world.exit_requested, world.turn_result = 0, 0, 0, 0
    world.forced_loss, world.exit_kind, world.pending_menu, world.stairs_menu_pending = 0, 0, -1, 0
    world.next_spawn_id, world.next_sprite_id = FIRST_SPAWN_ID, FIRST_SPRITE_ID
    world.fractional_turn, world.spawn_counter, world.wind_phase = 0, 0, 0
    world.illuminate_monster, world.illuminate_sprite = 0, 0
    world.hunger_alert, world.stole, world.dashing, world.dash_stopped = 0, 0, 0, 0
    world.monster_house_triggered, world.items_identified, world.decoy_active = 0, 0, 0
    world.deoxys_seen, world.deoxys_beaten, world.mew_seen = 0, 0, 0
    world.next_wrap_id, world.snatch_monster, world.snatch_sprite = FIRST_WRAP_ID, 0, 0
    world.shop_stock_value, world.shop_sell_offer, world.leader_in_shop = 0, 0, 0
    game.leader_entity = 0
    for index in range(len(world.all_entities)):
        world.all_entities[index].kind = 0
    for index in range(MAX_MONSTERS):
        world.active[index] = 0
        if index < MAX_TEAM:
            world.team[index] = address_of(index)
        else:
            world.wild[index - MAX_TEAM] = address_of(index)
    for index in range(layout.MAX_ITEMS):
        world.items[index] = address_of(MAX_MONSTERS + index)
        world.traps[index] = address_of(MAX_MONSTERS + layout.MAX_ITEMS + index)
    clear_weather(world, ids.CLEAR)
    game.first_tick, game.spoken = 1, 0


@kernel
def take_tables(game: Any, rules: Any) -> None:
    """Copy the floor's properties and spawn tables into the world record."""
    world = game.world
    dungeon = rules.dungeons[world.dungeon_id]
    floor = dungeon.floors[world.floor - 1]
    world.floor_limit = dungeon.floor_limit
    world.spawn_table_location.id, world.spawn_table_location.floor = world.dungeon_id, world.floor
    world.floor_layout, world.room_density, world.floor_tileset = floor.layout, floor.room_density, floor.tileset
    world.floor_weather, world.floor_enemy_density = floor.weather, floor.enemy_density
    world.kecleon_chance, world.monster_house_chance = floor.kecleon_chance, floor.monster_house_chance
    world.sticky_chance, world.item_density, world.trap_density = (
        floor.sticky_chance,
        floor.item_density,
        floor.trap_density,
    )
    world.floor_number_table, world.buried_density = floor.floor_number, floor.buried_density
    world.floor_visibility, world.money_cap = floor.visibility, floor.money_cap
    world.enemy_density, world.tileset, world.fixed_room = floor.enemy_density, floor.tileset, floor.fixed_room
    world.music_id, world.music_current, game.music_song = floor.music, floor.music, floor.music
    world.visibility_range = floor.visibility & 3
    world.lit_floor = world.visibility_range == 0
    world.map_revealed, world.blinded, world.show_all_monsters, world.show_all_items = 0, 0, 0, 0
    secondary = rules.secondary_terrain[floor.tileset]
    for walker in range(4):
        game.secondary_is_lava_or_water[walker] = walker
    game.secondary_is_lava_or_water[LAVA_WALKER] = ids.LIQUID if secondary == LAVA else ids.REGULAR
    game.secondary_is_lava_or_water[WATER_WALKER] = ids.REGULAR if secondary == LAVA else ids.LIQUID
    copy_spawns(world, rules, floor)


@kernel
def copy_spawns(world: Any, rules: Any, floor: Any) -> None:
    """The tables of monsters, traps and the four of items."""
    table = rules.monster_tables[floor.pokemon_table]
    world.floor_spawn_count = table.count
    for index in range(len(world.floor_spawns)):
        world.floor_spawns[index] = table.entries[index]
        world.table_spawns[index] = table.entries[index]
    for trap in range(len(world.trap_spawns)):
        world.trap_spawns[trap] = rules.trap_tables[floor.trap_table, trap]
    copy_item_table(world.item_spawns[0], rules.item_tables[floor.item_table])
    copy_item_table(world.item_spawns[1], rules.item_tables[floor.kecleon_item_table])
    copy_item_table(world.item_spawns[2], rules.item_tables[floor.monster_house_item_table])
    copy_item_table(world.item_spawns[3], rules.item_tables[floor.buried_item_table])


@kernel
def copy_item_table(to: Any, table: Any) -> None:
    for category in range(len(to.category_weights)):
        to.category_weights[category] = table.category_weights[category]
    for item in range(len(to.item_weights)):
        to.item_weights[item] = table.item_weights[item]


@kernel
def place_team(game: Any, rules: Any) -> None:
    """Put the members of the roster around the leader's spot, in the same room if they fit (mechanics 3.8)."""
    world = game.world
    spot_x, spot_y = world.player_spawn.x, world.player_spawn.y
    room = world.tiles[spot_y, spot_x].room
    for index in range(MAX_TEAM):
        if game.roster_data.team[index].flags & 1 == 0:
            continue
        placed = False
        for anywhere in (False, True):
            for offset in TEAM_OFFSETS:
                x, y = spot_x + offset[0], spot_y + offset[1]
                if placed or not can_stand(game, rules, game.roster_data.team[index].species, x, y):
                    continue
                if anywhere or world.tiles[y, x].room == room:
                    join(game, rules, index, x, y)
                    placed = True
    leader = leader_of(game)
    here = world.entities[leader].pos
    game.leader_tile.x, game.leader_tile.y = here.x, here.y
    game.leader_entity = address_of(leader)
    world.camera_target = address_of(leader)
    aim_camera(game, here.x, here.y)


@kernel
def place_keeper(game: Any, rules: Any) -> None:
    """The shopkeeper on its tile, awake and peaceful."""
    if game.plan.keeper_x >= 0:
        spawn_wild(game, rules, KECLEON, game.plan.keeper_x, game.plan.keeper_y, False, AWAKE)


@kernel
def open_shop(game: Any) -> None:
    """The wares that lie in the shop when the floor begins are what the team can come to owe."""
    game.world.shop_opening_value = game.world.shop_stock_value
    game.world.shop_sell_offer = 0


@kernel
def show_floor(game: Any) -> None:
    """The moment the floor is on screen: signals as the RAM guide describes them, and the leader's first look."""
    world = game.world
    here = world.entities[leader_of(game)].pos
    explore(game, here.x, here.y)
    world.floor_ready = 1
    game.floor_shown, game.fading, game.brightness = 1, 0, BRIGHT
    game.ui_mode = 0
    game.minimap_shown = 1
    world.hud_floor, world.hud_level = world.floor, world.monsters[leader_of(game)].level
    world.input_wait = 0
