"""What a dungeon leaves the team at its entrance (src/run_dungeon.c, src/dungeon_misc.c)."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.scenario import Member, Scenario
from pmd_gym.simulator import departure
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import load_scenario, new_console
from tests.doubles.plain import plain_view

MT_STEEL = 2
CHARMANDER, SQUIRTLE, CASTFORM, SNOWY_CASTFORM = 4, 7, 376, 377
APPLE, POWER_BAND, FLAMETHROWER = 82, 19, 53


def dungeon_with(**rule: Any) -> int:
    """Id of the first dungeon with these rules."""
    table = rules()[0]["dungeons"]
    return next(
        number for number in range(63)
        if table[number]["exists"] and all(table[number][name] == value for name, value in rule.items())
    )  # fmt: skip


def departed(dungeon: int, *members: Member) -> Any:
    """The console after the entrance of a dungeon; the general generator starts at 1."""
    console = new_console(1)
    load_scenario(console, 0, Scenario(dungeon, 1, members, bag=((APPLE, 1),), money=300))
    console[0]["rng_general"] = 1
    departure.depart(plain_view(console)[0], plain_view(rules())[0])
    return console[0]


def veteran() -> Member:
    return Member(CHARMANDER, 30, moves=(FLAMETHROWER,), held=(POWER_BAND, 1), iq=300, skills=(1,), tactic=3, belly=40)


def test_an_ordinary_dungeon_takes_nothing_away() -> None:
    game = departed(MT_STEEL, veteran())
    member = game["roster_data"]["team"][0]
    assert (member["level"], member["iq"], member["tactic"]) == (30, 300, 3)
    assert member["held_item"]["id"] == POWER_BAND
    assert (game["money"], game["inventory_data"]["bag"][0]["id"]) == (300, APPLE)


def test_a_level_reset_dungeon_sends_the_team_back_to_level_one() -> None:
    game = departed(dungeon_with(level_reset=1), veteran(), Member(SQUIRTLE, 20))
    fresh = departed(MT_STEEL, Member(CHARMANDER, 1))["roster_data"]["team"][0]
    member = game["roster_data"]["team"][0]
    for name in ("level", "hp", "max_hp", "attack", "sp_attack", "defense", "sp_defense", "exp", "iq", "tactic"):
        assert member[name] == fresh[name], name
    assert member["moves"]["id"].tolist() == fresh["moves"]["id"].tolist()
    assert member["iq_skills"].tolist() == fresh["iq_skills"].tolist()
    assert member["belly"]["whole"] == 40, "the belly stays as it was"
    assert game["roster_data"]["team"][1]["level"] == 1


def test_where_no_items_are_allowed_bag_and_hands_are_empty() -> None:
    game = departed(dungeon_with(max_items=0), veteran())
    assert not game["inventory_data"]["bag"]["flags"].any()
    assert game["roster_data"]["team"][0]["held_item"]["flags"] == 0


def test_where_money_is_not_kept_the_purse_is_empty() -> None:
    assert departed(dungeon_with(keep_money=0), veteran())["money"] == 0


def test_every_member_draws_a_hidden_power_from_the_general_generator() -> None:
    team = departed(MT_STEEL, veteran(), Member(SQUIRTLE, 20))["roster_data"]["team"]
    drawn = [(int(member["hidden_power_base"]), int(member["hidden_power_type"])) for member in team[:2]]
    assert drawn == [(15, 11), (13, 14)], "the first two that follow state 1 in the original"


@pytest.mark.parametrize("look", [CASTFORM, SNOWY_CASTFORM])
def test_the_roster_knows_castform_whatever_it_looks_like(look: int) -> None:
    assert departed(MT_STEEL, Member(look, 20))["roster_data"]["team"][0]["species"] == CASTFORM
