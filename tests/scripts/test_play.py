"""The command line of play: games recorded by keys, replayed, verified and filmed; mistakes in one line."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pmd_gym.play.interface import KeyEvent
from pmd_gym.play.recording import read
from scripts import play
from tests.doubles.play import ScriptedWindow, taps


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[list[KeyEvent]]:
    """Batches of keys for the next window that the script opens."""
    script: list[list[KeyEvent]] = []
    monkeypatch.setattr(play, "open_window", lambda options, title: ScriptedWindow(script))
    return script


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """The JSON line of a call that ends with this exit code."""
    assert play.main([*map(str, arguments)]) == code
    line: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return line


def record(capsys: pytest.CaptureFixture[str], keys: list[list[KeyEvent]], path: Path) -> dict[str, Any]:
    keys.append(taps(*"x.wx"))
    return run(capsys, "--seed", "5", "--team", "Pikachu:9,Eevee:8", "--record", path)


def test_a_game_is_recorded_and_verified(
    capsys: pytest.CaptureFixture[str], keys: list[list[KeyEvent]], tmp_path: Path
) -> None:
    path = tmp_path / "game.jsonl"
    line = record(capsys, keys, path)
    assert (line["dungeon"], line["seed"], line["steps"], line["ended"]) == ("Tiny Woods", 5, 4, "left")
    assert read(path).config.team == (("Pikachu", 9), ("Eevee", 8))
    verdict = run(capsys, "--replay", path, "--verify", "--gif", tmp_path / "game.gif")
    assert (verdict["steps"], verdict["equal"], verdict["diverged_at"]) == (4, 4, None)
    with Image.open(tmp_path / "game.gif") as film:
        assert film.size == (428, 240)
        assert getattr(film, "n_frames", 1) > 1


def test_a_changed_recording_is_told_from_a_true_one(
    capsys: pytest.CaptureFixture[str], keys: list[list[KeyEvent]], tmp_path: Path
) -> None:
    path = tmp_path / "game.jsonl"
    record(capsys, keys, path)
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace('"action":0', '"action":5')
    (tmp_path / "other.jsonl").write_text("\n".join(lines) + "\n")
    verdict = run(capsys, "--replay", tmp_path / "other.jsonl", "--verify", code=play.EXIT_DIVERGED)
    assert (verdict["equal"], verdict["diverged_at"]) == (1, 2)


class PatientWindow(ScriptedWindow):
    """Presses a key only when it is asked to."""

    def read(self, timeout_s: float) -> list[KeyEvent]:
        """See `Window.read`."""
        return taps("q") if "any key leaves" in self.views[-1].status else []


def test_a_replay_is_shown(
    capsys: pytest.CaptureFixture[str], keys: list[list[KeyEvent]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(capsys, keys, tmp_path / "game.jsonl")
    monkeypatch.setattr(play, "open_window", lambda options, title: PatientWindow([]))
    assert run(capsys, "--replay", tmp_path / "game.jsonl", "--speed", "256")["equal"] == 4


def test_a_file_gives_settings_and_flags_win(
    capsys: pytest.CaptureFixture[str], keys: list[list[KeyEvent]], tmp_path: Path
) -> None:
    (tmp_path / "env.yaml").write_text("dungeon: Mt. Steel\nfloor: 2\nteam: [[Pikachu, 20]]\n")
    line = run(capsys, "--config", tmp_path / "env.yaml", "--floor", "3", "--seed", "1")
    assert (line["dungeon"], line["floor"]) == ("Mt. Steel", 3)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--dungeon", "Tiny Wods"], "did you mean 'Tiny Woods'"),
        (["--floor", "99"], "floors"),
        (["--seed", "-1"], "--seed"),
        (["--verify"], "--replay FILE"),
        (["--gif", "a.gif"], "--record FILE or --replay FILE"),
        (["--replay", "absent.jsonl"], "absent.jsonl"),
        (["--replay", "a", "--record", "b"], "exclude"),
        (["--speed", "0"], "--speed"),
        (["--config", "absent.yaml"], "absent.yaml"),
        (["--record", "absent/game.jsonl"], "absent/game.jsonl"),
        (["--emulator", "telnet:1"], "ws://"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert play.main(arguments) == play.EXIT_MISTAKE
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert reason in said


@pytest.mark.parametrize("arguments", [["--team", "Pikachu"], ["--scale", "0"], ["--spede", "1"]])
def test_wrong_flags_are_one_line_too(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        play.main(arguments)
    assert caught.value.code == play.EXIT_MISTAKE
    assert capsys.readouterr().err.count("\n") == 1


def test_without_pygame_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pygame", None)
    monkeypatch.delitem(sys.modules, "pmd_gym.play.window", raising=False)
    assert play.main(["--seed", "1"]) == play.EXIT_MISTAKE
    assert ".[play]" in capsys.readouterr().err


def test_ctrl_c_in_a_terminal_keeps_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "game.jsonl"
    leader, follower = pty.openpty()
    command = [sys.executable, str(play.__file__), "--terminal", "--seed", "2", "--record", str(path)]
    child = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # ignored in background jobs
    )  # fmt: skip
    os.close(follower)
    try:
        _until(leader, b"Tiny Woods")
        os.write(leader, b"x")
        _until(leader, b"999 turns")
        child.send_signal(signal.SIGINT)
        assert _drain(leader).rstrip().endswith(b"}")
        assert child.wait(timeout=60) == play.EXIT_INTERRUPTED
    finally:
        child.kill()
        child.wait()
        os.close(leader)
    assert (read(path).steps, read(path).end) == (1, "interrupted")


def _until(terminal: int, text: bytes) -> None:
    """Read what a program draws until a text is there."""
    drawn, deadline = b"", time.monotonic() + 240
    while text not in drawn:
        assert time.monotonic() < deadline, f"{text!r} was never drawn; last: {drawn[-500:]!r}"
        if select.select([terminal], [], [], 1)[0]:
            drawn += os.read(terminal, 1 << 16)


def _drain(terminal: int) -> bytes:
    """All that a program still draws before it ends."""
    drawn = b""
    while True:
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # the other side of a pseudo-terminal is gone
            return drawn
        if not data:
            return drawn
        drawn += data
