"""What a step earned: a snapshot of each game before and after, and the named terms between two snapshots.

A snapshot holds the few numbers a reward needs, and one bit for each tile the team has explored. Counting 1,792 tiles
on every step would cost more than the step, so bits are added only where new tiles can appear: around a leader in a
corridor, and in a room on the step that discovers it. Maps revealed by an item are therefore no exploration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.kernels.images import (
    DUNGEON,
    DUNGEON_SIZE,
    IMAGE,
    IMAGE_SIZE,
    MAX_TEAM,
    MONSTER_KIND,
    Bytes,
    Record,
    dungeon_offset,
    leader_slot,
)
from pmd_gym.kernels.sight import ON_MAP, sight_of
from pmd_gym.ram import layout

WIDTH, HEIGHT, MAX_ROOMS, BAG_SLOTS = layout.MAP_WIDTH, layout.MAP_HEIGHT, layout.MAX_ROOMS, layout.BAG_SLOTS
RUNNING, CLEARED, FAINTED, ESCAPED, LOST = range(5)
USED = 1

SNAPSHOT = np.dtype([
    ("dungeon", "<i4"), ("floor", "<i4"), ("floor_seed", "<i8"), ("hp", "<i4"), ("max_hp", "<i4"), ("level", "<i4"),
    ("exp", "<i8"), ("belly", "<i4"), ("turns_left", "<i4"), ("money", "<i4"), ("items", "<i4"), ("team", "<i4"),
    ("explored", "<i4"), ("exit_reason", "<i4"), ("rooms", "<u8"), ("known", "<u8", (layout.MAP_HEIGHT,)),
])  # fmt: skip
"""One game: `belly` in thousandths, `items` in the bag, `team` living members, `explored` tiles of this floor;
`exit_reason` of `enums.exit_reason` in the RAM map, 0 while the run goes on; `rooms` and `known` are the bits behind
`explored`. `floor_seed` is -1 before the first snapshot."""


@kernel
def take_snapshots(flat: Bytes, stride: int, env_ids: NDArray[np.int64], snapshots: NDArray[np.void]) -> None:
    """Bring `snapshots` (n,) of the games `env_ids` up to date in place; outside a dungeon the last one stays."""
    for row in range(len(env_ids)):
        take_snapshot(flat, env_ids[row] * stride, snapshots[row])


@kernel
def take_snapshot(flat: Bytes, start: int, snapshot: Record) -> None:
    """Bring the snapshot of the game whose image begins at `start` up to date in place."""
    at = dungeon_offset(flat, start)
    if at < 0:
        return
    dungeon = flat[at : at + DUNGEON_SIZE].view(DUNGEON)[0]
    leader = leader_slot(dungeon)
    _read_team(flat[start : start + IMAGE_SIZE].view(IMAGE)[0], dungeon, leader, snapshot)
    if snapshot.floor_seed != dungeon.floor_seed or snapshot.floor != dungeon.floor:
        _enter_floor(dungeon, snapshot)
    if leader >= 0:
        _explore(dungeon, leader, snapshot)
    snapshot.turns_left, snapshot.exit_reason = dungeon.turns_left, dungeon.exit_reason


@kernel
def _read_team(image: Record, dungeon: Record, leader: int, snapshot: Record) -> None:
    snapshot.money = image.money
    items, team = 0, 0
    for slot in range(BAG_SLOTS):
        items += image.inventory_data.bag[slot].flags & USED
    for slot in range(MAX_TEAM):
        team += dungeon.entities[slot].kind == MONSTER_KIND
    snapshot.items, snapshot.team = items, team
    if leader < 0:
        snapshot.hp = 0
        return
    monster = dungeon.monsters[leader]
    snapshot.hp, snapshot.max_hp, snapshot.level = monster.hp, monster.max_hp, monster.level
    snapshot.exp = monster.exp
    snapshot.belly = np.int32(monster.belly.whole) * 1000 + monster.belly.thousandths


@kernel
def _enter_floor(dungeon: Record, snapshot: Record) -> None:
    snapshot.dungeon, snapshot.floor, snapshot.floor_seed = dungeon.dungeon_id, dungeon.floor, dungeon.floor_seed
    snapshot.explored = 0
    snapshot.rooms = 0
    for y in range(HEIGHT):
        snapshot.known[y] = 0
    _add_area(dungeon, 0, 0, WIDTH - 1, HEIGHT - 1, snapshot)


@kernel
def _explore(dungeon: Record, leader: int, snapshot: Record) -> None:
    sight = sight_of(dungeon, leader, 0)
    room = int(dungeon.tiles[sight.y, sight.x].room)
    if room < MAX_ROOMS:
        bit = np.uint64(1) << np.uint64(room)
        if snapshot.rooms & bit:
            return
        snapshot.rooms |= bit
    _add_area(dungeon, sight.x_min, sight.y_min, sight.x_max, sight.y_max, snapshot)


@kernel
def _add_area(dungeon: Record, x_min: int, y_min: int, x_max: int, y_max: int, snapshot: Record) -> None:
    for y in range(max(y_min, 0), min(y_max, HEIGHT - 1) + 1):
        bits = snapshot.known[y]
        for x in range(max(x_min, 0), min(x_max, WIDTH - 1) + 1):
            bit = np.uint64(1) << np.uint64(x)
            if dungeon.tiles[y, x].visibility & ON_MAP and not bits & bit:
                bits |= bit
                snapshot.explored += 1
        snapshot.known[y] = bits


@kernel
def copy_figures(snapshot: Record, to: Record) -> None:
    """Copy what `fill_terms` compares, which leaves the bits of the explored tiles out."""
    to.dungeon, to.floor, to.floor_seed = snapshot.dungeon, snapshot.floor, snapshot.floor_seed
    to.hp, to.max_hp, to.level, to.exp = snapshot.hp, snapshot.max_hp, snapshot.level, snapshot.exp
    to.money, to.items, to.team = snapshot.money, snapshot.items, snapshot.team
    to.explored, to.turns_left = snapshot.explored, snapshot.turns_left


@kernel
def reward_terms(
    before: NDArray[np.void], after: NDArray[np.void], outcomes: NDArray[np.uint8], illegal: NDArray[np.bool_],
    out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write the terms of each game to `out`, (n, terms) float64, in the order of `rewards.TERMS`."""
    for row in range(len(outcomes)):
        fill_terms(before[row], after[row], outcomes[row], illegal[row], out[row])


@kernel
def fill_terms(before: Record, after: Record, outcome: int, illegal: bool, out: NDArray[np.float64]) -> None:
    """The terms of one game, (terms,) float64."""
    same_floor = before.floor_seed == after.floor_seed and before.floor == after.floor
    out[:] = 0
    if before.dungeon == after.dungeon:
        out[0] = max(0, after.floor - before.floor)
    else:
        out[0] = 1
    out[0] += outcome == CLEARED
    out[1] = outcome == CLEARED
    out[2] = outcome == FAINTED
    out[3] = outcome == ESCAPED
    out[4] = outcome == LOST
    out[5] = after.explored - before.explored if same_floor else 0
    out[6] = after.exp - before.exp
    out[7] = after.level - before.level
    if before.max_hp > 0:
        out[8] = max(0, before.hp - after.hp) / before.max_hp
        out[9] = max(0, after.hp - before.hp) / before.max_hp
    out[10] = after.money - before.money
    out[11] = after.items - before.items
    out[12] = max(0, before.team - after.team)
    out[13] = after.belly < 1000
    out[14] = before.turns_left - after.turns_left if same_floor else 1
    out[15] = illegal
