"""Core skill: throw an item."""

from __future__ import annotations

from agents.skills.tools import FACE, THROW_ITEM, Actions, GiveUp, Point, Sight, chebyshev, lore


def run(sight: Sight, slot: int) -> Actions:
    """Turn to the nearest enemy in reach, which takes no time, and throw; stones fly over what stands between."""
    scene = sight.scene
    wanted = [number for number, item in enumerate(scene.bag) if item and (number == slot - 1 or not slot)]
    missiles = {number for number in wanted if slot or scene.bag[number] in (*lore.STONES, *lore.STICKS)}
    for enemy in sorted(scene.enemies, key=lambda enemy: chebyshev(scene.leader, enemy)):
        for number in sorted(missiles):
            direction = _direction(sight, enemy, scene.bag[number])
            if direction >= 0 and sight.legal(THROW_ITEM + number):
                yield from _thrown(sight, direction, THROW_ITEM + number)
                return
    raise GiveUp("nothing to throw at anybody in reach")


def _direction(sight: Sight, enemy: Point, item: int) -> int:
    reach = sight.temper.throw_steps
    return sight.ground.bearing(enemy, reach) if item in lore.STONES else sight.ground.line_to(enemy, reach)


def _thrown(sight: Sight, direction: int, throw: int) -> Actions:
    if direction != sight.scene.facing:
        yield sight.best([FACE + direction], "cannot turn there")
    yield throw
