"""What a monster does with its turn: first its statuses decide, then items, attack and movement.

Source: src/dungeon_ai.c (RunMonsterAI), src/status_checks.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import TEAMS_DECOY, WILDS_DECOY, decide_attack
from pmd_gym.simulator.ai_items import decide_item
from pmd_gym.simulator.ai_movement import decide_movement
from pmd_gym.simulator.ai_step import walk
from pmd_gym.simulator.monsters import active_count, active_slot, has_skill, is_asleep
from pmd_gym.simulator.movement import can_step
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import can_see

OTHER = int(Draw.OTHER)


@kernel
def decide(game: Any, rules: Any, slot: int) -> None:
    """The AI's decision for a turn: statuses, attack, movement (src/dungeon_ai.c, RunMonsterAI)."""
    monster = game.world.monsters[slot]
    monster.decoy_side = 0
    if stands_by(monster.behavior):
        monster.action = ids.NOTHING
        return
    if is_prevented(game, rules, slot):
        return
    notice_decoy(game, slot)
    monster.action, monster.action_param0, monster.action_param1 = ids.NOTHING, 0, 0
    decide_item(game, rules, slot)
    if monster.action != ids.NOTHING:
        return
    travels = has_skill(monster, ids.DEDICATED_TRAVELER)
    if not travels:
        decide_attack(game, rules, slot)
        if monster.action != ids.NOTHING:
            return
    if monster.cringe_status == ids.CONFUSED:
        walk(game, rules, slot, monster.direction)
    elif rules.species[monster.species].can_move:
        decide_movement(game, rules, slot)
    if travels and monster.action <= ids.PASS:
        decide_attack(game, rules, slot)
        if monster.action > ids.PASS:
            monster.ai_not_adjacent, monster.ai_skip, monster.waiting = 0, 0, 0


@kernel
def is_held(monster: Any) -> bool:
    """True when a status keeps a monster from acting; its action is then PASS."""
    monster.action = ids.PASS
    frozen, cringe = monster.freeze_status, monster.cringe_status
    if (
        is_asleep(monster)
        or frozen == ids.FROZEN
        or frozen == ids.WRAP
        or frozen == ids.WRAPPED
        or frozen == ids.PETRIFIED
    ):
        return True
    return cringe == ids.PAUSED or cringe == ids.INFATUATED or monster.charge_status == ids.BIDE


@kernel
def notice_decoy(game: Any, slot: int) -> None:
    """Let a monster be drawn to a decoy that it sees, by whoever made it."""
    if not game.world.decoy_active:
        return
    for index in range(active_count(game)):
        other = active_slot(game, index)
        if other >= 0 and game.world.monsters[other].curse_status == ids.DECOY and can_see(game, slot, other):
            wild = game.world.monsters[other].curse_by_wild
            game.world.monsters[slot].decoy_side = WILDS_DECOY if wild else TEAMS_DECOY
            return


@kernel
def stands_by(behavior: int) -> bool:
    """True for those who only take part in a scene: no AI moves them (src/dungeon_cutscene.c, ShouldRunMonsterAI)."""
    return behavior == 2 or behavior == 4 or 10 <= behavior <= 12


@kernel
def is_prevented(game: Any, rules: Any, slot: int) -> bool:
    """True when a status decides for the monster (src/status_checks.c, HasStatusThatPreventsActing)."""
    monster = game.world.monsters[slot]
    if is_held(monster):
        return True
    if monster.curse_status == ids.DECOY:
        walk(game, rules, slot, roll(game, 8, OTHER))
        here = game.world.entities[slot].pos
        monster.target_tile.x, monster.target_tile.y = here.x, here.y - 1
        return True
    if monster.shopkeeper == 1:
        return True
    if monster.sight_status == ids.CROSS_EYED:
        walk(game, rules, slot, roll(game, 8, OTHER))
        return True
    if monster.sight_status == ids.BLINKER:
        if can_step(game, rules, slot, monster.direction):
            walk(game, rules, slot, monster.direction)
        elif roll(game, 2, OTHER) != 0:
            walk(game, rules, slot, roll(game, 8, OTHER))
        else:
            decide_attack(game, rules, slot)
        return True
    return False
