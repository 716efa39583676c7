"""The loop on the simulator with a scripted window: keys become turns, recordings repeat, a difference is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from pmd_gym.actions import ACTIONS
from pmd_gym.env import PMDRedEnv
from pmd_gym.play.interface import KeyEvent
from pmd_gym.play.keyboard import Command, Do, Keyboard
from pmd_gym.play.loop import Player, Spectator, distinct, follow, verify
from pmd_gym.play.menus import Page
from pmd_gym.play.recording import Again, Recorder, Recording, Step, read
from pmd_gym.play.session import Session
from tests.doubles.play import ScriptedWindow, taps

SEED = 3


@pytest.fixture(scope="module")
def game() -> Iterator[PMDRedEnv]:
    env = PMDRedEnv(render_mode="rgb_array", max_steps=40)
    yield env
    env.close()


def begun(game: PMDRedEnv, recorder: Recorder | None = None) -> Session:
    session = Session(game, recorder=recorder)
    session.begin(SEED, {"max_steps": 40})
    return session


def recorded(game: PMDRedEnv, path: Path, *names: str) -> Recording:
    """A recording of these keys."""
    recorder = Recorder(path)
    Player(begun(game, recorder), ScriptedWindow([taps(*names)])).play()
    recorder.close("left")
    return read(path)


def test_keys_become_turns(game: PMDRedEnv) -> None:
    session, window = begun(game), ScriptedWindow([taps("x"), [], taps("."), taps("z")])
    player = Player(session, window, "REC")
    player.play()
    assert session.steps == 2
    assert player.menu.page is Page.MAIN
    assert [view.scene.turns_left for view in window.views] == [1000, 999, 998, 998]
    assert all(view.status == "REC" and view.pixels is None for view in window.views)


def test_pixels_are_drawn_where_they_are_wanted(game: PMDRedEnv) -> None:
    window = ScriptedWindow([], wants_pixels=True)
    Player(begun(game), window).play()
    pixels = window.views[0].pixels
    assert pixels is not None
    assert pixels.shape == (160, 240, 3)


def test_what_is_refused_is_said_and_costs_no_turn(game: PMDRedEnv) -> None:
    session = begun(game)
    Player(session, ScriptedWindow([taps(">")])).play()
    assert (session.steps, session.narrator.lines[-1]) == (0, "There are no stairs here.")


def test_a_game_that_ends_asks_what_next(game: PMDRedEnv) -> None:
    session, window = begun(game), ScriptedWindow([taps(*["."] * 41), taps("."), taps("enter")])
    Player(session, window).play()
    pages = [view.menu.page for view in window.views]
    assert pages == [Page.PLAY, Page.OVER, Page.OVER, Page.PLAY]
    assert window.views[1].menu.note == "No steps are left."
    assert (session.steps, session.ended, session.scene.turns_left) == (40, "", 1000)


def test_stepping_onto_stairs_asks(game: PMDRedEnv) -> None:
    session = begun(game)
    player = Player(session, ScriptedWindow([]))
    onto = replace(session.scene, mask=session.scene.mask.copy())
    onto.mask[ACTIONS.index("stairs")] = 1
    session.act = lambda action: setattr(session, "scene", onto) or onto  # type: ignore[method-assign]
    player.obey(Command(Do.WAIT))
    assert player.menu.page is Page.STAIRS
    player.obey(Command(Do.CANCEL))
    player.obey(Command(Do.WAIT))
    assert player.menu.page is Page.PLAY


def test_held_keys_that_pile_up_count_once() -> None:
    events = [KeyEvent("up"), KeyEvent("up"), KeyEvent("up"), KeyEvent("x"), KeyEvent("up")]
    assert list(distinct(Keyboard(), events)) == [Command(Do.GO, 4), Command(Do.CONFIRM), Command(Do.GO, 4)]


def test_taps_of_a_direction_all_count() -> None:
    assert list(distinct(Keyboard(), taps("up", "up"))) == [Command(Do.GO, 4)] * 2


def test_a_recording_repeats_to_the_byte(game: PMDRedEnv, tmp_path: Path) -> None:
    recording = recorded(game, tmp_path / "a.jsonl", *"x.wsx1adyn", *["."] * 40, "enter", "x")
    assert Again in map(type, recording.entries)
    verdict = verify(Session(game), recording)
    assert (verdict.steps, verdict.diverged_at) == (recording.steps, None)


@pytest.mark.parametrize("entry", [Step(9, "0" * 32), Step(0, "f" * 32), Again("0" * 32)])
def test_the_first_difference_is_named(game: PMDRedEnv, tmp_path: Path, entry: Step | Again) -> None:
    recording = recorded(game, tmp_path / "a.jsonl", *"x.x.x.")
    entries = (*recording.entries[:3], entry, *recording.entries[4:])
    verdicts = list(follow(Session(game), replace(recording, entries=entries)))
    at = 4 if isinstance(entry, Step) else 3
    assert (verdicts[-1].diverged_at, len(verdicts)) == (at, 5)
    assert entry.ram in verdicts[-1].why


def test_another_start_and_a_step_too_many_are_differences(game: PMDRedEnv, tmp_path: Path) -> None:
    recording = recorded(game, tmp_path / "a.jsonl", *["."] * 40)
    assert verify(Session(game), replace(recording, seed=SEED + 1)).diverged_at == 0
    longer = replace(recording, entries=(*recording.entries, recording.entries[-1]))
    verdict = verify(Session(game), longer)
    assert (verdict.steps, verdict.diverged_at) == (40, 41)
    assert "ended" in verdict.why


def spectator(game: PMDRedEnv, recording: Recording, script: list[list[KeyEvent]]) -> tuple[Spectator, ScriptedWindow]:
    """A spectator whose clock advances a fifth of a second at every look."""
    window, seconds = ScriptedWindow(script), count(0, 0.2)
    return Spectator(Session(game), window, recording, 4.0, clock=lambda: next(seconds)), window


def test_a_replay_is_shown_to_its_end(game: PMDRedEnv, tmp_path: Path) -> None:
    recording = recorded(game, tmp_path / "a.jsonl", *"x.x")
    shown, window = spectator(game, recording, [[]] * 40)
    assert (shown.watch().steps, window.views[-1].status) == (3, "REPLAY 3/3  the end; any key leaves")
    assert {view.scene.turns_left for view in window.views} == {1000, 999, 998, 997}


def test_a_replay_can_be_paused_stepped_and_left(game: PMDRedEnv, tmp_path: Path) -> None:
    recording = recorded(game, tmp_path / "a.jsonl", *"x.x.x.x.")
    script = [taps("space"), [], taps("right"), taps("right"), taps("up"), taps("q")]
    shown, window = spectator(game, recording, script)
    assert shown.watch().steps == 2
    assert (shown.paused, shown.speed) == (True, 8.0)
    assert any("paused" in view.status for view in window.views)


def test_a_replay_stops_where_it_differs(game: PMDRedEnv, tmp_path: Path) -> None:
    recording = recorded(game, tmp_path / "a.jsonl", *"x.x.")
    wrong = replace(recording, entries=(*recording.entries[:2], Step(9, "0" * 32)))
    shown, window = spectator(game, wrong, [[]] * 40)
    assert shown.watch().diverged_at == 3
    assert window.views[-1].status == "DIVERGES AT STEP 3"
