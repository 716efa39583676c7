#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "fight.h"
#include "floor.h"
#include "frame.h"
#include "pad.h"
#include "run.h"

enum { LUNGE_FRAMES = 8, HIT_FRAMES = 10, HIT_PERCENT = 85, EXP_PER_LEVEL = 8, MOST_LEVEL = 99, RECRUITS_ONE_IN = 4 };
enum { LUNGE = 8 * 256 };

static void begin_about(int slot) {
    begin_line();
    add(name_of(species_names, monster(slot)->species));
}

static int points_for(int level) { return level * level * 12 / 5; }

static void check_level(int slot) {
    struct Monster *one = monster(slot);
    if (one->level >= MOST_LEVEL || one->exp < (u32)points_for(one->level + 1)) return;
    one->level++, one->max_hp += 2, one->hp += 2, one->attack++, one->defense++;
    world.hud_level = monster(LEADER)->level;
    begin_about(slot);
    add(" rose to level ");
    add_number(one->level);
    add("!");
    say();
}

static void reward(int fallen) {
    for (int slot = 0; slot < MAX_TEAM; slot++) {
        if (!alive(slot)) continue;
        monster(slot)->exp += monster(fallen)->level * EXP_PER_LEVEL;
        check_level(slot);
    }
    if (random_below(RECRUITS_ONE_IN)) return;
    begin_about(fallen);
    add(" wants to come along. Take it?");
    if (!ask()) return;
    begin_line();
    add("It changed its mind and went home.");
    say();
}

static void faint(int slot, int reason) {
    begin_about(slot);
    add(" fainted.");
    tell();
    vanish(slot);
    if (slot == LEADER) end_run(reason, RESULT_LOST);
    else if (slot >= MAX_TEAM) reward(slot);
}

void hurt(int slot, int damage, int reason) {
    struct Monster *one = monster(slot);
    one->hp = one->hp > damage ? one->hp - damage : 0;
    world.hud_hp = monster(LEADER)->hp;
    if (!one->hp) faint(slot, reason);
}

void heal(int slot, int points) {
    struct Monster *one = monster(slot);
    one->hp = one->hp + points < one->max_hp ? one->hp + points : one->max_hp;
    world.hud_hp = monster(LEADER)->hp;
}

static void lunge(int slot) {
    struct Entity *entity = body(slot);
    struct PixelPos rest = entity->pixel;
    int direction = monster(slot)->direction;
    for (int i = 1; i <= LUNGE_FRAMES; i++) {
        int share = i <= LUNGE_FRAMES / 2 ? i : LUNGE_FRAMES - i;
        entity->pixel.x = rest.x + step_x[direction] * LUNGE * share / LUNGE_FRAMES;
        entity->pixel.y = rest.y + step_y[direction] * LUNGE * share / LUNGE_FRAMES;
        frame();
    }
    entity->pixel = rest;
}

static void tell_damage(int slot, int damage) {
    begin_about(slot);
    add(damage ? " took " : " dodged.");
    if (damage) add_number(damage), add(" damage.");
    tell();
}

void attack(int slot, int power) {
    lunge(slot);
    int other = in_the_way(slot, monster(slot)->direction);
    if (other == NOBODY || !may_walk(body(slot)->pos.x, body(slot)->pos.y, monster(slot)->direction)) return;
    if (monster(other)->is_enemy == monster(slot)->is_enemy) return;
    int hits = random_below(100) < HIT_PERCENT;
    int damage = hits ? power + monster(slot)->attack / 4 + random_below(3) : 0;
    tell_damage(other, damage);
    frames(HIT_FRAMES);
    if (damage) hurt(other, damage, monster(slot)->moves[0].id);
}

static int sign(int number) { return (number > 0) - (number < 0); }

int direction_towards(int slot, int other) {
    struct Pos from = body(slot)->pos, to = body(other)->pos;
    int x = sign(to.x - from.x), y = sign(to.y - from.y);
    return direction_of((x > 0 ? KEY_RIGHT : x < 0 ? KEY_LEFT : 0) | (y > 0 ? KEY_DOWN : y < 0 ? KEY_UP : 0));
}

int can_hit(int slot, int other) {
    int direction = direction_towards(slot, other);
    if (direction == NOWHERE || in_the_way(slot, direction) != other) return 0;
    return may_walk(body(slot)->pos.x, body(slot)->pos.y, direction);
}
