"""The screen: the same picture for the same RAM, things where the game puts them, nothing the player may not know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.errors import ConfigError
from pmd_gym.ram import decode, layout
from pmd_gym.simulator import render, render_batch
from pmd_gym.simulator.art import font, items, solid, sprites, tilesets
from pmd_gym.simulator.rules import rules
from tests.doubles import scene as doubles
from tests.oracles import screen as oracle

WHITE, GREY, YELLOW = 0xF8F8F8, 0xB0B8C8, 0xFFE060
DARK = (8, 8, 14)
LOG_TOP = 160 - 40


@pytest.fixture
def ram() -> NDArray[np.uint8]:
    """A room of Tiny Woods with leader, partner, an enemy, items and a trap; menus closed, no map over the scene."""
    image = doubles.scene()
    doubles.dungeon_of(image)["tileset"] = 14
    doubles.globals_of(image)["ui_mode"] = 1
    return image


def drawn(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    out = np.zeros((160, 240, 3), np.uint8)
    render(image, out)
    return out


def corner_of(image: NDArray[np.uint8], tile: tuple[int, int]) -> tuple[int, int]:
    """Row and column of a tile's corner on the screen, by the RAM guide: screen = world - camera."""
    camera = doubles.dungeon_of(image)["camera_pixel"]
    return tile[1] * 24 - int(camera["y"]), tile[0] * 24 - int(camera["x"])


