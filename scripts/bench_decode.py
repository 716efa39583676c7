"""How fast RAM is decoded: 1 and 64 images, against the plain oracle and against copying the same bytes.

A copy of the image is the physical limit of anything that must look at every byte; the decoder reads less than half
of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from benchmark import Aim, measure, report, timing
from numpy.typing import NDArray

from pmd_gym.ram import Awaiting, Decoder, awaiting, layout

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the oracle is part of the tests, not of the package

from tests.doubles.corruption import corrupted
from tests.doubles.scene import scene
from tests.oracles import decoder as oracle

BATCHES = (1, 64)


def main() -> None:
    """Measure, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each row (default 1)")
    seconds = parser.parse_args().seconds
    rows, medians = [], {}
    for num_envs in BATCHES:
        for name, row, median_us in _rows(_images(num_envs), seconds):
            rows.append(row)
            medians[name, num_envs] = median_us
    rows += [_signal_row(seconds), _start_row()]
    report("RAM decoding, microseconds an image", rows, _aims(medians))


def _images(num_envs: int) -> NDArray[np.uint8]:
    """Images inside dungeons only: every other one has wild values that all checks must look at."""
    wild = [corrupted(index) for index in range(1, num_envs, 2)]
    usable = [image for image in wild if awaiting(image) is not Awaiting.NO_DUNGEON]
    return np.stack([*usable, *(scene() for _ in range(num_envs - len(usable)))])


def _rows(images: NDArray[np.uint8], seconds: float) -> Iterator[tuple[str, dict[str, Any], float]]:
    """(name, row of the table, median microseconds an image) of each way to go through the images."""
    num_envs = len(images)
    decoder, target = Decoder(num_envs), np.empty_like(images)
    frozen = [image.tobytes() for image in images]
    calls = {
        "decoder": lambda: decoder.decode(images),
        "oracle, plain Python": lambda: [oracle.decode(image) for image in frozen],
        "copy of the images": lambda: np.copyto(target, images),
    }
    for name, call in calls.items():
        taken = measure(call, seconds=seconds, min_calls=5)
        yield name, taken.row(f"{name}, {_images_of(num_envs)}", per_call=num_envs), taken.median_s * 1e6 / num_envs


def _images_of(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _signal_row(seconds: float) -> dict[str, Any]:
    ram = memoryview(scene())
    return measure(lambda: awaiting(ram), seconds=seconds / 2).row("awaiting, plain Python, 1 image")


def _start_row() -> dict[str, Any]:
    """Time of a fresh process from the first decoder to the first decoded image, compiled code in the cache."""
    code = (
        "import time; t = time.perf_counter(); import numpy as np; from pmd_gym.ram import decode; "
        f"decode(np.zeros({layout.EWRAM_SIZE}, np.uint8)); print(time.perf_counter() - t)"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    warmup = time.perf_counter() - start
    runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True) for _ in range(3)]
    return timing([float(run.stdout) for run in runs], warmup).row("first decode of a process, warm cache")


def _aims(medians: dict[tuple[str, int], float]) -> list[Aim]:
    aims = []
    for num_envs in BATCHES:
        decoder = medians["decoder", num_envs]
        speedup = medians["oracle, plain Python", num_envs] / decoder
        aims.append(Aim(f"decode time, {_images_of(num_envs)}", decoder, "us/image", 100, at_most=True))
        aims.append(Aim(f"against the oracle, {_images_of(num_envs)}", speedup, "x", 50))
    return aims


if __name__ == "__main__":
    main()
