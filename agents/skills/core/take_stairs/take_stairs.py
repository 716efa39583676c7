"""Core skill: leave the floor."""

from __future__ import annotations

from agents.skills.tools import STAIRS, WAIT, Actions, GiveUp, Point, Sight, chebyshev

PATIENCE = 3
"""Turns to wait where the stairs refuse the leader."""


def run(sight: Sight) -> Actions:
    """Go to the stairs, then down or up."""
    floor, waited = sight.scene.floor, 0
    if sight.scene.stairs is None:
        raise GiveUp("no stairs are known")
    while sight.scene.floor == floor:
        if sight.scene.stairs and sight.scene.leader != sight.scene.stairs:
            yield from _walk(sight, sight.scene.stairs)
            continue
        waited += not sight.legal(STAIRS)
        if waited > PATIENCE:
            raise GiveUp("the stairs cannot be taken")
        yield STAIRS if sight.legal(STAIRS) else WAIT


def _walk(sight: Sight, stairs: Point) -> Actions:
    """Go there, as long as nobody has to be fought first; one step away is near enough to slip by."""
    for action in sight.call("go_to", x=stairs[0], y=stairs[1]):
        if sight.ground.foes and chebyshev(sight.scene.leader, stairs) > 1:
            raise GiveUp("an enemy is at hand")
        yield action
