/* The leader's turn to decide: keys become an order, as `controls` of the map says. */
#pragma once
#include "orders.h"

struct Order leader_command(void);
