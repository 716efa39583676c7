/* The picture: the floor with everybody on it, text over it, and the frame counter for machines to read. */
#pragma once
#include "hardware.h"

void start_screen(void);
void present(void);
void show_counter(u32 frame);
