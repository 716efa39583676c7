#include "codes.h"
#include "bodies.h"
#include "floor.h"
#include "frame.h"

enum { FIRST_SPAWN_ID = 10, FIRST_SPRITE = 0x400 - FIRST_SPAWN_ID, IDLE_ANIMATION = 7, SHARES = 24 };
enum { ANCHOR_X = 12, ANCHOR_Y = 16, ITEM_CORNER = 4, SCREEN_X = 120, SCREEN_Y = 96, UNIT = 256 };

struct Monster *monster(int slot) { return &world.team_info[0] + slot; } /* team and wild lie one after the other */
struct Entity *body(int slot) { return &world.team_entities[0] + slot; }
int alive(int slot) { return body(slot)->kind == KIND_MONSTER; }
int slot_of(const struct Entity *entity) { return entity ? entity - body(0) : NOBODY; }
int slot_at(s16 x, s16 y) { return slot_of(tile_at(x, y)->monster); }

int in_the_way(int slot, int direction) {
    struct Pos *pos = &body(slot)->pos;
    return slot_at(pos->x + step_x[direction], pos->y + step_y[direction]);
}

void clear_bodies(void) {
    for (int slot = 0; slot < MAX_ACTIVE; slot++) body(slot)->kind = KIND_NONE, world.active[slot] = 0;
    for (int slot = 0; slot < MAX_TEAM; slot++) world.team[slot] = body(slot);
    for (int slot = 0; slot < MAX_WILD; slot++) world.wild[slot] = body(MAX_TEAM + slot);
    for (int i = 0; i < MAX_ITEMS_ON_FLOOR; i++) {
        world.item_entities[i].kind = world.trap_entities[i].kind = KIND_NONE;
        world.items[i] = &world.item_entities[i];
        world.traps[i] = &world.trap_entities[i];
    }
    world.item_limit = 0;
}

static void list_active(void) {
    int count = 0;
    for (int slot = 0; slot < MAX_ACTIVE; slot++)
        if (alive(slot)) world.active[count++] = body(slot);
    while (count < MAX_ACTIVE) world.active[count++] = 0;
}

static struct PixelPos anchor(struct Pos pos) {
    return (struct PixelPos){(pos.x * TILE_PIXELS + ANCHOR_X) * UNIT, (pos.y * TILE_PIXELS + ANCHOR_Y) * UNIT};
}

static void lie_down(struct Entity *entity, int kind, s16 x, s16 y, int slot, void *record) {
    struct Pos pos = {x, y};
    *entity = (struct Entity){.kind = kind, .pos = pos, .prev_pos = {-2, -2}, .visible = 1, .slot = slot,
                              .room = tile_at(x, y)->room, .info = record};
    entity->pixel.x = (x * TILE_PIXELS + ITEM_CORNER) * UNIT;
    entity->pixel.y = (y * TILE_PIXELS + ITEM_CORNER) * UNIT;
}

int appear(int slot, s16 x, s16 y, u16 spawn_id, const struct Monster *record) {
    struct Entity *entity = body(slot);
    if (tile_at(x, y)->monster) return 0;
    *monster(slot) = *record;
    lie_down(entity, KIND_MONSTER, x, y, slot < MAX_TEAM ? slot : slot - MAX_TEAM, monster(slot));
    entity->pixel = entity->prev_pixel = anchor(entity->pos);
    entity->spawn_id = spawn_id;
    entity->anim_id = IDLE_ANIMATION;
    entity->sprite_direction = record->direction;
    monster(slot)->sprite_id = FIRST_SPRITE + spawn_id;
    tile_at(x, y)->monster = entity;
    list_active();
    return 1;
}

void vanish(int slot) {
    struct Entity *entity = body(slot);
    tile_at(entity->pos.x, entity->pos.y)->monster = 0;
    entity->kind = KIND_NONE;
    entity->visible = 0;
    list_active();
}

int put_item(s16 x, s16 y, struct Item item) {
    struct Tile *tile = tile_at(x, y);
    if (tile->object || tile->terrain & IS_STAIRS) return 0;
    for (int i = 0; i < MAX_ITEMS_ON_FLOOR; i++) {
        struct Entity *entity = &world.item_entities[i];
        if (entity->kind) continue;
        world.floor_items[i] = item;
        lie_down(entity, KIND_ITEM, x, y, i, &world.floor_items[i]);
        tile->object = entity;
        if (i >= world.item_limit) world.item_limit = i + 1;
        return 1;
    }
    return 0;
}

int take_item(s16 x, s16 y, struct Item *item) {
    struct Tile *tile = tile_at(x, y);
    struct Entity *entity = tile->object;
    if (!entity || entity->kind != KIND_ITEM) return 0;
    *item = *(struct Item *)entity->info;
    entity->kind = KIND_NONE;
    tile->object = 0;
    return 1;
}

void put_trap(const struct BakedTrap *trap) {
    for (int i = 0; i < MAX_TRAPS_ON_FLOOR; i++) {
        struct Entity *entity = &world.trap_entities[i];
        if (entity->kind) continue;
        world.floor_traps[i] = trap->record;
        lie_down(entity, KIND_TRAP, trap->x, trap->y, i, &world.floor_traps[i]);
        entity->visible = trap->visible;
        tile_at(trap->x, trap->y)->object = entity;
        return;
    }
}

static void set_leader_tile(void) {
    struct Pos pos = body(LEADER)->pos;
    ram_leader_tile = ram_minimap_player = pos;
    explore(pos.x, pos.y);
}

static void stand(int slot, s16 x, s16 y) {
    struct Entity *entity = body(slot);
    entity->prev_pos = entity->pos;
    entity->pos = (struct Pos){x, y};
    entity->room = tile_at(x, y)->room;
    tile_at(x, y)->monster = entity;
    if (slot == LEADER) set_leader_tile();
}

void move_to(int slot, s16 x, s16 y) {
    struct Pos from = body(slot)->pos;
    tile_at(from.x, from.y)->monster = 0;
    stand(slot, x, y);
}

void swap_places(int slot, int other) {
    struct Pos here = body(slot)->pos, there = body(other)->pos;
    stand(other, here.x, here.y);
    stand(slot, there.x, there.y);
}

void turn_to(int slot, int direction) { monster(slot)->direction = body(slot)->sprite_direction = direction; }

static void look_from(struct PixelPos eye) {
    world.camera_pixel = (struct Pos){eye.x / UNIT - SCREEN_X, eye.y / UNIT - SCREEN_Y};
    world.camera_tile = body(LEADER)->pos;
    world.camera_target = body(LEADER);
}

void aim_camera(void) { look_from(anchor(body(LEADER)->pos)); }

static int between(int from, int to, int share) { return from + (to - from) * share / SHARES; }

static void show_share(const struct PixelPos *start, int share) {
    for (int slot = 0; slot < MAX_ACTIVE; slot++) {
        struct Entity *entity = body(slot);
        if (!alive(slot)) continue;
        struct PixelPos end = anchor(entity->pos);
        entity->prev_pixel = entity->pixel;
        entity->pixel.x = between(start[slot].x, end.x, share);
        entity->pixel.y = between(start[slot].y, end.y, share);
    }
    look_from(body(LEADER)->pixel);
}

void show_walk(int frame_count) {
    static struct PixelPos start[MAX_ACTIVE];
    for (int slot = 0; slot < MAX_ACTIVE; slot++) start[slot] = body(slot)->pixel;
    for (int i = 1; i <= frame_count; i++) {
        show_share(start, i * SHARES / frame_count);
        frame();
    }
    show_share(start, SHARES);
}
