"""Pictures and RAM of the same frame on the real core: the cartridge draws its frame counter and keeps it in RAM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.backends.event_loop import EventLoopThread
from pmd_gym.backends.interface import CAPTURES
from pmd_gym.capture import FramebufferSource, NewestCapture
from pmd_gym.emulator.interface import Press
from pmd_gym.ram import layout
from tests.cartridge.counter import read_counter
from tests.doubles.real_core import TWIN, core_path, started_twin, twin_png

COUNTER = layout.global_variable("logic_frames").offset
FRAMES = 1000
STEPS = 40


def counter_in(ram: NDArray[np.uint8]) -> int:
    return int(ram[COUNTER : COUNTER + 4].view(np.uint32)[0])


@pytest.fixture
def loop() -> Iterator[EventLoopThread]:
    made = EventLoopThread("emulator")
    yield made
    made.close()


def test_every_frame_is_paired_with_its_picture(loop: EventLoopThread) -> None:
    """`scripts/bench_capture.py --only aligned` does the same with 10,000."""
    emulator = started_twin()
    capture = NewestCapture(FramebufferSource(emulator.screen, loop.loop), max_age_s=60)

    async def observe() -> tuple[int, int]:
        frame = await emulator.advance(Press(frames=1))
        capture.refresh()
        shot = await capture.since(frame.number)
        assert shot.frame == frame.number
        return counter_in(frame.ram), read_counter(shot.pixels)

    observed = [loop.run(observe()) for _ in range(FRAMES)]
    capture.close()
    loop.run(emulator.close())
    assert len(observed) == len(set(observed)) == FRAMES
    assert not [pair for pair in observed if pair[0] != pair[1]]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    core_path()
    path = tmp_path_factory.mktemp("twin") / "twin.ss0"
    path.write_bytes(twin_png())
    return path


@pytest.mark.parametrize("capture", CAPTURES)
def test_an_environment_on_the_core_pairs_pictures_with_ram(capture: str, state: Path) -> None:
    envs: Any = gymnasium.make_vec(
        "pmd_gym:PMDRed-v0", num_envs=2, emulator="mgba", rom=str(TWIN), savestate=str(state), allow_unknown_rom=True,
        observation="pixels", capture=capture,
    )  # fmt: skip
    random, counters = np.random.default_rng(1), set()
    observations, infos = envs.reset(seed=1)
    for _ in range(STEPS):
        assert [read_counter(pixels) for pixels in observations] == [counter_in(ram) for ram in envs.ram]
        assert not infos["pixels_stale"].any() and infos["pixels_fallback"].tolist() == ["", ""]
        counters.add(read_counter(observations[0]))
        actions = [int(random.choice(np.flatnonzero(mask))) for mask in infos["action_mask"]]
        observations, _, _, _, infos = envs.step(np.array(actions))
    envs.close()
    assert len(counters) > STEPS // 2
