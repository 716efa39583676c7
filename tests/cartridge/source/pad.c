#include "codes.h"
#include "pad.h"

enum { SHORTEST_TAP = 2, LONGEST_TAP = 11, NO_TAP = 999, REPEAT_AFTER = 48, REPEAT_EVERY = 5 };

static u16 tapped(int timer, u16 key, u16 now) {
    s16 held = ram_key_hold_timers[timer];
    ram_key_hold_timers[timer] = now & key ? held + (held < NO_TAP) : 0;
    return !(now & key) && held >= SHORTEST_TAP && held <= LONGEST_TAP ? key : 0;
}

static u16 repeated(struct Inputs *keys) {
    if (!keys->pad_held || keys->pressed & KEY_CROSS) keys->pad_timer = 0;
    else keys->pad_timer++;
    int again = keys->pad_timer >= REPEAT_AFTER && (keys->pad_timer - REPEAT_AFTER) % REPEAT_EVERY == 0;
    return keys->pressed | (again ? keys->pad_held : 0);
}

void read_pad(void) {
    struct Inputs *keys = &ram_keys;
    u16 now = ram_keys_current.held;
    ram_keys_raw = ~KEYINPUT & 0x3FF;
    ram_keys_current.held = ram_keys_raw;
    keys->pressed = now & ~keys->held;
    keys->held = now;
    keys->pad_held = now & KEY_CROSS;
    keys->repeated = repeated(keys);
    keys->short_press = tapped(0, KEY_B, now) | tapped(1, KEY_R, now);
}

void forget_taps(void) {
    u16 down = ram_keys.held | ram_keys_current.held;
    ram_key_hold_timers[0] = down & KEY_B ? NO_TAP : 0;
    ram_key_hold_timers[1] = down & KEY_R ? NO_TAP : 0;
}

int direction_of(u16 keys) {
    static const s8 directions[3][3] = { /* row: up, neither, down; column: left, neither, right */
        {NORTHWEST, NORTH, NORTHEAST}, {WEST, NOWHERE, EAST}, {SOUTHWEST, SOUTH, SOUTHEAST},
    };
    int x = !!(keys & KEY_RIGHT) - !!(keys & KEY_LEFT), y = !!(keys & KEY_DOWN) - !!(keys & KEY_UP);
    return directions[y + 1][x + 1];
}
