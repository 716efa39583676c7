/* A run: floor after floor, until the dungeon is cleared, left or lost. */
#pragma once
#include "baked.h"

void play_run(void);
const struct BakedFloor *this_floor(void);
void end_run(int reason, int result); /* `reason`: enums.exit_reason, `result`: enums.start_mode */
int run_is_over(void);
