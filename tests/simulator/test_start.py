"""`start_floor`: one floor as an EWRAM image, at the first moment the leader may act."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.errors import ScenarioError
from pmd_gym.ram import Awaiting, awaiting, decode
from pmd_gym.scenario import STORY_TEAM, Member, Scenario
from pmd_gym.simulator.start import load_scenario, new_console, start_floor

TINY_WOODS, MOUNT_STEEL = 0, 2
SEED = 0x0F1E2D


def test_a_floor_is_one_writable_image_of_ewram() -> None:
    ram = start_floor(TINY_WOODS, 1, SEED)
    assert (ram.shape, ram.dtype) == ((262144,), np.uint8)
    assert ram.flags.writeable


@pytest.mark.parametrize(("dungeon", "floor"), [(TINY_WOODS, 1), (TINY_WOODS, 3), (MOUNT_STEEL, 4)])
def test_a_floor_awaits_the_leaders_command(dungeon: int, floor: int) -> None:
    ram = start_floor(dungeon, floor, SEED)
    assert awaiting(ram) is Awaiting.COMMAND
    states = decode(ram)
    assert (states.dungeon_id[0], states.floor[0]) == (dungeon, floor)
    assert states.seeds["floor"][0] == SEED
    assert states.turns_left[0] == 1000 if dungeon == TINY_WOODS else states.turns_left[0] > 0


def test_the_team_stands_on_the_floor_in_slot_order() -> None:
    monsters = decode(start_floor(TINY_WOODS, 1, SEED)).monsters[0]
    assert [(row["species"], row["level"]) for row in monsters[:2]] == list(STORY_TEAM)
    assert not monsters[2:4]["species"].any()


def test_another_team_can_be_sent() -> None:
    monsters = decode(start_floor(TINY_WOODS, 1, SEED, team=[(25, 20)])).monsters[0]
    pikachu = monsters[0]
    assert (pikachu["species"], pikachu["level"], pikachu["max_hp"]) == (25, 20, 70)
    assert monsters[1]["species"] == 0


@pytest.mark.parametrize("has_bag", [True, False])
def test_the_bag_is_as_asked(has_bag: bool) -> None:
    assert decode(start_floor(TINY_WOODS, 1, SEED, has_bag=has_bag)).has_bag[0] == has_bag


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_floor() -> None:
    first = start_floor(TINY_WOODS, 2, SEED)
    assert np.array_equal(first, start_floor(TINY_WOODS, 2, SEED))
    other = start_floor(TINY_WOODS, 2, SEED + 2)
    assert (decode(first).terrain[0] != decode(other).terrain[0]).any()


@pytest.mark.parametrize(
    ("dungeon", "floor", "message"),
    [(TINY_WOODS, 4, r"floor 4 of .*1\.\.3"), (TINY_WOODS, 0, r"floor 0 of .*1\.\.3"), (99, 1, "dungeon 99")],
)
def test_a_floor_that_does_not_exist_is_refused_by_name(dungeon: int, floor: int, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        start_floor(dungeon, floor, SEED)


def test_a_team_that_cannot_be_is_refused() -> None:
    with pytest.raises(ScenarioError, match="level 101"):
        start_floor(TINY_WOODS, 1, SEED, team=[(4, 101)])


def loaded(*team: Member, **belongings: Any) -> np.void:
    console = new_console(1)
    load_scenario(console, 0, Scenario(team=team, **belongings))
    record: np.void = console[0]
    return record


def test_the_bag_and_the_purse_are_packed_where_the_game_keeps_them() -> None:
    game = loaded(Member(4, 5), bag=((82, 1), (7, 8)), money=321)
    slots = game["inventory_data"]["bag"]
    assert [(slot["flags"], slot["quantity"], slot["id"]) for slot in slots[:3]] == [(1, 0, 82), (1, 8, 7), (0, 0, 0)]
    assert not slots[2:]["id"].any()
    assert (game["money"], game["inventory_data"]["money"]) == (321, 321)


def test_a_member_brings_moves_with_full_pp_and_nothing_of_the_old_ones() -> None:
    moves = loaded(Member(4, 20, moves=(53, 325)))["roster_data"]["team"][0]["moves"]
    assert moves["id"].tolist() == [53, 325, 0, 0]
    assert moves["flags"].tolist() == [5, 5, 0, 0]
    assert (moves["pp"][:2] > 0).all()
    assert not moves["pp"][2:].any()


def test_a_member_brings_item_mind_and_figures() -> None:
    charmander = Member(
        4, 5, held=(1, 7), iq=30, skills=(6, 8), tactic=3, attack=99, max_hp=50, hp=20, belly=60, max_belly=120, exp=65,
    )  # fmt: skip
    entry = loaded(Member(7, 5), charmander)["roster_data"]["team"][1]
    assert [int(entry["held_item"][name]) for name in ("flags", "quantity", "id")] == [1, 7, 1]
    assert (entry["iq"], entry["tactic"], entry["attack"], entry["exp"]) == (30, 3, 99, 65)
    assert (entry["hp"], entry["max_hp"]) == (20, 50)
    assert (entry["belly"]["whole"], entry["max_belly"]["whole"]) == (60, 120)
    own = {2, 3, 22} | {6, 8}
    assert [bit for bit in range(24) if entry["iq_skills"][bit >> 3] >> (bit & 7) & 1] == sorted(own)


def test_what_a_member_leaves_open_follows_from_its_level() -> None:
    short, held = loaded(Member(4, 20)), loaded(Member(4, 20, held=(82, 1)))
    first, second = short["roster_data"]["team"][0], held["roster_data"]["team"][0]
    different = [name for name in first.dtype.names if first[name].tobytes() != second[name].tobytes()]
    assert different == ["held_item"]
    assert first["hp"] == first["max_hp"] > 0


def test_everything_a_team_brings_stands_on_the_floor() -> None:
    member = Member(4, 20, moves=(53,), held=(19, 1), iq=30, tactic=2, hp=7)
    monster = decode(start_floor(TINY_WOODS, 1, SEED, team=[member])).monsters[0][0]
    assert (monster["hp"], monster["iq"], monster["tactic"]) == (7, 30, 2)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (Member(4, 5, hp=999), "hp 999 of Charmander at level 5: its maximum is"),
        (Member(4, 5, exp=0), "exp 0 of Charmander: level 5 is"),
        (Member(4, 5, exp=9_000_000), "exp 9000000 of Charmander: level 5 is"),
    ],
)
def test_figures_that_do_not_go_with_the_level_are_refused(member: Member, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        loaded(member)
