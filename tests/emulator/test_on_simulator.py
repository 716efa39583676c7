"""The simulator behind buttons: every legal command gives the RAM that the same command gives at the turn level."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import numpy as np
import pytest

from pmd_gym.actions import ACTIONS, action_mask
from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.backends.simulator import SimulatorBackend
from pmd_gym.emulator import ui
from pmd_gym.emulator.client import WebSocketEmulator
from pmd_gym.emulator.controller import Controller
from pmd_gym.emulator.interface import Button, Condition, Press
from pmd_gym.emulator.simulated import SimulatedEmulator
from pmd_gym.scenario import Scenario

ENV = np.zeros(1, np.int64)
SCENARIOS = [Scenario(), Scenario(1, 2, ((25, 12), (1, 12))), Scenario(3, 4, ((4, 20), (7, 20), (25, 20)))]


@pytest.mark.parametrize(("scenario", "shown"), [(SCENARIOS[0], True), (SCENARIOS[1], False), (SCENARIOS[2], False)])
def test_random_legal_commands_give_the_same_ram(scenario: Scenario, shown: bool) -> None:
    twin, emulator, random = SimulatorBackend(1), SimulatedEmulator(shown=shown), np.random.default_rng(1)
    twin.start(ENV, [scenario], np.array([77], np.uint32))
    emulator.start(scenario, 77)
    played = asyncio.run(_play(twin, emulator, random, turns=200))
    assert played[CommandKind.STEP] > 20 and played[CommandKind.MOVE] > 1


async def _play(
    twin: SimulatorBackend, emulator: SimulatedEmulator, random: np.random.Generator, turns: int
) -> dict[CommandKind, int]:
    controller, played = Controller(emulator), dict.fromkeys(CommandKind, 0)
    for _ in range(turns):
        weights = action_mask(twin)[0] * random.random(len(ACTIONS))
        kind, argument = ACTIONS.commands[int(weights.argmax())]
        frame = await controller.carry_out(CommandKind(int(kind)), int(argument))
        outcome = twin.step(ENV, np.array([[kind, argument]], np.int16))[0]
        played[CommandKind(int(kind))] += 1
        assert bool(frame.met & Condition.RUN_OVER) == bool(outcome != Outcome.RUNNING)
        if outcome != Outcome.RUNNING:
            break
        assert np.array_equal(emulator.ram, twin.ram[0]), f"after {CommandKind(int(kind)).name} {argument}"
    return played


def test_a_shown_step_moves_the_picture_frame_by_frame() -> None:
    emulator = SimulatedEmulator(shown=True)
    emulator.start(Scenario(), 6)
    pictures = asyncio.run(_pictures(emulator, frames=26))
    assert len({picture.tobytes() for picture in pictures}) > 12


async def _pictures(emulator: SimulatedEmulator, frames: int) -> list[np.ndarray]:
    pictures = []
    for frame in range(frames):
        await emulator.advance(Press(Button.DOWN if frame < 2 else Button(0), 1))
        pictures.append(np.zeros((160, 240, 3), np.uint8))
        await emulator.screen(pictures[-1])
    return pictures


def test_the_server_of_the_command_line_plays_the_dungeon_asked_for() -> None:
    arguments = ["--core", "simulated", "--dungeon", "mt. steel", "--floor", "2", "--seed", "9", "--exit-with-parent"]
    command = [sys.executable, "-m", "pmd_gym.emulator.server", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        address = json.loads(process.stdout.readline())["address"]
        ram = asyncio.run(_first_image(address))
        process.stdin.close()
        assert process.wait(60) == 0
    twin = SimulatedEmulator()
    twin.start(Scenario(int(ram.view(ui.CONSOLE)[0]["world"]["dungeon_id"]), 2), 9)
    assert np.array_equal(ram, twin.ram)


async def _first_image(address: str) -> np.ndarray:
    emulator = await WebSocketEmulator.open(address)
    ram = (await emulator.advance(Press(frames=0))).ram.copy()
    await emulator.close()
    return ram
