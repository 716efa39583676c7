/* One turn: the leader's order carried out, then everybody else, then time. */
#pragma once
#include "orders.h"

void play_turn(void); /* asks for the order, too */
