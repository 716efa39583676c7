"""Core skill: fetch an item; the game picks up what the leader steps on."""

from __future__ import annotations

from agents.skills.tools import Actions, GiveUp, Point, Sight


def run(sight: Sight) -> Actions:
    """Walk to the nearest item that is nobody's; done when it lies there no more."""
    goal = _nearest(sight)
    for action in sight.call("go_to", x=goal[0], y=goal[1]):
        if sight.ground.comers:
            raise GiveUp("an enemy is near")
        yield action
    if goal in sight.scene.items:
        raise GiveUp("it stayed where it lies")


def _nearest(sight: Sight) -> Point:
    scene = sight.scene
    if scene.bag and 0 not in scene.bag:
        raise GiveUp("the bag is full")
    wanted = set(scene.items) - scene.spared - sight.journey.refused - {scene.leader}
    goal = sight.ground.walks.nearest(sorted(wanted))
    if goal is None:
        raise GiveUp("no item that can be reached is in sight")
    return goal
