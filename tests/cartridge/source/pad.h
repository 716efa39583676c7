/* The joypad as the original's logic sees it: sampled once a frame, used in the next one. */
#pragma once
#include "hardware.h"

enum { KEY_CROSS = KEY_RIGHT | KEY_LEFT | KEY_UP | KEY_DOWN };

void read_pad(void);
void forget_taps(void);  /* something closed: letting go of the key that closed it is no tap */
int direction_of(u16 keys); /* 0..7, or NOWHERE */
