"""`python -m pmd_gym.emulator.server --core mgba`: the real core as a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pmd_gym.emulator.client import WebSocketEmulator
from pmd_gym.emulator.interface import Button, Condition, Press
from tests.doubles.real_core import TWIN, core_path, started_twin, twin_png
from tests.doubles.tiny_rom import tiny_rom

STEP = Press(Button.DOWN, until=Condition.COMMAND, hold=4, settle=8)
COMMAND = (sys.executable, "-m", "pmd_gym.emulator.server", "--core", "mgba")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("states") / "twin.ss0"
    path.write_bytes(twin_png())
    return path


@contextmanager
def serving(*arguments: object) -> Iterator[dict[str, str]]:
    """The line that the server prints when it is ready."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([*COMMAND, "--exit-with-parent", *map(str, arguments)], text=True, **pipes) as process:  # type: ignore[call-overload]
        yield json.loads(process.stdout.readline())
        process.communicate(timeout=60)


def test_the_process_serves_the_state_and_plays_as_the_core_does_here(state: Path) -> None:
    async def play(address: str) -> None:
        here, there = started_twin(), await WebSocketEmulator.open(address)
        assert there.info == here.info
        assert there.info.unverified
        assert (there.info.title, there.info.savestate_is_ram) == ("TWIN DUNGEON", False)
        for press in (STEP, Press(Button.UP, frames=30), STEP, Press(frames=3)):
            expected = await here.advance(press)
            assert np.array_equal((await there.advance(press)).ram, expected.ram)
        saved = await there.save_state()
        assert saved == await here.save_state()
        await there.advance(STEP)
        assert np.array_equal((await there.load_state(saved)).ram, (await here.load_state(saved)).ram)
        await there.close()
        await here.close()

    with serving("--rom", TWIN, "--savestate", state, "--allow-unknown-rom") as line:
        assert (line["core"][:5], line["dungeon"]) == ("mGBA ", "TWIN DUNGEON")
        asyncio.run(play(line["address"]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--core mgba needs the game: --rom PATH"),
        (["--rom", str(TWIN), "--dungeon", "Mt. Steel"], "--dungeon means nothing with --core mgba"),
        (["--core", "simulated", "--rom", str(TWIN)], "--rom means nothing with --core simulated"),
        (["--rom", "absent.gba"], "absent.gba: cannot be read"),
        (["--rom", str(TWIN)], "another game: found 'TWIN DUNGEON'"),
        (["--rom", str(TWIN), "--allow-unknown-rom", "--savestate", "absent.ss0"], "absent.ss0: cannot be read"),
        (["--rom", str(TWIN), "--allow-unknown-rom", "--savestate", str(TWIN)], "no known savestate"),
        (["--rom", __file__, "--allow-unknown-rom"], "does not take the ROM"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(arguments: list[str], words: str) -> None:
    core_path()
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_state_of_another_cartridge_stops_the_server(state: Path, tmp_path: Path) -> None:
    core_path()
    rom = tmp_path / "tiny.gba"
    rom.write_bytes(tiny_rom())
    arguments = ["--rom", str(rom), "--allow-unknown-rom", "--savestate", str(state)]
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "twin.ss0: a state of another game: 'TWIN DUNGEON' (ZTDE), but the cartridge is 'TINY'" in done.stderr
