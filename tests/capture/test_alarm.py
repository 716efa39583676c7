"""The alarm: a ring is never lost, rings until it is answered, and wakes a thread that waits."""

from __future__ import annotations

import threading

from pmd_gym.capture.alarm import Alarm


def test_a_ring_is_answered_once_however_often_it_rang() -> None:
    alarm = Alarm()
    assert not alarm.rings and not alarm.answer(0)
    alarm.ring()
    alarm.ring()
    assert alarm.rings and alarm.answer(0)
    assert not alarm.rings and not alarm.answer(0)


def test_it_wakes_a_thread_that_waits_without_end() -> None:
    alarm, woken = Alarm(), threading.Event()

    def wait() -> None:
        alarm.answer()
        woken.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    alarm.ring()
    assert woken.wait(30)
    thread.join(30)
    assert not alarm.rings


def test_many_who_ring_at_once_disturb_nobody() -> None:
    alarm = Alarm()
    threads = [threading.Thread(target=lambda: [alarm.ring() for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    answered = sum(alarm.answer(0.0001) for _ in range(500))
    for thread in threads:
        thread.join()
    assert answered + alarm.answer(0) >= 1 and not alarm.rings
