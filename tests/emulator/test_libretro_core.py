"""One core by itself: frames, keys, pictures, states, several in one process, and what can go wrong in C's hands."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pmd_gym.emulator import libretro_abi as abi
from pmd_gym.emulator.libretro_core import LibretroCore
from pmd_gym.errors import ClosedError, CoreError, SavestateError
from pmd_gym.ram import layout
from tests.doubles.real_core import core_path
from tests.doubles.tiny_rom import FRAMES, KEYS, SAVED, tiny_rom

A, RIGHT = 1 << abi.JOYPAD_A, 1 << abi.JOYPAD_RIGHT


def opened(**options: Any) -> LibretroCore:
    return LibretroCore(core_path(), tiny_rom(), **options)


def ewram(core: LibretroCore) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return core.region(layout.EWRAM_BASE, layout.EWRAM_SIZE)


def frames(core: LibretroCore) -> int:
    return int(ewram(core)[FRAMES : FRAMES + 4].view("<u4")[0])


def run(core: LibretroCore, count: int, keys: int = 0) -> None:
    for _ in range(count):
        core.run(keys)


def picture(core: LibretroCore) -> np.ndarray[Any, np.dtype[np.uint8]]:
    out = np.zeros((160, 240, 3), np.uint8)
    core.picture(out)
    return out


@pytest.fixture
def core() -> Any:
    made = opened()
    run(made, 3)
    yield made
    made.close()


def test_the_core_says_who_it_is_before_the_game_is_loaded() -> None:
    heard = []
    core = opened(check=lambda name, version: heard.append((name, version)))
    assert heard == [(core.name, core.version)]
    assert core.name == "mGBA"
    core.close()


def test_a_core_that_is_refused_is_closed_and_the_reason_raised() -> None:
    def refuse(name: str, version: str) -> None:
        raise CoreError("too old")

    with pytest.raises(CoreError, match="too old"):
        opened(check=refuse)


def test_a_frame_is_a_frame(core: LibretroCore) -> None:
    before = frames(core)
    run(core, 100)
    assert frames(core) == before + 100


def test_keys_reach_the_console(core: LibretroCore) -> None:
    for keys, bits in ((0, 0), (A, 0x001), (RIGHT, 0x010), (A | RIGHT, 0x011)):
        run(core, 2, keys)
        assert int(ewram(core)[KEYS : KEYS + 2].view("<u2")[0]) == 0x3FF & ~bits


def test_the_picture_shows_the_frame(core: LibretroCore) -> None:
    """The console's colours have 5 bits, red lowest; the cartridge draws its count in the frame that it counts."""
    for _ in range(40):
        core.run(0)
        red, green = (value << 3 | value >> 2 for value in (frames(core) & 31, frames(core) >> 5))
        assert picture(core)[0, 0].tolist() == [red, green, 0]
    assert not picture(core)[1:].any()


def test_a_state_brings_everything_back(core: LibretroCore) -> None:
    run(core, 5, A)
    state, memory = core.serialize(), ewram(core).copy()
    run(core, 7, A)
    later = ewram(core).copy(), picture(core)
    core.unserialize(state)
    assert np.array_equal(ewram(core), memory)
    run(core, 7, A)
    assert np.array_equal(ewram(core), later[0])
    assert np.array_equal(picture(core), later[1])


def test_save_memory_is_part_of_the_state(core: LibretroCore) -> None:
    run(core, 4, A)
    run(core, 2)
    state, saved = core.serialize(), int(ewram(core)[SAVED])
    run(core, 5, A)
    run(core, 2)
    assert int(ewram(core)[SAVED]) == saved + 5
    core.unserialize(state)
    run(core, 2)
    assert int(ewram(core)[SAVED]) == saved


def test_a_state_moves_to_another_core(core: LibretroCore) -> None:
    run(core, 9, A)
    other = opened()
    other.unserialize(core.serialize())
    run(core, 20, RIGHT)
    run(other, 20, RIGHT)
    assert np.array_equal(ewram(core), ewram(other))
    other.close()


def test_cores_in_one_process_do_not_share_their_game() -> None:
    cores = [opened() for _ in range(6)]
    for index, core in enumerate(cores):
        run(core, 10 * index + 5)
    counts = [frames(core) for core in cores]
    assert np.diff(counts).tolist() == [10] * 5
    cores[2].close()
    run(cores[3], 10)
    assert frames(cores[3]) == counts[3] + 10
    for core in cores:
        core.close()


def test_opening_and_closing_many_leaves_nothing_behind() -> None:
    opened().close()
    files, mapped = open_files(), resident()
    for _ in range(40):
        core = opened()
        core.run(0)
        core.close()
    assert open_files() == files
    assert resident() - mapped < 20 << 20


