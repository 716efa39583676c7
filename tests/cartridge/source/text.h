/* Letters: the line on top, boxes, menus, the full screen map. */
#pragma once
#include "hardware.h"

void load_text(volatile u16 *tiles, volatile u16 *map);
void draw_text(void);
