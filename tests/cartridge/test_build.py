"""The committed ROM is what its sources say, and its header is our own."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from tests.cartridge import build, ram_map_header

HEADER_END = 0xC0


def test_the_committed_rom_is_built_from_the_sources(tmp_path: Path) -> None:
    committed, version = build.ROM.read_bytes(), build.compiler_version()
    assert build.finished(committed) == committed, "the header's checksum is wrong"
    if version:
        build.build(tmp_path / "cartridge.gba")
    if version != build.COMPILER_VERSION:
        found = f"{build.COMPILER} {version}" if version else f"no {build.COMPILER}"
        warnings.warn(f"{found} here, the ROM was made by {build.COMPILER_VERSION}: bytes not compared", stacklevel=1)
        return
    assert (tmp_path / "cartridge.gba").read_bytes() == committed, "the ROM is older than its sources: run build.py"


def test_the_header_is_our_own() -> None:
    rom = build.ROM.read_bytes()
    assert rom[0x04:0xA0] == bytes(0x9C), "the logo is not ours to ship"
    assert rom[0xA0:0xB0] == b"TWIN DUNGEONZTDE"
    assert len(rom) < 1 << 16


def test_offsets_are_written_nowhere_but_in_the_map() -> None:
    """EWRAM addresses stand in the generated header only; the sources name fields."""
    allowed = {"0x02000000"}
    for path in sorted(build.SOURCE.glob("*.[ch]")):
        addresses = set(re.findall(r"0x0[23]0[0-9A-Fa-f]{5}", path.read_text()))
        assert addresses <= allowed, f"{path.name}: {addresses - allowed}"


def test_every_field_of_the_map_is_checked_by_the_compiler() -> None:
    ram_map = {
        "structs": {
            "Dungeon": {
                "observed_address": "0x02000000", "size": 12,
                "fields": [{"name": "a", "type": "u8", "offset": 1, "size": 1},
                           {"name": "b", "type": "ptr", "target": "Entity", "offset": 4, "size": 8, "dims": [2]}],
            },
            "Entity": {"size": 4, "fields": [{"name": "kind", "type": "u32", "offset": 0, "size": 4}]},
        },
        "globals": [{"name": "dungeon", "address": 0x0203B418, "kind": "pointer", "type": "Dungeon", "size": 4}],
        "constants": {"map_width": 56},
        "enums": {
            "key": {"values": {"0x01": "Left, right", "2": "Left right"}}, "dungeon_action": {"values": {}},
            "exit_reason": {"values": {}}, "item": {"values": {"0": {"name": "(none)", "category": 2}}},
        },
        "tables": {"money_by_quantity": {"values": [4, 6]}},
    }  # fmt: skip
    text = ram_map_header.header(ram_map)
    assert "struct Entity *b[2];" in text and "u8 pad_2[2];" in text
    assert '_Static_assert(__builtin_offsetof(struct Dungeon, b) == 4, "");' in text
    assert '_Static_assert(sizeof(struct Dungeon) == 12, "");' in text
    assert "#define ram_dungeon (*(struct Dungeon **)0x0203B418)" in text
    assert "KEY_LEFT_RIGHT = 1" in text and "KEY_LEFT_RIGHT_2 = 2" in text and "MAP_WIDTH = 56" in text
