/* Who and what stands and lies on the floor: entities and their records, always in step with the tiles' pointers. */
#pragma once
#include "baked.h"

struct Monster *monster(int slot);  /* 0..3 the team, 4..19 wild */
struct Entity *body(int slot);
int alive(int slot);
int slot_of(const struct Entity *entity); /* NOBODY for a null pointer */
int slot_at(s16 x, s16 y);
int in_the_way(int slot, int direction);  /* who stands on the tile ahead, or NOBODY */

void clear_bodies(void);
int appear(int slot, s16 x, s16 y, u16 spawn_id, const struct Monster *record);
void vanish(int slot);
int put_item(s16 x, s16 y, struct Item item); /* 1 when there was room */
int take_item(s16 x, s16 y, struct Item *item);
void put_trap(const struct BakedTrap *trap);
void move_to(int slot, s16 x, s16 y);     /* at once; its picture follows when the walk is shown */
void swap_places(int slot, int other);
void turn_to(int slot, int direction);
void show_walk(int frame_count);           /* everybody and the camera glide to where they are */
void aim_camera(void);
