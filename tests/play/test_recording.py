"""Recordings: what is written is read back; what is torn, foreign or oversized is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmd_gym.config import EnvConfig, MemberConfig
from pmd_gym.errors import ConfigError
from pmd_gym.play import recording
from pmd_gym.play.recording import Again, Recorder, Recording, Step, read

RAM = "0123456789abcdef" * 2
BEGIN = f'{{"kind":"begin","version":1,"env":{{"floor":2}},"seed":7,"ram":"{RAM}"}}\n'
STEP = f'{{"kind":"step","action":5,"ram":"{RAM}"}}\n'
END = '{"kind":"end","reason":"left"}\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "game.jsonl"
    path.write_text(text)
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "game.jsonl")
    recorder.begin({"dungeon": "Mt. Steel", "team": [["Charmander", 9]]}, 7, RAM)
    recorder.step(5, RAM)
    recorder.again(RAM)
    recorder.close("left")
    recorder.close("twice")
    config = EnvConfig(dungeon="Mt. Steel", team=(("Charmander", 9),))
    assert read(tmp_path / "game.jsonl") == Recording(config, 7, RAM, (Step(5, RAM), Again(RAM)), "left")


def test_a_team_with_moves_and_a_bag_are_read_back(tmp_path: Path) -> None:
    team = (MemberConfig("Charmander", 9, moves=("Ember", "Scratch"), held="Power Band"), ("Squirtle", 8))
    config = EnvConfig(team=team, bag=("Apple", ("Gravelerock", 8)), money=120)
    recorder = Recorder(tmp_path / "game.jsonl")
    recorder.begin(config.arguments(), 7, RAM)
    recorder.close("left")
    assert read(tmp_path / "game.jsonl").config == config


def test_a_curriculum_is_not_recorded(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "game.jsonl")
    with pytest.raises(ConfigError, match="curriculum"):
        recorder.begin({"curriculum": "mixture.yaml"}, 7, RAM)


def test_every_line_is_on_disk_before_the_end(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "game.jsonl")
    recorder.begin({}, 7, RAM)
    recorder.step(62, RAM)
    found = read(tmp_path / "game.jsonl")
    assert (found.steps, found.end) == (1, None)
    recorder.close("left")


def test_a_recording_that_never_began_leaves_nothing(tmp_path: Path) -> None:
    Recorder(tmp_path / "game.jsonl").close("interrupted")
    assert list(tmp_path.iterdir()) == []


def test_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    assert read(written(tmp_path, BEGIN + STEP + STEP[:20])).steps == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: expected the beginning"),
        (STEP, "line 1: expected the beginning"),
        (BEGIN + BEGIN, "line 2: a second beginning"),
        (BEGIN + END + STEP, "line 3: lines after the end"),
        (BEGIN + "nonsense\n", "line 2"),
        (BEGIN + STEP.replace("5", "63", 1), "line 2"),
        (BEGIN + STEP.replace("5", "-1", 1), "line 2"),
        (BEGIN + STEP.replace(RAM, "zz"), "line 2"),
        (BEGIN + STEP.replace("}", ',"more":1}'), "line 2"),
        (BEGIN + '{"kind":"exec"}\n', "line 2"),
        (BEGIN + "[" * 60_000 + "\n", "line 2"),
        (BEGIN + " " * 70_000 + "\n", "line 2: 70000 bytes"),
        (BEGIN.replace('"version":1', '"version":2'), "version 2"),
        (BEGIN.replace('"floor":2', '"curriculum":"other.yaml"'), "a curriculum's files may change"),
        (BEGIN.replace("floor", "flor"), "did you mean 'floor'"),
        (BEGIN.replace(":2", ':"two"'), "floor"),
    ],
)
def test_a_flaw_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=reason) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "game.jsonl"
    path.write_bytes(BEGIN.encode() + b"\xff\xfe\n")
    with pytest.raises(ConfigError, match="line 2"):
        read(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_BYTES", 200)
    monkeypatch.setattr(recording, "MAX_LINE", 200)
    with pytest.raises(ConfigError, match="more than 200 bytes"):
        read(written(tmp_path, BEGIN + STEP * 10))


def test_a_full_recording_says_so_and_still_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_BYTES", 300)
    recorder = Recorder(tmp_path / "game.jsonl")
    recorder.begin({}, 7, RAM)
    with pytest.raises(ConfigError, match="full"):
        for _ in range(10):
            recorder.step(1, RAM)
    recorder.close("full")
    assert read(tmp_path / "game.jsonl").end == "full"


def test_a_file_that_exists_is_not_touched(tmp_path: Path) -> None:
    path = written(tmp_path, "mine")
    with pytest.raises(ConfigError, match="exists"):
        Recorder(path)
    assert path.read_text() == "mine"


def test_a_missing_file_or_folder_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "absent.jsonl")
    with pytest.raises(ConfigError, match="cannot be written"):
        Recorder(tmp_path / "absent" / "game.jsonl")
