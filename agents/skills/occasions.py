"""When a skill may be of use: the words of `applies_when`, each a question about one moment.

A model is only shown the skills that apply, so a question that is answered too freely costs words in every prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from agents.policy import lore
from agents.policy.paths import chebyshev

if TYPE_CHECKING:
    from agents.skills.sight import Moment

NEAR_PARTNER = 2
"""Tiles between leader and partner that count as together."""
CIRCLES = 5
"""Turns on the same tile of a floor from which on a player goes in circles, if nobody is there to fight."""


def _carries(wanted: Iterable[int]) -> Callable[[Moment], bool]:
    return lambda moment: not set(wanted).isdisjoint(moment.scene.bag)


def _partner_away(moment: Moment) -> bool:
    scene = moment.scene
    return any(chebyshev(scene.leader, place) > NEAR_PARTNER for place, _ in scene.partners)


def _enemy_in_line(moment: Moment) -> bool:
    ground, reach = moment.motives.ground, moment.temper.throw_steps
    return any(ground.line_to(enemy, reach) >= 0 for enemy in moment.scene.enemies)


def _going_in_circles(moment: Moment) -> bool:
    visits = moment.journey.visits[moment.scene.leader]
    return visits >= CIRCLES and not moment.motives.ground.comers and not moment.journey.resting


OCCASIONS: Mapping[str, Callable[[Moment], bool]] = {
    "always": lambda moment: True,
    "enemy_at_hand": lambda moment: bool(moment.motives.ground.foes),
    "enemy_near": lambda moment: bool(moment.motives.ground.comers),
    "enemy_in_line": _enemy_in_line,
    "hurt": lambda moment: moment.scene.weakest < moment.temper.rest_below,
    "badly_hurt": lambda moment: moment.scene.health < moment.temper.heal_below,
    "hungry": lambda moment: moment.scene.belly < moment.temper.eat_below,
    "has_healing": _carries(lore.HEALING),
    "has_food": _carries(lore.FOOD),
    "has_items": lambda moment: any(moment.scene.bag),
    "has_missile": _carries((*lore.STONES, *lore.STICKS)),
    "item_in_view": lambda moment: bool(set(moment.scene.items) - moment.scene.spared - moment.journey.refused),
    "stairs_known": lambda moment: moment.scene.stairs is not None,
    "stairs_unknown": lambda moment: moment.scene.stairs is None,
    "partner_away": _partner_away,
    "going_in_circles": _going_in_circles,
}
"""Word of a manifest -> what it asks."""


def applies(words: Iterable[str], moment: Moment) -> bool:
    """Whether all these words hold at this moment."""
    return all(OCCASIONS[word](moment) for word in words)
