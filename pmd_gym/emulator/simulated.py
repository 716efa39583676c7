"""The simulator behind the frame-level seam: buttons in, frames out.

A turn-level game plays inside; here real presses on real frames become its commands, as the game reads its pad (RAM
guide section 5; RAM map, `controls`): a direction steps, A attacks, A with B passes, START or a tapped R turns in
place, a tapped B opens the menu, stepping on the stairs opens their prompt. While something is under way it shows in
RAM as on the real console; when the leader may act again, EWRAM is byte for byte what the turn level made it.

Not simulated: dashing (B with a direction steps while it is held), talking, and the information pages of menus.
The RAM's own frame counters stand still, because a turn-level game has none; `Frame.number` counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import pad, peek, ui
from pmd_gym.emulator.conditions import StopRule, check_press, condition_bits
from pmd_gym.emulator.interface import Condition, EmulatorInfo, Frame, Press
from pmd_gym.emulator.menus import Menus
from pmd_gym.emulator.pad import Keys, Pad
from pmd_gym.emulator.walk import Walk, ranges
from pmd_gym.errors import ClosedError, ConfigError, SavestateError
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario

FRAMES_OF_A_STEP = 24
"""A step's animation at normal speed (RAM guide section 5); attacks are shown as long."""
FRAMES_OF_A_FLOOR_CHANGE = 120
FRAMES_UNTIL_IDLE_MENU = 1800

_ROM = layout.ram_map()["rom"]
_COMMAND = int(Condition.COMMAND)
_ENV_IDS = np.zeros(1, np.int64)


class TurnGames(Protocol):
    """What this file needs of the turn-level simulator, asked for one game."""

    ram: NDArray[np.uint8]  # (1, 262144), its rows contiguous
    commands: frozenset[CommandKind]

    def start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None: ...
    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]: ...
    def load(self, env_id: int, savestate: bytes) -> None: ...
    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]: ...


