"""A monster leaves the floor, and with the leader or an indispensable partner the run ends.

Source: src/dungeon_misc.c (HandleFaint), src/dungeon_exit.c, src/run_dungeon.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.boss import note_fall
from pmd_gym.simulator.conditions import forget_seeder, is_wrapping, release_wrap
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.monsters import MAX_MONSTERS, address_of, is_alive, leader_of, list_active
from pmd_gym.simulator.movement import in_fixed_room, leave_tile
from pmd_gym.simulator.wild_table import DEOXYS


@kernel
def faint(game: Any, slot: int, reason: int) -> None:
    """Take a monster out of the run (src/dungeon_misc.c, HandleFaint).

    A partner that the story cannot spare stays in the lists at 0 HP and sets `forced_loss`; the leader ends the run.
    """
    world = game.world
    monster, entity = world.monsters[slot], world.entities[slot]
    leave_tile(game, slot)
    for other in range(MAX_MONSTERS):
        if is_alive(game, other) and world.monsters[other].ai_target == address_of(slot):
            world.monsters[other].ai_target = 0
    if monster.curse_status == ids.DECOY:
        world.decoy_active = 0
    if is_wrapping(monster):
        release_wrap(game, slot)
    forget_seeder(game, slot)
    entity.visible = 0
    if monster.joined_at_dungeon == ids.JOINED_PARTNER and not world.can_change_leader:
        world.forced_loss = 1
        monster.hp = 0
        return
    if monster.is_leader:
        note_exit(game, slot, reason)
    elif reason != ids.DELETED and not world.forced_loss and leader_of(game) >= 0:
        note_fall(game, slot)
        if monster.is_enemy and monster.apparent_species in DEOXYS and not in_fixed_room(game):
            world.deoxys_beaten = 1
    if not monster.is_enemy:
        game.roster_data.team[monster.team_index].flags = 0
    entity.kind = 0
    game.leader_entity = address_of(leader_of(game)) if leader_of(game) >= 0 else 0
    list_active(game)


@kernel
def note_exit(game: Any, slot: int, reason: int) -> None:
    """Write down how the run ended (src/dungeon_exit.c, SetUpDungeonExitData)."""
    world, monster = game.world, game.world.monsters[slot]
    world.exit_reason = reason
    world.exit_location.id, world.exit_location.floor = world.dungeon_id, world.floor
    world.exit_exp, world.exit_level = monster.exp, monster.level


@kernel
def lose_if_forced(game: Any) -> None:
    """End the run when somebody was lost whom the story cannot spare (src/run_dungeon.c, TryForcedLoss)."""
    if floor_over(game) or not game.world.forced_loss:
        return
    faint(game, leader_of(game), ids.LOST_PARTNER)
