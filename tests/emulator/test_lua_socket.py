"""The link to a visible mGBA when the script misbehaves: cut, doubled, late, lost replies, errors, silence.

Whatever happens, an image that comes back is that of one frame of the console.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator.conditions import condition_bits
from pmd_gym.emulator.controller import Controller
from pmd_gym.emulator.interface import Condition, Press
from pmd_gym.emulator.lua_link import LuaTimeouts
from pmd_gym.emulator.lua_places import signals
from pmd_gym.emulator.lua_socket import LuaEmulator
from pmd_gym.emulator.peek import standing
from pmd_gym.errors import (
    ConfigError,
    EmulatorError,
    EmulatorTimeout,
    PmdGymError,
    ProtocolError,
    RefusedError,
    RomError,
    UnreachableError,
)
from tests.doubles.corruption import corrupted
from tests.doubles.emulators import open_floor_emulator
from tests.doubles.lua_script import FAULTS, LuaScript, scripted

QUICK = LuaTimeouts(reply_s=0.2)
LOOK = Press(frames=0)


def make_script() -> LuaScript:
    return LuaScript(open_floor_emulator(shown=True))


def play(script: LuaScript, act: Callable[[LuaEmulator], Awaitable[None]], *, allow: bool = False) -> None:
    async def run() -> None:
        async with scripted(script) as address:
            emulator = await LuaEmulator.open(address, allow_unknown_rom=allow, timeouts=QUICK)
            await act(emulator)
            await emulator.close()

    asyncio.run(run())


def test_a_turn_is_a_few_exchanges_and_one_image() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        frame = await Controller(emulator).carry_out(CommandKind.STEP, 0)
        assert frame.met & Condition.COMMAND
        images = [requests for requests in script.exchanges if len(requests) > 32]
        assert len(images) == 2  # before and after
        assert max(len(requests) for requests in script.exchanges if requests not in images) < 16

    play(script, act)


@pytest.mark.parametrize("fault", FAULTS)
def test_after_any_fault_the_image_is_the_consoles(fault: str) -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        for _ in range(3):
            script.armed = [fault]
            with_errors = (EmulatorError,) if fault in ("error", "cut_last") else ()
            try:
                frame = await emulator.advance(LOOK)
            except with_errors:
                frame = await emulator.advance(LOOK)
            assert frame.ram.tobytes() == script.console.ram.tobytes()
            assert standing(frame.ram.data) == standing(script.console.ram.data)

    play(script, act)


def test_a_cut_reply_is_noticed_and_counted() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        script.armed = ["cut_range"]
        await emulator.advance(LOOK)
        assert emulator.faults == 1
        assert script.connections == 1  # mGBA does not survive a connection that is cut while it answers

    play(script, act)


def test_a_script_that_always_cuts_is_given_up() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        script.armed = ["cut_range"] * 3
        with pytest.raises((ProtocolError, EmulatorTimeout)):
            await emulator.advance(LOOK)

    play(script, act)


def test_silence_ends_in_a_timeout_that_says_what_to_look_at() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        script.silent = True
        with pytest.raises(EmulatorTimeout, match="paused"):
            await emulator.advance(LOOK)
        script.silent = False
        assert (await emulator.advance(LOOK)).ram.any()

    play(script, act)


def test_a_game_that_runs_too_fast_to_be_read_is_an_error() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        script.armed = ["split"] * 20
        with pytest.raises(EmulatorError, match="fast"):
            await emulator.advance(LOOK)

    play(script, act)


def test_a_full_disk_is_an_error_and_no_wrong_picture() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        script.full_disk = True
        for call in (emulator.save_state(), emulator.screen(np.zeros((160, 240, 3), np.uint8))):
            with pytest.raises(PmdGymError):
                await call
        script.full_disk = False
        assert len(await emulator.save_state()) > 1000

    play(script, act)


def test_keys_are_let_go_at_the_end() -> None:
    script = make_script()

    async def act(emulator: LuaEmulator) -> None:
        task = asyncio.ensure_future(emulator.advance(Press(buttons=1 << 7, frames=3600)))  # type: ignore[arg-type]
        while not script.keys:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    play(script, act)
    assert script.keys == 0


def test_another_game_is_refused_unless_allowed() -> None:
    script = make_script()
    script.title, script.checksum = "OTHER", 1

    async def act(emulator: LuaEmulator) -> None:
        assert emulator.info.unverified

    with pytest.raises(RomError, match="OTHER"):
        play(script, act)
    play(script, act, allow=True)
    script.platform = 1
    with pytest.raises(RomError, match="no GBA game"):
        play(script, act, allow=True)


def test_an_old_script_is_refused() -> None:
    script = make_script()
    script.old = True
    with pytest.raises(RefusedError, match="older"):
        play(script, lambda _: asyncio.sleep(0))


@pytest.mark.parametrize("address", ["", "8888", "10.0.0.1:8888", "127.0.0.1:0", "127.0.0.1:x", "localhost:70000"])
def test_only_this_machine_is_taken(address: str) -> None:
    with pytest.raises(ConfigError, match="HOST:PORT"):
        asyncio.run(LuaEmulator.open(address))


def test_nobody_there_says_how_to_load_the_script() -> None:
    with pytest.raises(UnreachableError, match="Scripting"):
        asyncio.run(LuaEmulator.open("127.0.0.1:9"))


def test_the_few_places_say_what_the_whole_image_says() -> None:
    for seed in range(200):
        image = corrupted(seed)
        few = np.zeros_like(image)
        for _ in range(2):  # the pointer first, then the dungeon it names
            for start, size in signals(few):
                few[start : start + size] = image[start : start + size]
        assert condition_bits(few.data) == condition_bits(image.data)
