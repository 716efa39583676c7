"""Core skill: stop going in circles."""

from __future__ import annotations

from agents.skills.tools import Actions, GiveUp, Point, Sight, points_of

AWAY = 8
"""Steps that the new place is away at least, if the known floor is that large."""
AROUND = 3


def run(sight: Sight) -> Actions:
    """Go to the place least visited with its surroundings; of equals, the farthest, so that something new is seen."""
    walks, visits = sight.ground.walks, sight.journey.visits
    reached = {place: walks.distance(place) for place in points_of(sight.scene.walkable) if walks.distance(place) > 0}
    if not reached:
        raise GiveUp("there is no other place to go")
    away = min(AWAY, max(reached.values()))

    def familiarity(place: Point) -> tuple[int, int]:
        x, y = place
        near = range(-AROUND, AROUND + 1)
        return sum(visits[x + dx, y + dy] for dx in near for dy in near), -reached[place]

    goal = min((place for place in reached if reached[place] >= away), key=familiarity)
    yield from sight.call("go_to", x=goal[0], y=goal[1])
