/* Blows and what follows from them: fainting, experience, new levels. */
#pragma once
#include "baked.h"

void attack(int slot, int power);          /* whoever stands ahead, be it nobody */
void hurt(int slot, int damage, int reason); /* `reason`: a move, or of enums.exit_reason */
void heal(int slot, int points);
int direction_towards(int slot, int other);
int can_hit(int slot, int other);          /* next to each other, and no wall's corner between */
