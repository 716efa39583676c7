"""The seam's suite on the link to a visible mGBA, as far as its limits allow; each limit is stated and checked.

Twice: on the double, always; on mGBA's own window, where Xvfb, mgba-qt and xdotool are installed (a skip that
says so where they are not).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from pmd_gym.emulator.interface import Button, Condition, Emulator, Press
from pmd_gym.emulator.lua_socket import LuaEmulator
from pmd_gym.emulator.peek import standing
from pmd_gym.errors import ConfigError, SavestateError
from pmd_gym.ram import layout
from tests.doubles.emulators import open_floor_emulator
from tests.doubles.lua_script import LuaScript, scripted
from tests.doubles.lua_window import lua_window
from tests.doubles.real_core import TWIN, twin_png
from tests.emulator import conformance
from tests.emulator.conformance import LOOK, STEP_SOUTH, Open, check


async def frames_pass_at_least_as_asked(emulator: Emulator) -> None:
    before = (await emulator.advance(LOOK)).number
    after = (await emulator.advance(Press(frames=7))).number
    assert after >= before + 7
    assert (await emulator.advance(LOOK)).number >= after


async def the_ram_is_that_of_one_frame(emulator: Emulator) -> None:
    ram = (await emulator.advance(STEP_SOUTH)).ram
    assert ram.shape == (layout.EWRAM_SIZE,) and ram.dtype == np.uint8
    start = layout.OBSERVED_DUNGEON_ADDRESS - layout.EWRAM_BASE + layout.field("Dungeon.tiles").offset
    assert await emulator.read(layout.EWRAM_BASE + start, 4096) == ram[start : start + 4096].tobytes()
    assert len(await emulator.read(layout.EWRAM_BASE + layout.EWRAM_SIZE - 1, 1)) == 1
    assert len(await emulator.read(layout.IWRAM_BASE, 8)) == 8


async def a_savestate_brings_the_turn_back(emulator: Emulator) -> None:
    await emulator.advance(STEP_SOUTH)
    saved, before = await emulator.save_state(), standing((await emulator.advance(LOOK)).ram.data)
    await emulator.advance(STEP_SOUTH)
    assert standing((await emulator.advance(LOOK)).ram.data) != before
    loaded = await emulator.load_state(saved)
    assert standing(loaded.ram.data) == before and loaded.met & Condition.COMMAND


async def loading_is_exact(emulator: Emulator) -> None:
    saved, images = await emulator.save_state(), []
    for _ in range(2):
        images.append((await emulator.load_state(saved)).ram.copy())
        await emulator.advance(STEP_SOUTH)
    assert np.array_equal(*images)


async def a_wrong_savestate_leaves_the_turn(emulator: Emulator) -> None:
    before = standing((await emulator.advance(STEP_SOUTH)).ram.data)
    for savestate in (b"", b"x" * 1000, bytes(2_000_000)):
        with pytest.raises(SavestateError):
            await emulator.load_state(savestate)
    assert standing((await emulator.advance(LOOK)).ram.data) == before
    await conformance.a_press_plays_a_turn_and_stops_when_the_leader_may_act(emulator)


async def arguments_are_refused(emulator: Emulator) -> None:
    for press in (Press(frames=3601), Press(hold=-1), Press(Button(1 << 11)), Press(until=Condition(64))):
        with pytest.raises(ConfigError):
            await emulator.advance(press)
    for address, size in ((0, 4), (layout.EWRAM_BASE, 0), (layout.EWRAM_BASE, 1 << 17), (layout.EWRAM_BASE - 1, 4)):
        with pytest.raises(ConfigError):
            await emulator.read(address, size)
    await frames_pass_at_least_as_asked(emulator)


async def a_picture_is_never_older_than_the_ram(emulator: Emulator) -> None:
    number = (await emulator.advance(STEP_SOUTH)).number
    picture = np.zeros((160, 240, 3), np.uint8)
    assert await emulator.screen(picture) >= number
    assert picture.any()


async def a_cancelled_call_is_passed_over(emulator: Emulator) -> None:
    task = asyncio.ensure_future(emulator.advance(Press(frames=600)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await frames_pass_at_least_as_asked(emulator)
    await conformance.a_press_plays_a_turn_and_stops_when_the_leader_may_act(emulator)
    await the_ram_is_that_of_one_frame(emulator)


HOLDS = [
    conformance.a_press_plays_a_turn_and_stops_when_the_leader_may_act,
    conformance.it_says_what_it_is,
    conformance.closing_twice_is_fine_and_then_nothing_works,
]
RUNS_ON = "the game runs on between two calls"
LIMITS = {
    conformance.frames_are_counted: ("a look takes a frame itself", frames_pass_at_least_as_asked),
    conformance.the_ram_is_whole_and_what_read_gives: (RUNS_ON, the_ram_is_that_of_one_frame),
    conformance.a_savestate_brings_the_game_back: (RUNS_ON, a_savestate_brings_the_turn_back),
    conformance.the_same_presses_from_the_same_state_give_the_same_game: (
        "a press is late by a frame or more", loading_is_exact),
    conformance.a_wrong_savestate_is_refused_and_the_game_goes_on: (RUNS_ON, a_wrong_savestate_leaves_the_turn),
    conformance.arguments_out_of_range_are_refused: ("it counts frames afterwards", arguments_are_refused),
    conformance.the_screen_is_drawn: (RUNS_ON, a_picture_is_never_older_than_the_ram),
    conformance.a_cancelled_call_leaves_it_usable: ("it counts frames afterwards", a_cancelled_call_is_passed_over),
}  # fmt: skip
"""Check of the suite -> why it cannot hold, and what holds instead."""
PROMISED = [*HOLDS, *(instead for _, instead in LIMITS.values())]


@asynccontextmanager
async def on_the_double() -> AsyncIterator[Emulator]:
    async with scripted(LuaScript(open_floor_emulator(shown=True))) as address:
        emulator = await LuaEmulator.open(address)
        yield emulator
        await emulator.close()


def test_every_check_of_the_suite_is_held_or_stated_as_a_limit() -> None:
    assert {*HOLDS, *LIMITS} == set(conformance.CHECKS)


def test_the_mode_says_that_it_is_not_exact() -> None:
    async def says(emulator: Emulator) -> None:
        assert not emulator.info.frame_exact

    check(says, on_the_double)


@pytest.mark.parametrize("name", PROMISED)
def test_on_the_double(name: Callable[[Emulator], Awaitable[None]]) -> None:
    check(name, on_the_double)


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with lua_window(TWIN, tmp_path_factory.mktemp("mgba")) as address:
        yield address


def in_the_window(address: str) -> Open:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Emulator]:
        emulator = await LuaEmulator.open(address, allow_unknown_rom=True)
        await emulator.load_state(twin_png())
        yield emulator
        await emulator.close()

    return opened


@pytest.mark.parametrize("name", PROMISED)
def test_in_a_window_of_mgba(name: Callable[[Emulator], Awaitable[None]], window: str) -> None:
    check(name, in_the_window(window))


