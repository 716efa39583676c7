"""Doubles around the emulator link: an open floor behind the frame-level seam, and peers that misbehave.

`python -m tests.doubles.emulators` serves the open floor as the real server does, without the simulator.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.server import ServerConnection, serve

from pmd_gym.backends.emulators import EmulatorsBackend
from pmd_gym.backends.event_loop import EventLoopThread, all_of
from pmd_gym.backends.interface import Outcome
from pmd_gym.emulator import messages
from pmd_gym.emulator.interface import Emulator
from pmd_gym.emulator.server import address_of, main, open_server
from pmd_gym.emulator.simulated import SimulatedEmulator
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario, dungeon_id
from tests.doubles.backend import OpenFloorBackend
from tests.doubles.scene import dungeon_of, globals_of

EXIT_REASON = {Outcome.CLEARED: 551, Outcome.FAINTED: 300, Outcome.ESCAPED: 550, Outcome.LOST: 542}


class OpenFloorGames(OpenFloorBackend):
    """The open floor with what a console adds: writable RAM, walls that cost no turn, an exit reason at the end."""

    @property
    def ram(self) -> NDArray[np.uint8]:
        return self._store[:, : layout.EWRAM_SIZE]

    def _play(self, env_id: int, kind: int, argument: int) -> int:
        dungeon = dungeon_of(self._image(env_id))
        before, tile = dungeon.copy(), dungeon["entities"][0]["pos"].copy()
        outcome = Outcome(super()._play(env_id, kind, argument))
        if kind == 1 and dungeon["entities"][0]["pos"] == tile:
            self._only_turn(env_id, before, argument)
        if outcome is not Outcome.RUNNING:
            globals_of(self._image(env_id))["dungeon"] = layout.OBSERVED_DUNGEON_ADDRESS
            dungeon["exit_reason"] = EXIT_REASON[outcome]
        if outcome is Outcome.CLEARED:
            dungeon["turns_left"] = before["turns_left"]  # the last stairs end the run before the turn is counted
        return int(outcome)

    def _only_turn(self, env_id: int, before: np.void, direction: int) -> None:
        dungeon = dungeon_of(self._image(env_id))
        dungeon["turns_left"] = before["turns_left"]
        self._over[env_id] = False
        dungeon["monsters"][0]["direction"] = direction


def open_floor_emulator(*, shown: bool = False, seed: int = 7, floor: int = 1, dungeon: int = 0) -> SimulatedEmulator:
    """One console on the open floor, started."""
    emulator = SimulatedEmulator(OpenFloorGames(1), shown=shown)
    emulator.start(Scenario(dungeon, floor), seed)
    return emulator


@asynccontextmanager
async def served(emulator: Emulator | None = None, token: str = "") -> AsyncIterator[str]:
    """Address of a loopback server around an emulator, in this event loop."""
    server = await open_server(emulator or open_floor_emulator(), token=token)
    try:
        yield address_of(server)
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def mute_server(answers: int = 0) -> AsyncIterator[str]:
    """A server that welcomes, answers so many requests with an empty state, and then never says anything again."""

    async def handle(connection: ServerConnection) -> None:
        await connection.recv()
        welcome = messages.Welcome(messages.VERSION, 0, "mute", "", "", 240, 160, False, False)
        await connection.send(messages.encode(welcome))
        for sequence in range(1, answers + 1):
            await connection.recv()
            blank = bytes(layout.EWRAM_SIZE)
            await connection.send(messages.encode(messages.State(sequence, 0, 0, True, b"", blank, b"")))  # type: ignore[arg-type]
        await connection.wait_closed()

    async with serve(handle, "127.0.0.1", 0, compression=None) as server:
        yield address_of(server)


@asynccontextmanager
async def saying_server(say: Callable[[bytes], bytes | str]) -> AsyncIterator[str]:
    """A server that answers every message with what `say` makes of it."""

    async def handle(connection: ServerConnection) -> None:
        async for data in connection:
            assert isinstance(data, bytes)
            await connection.send(say(data))

    async with serve(handle, "127.0.0.1", 0, compression=None) as server:
        yield address_of(server)


class ServedBackend(EmulatorsBackend):
    """A backend over loopback servers in a thread of this process, instead of processes of their own."""

    def __init__(self, num_envs: int, **options: Any) -> None:
        """`options` as `EmulatorsBackend` takes them; `consoles` are the emulators behind the servers."""
        self._servers_loop = EventLoopThread("servers")
        self.consoles = [open_floor_emulator() for _ in range(num_envs)]
        self._servers = self._servers_loop.run(all_of(open_server(console) for console in self.consoles))
        addresses = [address_of(server) for server in self._servers]
        super().__init__(num_envs, addresses, games=OpenFloorGames(1), **options)

    def close(self) -> None:
        super().close()
        self._servers_loop.close()


class Relay:
    """A TCP hop between client and server that can cut the line: now, or before the next bytes one way."""

    def __init__(self, address: str) -> None:
        self._writers: list[asyncio.StreamWriter] = []
        self.lead_to(address)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.cut_next_reply = False
        self.cut_next_request = False
        self.connections = 0

    def lead_to(self, address: str) -> None:
        """Cut the line, and lead later connections to another server."""
        host, port = address.removeprefix("ws://").split(":")
        self._target = host, int(port)
        self.cut()

    async def __aenter__(self) -> Relay:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"ws://{host}:{port}"

    def cut(self) -> None:
        """Abort every connection, without a goodbye."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, far_writer]
        for source, sink, name in ((reader, far_writer, "cut_next_request"), (far_reader, writer, "cut_next_reply")):
            task = asyncio.ensure_future(self._pump(source, sink, name))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, flag: str) -> None:
        try:
            while data := await source.read(1 << 16):
                if getattr(self, flag):
                    setattr(self, flag, False)
                    self.cut()
                    return
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.transport.abort()


def _make(arguments: argparse.Namespace) -> SimulatedEmulator:
    dungeon = dungeon_id(arguments.dungeon)
    return open_floor_emulator(shown=arguments.shown, seed=arguments.seed, floor=arguments.floor, dungeon=dungeon)


if __name__ == "__main__":
    sys.exit(main(make=_make))
