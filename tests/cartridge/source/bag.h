/* The bag: packed from slot 0, as the original keeps it. */
#pragma once
#include "baked.h"

int item_count(void);
int category_of(int id);
int action_of_use(int category);   /* ACTION_NOTHING for what cannot be used */
int action_of_throw(int category);
void set_item(int slot, int is_set);
int add_to_bag(struct Item item);  /* 0 when it is full */
struct Item take_one(int slot);    /* one piece; the slot closes up when it was the last */
