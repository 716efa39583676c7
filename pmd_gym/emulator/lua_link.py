"""The TCP connection to a Lua script in mGBA: whole exchanges, each within its time, and back into step after a fault.

After a reply that was cut or late, or a call that was cancelled, the next exchange passes over whatever still comes,
until its own fence. The connection is kept for that: mGBA 0.10 writes to a connection that was cut, and the signal for
it (SIGPIPE) ends the whole window. An exchange that failed is made again, which is safe for whatever this package asks
for: looking, setting all keys at once, saving and loading files. Knows nothing of the console.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from pmd_gym.emulator import lua_codec
from pmd_gym.emulator.lua_codec import ReplyReader, Request, Value
from pmd_gym.errors import EmulatorTimeout, PmdGymError, ProtocolError, RefusedError, UnreachableError

TRIES = 3
_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class LuaTimeouts:
    """Seconds. A script answers once a frame; the whole of EWRAM takes it 0.05 to 0.4 s."""

    connect_s: float = 5.0
    reply_s: float = 5.0


class LuaLink:
    """A connection that is opened when it is needed, and again after a fault; one exchange at a time."""

    def __init__(self, host: str, port: int, timeouts: LuaTimeouts) -> None:
        self._host, self._port, self._timeouts = host, port, timeouts
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._exchanges = 0
        self._out_of_step = False
        self.faults = 0

    @property
    def address(self) -> str:
        """HOST:PORT, for messages."""
        return f"{self._host}:{self._port}"

    async def ask(self, requests: Sequence[Request]) -> list[Value]:
        """The replies to all requests, which the script answers within one frame if they came in one piece.

        Raises UnreachableError, EmulatorTimeout, ProtocolError (three times in a row), EmulatorError (the script's
        own), RefusedError (too old a script). Cancelling is safe: its replies are passed over by the next call.
        """
        failure: Exception | None = None
        for _ in range(TRIES):
            try:
                return await self._exchange(requests)
            except (UnreachableError, EmulatorTimeout, RefusedError):
                raise
            except (ProtocolError, OSError) as error:
                failure = error
                self.faults += 1
        if isinstance(failure, ProtocolError):
            raise failure
        raise UnreachableError(f"the script at {self.address} hung up {TRIES} times: {failure}") from failure

    async def _exchange(self, requests: Sequence[Request]) -> list[Value]:
        reader, writer = await self._connected()
        self._exchanges += 1
        requests = [lua_codec.fence(self._exchanges), *requests]
        replies = ReplyReader(requests, resync=self._out_of_step)
        breakers = [lua_codec.break_water()] if self._out_of_step else []
        self._out_of_step = True  # until all replies are here
        writer.write(lua_codec.encode([*breakers, *requests]))
        try:
            async with asyncio.timeout(self._timeouts.reply_s):
                values = await _collect(reader, replies)
        except TimeoutError as error:
            raise EmulatorTimeout(
                f"the script at {self.address} did not answer within {self._timeouts.reply_s:g} s;"
                " is mGBA paused, or was the script stopped?"
            ) from error
        except OSError:
            self.drop()
            raise
        self._out_of_step = False
        return values[1:]

    def drop(self) -> None:
        """Cut the connection; idempotent. The next `ask` makes a new one."""
        writer, self._reader, self._writer = self._writer, None, None
        self._out_of_step = False
        if writer is not None:
            writer.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.drop()
            self._reader, self._writer = await self._dial()
        return self._reader, self._writer

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(self._timeouts.connect_s):
                return await asyncio.open_connection(self._host, self._port, limit=lua_codec.LONGEST_REPLY)
        except (OSError, TimeoutError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "no answer"
            raise UnreachableError(
                f"no script answers at {self.address}: {reason}; in mGBA, Tools > Scripting... > File > Load script..."
            ) from error

    async def close(self) -> None:
        """Hang up, when replies that are still due have come or their time is over; idempotent."""
        if self._writer is not None and self._out_of_step:
            with contextlib.suppress(PmdGymError):
                await self.ask([])
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(self._timeouts.connect_s):
                    await writer.wait_closed()


async def _collect(stream: asyncio.StreamReader, replies: ReplyReader) -> list[Value]:
    values: list[Value] = []
    while not replies.complete:
        data = await stream.read(_AT_ONCE)
        if not data:
            raise ConnectionResetError("the script hung up")
        values += replies.feed(data)
    return values
