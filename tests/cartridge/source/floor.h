/* The map of a floor: laying it out, who may walk where, what the leader has seen. */
#pragma once
#include "baked.h"

extern const s8 step_x[8], step_y[8];

void lay_out_map(const struct BakedFloor *floor);
int may_walk(s16 x, s16 y, int direction); /* by the ground alone, corners included */
void explore(s16 x, s16 y);
struct Tile *tile_at(s16 x, s16 y);
