"""One game on one emulator that may be lost at any time, and how it is brought back.

A snapshot every so many commands, and the commands since: after a restart the snapshot is loaded and the commands are
played again, which gives the same game, because a console is deterministic (RAM guide section 8). A mark of every
command's result shows if it did not. Asynchronous; one instance belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.emulator import Condition, Controller, Emulator, EmulatorInfo, Frame
from pmd_gym.errors import ControlError, EmulatorError, PmdGymError, UnreachableError, UnsupportedRule
from pmd_gym.ram import layout

SNAPSHOT_COMMANDS = 32
"""Commands between two snapshots: few enough to play again in a moment, many enough to cost nothing."""
TRIES = 3

Connect = Callable[[bool], Awaitable[Emulator]]
"""Gives a living emulator; True: the one given before did not work, replace it."""
Command = tuple[CommandKind, int]

_INT = struct.Struct("<i").unpack_from
_SHORT = struct.Struct("<h").unpack_from
_PUT_POINTER = struct.Struct("<i").pack_into
_RNG = layout.global_variable("rng_dungeon").offset
_DUNGEON = layout.global_variable("dungeon").offset
_RESULT = layout.global_variable("dungeon_result").offset
_EXIT_REASON = layout.field("Dungeon.exit_reason").offset

_OUTCOME_OF_RESULT = {9: Outcome.CLEARED, 10: Outcome.ESCAPED, 11: Outcome.LOST, 12: Outcome.FAINTED}
"""`dungeon_result`, once the ground mode runs."""


class InterruptedRunError(Exception):
    """The game was lost and could not be brought back; the message says why."""


class ResumableGame:
    """Start, step, save and load, with recovery. `connect` gives the emulator, the first time and after a failure."""

    def __init__(self, connect: Connect, ram: NDArray[np.uint8], snapshot_commands: int = SNAPSHOT_COMMANDS) -> None:
        """`ram`: the mirror the emulator writes to, (262144,) uint8; at the end of a run the dungeon is left in it."""
        self._connect = connect
        self._ram = ram
        self._snapshot_commands = snapshot_commands
        self._emulator: Emulator | None = None
        self._controller: Controller | None = None
        self._snapshot = b""
        self._over: Outcome | None = Outcome.LOST  # nothing was started
        self._journal: list[tuple[Command, int]] = []
        self._dungeon = 0
        self._one_at_a_time = asyncio.Lock()
        self.frame = 0
        """The emulator's frame at which the game rests; another emulator counts anew."""

    @property
    def emulator(self) -> Emulator:
        """The emulator in use; ControlError while there is none."""
        if self._emulator is None:
            raise ControlError("the emulator was lost; start a new run")
        return self._emulator

    async def open(self) -> EmulatorInfo:
        """Connect for the first time; what plays there. Raises what the emulator raises."""
        await self._open(replace=False)
        return self.emulator.info

    async def start(self, savestate: bytes) -> None:
        """Put the game into a savestate, on a new connection if need be; afterwards the leader may act."""
        async with self._one_at_a_time:
            await self._start(savestate)

    async def _start(self, savestate: bytes) -> None:
        for attempt in range(TRIES):
            try:
                await self._open(replace=attempt > 0)
                await self._load(savestate)
                break
            except EmulatorError:
                self._over = Outcome.LOST
                await self.close()
                if attempt == TRIES - 1:
                    raise
        await self._take_snapshot(savestate)
        self._over = None

    async def step(self, command: Command) -> Outcome:
        """Play one command. Raises UnsupportedRule (the game is unchanged) or InterruptedRunError (it is lost)."""
        if self._over is not None:
            return self._over
        async with self._one_at_a_time:
            return await self._step(command)

    async def _step(self, command: Command) -> Outcome:
        try:
            frame = await self._play(command)
        except UnsupportedRule:
            raise
        except ControlError as error:
            raise InterruptedRunError(str(error)) from error
        except (EmulatorError, OSError) as error:
            frame = await self._resume(command, error)
        return await self._judge(command, frame)

    async def save(self) -> bytes:
        """The savestate of the console."""
        async with self._one_at_a_time:
            return await self.emulator.save_state()

    async def pixels(self, out: NDArray[np.uint8]) -> int:
        """Write the screen to `out`, once the game is at rest; returns its frame number."""
        async with self._one_at_a_time:
            return await self.emulator.screen(out)

    async def leave(self) -> None:
        """Hang up once nothing else is asked; the next `start` connects anew."""
        async with self._one_at_a_time:
            await self.close()

    async def close(self) -> None:
        """Hang up; idempotent."""
        lost, self._emulator = self._emulator, None
        if lost is not None:
            await lost.close()

    async def _open(self, *, replace: bool) -> None:
        if self._emulator is None or replace:
            await self.close()
            self._emulator = await self._connect(replace)
            self._controller = Controller(self._emulator)

    async def _load(self, savestate: bytes) -> None:
        assert self._controller is not None
        await self.emulator.load_state(savestate)
        self._controller.forget()
        self.frame = (await self._controller.come_to_rest()).number

    async def _play(self, command: Command) -> Frame:
        assert self._controller is not None
        self._dungeon = int(_INT(self._ram.data, _DUNGEON)[0])
        frame = await self._controller.carry_out(*command)
        self.frame = frame.number
        return frame

    async def _judge(self, command: Command, frame: Frame) -> Outcome:
        if frame.met & Condition.RUN_OVER:
            self._over = outcome_of(self._ram, self._dungeon)
            # the last observation still shows the dungeon, as it does where no console clears the pointer
            _PUT_POINTER(self._ram.data, _DUNGEON, self._dungeon)
            return self._over
        self._journal.append((command, self._mark()))
        if len(self._journal) >= self._snapshot_commands:
            await self._take_snapshot()
        return Outcome.RUNNING

    def _mark(self) -> int:
        return int(_INT(self._ram.data, _RNG)[0])

    async def _take_snapshot(self, savestate: bytes | None = None) -> None:
        if self.emulator.info.savestate_is_ram:
            savestate = self._ram.tobytes()
        self._snapshot = savestate or await self.emulator.save_state()
        self._journal = []

    async def _resume(self, command: Command, error: Exception) -> Frame:
        """Bring the game back to where it was, on a new server if need be, and play the command there."""
        for attempt in range(TRIES):
            try:
                await self.close()
                await self._open(replace=attempt > 0 or isinstance(error, TimeoutError))
                return await self._replay(command)
            except (ControlError, UnsupportedRule) as failure:
                raise InterruptedRunError(f"{error}; played again, the game went another way: {failure}") from failure
            except (PmdGymError, OSError) as failure:
                error = failure
        raise InterruptedRunError(f"the game was lost and not brought back in {TRIES} tries: {error}") from error

    async def _replay(self, command: Command) -> Frame:
        await self._load(self._snapshot)
        for played, mark in self._journal:
            await self._play(played)
            if self._mark() != mark:
                raise ControlError(f"after {played[0].name} {played[1]} the generator differs")
        return await self._play(command)


def outcome_of(ram: NDArray[np.uint8], dungeon: int) -> Outcome:
    """How a run ended: `dungeon` is the pointer that was cleared. RAM guide section 5, "Run result"."""
    offset = dungeon - layout.EWRAM_BASE + _EXIT_REASON
    reason = int(_SHORT(ram.data, offset)[0]) if 0 <= offset < layout.EWRAM_SIZE - 1 else 0
    if reason > 0:
        return Outcome.of_exit_reason(reason)
    return _OUTCOME_OF_RESULT.get(int(ram[_RESULT]), Outcome.LOST)


def unreachable(address: str) -> UnreachableError:
    """The error for an emulator that is not ours to start anew."""
    return UnreachableError(f"the emulator at {address} is lost; it is not ours to start anew")
