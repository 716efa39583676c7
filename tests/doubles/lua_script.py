"""mGBA's Lua script as a double: the text protocol around a simulated console, with the script's own faults on demand.

Answers what arrived together within one frame, then lets `frames_between` frames pass, so that a test decides how fast
the game runs on; no clock. Faults are armed by name and happen once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from pmd_gym.emulator.interface import Button, Press
from pmd_gym.emulator.simulated import SimulatedEmulator
from pmd_gym.ram import layout, take_apart
from tests.doubles import savestates
from tests.doubles.emulators import open_floor_emulator

END = b"<|END|>"
CRC32_AS_WRITTEN = int.from_bytes(savestates.ROM_CRC32.to_bytes(4, "little"))
FAULTS = ("cut_range", "cut_last", "double", "reorder", "error", "garbage", "hang_up", "unasked", "split")


class LuaScript:
    """One script in one window; `armed` holds the faults that are still to happen."""

    def __init__(self, console: SimulatedEmulator, frames_between: int = 1) -> None:
        self.console = console
        self.frames_between = frames_between
        self.armed: list[str] = []
        self.silent = False
        self.keys = 0
        self.checksum = CRC32_AS_WRITTEN
        self.title, self.platform, self.old = savestates.TITLE.decode(), 0, False
        self.full_disk = False
        self.connections = 0
        self.exchanges: list[list[str]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        unread = b""
        try:
            while data := await reader.read(1 << 20):
                *requests, unread = (unread + data).split(END)
                await self._serve_frame([request.decode() for request in requests], writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _serve_frame(self, requests: list[str], writer: asyncio.StreamWriter) -> None:
        self.exchanges.append(requests)
        await self.console.advance(Press(Button(self.keys), frames=self.frames_between))
        if self.silent:
            return
        if self.old:
            writer.write(b"<|ACK|>")
            return
        replies = []
        for index, request in enumerate(requests):
            if "split" in self.armed and index == len(requests) // 2:
                self.armed.remove("split")
                await self.console.advance(Press(Button(self.keys), frames=1))
            replies.append(await self._answer(*_words(request)) + END)
        sent = b"".join(self._spoilt(replies))
        if sent:
            writer.write(sent)
            await writer.drain()
        else:
            writer.transport.abort()

    def _spoilt(self, replies: list[bytes]) -> list[bytes]:
        fault = self.armed.pop(0) if self.armed and self.armed[0] != "split" else ""
        longest = max(range(len(replies)), key=lambda index: len(replies[index]))
        if fault == "cut_range":
            replies[longest] = replies[longest][: len(replies[longest]) // 2]
        elif fault == "cut_last":
            replies[-1] = replies[-1][:-3]
        elif fault == "double":
            replies *= 2
        elif fault == "reorder":
            replies.reverse()
        elif fault == "error":
            replies[longest] = b"<|ERROR|>" + END
        elif fault == "garbage":
            replies[longest] = b"\xff\x00 zz" + END
        elif fault == "unasked":
            replies.append(b"more")
        elif fault == "hang_up":
            return []
        return replies

    async def _answer(self, command: str, *arguments: str) -> bytes:
        if command == "core.readRange":
            return await self._range(*(int(argument) for argument in arguments))
        if command == "core.currentFrame":
            return b"%d" % (await self.console.advance(Press(frames=0))).number
        if command == "core.setKeys":
            self.keys = int(arguments[0])
            return b"<|SUCCESS|>"
        simple = {
            "core.getGameTitle": self.title, "core.getGameCode": "AGB-B24E", "core.platform": str(self.platform),
            "core.checksum": str(self.checksum),
        }  # fmt: skip
        if command in simple:
            return simple[command].encode()
        return await self._with_a_file(command, Path(arguments[0])) if arguments else b"<|ERROR|>"

    async def _range(self, address: int, size: int) -> bytes:
        data = b""
        while len(data) < size:  # the seam reads 65,536 bytes at most
            data += await self.console.read(address + len(data), min(size - len(data), 1 << 16))
        return data.hex(",").encode()

    async def _with_a_file(self, command: str, path: Path) -> bytes:
        """As mGBA-http 0.10 does it: a failure is reported as success."""
        if command == "core.loadStateFile":
            state = take_apart(path.read_bytes())
            assert state is not None
            await self.console.load_state(state.ewram)
        elif self.full_disk:
            path.write_bytes(b"\x89PNG\r\n\x1a\n")
        elif command == "core.saveStateFile":
            path.write_bytes(savestates.png(np.frombuffer(await self.console.save_state(), np.uint8)))
        elif command == "core.screenshot":
            pixels = np.zeros((layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8)
            await self.console.screen(pixels)
            Image.fromarray(pixels).save(path)
        else:
            return b"<|ERROR|>"
        return b"<|SUCCESS|>"


def _words(request: str) -> list[str]:
    return [word for word in re.split(",", request) if word] or [""]


@asynccontextmanager
async def scripted(script: LuaScript | None = None) -> AsyncIterator[str]:
    """HOST:PORT of a script on the open floor."""
    script = script or LuaScript(open_floor_emulator())
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        server.close()
