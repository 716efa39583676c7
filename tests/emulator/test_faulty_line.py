"""Both links to an emulator over a line that loses, delays, cuts and doubles: an answer is right, or it is an error.

A request may take as long as its timeouts allow, and not longer; afterwards, on a sound line, the same client goes on.
"""

from __future__ import annotations

import asyncio

import pytest

from pmd_gym.emulator.client import Timeouts, WebSocketEmulator
from pmd_gym.emulator.interface import Button, Condition, Emulator, Press
from pmd_gym.emulator.lua_link import LuaTimeouts
from pmd_gym.emulator.lua_socket import LuaEmulator
from pmd_gym.emulator.simulated import SimulatedEmulator
from pmd_gym.errors import PmdGymError
from tests.doubles.emulators import open_floor_emulator, served
from tests.doubles.faulty_line import FaultyLine, faulty_line
from tests.doubles.lua_script import LuaScript, scripted

STEP = Press(Button.DOWN, frames=60, until=Condition.COMMAND, hold=4, settle=8)
LOOK = Press(frames=0)
REQUESTS = 12
LONGEST_S = 6.0
"""Every timeout of one request, added up, with room for a busy machine."""


async def endure(emulator: Emulator, console: SimulatedEmulator, line: FaultyLine) -> None:
    line.rate = 0.3
    for request in range(REQUESTS):
        try:
            async with asyncio.timeout(LONGEST_S):
                frame = await emulator.advance(STEP if request % 2 else LOOK)
        except PmdGymError:
            continue
        assert frame.ram.tobytes() == console.ram.tobytes()
    line.rate = 0.0
    for _ in range(4):
        try:
            frame = await emulator.advance(LOOK)
            break
        except PmdGymError:
            continue
    assert frame.ram.tobytes() == console.ram.tobytes()


@pytest.mark.parametrize("seed", range(5))
def test_over_a_websocket(seed: int) -> None:
    async def run() -> int:
        console = open_floor_emulator()
        async with served(console) as address:
            host, port = address.removeprefix("ws://").split(":")
            async with faulty_line(host, int(port), seed) as (line, near, near_port):
                timeouts = Timeouts(connect_s=0.2, reply_s=0.2, reconnect_s=0.5, first_pause_s=0.01, stop_s=0.1)
                emulator = await WebSocketEmulator.open(f"ws://{near}:{near_port}", timeouts=timeouts)
                await endure(emulator, console, line)
                await emulator.close()
                return len(line.happened)

    assert asyncio.run(run()) > 0


@pytest.mark.parametrize("seed", range(5))
def test_over_the_lua_script(seed: int) -> None:
    async def run() -> int:
        console = open_floor_emulator()
        async with scripted(LuaScript(console, frames_between=0)) as address:
            host, port = address.split(":")
            async with faulty_line(host, int(port), seed) as (line, near, near_port):
                timeouts = LuaTimeouts(connect_s=0.2, reply_s=0.2)
                emulator = await LuaEmulator.open(f"{near}:{near_port}", timeouts=timeouts)
                await endure_looks(emulator, console, line)
                await emulator.close()
                return len(line.happened)

    assert asyncio.run(run()) > 0


async def endure_looks(emulator: Emulator, console: SimulatedEmulator, line: FaultyLine) -> None:
    """As `endure`, with the game standing still, so that there is one right answer."""
    line.rate = 0.3
    for _ in range(REQUESTS):
        try:
            async with asyncio.timeout(LONGEST_S):
                frame = await emulator.advance(LOOK)
        except PmdGymError:
            continue
        assert frame.ram.tobytes() == console.ram.tobytes()
    line.rate = 0.0
    for _ in range(4):
        try:
            frame = await emulator.advance(LOOK)
            break
        except PmdGymError:
            continue
    assert frame.ram.tobytes() == console.ram.tobytes()
