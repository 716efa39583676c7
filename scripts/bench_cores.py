"""The emulators that `bench_emulator.py` measures: how a server is told to play one, and the same one in this process.

`python scripts/bench_cores.py CORE SECONDS` runs one bare, without a socket, and prints how long each step took: the
limit of what a server with that core can give. It waits for a line on standard input, so that several begin together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmark import rate_at_once

from pmd_gym.emulator import Controller, SimulatedEmulator
from pmd_gym.emulator.interface import NO_BUTTON, Button, Emulator, Press
from pmd_gym.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
CARTRIDGE = ROOT / "tests" / "cartridge" / "cartridge.gba"
FRAMES = 24
"""Frames of one step of the game."""
FRAMES_OF_THE_TITLE = 60
UNSEEN = Press(frames=300)
"""Run outside the clock after a load: a core draws nothing once nobody has looked for so long, and then runs faster."""
STEPS_OF_A_RUN = 100
"""Steps after which the start state is loaded again, outside the clock: no run ends meanwhile."""
_DIRECTIONS = (
    Button.DOWN, Button.DOWN | Button.RIGHT, Button.RIGHT, Button.UP | Button.RIGHT, Button.UP, Button.UP | Button.LEFT,
    Button.LEFT, Button.DOWN | Button.LEFT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Core:
    """A core's name, the arguments of a server that plays it, a maker of the same in this process, and its bare frames.

    `frame` gives the function that runs one frame of such an emulator with these buttons down and looks at nothing.
    """

    name: str
    arguments: tuple[str, ...]
    open: Callable[[], Emulator]
    frame: Callable[[Any], Callable[[Button], None]] | None = None


def _simulated() -> Emulator:
    emulator = SimulatedEmulator(shown=True)
    emulator.start(Scenario(), 0)
    emulator.warm_up()
    return emulator


def _mgba() -> Emulator:
    from pmd_gym.emulator.libretro import open_mgba

    return open_mgba(CARTRIDGE, allow_unknown_rom=True, lend_ram=True)


def _mgba_frame(emulator: Any) -> Callable[[Button], None]:
    from pmd_gym.emulator.libretro import joypad

    return lambda buttons: emulator._screen.run(joypad(buttons))


CORES = {
    "simulated": Core("simulated", ("--core", "simulated", "--shown"), _simulated),
    "mgba": Core("mgba", ("--core", "mgba", "--rom", str(CARTRIDGE), "--allow-unknown-rom"), _mgba, _mgba_frame),
}


async def start_state(emulator: Emulator) -> bytes:
    """The state of an emulator once its leader may act: the title is over and the box that greets the player closed."""
    await emulator.advance(Press(frames=FRAMES_OF_THE_TITLE))
    await Controller(emulator).come_to_rest()
    return await emulator.save_state()


def run_start(core: Core) -> bytes | None:
    """Where a backend's runs start on this core; None where the backend makes its own starts."""

    async def state() -> bytes:
        emulator = core.open()
        try:
            return await start_state(emulator)
        finally:
            await emulator.close()

    return None if core.name == "simulated" else asyncio.run(state())


def presses(random: np.random.Generator) -> list[Press]:
    """One run: steps in random directions, 24 frames each."""
    return [Press(_DIRECTIONS[way], FRAMES, hold=4) for way in random.integers(0, 8, STEPS_OF_A_RUN)]


async def bare_steps(emulator: Emulator, state: bytes, run: list[Press]) -> tuple[list[float], float]:
    """Seconds of each step of one run on an emulator in this process, and processor seconds of a step in the mean."""
    await emulator.load_state(state)
    await emulator.advance(UNSEEN)
    times, busy = [], time.process_time()
    for press in run:
        before = time.perf_counter()
        await emulator.advance(press)
        times.append(time.perf_counter() - before)
    return times, (time.process_time() - busy) / len(run)


async def bare_frames(core: Core, emulator: Emulator, state: bytes, run: list[Press]) -> tuple[list[float], float]:
    """The same for frames alone: nothing looks at the RAM meanwhile. Nothing where the core has no such frames."""
    if core.frame is None:
        return [], 0.0
    await emulator.load_state(state)
    await emulator.advance(UNSEEN)
    frame, times, busy = core.frame(emulator), [], time.process_time()
    for press in run:
        before = time.perf_counter()
        for number in range(press.frames):
            frame(press.buttons if number < press.hold else NO_BUTTON)
        times.append(time.perf_counter() - before)
    return times, (time.process_time() - busy) / len(run)


def bare_rate(core: Core, count: int, seconds: float) -> float:
    """Steps a second of `count` bare emulators, each in a process of its own, all at once."""
    return rate_at_once([sys.executable, __file__, core.name, str(seconds)], count)


async def _run_bare(core: Core, seconds: float) -> float:
    emulator, random = core.open(), np.random.default_rng(0)
    state = await start_state(emulator)
    await bare_steps(emulator, state, presses(random))
    print("ready", flush=True)
    sys.stdin.readline()
    steps, taken, begin = 0, 0.0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        times, _ = await bare_steps(emulator, state, presses(random))
        steps, taken = steps + len(times), taken + sum(times)
    await emulator.close()
    return steps / taken


def main() -> None:
    """Run one core bare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("core", choices=sorted(CORES))
    parser.add_argument("seconds", type=float)
    arguments = parser.parse_args()
    print(json.dumps({"rate": asyncio.run(_run_bare(CORES[arguments.core], arguments.seconds))}), flush=True)


if __name__ == "__main__":
    main()
