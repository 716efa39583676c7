/* The frame counter as a picture: see README.md, "The counter". */
#pragma once
#include "hardware.h"

void load_counter(void);
void draw_counter(volatile u16 *map, u32 frame);
