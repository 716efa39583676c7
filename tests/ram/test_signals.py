"""What a game waits for: the plain reading, the compiled one, and the rules of the RAM map."""

from __future__ import annotations

import subprocess
import sys
from struct import calcsize
from typing import Any, TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.emulator.interface import Condition
from pmd_gym.ram import Awaiting, awaiting, decode, signal_reader, stairs_prompt
from tests.doubles import scene
from tests.doubles.corruption import corrupted

Fields: TypeAlias = dict[str, Any]


def image(dungeon: Fields | None = None, leader: Fields | None = None, **variables: Any) -> NDArray[np.uint8]:
    """A scene in which the leader may act, with some fields changed."""
    ram = scene.scene()
    for name, value in (dungeon or {}).items():
        scene.dungeon_of(ram)[name] = value
    for name, value in (leader or {}).items():
        scene.dungeon_of(ram)["monsters"][0][name] = value
    for name, value in variables.items():
        scene.globals_of(ram)[name] = value
    return ram


CASES = [
    (image(), Awaiting.COMMAND),
    (image(ui_mode=3), Awaiting.COMMAND),  # the message strip does not stop the leader
    (image(ui_mode=2), Awaiting.BUSY),
    (image(dungeon={"input_wait": 0}), Awaiting.BUSY),
    (image(dungeon={"floor_ready": 0}), Awaiting.BUSY),
    (image(leader={"action": 1}), Awaiting.BUSY),
    (image(leader={"is_leader": 0}), Awaiting.BUSY),
    (image(leader={"level": 0}), Awaiting.BUSY),
    (image(brightness=30), Awaiting.BUSY),
    (image(fading=1), Awaiting.BUSY),
    (image(floor_shown=0), Awaiting.BUSY),
    *[(image(text_state=state, text_flags=1), Awaiting.MESSAGE) for state in (7, 8, 9)],
    (image(text_state=9, text_flags=0), Awaiting.BUSY),
    (image(text_state=9, text_flags=3), Awaiting.BUSY),  # closes by itself
    *[(image(text_state=state, text_flags=1), Awaiting.BUSY) for state in (1, 2, 3, 5, 6, 10, 11)],
    (image(text_state=4), Awaiting.CHOICE),
    (image(text_state=4, ui_mode=10), Awaiting.CHOICE),  # a box covers a menu
    (image(text_state=1, ui_mode=10), Awaiting.BUSY),
    *[(image(ui_mode=screen), Awaiting.MENU) for screen in (6, 7, 8, 9, 10)],
    (image(dungeon={"map_screen": 1}), Awaiting.MENU),
    (image(dungeon={"input_wait": 0}, ui_mode=10), Awaiting.MENU),
    (image(program_mode=2), Awaiting.COMMAND),  # the pointer alone decides
    (scene.scene(message=True), Awaiting.MESSAGE),
    (np.zeros(262144, np.uint8), Awaiting.NO_DUNGEON),
]


@pytest.mark.parametrize(("ram", "expected"), CASES)
def test_both_readings_tell_what_the_game_waits_for(ram: NDArray[np.uint8], expected: Awaiting) -> None:
    assert awaiting(ram) is expected
    assert decode(ram).awaiting[0] == expected


def test_any_kind_of_bytes_will_do() -> None:
    ram = scene.scene()
    assert awaiting(ram.tobytes()) is awaiting(bytearray(ram)) is awaiting(memoryview(ram)) is Awaiting.COMMAND


def test_plain_and_compiled_reading_agree_on_corrupted_images() -> None:
    images = np.stack([corrupted(seed) for seed in range(600)])
    assert [int(awaiting(ram)) for ram in images] == decode(images).awaiting.tolist()


def test_plain_and_compiled_reading_agree_on_every_mix_of_signals() -> None:
    random = np.random.default_rng(5)
    images = []
    for _ in range(400):
        fields = {name: random.choice((0, 1)) for name in ("floor_ready", "input_wait", "map_screen")}
        action = {"action": random.choice((0, 0, 1))}
        images.append(
            image(
                fields, action, text_state=random.choice((0, 0, 0, 4, 7, 9, 11)), text_flags=random.integers(4),
                ui_mode=random.choice((0, 0, 2, 3, 7, 10)), floor_shown=random.choice((0, 1, 1)),
                fading=random.choice((0, 0, 1)), brightness=random.choice((31, 31, 20)),
            )
        )  # fmt: skip
    batch = np.stack(images)
    found = decode(batch).awaiting.tolist()
    assert [int(awaiting(ram)) for ram in batch] == found
    assert set(found) == {0, 1, 2, 4, 8}


@pytest.mark.parametrize("seed", range(40))
def test_the_reader_reads_everything_that_counts(seed: int) -> None:
    """Whatever else an image holds, the same numbers give the same answer."""
    random = np.random.default_rng(seed)
    ram = CASES[seed % len(CASES)][0].copy() if seed < 30 else corrupted(seed)
    fields = signal_reader(ram).__self__  # type: ignore[attr-defined]
    ones = fields.pack(*(-1 if code.islower() else 2 ** (8 * calcsize(code)) - 1 for code in codes(fields.format)))
    other = random.integers(0, 256, len(ram), dtype=np.uint8)
    read = np.flatnonzero(np.frombuffer(ones, np.uint8))
    other[read] = ram[read]
    assert signal_reader(ram)(other) == signal_reader(ram)(ram)
    assert awaiting(other) is awaiting(ram)


def codes(struct_format: str) -> list[str]:
    """Type codes of a struct's format, without the padding."""
    return [code for code in struct_format if code.isalpha() and code != "x"]


def test_the_stairs_prompt_is_a_menu_of_its_own() -> None:
    ram = image(ui_mode=10)
    assert not stairs_prompt(ram)
    scene.globals_of(ram)["dungeon_submenu"][0]["action"] = 38
    assert stairs_prompt(ram)
    assert decode(ram).signals["stairs_prompt"][0] == 1
    scene.globals_of(ram)["dungeon"] = 0
    assert not stairs_prompt(ram)


def test_values_are_the_bits_of_the_emulators_conditions() -> None:
    for name in ("COMMAND", "MESSAGE", "CHOICE", "MENU"):
        assert Awaiting[name] == Condition[name]
    assert Awaiting.NO_DUNGEON == Condition.RUN_OVER
    assert Awaiting.BUSY == 0


def test_open_windows_and_loading_floors_are_flagged() -> None:
    assert decode(scene.scene(message=True)).signals["window_open"][0] == 1
    assert decode(scene.scene()).signals["window_open"][0] == 0
    assert decode(image(dungeon={"floor_result": 1})).signals["floor_changing"][0] == 1
    assert decode(image(dungeon={"exit_requested": 1})).signals["floor_changing"][0] == 1
    assert decode(image()).signals["floor_changing"][0] == 0


def test_asking_and_reading_files_needs_no_compiler() -> None:
    code = (
        "import sys; from pmd_gym.ram import Awaiting, awaiting, load_savestate, message, stairs_prompt; "
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
