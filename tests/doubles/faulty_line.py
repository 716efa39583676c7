"""A TCP hop that loses, delays, cuts and doubles what passes through it, by a seed: the same seed does the same.

Works on the pieces in which the bytes arrive, which for one request and one reply is the whole message; knows nothing
of any protocol.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FAULTS = ("lose", "delay", "cut", "double")


class FaultyLine:
    """One hop; `rate` is the share of pieces that something happens to, 0 while the line is sound."""

    def __init__(self, host: str, port: int, seed: int, faults: tuple[str, ...] = FAULTS) -> None:
        self._target = host, port
        self._random = random.Random(seed)
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()
        self.rate = 0.0
        self.happened: list[str] = []

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join two connections until one ends."""
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.ensure_future(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        held = b""
        try:
            while data := await source.read(1 << 20):
                fault = self._random.choice(self._faults) if self._random.random() < self.rate else ""
                self.happened += [fault] * bool(fault)
                if fault == "cut":
                    sink.write(data[: self._random.randrange(len(data))])
                    await sink.drain()
                    return
                if fault == "delay":
                    held += data  # until something else comes
                elif fault != "lose":
                    sink.write(held + data * (2 if fault == "double" else 1))
                    held = b""
                    await sink.drain()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            sink.transport.abort()

    async def close(self) -> None:
        """End every pump."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def faulty_line(host: str, port: int, seed: int) -> AsyncIterator[tuple[FaultyLine, str, int]]:
    """The line, and the address at which it takes connections."""
    line = FaultyLine(host, port, seed)
    server = await asyncio.start_server(line.connect, "127.0.0.1", 0)
    try:
        yield line, *server.sockets[0].getsockname()
    finally:
        server.close()
        await line.close()
