#include "art.h"

enum { SIDE = 24, PARTS = 3, FIGURE_SIDE = 16, TILES_OF_A_FIGURE = 4, COLOURS = 16 };

static const u16 ground_colours[] = {
    0, RGB(4, 4, 6), RGB(7, 7, 10),           /* rock */
    RGB(8, 13, 7), RGB(11, 18, 9), RGB(5, 8, 5), /* wall: bricks overgrown */
    RGB(24, 20, 13), RGB(22, 18, 11), RGB(26, 22, 16), /* floor */
    RGB(6, 13, 27), RGB(12, 20, 31),          /* water */
    RGB(31, 30, 20), RGB(20, 18, 12), RGB(9, 8, 6), /* stairs */
};

static int rock(int x, int y) { return (x * 7 + y * 5) % 11 ? 1 : 2; }

static int wall(int x, int y) {
    int brick = y / 6 & 1 ? x + 6 : x;
    if (y % 6 == 5 || brick % 12 == 11) return 5;
    return y % 6 == 0 || brick % 12 == 0 ? 4 : 3;
}

static int floor_pixel(int x, int y, int shade) {
    if (!x || !y) return 7;
    return (x * 5 + y * 11 + shade) % 29 ? 6 + shade : 8 - shade;
}

static int water(int x, int y) { return (y + (x / 4 & 1)) % 6 ? 9 : 10; }

static int stairs(int x, int y) {
    if (x < 2 || x > 21 || y < 2 || y > 21) return floor_pixel(x, y, 0);
    int step = (x - 2) / 5; /* going down to the right */
    if ((x - 2) % 5 == 0 || y == 2 || y == 21) return 13;
    return y < 4 + 3 * step ? 13 : step & 1 ? 12 : 11;
}

static int ground_pixel(enum Look look, int x, int y) {
    switch (look) {
    case LOOK_ROCK: return rock(x, y);
    case LOOK_WALL: return wall(x, y);
    case LOOK_FLOOR: return floor_pixel(x, y, 0);
    case LOOK_FLOOR_2: return floor_pixel(x, y, 1);
    case LOOK_WATER: return water(x, y);
    default: return stairs(x, y);
    }
}

static const char *const shapes[FIGURES] = {
    [FIGURE_LEADER] =
        "....11111......." "...1222221......" "..122222221....." "..123223221....." "..123223221....."
        "..122222221..11." "...1222221..141." "..1222222211441." ".122255522214431" ".12255555221431."
        ".1225555522131.." "..12555552211..." "..1225552221...." "..1221.1221....." ".12221.12221...."
        ".1111...1111....",
    [FIGURE_PARTNER] =
        "................" "....111111......" "...12222221....." "..1222222221...." "..1232222321...."
        "..1232222321...." "..1222222221...." "...12222221.11.." "..1144444411221." ".12444444442121."
        ".1244444444211.." "..14445544421..." "..12444444221..." "..1221111221...." "..1221..12221..."
        "...11....111....",
    [FIGURE_ENEMY] =
        "..1..........1.." ".121........121." ".1221.1111.1221." ".12221222212221." "..122222222221.."
        "..123322223321.." "..123322223321.." ".12222222222221." ".12222444422221." ".12224444442221."
        ".12221414142221." "..122244442221.." "..122222222221.." "...1221..1221..." "...121....121..."
        "...11......11...",
    [FIGURE_ITEM] =
        "................" "................" "......11........" ".....1441......." ".....1441......."
        "...11122111....." "..1222222221...." ".122322222221..." ".123222222221..." ".123222222221..."
        ".122222222221..." ".122222222221..." "..1222222221...." "...12222221....." "....111111......"
        "................",
    [FIGURE_TRAP] =
        "................" ".11111111111111." ".12222222222221." ".12333333333321." ".12322222222321."
        ".12323333332321." ".12323222232321." ".12323244232321." ".12323244232321." ".12323222232321."
        ".12323333332321." ".12322222222321." ".12333333333321." ".12222222222221." ".11111111111111."
        "................",
    [FIGURE_FACING] =
        "................" "................" "................" "................" "................"
        "................" "......1111......" ".....122221....." ".....122221....." "......1111......"
        "................" "................" "................" "................" "................"
        "................",
};

static const u16 figure_colours[FIGURES][5] = { /* outline, body, eyes, belly or flame, second */
    [FIGURE_LEADER] = {RGB(4, 2, 1), RGB(31, 15, 4), RGB(2, 4, 12), RGB(31, 29, 6), RGB(31, 27, 16)},
    [FIGURE_PARTNER] = {RGB(1, 3, 6), RGB(12, 22, 31), RGB(12, 2, 2), RGB(20, 11, 4), RGB(26, 19, 10)},
    [FIGURE_ENEMY] = {RGB(6, 0, 6), RGB(22, 8, 25), RGB(31, 31, 8), RGB(31, 20, 24), RGB(31, 31, 31)},
    [FIGURE_ITEM] = {RGB(6, 1, 1), RGB(29, 4, 6), RGB(31, 24, 24), RGB(6, 20, 4), RGB(31, 31, 31)},
    [FIGURE_TRAP] = {RGB(3, 3, 3), RGB(16, 16, 18), RGB(24, 24, 26), RGB(28, 6, 4), RGB(31, 31, 31)},
    [FIGURE_FACING] = {RGB(2, 2, 2), RGB(31, 31, 31), 0, 0, 0},
};

/* Two bytes hold four pixels of a row of eight. */
static void load_tile(volatile u16 *tile, int (*pixel)(int, int, int), int what, int left, int top) {
    for (int i = 0; i < 16; i++) {
        int x = left + 4 * (i & 1), y = top + i / 2, four = 0;
        for (int j = 0; j < 4; j++) four |= pixel(what, x + j, y) << 4 * j;
        tile[i] = four;
    }
}

static int pixel_of_ground(int look, int x, int y) { return ground_pixel(look, x, y); }

static int pixel_of_figure(int figure, int x, int y) {
    char sign = shapes[figure][y * FIGURE_SIDE + x];
    return sign >= '1' && sign <= '5' ? sign - '0' : 0;
}

void load_art(volatile u16 *ground_tiles, volatile u16 *sprite_tiles) {
    for (int look = 0; look < LOOKS; look++)
        for (int part = 0; part < PARTS * PARTS; part++)
            load_tile(ground_tiles + 16 * tile_of_look(look, part % PARTS, part / PARTS), pixel_of_ground, look,
                      part % PARTS * 8, part / PARTS * 8);
    for (int figure = 0; figure < FIGURES; figure++)
        for (int part = 0; part < TILES_OF_A_FIGURE; part++)
            load_tile(sprite_tiles + 16 * (tile_of_figure(figure) + part), pixel_of_figure, figure, part % 2 * 8,
                      part / 2 * 8);
    for (unsigned i = 0; i < sizeof ground_colours / sizeof *ground_colours; i++) BG_PALETTE[i] = ground_colours[i];
    for (int figure = 0; figure < FIGURES; figure++)
        for (int i = 0; i < 5; i++) OBJ_PALETTE[COLOURS * figure + 1 + i] = figure_colours[figure][i];
}

int tile_of_look(enum Look look, int part_x, int part_y) { return (look * PARTS + part_y) * PARTS + part_x; }
int tile_of_figure(enum Figure figure) { return figure * TILES_OF_A_FIGURE; }
int palette_of_figure(enum Figure figure) { return figure; }
