#include "bag.h"
#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "command.h"
#include "fight.h"
#include "floor.h"
#include "frame.h"
#include "others.h"
#include "run.h"
#include "turn.h"

enum { MOVE_POWER = 3, THROW_POWER = 6, THROW_RANGE = 10, MEAL = 50, BERRY_HEALS = 100, SEED_HEALS = 20, TRAP_HURTS = 3 };
enum { FLIGHT_FRAMES = 12, DASH_FRAMES = 1, REGENERATION = 200, HUNGER_STEP = 100, WHOLE = 1000 };
enum { IN_A_LINE, IN_AN_ARC, BERRIES, FOOD, MONEY = 6 };

static void tell_about_item(const char *before, int id, const char *after) {
    begin_line();
    add(before);
    add(name_of(item_names, id));
    add(after);
    tell();
}

static void pick_up(void) {
    static const u16 amounts[] = MONEY_BY_QUANTITY;
    struct Pos here = body(LEADER)->pos;
    struct Item item;
    if (item_count() == BAG_SLOTS || !take_item(here.x, here.y, &item)) return;
    if (category_of(item.id) == MONEY) ram_inventory_data.money += amounts[item.quantity];
    else add_to_bag(item);
    tell_about_item("Picked up ", item.id, ".");
}

static void step(int direction) {
    struct Pos here = body(LEADER)->pos;
    int other = in_the_way(LEADER, direction);
    turn_to(LEADER, direction);
    if (other != NOBODY) swap_places(LEADER, other);
    else move_to(LEADER, here.x + step_x[direction], here.y + step_y[direction]);
}

static void set_off_trap(struct Entity *trap) {
    trap->visible = 1;
    begin_line();
    add("A trap! It hurts.");
    tell();
    frames(FLIGHT_FRAMES);
    hurt(LEADER, TRAP_HURTS, EXIT_FAINTED_DUE_TO_TRAP);
}

/* After the walk: what lies on the tile. */
static void arrive(void) {
    struct Pos here = body(LEADER)->pos;
    struct Entity *object = tile_at(here.x, here.y)->object;
    if (object && object->kind == KIND_TRAP) set_off_trap(object);
    else pick_up();
    world.stairs_menu_pending = !!(tile_at(here.x, here.y)->terrain & IS_STAIRS);
}

static void use_move(int slot) {
    struct Move *move = &monster(LEADER)->moves[slot];
    move->pp--;
    begin_line();
    add(name_of(move_names, move->id));
    add("!");
    tell();
    attack(LEADER, MOVE_POWER);
}

static void eat(int id, int category) {
    struct Monster *leader = monster(LEADER);
    if (category == FOOD) {
        leader->belly.whole = leader->belly.whole + MEAL;
        if (leader->belly.whole >= leader->max_belly.whole) leader->belly = leader->max_belly;
    } else heal(LEADER, id == ITEM_ORAN_BERRY ? BERRY_HEALS : SEED_HEALS);
    tell_about_item("Ate ", id, ".");
}

static void use_item(int slot) {
    struct Item item = take_one(slot);
    int category = category_of(item.id);
    if (category == BERRIES || category == FOOD) eat(item.id, category);
    else tell_about_item("", item.id, " glows.");
    frames(FLIGHT_FRAMES);
    if (item.id == ITEM_ESCAPE_ORB) end_run(EXIT_ESCAPED_MIDDLE_OF_EXPLORATION, RESULT_LEFT);
}

/* Where a thrown thing comes down: the last tile before a wall, or whoever is in the way. */
static struct Pos fly(struct Pos at, int direction, int *struck) {
    *struck = NOBODY;
    for (int i = 0; i < THROW_RANGE && *struck == NOBODY; i++) {
        struct Pos next = {at.x + step_x[direction], at.y + step_y[direction]};
        if (!(tile_at(next.x, next.y)->terrain & GROUND_MASK)) break;
        at = next;
        *struck = slot_at(at.x, at.y);
    }
    return at;
}

static void throw_item(int slot) {
    struct Item item = take_one(slot);
    int struck;
    struct Pos end = fly(body(LEADER)->pos, monster(LEADER)->direction, &struck);
    tell_about_item("Threw ", item.id, ".");
    frames(FLIGHT_FRAMES);
    item.flags &= ~ITEM_IS_SET;
    if (struck != NOBODY && monster(struck)->is_enemy) hurt(struck, THROW_POWER, EXIT_FELLED_BY_THROWN_ITEM);
    else put_item(end.x, end.y, item);
}

static void place_item(int slot) {
    struct Pos here = body(LEADER)->pos;
    struct Item item = ram_inventory_data.bag[slot];
    item.quantity = 0;
    if (!put_item(here.x, here.y, item)) return;
    while (ram_inventory_data.bag[slot].quantity > 1) take_one(slot); /* the whole stack */
    take_one(slot);
}

static void carry_out(struct Order order) {
    monster(LEADER)->action = order.kind == STEP ? ACTION_WALK : ACTION_USE_MOVE_PLAYER;
    switch (order.kind) {
    case STEP: step(order.argument); break;
    case ATTACK: attack(LEADER, 0); break;
    case USE_MOVE: use_move(order.argument); break;
    case USE_ITEM: use_item(order.argument); break;
    case THROW_ITEM: throw_item(order.argument); break;
    case PLACE_ITEM: place_item(order.argument); break;
    case PICK_UP: pick_up(); break;
    case TAKE_STAIRS: world.floor_result = 1; break;
    default: monster(LEADER)->action = ACTION_PASS_TURN;
    }
}

static void get_hungry(void) {
    struct FixedPoint *belly = &monster(LEADER)->belly;
    int left = belly->whole * WHOLE + belly->thousandths - HUNGER_STEP;
    if (left < 0) left = 0;
    belly->whole = left / WHOLE, belly->thousandths = left % WHOLE;
    if (!left) hurt(LEADER, 1, EXIT_FAINTED_FROM_HUNGER);
}

static void regenerate(int slot) {
    struct Monster *one = monster(slot);
    one->regen_accumulator += one->max_hp;
    if (one->regen_accumulator < REGENERATION) return;
    one->regen_accumulator -= REGENERATION;
    if (one->hp < one->max_hp) heal(slot, 1);
}

static void pass_time(void) {
    get_hungry();
    for (int slot = 0; slot < MAX_TEAM; slot++)
        if (alive(slot)) regenerate(slot);
    spawn_in_time();
    if (--world.turns_left <= 0 && !run_is_over()) end_run(EXIT_BLOWN_OUT_UNSEEN_FORCE, RESULT_LOST);
}

void play_turn(void) {
    struct Order order = leader_command();
    carry_out(order);
    if (world.floor_result || run_is_over()) return;
    others_step();
    show_walk(world.dashing ? DASH_FRAMES : WALK_FRAMES_SLOW);
    if (order.kind == STEP) arrive();
    if (!run_is_over()) others_attack();
    if (!run_is_over()) pass_time();
}
