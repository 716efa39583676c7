#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "floor.h"
#include "frame.h"
#include "run.h"
#include "turn.h"

enum { FULL_BRIGHTNESS = 31, TITLE_FRAMES = 40, FIRST_SPAWN_ID = 10 };

static struct Monster team[MAX_TEAM]; /* between floors: the records of the floor are built anew */

const struct BakedFloor *this_floor(void) { return &floors[world.floor - 1]; }
int run_is_over(void) { return world.exit_requested; }

void end_run(int reason, int result) {
    world.exit_requested = 1;
    world.exit_reason = reason;
    world.exit_location = (struct DungeonLocation){.id = world.dungeon_id, .floor = world.floor};
    world.exit_exp = monster(LEADER)->exp;
    world.exit_level = monster(LEADER)->level;
    ram_dungeon_result = result;
}

static void fade(int from, int to) {
    ram_fading = 1;
    for (ram_brightness = from; ram_brightness != to; ram_brightness += to > from ? 1 : -1) frame();
    ram_fading = 0;
}

static void set_numbers(const struct BakedFloor *floor) {
    world.floor_seed = floor->floor_seed, world.dungeon_seed = floor->dungeon_seed;
    ram_rng_dungeon = floor->rng, ram_rng_floor = floor->floor_seed;
    world.turns_left = floor->turns_left;
    world.tileset = world.floor_tileset = floor->tileset;
    world.enemy_density = world.floor_enemy_density = floor->enemy_density;
    world.floor_layout = floor->floor_layout, world.floor_limit = floor->floor_limit;
    world.visibility_range = world.floor_visibility = floor->visibility_range;
    world.lit_floor = floor->lit_floor;
    world.generation_attempts = floor->generation_attempts;
    world.floor_result = world.stairs_menu_pending = world.floor_ready = 0;
    world.dashing = world.dash_stopped = world.spawn_counter = world.wind_phase = 0;
    world.next_spawn_id = FIRST_SPAWN_ID;
    world.pending_menu = -1;
}

/* The first of the team comes in as it left the floor before, whoever fainted is missing. */
static void place_team(const struct BakedFloor *floor) {
    for (int slot = 0; slot < floor->team_count; slot++) {
        const struct BakedPlace *place = &floor->team[slot];
        world.next_spawn_id++;
        if (!team[slot].species) continue;
        appear(slot, place->x, place->y, place->spawn_id, &team[slot]);
        turn_to(slot, place->direction);
    }
    world.next_spawn_id = FIRST_SPAWN_ID + floor->team_count;
}

static void keep_team(void) {
    for (int slot = 0; slot < MAX_TEAM; slot++) {
        if (alive(slot)) team[slot] = *monster(slot);
        else team[slot].species = 0;
    }
}

static void populate(const struct BakedFloor *floor) {
    clear_bodies();
    place_team(floor);
    for (int i = 0; i < floor->wild_count; i++, world.next_spawn_id++) {
        const struct BakedMonster *wild = &floor->wild[i];
        appear(MAX_TEAM + i, wild->x, wild->y, wild->spawn_id, &wild->record);
    }
    for (int i = 0; i < floor->items_count; i++) put_item(floor->items[i].x, floor->items[i].y, floor->items[i].record);
    for (int i = 0; i < floor->traps_count; i++) put_trap(&floor->traps[i]);
    ram_leader_entity = body(LEADER);
    ram_leader_tile = ram_minimap_player = body(LEADER)->pos;
    explore(ram_leader_tile.x, ram_leader_tile.y);
    world.hud_floor = world.floor, world.hud_level = monster(LEADER)->level;
    world.hud_hp = monster(LEADER)->hp, world.hud_max_hp = monster(LEADER)->max_hp;
    aim_camera();
}

static void begin_floor(void) {
    const struct BakedFloor *floor = this_floor();
    ram_floor_shown = 0;
    ram_ui_mode = VIEW_FLOOR_TITLE;
    set_numbers(floor);
    lay_out_map(floor);
    populate(floor);
    frames(TITLE_FRAMES);
    ram_ui_mode = VIEW_PLAY;
    ram_floor_shown = 1;
    fade(0, FULL_BRIGHTNESS);
    world.floor_ready = 1;
}

static void end_floor(void) {
    ram_ui_mode = VIEW_BLANK;
    world.popup_hide_frames = 0;
    fade(FULL_BRIGHTNESS, 0);
    ram_floor_shown = 0;
    world.floor_ready = 0;
    keep_team();
}

static void pack(void) {
    for (int slot = 0; slot < BAG_SLOTS; slot++)
        ram_inventory_data.bag[slot] = slot < BAG_AT_START ? bag_at_start[slot] : (struct Item){0};
    ram_inventory_data.money = money_at_start;
    for (int slot = 0; slot < floors[0].team_count; slot++) team[slot] = team_at_start[slot];
}

static void greet(void) {
    begin_line();
    add("Find the stairs on each of five floors.");
    say();
}

static void enter_dungeon(void) {
    memset(&world, 0, sizeof world);
    ram_dungeon = &world;
    ram_program_mode = MODE_DUNGEON;
    world.dungeon_id = floors[0].dungeon_id;
    world.floor = 1;
    world.has_inventory = 1;
    pack();
}

/* The object stays in memory when the pointer goes: whoever wants to know how the run ended reads it there. */
static void leave_dungeon(void) {
    ram_dungeon = 0;
    ram_leader_entity = 0;
    ram_program_mode = MODE_GROUND;
}

void play_run(void) {
    enter_dungeon();
    while (!run_is_over()) {
        begin_floor();
        if (world.floor == 1) greet();
        while (!world.floor_result && !run_is_over()) play_turn();
        if (world.floor_result && world.floor + 1 >= world.floor_limit) end_run(EXIT_CLEARED_DUNGEON, RESULT_CLEARED);
        end_floor();
        if (!run_is_over()) world.floor++;
    }
    leave_dungeon();
}
