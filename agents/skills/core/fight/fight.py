"""Core skill: win a fight."""

from __future__ import annotations

from agents.skills.tools import Actions, GiveUp, Sight


def run(sight: Sight) -> Actions:
    """Strike who is at hand; let those who come make the first step, and go to meet those who do not."""
    floor = sight.scene.floor
    if not sight.ground.comers and not sight.ground.foes:
        raise GiveUp("nobody to fight is near")
    while sight.scene.floor == floor and (sight.ground.comers or sight.ground.foes):
        if sight.scene.health < sight.temper.flee_below:
            raise GiveUp("too badly hurt to go on")
        yield sight.best(_blows(sight), "the enemy cannot be reached")


def _blows(sight: Sight) -> list[int]:
    comers = sorted(sight.ground.comers, key=sight.ground.bold_walks.distance)
    approach = [action for enemy in comers for action in sight.towards(enemy)]
    return [*sight.motives.fight(), *sight.motives.let_come(), *approach]
