/* The menus of the dungeon, as the controller finds them in RAM; each returns what was chosen, or NO_ORDER. */
#pragma once
#include "orders.h"

struct Order main_menu(s32 view); /* VIEW_MAIN_MENU, or VIEW_IDLE_MENU after idling */
struct Order stairs_prompt(void);
void show_log(void);
void show_map(void);
const char *menu_row(int row);    /* text of a row of the open menu, for the screen */
