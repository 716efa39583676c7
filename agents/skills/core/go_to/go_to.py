"""Core skill: walk to a place."""

from __future__ import annotations

from agents.skills.tools import WAIT, Actions, GiveUp, Sight

PATIENCE = 3
"""Turns to wait for a partner who bars the way."""


def run(sight: Sight, x: int, y: int) -> Actions:
    """Take the cheapest way, found anew at each step, as the floor becomes known and monsters move."""
    floor, waited = sight.scene.floor, 0
    while sight.scene.leader != (x, y):
        if sight.scene.floor != floor:
            raise GiveUp("the floor changed on the way")
        proposals = list(sight.towards((x, y)))
        if not proposals:
            raise GiveUp(f"no known way leads to {x}, {y}")
        step = sight.first(proposals)
        waited += step is None
        if waited > PATIENCE:
            raise GiveUp("the way is barred")
        yield WAIT if step is None else step
