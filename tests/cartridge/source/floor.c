#include "codes.h"
#include "floor.h"

const s8 step_x[8] = {0, 1, 1, 1, 0, -1, -1, -1}, step_y[8] = {1, 1, 0, -1, -1, -1, 0, 1};

enum { NO_CORNER = 9999, SIGHT_OF_BRIGHT_FLOORS = 2 };

struct Tile *tile_at(s16 x, s16 y) { return &world.tiles[y][x]; }

static void lay_tiles(const u8 *run) {
    struct Tile *tile = &world.tiles[0][0], *end = tile + MAP_WIDTH * MAP_HEIGHT;
    for (; tile < end; run += 4)
        for (int left = run[0]; left; left--, tile++)
            *tile = (struct Tile){.terrain = run[1] | run[2] << 8, .room = run[3]};
    for (int y = 0; y < MAP_HEIGHT; y++)
        for (int x = 0; x < MAP_WIDTH; x++) world.tile_pointers[y][x] = tile_at(x, y);
}

static int ground(int x, int y) {
    if (x < 0 || y < 0 || x >= MAP_WIDTH || y >= MAP_HEIGHT) return 0;
    return tile_at(x, y)->terrain & GROUND_MASK;
}

/* Ground reached by a step, or 0: a diagonal step needs both tiles beside it to be no wall. */
static int ground_after_step(int x, int y, int direction) {
    int to_x = x + step_x[direction], to_y = y + step_y[direction];
    if (direction & 1 && (!ground(to_x, y) || !ground(x, to_y))) return 0;
    return ground(to_x, to_y);
}

static void set_walk_bits(int x, int y) {
    struct Tile *tile = tile_at(x, y);
    for (int d = 0; d < 8; d++) {
        int kind = ground_after_step(x, y, d);
        tile->walk_normal |= (kind == GROUND_FLOOR) << d;
        tile->walk_liquid |= (kind == GROUND_FLOOR || kind == GROUND_SECONDARY) << d;
        tile->walk_chasm |= (kind != 0) << d;
    }
    /* who passes walls is stopped by the outermost ring only; the original tests the sides one by one */
    int west = x <= 1 ? 0xE0 : 0, north = y <= 1 ? 0x38 : 0;
    int east = x > MAP_WIDTH - 3 ? 0x0E : 0, south = y > MAP_HEIGHT - 3 ? 0x83 : 0;
    tile->walk_wall = 0xFF & ~(west | north | east | south);
}

static void clear_room(struct Room *room) {
    *room = (struct Room){.x_min = NO_CORNER, .y_min = NO_CORNER, .x_end = -NO_CORNER, .y_end = -NO_CORNER};
}

static void extend_room(struct Room *room, int x, int y) {
    room->exists = 1;
    if (x < room->x_min) room->x_min = x;
    if (y < room->y_min) room->y_min = y;
    if (x >= room->x_end) room->x_end = x + 1;
    if (y >= room->y_end) room->y_end = y + 1;
}

static void set_room_pixels(struct Room *room) {
    room->px_min_x = (room->x_min - 1) * TILE_PIXELS, room->px_min_y = (room->y_min - 1) * TILE_PIXELS;
    room->px_max_x = (room->x_end + 1) * TILE_PIXELS, room->px_max_y = (room->y_end + 1) * TILE_PIXELS;
}

static void find_rooms(void) {
    int rooms = 0;
    for (int i = 0; i < MAX_ROOMS; i++) clear_room(&world.rooms[i]);
    for (int y = 0; y < MAP_HEIGHT; y++)
        for (int x = 0; x < MAP_WIDTH; x++) {
            int room = tile_at(x, y)->room;
            if (room >= MAX_ROOMS) continue;
            extend_room(&world.rooms[room], x, y);
            if (room >= rooms) rooms = room + 1;
        }
    for (int i = 0; i < rooms; i++)
        if (world.rooms[i].exists) set_room_pixels(&world.rooms[i]);
    world.room_count = rooms;
}

static void find_exits(void) {
    for (int i = 0; i < MAX_ROOMS; i++) world.junction_counts[i] = 0;
    for (int x = 0; x < MAP_WIDTH; x++)
        for (int y = 0; y < MAP_HEIGHT; y++) {
            struct Tile *tile = tile_at(x, y);
            if (!(tile->terrain & IS_EXIT) || tile->room >= MAX_ROOMS) continue;
            s16 *count = &world.junction_counts[tile->room];
            if (*count < 32) world.junctions[tile->room][(*count)++] = (struct Pos){x, y};
        }
}

void lay_out_map(const struct BakedFloor *floor) {
    lay_tiles(floor->tiles);
    for (int y = 0; y < MAP_HEIGHT; y++)
        for (int x = 0; x < MAP_WIDTH; x++) set_walk_bits(x, y);
    find_rooms();
    find_exits();
    world.player_spawn = floor->player_spawn;
    world.stairs = floor->stairs;
}

int may_walk(s16 x, s16 y, int direction) { return tile_at(x, y)->walk_normal >> direction & 1; }

void explore(s16 x, s16 y) {
    int radius = world.visibility_range ? world.visibility_range : SIGHT_OF_BRIGHT_FLOORS, room = tile_at(x, y)->room;
    int left = x - radius, right = x + radius, top = y - radius, bottom = y + radius;
    if (room != CORRIDOR_ROOM) {
        struct Room *box = &world.rooms[room];
        if (box->discovered) return;
        box->discovered = 1;
        left = box->x_min - 1, right = box->x_end, top = box->y_min - 1, bottom = box->y_end;
    }
    for (int row = top < 0 ? 0 : top; row <= bottom && row < MAP_HEIGHT; row++)
        for (int column = left < 0 ? 0 : left; column <= right && column < MAP_WIDTH; column++)
            tile_at(column, row)->visibility |= ON_MAP | SEEN;
}
