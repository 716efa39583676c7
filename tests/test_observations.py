"""Observations against a plain twin, on hand-made and fuzzed images; what fair sight hides; the spaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces
from numpy.typing import NDArray

from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ConfigError
from pmd_gym.observations import (
    PLANE_INDEX,
    PLANES,
    STATUS,
    Observer,
    observation_kinds,
    observation_space,
    status_value,
    unbatch,
)  # fmt: skip
from tests.doubles.fuzz import fuzzed_scene
from tests.doubles.scene import ENEMY_FAR, ITEM, LEADER, MONEY, STAIRS, TRAP, dungeon_of, globals_of, put_monster, scene
from tests.oracles import observations as oracle


class Images:
    """A backend that only has RAM."""

    def __init__(self, *images: NDArray[np.uint8]) -> None:
        self._store = np.zeros((len(images), images[0].size + 64), np.uint8)
        self._store[:, : images[0].size] = images
        self.num_envs = len(images)
        self.commands: frozenset[Any] = frozenset()

    @property
    def ram(self) -> NDArray[np.uint8]:
        return self._store[:, :-64]


def observe(image: NDArray[np.uint8], kind: str = "map", visibility: str = "fair") -> dict[str, Any]:
    observations = Observer(Images(image), kind, visibility)(np.arange(1))
    return unbatch(observations, 0)


def plane(image: NDArray[np.uint8], name: str, visibility: str = "fair") -> NDArray[np.uint8]:
    return observe(image, "map", visibility)["planes"][PLANE_INDEX[name]]


@pytest.mark.parametrize("visibility", ["fair", "full"])
@pytest.mark.parametrize("kind", ["grid", "map"])
def test_planes_and_status_equal_the_plain_twin_on_fuzzed_images(kind: str, visibility: str) -> None:
    images = [fuzzed_scene(seed) for seed in range(40)]
    observations = Observer(Images(*images), kind, visibility)(np.arange(len(images)))
    for row, image in enumerate(images):
        expected = oracle.planes(image, kind, visibility == "full")
        for name, index in PLANE_INDEX.items():
            np.testing.assert_array_equal(observations["planes"][row, index], expected[index], err_msg=f"{row} {name}")
        np.testing.assert_allclose(observations["status"][row], oracle.status(image, visibility == "full"), rtol=1e-6)


def test_rows_asked_for_are_given_in_that_order() -> None:
    images = [fuzzed_scene(seed) for seed in range(4)]
    observer = Observer(Images(*images), "grid", "fair")
    every, some = observer(np.arange(4)), observer(np.array([3, 1]))
    np.testing.assert_array_equal(some["planes"], every["planes"][[3, 1]])
    np.testing.assert_array_equal(some["status"], every["status"][[3, 1]])


def test_outside_a_dungeon_everything_is_zero() -> None:
    image = scene()
    globals_of(image)["dungeon"] = 0
    wild = scene()
    globals_of(wild)["dungeon"] = 0x0203FFFC
    for kind in ("grid", "map"):
        observations = Observer(Images(image, wild), kind, "full")(np.arange(2))
        assert not observations["planes"].any()
        assert not observations["status"].any()


def test_a_fainted_leader_leaves_nothing_to_observe() -> None:
    image = scene()
    dungeon_of(image)["entities"][0]["kind"] = 0
    assert not observe(image)["planes"].any()


def test_the_leader_stands_in_the_middle_of_the_grid() -> None:
    planes = observe(scene(), "grid")["planes"]
    assert planes.shape == (len(PLANES), 11, 13)
    assert np.argwhere(planes[PLANE_INDEX["leader"]]).tolist() == [[5, 6]]
    assert planes[PLANE_INDEX["partner"], 5, 5] == 1


def test_unexplored_tiles_and_what_lies_on_them_are_hidden() -> None:
    known = plane(scene(), "known")
    assert known[8, 9] == 1
    assert known[STAIRS[1], STAIRS[0]] == 0
    for name in PLANES:
        if name not in ("in_sight", "enemy", "facing", "type1", "type2"):
            assert not plane(scene(), name)[known == 0].any(), name
    assert not plane(scene(), "stairs").any()
    assert not plane(scene(), "money").any()
    assert plane(scene(), "item")[ITEM[1], ITEM[0]] > 0


def test_full_visibility_shows_it_all() -> None:
    assert plane(scene(), "known", "full").all()
    assert plane(scene(), "stairs", "full")[STAIRS[1], STAIRS[0]] == 1
    assert plane(scene(), "money", "full")[MONEY[1], MONEY[0]] == 1
    assert plane(scene(), "enemy", "full").sum() == 2
    assert plane(scene(), "level", "full")[ENEMY_FAR[1], ENEMY_FAR[0]] == 2


def test_an_enemy_in_the_room_is_seen_without_its_level_and_hp() -> None:
    observed = observe(scene())["planes"][:, 10, 12]
    assert observed[PLANE_INDEX["enemy"]] == 1
    assert observed[PLANE_INDEX["asleep"]] == 1
    assert observed[PLANE_INDEX["hp"]] == 0
    assert observed[PLANE_INDEX["level"]] == 0


def corridor_scene(bright: bool) -> NDArray[np.uint8]:
    """The leader in the corridor, an enemy 4 tiles to the east in it."""
    image = scene()
    dungeon = dungeon_of(image)
    dungeon["lit_floor"], dungeon["visibility_range"] = bright, 0 if bright else 1
    dungeon["entities"][0]["pos"] = (20, 9)
    put_monster(dungeon, 8, (24, 9), 16, 3, is_enemy=1)
    return image


@pytest.mark.parametrize(("bright", "shown"), [(True, 1), (False, 0)])
def test_on_bright_floors_the_whole_screen_shows_in_corridors(bright: bool, shown: int) -> None:
    image = corridor_scene(bright)
    assert plane(image, "enemy")[9, 24] == shown
    assert plane(image, "in_sight")[9, 24] == 0
    assert plane(image, "in_sight").sum() == (25 if bright else 9)


def test_the_screen_ends_six_tiles_to_the_side_and_five_up_or_down() -> None:
    image = corridor_scene(bright=True)
    dungeon = dungeon_of(image)
    for slot, tile in ((9, (26, 9)), (10, (27, 9)), (11, (20, 14)), (12, (20, 15))):
        put_monster(dungeon, slot, tile, 16, 3, is_enemy=1)
    enemies = plane(image, "enemy")
    assert [enemies[9, 26], enemies[9, 27], enemies[14, 20], enemies[15, 20]] == [1, 0, 1, 0]


def test_a_hidden_trap_does_not_show_until_it_is_revealed() -> None:
    image = scene()
    trap = dungeon_of(image)["all_entities"][84]
    assert plane(image, "trap")[TRAP[1], TRAP[0]] == 10
    trap["visible"] = 0
    assert not plane(image, "trap").any()
    assert plane(image, "trap", "full")[TRAP[1], TRAP[0]] == 10
    dungeon_of(image)["show_hidden"] = 1
    assert plane(image, "trap")[TRAP[1], TRAP[0]] == 10


def test_a_buried_item_is_hidden() -> None:
    image = scene()
    dungeon_of(image)["tiles"][ITEM[1], ITEM[0]]["terrain"] &= 0xFFFC
    assert not plane(image, "item").any()
    assert plane(image, "item", "full")[ITEM[1], ITEM[0]] > 0


def test_blinker_leaves_the_known_map_and_the_team() -> None:
    image = scene()
    dungeon_of(image)["blinded"] = 1
    assert not plane(image, "enemy").any()
    assert not plane(image, "item").any()
    assert plane(image, "partner").sum() == 1
    assert plane(image, "known").any()


def test_an_invisible_enemy_shows_only_to_those_who_see_the_invisible() -> None:
    image = scene()
    dungeon = dungeon_of(image)
    dungeon["monsters"][4]["conceal_status"] = 1
    assert not plane(image, "enemy").any()
    dungeon["show_hidden"] = 1
    assert plane(image, "enemy")[10, 12] == 1


def test_status_gives_the_games_own_numbers_back() -> None:
    status = observe(scene(), "grid")["status"]
    expected = {
        "hp": 19, "max_hp": 23, "level": 5, "belly": 87.5, "exp": 500, "facing_2": 1, "x": LEADER[0], "y": LEADER[1],
        "turns_left": 987, "floors": 3, "weather_rain": 1, "stairs_known": 0, "stairs_dx": 0, "bag_items": 2,
        "move_1_pp": 20, "move_2_known": 1, "move_3_known": 0, "partner_1_dx": -1, "partner_1_hp": 19,
        "enemies_shown": 1, "nearest_enemy_dx": 3, "nearest_enemy_dy": 2,
    }  # fmt: skip
    assert {name: float(status_value(status, name)) for name in expected} == expected
    full = observe(scene(), "grid", "full")["status"]
    assert status_value(full, "stairs_dx") == STAIRS[0] - LEADER[0]


def test_every_observation_lies_in_its_space_even_for_nonsense() -> None:
    random = np.random.default_rng(0)
    for kind in ("grid", "map"):
        for seed in range(10):
            image = fuzzed_scene(seed)
            dungeon = dungeon_of(image, int(globals_of(image)["dungeon"]))
            dungeon["monsters"]["hp"] = random.integers(-32768, 32768, 20)
            dungeon["monsters"]["iq"] = random.integers(-32768, 32768, 20)
            dungeon["turns_left"] = random.integers(-32768, 32768)
            assert observation_space(kind).contains(observe(image, kind))


def test_several_kinds_make_a_dict_by_kind_and_share_no_array() -> None:
    space = observation_space(["map", "grid"])
    assert isinstance(space, spaces.Dict)
    assert set(space) == {"grid", "map"}
    both = Observer(Images(scene()), ("grid", "map"), "fair")(np.arange(1))
    assert not np.shares_memory(both["grid"]["status"], both["map"]["status"])
    assert space.contains(unbatch(both, 0))


def test_text_shows_the_floor_and_hides_what_is_not_seen() -> None:
    fair, full = observe_text("fair"), observe_text("full")
    assert "Tiny Woods" in fair
    assert "@" in fair
    assert ">" not in fair.split("\n\n")[1]
    assert ">" in full.split("\n\n")[1]
    assert observation_space("text").contains(fair)


def observe_text(visibility: str) -> str:
    texts = Observer(Images(scene()), "text", visibility)(np.arange(1))
    assert isinstance(texts, tuple)
    return texts[0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [("gird", "did you mean 'grid'"), ([], "one or several"), (["map", "map"], "different"), (["map", 3], "unknown")],
)
def test_a_wrong_kind_is_refused_by_name(wrong: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        observation_kinds(wrong)


def test_a_wrong_visibility_is_refused() -> None:
    with pytest.raises(ConfigError, match="visibility must be one of fair, full"):
        Observer(Images(scene()), "grid", "foul")


def test_names_are_unique_and_bounds_are_finite() -> None:
    names = [entry.name for entry in STATUS]
    assert len(set(names)) == len(names) == 128
    assert all(entry.low < entry.high and entry.scale > 0 for entry in STATUS)


def test_planes_and_status_equal_the_plain_twin_all_along_played_games() -> None:
    """Random legal play on the simulator in three dungeons; every tenth step is compared."""
    for dungeon, floor in (("Tiny Woods", 1), ("Mt. Steel", 3), ("Sinister Woods", 5)):
        env = PMDRedEnv(dungeon=dungeon, floor=floor, observation=("grid", "map"), team=[("Charmander", 30)])
        observation, info = env.reset(seed=3)
        random = np.random.default_rng(3)
        for step in range(150):
            if step % 10 == 0:
                for kind in ("grid", "map"):
                    expected = oracle.planes(env.ram.copy(), kind, full=False)
                    np.testing.assert_array_equal(observation[kind]["planes"], expected, err_msg=f"{dungeon} {step}")
                    status = oracle.status(env.ram.copy(), full=False)
                    np.testing.assert_allclose(observation[kind]["status"], status, rtol=1e-6)
            observation, _, terminated, _, info = env.step(int(random.choice(np.flatnonzero(info["action_mask"]))))
            if terminated:
                observation, info = env.reset()
        env.close()
