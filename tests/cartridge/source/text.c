#include "baked.h"
#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "floor.h"
#include "menus.h"
#include "text.h"

/* A letter is two cells high, because descenders reach one row below the first; tiles 2n and 2n + 1 after BLANK. */
enum { CELLS = 32, ROWS = 20, COLUMNS = 30, LETTERS = 95, CLEAR = 0, BLANK = 1, FIRST_LETTER = 2, MAP_CELL = 200 };
enum { PALETTE = 1, INK = 1, PAPER = 2, COUNTER_COLUMN = 22 };

static volatile u16 *cells;
static u16 wanted[ROWS][COLUMNS], drawn[ROWS][COLUMNS];

static void load_glyph_row(volatile u16 *tile, int bits) {
    u32 pixels = 0;
    for (int x = 0; x < 8; x++) pixels |= (u32)(bits >> x & 1 ? INK : PAPER) << 4 * x;
    tile[0] = pixels, tile[1] = pixels >> 16;
}

static void load_plain(volatile u16 *tiles, int tile, int colour) {
    for (int i = 0; i < 16; i++) tiles[16 * tile + i] = colour * 0x1111;
}

void load_text(volatile u16 *tiles, volatile u16 *map) {
    static const u16 map_colours[] = {RGB(3, 3, 6), RGB(16, 18, 20), RGB(6, 12, 31), RGB(31, 28, 4), RGB(31, 8, 4)};
    cells = map;
    load_plain(tiles, CLEAR, 0);
    load_plain(tiles, BLANK, PAPER);
    for (int letter = 0; letter < LETTERS; letter++)
        for (int row = 0; row < 16; row++)
            load_glyph_row(tiles + 16 * (FIRST_LETTER + 2 * letter) + 2 * row,
                           row < GLYPH_ROWS ? font_rows[letter * GLYPH_ROWS + row] : 0);
    BG_PALETTE[16 * PALETTE + INK] = RGB(31, 31, 31);
    BG_PALETTE[16 * PALETTE + PAPER] = RGB(2, 3, 8);
    for (int i = 0; i < 5; i++) {
        load_plain(tiles, MAP_CELL + i, 3 + i);
        BG_PALETTE[16 * PALETTE + 3 + i] = map_colours[i];
    }
}

static void put(int x, int y, int tile) { wanted[y][x] = tile ? tile | PALETTE << 12 : 0; }

static void fill(int x, int y, int width, int height, int tile) {
    for (int row = y; row < y + height; row++)
        for (int column = x; column < x + width; column++) put(column, row, tile);
}

static int put_letter(int x, int y, char letter) {
    int tile = letter > ' ' ? FIRST_LETTER + 2 * (letter - ' ') : BLANK;
    put(x, y, tile);
    put(x, y + 1, letter > ' ' ? tile + 1 : BLANK);
    return x + 1;
}

static int put_string(int x, int y, const char *text, int most) {
    while (*text && most-- && x < COLUMNS) x = put_letter(x, y, *text++);
    return x;
}

static void draw_head(void) {
    begin_line();
    add_number(world.floor), add("F Lv"), add_number(monster(LEADER)->level);
    add(" HP"), add_number(monster(LEADER)->hp), add("/"), add_number(monster(LEADER)->max_hp);
    put_string(0, 0, line(), COUNTER_COLUMN);
}

static void draw_box(const char *text, int letters) {
    enum { X = 0, Y = 13, WIDTH = 30, HEIGHT = 6, LINE = 28 };
    fill(X, Y, WIDTH, HEIGHT, BLANK);
    for (int row = 0; row < 3 && letters > row * LINE; row++) {
        int length = 0;
        while (text[length]) length++;
        if (length <= row * LINE) break;
        put_string(X + 1, Y + 2 * row, text + row * LINE, letters - row * LINE < LINE ? letters - row * LINE : LINE);
    }
}

