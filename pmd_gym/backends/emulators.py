"""`num_envs` emulators behind the turn-level seam: one WebSocket each, all requests in flight at once.

Either a fleet of server processes that this backend starts and owns, or addresses of servers that run somewhere. The
asyncio side lives in one thread. A simulated core starts a run from the image that the simulator makes in this
process; a real core from a savestate that the caller gives, else from where its game stood when it was connected.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.collector import Collector
from pmd_gym.backends.event_loop import EventLoopThread, all_of
from pmd_gym.backends.interface import CommandKind, Finished, Outcome, PictureNotes, checked_capture
from pmd_gym.backends.pictures import Pictures
from pmd_gym.backends.resumable import SNAPSHOT_COMMANDS, InterruptedRunError, ResumableGame, unreachable
from pmd_gym.emulator import Emulator, EmulatorInfo, Fleet, Timeouts, WebSocketEmulator
from pmd_gym.emulator.client import TOKEN_VARIABLE
from pmd_gym.emulator.fleet import MEMORY_LIMIT_MIB, SERVER
from pmd_gym.errors import ClosedError, ConfigError, UnsupportedRule
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario

_OWN_RECONNECT = 1 / 20
"""Share of the reconnect time for a server of our own: if its process is gone, nobody will answer there again."""


class EmulatorsBackend:
    """Conforms to `SplitBackend`.

    `interrupted` maps an env id to the reason why its episode cannot go on: its emulator was lost and the game could
    not be brought back. The step then returns `Outcome.LOST`; the environment reports it as truncated, with the
    reason in `info`. `start` and `load` clear it. `unverified` is true where a cartridge is not known to be the game
    whose RAM the map describes.
    """

    def __init__(
        self, num_envs: int, addresses: Sequence[str] = (), *, token: str | None = None,
        timeouts: Timeouts | None = None, arguments: Sequence[str] = (), command: Sequence[str] = SERVER,
        games: Any = None, savestate: bytes | Sequence[bytes] | None = None, snapshot_commands: int = SNAPSHOT_COMMANDS,
        memory_limit_mib: float = MEMORY_LIMIT_MIB, capture: str = "sync",
    ) -> None:  # fmt: skip
        """Connects, or starts one server process per game when `addresses` is empty.

        `token` opens servers that want one; None takes it from the environment (`PMD_GYM_TOKEN`).
        `arguments` go to each server's command line. `games`: a backend of one game (`SimulatorBackend(1)` if None)
        that makes the start images of a simulated core and says what it plays; `savestate`: where runs of a
        real core start, one of several by the run's seed (None: where each stands now), whatever its scenario. A
        server of our own that holds more than `memory_limit_mib` is replaced before its game's next run.
        `capture`: `"sync"` takes pictures when they are asked for, `"async"` while the caller works; see `pictures`.
        """
        checked_capture(capture)
        if addresses and len(addresses) != num_envs:
            raise ConfigError(f"{num_envs} games need {num_envs} addresses, got {len(addresses)}")
        self.num_envs = num_envs
        self.interrupted: dict[int, str] = {}
        self._addresses = list(addresses)
        self._token = os.environ.get(TOKEN_VARIABLE, "") if token is None else token
        self._timeouts = timeouts or Timeouts()
        self._games = games
        self._savestates = [savestate] if isinstance(savestate, bytes) else list(savestate or ())
        self._standing: list[bytes] = []
        self._ram = np.zeros((num_envs, layout.EWRAM_SIZE), np.uint8)
        self._closed = False
        self._fleet = None if addresses else _fleet(
            num_envs, arguments, command, self._timeouts, memory_limit_mib
        )
        self._plays = [self._make_game(index, snapshot_commands) for index in range(num_envs)]
        self._loop = EventLoopThread("emulators")
        self._collector = Collector(self._loop)
        self._pictures = Pictures(self._plays, self._loop, capture, self._timeouts.picture_s)
        try:
            infos = self._loop.run(self._open())
            self.unverified = any(info.unverified for info in infos)
            self._take_rules(simulated=all(info.core == "simulated" for info in infos))
        except BaseException:
            self.close()
            raise

    @property
    def ram(self) -> NDArray[np.uint8]:
        """(num_envs, 262144) uint8 mirror of EWRAM, read-only."""
        view = self._ram.view()
        view.flags.writeable = False
        return view

    def start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None:
        """See `Backend.start`; a server that was lost is started anew. Raises what cannot be repaired."""
        self._check_open()
        self._loop.run(self._start_all(env_ids.tolist(), self._start_states(env_ids, scenarios, seeds)))

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        """See `Backend.step`."""
        self._check_open()
        return np.array(self._loop.run(self._step_all(env_ids.tolist(), self._orders(commands))), np.uint8)

    def begin_start(
        self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]
    ) -> None:
        """See `SplitBackend.begin_start`."""
        self._check_open()
        starts = zip(env_ids.tolist(), self._start_states(env_ids, scenarios, seeds), strict=True)
        self._collector.begin({index: self._start_one(index, state) for index, state in starts})

    def begin_step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> None:
        """See `SplitBackend.begin_step`."""
        self._check_open()
        steps = zip(env_ids.tolist(), self._orders(commands), strict=True)
        self._collector.begin({index: self._step_one(index, order) for index, order in steps})

    def collect(self, at_least: int) -> list[Finished]:
        """See `SplitBackend.collect`."""
        self._check_open()
        return self._collector.collect(at_least)

    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        """See `Backend.pixels`."""
        self._check_open()
        return self._pictures.take(env_ids.tolist(), out)

    def picture_notes(self, env_ids: NDArray[np.int64]) -> PictureNotes:
        """How the last pictures of these games stand to their RAM."""
        return self._pictures.notes(env_ids)

    def save(self, env_id: int) -> bytes:
        """See `Backend.save`."""
        self._check_open()
        return self._loop.run(self._plays[env_id].save())

    def load(self, env_id: int, savestate: bytes) -> None:
        """See `Backend.load`."""
        self._check_open()
        self._loop.run(self._start_all([env_id], [savestate]))

    def close(self) -> None:
        """See `Backend.close`."""
        if not self._closed:
            self._closed = True
            self._pictures.close()
            self._loop.run(self._close_all())
            self._loop.close()

    def server_pid(self, env_id: int) -> int:
        """Process id of a game's own server; UnreachableError where there is none."""
        self._check_open()
        if self._fleet is None:
            raise unreachable(self._addresses[env_id])
        return self._fleet.pid(env_id)

    def server_restarts(self, env_id: int) -> int:
        """How often a game's own server was started anew; 0 where there is none."""
        return 0 if self._fleet is None else self._fleet.restarts(env_id)

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the backend was closed; make a new one")

    def _make_game(self, index: int, snapshot_commands: int) -> ResumableGame:
        async def connect(replace_server: bool) -> Emulator:
            return await self._connect(index, replace_server)

        return ResumableGame(connect, self._ram[index], snapshot_commands)

    async def _connect(self, index: int, replace_server: bool) -> Emulator:
        timeouts = self._timeouts
        self._pictures.left(index)
        if self._fleet is not None:
            timeouts = replace(timeouts, reconnect_s=timeouts.reconnect_s * _OWN_RECONNECT)
            failed = self._addresses[index]
            ready = self._fleet.revive(index, failed) if replace_server else self._fleet.ready(index)
            self._addresses[index] = await ready
        return await WebSocketEmulator.open(
            self._addresses[index], token=self._token, timeouts=timeouts, ram=self._ram[index]
        )

    async def _open(self) -> list[EmulatorInfo]:
        """Start the servers and connect to all; what plays there."""
        if self._fleet is not None:
            self._addresses = await self._fleet.start()
        return await all_of(game.open() for game in self._plays)

    def _take_rules(self, *, simulated: bool) -> None:
        """What can be commanded: everything on the real game, what the simulator plays on a simulated one."""
        if not simulated and not self._savestates:
            self._standing = self._loop.run(all_of(game.save() for game in self._plays))
        if simulated and self._games is None:
            self._games = _simulator()
        self.commands: frozenset[CommandKind] = self._games.commands if simulated else frozenset(CommandKind)
        self.usable_moves: NDArray[np.bool_] | None = getattr(self._games, "usable_moves", None)

    def _orders(self, commands: NDArray[np.int16]) -> list[tuple[CommandKind, int]]:
        orders = [(CommandKind(kind), argument) for kind, argument in commands.tolist()]
        for kind, _ in orders:
            if kind not in self.commands:
                raise UnsupportedRule(f"{kind.name} is not played by this emulator; it plays {sorted(self.commands)}")
        return orders

    def _start_states(
        self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]
    ) -> list[bytes]:
        if self._savestates:
            return [self._savestates[seed % len(self._savestates)] for seed in seeds.tolist()]
        if self._standing:
            return [self._standing[index] for index in env_ids.tolist()]
        return [self._start_image(*run) for run in zip(scenarios, seeds, strict=True)]

    def _start_image(self, scenario: Scenario, seed: np.uint32) -> bytes:
        self._games.start(np.zeros(1, np.int64), [scenario], np.array([seed], np.uint32))
        image: bytes = self._games.ram[0].tobytes()
        return image

    async def _start_all(self, env_ids: Sequence[int], states: Sequence[bytes]) -> None:
        await all_of(self._start_one(*start) for start in zip(env_ids, states, strict=True))

    async def _start_one(self, index: int, state: bytes) -> Outcome:
        if self._fleet is not None and self._fleet.outgrown(index):
            await self._plays[index].leave()
            await self._fleet.renew(index)
        await self._plays[index].start(state)
        self._pictures.left(index)
        self._pictures.came_to_rest(index)
        self.interrupted.pop(index, None)
        return Outcome.RUNNING

    async def _step_all(self, env_ids: Sequence[int], orders: Sequence[tuple[CommandKind, int]]) -> list[Outcome]:
        if len(env_ids) == 1:
            return [await self._step_one(env_ids[0], orders[0])]
        steps = (self._step_one(index, order) for index, order in zip(env_ids, orders, strict=True))
        return await all_of(steps)

    async def _step_one(self, index: int, order: tuple[CommandKind, int]) -> Outcome:
        if index in self.interrupted:
            return Outcome.LOST
        try:
            outcome = await self._plays[index].step(order)
        except InterruptedRunError as reason:
            self.interrupted[index] = str(reason)
            return Outcome.LOST
        self._pictures.came_to_rest(index)
        return outcome

    async def _close_all(self) -> None:
        await self._collector.cancel()
        await all_of(game.close() for game in self._plays)
        if self._fleet is not None:
            await self._fleet.close()


def _fleet(
    count: int, arguments: Sequence[str], command: Sequence[str], timeouts: Timeouts, memory_limit_mib: float
) -> Fleet:
    from pmd_gym.simulator import is_ready

    # the others then find the machine code on disk; a real core compiles nothing
    one_first = command == SERVER and "mgba" not in arguments and not is_ready()
    return Fleet(
        count, arguments, command=command, timeouts=timeouts, one_first=one_first, memory_limit_mib=memory_limit_mib
    )


def _simulator() -> Any:
    from pmd_gym.backends.simulator import SimulatorBackend

    return SimulatorBackend(1)
