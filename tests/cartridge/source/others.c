#include "bodies.h"
#include "codes.h"
#include "fight.h"
#include "floor.h"
#include "frame.h"
#include "others.h"
#include "run.h"

enum { NOTICES_AT = 5, MOST_WILD = 6, SPAWN_TRIES = 30, FAR = 1000 };

static u8 stays[MAX_ACTIVE]; /* did not move in this turn */

static int larger(int a, int b) { return a > b ? a : b; }
static int size(int number) { return number < 0 ? -number : number; }

static int distance(struct Pos from, struct Pos to) { return larger(size(to.x - from.x), size(to.y - from.y)); }

static int same_room(struct Pos here, struct Pos there) {
    int room = tile_at(here.x, here.y)->room;
    return room != CORRIDOR_ROOM && room == tile_at(there.x, there.y)->room;
}

static int notices(int slot, int other) {
    struct Pos here = body(slot)->pos, there = body(other)->pos;
    return distance(here, there) <= NOTICES_AT || same_room(here, there);
}

/* The nearest of the other side that it notices, or NOBODY. */
static int foe_of(int slot) {
    int nearest = NOBODY, least = FAR;
    for (int other = 0; other < MAX_ACTIVE; other++) {
        if (!alive(other) || monster(other)->is_enemy == monster(slot)->is_enemy || !notices(slot, other)) continue;
        int steps = distance(body(slot)->pos, body(other)->pos);
        if (steps < least) least = steps, nearest = other;
    }
    return nearest;
}

static int free_ahead(int slot, int direction) {
    struct Pos here = body(slot)->pos;
    return may_walk(here.x, here.y, direction) && in_the_way(slot, direction) == NOBODY;
}

static void step_ahead(int slot, int direction) {
    struct Pos here = body(slot)->pos;
    turn_to(slot, direction);
    monster(slot)->action = ACTION_WALK;
    move_to(slot, here.x + step_x[direction], here.y + step_y[direction]);
    stays[slot] = 0;
}

static void step_towards(int slot, int direction) {
    static const s8 turns[] = {0, 1, -1, 2, -2};
    if (direction == NOWHERE) return;
    for (unsigned i = 0; i < sizeof turns; i++) {
        int tried = (direction + turns[i]) & 7;
        if (free_ahead(slot, tried)) return step_ahead(slot, tried);
    }
}

static void one_steps(int slot) {
    int foe = foe_of(slot);
    stays[slot] = 1;
    if (foe != NOBODY && can_hit(slot, foe)) return;
    if (slot >= MAX_TEAM) step_towards(slot, foe == NOBODY ? random_below(8) : direction_towards(slot, foe));
    else if (distance(body(slot)->pos, body(LEADER)->pos) > 1) step_towards(slot, direction_towards(slot, LEADER));
}

void others_step(void) {
    for (int slot = LEADER + 1; slot < MAX_ACTIVE; slot++)
        if (alive(slot)) one_steps(slot);
}

static void one_attacks(int slot) {
    int foe = foe_of(slot);
    if (foe == NOBODY || !can_hit(slot, foe)) return;
    turn_to(slot, direction_towards(slot, foe));
    monster(slot)->action = ACTION_USE_MOVE_AI;
    attack(slot, 0);
}

void others_attack(void) {
    for (int slot = LEADER + 1; slot < MAX_ACTIVE && !run_is_over(); slot++)
        if (alive(slot) && stays[slot]) one_attacks(slot);
}

static int free_wild_slot(void) {
    int count = 0, found = NOBODY;
    for (int slot = MAX_TEAM; slot < MAX_ACTIVE; slot++) {
        count += alive(slot);
        if (!alive(slot) && found == NOBODY) found = slot;
    }
    return count < MOST_WILD ? found : NOBODY;
}

static void spawn(int slot) {
    const struct BakedFloor *floor = this_floor();
    for (int tries = SPAWN_TRIES; tries; tries--) {
        s16 x = 1 + random_below(MAP_WIDTH - 2), y = 1 + random_below(MAP_HEIGHT - 2);
        struct Pos here = {x, y};
        const struct Monster *record = &floor->wild[random_below(floor->wild_count)].record;
        if (tile_at(x, y)->room == CORRIDOR_ROOM || same_room(here, body(LEADER)->pos)) continue;
        if (appear(slot, x, y, world.next_spawn_id, record)) {
            world.next_spawn_id++;
            return;
        }
    }
}

void spawn_in_time(void) {
    if (!world.enemy_density || ++world.spawn_counter < WILD_SPAWN_INTERVAL_TURNS) return;
    world.spawn_counter = 0;
    int slot = free_wild_slot();
    if (slot != NOBODY) spawn(slot);
}
