"""Status Checker: whether a move would change nothing, asked of its user and of each target (src/move_checks.c).

The rule of each move is a row of `vain_moves`. Nothing here draws.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.called_moves import CAMOUFLAGE_TYPES
from pmd_gym.simulator.charges import is_dry, is_soil
from pmd_gym.simulator.conditions import status_in
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    belly_of,
    has_bad_status,
    has_type,
    is_alive,
    is_asleep,
    slot_of,
    weather_for,
)
from pmd_gym.simulator.movement import in_boss_room
from pmd_gym.simulator.sight import can_see
from pmd_gym.simulator.stats import SPEED, stage_of
from pmd_gym.simulator.trap_laying import can_lie
from pmd_gym.simulator.vain_moves import Vain

TOP_STAGE, TOP_SPEED, MOST_CHARGES = 20, 4, 3
CRUSHED = 63
"""Multipliers up to this count as below a quarter (0.249 in 24.8)."""
HAS_STATUS, AT_TOP, AT_BOTTOM, WEATHER = (
    int(Vain.HAS_STATUS), int(Vain.STAGES_AT_TOP), int(Vain.STAGES_AT_BOTTOM), int(Vain.WEATHER),
)  # fmt: skip
BOSS_ROOM, HOLDS_CHARGES, NO_CHARGES = int(Vain.BOSS_ROOM), int(Vain.HOLDS_CHARGES), int(Vain.NO_CHARGES)
CANNOT_SWALLOW, CANNOT_INGRAIN, CANNOT_DRUM = (
    int(Vain.CANNOT_SWALLOW), int(Vain.CANNOT_INGRAIN), int(Vain.CANNOT_DRUM),
)  # fmt: skip
IS_CAMOUFLAGED, HOLDS_ITEM, HOLDS_CLEAN = int(Vain.IS_CAMOUFLAGED), int(Vain.HOLDS_ITEM), int(Vain.HOLDS_CLEAN_ITEM)
NEEDS_NO_REST, IS_DRY, CANNOT_DIG = int(Vain.NEEDS_NO_REST), int(Vain.IS_DRY), int(Vain.CANNOT_DIG)
NO_TRAP, MUD_SPORT, WATER_SPORT = int(Vain.NO_TRAP_HERE), int(Vain.MUD_SPORT), int(Vain.WATER_SPORT)
BEARS_GRUDGE, DECOY_EXISTS, CANNOT_WISH = int(Vain.BEARS_GRUDGE), int(Vain.DECOY_EXISTS), int(Vain.CANNOT_WISH)
CANNOT_LAY, NO_MATE = int(Vain.CANNOT_LAY_TRAP), int(Vain.NO_MATE_TO_HELP)
ASLEEP, ASLEEP_OR_YAWNING = int(Vain.ASLEEP), int(Vain.ASLEEP_OR_YAWNING)
ATTACK_CRUSHED, DEFENSE_CRUSHED, BOTH_CRUSHED = (
    int(Vain.ATTACK_CRUSHED), int(Vain.DEFENSE_CRUSHED), int(Vain.BOTH_ATTACKS_CRUSHED),
)  # fmt: skip
NOTHING_TO_REPEAT, ENCORED = int(Vain.NOTHING_TO_REPEAT), int(Vain.ENCORED_OR_NOTHING)
ONE_HP, NO_MORE_HP, NO_TORMENT = int(Vain.ONE_HP), int(Vain.NO_MORE_HP), int(Vain.NOTHING_TO_TORMENT)
OUT_OF_PP, SEEN_THROUGH, NO_RESET = int(Vain.OUT_OF_PP), int(Vain.SEEN_THROUGH), int(Vain.NOTHING_TO_RESET)
NO_COPY, NO_ITEMS, NO_ITEM = int(Vain.NOTHING_TO_COPY), int(Vain.NO_ITEMS), int(Vain.NO_ITEM)
SAME_ABILITIES, CURSED_ENOUGH, WRAPPED = int(Vain.SAME_ABILITIES), int(Vain.CURSED_ENOUGH), int(Vain.WRAPPED)
POISONED = int(Vain.POISONED)


@kernel
def is_vain_on_self(game: Any, rules: Any, slot: int, move_id: int) -> bool:
    """True when the state of the user makes the move useless."""
    monster, effect = game.world.monsters[slot], rules.effects[move_id]
    rule, amount = int(effect.vain_self), int(effect.vain_self_amount)
    if rule == 0:
        return False
    if rule <= AT_BOTTOM:
        return is_saturated(monster, rule, amount)
    if rule == WEATHER:
        return weather_for(game, monster) == amount
    if rule == BOSS_ROOM:
        return in_boss_room(game)
    if rule <= CANNOT_DRUM:
        return is_unready(monster, rule, amount)
    if rule <= NEEDS_NO_REST:
        return has_enough(game, monster, rule)
    return is_out_of_place(game, rules, slot, rule)


@kernel
def is_saturated(monster: Any, rule: int, amount: int) -> bool:
    """True for a status that it has already, or stages that go no further."""
    if rule == HAS_STATUS:
        return status_in(monster, amount >> 4) == amount & 15
    for index in range(7):
        if amount >> index & 1:
            stage = stage_of(monster, index)
            if rule == AT_TOP and stage < (TOP_SPEED if index == SPEED else TOP_STAGE):
                return False
            if rule == AT_BOTTOM and stage > 0:
                return False
    return True


@kernel
def is_unready(monster: Any, rule: int, amount: int) -> bool:
    """Rules of loads, roots and belly."""
    if rule == HOLDS_CHARGES:
        return monster.stockpile >= amount
    if rule == NO_CHARGES:
        return monster.stockpile == 0
    if rule == CANNOT_SWALLOW:
        return monster.max_hp <= monster.hp or monster.stockpile == 0
    if rule == CANNOT_INGRAIN:
        return monster.freeze_status == ids.INGRAIN or monster.max_hp // 2 < monster.hp
    return monster.attack_stage >= TOP_STAGE or belly_of(monster) <= 0


@kernel
def has_enough(game: Any, monster: Any, rule: int) -> bool:
    """Rules of type, held item and health."""
    if rule == IS_CAMOUFLAGED:
        return has_type(monster, CAMOUFLAGE_TYPES[game.world.tileset])
    holds = monster.held_item.flags & ids.ITEM_EXISTS != 0
    if rule == HOLDS_ITEM:
        return holds
    if rule == HOLDS_CLEAN:
        return holds and monster.held_item.flags & ids.ITEM_STICKY == 0
    return monster.hp > monster.max_hp // 4 and not has_bad_status(monster)


@kernel
def is_out_of_place(game: Any, rules: Any, slot: int, rule: int) -> bool:
    """Rules of the ground, the floor and the company."""
    world, monster, here = game.world, game.world.monsters[slot], game.world.entities[slot].pos
    if rule == IS_DRY:
        return is_dry(game, rules, slot)
    if rule == CANNOT_DIG:
        return not is_soil(game, rules, slot)
    if rule == NO_TRAP:
        thing = slot_of(world.tiles[here.y, here.x].object)
        return thing < 0 or world.all_entities[thing].kind != ids.TRAP
    if rule == MUD_SPORT:
        return world.mud_sport_turns > 0
    if rule == WATER_SPORT:
        return world.water_sport_turns > 0
    if rule == BEARS_GRUDGE:
        return monster.grudge != 0
    if rule == DECOY_EXISTS:
        return world.decoy_active != 0
    if rule == CANNOT_WISH:
        return monster.is_enemy != 0 or monster.shield_status == ids.WISH
    if rule == CANNOT_LAY:
        return not can_lie(game, here.x, here.y)
    return not has_mate_to_help(game, slot)


@kernel
def has_mate_to_help(game: Any, slot: int) -> bool:
    """True when one of the own kind in sight can still grow stronger in both attacks."""
    wild = game.world.monsters[slot].is_enemy != 0
    for other in range(MAX_TEAM if wild else 0, MAX_MONSTERS if wild else MAX_TEAM):
        if other == slot or not is_alive(game, other) or not can_see(game, slot, other):
            continue
        mate = game.world.monsters[other]
        if mate.attack_stage < TOP_STAGE and mate.sp_attack_stage < TOP_STAGE:
            return True
    return False


@kernel
def is_vain_on(game: Any, rules: Any, slot: int, other: int, move_id: int) -> bool:
    """True when the state of the target makes the move useless."""
    user, target, effect = game.world.monsters[slot], game.world.monsters[other], rules.effects[move_id]
    if target.freeze_status == ids.FROZEN and not rules.moves[move_id].hits_frozen:
        return True
    rule, amount = int(effect.vain_target), int(effect.vain_target_amount)
    if rule == 0:
        return False
    if rule <= AT_BOTTOM:
        return is_saturated(target, rule, amount)
    if rule <= BOTH_CRUSHED:
        return is_down(target, rule)
    if rule <= OUT_OF_PP:
        return has_nothing_left(user, target, rule)
    if rule <= NO_COPY:
        return is_level(user, target, rule)
    return is_alike(user, target, rule)


@kernel
def is_down(target: Any, rule: int) -> bool:
    """Rules of sleep and of multipliers that are as low as they go."""
    if rule == ASLEEP:
        return is_asleep(target)
    if rule == ASLEEP_OR_YAWNING:
        return is_asleep(target) or target.sleep_status == ids.YAWNING
    if rule == DEFENSE_CRUSHED:
        return target.defense_mult <= CRUSHED
    return target.attack_mult <= CRUSHED and (rule == ATTACK_CRUSHED or target.sp_attack_mult <= CRUSHED)


@kernel
def has_nothing_left(user: Any, target: Any, rule: int) -> bool:
    """Rules of the move used last, its PP, and HP."""
    if rule == ONE_HP:
        return target.hp <= 1
    if rule == NO_MORE_HP:
        return target.hp <= user.hp
    if rule == OUT_OF_PP:
        for index in range(layout.MOVE_SLOTS):
            move = target.moves[index]
            if move.flags & ids.MOVE_EXISTS and move.flags & ids.MOVE_LAST_USED and move.pp == 0:
                return True
        return False
    if rule == ENCORED and target.cringe_status == ids.ENCORE:
        return True
    if rule == NO_TORMENT and any_flag(target, ids.MOVE_DISABLED):
        return True
    return not any_flag(target, ids.MOVE_LAST_USED)


@kernel
def any_flag(monster: Any, flag: int) -> bool:
    """True when any of its moves, Struggle too, has the flag."""
    for index in range(layout.MOVE_SLOTS):
        flags = monster.moves[index].flags
        if flags & ids.MOVE_EXISTS and flags & flag:
            return True
    return monster.struggle_flags & flag != 0


@kernel
def is_level(user: Any, target: Any, rule: int) -> bool:
    """Rules of stages and multipliers that would not change."""
    if rule == SEEN_THROUGH:
        ghost = has_type(target, ids.GHOST) and not target.exposed
        return not ghost and target.evasion_stage <= 10
    if rule == NO_RESET:
        return not (
            target.attack_stage < 10 or target.sp_attack_stage < 10
            or target.defense_stage < 10 or target.sp_defense_stage < 10
            or target.accuracy_stage < 10 or target.evasion_stage < 10
            or target.attack_mult < 256 or target.sp_attack_mult < 256
            or target.defense_mult < 256 or target.sp_defense_mult < 256
        )  # fmt: skip
    return not (
        user.attack_stage < target.attack_stage or user.sp_attack_stage < target.sp_attack_stage
        or user.defense_stage < target.defense_stage or user.sp_defense_stage < target.sp_defense_stage
        or user.accuracy_stage < target.accuracy_stage or user.evasion_stage < target.evasion_stage
        or user.attack_mult < target.attack_mult or user.sp_attack_mult < target.sp_attack_mult
        or user.defense_mult < target.defense_mult or user.sp_defense_mult < target.sp_defense_mult
    )  # fmt: skip


@kernel
def is_alike(user: Any, target: Any, rule: int) -> bool:
    """Rules of items, abilities, curses, wraps and poison."""
    theirs = target.held_item.flags & ids.ITEM_EXISTS != 0
    if rule == NO_ITEMS:
        return not theirs or user.held_item.flags & ids.ITEM_EXISTS == 0
    if rule == NO_ITEM:
        return not theirs
    if rule == SAME_ABILITIES:
        return user.ability1 == target.ability1 and user.ability2 == target.ability2
    if rule == CURSED_ENOUGH:
        if has_type(user, ids.GHOST):
            return target.curse_status == ids.CURSED
        return user.attack_stage >= TOP_STAGE and user.defense_stage >= TOP_STAGE
    if rule == WRAPPED:
        return target.freeze_status == ids.WRAP or target.freeze_status == ids.WRAPPED
    return target.burn_status == ids.POISONED or target.burn_status == ids.BADLY_POISONED
