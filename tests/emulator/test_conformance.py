"""The seam's suite on every emulator there is: simulated, shown or not, the real core, over a loopback server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from pmd_gym.emulator.client import WebSocketEmulator
from pmd_gym.emulator.interface import Emulator
from tests.doubles.emulators import open_floor_emulator, served
from tests.doubles.real_core import started_twin
from tests.emulator.conformance import CHECKS, Open, check


@asynccontextmanager
async def in_process() -> AsyncIterator[Emulator]:
    yield open_floor_emulator()


@asynccontextmanager
async def shown() -> AsyncIterator[Emulator]:
    yield open_floor_emulator(shown=True)


@asynccontextmanager
async def over_websocket() -> AsyncIterator[Emulator]:
    async with served() as address:
        emulator = await WebSocketEmulator.open(address)
        yield emulator
        await emulator.close()


@asynccontextmanager
async def real_core() -> AsyncIterator[Emulator]:
    emulator = started_twin()
    yield emulator
    await emulator.close()


@asynccontextmanager
async def real_core_over_websocket() -> AsyncIterator[Emulator]:
    console = started_twin()
    async with served(console) as address:
        emulator = await WebSocketEmulator.open(address)
        yield emulator
        await emulator.close()
    await console.close()


@pytest.mark.parametrize("open_emulator", [in_process, shown, over_websocket, real_core, real_core_over_websocket])
@pytest.mark.parametrize("name", CHECKS)
def test_emulator(name: Callable[[Emulator], Awaitable[None]], open_emulator: Open) -> None:
    check(name, open_emulator)
