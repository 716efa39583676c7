"""Episodes of an evaluation: kept by pair, written as they end, read back."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from agents.telemetry.episodes import Episode
from agents.telemetry.folder import RunFolder
from agents.telemetry.interface import Slot
from agents.telemetry.trials import Bar, TrialLog, Trials

FIRST, SECOND = ("explorer", "tiny_woods"), ("random", "tiny_woods")


def episode(number: int) -> Episode:
    return Episode(number, 7 + number, "fainted", 2, 10, 0, 0.5, actions=(1, 2), cause="Felled by Bite", turns=9)


def test_what_is_logged_is_read_back(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    with folder.open_log() as events:
        for pair, number in ((FIRST, 1), (SECOND, 0), (FIRST, 0)):
            TrialLog(events).of(pair).ended(Slot(0), episode(number))
    trials = Trials.read(folder)
    assert trials.episodes(FIRST) == [episode(0), episode(1)]
    assert trials.numbers(SECOND) == {0}
    assert trials.numbers(("random", "mt_steel")) == set()


def test_a_watcher_keeps_the_episodes_of_its_pair() -> None:
    trials = Trials()
    trials.of(FIRST).ended(Slot(0), episode(3))
    assert (trials.numbers(FIRST), trials.numbers(SECOND)) == ({3}, set())
    head, line = trials.table().splitlines()
    assert head.startswith("policy,scenario,episode,seed,outcome")
    assert line.startswith("explorer,tiny_woods,3,10,fainted")
    assert "Felled by Bite" in line


def test_where_nothing_can_be_redrawn_each_pair_is_one_line() -> None:
    text = io.StringIO()
    bar = Bar(Console(file=text), total=2, quiet=False)
    bar.enter(FIRST)
    bar.ended(Slot(0), episode(0))
    bar.enter(SECOND)
    bar.close()
    assert text.getvalue().splitlines() == [
        "0/2 episodes; explorer in tiny_woods ...", "1/2 episodes; random in tiny_woods ...",
    ]  # fmt: skip


def test_on_a_terminal_the_bar_names_pair_and_count_and_quiet_says_nothing() -> None:
    text, silent = io.StringIO(), io.StringIO()
    for file, quiet in ((text, False), (silent, True)):
        bar = Bar(Console(file=file, force_terminal=True, width=120), total=2, quiet=quiet)
        bar.enter(FIRST)
        bar.ended(Slot(0), episode(0))
        bar.close()
    assert "explorer in tiny_woods" in text.getvalue()
    assert "1/2" in text.getvalue()
    assert silent.getvalue() == ""
