"""Which room becomes a Kecleon shop or a monster house, and how the shop is finished at the end of a generation.

Source: pret/pmd-red 1177316f, src/dungeon_generation.c; every draw stands in the game's order.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator.grid import shuffle_choices
from pmd_gym.simulator.plan import SHOP_LIST
from pmd_gym.simulator.rng import chance, rand_int, rand_range
from pmd_gym.simulator.terrain import (
    JUNCTION,
    MONSTER_HOUSE,
    SHOP,
    SPAWN_ITEM,
    SPAWN_SPECIAL,
    room_at,
)

LEAST_SHOP_WIDTH, LEAST_SHOP_HEIGHT = 5, 4
SURE_HOUSE = 999
"""A monster-house chance that always succeeds (and still draws)."""

WARE_PERCENT = 57
LAST_FLOOR_WIDE_ROOM = 49


@kernel
def choose_shop(plan: Any, percent: int) -> None:
    """With `percent`, the first fitting room in a shuffled order of cells becomes a shop; never beside a house."""
    plan.keeper_x, plan.keeper_y = -1, -1
    if plan.has_monster_house or percent == 0 or not chance(plan, percent):
        return
    _shuffle_list(plan, plan.shop_columns)
    _shuffle_list(plan, plan.shop_rows)
    for column in plan.shop_columns:
        for row in plan.shop_rows:
            if column < plan.grid_width and row < plan.grid_height and _fits_shop(plan.cells[column, row]):
                _open_shop(plan, plan.cells[column, row])
                return


@kernel
def _shuffle_list(plan: Any, numbers: Any) -> None:
    for i in range(SHOP_LIST):
        numbers[i] = i
    for _ in range(200):
        a = rand_int(plan, SHOP_LIST)
        b = rand_int(plan, SHOP_LIST)
        numbers[a], numbers[b] = numbers[b], numbers[a]


@kernel
def _fits_shop(cell: Any) -> bool:
    plain = cell.valid and cell.room and cell.connected and not cell.merged and not cell.absorbed
    if not plain or cell.structured or cell.wants_structure:
        return False
    return cell.x1 - cell.x0 >= LEAST_SHOP_WIDTH and cell.y1 - cell.y0 >= LEAST_SHOP_HEIGHT


@kernel
def _open_shop(plan: Any, cell: Any) -> None:
    """The room without its outer ring becomes shop floor; no stairs may appear in the whole room."""
    plan.has_shop = 1
    cell.shop = 1
    plan.shop_x0, plan.shop_x1 = cell.x0 + 1, cell.x1 - 1
    plan.shop_y0, plan.shop_y1 = cell.y0 + 1, cell.y1 - 1
    if plan.shop_y1 - plan.shop_y0 < 3:
        plan.shop_y1 += 1
    plan.shop_area[0], plan.shop_area[1] = plan.shop_x0, plan.shop_y0
    plan.shop_area[2], plan.shop_area[3] = plan.shop_x1 - 1, plan.shop_y1 - 1
    for y in range(plan.shop_y0, plan.shop_y1):
        for x in range(plan.shop_x0, plan.shop_x1):
            plan.flags[y, x] |= SHOP
    for y in range(cell.y0, cell.y1):
        for x in range(cell.x0, cell.x1):
            plan.spawns[y, x] |= SPAWN_SPECIAL
    plan.keeper_x = (plan.shop_x0 + plan.shop_x1) // 2
    plan.keeper_y = (plan.shop_y0 + plan.shop_y1) // 2


@kernel
def choose_monster_house(plan: Any, percent: int) -> None:
    """With `percent`, one of the connected rooms becomes a monster house; never beside a shop or in a boss room."""
    if percent == 0 or not chance(plan, percent):
        return
    if plan.has_shop or 0 < plan.fixed_room <= LAST_FLOOR_WIDE_ROOM:
        return
    candidates = 0
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            candidates += _fits_house(plan.cells[x, y])
    if candidates == 0:
        return
    shuffle_choices(plan, 1, candidates)
    seen = 0
    for x in range(plan.grid_width):
        for y in range(plan.grid_height):
            if _fits_house(plan.cells[x, y]):
                if plan.shuffled[seen]:
                    _open_monster_house(plan, plan.cells[x, y])
                seen += 1


@kernel
def _fits_house(cell: Any) -> bool:
    plain = cell.valid and cell.room and cell.connected and not cell.absorbed
    return bool(plain and not cell.shop and not cell.structured)


@kernel
def _open_monster_house(plan: Any, cell: Any) -> None:
    plan.has_monster_house = 1
    cell.monster_house = 1
    for y in range(cell.y0, cell.y1):
        for x in range(cell.x0, cell.x1):
            plan.flags[y, x] |= MONSTER_HOUSE
    plan.monster_house_room = room_at(plan, cell.x1 - 1, cell.y1 - 1)


@kernel
def finish_shop(plan: Any) -> None:
    """Shrink the shop floor at random, keep exits free, and mark the wares of a 3 x 3 block.

    It also runs, draws included, for a shop of an earlier attempt whose map was thrown away.
    """
    least_width = max(3, rand_range(plan, 3, plan.shop_x1 - plan.shop_x0 - 2))
    least_height = max(3, rand_range(plan, 3, plan.shop_y1 - plan.shop_y0 - 2))
    cuts = rand_range(plan, 2, 4)
    _cut_columns(plan, cuts, least_width)
    _cut_rows(plan, cuts, least_height)
    for y in range(plan.shop_y0, plan.shop_y1):
        for x in range(plan.shop_x0, plan.shop_x1):
            if plan.flags[y, x] & JUNCTION:
                plan.flags[y, x] &= 0xFFFF - SHOP
    _mark_wares(plan)


@kernel
def _cut_columns(plan: Any, cuts: int, least_width: int) -> None:
    for _ in range(cuts):
        if plan.shop_x1 - plan.shop_x0 <= least_width:
            return
        if chance(plan, 50):
            column = plan.shop_x0
            plan.shop_x0 += 1
        else:
            plan.shop_x1 -= 1
            column = plan.shop_x1
        for y in range(plan.shop_y0, plan.shop_y1):
            plan.flags[y, column] &= 0xFFFF - SHOP


@kernel
def _cut_rows(plan: Any, cuts: int, least_height: int) -> None:
    for _ in range(cuts):
        if plan.shop_y1 - plan.shop_y0 <= least_height:
            return
        if chance(plan, 50):
            row = plan.shop_y0
            plan.shop_y0 += 1
        else:
            plan.shop_y1 -= 1
            row = plan.shop_y1
        for x in range(plan.shop_x0, plan.shop_x1):
            plan.flags[row, x] &= 0xFFFF - SHOP


@kernel
def _mark_wares(plan: Any) -> None:
    left = (plan.shop_x0 + plan.shop_x1) // 2 - 1
    top = (plan.shop_y0 + plan.shop_y1) // 2 - 1
    for x in range(left, left + 3):
        for y in range(top, top + 3):
            if plan.flags[y, x] & (SHOP | MONSTER_HOUSE | JUNCTION) == SHOP:
                always = y == top + 1 and x != left + 1
                if rand_int(plan, 100) < (100 if always else WARE_PERCENT):
                    plan.spawns[y, x] |= SPAWN_ITEM
