"""Core skill: restore HP."""

from __future__ import annotations

from agents.skills.tools import WAIT, Actions, GiveUp, Sight, lore


def run(sight: Sight) -> Actions:
    """Eat a berry when enemies leave no time; rest when they do; end what would make resting vain."""
    start = sight.scene.health
    while sight.scene.weakest < sight.temper.rested_at:
        if sight.ground.comers:
            yield sight.best(sight.bag.using(lore.HEALING), "enemies are near, and there is no berry")
            if sight.scene.health > start:
                return
            continue
        cure = sight.first(sight.bag.cure())
        if cure is None and "poison" in sight.scene.conditions:
            raise GiveUp("poisoned, and nothing against it")
        if not sight.scene.belly or sight.scene.turns_left < sight.temper.spare_turns:
            raise GiveUp("no time to rest")
        yield WAIT if cure is None else cure
