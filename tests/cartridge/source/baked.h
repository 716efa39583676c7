/* What bake_floors.py writes: floors of our own generator, the team, names and the font. */
#pragma once
#include "ram_map.h"

enum { FLOORS = 5, GLYPH_ROWS = 9 };

struct BakedItem { s16 x, y; u8 visible; struct Item record; };
struct BakedTrap { s16 x, y; u8 visible; struct Trap record; };
struct BakedMonster { s16 x, y; u16 spawn_id; struct Monster record; };
struct BakedPlace { s16 x, y; u16 spawn_id; u8 direction; };
struct Name { u16 id; const char *text; };

struct BakedFloor {
    u32 floor_seed, dungeon_seed, rng;
    s16 turns_left, tileset, enemy_density, generation_attempts;
    u8 dungeon_id, floor_layout, floor_limit, visibility_range, lit_floor;
    u8 items_count, traps_count, wild_count, team_count;
    struct Pos player_spawn, stairs;
    const u8 *tiles; /* runs: length, terrain (2 bytes), room */
    const struct BakedItem *items;
    const struct BakedTrap *traps;
    const struct BakedMonster *wild;
    const struct BakedPlace *team;
};

#define COUNTED(field, array) .field = array, .field##_count = sizeof array / sizeof *array

extern const struct BakedFloor floors[FLOORS];
extern const struct Monster team_at_start[];
extern const struct Item bag_at_start[];
enum { BAG_AT_START = 12 };
extern const int money_at_start;
extern const struct Name item_names[], move_names[], species_names[];
extern const u8 font_rows[], font_widths[];
