#include "bag.h"
#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "command.h"
#include "floor.h"
#include "frame.h"
#include "menus.h"
#include "pad.h"

static int idle, dash_direction;

static struct Order ordered(enum Kind kind, int argument) { return (struct Order){kind, argument}; }

static int is_friend(int slot) { return slot != NOBODY && !monster(slot)->is_enemy; }

static struct Order attack_or_talk(void) {
    int other = in_the_way(LEADER, monster(LEADER)->direction);
    if (!is_friend(other)) return ordered(ATTACK, 0);
    begin_line();
    add(name_of(species_names, monster(other)->species));
    add(" is right behind you.");
    say();
    return NOTHING_ORDERED;
}

static struct Order pass(void) {
    const struct Monster *leader = monster(LEADER);
    int empty = !leader->belly.whole && !leader->belly.thousandths;
    return empty ? NOTHING_ORDERED : ordered(PASS, 0);
}

static struct Order use_set_move(void) {
    for (int slot = 0; slot < MOVE_SLOTS; slot++) {
        const struct Move *move = &monster(LEADER)->moves[slot];
        if (move->flags & MOVE_IS_SET && move->pp) return ordered(USE_MOVE, slot);
    }
    return NOTHING_ORDERED;
}

static struct Order throw_set_item(void) {
    for (int slot = 0; slot < item_count(); slot++)
        if (ram_inventory_data.bag[slot].flags & ITEM_IS_SET) return ordered(THROW_ITEM, slot);
    return NOTHING_ORDERED;
}

/* Turning in place */

static void set_turning(int on) {
    ram_rotate_mode_flag = world.rotate_mode = on;
    world.rotate_direction = monster(LEADER)->direction;
    if (!on) forget_taps();
}

static void turn_in_place(int direction) {
    turn_to(LEADER, direction);
    world.rotate_direction = direction;
}

/* Walking */

static int can_step(int direction) {
    struct Pos here = body(LEADER)->pos;
    int other = in_the_way(LEADER, direction);
    return may_walk(here.x, here.y, direction) && (other == NOBODY || is_friend(other));
}

/* A dash goes on until there is something to look at: a thing, an exit, the stairs, an enemy nearby. */
static int something_here(void) {
    struct Pos here = body(LEADER)->pos;
    const struct Tile *tile = tile_at(here.x, here.y);
    if (tile->object || tile->terrain & (IS_EXIT | IS_STAIRS)) return 1;
    for (int slot = MAX_TEAM; slot < MAX_ACTIVE; slot++) {
        int x = body(slot)->pos.x - here.x, y = body(slot)->pos.y - here.y;
        if (alive(slot) && x * x <= 9 && y * y <= 9) return 1;
    }
    return 0;
}

static struct Order dash_on(void) {
    int held = ram_keys.held & KEY_B && direction_of(ram_keys.held) == dash_direction;
    if (held && can_step(dash_direction) && !something_here()) return ordered(STEP, dash_direction);
    world.dashing = 0;
    world.dash_stopped = 1; /* until the pad is released only fresh presses count */
    forget_taps();
    return NOTHING_ORDERED;
}

static int wanted_direction(void) {
    const struct Inputs *keys = &ram_keys;
    int direction = direction_of(keys->held), fresh = world.rotate_mode || world.dash_stopped;
    if (fresh && !(keys->pressed & KEY_CROSS)) return NOWHERE;
    return keys->held & KEY_R && !(direction & 1) ? NOWHERE : direction;
}

static struct Order walk(void) {
    int direction = wanted_direction();
    if (direction == NOWHERE) return NOTHING_ORDERED;
    turn_in_place(direction);
    if (world.rotate_mode || !can_step(direction)) return NOTHING_ORDERED;
    world.dashing = !!(ram_keys.held & KEY_B);
    dash_direction = direction;
    return ordered(STEP, direction);
}

/* All keys, in the original's order of precedence */

static struct Order read_buttons(void) {
    const struct Inputs *keys = &ram_keys;
    if (keys->held & KEY_A && keys->held & KEY_B) return pass();
    if (keys->pressed & KEY_A && keys->held & KEY_L) return use_set_move();
    if (keys->pressed & KEY_A) return attack_or_talk();
    if (keys->held & KEY_L && keys->pressed & KEY_R) return throw_set_item();
    if (keys->short_press & KEY_B) return main_menu(VIEW_MAIN_MENU);
    return NOTHING_ORDERED;
}

static void read_mode_keys(void) {
    const struct Inputs *keys = &ram_keys;
    if (keys->pressed & KEY_B && world.rotate_mode) set_turning(0);
    else if (keys->pressed & KEY_B && keys->held & KEY_L) show_log();
    else if (keys->pressed & KEY_START || keys->short_press & KEY_R) set_turning(1);
    else if (keys->pressed & KEY_SELECT) show_map();
}

static struct Order read_keys(void) {
    if (world.dashing) return dash_on();
    if (!(ram_keys.held & KEY_CROSS)) world.dash_stopped = 0;
    ram_diagonal_mode = !!(ram_keys.held & KEY_R);
    struct Order order = read_buttons();
    if (order.kind != NO_ORDER) return order;
    read_mode_keys();
    return walk();
}

static struct Order idle_menu(void) {
    int touched = ram_keys.held || ram_keys.short_press;
    if (touched || ++idle < IDLE_FRAMES_TO_MENU) {
        if (touched) idle = 0;
        return NOTHING_ORDERED;
    }
    idle = 0;
    return main_menu(VIEW_IDLE_MENU);
}

static struct Order wait_for_order(void) {
    struct Order order = NOTHING_ORDERED;
    if (world.stairs_menu_pending) {
        world.stairs_menu_pending = 0;
        order = stairs_prompt();
    }
    while (order.kind == NO_ORDER) {
        frame();
        if (world.input_wait_frames < 100) world.input_wait_frames++;
        order = read_keys();
        if (order.kind == NO_ORDER) order = idle_menu();
    }
    return order;
}

struct Order leader_command(void) {
    world.input_wait = 1;
    world.input_wait_frames = 0;
    monster(LEADER)->action = ACTION_PASS_TURN; /* the original decides first whether it can act at all */
    world.acting_entity = body(LEADER);
    ram_leader_entity = body(LEADER);
    monster(LEADER)->action = ACTION_NOTHING;
    idle = 0;
    struct Order order = wait_for_order();
    if (world.rotate_mode) set_turning(0);
    world.input_wait = 0;
    world.passed_turn = order.kind == PASS;
    return order;
}