def open_files() -> int:
    """Descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_a_large_rom_is_held_once() -> None:
    rom = tiny_rom().ljust(32 << 20, b"\x5a")
    before = resident()
    core = LibretroCore(core_path(), rom)
    run(core, 5)
    assert frames(core) > 0
    assert resident() - before < 48 << 20
    del rom
    run(core, 5)
    core.close()


def test_without_files_in_memory_a_temporary_copy_is_loaded_and_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = opened(), opened()
    run(first, 8)
    run(second, 3)
    assert frames(first) == frames(second) + 5
    first.close()
    second.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("state", [b"", b"x", b"\x07\0\0\1" + bytes(100), bytes(397_312), b"\xa5" * 430_144])
def test_garbage_is_no_state_and_changes_nothing(core: LibretroCore, state: bytes) -> None:
    run(core, 6, A)
    before = core.serialize()
    with pytest.raises(SavestateError, match="the core refused the state|an empty state"):
        core.unserialize(state)
    assert core.serialize() == before


def test_a_refused_state_does_not_leave_its_save_memory_behind(core: LibretroCore) -> None:
    """mGBA restores the save memory behind a block even when it refuses the block."""
    run(core, 4, A)
    foreign = bytearray(core.serialize())
    run(core, 4, A)
    before = core.serialize()
    foreign[0x10:0x1C] = b"ANOTHER GAME"
    with pytest.raises(SavestateError):
        core.unserialize(bytes(foreign))
    assert core.serialize() == before


class Broken(LibretroCore):
    """A frontend with a bug in one callback, which shows when `trap` is set."""

    trap = ""

    def _on_environment(self, command: int, data: int | None) -> bool:
        if self.trap == "environment":
            raise KeyError("environment")
        return super()._on_environment(command, data)

    def _on_video(self, address: int | None, width: int, height: int, pitch: int) -> None:
        if self.trap == "video":
            raise ValueError("video")
        super()._on_video(address, width, height, pitch)

    def _on_input(self, port: int, device: int, index: int, button: int) -> int:
        if self.trap == "input":
            raise KeyboardInterrupt
        return super()._on_input(port, device, index, button)


@pytest.mark.parametrize(("trap", "cause"), [("environment", KeyError), ("video", ValueError)])
def test_what_a_callback_raises_is_raised_by_the_call_with_its_cause(trap: str, cause: type[Exception]) -> None:
    core = Broken(core_path(), tiny_rom())
    core.run(0)
    core.trap = trap
    with pytest.raises(CoreError, match=f"callback of the core failed: {cause.__name__}") as error:
        core.run(0)
    assert isinstance(error.value.__cause__, cause)
    assert error.value.__cause__.__traceback__ is not None
    core.trap = ""
    before = frames(core)
    core.run(0)
    assert frames(core) == before + 1
    core.close()


def test_an_interrupt_in_a_callback_stays_an_interrupt() -> None:
    core = Broken(core_path(), tiny_rom())
    core.trap = "input"
    with pytest.raises(KeyboardInterrupt):
        core.run(0)
    core.close()


class BrokenFromTheStart(Broken):
    trap = "environment"


def test_a_callback_that_fails_while_the_core_begins_fails_the_opening() -> None:
    with pytest.raises(CoreError, match="callback of the core failed"):
        BrokenFromTheStart(core_path(), tiny_rom())


def test_a_core_that_moves_memory_in_use_is_noticed(core: LibretroCore) -> None:
    descriptor = abi.MemoryDescriptor(pointer=4096, start=layout.EWRAM_BASE, length=layout.EWRAM_SIZE)
    moved = abi.MemoryMap((abi.MemoryDescriptor * 1)(descriptor), 1)
    ewram(core)
    with pytest.raises(CoreError, match=r"moved its memory at 0x02000000"):
        core._set_memory_maps(abi.c.addressof(moved))


def test_memory_that_is_not_in_the_map_is_refused(core: LibretroCore) -> None:
    for start, size in ((0x0200_0001, 4), (layout.EWRAM_BASE, layout.EWRAM_SIZE + 1), (0x1000_0000, 4)):
        with pytest.raises(CoreError, match=r"memory map has no .*; it has .*0x02000000\+0x40000"):
            core.region(start, size)


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\necho no core\n", b"\x7fELF" + bytes(500)])
def test_a_file_that_is_no_library_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "core.so"
    path.write_bytes(content)
    with pytest.raises(CoreError, match=r"core\.so cannot be loaded as a core"):
        LibretroCore(path, tiny_rom())


def test_half_a_core_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "core.so"
    whole = core_path().read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CoreError, match="cannot be loaded as a core"):
        LibretroCore(path, tiny_rom())


def test_a_library_that_is_no_core_is_refused() -> None:
    library = Path(str(np.random._bounded_integers.__file__))  # type: ignore[attr-defined]  # any library will do
    with pytest.raises(CoreError, match="a library, but no libretro core.*retro_"):
        LibretroCore(library, tiny_rom())


def test_a_missing_core_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CoreError, match="cannot be loaded"):
        LibretroCore(tmp_path / "absent.so", tiny_rom())


@pytest.mark.parametrize("rom", [b"", b"x" * 16, bytes(0xC0), struct.pack("<I", 0xEA00002E) + bytes(50)])
def test_what_is_no_rom_is_refused_or_runs_without_harm(rom: bytes) -> None:
    try:
        core = LibretroCore(core_path(), rom)
    except CoreError:
        return
    run(core, 30)
    core.close()


def test_a_closed_core_says_so(core: LibretroCore) -> None:
    core.close()
    core.close()
    uses = core.serialize, core.reset, lambda: core.unserialize(b"x"), lambda: picture(core), lambda: ewram(core)
    for call in uses:
        with pytest.raises(ClosedError):
            call()
