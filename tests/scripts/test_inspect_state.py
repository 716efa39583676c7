"""The inspector on states of every kind: its JSON, its tables, its picture, its errors."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scripts import inspect_state
from tests.doubles import savestates, scene

KEYS = [
    "title", "code", "mode", "dungeon_id", "dungeon", "floor", "turns_left", "stairs", "leader", "team",
    "monsters", "items",
    "traps", "money", "bag", "rooms", "weather", "message", "awaiting", "seeds", "ascii",
]  # fmt: skip
MONSTER_KEYS = {"species_id", "species", "level", "hp", "max_hp", "x", "y", "facing", "enemy", "moves", "statuses"}


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def inspect(*arguments: str | Path) -> Done:
    """Run the command line in this process."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as errors:
        code = inspect_state.main([*map(str, arguments)])
    return Done(code, out.getvalue(), errors.getvalue())


def write(folder: Path, data: bytes) -> Path:
    path = folder / "state.ss0"
    path.write_bytes(data)
    return path


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The JSON object of a scene with an open message box."""
    path = write(tmp_path_factory.mktemp("state"), savestates.png(scene.scene(message=True)))
    done = inspect(path, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def test_json_has_exactly_the_promised_keys(record: dict[str, Any]) -> None:
    assert list(record) == KEYS
    assert all(monster.keys() >= MONSTER_KEYS for monster in [record["leader"], *record["team"], *record["monsters"]])
    assert list(record["seeds"]) == ["run", "floor", "rng"]


def test_json_tells_the_scene(record: dict[str, Any]) -> None:
    assert (record["title"], record["code"], record["mode"]) == ("POKE DUNGEON", "B24E", "dungeon")
    assert (record["dungeon_id"], record["dungeon"], record["floor"], record["turns_left"]) == (0, "Tiny Woods", 1, 987)
    assert record["stairs"] == list(scene.STAIRS)
    assert (record["weather"], record["money"], record["awaiting"]) == ("Rain", 120, "message")
    assert record["message"] == scene.MESSAGE_TEXT
    assert record["seeds"] == {"run": 0x123457, "floor": 0x654321, "rng": 0x12345678}
    leader = record["leader"]
    assert (leader["species_id"], leader["species"], leader["level"], leader["facing"]) == (4, "Charmander", 5, 2)
    assert (leader["x"], leader["y"], leader["enemy"], leader["belly"]) == (*scene.LEADER, False, 87.5)
    assert [move["id"] for move in leader["moves"]] == [75, 115]
    assert [monster["species"] for monster in record["team"]] == ["Charmander", "Squirtle"]
    assert [monster["species"] for monster in record["monsters"] if monster["enemy"]] == ["Pidgey", "Cascoon"]
    assert record["team"][1]["statuses"] == [{"group": "burn", "name": "Poisoned", "turns": 127}]
    assert tuple(record["items"][0][key] for key in ("name", "x", "y")) == ("Sleep Seed", *scene.ITEM)
    assert record["items"][1]["amount"] == 10
    assert [(trap["name"], trap["x"]) for trap in record["traps"]] == [("Slumber Trap", scene.TRAP[0])]
    assert [item["name"] for item in record["bag"]] == ["Sleep Seed", "Gravelerock"]
    assert [room["x_min"] for room in record["rooms"]] == [5, 30]


def test_the_map_shows_everything_at_its_place(record: dict[str, Any]) -> None:
    rows = record["ascii"].split("\n")
    assert [len(row) for row in rows] == [56] * 32
    for (x, y), letter in {
        scene.LEADER: "@",
        scene.STAIRS: ">",
        scene.ITEM: "!",
        scene.MONEY: "$",
        scene.TRAP: "^",
    }.items():
        assert rows[y][x] == letter


@pytest.mark.parametrize(
    "data",
    [
        savestates.png(scene.scene()),
        savestates.block(scene.scene()),
        savestates.libretro(scene.scene()),
        scene.scene().tobytes(),
    ],
    ids=["png", "block", "libretro", "dump"],
)
def test_people_get_tables_of_every_format(data: bytes, tmp_path: Path) -> None:
    done = inspect(write(tmp_path, data))
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "Tiny Woods 1F",
        "987 turns left",
        "Charmander",
        "19/23",
        "Pidgey",
        "awaiting command",
        "Sleep Seed",
        "> stairs",
    ):
        assert text in done.stdout


def test_the_stored_picture_is_saved(tmp_path: Path) -> None:
    path, target = write(tmp_path, savestates.png(scene.scene())), tmp_path / "out.png"
    assert inspect(path, "--json", "--png", target).returncode == 0
    assert Image.open(io.BytesIO(target.read_bytes())).size == (240, 160)


@pytest.mark.parametrize(("program_mode", "mode"), [(0, "title"), (2, "ground"), (1, "unknown")])
def test_outside_dungeons_only_the_mode_is_told(program_mode: int, mode: str, tmp_path: Path) -> None:
    ram = scene.scene()
    scene.globals_of(ram)["dungeon"], scene.globals_of(ram)["program_mode"] = 0, program_mode
    path = write(tmp_path, savestates.block(ram))
    record = json.loads(inspect(path, "--json").stdout)
    assert list(record) == KEYS
    rest = {key: value for key, value in record.items() if key not in ("title", "code", "mode")}
    assert record["mode"] == mode
    assert all(value is None or value == [] for value in rest.values())
    assert mode in inspect(path).stdout


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (savestates.block(np.zeros(262144, np.uint8))[:-1], "truncated"),
        (savestates.png(scene.scene())[:900], "truncated"),
        (savestates.block(scene.scene(), code=b"BPRE"), "another game"),
        (b"hello", "no known savestate"),
        (bytes(5 << 20), "too large"),
        (b"", "empty"),
    ],
)
def test_a_bad_file_gives_one_line_and_exit_code_2(data: bytes, reason: str, tmp_path: Path) -> None:
    done = inspect(write(tmp_path, data), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr
    assert "state.ss0" in done.stderr


def test_a_missing_picture_or_folder_is_one_line_too(tmp_path: Path) -> None:
    for data, target in ((scene.scene().tobytes(), "x.png"), (savestates.png(scene.scene()), "absent/x.png")):
        done = inspect(write(tmp_path, data), "--png", tmp_path / target)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_the_script_runs_by_its_path(tmp_path: Path) -> None:
    command = [sys.executable, str(inspect_state.__file__), str(write(tmp_path, b"torn")), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
