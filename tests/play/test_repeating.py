"""A held key repeats; a released one never does, however late it is asked."""

from __future__ import annotations

import pytest

from pmd_gym.play.interface import KeyEvent
from pmd_gym.play.repeating import FIRST_S, NEXT_S, Repeater

UP, LEFT = KeyEvent("up"), KeyEvent("left")


def held(*events: KeyEvent) -> Repeater:
    """A repeater that saw these events at second 10."""
    repeater = Repeater()
    for event in events:
        repeater.follow(event, 10.0)
    return repeater


def test_nothing_held_nothing_repeated() -> None:
    assert Repeater().repetition(99.0) == []
    assert Repeater().wait_s(99.0) == float("inf")


def test_a_held_key_repeats_after_a_while_and_then_faster() -> None:
    repeater = held(UP)
    assert repeater.wait_s(10.0) == pytest.approx(FIRST_S)
    assert repeater.repetition(10.0 + FIRST_S / 2) == []
    assert repeater.repetition(10.0 + FIRST_S) == [UP]
    assert repeater.repetition(10.0 + FIRST_S) == []
    assert repeater.repetition(10.0 + FIRST_S + NEXT_S) == [UP]


def test_a_long_absence_is_one_repetition() -> None:
    repeater = held(UP)
    assert repeater.repetition(99.0) == [UP]
    assert repeater.repetition(99.0) == []


def test_a_released_key_does_not_repeat_however_late_it_is_asked() -> None:
    assert held(UP, KeyEvent("up", False)).repetition(99.0) == []


def test_the_key_pressed_last_repeats() -> None:
    assert held(UP, LEFT).repetition(99.0) == [LEFT]
    assert held(UP, LEFT, KeyEvent("left", False)).repetition(99.0) == [UP]
