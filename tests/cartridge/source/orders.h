/* What the player decided: the turn is played by turn.c. */
#pragma once
#include "hardware.h"

enum Kind { NO_ORDER, PASS, STEP, ATTACK, USE_MOVE, USE_ITEM, THROW_ITEM, PLACE_ITEM, PICK_UP, TAKE_STAIRS };

struct Order { enum Kind kind; int argument; };

#define NOTHING_ORDERED ((struct Order){NO_ORDER, 0})
