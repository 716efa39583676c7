"""Moves and orbs that put monsters elsewhere or change the floor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.items import FIRST_TRAP
from pmd_gym.simulator.rng import Draw
from pmd_gym.simulator.run_end import leave_floor
from pmd_gym.simulator.trap_laying import ANY_TRAP, SPIKE_TRAP, lay_awaited
from tests.doubles.arena import FOE, LEADER, Arena, address_of
from tests.doubles.draws import state_before
from tests.doubles.effects import apply_move

RATTATA = 19
EAST, SOUTH_EAST, WEST = 2, 1, 6
OTHER, DURATION, TRAP_KIND = int(Draw.OTHER), int(Draw.DURATION), int(Draw.TRAP_KIND)
MATE, ALLY = 1, FOE + 1
TRIP, WONDER = 0, ids.WONDER_TILE


@kernel
def leave(games: Any, tables: Any) -> int:
    return leave_floor(games[0], tables[0])


@kernel
def lay(games: Any) -> bool:
    return lay_awaited(games[0])


def duel(room: tuple[int, int, int, int] = (2, 2, 54, 30), foe: dict[str, Any] | None = None, **leader: Any) -> Arena:
    """Two plain monsters at (10, 10) and (11, 10) with HP to spare."""
    plain = {"ability1": 0, "ability2": 0, "type1": ids.NORMAL_TYPE, "type2": 0, "hp": 300, "max_hp": 300}
    arena = Arena(room)
    arena.put(LEADER, RATTATA, (10, 10), **{**plain, "direction": EAST, **leader})
    arena.put(FOE, RATTATA, (11, 10), **{**plain, **(foe or {})})
    arena.world["stairs"] = (40, 20)
    return arena


def place(arena: Arena, slot: int) -> tuple[int, int]:
    x, y = arena.world["entities"][slot]["pos"].tolist()
    return x, y


def lost(arena: Arena, slot: int) -> int:
    return 300 - int(arena.world["monsters"][slot]["hp"])


def put_trap(arena: Arena, index: int, x: int, y: int, trap: int) -> None:
    entity = arena.world["all_entities"][FIRST_TRAP + index]
    entity["kind"], entity["pos"], entity["visible"] = ids.TRAP, (x, y), 0
    arena.world["floor_traps"][index]["id"] = trap
    arena.world["tiles"][y, x]["object"] = address_of(FIRST_TRAP + index)


def traps(arena: Arena) -> list[tuple[int, int, int, int, int]]:
    """x, y, id, side, visible of every trap."""
    found = []
    for index in range(layout.MAX_TRAPS):
        entity, trap = arena.world["all_entities"][FIRST_TRAP + index], arena.world["floor_traps"][index]
        if entity["kind"] == ids.TRAP:
            found.append((*entity["pos"].tolist(), int(trap["id"]), int(trap["side"]), int(entity["visible"])))
    return found


@pytest.mark.parametrize(("key", "target"), [("WARP", FOE), ("TELEPORT", LEADER)])
def test_warps_lead_to_a_drawn_tile(key: str, target: int) -> None:
    arena = duel()
    start = place(arena, target)
    assert apply_move(arena, key, target=target)
    x, y = place(arena, target)
    assert (x, y) != start
    assert arena.world["tiles"][y, x]["monster"] == address_of(target)
    assert [draw[1] for draw in arena.draws()][:2] == [layout.MAP_WIDTH, layout.MAP_HEIGHT]


def test_stay_away_warps_to_the_stairs_and_petrifies() -> None:
    arena = duel()
    assert apply_move(arena, "STAY_AWAY")
    assert place(arena, FOE) == (40, 20)
    assert arena.world["monsters"][FOE]["freeze_status"] == ids.PETRIFIED


@pytest.mark.parametrize("key", ["BATON_PASS", "SWITCHER"])
def test_places_are_exchanged_unless_somebody_is_anchored(key: str) -> None:
    arena = duel()
    assert apply_move(arena, key)
    assert (place(arena, LEADER), place(arena, FOE)) == ((11, 10), (10, 10))
    arena.world["monsters"][FOE]["ability1"] = ids.SUCTION_CUPS
    assert apply_move(arena, key)
    assert (place(arena, LEADER), place(arena, FOE)) == ((11, 10), (10, 10))


@pytest.mark.parametrize("key", ["ROAR", "WHIRLWIND", "BLOWBACK"])
def test_a_monster_is_blown_ten_tiles_back(key: str) -> None:
    arena = duel()
    assert apply_move(arena, key)
    assert place(arena, FOE) == (21, 10)
    assert lost(arena, FOE) == 0
    assert arena.world["monsters"][FOE]["direction"] == WEST


def test_a_wall_stops_the_flight_and_hurts() -> None:
    arena = duel((2, 2, 15, 30))
    apply_move(arena, "ROAR")
    assert place(arena, FOE) == (14, 10)
    assert lost(arena, FOE) == 5


def test_pounce_goes_up_to_the_obstacle_ahead() -> None:
    arena = duel(direction=WEST)
    assert apply_move(arena, "POUNCE", target=LEADER)
    assert place(arena, LEADER) == (2, 10)


@pytest.mark.parametrize("key", ["HURL", "STRENGTH"])
def test_a_hurled_monster_lands_elsewhere_in_sight(key: str) -> None:
    arena = duel()
    assert apply_move(arena, key)
    assert place(arena, FOE) != (11, 10)


def test_splash_hops_to_a_drawn_neighbour() -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before((3, 1), (3, 1), (3, 0), (3, 2))
    assert apply_move(arena, "SPLASH", target=LEADER)
    assert place(arena, LEADER) == (9, 11)
    assert [draw[1] for draw in arena.draws()] == [3] * 4


def test_splash_into_a_monster_hurts_both() -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before((3, 2), (3, 1))
    assert apply_move(arena, "SPLASH", target=LEADER)
    assert place(arena, LEADER) == (10, 10)
    assert (lost(arena, LEADER), lost(arena, FOE)) == (5, 5)


def test_splash_gives_up_in_a_cage() -> None:
    arena = duel((10, 10, 11, 11), foe=None)
    arena.world["tiles"][9:12, 9:12]["terrain"] |= ids.IMPASSABLE
    assert not apply_move(arena, "SPLASH", target=LEADER)
    assert len(arena.draws()) == 80


@pytest.mark.parametrize(("key", "centre"), [("BEAT_UP", (30, 20)), ("WILD_CALL", (10, 10))])
def test_mates_warp_to_the_scene(key: str, centre: tuple[int, int]) -> None:
    arena = duel()
    arena.put(MATE, RATTATA, (40, 25))
    arena.put(ALLY, RATTATA, (30, 20))
    assert apply_move(arena, key, target=ALLY)
    x, y = place(arena, MATE)
    assert max(abs(x - centre[0]), abs(y - centre[1])) == 1
    assert place(arena, FOE) == (11, 10)


def test_nobody_comes_when_there_are_no_mates() -> None:
    arena = duel()
    assert not apply_move(arena, "WILD_CALL", target=LEADER)


@pytest.mark.parametrize("stole", [0, 1])
def test_escape_ends_the_run_but_for_thieves(stole: int) -> None:
    arena = duel()
    arena.world["stole"] = stole
    assert not apply_move(arena, "ESCAPE", target=LEADER)
    assert (arena.world["exit_requested"], arena.world["exit_kind"]) == ((0, 0) if stole else (1, 1))
    if not stole:
        assert leave(arena.records, arena.tables) == arena.world["exit_reason"] == ids.ESCAPED_RUN


def test_drought_dries_the_floor() -> None:
    arena = duel()
    arena.world["tileset"] = 2
    arena.lay(20, 20, ids.SECONDARY)
    assert apply_move(arena, "DROUGHT", target=LEADER)
    tile = arena.world["tiles"][20, 20]
    assert tile["terrain"] == ids.NORMAL
    assert arena.world["tiles"][20, 19]["walk_normal"] == 0xFF
    assert arena.world["dried_up"] == 1


def test_the_sea_does_not_dry_up() -> None:
    arena = duel()
    arena.world["tileset"] = 0x31
    arena.lay(20, 20, ids.SECONDARY)
    apply_move(arena, "DROUGHT", target=LEADER)
    assert arena.world["tiles"][20, 20]["terrain"] == ids.SECONDARY


def test_fill_in_makes_the_liquid_ahead_floor() -> None:
    arena = duel(direction=WEST)
    assert not apply_move(arena, "FILL_IN", target=LEADER)
    arena.lay(9, 10, ids.SECONDARY)
    assert apply_move(arena, "FILL_IN", target=LEADER)
    assert arena.world["tiles"][10, 9]["terrain"] == ids.NORMAL


@pytest.mark.parametrize(
    ("direction", "terrain", "digs"),
    [(WEST, ids.WALL, True), (WEST, ids.UNBREAKABLE, False), (WEST, ids.NORMAL, False), (5, ids.WALL, False)],
)
def test_walls_are_dug_straight_ahead(direction: int, terrain: int, digs: bool) -> None:
    arena = duel(direction=direction)
    for y in (9, 10):
        arena.lay(9, y, terrain)
    assert apply_move(arena, "ROCK_SMASH", target=LEADER) == digs
    assert (arena.world["tiles"][10, 9]["terrain"] & ids.GROUND_MASK == ids.NORMAL) == (digs or terrain == ids.NORMAL)
    assert arena.world["tiles"][10, 10]["walk_normal"] >> WEST & 1 == (digs or terrain == ids.NORMAL)


@pytest.mark.parametrize(("user", "side"), [(LEADER, 1), (FOE, 2)])
def test_spikes_wait_for_the_other_side(user: int, side: int) -> None:
    arena = duel()
    x, y = place(arena, user)
    assert apply_move(arena, "SPIKES", user=user, target=user)
    assert traps(arena) == [(x, y, SPIKE_TRAP, side, 1)]


def test_spikes_do_not_lie_on_stairs() -> None:
    arena = duel()
    arena.lay(10, 10, ids.NORMAL | ids.STAIRS)
    assert not apply_move(arena, "SPIKES", target=LEADER)
    assert traps(arena) == []


@pytest.mark.parametrize(("floors", "laid", "draws"), [(18, 18, 1), (WONDER, 16, 30)])
def test_a_trapper_orbs_trap_waits_for_the_end_of_the_action(floors: int, laid: int, draws: int) -> None:
    arena = duel()
    arena.world["trap_spawns"][floors] = 10000
    assert apply_move(arena, "TRAPPER", target=LEADER)
    assert (arena.world["awaited_trap"], arena.world["awaited_trap_id"]) == (1, ANY_TRAP)
    assert traps(arena) == []
    assert lay(arena.records)
    assert traps(arena) == [(10, 10, laid, 1, 1)]
    assert [draw[0] for draw in arena.draws()] == [TRAP_KIND] * draws
    assert not lay(arena.records)


def test_trap_buster_clears_the_room_but_for_wonder_tiles() -> None:
    arena = duel((5, 5, 15, 15))
    for index, (x, trap) in enumerate([(6, TRIP), (7, WONDER), (20, TRIP)]):
        put_trap(arena, index, x, 7, trap)
    assert apply_move(arena, "TRAP_BUSTER", target=LEADER)
    assert [trap[0] for trap in traps(arena)] == [7, 20]
    assert arena.world["tiles"][7, 6]["object"] == 0
    assert not apply_move(arena, "TRAP_BUSTER", target=LEADER)


@pytest.mark.parametrize(("key", "field"), [("MUD_SPORT", "mud_sport_turns"), ("WATER_SPORT", "water_sport_turns")])
def test_sports_last_ten_or_eleven_turns(key: str, field: str) -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before((2, 1))
    assert apply_move(arena, key, target=LEADER)
    assert arena.world[field] == 11
    assert arena.draws() == [(DURATION, 2, 1)]


def test_one_room_opens_the_whole_floor() -> None:
    arena = duel((8, 8, 14, 14))
    arena.world["stairs"] = (9, 9)
    assert apply_move(arena, "ONE_ROOM", target=LEADER)
    terrain = arena.world["tiles"]["terrain"] & ids.GROUND_MASK
    assert np.all(terrain[2:-2, 2:-2] == ids.NORMAL)
    assert np.all(terrain[1, 1:-1] == ids.SECONDARY)
    assert np.all(arena.world["tiles"]["room"][1:-1, 1:-1] == 0)
    box = arena.world["rooms"][0]
    assert (box["x_min"], box["y_min"], box["x_end"], box["y_end"]) == (1, 1, 55, 31)
    assert arena.world["force_monster_house"] == 1
    assert arena.world["tiles"][2, 2]["walk_normal"] & (1 << EAST | 1 << SOUTH_EAST)
    arena.lay(20, 20, ids.WALL)
    apply_move(arena, "ONE_ROOM", target=LEADER)
    assert arena.world["tiles"][20, 20]["terrain"] & ids.GROUND_MASK == ids.WALL


def test_one_room_floods_what_cannot_be_reached() -> None:
    arena = duel((8, 8, 14, 14))
    arena.world["stairs"] = (9, 9)
    arena.world["tiles"]["terrain"][20:25, 30:35] |= ids.UNBREAKABLE
    arena.world["tiles"]["terrain"][22, 32] = ids.WALL
    apply_move(arena, "ONE_ROOM", target=LEADER)
    assert arena.world["tiles"][22, 32]["terrain"] & ids.GROUND_MASK == ids.SECONDARY
    assert arena.world["tiles"][21, 32]["terrain"] & ids.GROUND_MASK == ids.WALL
