"""Server processes: starts them, waits for their addresses, watches them, starts a dead one anew.

Each process holds the read end of a pipe as its standard input and leaves when the pipe closes, so that nothing is
left behind however this process ends. Knows nothing of games: what was played on a dead server is the caller's
business (`backends/emulators.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

from pmd_gym.emulator.client import Timeouts
from pmd_gym.emulator.footprint import resident_mib
from pmd_gym.errors import ClosedError, EmulatorTimeout, UnreachableError

SERVER = (sys.executable, "-m", "pmd_gym.emulator.server")
MAX_RESTARTS = 8
"""Restarts in a row of one server, after which it is given up."""
STEADY_S = 60.0
"""A server that ran so long counts as sound again: a crash an hour must not end a run of a week."""
MEMORY_LIMIT_MIB = 1024.0
"""Memory of one server above which it is replaced before the next run; a server on the simulator takes some 200."""
_LAST_WORDS = 400


@dataclass(slots=True)
class _Member:
    """One server process and what it said."""

    process: asyncio.subprocess.Process | None = None
    address: str = ""
    restarts: int = 0
    failures: int = 0  # restarts since it was sound
    ready_at: float = math.inf  # when it printed its address
    errors: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def last_words(self) -> str:
        """The end of what the process wrote to standard error, on one line."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - _LAST_WORDS))
        return " ".join(self.errors.read().decode(errors="replace").split()) or "no message"


class Fleet:
    """`count` servers of one kind. Every method belongs to one event loop."""

    def __init__(
        self, count: int, arguments: Sequence[str] = (), *, command: Sequence[str] = SERVER,
        timeouts: Timeouts | None = None, one_first: bool = False, memory_limit_mib: float = MEMORY_LIMIT_MIB,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """`arguments` go to every server. `one_first`: the others wait for the first, which may compile for all.

        `memory_limit_mib`: see `outgrown`; for one server. `clock` gives seconds.
        """
        self._command = (*command, "--exit-with-parent", *arguments)
        self._timeouts = timeouts or Timeouts()
        self._one_first = one_first
        self._memory_limit_mib = memory_limit_mib
        self._clock = clock
        self._members = [_Member() for _ in range(count)]
        self._watchers: set[asyncio.Task[None]] = set()
        self._closing = False

    async def start(self) -> list[str]:
        """Start all; their addresses. Raises UnreachableError or EmulatorTimeout, and then none is left running."""
        try:
            if self._one_first:
                await self._launch(self._members[0])
            waiting = [self._launch(member) for member in self._members if not member.alive]
            for result in await asyncio.gather(*waiting, return_exceptions=True):
                if isinstance(result, BaseException):
                    raise result
        except BaseException:
            await self.close()
            raise
        return [member.address for member in self._members]

    def address(self, index: int) -> str:
        """Where server `index` listens, or listened last."""
        return self._members[index].address

    def pid(self, index: int) -> int:
        """Process id of server `index`; UnreachableError if it does not run."""
        process = self._members[index].process
        if process is None or process.returncode is not None:
            raise UnreachableError(f"server {index} does not run")
        return process.pid

    def restarts(self, index: int) -> int:
        """How often server `index` was started anew."""
        return self._members[index].restarts

    async def revive(self, index: int, failed: str) -> str:
        """The address of a living server `index` in place of the one at `failed`, which is killed if it still runs.

        Where that one was replaced already, because its end was noticed meanwhile, its successor is left alone. Raises
        UnreachableError when it was restarted too often or does not come up.
        """
        member = self._members[index]
        async with member.lock:
            if not member.alive or member.address == failed:
                await self._kill(member)
                await self._restart(member)
        return member.address

    async def ready(self, index: int) -> str:
        """The address of server `index`, once it runs: a restart that is under way is waited for."""
        member = self._members[index]
        async with member.lock:
            if not member.alive:
                await self._restart(member)
        return member.address

    def outgrown(self, index: int) -> bool:
        """True when server `index` runs and holds more memory than its limit; `renew` it between two runs."""
        process = self._members[index].process
        return process is not None and resident_mib(process.pid) > self._memory_limit_mib

    async def renew(self, index: int) -> str:
        """The address of a fresh server in place of a sound one, which is asked to leave. Raises as `revive` does."""
        member = self._members[index]
        async with member.lock:
            await self._end(member)
            member.failures = 0
            await self._restart(member)
        return member.address

    async def close(self) -> None:
        """End every process; idempotent."""
        self._closing = True
        await asyncio.gather(*(self._end(member) for member in self._members))
        for watcher in list(self._watchers):
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        for member in self._members:
            member.errors.close()

    async def _launch(self, member: _Member) -> None:
        if self._closing:
            raise ClosedError("the fleet was closed")
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=member.errors,
            start_new_session=True,  # Ctrl-C in the terminal is for us; the servers leave when their pipe closes
        )  # fmt: skip
        member.process, member.ready_at = process, math.inf
        member.address = await self._address_line(member, process)
        member.ready_at = self._clock()
        watcher = asyncio.ensure_future(self._watch(member, process))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)

    async def _address_line(self, member: _Member, process: asyncio.subprocess.Process) -> str:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._timeouts.start_s):
                line = await process.stdout.readline()
            return str(json.loads(line)["address"])
        except TimeoutError as error:
            await self._kill(member)
            raise EmulatorTimeout(f"a server did not start within {self._timeouts.start_s:g} s") from error
        except (ValueError, KeyError, TypeError) as error:
            await self._kill(member)
            code = process.returncode
            raise UnreachableError(f"a server did not start (exit code {code}): {member.last_words()}") from error

    async def _watch(self, member: _Member, process: asyncio.subprocess.Process) -> None:
        """Start the server anew when its process ends by itself."""
        await process.wait()
        async with member.lock:
            if member.process is process and not self._closing:
                with contextlib.suppress(UnreachableError, EmulatorTimeout):  # whoever asks for it next gets the error
                    await self._restart(member)

    async def _restart(self, member: _Member) -> None:
        if self._clock() - member.ready_at >= STEADY_S:
            member.failures = 0
        if member.failures >= MAX_RESTARTS:
            raise UnreachableError(
                f"a server was started anew {MAX_RESTARTS} times and ended again: {member.last_words()}"
            )
        member.failures += 1
        member.restarts += 1
        await self._launch(member)

    async def _kill(self, member: _Member) -> None:
        if member.process is not None and member.alive:
            member.process.kill()
            await member.process.wait()

    async def _end(self, member: _Member) -> None:
        """Ask by closing its pipe, then insist."""
        process = member.process
        if process is None or process.returncode is not None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(self._timeouts.stop_s):
                await process.wait()
        except TimeoutError:
            await self._kill(member)
