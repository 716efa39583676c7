/* The cartridge's own pictures: tiles of 24x24 pixels for the ground, sprites of 16x16 for who and what is on it. */
#pragma once
#include "hardware.h"

enum Look { LOOK_ROCK, LOOK_WALL, LOOK_FLOOR, LOOK_FLOOR_2, LOOK_WATER, LOOK_STAIRS, LOOKS };
enum Figure { FIGURE_LEADER, FIGURE_PARTNER, FIGURE_ENEMY, FIGURE_ITEM, FIGURE_TRAP, FIGURE_FACING, FIGURES };

void load_art(volatile u16 *ground_tiles, volatile u16 *sprite_tiles);
int tile_of_look(enum Look look, int part_x, int part_y); /* one of 3x3 tiles of 8x8 */
int tile_of_figure(enum Figure figure);
int palette_of_figure(enum Figure figure);
