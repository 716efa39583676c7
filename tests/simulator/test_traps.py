"""Who sets a trap off and what each does, on a floor set up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids, items, traps
from pmd_gym.simulator.explosion import is_damp
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena, address_of

CHARMANDER, SQUIRTLE, RATTATA = 4, 7, 19
PARTNER = 1
TACKLE, GROWL, APPLE = 325, 217, 82
OTHER, SPECIES = int(Draw.OTHER), int(Draw.SPAWN_SPECIES)
FIRST_TRAP = 84


@kernel
def step_on(games: Any, tables: Any, slot: int) -> None:
    traps.step_on(games[0], tables[0], slot)


@kernel
def trigger(games: Any, tables: Any, slot: int, x: int, y: int, forced: bool) -> None:
    traps.trigger(games[0], tables[0], slot, x, y, forced)


@kernel
def lay_item(games: Any, tables: Any, x: int, y: int, item_id: int) -> None:
    item = games[0].new_item
    item.flags, item.id, item.quantity = ids.ITEM_EXISTS, item_id, 1
    items.lay_item(games[0], tables[0], x, y, item)


@kernel
def damp(games: Any) -> bool:
    return is_damp(games[0])


@pytest.fixture
def arena() -> Arena:
    arena = Arena((2, 2, 30, 20))
    arena.put(LEADER, CHARMANDER, (5, 5), hp=30, max_hp=30, moves=(TACKLE, GROWL))
    arena.put(PARTNER, SQUIRTLE, (12, 12), hp=30, max_hp=30)
    arena.put(FOE, RATTATA, (20, 5), hp=100, max_hp=100)
    arena.world["next_sprite_id"] = 0x400
    arena.world["enemy_density"] = 4
    arena.world["floor_spawns"][0]["packed"], arena.world["floor_spawn_count"] = RATTATA | 3 << 9, 1
    arena.world["floor_spawns"][0]["weight_floor"] = 10000
    return arena


def put_trap(arena: Arena, kind: int, tile: tuple[int, int] = (5, 5), *, visible: bool = False, side: int = 0) -> Any:
    """A trap in the first place of the floor; returns its entity."""
    entity = arena.world["trap_entities"][0]
    entity["kind"], entity["pos"], entity["visible"] = ids.TRAP, tile, visible
    arena.world["floor_traps"][0] = (kind, side)
    arena.world["tiles"][tile[1], tile[0]]["object"] = address_of(FIRST_TRAP)
    return entity


def set_off(arena: Arena, kind: int, **fields: Any) -> None:
    """Set a visible trap under the leader off."""
    put_trap(arena, kind, visible=True, **fields)
    trigger(arena.records, arena.tables, LEADER, 5, 5, True)


def test_a_hidden_trap_is_dodged_below_15_and_shows_anyway(arena: Arena) -> None:
    entity = put_trap(arena, traps.SPIKE)
    step_on(arena.records, arena.tables, LEADER)
    [(label, bound, value)] = arena.draws()
    assert (label, bound) == (OTHER, 100)
    assert arena.world["monsters"][LEADER]["hp"] == (30 if value < 15 else 10)
    assert entity["visible"] == 1


def test_a_visible_trap_draws_too_but_is_never_dodged(arena: Arena) -> None:
    put_trap(arena, traps.CHESTNUT, visible=True)
    for _ in range(2):
        step_on(arena.records, arena.tables, LEADER)
    assert len(arena.draws()) == 2
    assert arena.world["monsters"][LEADER]["hp"] == 10


def test_a_trap_scarf_keeps_the_trap_from_acting(arena: Arena) -> None:
    arena.world["monsters"][LEADER]["held_item"] = (ids.ITEM_EXISTS, 0, ids.TRAP_SCARF)
    put_trap(arena, traps.SPIKE, visible=True)
    step_on(arena.records, arena.tables, LEADER)
    assert arena.world["monsters"][LEADER]["hp"] == 30


def test_trap_seer_only_reveals(arena: Arena) -> None:
    arena.world["monsters"][LEADER]["iq_skills"][ids.TRAP_SEER >> 3] |= 1 << (ids.TRAP_SEER & 7)
    entity = put_trap(arena, traps.SPIKE)
    step_on(arena.records, arena.tables, LEADER)
    assert (int(entity["visible"]), arena.draws()) == (1, [])


@pytest.mark.parametrize(
    ("slot", "visible", "side", "acts"),
    [
        (PARTNER, False, 0, False), (PARTNER, True, 0, True), (FOE, True, 0, False),
        (FOE, False, 1, True), (PARTNER, False, 1, False), (PARTNER, False, 2, True), (FOE, True, 2, False),
    ],
)  # fmt: skip
def test_who_sets_a_trap_off(arena: Arena, slot: int, visible: bool, side: int, acts: bool) -> None:
    x, y = arena.world["entities"][slot]["pos"].item()
    put_trap(arena, traps.WONDER_TILE, (x, y), visible=visible, side=side)
    arena.world["monsters"][slot]["attack_stage"] = 8
    step_on(arena.records, arena.tables, slot)
    assert (arena.world["monsters"][slot]["attack_stage"] == 10) == acts


def test_a_wonder_tile_makes_no_draw(arena: Arena) -> None:
    arena.world["monsters"][LEADER]["defense_mult"] = 128
    put_trap(arena, traps.WONDER_TILE, visible=True, side=2)
    step_on(arena.records, arena.tables, LEADER)
    assert arena.world["monsters"][LEADER]["defense_mult"] == 256
    assert arena.draws() == []


def test_mud_lowers_the_drawn_stat(arena: Arena) -> None:
    set_off(arena, traps.MUD)
    [(_, bound, value)] = arena.draws()
    stages = [
        int(arena.world["monsters"][LEADER][f"{stat}_stage"])
        for stat in ("attack", "sp_attack", "defense", "sp_defense")
    ]
    assert bound == 100
    assert stages == [9 if index == value // 25 else 10 for index in range(4)]


def test_spin_and_slow_traps(arena: Arena) -> None:
    set_off(arena, traps.SPIN)
    set_off(arena, traps.SLOW)
    leader = arena.world["monsters"][LEADER]
    assert leader["cringe_status"] == ids.CONFUSED
    assert leader["speed_stage"] == 0


def test_tripping_throws_the_held_item_ahead(arena: Arena) -> None:
    arena.world["monsters"][LEADER]["held_item"] = (ids.ITEM_EXISTS, 0, APPLE)
    arena.world["monsters"][LEADER]["direction"] = 2
    set_off(arena, traps.TRIP)
    assert arena.world["monsters"][LEADER]["held_item"]["flags"] == 0
    assert arena.world["tiles"][5, 6]["object"] != 0


def test_sticky_and_grimy_traps_change_what_is_carried(arena: Arena) -> None:
    bag = arena.game["inventory_data"]["bag"]
    bag[0] = (ids.ITEM_EXISTS, 0, APPLE)
    set_off(arena, traps.STICKY)
    assert bag[0]["flags"] & ids.ITEM_STICKY
    bag[0] = (ids.ITEM_EXISTS, 0, APPLE)
    arena.forget_draws()
    set_off(arena, traps.GRIMY)
    [(_, bound, value)] = arena.draws()
    assert bound == 100
    assert bag[0]["id"] == (traps.GRIMY_FOOD if value < 30 else APPLE)


def test_a_pitfall_takes_the_leader_down_and_others_away(arena: Arena) -> None:
    set_off(arena, traps.PITFALL)
    assert (int(arena.world["floor_result"]), int(arena.world["monsters"][LEADER]["hp"])) == (2, 25)


def test_seal_and_pp_traps_draw_among_the_moves_that_are_left(arena: Arena) -> None:
    moves = arena.world["monsters"][LEADER]["moves"]
    set_off(arena, traps.SEAL)
    set_off(arena, traps.SEAL)
    assert [int(move["flags2"]) & ids.MOVE2_SEALED for move in moves[:2]] == [1, 1]
    set_off(arena, traps.PP_ZERO)
    assert sorted(int(move["pp"] == 0) for move in moves[:2]) == [0, 1]
    assert [bound for _, bound, _ in arena.draws()] == [2, 1, 2]


def test_an_explosion_halves_the_team_burns_items_and_opens_walls(arena: Arena) -> None:
    arena.put(FOE + 1, RATTATA, (7, 5), hp=90, max_hp=90)
    arena.lay(3, 5, ids.WALL)
    lay_item(arena.records, arena.tables, 6, 6, APPLE)
    set_off(arena, traps.EXPLOSION)
    assert arena.world["monsters"][LEADER]["hp"] == 30 - 7  # a Fire type loses a quarter
    assert arena.world["monsters"][FOE + 1]["hp"] == 10
    assert arena.world["tiles"][5, 3]["terrain"] & ids.GROUND_MASK == ids.NORMAL
    assert arena.world["tiles"][6, 6]["object"] == 0


@pytest.mark.parametrize("reason", ["damp", "rain"])
def test_damp_and_rain_put_explosions_out(arena: Arena, reason: str) -> None:
    if reason == "damp":
        arena.world["monsters"][FOE]["ability1"] = ids.DAMP
        assert damp(arena.records)
    else:
        arena.world["weather"] = ids.RAIN
    set_off(arena, traps.EXPLOSION)
    assert arena.world["monsters"][LEADER]["hp"] == 30


def test_a_summon_trap_calls_two_to_four_awake_and_is_gone(arena: Arena) -> None:
    set_off(arena, traps.SUMMON)
    draws = arena.draws()
    assert draws[0][:2] == (OTHER, 3)
    assert draws[1][:2] == (OTHER, 8)
    wanted = draws[0][2] + 2
    assert [draw[:2] for draw in draws].count((SPECIES, 10000)) == wanted
    around = [slot for slot in range(FOE + 1, 20) if arena.world["entities"][slot]["kind"] == ids.MONSTER]
    assert len(around) == wanted
    assert all(
        max(abs(int(arena.world["entities"][slot]["pos"][axis]) - 5) for axis in ("x", "y")) == 1 for slot in around
    )
    assert arena.world["tiles"][5, 5]["object"] == 0


def test_a_pokemon_trap_turns_the_items_of_the_room_into_monsters(arena: Arena) -> None:
    lay_item(arena.records, arena.tables, 15, 15, APPLE)
    set_off(arena, traps.POKEMON)
    assert arena.world["tiles"][15, 15]["object"] == 0
    assert arena.world["tiles"][15, 15]["monster"] != 0