static void draw_menu(void) {
    enum { X = 1, Y = 2, WIDTH = 16, ROW = 1 };
    int rows = 0;
    while (menu_row(rows) && rows < 8) rows++;
    fill(X, Y, WIDTH, 2 * rows, BLANK);
    int first = ram_dungeon_menu.cursor_row >= 8 ? ram_dungeon_menu.cursor_row - 7 : 0;
    for (int row = 0; row < rows; row++) {
        if (first + row == ram_dungeon_menu.cursor_row) put_letter(X, Y + 2 * row, '>');
        put_string(X + 2, Y + 2 * row, menu_row(first + row), WIDTH - 2);
    }
}

static void draw_choice(void) {
    s16 cursor = *(s16 *)(ram_text_choice_menu + 0x2C);
    fill(20, 7, 8, 4, BLANK);
    put_letter(21, 7 + 2 * cursor, '>');
    put_string(23, 7, "Yes", 3);
    put_string(23, 9, "No", 3);
}

static int map_look(int x, int y) {
    int terrain = tile_at(x, y)->terrain;
    if (!(tile_at(x, y)->visibility & ON_MAP)) return 0;
    if (terrain & IS_STAIRS) return 3;
    return terrain & GROUND_MASK;
}

enum { MAP_ROWS = MAP_HEIGHT / 2, MAP_COLUMNS = MAP_WIDTH / 2, LEADER_LOOK = 4 };

static u8 looks[MAP_ROWS][MAP_COLUMNS];
static int looks_known; /* worked out when the map opens: it takes longer than a frame */

/* Two by two tiles a cell: the brightest of them. */
static int look_of_cell(int x, int y) {
    int look = 0;
    if (ram_leader_tile.x / 2 == x && ram_leader_tile.y / 2 == y) return LEADER_LOOK;
    for (int i = 0; i < 4; i++) {
        int one = map_look(2 * x + (i & 1), 2 * y + (i >> 1));
        if (one > look) look = one;
    }
    return look;
}

static void draw_map(void) {
    for (int y = 0; y < MAP_ROWS; y++)
        for (int x = 0; x < MAP_COLUMNS; x++) {
            if (!looks_known) looks[y][x] = look_of_cell(x, y);
            put(1 + x, 2 + y, MAP_CELL + looks[y][x]);
        }
    looks_known = 1;
}

static void draw_dungeon_text(void) {
    draw_head();
    if (!world.map_screen) looks_known = 0;
    if (world.map_screen) draw_map();
    else if (ram_ui_mode == VIEW_FLOOR_TITLE) put_string(12, 9, "Floor", 5), put_letter(18, 9, '0' + world.floor);
    else if (ram_ui_mode == VIEW_STRIP) draw_box((const char *)world.popup_text[0], 60);
    else if (ram_ui_mode == VIEW_LOG) draw_box((const char *)world.log[(world.log_next + 19) % 20].text, 60);
    else if (ram_ui_mode >= VIEW_IDLE_MENU) draw_menu();
}

static void draw_outside(void) {
    put_string(8, 6, "TWIN DUNGEON", 12);
    if (ram_program_mode == MODE_TITLE) return;
    put_string(5, 9, world.exit_reason >= EXIT_CLEARED_DUNGEON ? "All floors cleared" : "The run is over", 20);
    put_string(5, 12, "Press START", 20);
}

static void flush(void) {
    for (int y = 0; y < ROWS; y++) {
        int columns = y == 0 || y == ROWS - 1 ? COUNTER_COLUMN : COLUMNS;
        for (int x = 0; x < columns; x++)
            if (wanted[y][x] != drawn[y][x]) cells[y * CELLS + x] = drawn[y][x] = wanted[y][x];
    }
}

void draw_text(void) {
    memset(wanted, 0, sizeof wanted);
    if (ram_dungeon) draw_dungeon_text();
    else draw_outside();
    if (ram_text_state) draw_box((const char *)ram_text_buffer, letters_shown());
    if (ram_text_state == TEXT_CHOICE) draw_choice();
    flush();
}
