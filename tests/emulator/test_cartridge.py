"""The ROM's check: nothing but the game itself passes, and every refusal says what was found and what is needed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmd_gym.emulator.cartridge import GAME, MAX_BYTES, Identity, open_cartridge, read_cartridge
from pmd_gym.errors import RomError
from pmd_gym.ram import layout
from tests.doubles.tiny_rom import CODE, TITLE, tiny_rom

ROM = tiny_rom()
TINY = Identity(TITLE, CODE, hashlib.sha1(ROM).hexdigest())


def test_the_game_is_the_one_of_the_ram_map() -> None:
    rom = layout.ram_map()["rom"]
    assert (GAME.title, GAME.code, GAME.sha1) == (rom["title"], rom["game_code"], rom["sha1"])
    assert (GAME.title, GAME.code, len(GAME.sha1)) == ("POKE DUNGEON", "B24E", 40)


def test_the_expected_rom_is_verified(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gba"
    path.write_bytes(ROM)
    cartridge = open_cartridge(path, expected=TINY)
    assert cartridge.verified
    assert (cartridge.title, cartridge.code, cartridge.sha1, cartridge.data) == (TITLE, CODE, TINY.sha1, ROM)


def test_another_game_is_named_beside_the_needed_one(tmp_path: Path) -> None:
    path = tmp_path / "red.gba"
    path.write_bytes(ROM)
    with pytest.raises(RomError) as error:
        open_cartridge(path)
    text = str(error.value)
    assert text.startswith(f"{path}: another game: found 'TINY' (ZTNE), revision 0, SHA-1 {TINY.sha1}")
    assert f"needed 'POKE DUNGEON' (B24E), SHA-1 {GAME.sha1}" in text


def test_another_revision_is_named_and_the_way_around_it() -> None:
    other = bytearray(tiny_rom(GAME.title, GAME.code))
    other[0xBC] = 1
    with pytest.raises(RomError, match=r"other bytes.*revision 1.*--allow-unknown-rom"):
        read_cartridge(bytes(other))


@pytest.mark.parametrize("kept", [len(ROM) - 1, 200, 0xC0])
def test_a_truncated_rom_of_the_game_is_not_the_game(kept: int) -> None:
    with pytest.raises(RomError, match="damaged dump"):
        read_cartridge(ROM[:kept], expected=TINY)


def test_an_unknown_rom_is_allowed_and_not_verified() -> None:
    assert not read_cartridge(ROM, allow_unknown=True).verified
    assert read_cartridge(ROM, allow_unknown=True, expected=TINY).verified


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "truncated: 0 bytes"),
        (b"x" * 0xBF, "truncated"),
        (bytes(MAX_BYTES + 1), "too large"),
        (b"PK\x03\x04" + ROM, "zip archive; unpack it"),
        (b"7z\xbc\xaf\x27\x1c" + ROM, "7z archive"),
    ],
)
@pytest.mark.parametrize("allow_unknown", [False, True])
def test_what_is_no_rom_is_always_refused(data: bytes, reason: str, allow_unknown: bool) -> None:
    with pytest.raises(RomError, match=reason):
        read_cartridge(data, allow_unknown=allow_unknown)


@given(st.binary(max_size=300))
def test_no_bytes_pass_for_the_game_or_break_the_message(data: bytes) -> None:
    with pytest.raises(RomError) as error:
        read_cartridge(data)
    assert str(error.value).isprintable()


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.gba", tmp_path):
        with pytest.raises(RomError, match="cannot be read") as error:
            open_cartridge(path)
        assert str(path) in str(error.value)
