"""What comes between a move and its target: Snatch, Lightningrod, Pass Scarf, Magic Coat, Mirror Move, Protect, ...

Each may name another target or let the move fail. Source: src/dungeon_move.c, UseMoveAgainstTargets. Nothing here
draws.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import AT_ALL, AT_FOES, AT_FOES_CHARGED, AT_OTHERS, FOE, FRONT, treatment
from pmd_gym.simulator.blows import type_of
from pmd_gym.simulator.charges import begins_charge, is_out_of_reach
from pmd_gym.simulator.monsters import belly_of, cannot_attack, has_ability, holds, is_alive, slot_of
from pmd_gym.simulator.movement import can_strike, in_boss_room, neighbour
from pmd_gym.simulator.sight import direction_to
from pmd_gym.simulator.targets import range_code, target_code

PASS_SCARF_COST = 2
"""Points of belly that a Pass Scarf takes for a move that it passes on."""


@kernel
def snatcher_of(game: Any, rules: Any, slot: int, target: int, move_id: int) -> int:
    """Slot of the monster that snatches the move, -1 for none."""
    if not rules.moves[move_id].snatch:
        return -1
    other = slot_of(game.world.snatch_monster)
    if other < 0 or other == slot or not is_alive(game, other):
        return -1
    same = game.world.monsters[other].sprite_id == game.world.snatch_sprite
    return other if same and game.world.monsters[target].in_the_air == 0 else -1


@kernel
def draws_lightning(game: Any, rules: Any, slot: int, target: int, move_id: int) -> bool:
    """True when the monster with Lightningrod draws an Electric move of a foe."""
    monsters, other = game.world.monsters, slot_of(game.world.lightningrod_monster)
    if other < 0 or not is_alive(game, other) or type_of(rules, monsters[slot], move_id) != ids.ELECTRIC:
        return False
    if monsters[other].sprite_id != game.world.lightningrod_sprite or treatment(game, other, slot, True, False) != FOE:
        return False
    return target == other or (monsters[target].in_the_air == 0 and monsters[other].in_the_air == 0)


@kernel
def has_snatcher(game: Any, rules: Any, move_id: int) -> bool:
    """True when somebody waits to snatch and the move can be snatched: then no rod and no scarf is asked."""
    return rules.moves[move_id].snatch != 0 and game.world.snatch_monster != 0


@kernel
def has_rod(game: Any, rules: Any, slot: int, move_id: int) -> bool:
    """True for an Electric move while any monster has a Lightningrod: then no scarf is asked."""
    electric = type_of(rules, game.world.monsters[slot], move_id) == ids.ELECTRIC
    return electric and game.world.lightningrod_monster != 0


@kernel
def pass_on(game: Any, rules: Any, slot: int, target: int, move_id: int) -> int:
    """Slot of the neighbour that a Pass Scarf gives the move to, else the target itself; costs belly."""
    monster = game.world.monsters[target]
    if not holds(monster, ids.PASS_SCARF) or cannot_attack(game, target, False) or monster.in_the_air != 0:
        return target
    reach = range_code(rules, game.world.monsters[slot], move_id)
    if reach != FRONT or belly_of(monster) < PASS_SCARF_COST or in_boss_room(game):
        return target
    for turn in range(1, 9):
        other = neighbour(game, target, (monster.direction + turn) & 7)
        if other >= 0:
            monster.belly.whole -= PASS_SCARF_COST
            return other
    return target


@kernel
def is_reflected(game: Any, rules: Any, slot: int, target: int, move_id: int) -> bool:
    """True when Magic Coat or Mirror Move of the target sends the move back; the target then faces its user."""
    victim = game.world.monsters[target]
    if victim.shield_status == ids.MAGIC_COAT:
        reflects = rules.moves[move_id].magic_coat != 0
    elif victim.shield_status == ids.MIRROR_MOVE:
        reflects = move_id != ids.REGULAR_ATTACK_MOVE and move_id != ids.PROJECTILE
        reflects = reflects and strikes_others(game, rules, slot, move_id)
    else:
        return False
    if not reflects or slot == target:
        return False
    here, there = game.world.entities[target].pos, game.world.entities[slot].pos
    if abs(here.x - there.x) > 1 or abs(here.y - there.y) > 1:
        return False
    direction = direction_to(here.x, here.y, there.x, there.y)
    if not can_strike(game, rules, target, direction):
        return False
    victim.direction = direction
    return True


@kernel
def strikes_others(game: Any, rules: Any, slot: int, move_id: int) -> bool:
    """True for moves meant for others, unless this is only the first turn of two."""
    code = target_code(rules, game.world.monsters[slot], move_id)
    if code != AT_FOES and code != AT_FOES_CHARGED and code != AT_OTHERS and code != AT_ALL:
        return False
    return not begins_charge(game, rules, game.world.monsters[slot], move_id)


@kernel
def is_blocked(game: Any, rules: Any, slot: int, target: int, move_id: int, redirected: bool) -> bool:
    """True when Protect (not against a redirected bolt), its place or Soundproof keeps the target from the move."""
    victim = game.world.monsters[target]
    if victim.shield_status == ids.PROTECT and not redirected and strikes_others(game, rules, slot, move_id):
        return True
    if is_out_of_reach(game, rules, target, move_id):
        return True
    return rules.moves[move_id].sound != 0 and has_ability(victim, ids.SOUNDPROOF)
