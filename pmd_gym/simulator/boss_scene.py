"""The start of a boss battle: where the team stands, how strong the boss is, who leaves before it begins.

The console tells a story here; what it changes in the game's state is done at once, as at the first visit in the
story. Source: src/dungeon_cutscene.c and src/dungeon_cutscene_*.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.boss import FIRST_MAZE, FLOOR_DONE, REGIROCK, REGISTEEL
from pmd_gym.simulator.fainting import faint, note_exit
from pmd_gym.simulator.monsters import MAX_MONSTERS, MAX_TEAM, active_slot, is_alive, leader_of, load_skills, set_skill
from pmd_gym.simulator.movement import aim_ahead, appear_at, face, in_fixed_room
from pmd_gym.simulator.weather import clear_weather

SOUTH, NORTHEAST, NORTH = 0, 3, 4
TEAM_MEANIES, ZAPDOS, MANKEY_GANG = 2, 3, 11
GENGAR, MEDICHAM = 5, 7
MEANIES_X, MEANIES_Y = (11, 12, 10), 8
PARTNER_X, PARTNER_Y = 8, 7
CUTSCENES = (
    0, 1, 4, 7, 10, 13, 16, 18, 23, 29, 49, 26, 32, 35, 38, 41, 43, 46, 47, 48, 21, 51, 52, 53, 58, 54, 56,
)  # fmt: skip
"""Fixed room -> scene at the first visit (enums.dungeon_cutscene); the mazes of the dojo have one for all."""

MAZE_SCENE = 55
BOSS_HP = (
    0, 0, 0, 300, 400, 450, 0, 500, 600, 900, 350, 0, 600, 650, 650, 800, 600, 450, 450, 450, 0, 800, 600, 950,
)  # fmt: skip
"""Fixed room -> HP of its boss; 0 where they follow from its level."""

PEAK_OF_NINETALES, MAGMA_MIDWAY, SMEARGLES_FOREST, CELEBIS_FOREST, MEDICHAMS_CAVE = 6, 20, 24, 25, 26
ALAKAZAM, FIXED_ENEMY = 10, 0
CLEARED_BY_SCENE = 4
"""Value of `exit_kind` where the scene ends the run."""


@kernel
def announce_battle(game: Any) -> None:
    """Before the floor is made: note the scene, and that neither weather nor escape is as usual."""
    world = game.world
    world.cutscene, world.boss_battle = 0, 0
    if in_fixed_room(game):
        room = world.fixed_room
        world.cutscene = MAZE_SCENE if room >= FIRST_MAZE else CUTSCENES[room]
        world.boss_battle = 1
        clear_weather(world, ids.CLEAR)


@kernel
def open_battle(game: Any, rules: Any) -> None:
    """When everybody stands: line the team up before the boss, and end at once what has no battle."""
    if not in_fixed_room(game):
        return
    world, room = game.world, game.world.fixed_room
    if room < FIRST_MAZE and not REGIROCK <= room <= REGISTEEL:
        line_up(game)
    for slot in range(MAX_TEAM):
        if is_alive(game, slot):
            face(game, slot, NORTH)
    take_positions(game, room)
    if room == PEAK_OF_NINETALES or room == MAGMA_MIDWAY or room == CELEBIS_FOREST:
        world.floor_result = FLOOR_DONE
    elif room == SMEARGLES_FOREST or room == MEDICHAMS_CAVE:
        world.exit_requested, world.exit_kind = 1, CLEARED_BY_SCENE
        note_exit(game, leader_of(game), ids.CLEARED_RUN)
    for slot in range(MAX_TEAM, MAX_MONSTERS):
        if is_alive(game, slot):
            prepare(game, rules, slot)
    look_ahead_all(game)


@kernel
def prepare(game: Any, rules: Any, slot: int) -> None:
    """Give a boss its HP and skills; Alakazam leaves before Groudon fights."""
    monster, room = game.world.monsters[slot], game.world.fixed_room
    if monster.behavior == ALAKAZAM:
        faint(game, slot, ids.DELETED)
    elif room < len(BOSS_HP) and BOSS_HP[room] != 0 and monster.behavior != FIXED_ENEMY:
        monster.is_boss, monster.boss_base_hp = 1, monster.max_hp
        monster.max_hp, monster.hp = BOSS_HP[room], BOSS_HP[room]
        set_skill(monster.iq_skills_menu, ids.SELF_CURER)
        load_skills(game, rules, slot)


@kernel
def line_up(game: Any) -> None:
    """Leader, partner and the others on the marked tiles."""
    place = 0
    for rank in range(3):
        for slot in range(MAX_TEAM):
            if is_alive(game, slot) and rank_of(game.world.monsters[slot]) == rank:
                spot = game.world.special_points[place]
                appear_at(game, slot, spot.x, spot.y)
                place += 1


@kernel
def take_positions(game: Any, room: int) -> None:
    """Where the scene itself leaves people: Team Meanies step up, the partner stands off Zapdos, Mankey turn round."""
    for slot in range(MAX_MONSTERS):
        if not is_alive(game, slot):
            continue
        monster = game.world.monsters[slot]
        if room == TEAM_MEANIES and GENGAR <= monster.behavior <= MEDICHAM:
            appear_at(game, slot, MEANIES_X[monster.behavior - GENGAR], MEANIES_Y)
        if monster.is_enemy and (room == TEAM_MEANIES or room == MANKEY_GANG):
            face(game, slot, SOUTH)
        if room == ZAPDOS and rank_of(monster) == 1 and not monster.is_enemy:
            appear_at(game, slot, PARTNER_X, PARTNER_Y)
            face(game, slot, NORTHEAST)


@kernel
def rank_of(member: Any) -> int:
    """0 for the leader, 1 for its partner, 2 for everybody else."""
    if member.is_leader:
        return 0
    return 1 if member.joined_at_dungeon == ids.JOINED_PARTNER else 2


@kernel
def look_ahead_all(game: Any) -> None:
    """Everybody looks at the tile before it."""
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0:
            aim_ahead(game, slot)
            game.world.entities[slot].sprite_direction = game.world.monsters[slot].direction
