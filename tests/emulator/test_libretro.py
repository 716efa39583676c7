"""The real core behind the seam, beyond the suite of the seam: whose states it takes, windows' states, what it is."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import Awaitable, Callable, Iterator

import numpy as np
import pytest

from pmd_gym.emulator.cartridge import Identity
from pmd_gym.emulator.interface import Button, Condition, Press
from pmd_gym.emulator.libretro import LibretroEmulator, joypad
from pmd_gym.errors import SavestateError
from pmd_gym.ram import libretro_state, parse_savestate, take_apart
from tests.doubles import savestates
from tests.doubles.real_core import TWIN, tiny_emulator, twin_emulator
from tests.doubles.scene import scene
from tests.doubles.tiny_rom import FRAMES, SAVED
from tests.ram.test_mgba_format import WINDOW

WALK = [Press(Button.DOWN, until=Condition.COMMAND, hold=4, settle=8), Press(Button.A, frames=40), Press(frames=7)]


@pytest.fixture
def tiny() -> Iterator[LibretroEmulator]:
    emulator = tiny_emulator()
    yield emulator
    asyncio.run(emulator.close())


def play(body: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await body()

    asyncio.run(run())


def ram_hash(ram: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> str:
    return hashlib.sha256(ram.tobytes()).hexdigest()


def test_it_says_which_core_and_cartridge_play(tiny: LibretroEmulator) -> None:
    info = tiny.info
    assert info.core.startswith("mGBA 0.1")
    assert (info.title, info.code, info.unverified, info.savestate_is_ram) == ("TINY", "ZTNE", True, False)


def test_a_verified_cartridge_is_not_marked() -> None:
    data = TWIN.read_bytes()
    emulator = twin_emulator(Identity("TWIN DUNGEON", "ZTDE", hashlib.sha1(data).hexdigest()))
    assert not emulator.info.unverified
    asyncio.run(emulator.close())


def test_buttons_are_those_of_the_pad() -> None:
    pads = [joypad(button) for button in Button]
    assert len(set(pads)) == 10
    assert all(pad.bit_count() == 1 for pad in pads)
    assert joypad(Button.A | Button.UP) == 1 << 8 | 1 << 4
    assert joypad(Button(0)) == 0


def test_the_same_keys_give_the_same_ram_in_every_emulator() -> None:
    async def hashes() -> list[str]:
        emulator = twin_emulator()
        await emulator.advance(Press(frames=200))
        found = [ram_hash((await emulator.advance(press)).ram) for press in WALK * 3]
        await emulator.close()
        return found

    first, second = asyncio.run(hashes()), asyncio.run(hashes())
    assert first == second
    assert len(set(first)) == len(first)


def test_a_window_state_goes_both_ways_with_its_save_memory(tiny: LibretroEmulator) -> None:
    async def body() -> None:
        await tiny.advance(Press(Button.A, frames=12))
        state, png = await tiny.save_state(), await tiny.save_png()
        there = take_apart(png)
        assert there is not None
        assert (there.form, there.title, there.code) == ("png", "TINY", "ZTNE")
        assert libretro_state(there) == libretro_state_of(state)
        expected = (await tiny.advance(Press(frames=30))).ram.copy()
        await tiny.advance(Press(Button.A, frames=30))
        await tiny.load_state(png)
        after = (await tiny.advance(Press(frames=30))).ram
        assert np.array_equal(after, expected)
        assert int(after[SAVED]) > 0

    play(body)


def libretro_state_of(data: bytes) -> bytes:
    state = take_apart(data)
    assert state is not None
    return libretro_state(state)


def test_the_picture_in_a_window_state_is_the_screen() -> None:
    """Read back by Pillow, which knows nothing of us."""
    import io

    from PIL import Image

    async def body() -> None:
        emulator = twin_emulator()
        await emulator.advance(Press(frames=200))
        screen = np.zeros((160, 240, 3), np.uint8)
        await emulator.screen(screen)
        picture = Image.open(io.BytesIO(await emulator.save_png()))
        assert picture.size == (240, 160)
        assert np.array_equal(np.asarray(picture.convert("RGB")), screen)
        assert len(np.unique(screen.reshape(-1, 3), axis=0)) > 10
        await emulator.close()

    play(body)


def test_a_state_of_a_real_window_plays_on_with_its_save_memory(tiny: LibretroEmulator) -> None:
    async def body() -> None:
        await tiny.load_state(WINDOW.read_bytes())
        frame = await tiny.advance(Press(frames=2))  # a window saves at another moment of the frame
        count = int(frame.ram[:4].view("<u4")[0])
        frame = await tiny.advance(Press(Button.A, frames=5))
        frame = await tiny.advance(Press(frames=2))
        assert int(frame.ram[:4].view("<u4")[0]) == count + 7
        assert int(frame.ram[SAVED]) == 48 + 5  # 48 lay in the window's save memory

    play(body)


def test_a_bare_block_keeps_the_save_memory_that_is_there(tiny: LibretroEmulator) -> None:
    async def body() -> None:
        await tiny.advance(Press(Button.A, frames=12))
        state = take_apart(await tiny.save_state())
        assert state is not None
        frame = await tiny.load_state(state.block)
        assert frame.ram.tobytes() == state.block[0x21000:]

    play(body)


def test_straight_after_a_load_the_screen_is_what_comes_next(tiny: LibretroEmulator) -> None:
    async def body() -> None:
        await tiny.advance(Press(frames=20))
        state, screen = await tiny.save_state(), np.zeros((160, 240, 3), np.uint8)
        await tiny.advance(Press(frames=10))
        frame = await tiny.load_state(state)
        before = frame.ram.copy()
        assert await tiny.screen(screen) == frame.number
        assert np.array_equal((await tiny.advance(Press(frames=0))).ram, before)
        next_screen = np.zeros_like(screen)
        await tiny.advance(Press(frames=1))
        await tiny.screen(next_screen)
        assert np.array_equal(screen, next_screen)

    play(body)


def test_states_of_other_games_and_bare_ram_are_refused(tiny: LibretroEmulator) -> None:
    ewram = scene()

    async def body() -> None:
        await tiny.advance(Press(frames=20))
        before = await tiny.save_state()
        for data, reason in (
            (savestates.block(ewram), "another game: 'POKE DUNGEON' .B24E., but the cartridge is 'TINY'"),
            (savestates.png(ewram), "another game"),
            (savestates.libretro(ewram), "another game"),
            (ewram.tobytes(), "a bare dump of RAM is no console"),
            (b"", "no known savestate"),
            (bytes(5 << 20), "too large"),
            (before[:-1], "truncated"),
            (before[:1000], "truncated"),
            ((await tiny.save_png())[:-40], "truncated"),
        ):
            with pytest.raises(SavestateError, match=reason):
                await tiny.load_state(data)
            assert await tiny.save_state() == before

    play(body)


def test_a_state_of_another_revision_is_refused_where_the_cartridge_is_verified() -> None:
    data = TWIN.read_bytes()
    identity = Identity("TWIN DUNGEON", "ZTDE", hashlib.sha1(data).hexdigest())

    async def body() -> None:
        verified, other = twin_emulator(identity), twin_emulator()
        state = bytearray(await verified.save_state())
        state[0x08:0x0C] = zlib.crc32(b"another revision").to_bytes(4, "little")
        with pytest.raises(SavestateError, match=r"another revision.*make a new state"):
            await verified.load_state(bytes(state))
        await other.load_state(bytes(state))
        for emulator in (verified, other):
            await emulator.close()

    play(body)


def test_a_state_of_the_twin_reads_as_a_savestate_of_nobody_else() -> None:
    async def body() -> None:
        emulator = twin_emulator()
        with pytest.raises(SavestateError, match="another game: 'TWIN DUNGEON'"):
            parse_savestate(await emulator.save_png())
        await emulator.close()

    play(body)


def test_ram_that_was_handed_out_outlives_the_core(tiny: LibretroEmulator) -> None:
    async def body() -> None:
        frame = await tiny.advance(Press(frames=20))
        count = int(frame.ram[FRAMES])
        await tiny.close()
        assert int(frame.ram[FRAMES]) == count > 0
        assert not frame.ram.flags.writeable

    play(body)


def test_a_long_wait_lets_others_run(tiny: LibretroEmulator) -> None:
    async def body() -> None:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.ensure_future(other())
        frame = await tiny.advance(Press(frames=3600))
        task.cancel()
        assert frame.number == 3600
        assert turns >= 3600 // 64

    play(body)
