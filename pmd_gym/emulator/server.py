"""WebSocket server around one emulator: `python -m pmd_gym.emulator.server --core simulated --port 0`.

Moves bytes between a socket and `protocol.ServerProtocol`, and guards the door: loopback only unless a token is given,
no browsers, one client. Knows nothing of the game. Prints one JSON line with its address when it is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hmac
import ipaddress
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import TypeAlias

import numpy as np
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State

from pmd_gym.emulator import messages
from pmd_gym.emulator.client import TOKEN_VARIABLE
from pmd_gym.emulator.core import INSTALL
from pmd_gym.emulator.interface import Emulator
from pmd_gym.emulator.protocol import RejectedError, ServerProtocol, Work, press_of
from pmd_gym.errors import ConfigError, EmulatorError, PmdGymError
from pmd_gym.ram import layout

HELLO_TIMEOUT_S = 10.0
KEEPALIVE_S = 20.0
EXIT_GRACE_S = 5.0
MAX_REJECTED = 16
"""Bad messages after which a client is hung up on."""
_OPTIONS_OF = {
    **dict.fromkeys(("dungeon", "floor", "seed", "shown"), ("simulated",)),
    **dict.fromkeys(("rom", "savestate"), ("mgba",)), "allow_unknown_rom": ("mgba", "lua"), "script": ("lua",),
}  # fmt: skip
"""Option -> the cores for which it means something."""
_POLICY_VIOLATION = 1008
_ROOM_TO_REFUSE = 4
"""A message up to this many times too long is still read, to be answered with a typed error; above, the library hangs
up with close code 1009."""


class GameServer:
    """One emulator and at most one client at a time; a client that lost its connection may come back."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._protocol = ServerProtocol(emulator.info)
        self._player: ServerConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._picture = np.zeros((layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)

    async def handle(self, connection: ServerConnection) -> None:
        """Play with one client until it leaves; never raises for what a client does."""
        try:
            if await self._greet(connection):
                await self._play(connection)
        except ConnectionClosed:
            pass  # a lost connection is no event here: the client comes back, or does not
        finally:
            if self._player is connection:
                self._player = None

    async def _greet(self, connection: ServerConnection) -> bool:
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                hello = self._protocol.greet(await connection.recv())
            if self._is_taken() and hello.session != self._protocol.session:
                text = "another client plays this game; start another server"
                raise RejectedError(messages.Code.BUSY, text, fatal=True)
        except RejectedError as rejected:
            await self._refuse(connection, rejected)
            return False
        except TimeoutError:
            await connection.close(_POLICY_VIOLATION, "no hello")
            return False
        previous, self._player = self._player, connection
        if previous is not None:
            previous.transport.abort()  # the same client came back before its old connection was known to be lost
        async with self._one_at_a_time:
            await connection.send(self._protocol.welcome(hello))
        return True

    def _is_taken(self) -> bool:
        return self._player is not None and self._player.state is State.OPEN

    async def _play(self, connection: ServerConnection) -> None:
        rejected_so_far = 0
        while rejected_so_far < MAX_REJECTED:
            data = await connection.recv()
            try:
                async with self._one_at_a_time:
                    if self._player is not connection:
                        return
                    reply = await self._answer(self._protocol.receive(data))
            except RejectedError as rejected:
                rejected_so_far += 1
                reply = rejected.reply
            await connection.send(reply)
        await connection.close(_POLICY_VIOLATION, "too many bad messages")

    async def _refuse(self, connection: ServerConnection, rejected: RejectedError) -> None:
        await connection.send(rejected.reply)
        await connection.close(_POLICY_VIOLATION)

    async def _answer(self, request: Work) -> bytes:
        try:
            return await self._carry_out(request)
        except PmdGymError as error:
            return self._protocol.reply_error(request, error)
        except Exception as error:  # a bug in the emulator must not end the server
            traceback.print_exc()
            return self._protocol.reply_error(request, error)

    async def _carry_out(self, request: Work) -> bytes:
        if isinstance(request, messages.Advance):
            frame = await self._emulator.advance(press_of(request))
            if not request.picture:
                return self._protocol.reply_state(request, frame)
            shown = await self._emulator.screen(self._picture)
            return self._protocol.reply_state(request, frame, self._picture.tobytes(), shown)
        if isinstance(request, messages.Load):
            return self._protocol.reply_state(request, await self._emulator.load_state(request.savestate))
        if isinstance(request, messages.Save):
            return self._protocol.reply_bytes(request, await self._emulator.save_state())
        return self._protocol.reply_bytes(request, await self._emulator.read(request.address, request.size))


def is_loopback(host: str) -> bool:
    """True when nobody outside this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def open_server(emulator: Emulator, host: str = "127.0.0.1", port: int = 0, token: str = "") -> Server:
    """Listen; port 0 takes a free one. ConfigError for an open door, EmulatorError for a port that is taken."""
    if not token and not is_loopback(host):
        raise ConfigError(
            f"--host {host} can be reached from other machines: give a token (--token or ${TOKEN_VARIABLE}),"
            " or use 127.0.0.1"
        )
    keepalive = None if is_loopback(host) else KEEPALIVE_S
    try:
        return await serve(
            GameServer(emulator).handle, host, port, compression=None, origins=[None], max_queue=4,
            max_size=messages.MAX_MESSAGE * _ROOM_TO_REFUSE, ping_interval=keepalive,
            process_request=lambda connection, request: _check_token(connection, request, token))  # fmt: skip
    except OSError as error:
        reason = error.strerror or str(error)
        text = f"cannot listen on {host}:{port}: {reason}; use another --port, 0 takes a free one"
        raise EmulatorError(text) from error


def address_of(server: Server) -> str:
    """`ws://HOST:PORT` of a listening server."""
    host, port = next(iter(server.sockets)).getsockname()[:2]
    return f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"


def _check_token(connection: ServerConnection, request: Request, token: str) -> Response | None:
    given = request.headers.get_all("Authorization")
    if token and not hmac.compare_digest(" ".join(given).encode(), f"Bearer {token}".encode()):
        return connection.respond(HTTPStatus.UNAUTHORIZED, "wrong or missing token\n")
    return None


def open_emulator(arguments: argparse.Namespace) -> Emulator | Awaitable[Emulator]:
    """The emulator that the command line asks for."""
    if arguments.core == "lua":
        return _open_window(arguments)
    return _open_mgba(arguments) if arguments.core == "mgba" else _open_simulated(arguments)


async def _open_window(arguments: argparse.Namespace) -> Emulator:
    from pmd_gym.emulator.lua_socket import DEFAULT_ADDRESS, LuaEmulator

    return await LuaEmulator.open(
        arguments.script or DEFAULT_ADDRESS, allow_unknown_rom=arguments.allow_unknown_rom
    )


def _open_mgba(arguments: argparse.Namespace) -> Emulator:
    from pmd_gym.emulator.libretro import open_mgba, read_state

    if not arguments.rom:
        raise ConfigError("--core mgba needs the game: --rom PATH")
    emulator = open_mgba(arguments.rom, allow_unknown_rom=arguments.allow_unknown_rom, lend_ram=True)
    if arguments.savestate:
        emulator.load(read_state(arguments.savestate, emulator.cartridge))
    return emulator


def _open_simulated(arguments: argparse.Namespace) -> Emulator:
    from pmd_gym.emulator.simulated import SimulatedEmulator
    from pmd_gym.scenario import Scenario, dungeon_id

    scenario = Scenario(dungeon_id(arguments.dungeon), arguments.floor)
    emulator = SimulatedEmulator(shown=arguments.shown)
    emulator.start(scenario, arguments.seed)
    emulator.warm_up()
    return emulator


Make: TypeAlias = Callable[[argparse.Namespace], Emulator | Awaitable[Emulator]]


def main(argv: Sequence[str] | None = None, make: Make = open_emulator) -> int:
    """Serve what `make` gives until a signal, or until the parent is gone; returns the exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        _check_options(parser, arguments)
        asyncio.run(_run(arguments, make))
    except PmdGymError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pmd_gym.emulator.server", description="Serve one emulator.")
    parser.add_argument(
        "--core", choices=["simulated", "mgba", "lua"], default="simulated",
        help=f"what plays: the simulator; the real game on an mGBA core ($MGBA_CORE, or `{INSTALL}`); or in a window of"
        " mGBA in which a script runs (docs/real_game.md), in real time",
    )  # fmt: skip
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; anything but loopback needs a token")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--token", default=os.environ.get(TOKEN_VARIABLE, ""), help=f"default: ${TOKEN_VARIABLE}")
    parser.add_argument("--rom", help="mgba: the game's ROM, a .gba file")
    parser.add_argument("--savestate", help="mgba: where to start; a .ss0 to .ss9 of mGBA, or a libretro state")
    parser.add_argument(
        "--allow-unknown-rom", action="store_true",
        help="mgba, lua: play another revision, a translation or a hack; observations are then marked as unverified",
    )  # fmt: skip
    parser.add_argument("--script", metavar="HOST:PORT", help="lua: where the script listens; default 127.0.0.1:8888")
    parser.add_argument("--dungeon", default="Tiny Woods", help="name or id of the dungeon to start in")
    parser.add_argument("--floor", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="state of the general generator at the dungeon's door")
    parser.add_argument("--shown", action="store_true", help="animate as the game does: 24 frames a step")
    parser.add_argument("--exit-with-parent", action="store_true", help="exit when standard input is closed")
    return parser


