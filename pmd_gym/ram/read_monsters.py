"""Compiled reading of the monsters of a dungeon: who they are, what they can do, what ails them.

The rules are those of `state.py`: every value is checked before it is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.ram.read_checked import below, copy_item, on_map
from pmd_gym.ram.state import STATUS_GROUPS

_TEAM, _MONSTERS, _MOVES = layout.MAX_TEAM, layout.MAX_MONSTERS, layout.MOVE_SLOTS
_MONSTER_SIZE = layout.MONSTER.itemsize
_MONSTERS_OFFSET = layout.field("Dungeon.team_info").offset
_SPECIES, _MOVE_IDS = len(layout.enum("species")), len(layout.enum("move"))
_TYPES, _ABILITIES = len(layout.enum("type")), len(layout.enum("ability"))
_TACTICS, _BEHAVIORS = len(layout.enum("tactic")), max(layout.enum("behavior")) + 1
_SHOPKEEPERS = len(layout.enum("shopkeeper_mode"))
_NEUTRAL_STAGE = layout.constant("neutral_stage")
_MAX_LEVEL, _MAX_HP, _MAX_STAGE, _MAX_SPEED = 100, 999, 20, 4
_KIND_MONSTER = 1
_GROUP_COUNT = len(STATUS_GROUPS)


def _status_field(group: str) -> str:
    return group if group == "muzzled" else f"{group}_status"


def _turns_offset(group: str) -> int:
    name = f"{group}_turns"
    return layout.fields("Monster")[name].offset if name in layout.fields("Monster") else -1


_STATUS_OFFSETS = np.array([layout.fields("Monster")[_status_field(g)].offset for g in STATUS_GROUPS], np.int64)
_TURNS_OFFSETS = np.array([_turns_offset(g) for g in STATUS_GROUPS], np.int64)
_STATUS_LIMITS = np.array([2 if g == "muzzled" else len(layout.enum(f"status_{g}")) for g in STATUS_GROUPS], np.int64)


@kernel
def read_monsters(ewram: Any, offset: Any, dungeon: Any, state: Any) -> None:
    """Fill `state.monsters`; `offset` is the dungeon's place in `ewram`."""
    for slot in range(_MONSTERS):
        entity, record = dungeon.entities[slot], dungeon.monsters[slot]
        if not _is_monster(entity, record):
            continue
        monster = state.monsters[slot]
        _read_identity(entity, record, monster)
        _read_numbers(record, monster)
        _read_conditions(record, monster)
        _read_statuses(ewram, offset + _MONSTERS_OFFSET + slot * _MONSTER_SIZE, monster)
        copy_item(record.held_item, monster.held_item)
        _read_moves(record, monster)
        if monster.is_leader == 1 and slot < _TEAM and state.leader < 0:
            state.leader = slot


@kernel
def _is_monster(entity: Any, record: Any) -> Any:
    if entity.kind != _KIND_MONSTER or not on_map(entity.pos.x, entity.pos.y):
        return False
    if not (1 <= record.species < _SPECIES and 1 <= record.level <= _MAX_LEVEL):
        return False
    return 0 <= record.hp <= _MAX_HP and 1 <= record.max_hp <= _MAX_HP


@kernel
def _read_identity(entity: Any, record: Any, monster: Any) -> None:
    monster.exists = 1
    monster.is_enemy = record.is_enemy != 0
    monster.is_leader = record.is_leader == 1
    monster.shopkeeper = below(np.int64(record.shopkeeper), _SHOPKEEPERS)
    monster.species = record.species
    shown = record.apparent_species
    monster.apparent_species = shown if 1 <= shown < _SPECIES else record.species
    monster.level = record.level
    monster.team_index = record.team_index
    monster.x, monster.y = entity.pos.x, entity.pos.y
    monster.facing = record.direction & 7
    monster.room = entity.room
    monster.spawn_id = entity.spawn_id
    monster.action = record.action


@kernel
def _read_numbers(record: Any, monster: Any) -> None:
    monster.hp, monster.max_hp = record.hp, record.max_hp
    monster.exp, monster.iq = record.exp, record.iq
    monster.belly = np.int64(record.belly.whole) * 1000 + record.belly.thousandths
    monster.max_belly = np.int64(record.max_belly.whole) * 1000 + record.max_belly.thousandths
    monster.stats[0], monster.stats[1] = record.attack, record.sp_attack
    monster.stats[2], monster.stats[3] = record.defense, record.sp_defense
    monster.stages[0], monster.stages[1] = _stage(record.attack_stage), _stage(record.sp_attack_stage)
    monster.stages[2], monster.stages[3] = _stage(record.defense_stage), _stage(record.sp_defense_stage)
    monster.stages[4], monster.stages[5] = _stage(record.accuracy_stage), _stage(record.evasion_stage)
    monster.multipliers[0], monster.multipliers[1] = record.attack_mult, record.sp_attack_mult
    monster.multipliers[2], monster.multipliers[3] = record.defense_mult, record.sp_defense_mult
    monster.speed_stage = record.speed_stage if 0 <= record.speed_stage <= _MAX_SPEED else 1


@kernel
def _stage(value: int) -> int:
    return value if 0 <= value <= _MAX_STAGE else _NEUTRAL_STAGE


@kernel
def _read_conditions(record: Any, monster: Any) -> None:
    monster.types[0], monster.types[1] = below(record.type1, _TYPES), below(record.type2, _TYPES)
    monster.abilities[0] = below(record.ability1, _ABILITIES)
    monster.abilities[1] = below(record.ability2, _ABILITIES)
    monster.tactic = below(record.tactic, _TACTICS)
    monster.behavior = below(record.behavior, _BEHAVIORS)
    monster.is_boss = record.is_boss != 0
    monster.terrified_turns = record.terrified_turns
    monster.perish_turns = record.perish_turns
    monster.stockpile = record.stockpile
    monster.power_ears = record.power_ears != 0
    monster.scanning = record.scanning != 0
    monster.stair_spotter = record.stair_spotter != 0
    monster.status_icons = record.status_icons


@kernel
def _read_statuses(ewram: Any, base: Any, monster: Any) -> None:
    for group in range(_GROUP_COUNT):
        status = ewram[base + _STATUS_OFFSETS[group]]
        if status == 0 or status >= _STATUS_LIMITS[group]:
            continue
        monster.statuses[group] = status
        if _TURNS_OFFSETS[group] >= 0:
            monster.status_turns[group] = ewram[base + _TURNS_OFFSETS[group]]


@kernel
def _read_moves(record: Any, monster: Any) -> None:
    for slot in range(_MOVES):
        source, move = record.moves[slot], monster.moves[slot]
        if source.flags & 1 and 1 <= source.id < _MOVE_IDS:
            move.flags, move.flags2, move.id = source.flags, source.flags2, source.id
            move.pp, move.boost = source.pp, source.boost
