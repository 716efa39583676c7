"""Ways of getting a game's state out of an emulator behind a WebSocket, each with its time and its bytes a step.

`delta` is ours: one request a step, changed pages back. `whole` brings all of EWRAM back every time. `values` is what
bindings with `read_memory(address)` lead to: the frames first, then one request for each value. Styles share server,
connection and presses; `values` also gets the pages with its frames, some 100 us that are its gift.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from bench_cores import UNSEEN
from numpy.typing import NDArray

from pmd_gym.emulator import WebSocketEmulator, peek
from pmd_gym.emulator.connection import Connection
from pmd_gym.emulator.interface import Press
from pmd_gym.observations import GRID_HEIGHT, GRID_WIDTH, STATUS
from pmd_gym.ram import Decoder, layout

TILE_FIELDS = ("terrain", "room", "visibility", "monster", "object")
_SMALL, _MEDIUM, _MASK = 126, 1 << 16, 4
"""Sizes at which a WebSocket frame's header grows, and of the client's mask (RFC 6455, section 5.2)."""


class Traffic:
    """Bytes that the client sent and got, WebSocket headers included."""

    def __init__(self) -> None:
        self.out, self.back = 0, 0


@contextmanager
def counted() -> Iterator[Traffic]:
    """Counts what goes over every connection meanwhile."""
    traffic, send, receive = Traffic(), Connection.send, Connection.data_received

    def counting_send(self: Connection, data: bytes) -> None:
        traffic.out += len(data) + _MASK + (2 if len(data) < _SMALL else 4 if len(data) < _MEDIUM else 10)
        send(self, data)

    def counting_receive(self: Connection, data: bytes) -> None:
        traffic.back += len(data)
        receive(self, data)

    Connection.send, Connection.data_received = counting_send, counting_receive  # type: ignore[method-assign]
    try:
        yield traffic
    finally:
        Connection.send, Connection.data_received = send, receive  # type: ignore[method-assign]


class Client:
    """One connection, one mirror, one decoder; each style plays a run of presses and gives the seconds of each step."""

    def __init__(self, emulator: WebSocketEmulator, ram: NDArray[np.uint8], server_pid: int) -> None:
        self._emulator = emulator
        self._ram = ram[np.newaxis]
        self._decoder = Decoder(1)
        self._picture = np.zeros((layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
        self._decoder.decode(self._ram)
        self._server_pid = server_pid
        self.cpu: dict[str, list[float]] = {}

    async def delta(self, press: Press) -> None:
        """Ours."""
        await self._emulator.advance(press)
        self._decoder.decode(self._ram)

    async def whole(self, press: Press) -> None:
        """All of EWRAM, as if nothing had been acknowledged."""
        self._emulator._protocol._acknowledged = 0
        await self.delta(press)

    async def status_values(self, press: Press) -> None:
        """One request for each number of the status vector; no map at all."""
        await self._emulator.advance(press)
        for address, size in status_reads():
            await self._emulator.read(address, size)

    async def grid_values(self, press: Press) -> None:
        """One request for each value behind a `grid` observation: the status vector, and the tiles of the window."""
        await self.status_values(press)
        for address, size in tile_reads():
            await self._emulator.read(address, size)

    async def picture_in_reply(self, press: Press) -> None:
        """Ours, with the picture in the same reply."""
        await self._emulator.advance_and_see(press, self._picture)
        self._decoder.decode(self._ram)

    async def picture_apart(self, press: Press) -> None:
        """Ours, and a second request for the picture."""
        await self.delta(press)
        await self._emulator.screen(self._picture)

    async def play(self, style: str, state: bytes, run: Sequence[Press]) -> list[float]:
        """Seconds of each step; the state is loaded before, outside the clock, and left alone for a while.

        `cpu[style]` gets the mean seconds of a step in which this process or the server had a processor: a figure that
        other work on the machine hardly changes.
        """
        await self._emulator.load_state(state)
        await self._emulator.advance(UNSEEN)
        step, times = getattr(self, style), []
        busy = time.process_time() + cpu_seconds(self._server_pid)
        for press in run:
            before = time.perf_counter()
            await step(press)
            times.append(time.perf_counter() - before)
        busy = time.process_time() + cpu_seconds(self._server_pid) - busy
        self.cpu.setdefault(style, []).append(busy / len(run))
        return times


def cpu_seconds(pid: int) -> float:
    """Seconds for which the main thread of a process had a processor, from the scheduler (Linux)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) * 1e-9


def status_reads() -> list[tuple[int, int]]:
    """(address, size) of one read for each number of the status vector."""
    start = layout.OBSERVED_DUNGEON_ADDRESS + peek.in_dungeon("team_info")
    return [(start + 4 * entry, 4) for entry in range(len(STATUS))]


def tile_reads() -> list[tuple[int, int]]:
    """(address, size) of the fields of each tile in the window of a `grid` observation, seen from the map's corner."""
    tiles = layout.OBSERVED_DUNGEON_ADDRESS + peek.in_dungeon("tiles")
    fields = [(layout.field(f"Tile.{name}").offset, _size(name)) for name in TILE_FIELDS]
    places = [(y * layout.MAP_WIDTH + x) * layout.TILE.itemsize for y in range(GRID_HEIGHT) for x in range(GRID_WIDTH)]
    return [(tiles + place + offset, size) for place in places for offset, size in fields]


def _size(name: str) -> int:
    fields = layout.TILE.fields
    assert fields is not None
    return int(fields[name][0].itemsize)