def _check_options(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """ConfigError for an option of another core: nothing that was asked for is left out without a word."""
    for name, cores in _OPTIONS_OF.items():
        if arguments.core not in cores and getattr(arguments, name) != parser.get_default(name):
            raise ConfigError(f"--{name.replace('_', '-')} means nothing with --core {arguments.core}; leave it out")


async def _run(arguments: argparse.Namespace, make: Make) -> None:
    stop = asyncio.Event()
    _watch_signals(stop)
    if arguments.exit_with_parent:
        _watch_parent(asyncio.get_running_loop(), stop)
    made = make(arguments)
    emulator = await made if isinstance(made, Awaitable) else made
    server = await open_server(emulator, arguments.host, arguments.port, arguments.token)
    try:
        game = arguments.dungeon if arguments.core == "simulated" else emulator.info.title
        ready = {"address": address_of(server), "core": emulator.info.core, "dungeon": game}
        print(json.dumps(ready | {"pid": os.getpid()}), flush=True)
        await stop.wait()
    finally:
        server.close()
        await server.wait_closed()
        await emulator.close()


def _watch_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, stop.set)


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The parent holds the other end of our standard input; the system closes it however the parent dies."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)
        time.sleep(EXIT_GRACE_S)
        os._exit(1)  # the loop hangs, and nobody is left to tell

    threading.Thread(target=wait, name="parent watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
