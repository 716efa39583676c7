"""Core skill: let the partners catch up."""

from __future__ import annotations

from agents.skills.tools import WAIT, Actions, GiveUp, Sight, chebyshev

TOGETHER = 2
PATIENCE = 8
"""Turns in a row in which the farthest partner came no nearer."""


def run(sight: Sight) -> Actions:
    """Wait while they come nearer."""
    if not sight.scene.partners:
        raise GiveUp("there is no partner")
    nearest, vain = _farthest(sight), 0
    while _farthest(sight) > TOGETHER:
        if sight.ground.comers or vain > PATIENCE:
            raise GiveUp("an enemy is near" if sight.ground.comers else "they do not come")
        yield WAIT
        vain = 0 if _farthest(sight) < nearest else vain + 1
        nearest = min(nearest, _farthest(sight))


def _farthest(sight: Sight) -> int:
    return max((chebyshev(sight.scene.leader, place) for place, _ in sight.scene.partners), default=0)
