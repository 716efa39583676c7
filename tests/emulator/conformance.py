"""What every `Emulator` must do, written once. Each check gets a factory that opens a fresh, started console.

The console must be on a floor where the leader may act and may step south and north from its first tile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import numpy as np
import pytest

from pmd_gym.emulator.interface import Button, Condition, Emulator, Press
from pmd_gym.emulator.peek import standing
from pmd_gym.errors import ClosedError, ConfigError, SavestateError
from pmd_gym.ram import layout

Open = Callable[[], AbstractAsyncContextManager[Emulator]]
STEP_SOUTH = Press(Button.DOWN, until=Condition.COMMAND, hold=4, settle=8)
LOOK = Press(frames=0)


async def frames_are_counted(emulator: Emulator) -> None:
    before = (await emulator.advance(LOOK)).number
    assert (await emulator.advance(Press(frames=7))).number == before + 7
    assert (await emulator.advance(LOOK)).number == before + 7


async def a_press_plays_a_turn_and_stops_when_the_leader_may_act(emulator: Emulator) -> None:
    before = standing((await emulator.advance(LOOK)).ram.data)
    frame = await emulator.advance(STEP_SOUTH)
    after = standing(frame.ram.data)
    assert frame.met & Condition.COMMAND
    assert after.tile == (before.tile[0], before.tile[1] + 1)
    assert after.turns_left == before.turns_left - 1


async def the_ram_is_whole_and_what_read_gives(emulator: Emulator) -> None:
    ram = (await emulator.advance(STEP_SOUTH)).ram
    assert ram.shape == (layout.EWRAM_SIZE,) and ram.dtype == np.uint8
    for start, size in (
        (0, 16),
        (layout.OBSERVED_DUNGEON_ADDRESS - layout.EWRAM_BASE, 4096),
        (layout.EWRAM_SIZE - 1, 1),
    ):
        assert await emulator.read(layout.EWRAM_BASE + start, size) == ram[start : start + size].tobytes()
    assert len(await emulator.read(layout.IWRAM_BASE, 8)) == 8


async def a_savestate_brings_the_game_back(emulator: Emulator) -> None:
    await emulator.advance(STEP_SOUTH)
    saved = await emulator.save_state()
    ram = (await emulator.advance(LOOK)).ram.copy()
    await emulator.advance(STEP_SOUTH)
    assert not np.array_equal((await emulator.advance(LOOK)).ram, ram)
    loaded = await emulator.load_state(saved)
    assert np.array_equal(loaded.ram, ram)
    assert loaded.met & Condition.COMMAND


async def the_same_presses_from_the_same_state_give_the_same_game(emulator: Emulator) -> None:
    saved, images = await emulator.save_state(), []
    for _ in range(2):
        await emulator.load_state(saved)
        for buttons in (Button.DOWN, Button.A, Button.UP, Button.A | Button.B):
            await emulator.advance(Press(buttons, until=Condition.COMMAND, hold=4, settle=8))
        images.append((await emulator.advance(LOOK)).ram.copy())
    assert np.array_equal(*images)


async def a_wrong_savestate_is_refused_and_the_game_goes_on(emulator: Emulator) -> None:
    ram = (await emulator.advance(STEP_SOUTH)).ram.copy()
    for savestate in (b"", b"x" * 1000, bytes(2_000_000)):
        with pytest.raises(SavestateError):
            await emulator.load_state(savestate)
    assert np.array_equal((await emulator.advance(LOOK)).ram, ram)
    await a_press_plays_a_turn_and_stops_when_the_leader_may_act(emulator)


async def arguments_out_of_range_are_refused(emulator: Emulator) -> None:
    for press in (
        Press(frames=3601),
        Press(frames=-1),
        Press(hold=-1),
        Press(Button(1 << 11)),
        Press(until=Condition(64)),
    ):
        with pytest.raises(ConfigError):
            await emulator.advance(press)
    for address, size in ((0, 4), (layout.EWRAM_BASE, 0), (layout.EWRAM_BASE, 1 << 17), (layout.EWRAM_BASE - 1, 4)):
        with pytest.raises(ConfigError):
            await emulator.read(address, size)
    await frames_are_counted(emulator)


async def the_screen_is_drawn(emulator: Emulator) -> None:
    number = (await emulator.advance(STEP_SOUTH)).number
    first, second = (np.zeros((160, 240, 3), np.uint8) for _ in range(2))
    assert await emulator.screen(first) == number
    assert first.any()
    assert await emulator.screen(second) == number
    assert np.array_equal(first, second)


async def it_says_what_it_is(emulator: Emulator) -> None:
    info = emulator.info
    assert info.core and info.title and len(info.code) == 4
    assert (info.width, info.height) == (240, 160)


async def a_cancelled_call_leaves_it_usable(emulator: Emulator) -> None:
    task = asyncio.ensure_future(emulator.advance(Press(frames=600)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await frames_are_counted(emulator)
    await a_press_plays_a_turn_and_stops_when_the_leader_may_act(emulator)
    await the_ram_is_whole_and_what_read_gives(emulator)


async def closing_twice_is_fine_and_then_nothing_works(emulator: Emulator) -> None:
    await emulator.close()
    await emulator.close()
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: emulator.advance(LOOK),
        lambda: emulator.read(layout.EWRAM_BASE, 1),
        emulator.save_state,
        lambda: emulator.load_state(b""),
        lambda: emulator.screen(np.zeros((160, 240, 3), np.uint8)),
    ]
    for call in calls:
        with pytest.raises(ClosedError):
            await call()


CHECKS = [
    frames_are_counted,
    a_press_plays_a_turn_and_stops_when_the_leader_may_act,
    the_ram_is_whole_and_what_read_gives,
    a_savestate_brings_the_game_back,
    the_same_presses_from_the_same_state_give_the_same_game,
    a_wrong_savestate_is_refused_and_the_game_goes_on,
    arguments_out_of_range_are_refused,
    the_screen_is_drawn,
    it_says_what_it_is,
    a_cancelled_call_leaves_it_usable,
    closing_twice_is_fine_and_then_nothing_works,
]


def check(name: Callable[[Emulator], Awaitable[None]], open_emulator: Open) -> None:
    """Run one check on a fresh emulator."""

    async def run() -> None:
        async with open_emulator() as emulator:
            await name(emulator)

    asyncio.run(run())
