"""Core skill: look for the stairs."""

from __future__ import annotations

from agents.skills.tools import Actions, GiveUp, Sight


def run(sight: Sight) -> Actions:
    """Walk to what promises most unknown floor for its way, as the explorer does."""
    floor = sight.scene.floor
    while sight.scene.floor == floor and sight.scene.stairs is None:
        if sight.ground.comers:
            raise GiveUp("an enemy is near")
        yield sight.best(sight.motives.explore(), "nothing is left to explore")
