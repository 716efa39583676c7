"""The cartridge on a real core: one console to press buttons on, and a backend of several, without other processes.

`tests/cartridge/README.md` says what the cartridge is; `real_core` says what happens where there is no core.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.emulators import EmulatorsBackend
from pmd_gym.backends.event_loop import EventLoopThread, all_of
from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import ui
from pmd_gym.emulator.controller import Controller
from pmd_gym.emulator.interface import NOTHING, Button, Condition, Frame, Press
from pmd_gym.emulator.peek import Standing, standing
from pmd_gym.emulator.server import address_of, open_server
from tests.doubles.real_core import twin_emulator

STEPS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
"""(x, y) of the directions 0..7."""
Tile = tuple[int, int]
BOOT_FRAMES = 200
"""Frames from switching on until the first message box waits, and some."""


@cache
def start_state() -> bytes:
    """The savestate of a console whose leader may act for the first time."""

    async def make() -> bytes:
        emulator = twin_emulator()
        await emulator.advance(Press(frames=BOOT_FRAMES))
        await Controller(emulator).come_to_rest()
        savestate = await emulator.save_state()
        await emulator.close()
        return savestate

    return asyncio.run(make())


class Console:
    """One console, played by hand or by the controller; starts where the leader may act for the first time.

    With `started` False it was just switched on.
    """

    def __init__(self, *, started: bool = True) -> None:
        self.emulator = twin_emulator()
        self.controller = Controller(self.emulator)
        if started:
            self.load(start_state())

    @property
    def record(self) -> Any:
        """EWRAM by name, the dungeon object as `world`."""
        return self.frame.ram.view(ui.CONSOLE)[0]

    @property
    def standing(self) -> Standing:
        return standing(self.frame.ram.data)

    def press(self, buttons: Button, frames: int, until: Condition = NOTHING) -> Frame:
        """Hold buttons for some frames."""
        self.frame = asyncio.run(self.emulator.advance(Press(buttons, frames, until)))
        self.controller.forget()
        return self.frame

    def tap(self, buttons: Button, frames: int = 3) -> Frame:
        """Down for some frames, then up until what it opened reads the pad."""
        self.press(buttons, frames)
        return self.press(Button(0), 6)

    def rest(self) -> Frame:
        """Wait until the leader may act; nothing is pressed."""
        return self.press(Button(0), 600, Condition.COMMAND)

    def do(self, kind: CommandKind, argument: int = 0) -> Frame:
        """One command by the controller."""
        self.frame = asyncio.run(self.controller.carry_out(kind, argument))
        return self.frame

    def go_to_open_ground(self) -> None:
        """Walk to the nearest tile with a way in all eight directions, no enemy beside it."""

        def is_open(tile: Tile, world: Any) -> bool:
            wild = [entity["pos"].item() for entity in world["wild_entities"] if entity["kind"] == 1]
            return bool(world["tiles"]["walk_normal"][tile[::-1]] == 0xFF) and not set(wild) & set(neighbours(tile))

        self.go(is_open)

    def go_beside(self, tile: Tile) -> int:
        """Walk to where one step leads to a tile; returns the direction of that step."""
        self.go(lambda here, world: here in neighbours(tile) and _may_walk(world, here, _direction(here, tile)))
        return _direction(self.standing.tile, tile)

    def go(self, is_goal: Callable[[Tile, Any], bool]) -> None:
        """Walk to the nearest tile that is a goal, looking anew for a way after every step."""
        while way := _way(self.record["world"], self.standing.tile, is_goal):
            self.do(CommandKind.STEP, way[0])

    def save(self) -> bytes:
        return asyncio.run(self.emulator.save_state())

    def load(self, savestate: bytes) -> None:
        self.frame = asyncio.run(self.emulator.load_state(savestate))
        self.controller.forget()

    def picture(self) -> NDArray[np.uint8]:
        """(160, 240, 3) uint8."""
        out = np.empty((160, 240, 3), np.uint8)
        asyncio.run(self.emulator.screen(out))
        return out

    def close(self) -> None:
        asyncio.run(self.emulator.close())


def neighbours(tile: Tile) -> list[Tile]:
    """The tiles around a tile, by direction."""
    return [(tile[0] + dx, tile[1] + dy) for dx, dy in STEPS]


def _direction(tile: Tile, to: Tile) -> int:
    return neighbours(tile).index(to)


def _may_walk(world: Any, tile: Tile, direction: int) -> bool:
    return bool(world["tiles"]["walk_normal"][tile[::-1]] >> direction & 1)


def _way(world: Any, start: Tile, is_goal: Callable[[Tile, Any], bool]) -> list[int]:
    """Directions of a shortest way around everybody to the nearest goal; empty on a goal."""
    ways: dict[Tile, list[int]] = {start: []}
    queue = [start]
    for here in queue:  # it grows meanwhile
        if is_goal(here, world):
            return ways[here]
        for direction, tile in enumerate(neighbours(here)):
            taken = tile in ways or world["tiles"]["monster"][tile[::-1]]
            if not taken and _may_walk(world, here, direction):
                ways[tile] = [*ways[here], direction]
                queue.append(tile)
    raise AssertionError("no such place can be reached")


class CartridgeBackend(EmulatorsBackend):
    """Real cores behind loopback servers in a thread of this process; every run starts at `start_state`."""

    def __init__(self, num_envs: int) -> None:
        self.emulators = [twin_emulator() for _ in range(num_envs)]
        self._servers_loop = EventLoopThread("servers")
        self._servers = self._servers_loop.run(all_of(open_server(emulator) for emulator in self.emulators))
        super().__init__(num_envs, [address_of(server) for server in self._servers], savestate=start_state())

    def close(self) -> None:
        super().close()
        self._servers_loop.run(all_of(emulator.close() for emulator in self.emulators))
        self._servers_loop.close()
