#include "art.h"
#include "baked.h"
#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "counter.h"
#include "floor.h"
#include "run.h"
#include "screen.h"
#include "text.h"

enum { TEXT_BG = 0, FLOOR_BG = 1, TEXT_MAP = 30, FLOOR_MAP = 31, FLOOR_TILES = 2, CELLS = 32, ACROSS = 31, DOWN = 21 };
enum { OBJECTS = 128, HIDDEN = 0x0200, SPRITE_16 = 0x4000, BEHIND_TEXT = 1 << 10, DARKEN_FLOOR_AND_SPRITES = 0xD2 };
enum { UNIT = 256, CELLS_OF_A_TILE = 3, FULL_BRIGHTNESS = 31 };

static int drawn_x, drawn_y, drawn_floor; /* camera, in cells, and floor when the floor was drawn last */
static int objects;

void start_screen(void) {
    load_art(TILES(FLOOR_TILES), OBJ_TILES);
    load_text(TILES(0), MAP(TEXT_MAP));
    load_counter();
    BGCNT(TEXT_BG) = 0 | TEXT_MAP << 8;
    BGCNT(FLOOR_BG) = 2 | FLOOR_TILES << 2 | FLOOR_MAP << 8;
    BLDCNT = DARKEN_FLOOR_AND_SPRITES;
    for (int i = 0; i < OBJECTS; i++) OAM[4 * i] = HIDDEN;
    DISPCNT = 0x1340; /* mode 0, BG0, BG1, sprites with their tiles in one row */
    drawn_floor = -1;
}

void show_counter(u32 frame) { draw_counter(MAP(TEXT_MAP), frame); }

/* The floor */

static enum Look look_of(int x, int y) {
    if (x < 0 || y < 0 || x >= MAP_WIDTH || y >= MAP_HEIGHT) return LOOK_ROCK;
    int terrain = tile_at(x, y)->terrain;
    if (terrain & IS_STAIRS) return LOOK_STAIRS;
    if ((terrain & GROUND_MASK) == GROUND_SECONDARY) return LOOK_WATER;
    if (terrain & GROUND_MASK) return (x ^ y) & 1 ? LOOK_FLOOR : LOOK_FLOOR_2;
    return terrain & IS_BORDER ? LOOK_ROCK : LOOK_WALL;
}

static int split(int number, int by, int *rest) { /* rounding down, for what lies left of and above the map, too */
    int whole = (number + 64 * by) / by - 64;
    *rest = number - whole * by;
    return whole;
}

static void draw_row(int cell_x, int cell_y) {
    volatile u16 *row = MAP(FLOOR_MAP) + (cell_y & (CELLS - 1)) * CELLS;
    int part_x, part_y, y = split(cell_y, CELLS_OF_A_TILE, &part_y), x = split(cell_x, CELLS_OF_A_TILE, &part_x);
    int first = tile_of_look(look_of(x, y), 0, part_y);
    for (int i = 0; i < ACROSS; i++) {
        row[(cell_x + i) & (CELLS - 1)] = first + part_x;
        if (++part_x == CELLS_OF_A_TILE) part_x = 0, first = tile_of_look(look_of(++x, y), 0, part_y);
    }
}

static void draw_floor(int camera_x, int camera_y) {
    int rest, cell_x = split(camera_x, 8, &rest), cell_y = split(camera_y, 8, &rest);
    BGHOFS(FLOOR_BG) = camera_x & 255;
    BGVOFS(FLOOR_BG) = camera_y & 255;
    if (cell_x == drawn_x && cell_y == drawn_y && drawn_floor == world.floor) return;
    for (int i = 0; i < DOWN; i++) draw_row(cell_x, cell_y + i);
    drawn_x = cell_x, drawn_y = cell_y, drawn_floor = world.floor_ready ? world.floor : -1;
}

/* Sprites */

static void draw_object(int x, int y, enum Figure figure) {
    if (x <= -16 || y <= -16 || x >= SCREEN_WIDTH || y >= SCREEN_HEIGHT || objects == OBJECTS) return;
    volatile u16 *object = OAM + 4 * objects++;
    object[0] = y & 255;
    object[1] = (x & 511) | SPRITE_16;
    object[2] = tile_of_figure(figure) | BEHIND_TEXT | palette_of_figure(figure) << 12;
}

static void draw_monster(int slot) {
    struct Entity *entity = body(slot);
    int x = entity->pixel.x / UNIT - world.camera_pixel.x - 8, y = entity->pixel.y / UNIT - world.camera_pixel.y - 12;
    int direction = entity->sprite_direction;
    draw_object(x + 9 * step_x[direction], y + 8 * step_y[direction], FIGURE_FACING);
    draw_object(x, y, slot == LEADER ? FIGURE_LEADER : slot < MAX_TEAM ? FIGURE_PARTNER : FIGURE_ENEMY);
}

static void draw_thing(struct Entity *entity, enum Figure figure) {
    if (!entity->kind || !entity->visible) return;
    draw_object(entity->pixel.x / UNIT - world.camera_pixel.x, entity->pixel.y / UNIT - world.camera_pixel.y, figure);
}

static void draw_sprites(int shown) {
    int before = objects;
    objects = 0;
    if (shown) {
        for (int slot = 0; slot < MAX_ACTIVE; slot++)
            if (alive(slot)) draw_monster(slot);
        for (int i = 0; i < world.item_limit; i++) draw_thing(&world.item_entities[i], FIGURE_ITEM);
        for (int i = 0; i < this_floor()->traps_count; i++) draw_thing(&world.trap_entities[i], FIGURE_TRAP);
    }
    for (int i = objects; i < before; i++) OAM[4 * i] = HIDDEN;
}

void present(void) {
    int shown = ram_dungeon && ram_floor_shown && !world.map_screen;
    BLDY = shown ? (FULL_BRIGHTNESS - ram_brightness) / 2 : 16;
    draw_sprites(shown);
    if (shown) draw_floor(world.camera_pixel.x, world.camera_pixel.y);
    draw_text();
}
