"""Core skill: survive a fight that is lost."""

from __future__ import annotations

from collections.abc import Iterator

from agents.skills.tools import DIRECTIONS, STAIRS, STEP, Actions, Sight, chebyshev, lore

SAFE = 5
"""Tiles from the nearest enemy that is awake; the same in all directions."""


def run(sight: Sight) -> Actions:
    """Warp; else run to the stairs if that leads away, else to where the nearest enemy is farthest."""
    floor = sight.scene.floor
    while sight.scene.floor == floor and _distance(sight, sight.scene.leader) < SAFE:
        yield sight.best(_escapes(sight), "cornered")


def _escapes(sight: Sight) -> Iterator[int]:
    yield STAIRS
    yield from sight.bag.using(lore.PANIC)
    if sight.scene.stairs and _is_ours(sight):
        yield from (action for action in sight.towards(sight.scene.stairs) if STEP <= action < STEP + 8)
    yield from _steps_away(sight)


def _is_ours(sight: Sight) -> bool:
    """Whether the leader is at the stairs before every enemy."""
    stairs = sight.scene.stairs
    assert stairs is not None
    way = len(sight.way_to(stairs))
    return 0 < way <= _distance(sight, stairs)


def _steps_away(sight: Sight) -> list[int]:
    x, y = sight.scene.leader
    gains = {
        STEP + direction: _distance(sight, (x + dx, y + dy)) for direction, (dx, dy) in enumerate(DIRECTIONS)
        if (x + dx, y + dy) not in sight.scene.traps
    }  # fmt: skip
    here = _distance(sight, (x, y))
    return sorted((step for step in gains if gains[step] >= here), key=lambda step: -gains[step])


def _distance(sight: Sight, place: tuple[int, int]) -> int:
    return min((chebyshev(place, enemy) for enemy in sight.ground.awake), default=SAFE)
