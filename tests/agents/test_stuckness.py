"""Loops are found, and what only looks like one is not: precision and recall on labelled walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from agents.stuckness import ENOUGH, Sight, Stuckness

Draw = np.random.Generator


def loop(draw: Draw) -> Iterator[Sight]:
    """Round and round: some tiles again and again, HP that regains now and then, which memory sees through."""
    length, start, regains = int(draw.integers(1, 13)), int(draw.integers(100)), draw.random() < 0.4
    for step in range(120):
        place, lap = start + step % length, step // length
        hp = step // 9 if regains else 0
        yield Sight((place, hp), place, alike=min(lap, 4))


def jitter(draw: Draw) -> Iterator[Sight]:
    """A drunken walk in a nook of few tiles."""
    size, place = int(draw.integers(2, 5)), 0
    seen: dict[int, int] = {}
    for _ in range(150):
        place = int(np.clip(place + draw.integers(-1, 2), 0, size - 1))
        yield Sight(place, place, alike=seen.get(place, 0))
        seen[place] = seen.get(place, 0) + 1


def standstill(draw: Draw) -> Iterator[Sight]:
    """The same useless action, sometimes two in turn."""
    facings = int(draw.integers(1, 3))
    for step in range(60):
        yield Sight((7, step % facings), 7, alike=step // facings)


def exploring(draw: Draw) -> Iterator[Sight]:
    """New tiles, and dead ends that are walked back out of once."""
    place, known = 0, 0
    while place < 150:
        known += 1
        place += 1
        yield Sight((place, known), place)
        if draw.random() < 0.08:
            depth = int(draw.integers(2, 16))
            branch = [(place, side) for side in range(1, depth)]
            for tile in branch:
                known += 1
                yield Sight((tile, known), tile)
            for tile in reversed(branch[:-1]):
                yield Sight((tile, known), tile, alike=1)


def fighting(draw: Draw) -> Iterator[Sight]:
    """Blows on one tile: HP and PP change, misses in between."""
    hp, pp, still = 60, 30, 0
    for _ in range(80):
        hit = draw.random() < 0.7
        hp, pp = hp - int(hit), pp - int(draw.random() < 0.6)
        still = still + 1 if hit else 0
        yield Sight((3, hp, pp), 3)


def resting(draw: Draw) -> Iterator[Sight]:
    """Waiting while HP come back, every turn or every other."""
    every = int(draw.integers(1, 3))
    for step in range(80):
        yield Sight((3, step // every), 3, alike=1)


def crossing(draw: Draw) -> Iterator[Sight]:
    """Through known rooms to the stairs, once or twice over the same tiles."""
    length = int(draw.integers(20, 60))
    for lap in range(2):
        for place in range(length) if lap == 0 else reversed(range(length)):
            yield Sight(place, place, alike=lap)


LOOPS: tuple[Callable[[Draw], Iterator[Sight]], ...] = (loop, jitter, standstill)
WALKS: tuple[Callable[[Draw], Iterator[Sight]], ...] = (exploring, fighting, resting, crossing)


def found(walk: Iterator[Sight]) -> bool:
    detector = Stuckness()
    return any(detector.saw(sight) for sight in walk)


def test_precision_and_recall_on_labelled_walks() -> None:
    draw = np.random.default_rng(11)
    labelled = [(make, True) for make in LOOPS for _ in range(100)] + [
        (make, False) for make in WALKS for _ in range(75)
    ]
    results = [(found(make(draw)), stuck) for make, stuck in labelled]
    hits = sum(said and stuck for said, stuck in results)
    precision = hits / max(1, sum(said for said, _ in results))
    recall = hits / sum(stuck for _, stuck in results)
    assert precision >= 0.95 and recall >= 0.95, (precision, recall)


@pytest.mark.parametrize("length", range(1, 13))
def test_a_loop_is_found_soon_after_its_third_lap_begins(length: int) -> None:
    detector = Stuckness()
    said = [detector.saw(Sight(step % length, step % length)) for step in range(60)]
    assert said.index(True) == 2 * length + ENOUGH - 1
    assert all(said[said.index(True) :]) and detector.steps == 60 - said.index(True)


def test_memory_sees_through_what_does_not_matter() -> None:
    def walk(alike: int) -> Iterator[Sight]:
        return (Sight((step % 4, step), step % 4, alike if step > 8 else 0) for step in range(40))

    assert found(walk(2))
    assert not found(walk(0))


def test_whoever_gets_out_is_no_longer_stuck() -> None:
    detector = Stuckness()
    for _ in range(20):
        detector.saw(Sight(0, 0))
    assert detector.steps > 0
    for step in range(1, 4):
        detector.saw(Sight(step, step))
    assert detector.steps == 0
