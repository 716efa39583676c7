#include "counter.h"

enum { FIRST_TILE = 256, PALETTE = 2, NIBBLES = 8, COLUMN = 22, TOP_ROW = 0, BOTTOM_ROW = 19, CELLS = 32 };

/* 16 tiles, one a nibble: its bits 3, 2, 1, 0 are the blocks of 4x4 pixels top left, top right, bottom left, right. */
void load_counter(void) {
    volatile u16 *tiles = TILES(0) + 16 * FIRST_TILE;
    BG_PALETTE[16 * PALETTE + 1] = RGB(0, 0, 0);
    BG_PALETTE[16 * PALETTE + 2] = RGB(31, 31, 31);
    for (int nibble = 0; nibble < 16; nibble++)
        for (int y = 0; y < 8; y++) {
            int bits = y < 4 ? nibble >> 2 : nibble;
            *tiles++ = bits & 2 ? 0x2222 : 0x1111;
            *tiles++ = bits & 1 ? 0x2222 : 0x1111;
        }
}

static void draw_number(volatile u16 *cells, u32 number) {
    for (int i = NIBBLES - 1; i >= 0; i--, number >>= 4) cells[i] = (FIRST_TILE + (number & 15)) | PALETTE << 12;
}

void draw_counter(volatile u16 *map, u32 frame) {
    draw_number(map + TOP_ROW * CELLS + COLUMN, frame);
    draw_number(map + BOTTOM_ROW * CELLS + COLUMN, ~frame); /* a torn picture has a pair that does not fit */
}
