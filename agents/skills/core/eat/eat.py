"""Core skill: fill the belly."""

from __future__ import annotations

from agents.skills.tools import Actions, Sight, lore


def run(sight: Sight) -> Actions:
    """Eat one thing; done when the belly is fuller than before."""
    belly = sight.scene.belly
    while sight.scene.belly <= belly:
        yield sight.best(sight.bag.using(lore.FOOD), "nothing to eat")
