"""What a run may start from, and how precisely a mistake in it is named."""

from __future__ import annotations

from typing import Any

import pytest

from pmd_gym.errors import ScenarioError
from pmd_gym.ram import layout
from pmd_gym.scenario import (
    STORY_TEAM,
    Member,
    Scenario,
    bag_of,
    dungeon_id,
    friend_areas_of,
    item_id,
    move_id,
    skill_id,
    species_id,
    stack_of,
    tactic_id,
    team_of,
)

CHARMANDER, EMBER, APPLE, GRAVELEROCK, POKE = 4, 262, 82, 7, 105


def test_pairs_are_short_for_members_without_anything() -> None:
    scenario = Scenario(team=((4, 5), Member(7, 6, moves=(154,))))
    assert scenario.members == (Member(4, 5), Member(7, 6, moves=(154,)))
    assert scenario.team[0] == (4, 5)
    assert Scenario().team == STORY_TEAM


def test_equal_scenarios_are_one_key_of_a_cache() -> None:
    first = Scenario(1, 2, (Member(4, 5, held=(APPLE, 1)),), bag=((GRAVELEROCK, 8),), money=5)
    second = Scenario(1, 2, (Member(4, 5, held=(APPLE, 1)),), bag=((GRAVELEROCK, 8),), money=5)
    assert {first: "kept"}[second] == "kept"


@pytest.mark.parametrize(
    ("find", "name", "expected"),
    [
        (dungeon_id, "Mt. Steel", 2), (dungeon_id, "mt steel", 2), (dungeon_id, "2", 2), (dungeon_id, 2, 2),
        (species_id, "charmander", 4), (species_id, "NIDORAN♀", 29), (species_id, "Nidoran♂", 32),
        (species_id, "Unown !", 415), (species_id, "Unown ?", 416), (species_id, "Unown", 201),
        (species_id, "Mr Mime", 122), (species_id, "hooh", 275),
        (move_id, "ember", EMBER), (move_id, "SandAttack", 142), (move_id, "Lock-On", 349),
        (item_id, "oran berry", 55), (item_id, "Gravelerock", GRAVELEROCK),
        (tactic_id, "Let's go together", 0), (tactic_id, "Go After Foes", 2), (skill_id, "PP checker", 6),
    ],
)  # fmt: skip
def test_names_are_found_in_any_case_and_without_signs(find: Any, name: Any, expected: int) -> None:
    assert find(name) == expected


@pytest.mark.parametrize("table", ["species", "move", "item", "tactic", "iq_skill", "dungeon"])
def test_every_name_of_the_game_leads_back_to_its_id(table: str) -> None:
    find = {
        "species": species_id, "move": move_id, "item": item_id, "tactic": tactic_id, "iq_skill": skill_id,
        "dungeon": dungeon_id,
    }[table]  # fmt: skip
    for value in layout.enum(table):
        name = layout.enum_name(table, value)
        assert layout.enum_name(table, find(name)) == name


@pytest.mark.parametrize(
    ("find", "name", "message"),
    [
        (species_id, "Charmandr", "unknown species 'Charmandr'; did you mean 'Charmander'"),
        (move_id, "Embr", "unknown move 'Embr'; did you mean 'Ember'"),
        (item_id, "Oran Bery", "did you mean 'Oran Berry'"),
        (skill_id, "Status Check", "unknown IQ skill .* did you mean 'Status Checker'"),
        (tactic_id, "qqqqq", "unknown tactic 'qqqqq'$"),
    ],
)
def test_an_unknown_name_comes_with_the_nearest_one(find: Any, name: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        find(name)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"species": 0}, "species 0 does not exist"),
        ({"species": 424}, "species 424 does not exist"),
        ({"level": 0}, r"level 0 of Charmander: levels are 1\.\.100"),
        ({"moves": ()}, "1 to 4 of them, got 0"),
        ({"moves": (1, 2, 3, 4, 5)}, "1 to 4 of them, got 5"),
        ({"moves": (413,)}, "move 413 does not exist"),
        ({"moves": (EMBER, EMBER)}, "same move twice"),
        ({"held": (POKE, 1)}, "held item of Charmander: item 105 cannot be carried"),
        ({"held": (APPLE, 2)}, r"2 of Apple in one slot; it holds 1\.\.1"),
        ({"iq": 0}, r"iq of Charmander is 0; expected 1\.\.999"),
        ({"tactic": 11}, r"tactic of Charmander is 11; expected 0\.\.10"),
        ({"skills": (24,)}, "IQ skill is 24"),
        ({"attack": 256}, r"attack of Charmander is 256; expected 0\.\.255"),
        ({"hp": 30, "max_hp": 29}, "hp 30 of Charmander is more than its max_hp 29"),
    ],
)
def test_a_member_that_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Member(**{"species": CHARMANDER, "level": 5, **values})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"team": ()}, "1 to 4 members, got 0"),
        ({"team": ((4, 5), (4, 101))}, "level 101 of Charmander"),
        ({"bag": ((APPLE, 1),) * 21}, "a bag holds 20 items, got 21"),
        ({"bag": ((APPLE, 1), (0, 1))}, r"bag\[1\]: item 0 cannot be carried"),
        ({"bag": ((GRAVELEROCK, 100),)}, r"100 of Gravelerock in one slot; it holds 1\.\.99"),
        ({"bag": ((APPLE, 1),), "has_bag": False}, "items need a bag"),
        ({"money": -1}, r"money is -1; expected 0\.\.99999"),
        ({"friend_areas": (58,)}, "friend area 58 does not exist"),
    ],
)
def test_belongings_that_cannot_be_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Scenario(**values)


def test_friend_areas_by_name_all_and_none() -> None:
    assert friend_areas_of(None) is None
    assert friend_areas_of(()) == ()
    assert friend_areas_of("all") == tuple(range(1, 58))
    assert friend_areas_of(["Treasure Sea", 1]) == (2, 1)


def test_short_forms_of_teams_and_bags() -> None:
    assert team_of([("Charmander", 5), (7, 6)]) == ((4, 5), (7, 6))
    assert bag_of(["Apple", GRAVELEROCK, ("Gravelerock", 8)]) == ((APPLE, 1), (GRAVELEROCK, 1), (GRAVELEROCK, 8))
    assert stack_of("Oran Berry") == (55, 1)
