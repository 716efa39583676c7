"""Savestates in every format, and every way in which a file can be wrong."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pmd_gym.errors import SavestateError
from pmd_gym.ram import load_savestate, parse_savestate
from pmd_gym.ram.mgba_format import BLOCK_SIZE
from pmd_gym.ram.savestate import MAX_FILE_BYTES
from tests.doubles import savestates
from tests.doubles.scene import scene

EWRAM = scene(message=True)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", savestates.png(EWRAM)),
        ("block", savestates.block(EWRAM)),
        ("libretro", savestates.libretro(EWRAM)),
        ("libretro", savestates.libretro(EWRAM, savedata=131072)),
        ("ewram", EWRAM.tobytes()),
    ],
)
def test_every_format_gives_the_same_memory(kind: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "game.ss0"
    path.write_bytes(data)
    state = load_savestate(path)
    assert state.format == kind
    assert np.array_equal(state.ewram, EWRAM)
    if kind == "ewram":
        assert (state.title, state.code, state.rom_crc32, state.iwram) == (None, None, None, None)
    else:
        assert (state.title, state.code, state.rom_crc32) == ("POKE DUNGEON", "B24E", 0xDD0AC86C)
        assert state.iwram is not None
        assert set(state.iwram.tolist()) == {0x5A}


def test_the_picture_is_a_png_without_the_state() -> None:
    state = parse_savestate(savestates.png(EWRAM))
    assert state.picture is not None
    assert b"gbA" not in state.picture
    picture = Image.open(io.BytesIO(state.picture))
    picture.load()
    assert picture.size == (240, 160)
    assert picture.convert("RGB").getpixel((5, 5)) == (40, 120, 60)
    assert parse_savestate(savestates.block(EWRAM)).picture is None


@pytest.mark.parametrize("kept", [*range(0, 64), *range(64, 1800, 23)])
def test_a_torn_png_is_refused(kept: int) -> None:
    data = savestates.png(EWRAM)
    assert kept < len(data)
    with pytest.raises(SavestateError, match=r"truncated|empty|no known") as error:
        parse_savestate(data[:kept])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kept", [*range(1, 40), *range(40, BLOCK_SIZE, 31_991), 262144, BLOCK_SIZE - 1])
def test_a_torn_block_is_refused(kept: int) -> None:
    with pytest.raises(SavestateError, match="truncated|no known"):
        parse_savestate(savestates.block(EWRAM)[:kept])


@pytest.mark.parametrize("kept", [BLOCK_SIZE + 1, BLOCK_SIZE + 15, BLOCK_SIZE + 16, BLOCK_SIZE + 64, 400_000, 430_143])
def test_a_torn_libretro_state_is_refused(kept: int) -> None:
    with pytest.raises(SavestateError, match="truncated"):
        parse_savestate(savestates.libretro(EWRAM)[:kept])


@pytest.mark.parametrize("kept", [0, 1, 1000, 262143, 262145, 300_000])
def test_a_dump_of_another_size_is_refused(kept: int) -> None:
    dump = (EWRAM.tobytes() + bytes(100_000))[:kept]
    with pytest.raises(SavestateError, match="empty|no known savestate"):
        parse_savestate(dump)


def test_every_flipped_bit_of_a_png_is_refused_or_harmless() -> None:
    data = savestates.png(EWRAM)
    expected = parse_savestate(data)
    for position in range(0, len(data), 3):
        torn = bytearray(data)
        torn[position] ^= 1 << position % 8
        try:
            state = parse_savestate(bytes(torn))
        except SavestateError:
            continue
        assert np.array_equal(state.ewram, expected.ewram), position


@pytest.mark.parametrize(
    ("title", "code"),
    [(b"POKE DUNGEON", b"B24P"), (b"POKEMON FIRE", b"BPRE"), (b"\xff\0\x1b[31mX", b"????"), (b"", b"\0\0\0\0")],
)
def test_a_state_of_another_game_is_named(title: bytes, code: bytes) -> None:
    foreign = savestates.block(EWRAM, title, code)
    for data in (foreign, savestates.png(EWRAM, state=zlib.compress(foreign))):
        with pytest.raises(SavestateError, match="another game.*expected 'POKE DUNGEON'") as error:
            parse_savestate(data)
        assert str(error.value).isprintable()


def test_bombs_and_oversized_files_are_refused(tmp_path: Path) -> None:
    bomb = savestates.png(EWRAM, state=zlib.compress(bytes(200 << 20), 9))
    with pytest.raises(SavestateError, match="too large: the gbAs chunk"):
        parse_savestate(bomb)
    path = tmp_path / "huge.ss1"
    path.write_bytes(bytes(MAX_FILE_BYTES + 1))
    with pytest.raises(SavestateError, match=r"huge\.ss1: too large"):
        load_savestate(path)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (b"not zlib", "does not unpack"),
        (zlib.compress(bytes(100)), "unpacks to 100 of"),
        (zlib.compress(savestates.block(EWRAM))[:-9], "truncated|does not unpack"),
        (zlib.compress(bytes(BLOCK_SIZE)), "magic number"),
        (zlib.compress(savestates.block(EWRAM, magic=0x02000001)), "magic number"),
    ],
)
def test_a_damaged_state_chunk_is_refused(state: bytes, reason: str) -> None:
    with pytest.raises(SavestateError, match=reason):
        parse_savestate(savestates.png(EWRAM, state=state))


def test_a_picture_alone_is_no_savestate() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (240, 160)).save(picture, "PNG")
    with pytest.raises(SavestateError, match="no gbAs chunk"):
        parse_savestate(picture.getvalue())


@pytest.mark.parametrize(("size", "offset"), [(-1, BLOCK_SIZE + 64), (100, 0), (1 << 30, BLOCK_SIZE + 64)])
def test_a_wild_table_of_extra_data_is_refused(size: int, offset: int) -> None:
    table = struct.pack("<iiq", 2, size, offset).ljust(64, b"\0")
    with pytest.raises(SavestateError, match="damaged|truncated"):
        parse_savestate(savestates.block(EWRAM) + table)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SavestateError, match=r"absent\.ss0: cannot be read"):
        load_savestate(tmp_path / "absent.ss0")
    with pytest.raises(SavestateError, match="cannot be read"):
        load_savestate(tmp_path)
