"""The action table, which never changes, and the masks against a plain twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS, action_mask
from pmd_gym.backends.interface import CommandKind
from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout
from pmd_gym.simulator.rules import rules
from tests.doubles.fuzz import fuzzed_scene
from tests.doubles.scene import LEADER, dungeon_of, globals_of, put_monster, scene
from tests.oracles.observations import Eye, standable, walk_class

EVERYTHING = frozenset(CommandKind)
DX, DY = (0, 1, 1, 1, 0, -1, -1, -1), (1, 1, 0, -1, -1, -1, 0, 1)
EAST, WEST = 2, 6


class Player:
    """A backend that only has RAM and says what it can do."""

    def __init__(self, *images: NDArray[np.uint8], commands: Any = EVERYTHING, usable_moves: Any = None) -> None:
        self.ram, self.num_envs = np.stack(images), len(images)
        self.commands, self.usable_moves = commands, usable_moves


def mask_of(image: NDArray[np.uint8], **kwargs: Any) -> NDArray[np.int8]:
    mask = action_mask(Player(image, **kwargs))
    assert mask.dtype == np.int8
    assert mask.shape == (1, 63)
    return mask[0]


def legal(image: NDArray[np.uint8], name: str, **kwargs: Any) -> bool:
    return bool(mask_of(image, **kwargs)[ACTIONS.index(name)])


def expected_mask(image: NDArray[np.uint8]) -> list[int]:
    """The rules of the table, action by action, in plain Python."""
    eye = Eye(image, full=True)
    if eye.leader < 0:
        return [1] + [0] * 62
    return [int(_is_legal(eye, CommandKind(int(kind)), int(argument))) for kind, argument in ACTIONS.commands]


def _is_legal(eye: Eye, kind: CommandKind, argument: int) -> bool:
    monster = eye.dungeon["monsters"][eye.leader]
    if kind == CommandKind.STEP:
        return _may_step(eye, argument)
    if kind == CommandKind.FACE:
        return bool(monster["direction"] != argument)
    if kind == CommandKind.MOVE:
        move = monster["moves"][argument]
        return bool(move["flags"] & 0x21 == 1 and not move["flags2"] & 1 and move["pp"] and move["id"] < 413)
    if kind == CommandKind.STAIRS:
        return bool(eye.tile(eye.x, eye.y)["terrain"] & 0x200)
    if kind in (CommandKind.USE_ITEM, CommandKind.THROW_ITEM):
        item = eye.variables["inventory_data"]["bag"][argument]
        return _may_use(eye, monster, item, kind == CommandKind.THROW_ITEM)
    return True


def _may_use(eye: Eye, monster: Any, item: Any, throws: bool) -> bool:
    if not item["flags"] & 1 or item["id"] >= 240 or not eye.dungeon["has_inventory"] or monster["terrified_turns"]:
        return False
    sticky, category = bool(item["flags"] & 8), int(rules()[0]["items"]["category"][item["id"]])
    if throws:
        return not (sticky and category in (0, 1))
    if sticky or (category in (2, 3) and monster["muzzled"]):
        return False
    if category == 5:
        teachable = rules()[0]["teachable"]
        learns = (
            0 <= monster["species"] < 424 and teachable[monster["species"]][item["id"] >> 3] >> (item["id"] & 7) & 1
        )
        return bool(item["id"] < 224 and learns and not monster["moves"][3]["flags"] & 1)
    return category in (2, 3, 7, 8, 9, 11)


def _may_step(eye: Eye, direction: int) -> bool:
    if _held(eye, eye.leader):
        return False
    mobility = walk_class(eye, eye.leader)
    skills = eye.dungeon["monsters"][eye.leader]["iq_skills"]
    boss = 1 <= eye.dungeon["fixed_room"] <= 49
    by_skill = not boss and not int(skills[1]) & 0x10 and int(skills[1]) & 0x20
    wall_by_item = _walks_walls_anyway(eye)
    if by_skill and not wall_by_item and direction % 2:
        mobility = "chasm"
    name = {"ground": "walk_normal", "liquid": "walk_liquid", "chasm": "walk_chasm", "wall": "walk_wall"}[mobility]
    target = eye.tile(eye.x + DX[direction], eye.y + DY[direction])
    if not eye.tile(eye.x, eye.y)[name] >> direction & 1 or target["terrain"] & 0x10:
        return False
    return not target["monster"] or _may_swap(eye, int(target["monster"]))


def _walks_walls_anyway(eye: Eye) -> bool:
    monster = eye.dungeon["monsters"][eye.leader]
    scarf = layout.enum_name("item", monster["held_item"]["id"]) == "Mobile Scarf"
    return bool(monster["conceal_status"] == 3 or (scarf and monster["held_item"]["flags"] & 9 == 1))


def _may_swap(eye: Eye, pointer: int) -> bool:
    slot, rest = divmod(pointer - eye.base, layout.ENTITY.itemsize)
    if rest or not 0 <= slot < 20:
        return False
    own, other = eye.dungeon["monsters"][eye.leader], eye.dungeon["monsters"][slot]
    friend = slot < 4 or other["shopkeeper"] in (1, 2)
    busy = _held(eye, slot) or 2 <= other["charge_status"] <= 11
    confused = own["cringe_status"] == 2 or other["cringe_status"] == 2
    awake = own["sleep_status"] in (0, 2, 4) and other["sleep_status"] in (0, 2, 4)
    ground = standable(int(eye.tile(eye.x, eye.y)["terrain"]), walk_class(eye, slot))
    return bool(friend and not busy and not confused and awake and ground)


def _held(eye: Eye, slot: int) -> bool:
    return eye.dungeon["monsters"][slot]["freeze_status"] in (1, 2, 3, 4, 5, 7)


def test_the_table_is_the_fixed_one() -> None:
    assert len(ACTIONS) == len(ACTIONS.names) == len(set(ACTIONS.names)) == 63
    assert ACTIONS.commands.shape == (63, 2)
    assert ACTIONS.commands.dtype == np.int16
    assert not ACTIONS.commands.flags.writeable
    fixed = {"wait": 0, "step_south": 1, "step_southwest": 8, "attack": 9, "face_south": 10, "face_southwest": 17,
             "move_1": 18, "move_4": 21, "stairs": 22, "use_item_1": 23, "use_item_20": 42, "throw_item_1": 43,
             "throw_item_20": 62}  # fmt: skip
    assert {name: ACTIONS.index(name) for name in fixed} == fixed


def test_a_command_leads_back_to_its_action() -> None:
    for index, (kind, argument) in enumerate(ACTIONS.commands):
        assert ACTIONS.of(CommandKind(int(kind)), int(argument)) == index
        assert ACTIONS.kind(index) == kind
    with pytest.raises(ConfigError, match="no action is MOVE with argument 4"):
        ACTIONS.of(CommandKind.MOVE, 4)
    with pytest.raises(ConfigError, match="unknown action 'jump'"):
        ACTIONS.index("jump")


def test_masks_equal_the_plain_twin_on_fuzzed_images() -> None:
    images = [fuzzed_scene(seed) for seed in range(300)]
    masks = action_mask(Player(*images))
    for seed, image in enumerate(images):
        assert masks[seed].tolist() == expected_mask(image), seed
    assert 0 < masks[:, 1:9].mean() < 1
    assert 0 < masks[:, 18:].mean() < 1


def test_waiting_is_always_legal_and_the_only_thing_outside_a_dungeon() -> None:
    image = scene()
    globals_of(image)["dungeon"] = 0
    assert mask_of(image).tolist() == [1] + [0] * 62
    fainted = scene()
    dungeon_of(fainted)["entities"][0]["kind"] = 0
    assert mask_of(fainted).tolist() == [1] + [0] * 62


def test_an_enemy_blocks_and_a_partner_swaps() -> None:
    image = scene()
    dungeon = dungeon_of(image)
    dungeon["tiles"]["walk_normal"] = 0xFF
    put_monster(dungeon, 5, (LEADER[0] + 1, LEADER[1]), 16, 2, is_enemy=1)
    assert not legal(image, "step_east")
    assert legal(image, "step_west"), "the partner stands there"
    assert legal(image, "step_northeast")


@pytest.mark.parametrize(
    ("who", "field", "value"),
    [("partner", "sleep_status", 1), ("partner", "cringe_status", 2), ("partner", "freeze_status", 3),
     ("partner", "charge_status", 7), ("leader", "cringe_status", 2), ("leader", "freeze_status", 2)],
)  # fmt: skip
def test_conditions_that_forbid_swapping(who: str, field: str, value: int) -> None:
    image = scene()
    dungeon = dungeon_of(image)
    dungeon["monsters"][0 if who == "leader" else 1][field] = value
    assert not legal(image, "step_west")


def test_a_partner_who_cannot_stand_on_the_leaders_tile_does_not_swap() -> None:
    image = scene()
    dungeon = dungeon_of(image)
    dungeon["tiles"][LEADER[1], LEADER[0]]["terrain"] = 2
    dungeon["monsters"][1]["species"] = 1
    assert not legal(image, "step_west")


def test_turning_to_where_one_looks_is_hidden() -> None:
    image = scene()
    assert not legal(image, "face_east")
    assert legal(image, "face_south")


def test_moves_need_pp_and_a_backend_that_plays_them() -> None:
    image = scene()
    usable = np.zeros(413, np.bool_)
    usable[75] = True
    assert [legal(image, f"move_{slot}") for slot in (1, 2, 3, 4)] == [True, True, False, False]
    assert [legal(image, f"move_{slot}", usable_moves=usable) for slot in (1, 2)] == [True, False]
    dungeon_of(image)["monsters"][0]["moves"][0]["pp"] = 0
    dungeon_of(image)["monsters"][0]["moves"][1]["flags"] |= 0x20
    assert [legal(image, f"move_{slot}") for slot in (1, 2)] == [False, False]


def test_stairs_only_where_they_are() -> None:
    image = scene()
    assert not legal(image, "stairs")
    dungeon_of(image)["tiles"][LEADER[1], LEADER[0]]["terrain"] |= 0x200
    assert legal(image, "stairs")


def test_items_by_what_the_bag_holds() -> None:
    image = scene()
    assert [legal(image, name) for name in ("use_item_1", "throw_item_1")] == [True, True]
    assert [legal(image, name) for name in ("use_item_2", "throw_item_2")] == [False, True], "Gravelerock is thrown"
    assert [legal(image, name) for name in ("use_item_3", "throw_item_3")] == [False, False]
    globals_of(image)["inventory_data"]["bag"][0]["flags"] |= 8
    assert [legal(image, name) for name in ("use_item_1", "throw_item_1")] == [False, True], "sticky food is thrown"
    globals_of(image)["inventory_data"]["bag"][1]["flags"] |= 8
    assert not legal(image, "throw_item_2"), "a sticky missile is not"


def put_in_bag(image: NDArray[np.uint8], item: int) -> None:
    entry = globals_of(image)["inventory_data"]["bag"][0]
    entry["flags"], entry["id"], entry["quantity"] = 1, item, 0


def test_a_muzzled_or_terrified_leader_eats_nothing() -> None:
    image = scene()
    dungeon_of(image)["monsters"][0]["muzzled"] = 1
    assert [legal(image, name) for name in ("use_item_1", "throw_item_1")] == [False, True]
    dungeon_of(image)["monsters"][0]["muzzled"], dungeon_of(image)["monsters"][0]["terrified_turns"] = 0, 3
    assert [legal(image, name) for name in ("use_item_1", "throw_item_1")] == [False, False]


def test_a_tm_needs_a_pupil_with_a_free_slot() -> None:
    image, dragon_claw, charmander, pidgey = scene(), 126, 4, 16
    put_in_bag(image, dragon_claw)
    leader = dungeon_of(image)["monsters"][0]
    leader["moves"]["flags"][3] = 0
    legal_for = []
    for species in (charmander, pidgey):
        leader["species"] = species
        legal_for.append(legal(image, "use_item_1"))
    assert legal_for == [True, False]
    leader["species"], leader["moves"]["flags"][3] = charmander, 1
    assert not legal(image, "use_item_1")


def test_orbs_need_a_backend_that_plays_their_moves() -> None:
    image, hail_orb, hail = scene(), 131, 14
    put_in_bag(image, hail_orb)
    assert legal(image, "use_item_1")
    usable = np.ones(413, np.uint8)
    usable[hail] = 0
    assert not legal(image, "use_item_1", usable_moves=usable)


@pytest.mark.parametrize("kind", [kind for kind in CommandKind if kind != CommandKind.WAIT])
def test_a_kind_that_the_backend_does_not_offer_is_masked(kind: CommandKind) -> None:
    image = scene()
    dungeon_of(image)["tiles"][LEADER[1], LEADER[0]]["terrain"] |= 0x200
    of_kind = ACTIONS.commands[:, 0] == kind
    assert mask_of(image)[of_kind].any()
    mask = mask_of(image, commands=EVERYTHING - {kind})
    assert not mask[of_kind].any()
    assert mask[~of_kind].tolist() == mask_of(image)[~of_kind].tolist()


def test_a_wrong_image_is_refused() -> None:
    backend = Player(scene())
    backend.ram = backend.ram[:, :1000]
    with pytest.raises(ConfigError, match="expected EWRAM images"):
        action_mask(backend)
