/* Time: one logic frame after the other, counted where the original counts. */
#pragma once
#include "hardware.h"

void start_frames(void);
void frame(void);         /* show what is, wait for the next vertical blank, then the keys are those of a new frame */
void frames(int count);
int random_below(int bound); /* the dungeon's generator: 0..bound-1 */