def changed_box(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of where two pictures differ."""
    rows, columns = np.nonzero((first != second).any(axis=-1))
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1


def write_text(field: Any, text: bytes) -> None:
    field[:] = 0
    field[: len(text)] = np.frombuffer(text, np.uint8)


def test_same_image_gives_same_pixels_and_stays_untouched(ram: NDArray[np.uint8]) -> None:
    before = ram.copy()
    assert np.array_equal(drawn(ram), drawn(ram))
    assert np.array_equal(ram, before)


def test_batch_equals_single_also_for_strided_and_read_only_images(ram: NDArray[np.uint8]) -> None:
    wide = np.zeros((3, layout.EWRAM_SIZE + 64), np.uint8)
    images = wide[:, : layout.EWRAM_SIZE]
    images[:] = ram
    doubles.dungeon_of(images[1])["monsters"]["direction"][0] = 6
    images.flags.writeable = False
    out = np.zeros((3, 160, 240, 3), np.uint8)
    render_batch(images, out)
    assert all(np.array_equal(out[row], drawn(images[row].copy())) for row in range(3))
    assert not np.array_equal(out[0], out[1])


def test_nothing_is_written_outside_of_out(ram: NDArray[np.uint8]) -> None:
    guarded = np.full((3, 160, 240, 3), 77, np.uint8)
    render(ram, guarded[1])
    assert (guarded[[0, 2]] == 77).all()
    framed = np.full((200, 300, 3), 77, np.uint8)
    render(ram, framed[20:180, 30:270])
    assert np.array_equal(framed[20:180, 30:270], guarded[1])
    framed[20:180, 30:270] = 77
    assert (framed == 77).all()


def test_any_bytes_are_drawn_without_harm() -> None:
    random = np.random.default_rng(5)
    guarded = np.full((3, 160, 240, 3), 77, np.uint8)
    for _ in range(60):
        image = random.integers(0, 256, layout.EWRAM_SIZE, dtype=np.uint8)
        doubles.globals_of(image)["ui_mode"] = random.choice([0, 3, 7, 10])
        doubles.globals_of(image)["text_state"] = random.choice([0, 4, 9])
        dungeon = doubles.dungeon_of(image)
        for entities in ("entities", "item_entities", "trap_entities"):
            dungeon[entities]["kind"] = random.integers(0, 4, dungeon[entities].shape)
        dungeon["monsters"]["apparent_species"] = random.choice([-5, 4, 7, 16, 30000], 20)
        dungeon["tileset"] = random.choice([-1, 14, 50, 9999])
        render(image, guarded[1])
    assert (guarded[[0, 2]] == 77).all()


def test_wrong_arrays_are_refused_by_name(ram: NDArray[np.uint8]) -> None:
    out = np.zeros((160, 240, 3), np.uint8)
    with pytest.raises(ConfigError, match=r"image: expected uint8 of shape \(262144,\)"):
        render(ram[:-1], out)
    with pytest.raises(ConfigError, match="out: expected uint8"):
        render(ram, out.astype(np.int32))
    with pytest.raises(ConfigError, match="out: expected"):
        render_batch(ram[None], out[None].repeat(2, 0))


def test_outside_of_a_dungeon_the_screen_is_dark(ram: NDArray[np.uint8]) -> None:
    doubles.globals_of(ram)["dungeon"] = 0
    assert (drawn(ram) == DARK).all()


@pytest.mark.parametrize("tileset", [14, 50, 46, 35, 17])
def test_terrain_equals_its_plain_twin(ram: NDArray[np.uint8], tileset: int) -> None:
    dungeon = doubles.dungeon_of(ram)
    dungeon["tileset"] = tileset
    for group in ("entities", "item_entities", "trap_entities"):
        dungeon[group]["kind"][1 if group == "entities" else 0 :] = 0
    dungeon["tiles"]["terrain"][9, 8:10] = 0
    dungeon["tiles"]["terrain"][6, 12] |= 0x20
    picture = drawn(ram)
    compared = 0
    for y in range(6, 11):
        for x in range(6, 13):
            row, column = corner_of(ram, (x, y))
            if (x, y) == (7, 7) or abs(x - 9) <= 1 or not (20 <= row <= 136 and 0 <= column <= 216):
                continue
            expected = oracle.tile_pixels(dungeon, x, y, int(dungeon["turns_left"]) & 3)
            actual = picture[row : row + 24, column : column + 24]
            assert (actual == expected).all(axis=-1).mean() > 0.90, (x, y)  # litter may lie on it
            compared += 1
    row, column = corner_of(ram, (7, 7))
    liquid = oracle.tile_pixels(dungeon, 7, 7, int(dungeon["turns_left"]) & 3)
    assert np.array_equal(picture[row : row + 24, column : column + 24], liquid)
    assert compared >= 10


def test_liquid_moves_with_the_frame_counter(ram: NDArray[np.uint8]) -> None:
    row, column = corner_of(ram, (7, 7))
    first = drawn(ram)[row : row + 24, column : column + 24]
    doubles.globals_of(ram)["dungeon_frames"] += 16
    assert not np.array_equal(first, drawn(ram)[row : row + 24, column : column + 24])


def test_leader_stands_on_his_anchor(ram: NDArray[np.uint8]) -> None:
    dungeon = doubles.dungeon_of(ram)
    dungeon["monsters"]["hp"] = dungeon["monsters"]["max_hp"]
    with_enemy = drawn(ram)
    dungeon["monsters"]["sleep_status"][4] = 0
    awake = drawn(ram)
    dungeon["entities"]["kind"][4] = 0
    top, bottom, left, right = changed_box(awake, drawn(ram))
    row, column = corner_of(ram, doubles.ENEMY_NEAR)
    assert not np.array_equal(with_enemy, awake)
    assert row + 16 <= bottom <= row + 24 and abs((left + right) / 2 - (column + 12)) <= 2
    assert row - 20 <= top < bottom


def test_camera_follows_the_leader_when_its_own_corner_is_useless(ram: NDArray[np.uint8]) -> None:
    dungeon = doubles.dungeon_of(ram)
    x, y = doubles.LEADER
    dungeon["camera_pixel"] = (x * 24 + 12 - 120, y * 24 + 16 - 96)
    expected = drawn(ram)
    for useless in ((0, 0), (3000, 2000)):
        dungeon["camera_pixel"] = useless
        assert np.array_equal(drawn(ram), expected)


def test_monster_glides_by_its_pixel_position(ram: NDArray[np.uint8]) -> None:
    entity = doubles.dungeon_of(ram)["entities"][4]
    x, y = doubles.ENEMY_NEAR
    entity["pixel"] = ((x * 24 + 12) << 8, (y * 24 + 16) << 8)
    at_rest = drawn(ram)
    entity["pixel"] = ((x * 24 + 12 - 8) << 8, (y * 24 + 16) << 8)
    moving = drawn(ram)
    entity["pixel"] = (0, 0)
    assert not np.array_equal(at_rest, moving)
    assert np.array_equal(at_rest, drawn(ram))


def test_on_a_bright_floor_what_is_on_the_screen_shows_and_agrees_with_the_decoder(ram: NDArray[np.uint8]) -> None:
    dungeon = doubles.dungeon_of(ram)
    dungeon["tiles"]["visibility"][:, 11:], dungeon["rooms"][0]["x_end"] = 0, 10
    for bright in (True, False):
        dungeon["visibility_range"], dungeon["lit_floor"] = (0, 1) if bright else (1, 0)
        without = drawn(ram)
        doubles.put_monster(dungeon, 5, (12, 8), 290, 1, is_enemy=1)
        seen = not np.array_equal(drawn(ram), without)
        assert seen == bright
        assert decode(ram).monsters[0][5]["in_sight"] == seen
        dungeon["entities"]["kind"][5] = 0


def test_unexplored_tiles_hide_everything_on_a_dark_floor(ram: NDArray[np.uint8]) -> None:
    dungeon = doubles.dungeon_of(ram)
    dungeon["visibility_range"], dungeon["lit_floor"], dungeon["entities"]["kind"][4] = 1, 0, 0
    dungeon["tiles"]["visibility"][:, 11:] = 0
    doubles.put_monster(dungeon, 5, (15, 8), 290, 1, is_enemy=1)
    dungeon["item_entities"][5]["kind"], dungeon["item_entities"][5]["pos"] = 3, (12, 8)
    dungeon["floor_items"][5] = (1, 0, 55)
    dungeon["trap_entities"][5]["kind"], dungeon["trap_entities"][5]["visible"], dungeon["trap_entities"][5]["pos"] = (
        2,
        1,
        (13, 9),
    )
    doubles.globals_of(ram)["ui_mode"] = 0
    picture = drawn(ram)
    _, column = corner_of(ram, (11, 0))
    assert (picture[90:, column + 1 :] == DARK).all()
    dungeon["tiles"]["terrain"][:, 11:] = 0
    dungeon["stairs"] = (20, 20)
    for group in ("entities", "item_entities", "trap_entities"):
        dungeon[group]["kind"][5] = 0
    dungeon["trap_entities"]["kind"] = 0
    assert np.array_equal(drawn(ram), picture)


def test_hidden_trap_shows_when_revealed(ram: NDArray[np.uint8]) -> None:
    trap = doubles.dungeon_of(ram)["trap_entities"][0]
    shown = drawn(ram)
    trap["visible"] = 0
    hidden = drawn(ram)
    row, column = corner_of(ram, doubles.TRAP)
    top, bottom, left, right = changed_box(shown, hidden)
    assert row <= top < bottom <= row + 24 and column <= left < right <= column + 24


def test_item_lies_at_its_corner(ram: NDArray[np.uint8]) -> None:
    shown = drawn(ram)
    doubles.dungeon_of(ram)["item_entities"]["kind"][0] = 0
    row, column = corner_of(ram, doubles.ITEM)
    top, bottom, left, right = changed_box(shown, drawn(ram))
    assert row + 4 <= top < bottom <= row + 20 and column + 4 <= left < right <= column + 20


def test_stairs_show_and_what_is_far_is_dimmer(ram: NDArray[np.uint8]) -> None:
    dungeon = doubles.dungeon_of(ram)
    plain = drawn(ram)
    dungeon["tiles"]["terrain"][9, 7] |= 0x200
    row, column = corner_of(ram, (7, 9))
    top, bottom, left, right = changed_box(plain, drawn(ram))
    assert (row, column) <= (top, left) and bottom <= row + 24 and right <= column + 24
    assert (bottom - top) * (right - left) > 400
    dungeon["rooms"]["exists"][0] = 0  # a corridor's sight: two tiles
    assert drawn(ram)[130:155, 10:40].mean() < plain[130:155, 10:40].mean() * 0.8


@pytest.mark.parametrize(("hp", "max_hp", "level", "floor"), [(19, 23, 5, 1), (7, 108, 42, 13), (250, 999, 100, 99)])
def test_status_line_shows_the_numbers(ram: NDArray[np.uint8], hp: int, max_hp: int, level: int, floor: int) -> None:
    dungeon = doubles.dungeon_of(ram)
    leader = dungeon["monsters"][0]
    leader["hp"], leader["max_hp"], leader["level"], dungeon["floor"] = hp, max_hp, level, floor
    picture = drawn(ram)
    assert oracle.read_text(picture, 3, 4, (YELLOW,)) == f"B{floor}F"
    assert oracle.read_text(picture, 3, 34, (WHITE, GREY)) == f"Lv{level}"
    hp_text = oracle.read_text(picture, 3, 68 + font.text_width("HP") + 2, (WHITE, GREY))
    assert hp_text == f"{hp}/{max_hp}"
    belly = oracle.read_text(picture, 3, 191 + font.text_width("Belly") + 1, (WHITE,))
    assert belly == "88"  # 87.5 is rounded up


def test_message_strip_shows_the_log_without_its_codes(ram: NDArray[np.uint8]) -> None:
    doubles.globals_of(ram)["ui_mode"] = 3
    dungeon = doubles.dungeon_of(ram)
    for row, text in enumerate((b"Squirtle used Tackle!", b"Foe took #c312#R damage~2c ouch")):
        dungeon["log"][row]["used"] = 1
        write_text(dungeon["log"][row]["text"], text)
    dungeon["log_next"] = 2
    picture = drawn(ram)
    assert oracle.read_text(picture, LOG_TOP, 12, (WHITE,)) == "Squirtle used Tackle!"
    assert oracle.read_text(picture, LOG_TOP + 12, 12, (WHITE, YELLOW)) == "Foe took 12 damage, ouch"


def test_text_box_shows_what_is_printed_so_far() -> None:
    image = doubles.scene(message=True)
    variables = doubles.globals_of(image)
    whole = drawn(image)
    assert oracle.read_text(whole, 160 - 46, 12, (WHITE,)) == "There are stairs ahead."
    assert oracle.read_text(whole, 160 - 34, 12, (WHITE, YELLOW)) == "Don't get lost, Jim!"
    variables["text_cursor"] -= len(" Jim!")
    assert oracle.read_text(drawn(image), 160 - 34, 12, (WHITE, YELLOW)) == "Don't get lost,"


def test_menus_show_rows_and_cursor(ram: NDArray[np.uint8]) -> None:
    variables = doubles.globals_of(ram)
    variables["ui_mode"], variables["dungeon_menu"]["cursor_row"] = 7, 0
    first = drawn(ram)
    assert oracle.read_text(first, 24 + 14, 22, (WHITE,)) == "Items"
    variables["dungeon_menu"]["cursor_row"] = 4
    assert changed_box(first, drawn(ram))[2:] == (13, 17)
    variables["ui_mode"], variables["dungeon_submenu_count"] = 10, 1
    variables["dungeon_submenu"]["action"][0] = 38
    assert oracle.read_text(drawn(ram), 23, 132 + 16, (WHITE,)) == "Stairs"
    variables["dungeon_submenu_count"] = 0
    assert oracle.read_text(drawn(ram), 23 + 13, 90 + 16, (WHITE,)) == "Gravelerock"


def test_map_lies_over_the_scene_while_playing(ram: NDArray[np.uint8]) -> None:
    without = drawn(ram)
    doubles.globals_of(ram)["ui_mode"] = 0
    top, bottom, left, right = changed_box(without, drawn(ram))
    x_min, y_min, x_end, y_end = doubles.ROOMS[0]
    assert (top, bottom) == (16 + 2 * y_min, 16 + 2 * y_end)
    assert (left, right) == (126 + 2 * x_min, 126 + 2 * (x_end + 1))  # the first tile of the corridor is known too


def test_facing_changes_the_picture(ram: NDArray[np.uint8]) -> None:
    pictures = []
    for facing in range(8):
        doubles.dungeon_of(ram)["monsters"]["direction"][0] = facing
        pictures.append(drawn(ram).tobytes())
    assert len(set(pictures)) == 8


def test_first_dungeons_species_have_eight_different_facings() -> None:
    for species in {4, 7, 25, *_species_of(0), *_species_of(1)}:
        assert len({picture.tobytes() for picture in sprites.sheet(species)}) == 8, species


def test_species_of_one_dungeon_are_told_apart() -> None:
    fronts = {species: solid.sprite(sprites.model(species), 1) for species in range(1, 424)}
    for dungeon in range(63):
        members = sorted(_species_of(dungeon))
        for index, first in enumerate(members):
            for second in members[:index]:
                letters = 201 <= second <= 226 or second >= 415
                assert (fronts[first] != fronts[second]).sum() > (15 if letters else 60), (first, second)


def test_every_species_fits_its_picture_and_stands_near_the_anchor() -> None:
    for species in range(1, 424):
        picture = solid.sprite(sprites.model(species), 0)
        rows, columns = np.nonzero(picture)
        assert len(rows) > 60, species
        assert 25 <= rows.max() <= 44, species
        assert abs((columns.min() + columns.max()) / 2 - 24) <= 6, species


def test_every_item_has_a_picture_and_every_tileset_a_family() -> None:
    for item in range(240):
        entry = layout.enum("item").get(item)
        category = int(entry["category"]) if isinstance(entry, dict) else 8
        assert (items.icon(item, category) >> 24 != 0).sum() > 30, item
    families = tilesets.family_of_tileset()
    assert families.shape == (76,) and families.max() < len(tilesets.FAMILIES)
    assert {tilesets.FAMILIES[families[tileset]].name for tileset in (14, 50, 46, 35)} == {
        "forest", "thunder cave", "volcano", "sky",
    }  # fmt: skip


def _species_of(dungeon: int) -> set[int]:
    """Species that the floors of a dungeon spawn at random."""
    table, row = rules()[0], rules()[0]["dungeons"][dungeon]
    found: set[int] = set()
    for floor in range(min(int(row["floor_count"]), 98)):
        spawns = table["monster_tables"][int(row["floors"][floor]["pokemon_table"])]
        packed = spawns["entries"]["packed"][: int(spawns["count"])]
        found |= {int(value) & 511 for value in packed}
    return found - {0, 421, 422, 423}
