/* The program: a title, a run, a word about how it went, and again. */
#include "boxes.h"
#include "codes.h"
#include "frame.h"
#include "run.h"
#include "screen.h"

enum { TITLE_FRAMES = 30, EWRAM = 0x02000000, EWRAM_SIZE = 0x40000, FAST_ROM = 0x4317 };

static void set_static_pointers(void) {
    ram_inventory = &ram_inventory_data;
}

static void wait_for_start(void) {
    do frame();
    while (!(ram_keys.pressed & (KEY_A | KEY_START)));
}

int main(void) {
    WAITCNT = FAST_ROM;
    memset((void *)EWRAM, 0, EWRAM_SIZE);
    set_static_pointers();
    start_screen();
    start_frames();
    ram_program_mode = MODE_TITLE;
    frames(TITLE_FRAMES);
    for (;;) {
        play_run();
        wait_for_start();
    }
}