class SimulatedEmulator:
    """One simulated console. `shown`: animate as the game does; else as few frames as the protocol allows."""

    def __init__(self, games: TurnGames | None = None, *, shown: bool = False) -> None:
        """`games`: one turn-level game; the simulator's own if None."""
        self._games = games if games is not None else SimulatorGame()
        self._shown = shown
        self._touched = ui.WAITING + (ranges() if shown else [])
        self.ram = self._games.ram[0]
        self._console: np.void = self.ram.view(ui.CONSOLE)[0]
        self._buffer = self.ram.data
        self._number = 0
        self._closed = False
        self._reset_front()

    @property
    def info(self) -> EmulatorInfo:
        """A simulated cartridge names the game whose RAM layout it has."""
        return EmulatorInfo("simulated", _ROM["title"], _ROM["game_code"], savestate_is_ram=True)

    def start(self, scenario: Scenario, seed: int) -> None:
        """Begin a new run; afterwards the leader may act."""
        self._games.start(_ENV_IDS, [scenario], np.array([seed], np.uint32))
        self._reset_front()

    def warm_up(self) -> None:
        """Have everything compiled before the first request; the game is as before."""
        state = bytes(self._buffer)
        self._games.step(_ENV_IDS, np.array([[CommandKind.WAIT, 0]], np.int16))
        self._games.load(0, state)
        self._games.pixels(_ENV_IDS, np.zeros((1, layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), np.uint8))

    async def advance(self, press: Press) -> Frame:
        """Run frames; see `Press`. UnsupportedRule for a choice that the simulator does not play; nothing happened."""
        self._check_open()
        check_press(press)
        met = condition_bits(self._buffer)
        rule, buttons = StopRule(press, met), int(press.buttons)
        for _ in range(press.frames):
            self._run_frame(buttons if rule.holds() else 0, met)
            met = condition_bits(self._buffer)
            if rule.ends(met):
                break
        return Frame(self._number, Condition(met), self.ram)

    async def read(self, address: int, size: int) -> bytes:
        """EWRAM as it is; IWRAM, of which the simulator has none, reads as zero."""
        self._check_open()
        for base, length in ((layout.EWRAM_BASE, layout.EWRAM_SIZE), (layout.IWRAM_BASE, layout.IWRAM_SIZE)):
            if base <= address and address + size <= base + length and 1 <= size <= 1 << 16:
                start = address - base
                return bytes(self._buffer[start : start + size]) if base == layout.EWRAM_BASE else bytes(size)
        raise ConfigError(f"{size} bytes at {address:#010x} are not 1..65536 bytes inside EWRAM or IWRAM")

    async def screen(self, out: NDArray[np.uint8]) -> int:
        """Draw what RAM says."""
        self._check_open()
        self._games.pixels(_ENV_IDS, out[np.newaxis])
        return self._number

    async def save_state(self) -> bytes:
        """The EWRAM image at rest: a menu that is open or a step that is being shown is not part of it."""
        self._check_open()
        if self._rest is None:
            return bytes(self._buffer)
        shown = self.ram.copy()
        self._rest.restore()
        savestate = bytes(self._buffer)
        self.ram[:] = shown
        return savestate

    async def load_state(self, savestate: bytes) -> Frame:
        """An EWRAM image of `save_state`, or a turn-level game's; menus are closed afterwards."""
        self._check_open()
        if len(savestate) != layout.EWRAM_SIZE:
            raise SavestateError(
                f"a simulated console's savestate is {layout.EWRAM_SIZE} bytes, got {len(savestate)};"
                " a state of the real game needs a real core"
            )
        self._games.load(0, savestate)
        self._reset_front()
        return Frame(self._number, Condition(condition_bits(self._buffer)), self.ram)

    async def close(self) -> None:
        """Nothing to release but the game; idempotent."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the simulated emulator was closed")

    def _reset_front(self) -> None:
        """Pad, menus and animation as on a console that has just come to rest."""
        self._pad = Pad()
        self._menus = Menus(self.ram, self._games.commands)
        self._rest: ui.RestingUi | None = None
        self._walk: Walk | None = None
        self._busy = 0
        self._idle = 0
        self._prompt = False
        self._turning = False
        self._bumped = -1

    # One frame

    def _run_frame(self, buttons: int, met: int) -> None:
        self._number += 1
        keys = self._pad.frame(buttons)
        if self._busy:
            self._stay_busy()
        elif self._menus.open:
            self._menu_frame(keys)
        elif met & _COMMAND:
            self._command_frame(keys)

    def _stay_busy(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._come_to_rest()
        elif self._walk is not None:
            self._walk.show(1 - self._busy / FRAMES_OF_A_STEP)

    def _menu_frame(self, keys: Keys) -> None:
        order = self._menus.frame(keys)
        if order is not None:
            self._act(*order)
        elif not self._menus.open:
            self._leave_front()

    def _command_frame(self, keys: Keys) -> None:
        if not any(keys):
            self._bumped = -1
            self._idle += 1
            if self._idle >= FRAMES_UNTIL_IDLE_MENU:
                self._enter_front()
                self._menus.open_main(idle=True)
            return
        self._idle = 0
        if not (self._command_keys(keys) or self._mode_keys(keys)):
            self._direction_keys(keys)

    def _command_keys(self, keys: Keys) -> bool:
        """Passing, attacking, the set move and the set item, in the game's order of precedence."""
        if keys.held & pad.A and keys.held & pad.B:
            self._act(CommandKind.WAIT, 0)
        elif keys.pressed & pad.A and keys.held & pad.L:
            self._act_on_set(CommandKind.MOVE, self._leader()["moves"]["flags"], ui.MOVE_SET)
        elif keys.pressed & pad.A:
            self._act(CommandKind.ATTACK, 0)
        elif keys.held & pad.L and keys.pressed & pad.R:
            self._act_on_set(CommandKind.THROW_ITEM, self._console["inventory_data"]["bag"]["flags"], ui.ITEM_SET)
        else:
            return False
        return True

    def _mode_keys(self, keys: Keys) -> bool:
        """What opens or closes a menu, the log, the map, or the turning mode."""
        if keys.tapped & pad.B:
            self._open(self._menus.open_main)
        elif keys.pressed & pad.B and self._turning:
            self._leave_front()
        elif keys.pressed & pad.B and keys.held & pad.L:
            self._open(self._menus.open_log)
        elif keys.pressed & pad.START or keys.tapped & pad.R:
            self._start_turning()
        elif keys.pressed & pad.SELECT:
            self._open(self._menus.open_map)
        else:
            return False
        return True

    def _direction_keys(self, keys: Keys) -> None:
        # a straight direction only turns on a fresh press, a diagonal always counts (src/dungeon_main.c)
        fresh = keys.pressed & pad.CROSS if self._turning else keys.held & pad.CROSS
        diagonal = keys.held & pad.CROSS
        direction = pad.DIRECTION_OF_KEYS.get(diagonal, -1)
        if direction >= 0 and direction % 2 == 0:
            direction = pad.DIRECTION_OF_KEYS.get(fresh, -1)
        if direction < 0 or (keys.held & pad.R and direction % 2 == 0):
            return
        if self._turning:
            self._turn(direction)
        elif direction != self._bumped:
            self._bumped = -1 if self._act(CommandKind.STEP, direction) else direction

    # Commands

    def _act(self, kind: CommandKind, argument: int) -> bool:
        """Play one command; returns whether a turn passed."""
        self._leave_front()
        before = peek.standing(self._buffer)
        walk = Walk(self._console) if self._shown else None
        self._games.step(_ENV_IDS, np.array([[kind, argument]], np.int16))
        after = peek.standing(self._buffer)
        if self._console["world"]["exit_reason"]:
            self._console["dungeon"] = 0  # the turn level leaves the dungeon standing; the console clears it away
            return True
        if before.clock == after.clock:
            return False
        arrived = kind is CommandKind.STEP and before.tile != after.tile
        self._prompt = arrived and after.tile == peek.stairs(self._buffer)
        self._go_under_way(walk, new_floor=before.floor_seed != after.floor_seed)
        return True

    def _act_on_set(self, kind: CommandKind, flags: NDArray[np.uint8], mark: int) -> None:
        """The move of L+A or the item of L+R; nothing happens where none is set."""
        chosen = np.flatnonzero(flags & mark)
        if len(chosen):
            self._act(kind, int(chosen[0]))

    def _leader(self) -> Any:
        return self._console["world"]["team_info"][max(peek.leader_slot(self._buffer, ui.WORLD), 0)]

    def _go_under_way(self, walk: Walk | None, *, new_floor: bool) -> None:
        self._rest = ui.RestingUi(self.ram, self._touched)
        self._console["world"]["input_wait"] = 0
        if new_floor:
            self._console["floor_shown"] = 0
        frames = FRAMES_OF_A_FLOOR_CHANGE if new_floor else FRAMES_OF_A_STEP
        self._busy = frames if self._shown else 1
        if walk is not None and not new_floor and walk.begin():
            self._walk = walk
            walk.show(0)

    def _come_to_rest(self) -> None:
        self._leave_front()
        if self._prompt:
            self._prompt = False
            self._open(self._menus.open_stairs)

    # What is shown over the game

    def _enter_front(self) -> None:
        if self._rest is None:
            self._rest = ui.RestingUi(self.ram, ui.MENUS)

    def _leave_front(self) -> None:
        """Back to the play view: RAM as the turn level made it."""
        if self._rest is not None:
            self._rest.restore()
        self._rest, self._walk, self._turning, self._idle = None, None, False, 0
        self._menus.clear()
        self._pad.forget_taps()

    def _open(self, screen: Callable[[], None]) -> None:
        self._leave_front()
        self._enter_front()
        screen()

    def _start_turning(self) -> None:
        self._enter_front()
        self._turning = True
        self._show_turning()

    def _turn(self, direction: int) -> None:
        if int(self._leader()["direction"]) == direction:
            return
        self._leave_front()
        self._games.step(_ENV_IDS, np.array([[CommandKind.FACE, direction]], np.int16))
        self._start_turning()

    def _show_turning(self) -> None:
        self._console["rotate_mode_flag"] = 1
        world = self._console["world"]
        world["rotate_mode"], world["rotate_direction"] = 1, self._leader()["direction"]


class SimulatorGame:
    """One game of the simulator as `TurnGames`."""

    def __init__(self) -> None:
        from pmd_gym.simulator import PLAYABLE, Games

        self._games = Games(1)
        self.commands: frozenset[CommandKind] = PLAYABLE
        self.ram: NDArray[np.uint8] = self._games.ram
        self.start = self._games.start
        self.step = self._games.step
        self.load = self._games.load

    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Draw the game; the frame number is the emulator's business."""
        from pmd_gym.simulator import render_batch

        render_batch(self.ram[env_ids], out)
        return np.zeros(len(env_ids), np.int64)
