"""The floor as text: what stands where, what a fair player must not see, and how long a description gets."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.ram import decode, layout
from pmd_gym.views import describe, floor_map, legend, scene_record
from tests.doubles import scene
from tests.doubles.corruption import corrupted


def rows(ram: np.ndarray, fair: bool) -> list[str]:
    return floor_map(decode(ram), 0, fair).split("\n")


def test_everything_has_its_letter_when_nothing_is_hidden() -> None:
    grid = rows(scene.scene(), fair=False)
    assert [len(row) for row in grid] == [56] * 32
    places = {
        scene.LEADER: "@", scene.PARTNER: "S", scene.ENEMY_NEAR: "p", scene.ENEMY_FAR: "c", scene.STAIRS: ">",
        scene.ITEM: "!", scene.MONEY: "$", scene.TRAP: "^", (20, scene.CORRIDOR_Y): ",", (31, 16): ".", (0, 0): "#",
    }  # fmt: skip
    assert {place: grid[place[1]][place[0]] for place in places} == places


def test_a_fair_map_shows_only_what_was_explored() -> None:
    grid = rows(scene.scene(), fair=True)
    text = "".join(grid)
    assert "@" in text
    assert "p" in text
    assert "!" in text
    for hidden in (">", "$", "c"):
        assert hidden not in text
    assert grid[scene.CORRIDOR_Y][20] == " "
    assert grid[4][4] == "#"


def test_hidden_traps_and_buried_items_stay_hidden() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    dungeon["trap_entities"][0]["visible"] = 0
    x, y = scene.ITEM
    dungeon["tiles"][y, x]["terrain"] &= 0xFFFC
    fair, full = "".join(rows(ram, fair=True)), "".join(rows(ram, fair=False))
    assert ("^" in fair, "!" in fair) == (False, False)
    assert ("^" in full, "!" in full) == (True, True)


def test_invisible_enemies_are_hidden_and_others_keep_their_disguise() -> None:
    ram = scene.scene()
    enemy = scene.dungeon_of(ram)["monsters"][4]
    enemy["apparent_species"] = 25
    assert legend(decode(ram), 0)["p"] == "Pikachu"
    assert legend(decode(ram), 0, fair=False)["p"] == "Pidgey"
    enemy["conceal_status"] = 1
    assert "p" not in "".join(rows(ram, fair=True))


@pytest.mark.parametrize(("tileset", "letter"), [(9, "~"), (46, "&"), (0, ":")])
def test_the_tileset_decides_what_cannot_be_walked_on(tileset: int, letter: str) -> None:
    ram = scene.scene()
    scene.dungeon_of(ram)["tileset"] = tileset
    assert rows(ram, fair=True)[7][7] == letter


def test_two_species_with_one_initial_get_two_letters() -> None:
    ram = scene.scene()
    scene.dungeon_of(ram)["monsters"][6]["species"] = 25
    names = legend(decode(ram), 0, fair=False)
    assert names["p"] == "Pidgey"
    assert names["i"] == "Pikachu"


def test_the_legend_explains_every_letter_on_the_map() -> None:
    for fair in (True, False):
        states = decode(scene.scene())
        shown = set(floor_map(states, 0, fair)) - {"\n", " "}
        assert shown == set(legend(states, 0, fair))


def test_a_description_names_what_matters() -> None:
    text = describe(decode(scene.scene()), 0, message="Watch\nout!")
    for part in (
        "Tiny Woods 1F of 3", "Rain", "987 turns left", "Charmander level 5, HP 19/23", "belly 88/100", "facing east",
        "Squirtle level 5", "1 west", "Pidgey [Sleep] 3 east, 2 south", "Sleep Seed 3 west, 2 north",
        "Message: Watch out!",
    ):  # fmt: skip
        assert part in text
    assert "Cascoon" not in text
    assert "Pidgey level" not in text
    full = describe(decode(scene.scene()), 0, fair=False)
    assert "Cascoon level 2" in full
    assert "Stairs: 29 east, 4 south." in full


def test_open_directions_leave_out_walls_and_enemies() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    x, y = scene.LEADER
    dungeon["tiles"][y, x]["walk_normal"] = 0b0101_0001  # south, north, west
    assert "Open directions: south, north, west." in describe(decode(ram))
    scene.put_monster(dungeon, 5, (x, y - 1), 19, 3, is_enemy=1)
    assert "Open directions: south, west." in describe(decode(ram))


def test_room_exits_are_listed_once_explored() -> None:
    ram = scene.scene()
    scene.dungeon_of(ram)["tiles"][scene.CORRIDOR_Y, 13]["terrain"] |= 0x008
    assert "Room exits: 4 east, 1 south." in describe(decode(ram))
    scene.dungeon_of(ram)["tiles"]["visibility"] = 0
    assert "Room exits" not in describe(decode(ram))


def test_a_crowded_floor_stays_short() -> None:
    ram = scene.scene()
    dungeon = scene.dungeon_of(ram)
    for slot in range(4, 20):
        scene.put_monster(dungeon, slot, (5 + slot % 9, 5 + slot // 9), 100 + slot, 50, is_enemy=1)
    entities = dungeon["item_entities"]
    entities["kind"], entities["pos"]["x"], entities["pos"]["y"] = 3, 6, 11
    dungeon["floor_items"]["flags"], dungeon["floor_items"]["id"] = 1, 69
    text = describe(decode(ram), 0, fair=False, message="word " * 400)
    assert "and 8 more" in text
    assert len(text) < 1800  # four letters a token leave a margin under 600 tokens


def test_outside_dungeons_there_is_nothing_to_draw() -> None:
    states = decode(np.zeros(layout.EWRAM_SIZE, np.uint8))
    assert (floor_map(states), legend(states), describe(states)) == ("", {}, "Not in a dungeon.")


def test_no_corrupted_image_breaks_a_view() -> None:
    images = np.stack([corrupted(seed) for seed in range(150)])
    states = decode(images)
    for index, image in enumerate(images):
        for fair in (True, False):
            floor_map(states, index, fair)
            describe(states, index, fair)
        record = scene_record(states, index, image)
        assert (record["ascii"] is None) == (record["mode"] != "dungeon")
