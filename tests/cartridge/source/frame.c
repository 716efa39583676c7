#include "codes.h"
#include "frame.h"
#include "pad.h"
#include "screen.h"

enum { RANDOM_FACTOR = 1566083941 };

void on_vblank(void) { ram_vblank_frames++; }

void start_frames(void) {
    DISPSTAT = 8; /* interrupt at the vertical blank */
    IE = 1;
    IME = 1;
    ram_rng_general = 1;
}

static void step_general(int times) {
    while (times--) ram_rng_general = ram_rng_general * RANDOM_FACTOR + 1;
}

int random_below(int bound) {
    ram_rng_dungeon = ram_rng_dungeon * RANDOM_FACTOR + 1;
    return (ram_rng_dungeon >> 16) * bound >> 16;
}

static void age_message_strip(void) {
    if (!ram_dungeon || !world.popup_hide_frames || --world.popup_hide_frames) return;
    if (ram_ui_mode == VIEW_STRIP) ram_ui_mode = VIEW_PLAY;
}

/* The state of this moment goes on the screen before the picture is scanned, so that a picture and the RAM of the
   same frame belong together; the counter goes first, because a long turn may run into the picture. */
void frame(void) {
    present();
    wait_for_vblank();
    ram_logic_frames++;
    show_counter(ram_logic_frames);
    if (ram_dungeon) ram_dungeon_frames++;
    read_pad();
    step_general(ram_keys.held & (KEY_A | KEY_SELECT) ? 4 : 2);
    age_message_strip();
}

void frames(int count) {
    while (count--) frame();
}
