"""Compiling the simulator before its first game: entering a floor and playing turns side by side, in two processes.

`python -m pmd_gym.simulator.ahead` is the second process; what it makes is on disk for all.
"""

from __future__ import annotations

import logging
import subprocess
import sys

import numpy as np

from pmd_gym.compiled import is_compiled
from pmd_gym.scenario import Scenario
from pmd_gym.simulator.game import GAME
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.stepping import command_games, enter


def is_ready() -> bool:
    """True when both programs are on disk for exactly these sources."""
    return is_compiled(command_games) and is_compiled(enter)


def compile_ahead() -> None:
    """Compile both programs if they are not on disk; returns when they are."""
    if is_ready():
        return
    other = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        nobody = np.zeros(0, np.int64)
        command_games(np.zeros(1, GAME), rules(), nobody, np.zeros((0, 2), np.int16), nobody)
        other.wait()  # should it have failed, the first floor compiles its program here
    finally:
        other.kill()
        other.wait()


def enter_a_floor() -> None:
    """What the second process does: all of a run's beginning."""
    from pmd_gym.simulator.start import load_scenario, seed_run  # which itself compiles ahead

    console = np.zeros(1, GAME)
    load_scenario(console, 0, Scenario())
    seed_run(console, 0, rules(), 1)
    enter(console, 0, rules(), False, False)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # the process that started this one says the same
    enter_a_floor()
