#include "bag.h"
#include "codes.h"

enum { IN_A_LINE, IN_AN_ARC, BERRIES, FOOD, HELD, MACHINES, MONEY, UNUSED, OTHER, ORBS, LINK_BOXES, USED_MACHINES };

static const u8 categories[] = ITEM_CATEGORIES;

int item_count(void) {
    int count = 0;
    while (count < BAG_SLOTS && ram_inventory_data.bag[count].flags & SLOT_USED) count++;
    return count;
}

int category_of(int id) { return categories[id]; }

int action_of_use(int category) {
    static const u8 actions[] = {
        [BERRIES] = ACTION_EAT_BERRY_SEED_DRINK, [FOOD] = ACTION_EAT_BERRY_SEED_DRINK + 1, /* no name */
        [MACHINES] = ACTION_UNK10,
        [UNUSED] = ACTION_USE_TM, [OTHER] = ACTION_USE_TM, [ORBS] = ACTION_USE_ORB,
        [LINK_BOXES] = ACTION_USE_LINK_BOX, [USED_MACHINES] = ACTION_USE_TM,
    };
    return actions[category];
}

int action_of_throw(int category) {
    if (category == IN_A_LINE) return ACTION_THROW_STRAIGHT_PLAYER;
    return category == IN_AN_ARC ? ACTION_THROW_ARC_PLAYER : ACTION_THROW_ITEM_PLAYER;
}

void set_item(int slot, int is_set) {
    for (int i = 0; i < BAG_SLOTS; i++) ram_inventory_data.bag[i].flags &= ~ITEM_IS_SET;
    if (is_set) ram_inventory_data.bag[slot].flags |= ITEM_IS_SET;
}

int add_to_bag(struct Item item) {
    int slot = item_count();
    if (slot == BAG_SLOTS) return 0;
    ram_inventory_data.bag[slot] = item;
    return 1;
}

struct Item take_one(int slot) {
    struct Item *bag = ram_inventory_data.bag, one = bag[slot];
    if (one.quantity > 1) {
        bag[slot].quantity--;
        one.quantity = 1;
        return one;
    }
    for (int i = slot; i + 1 < BAG_SLOTS; i++) bag[i] = bag[i + 1];
    bag[BAG_SLOTS - 1] = (struct Item){0};
    return one;
}
