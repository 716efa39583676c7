"""What the explorer does with its bag: which item, on whom, when. Whether that is legal is for the action mask to say.

Reviver Seeds are kept: the game uses them by itself. Nothing is ever thrown away for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from agents.policy import lore
from agents.policy.ground import Ground
from agents.policy.orders import FACE, MOVE, THROW_ITEM, USE_ITEM
from agents.policy.paths import Point, chebyshev, direction_between
from agents.policy.temper import Temper

REACH = 10
FAR = 99
FEW_PP = 3


class Belongings:
    """Motives that need an item; each is a generator of actions, best first."""

    def __init__(self, ground: Ground, mask: NDArray[np.int8], temper: Temper, worst_blow: float) -> None:
        """`mask` (actions,): 1 is legal; `worst_blow`: HP that the hardest blows of late have cost."""
        self._ground = ground
        self._mask = mask
        self._scene = ground.scene
        self._temper = temper
        self._worst_blow = worst_blow

    def heal(self) -> Iterator[int]:
        """Eat a berry that heals, before the next blow could be the last."""
        scene, temper = self._scene, self._temper
        due = scene.health < temper.heal_below or scene.hp <= temper.blows_to_spare * self._worst_blow
        if due and scene.health < temper.press_below and self._ground.comers:
            yield from self.using(lore.HEALING)

    def flee(self) -> Iterator[int]:
        """Nearly fainted, nothing to heal with: be somewhere else."""
        if self._scene.health < self._temper.flee_below and self._ground.foes:
            yield from self.using(lore.PANIC)

    def mend(self) -> Iterator[int]:
        """Throw a healing berry to a partner who is about to fall, if the leader keeps one."""
        if self._count(lore.HEALING) < 2:
            return
        for place, health in sorted(self._scene.partners, key=lambda partner: partner[1]):
            beset = any(chebyshev(place, enemy) <= 2 for enemy in self._ground.awake)
            if health < self._temper.mend_below and beset:
                yield from self.throwing(lore.HEALING, self._ground.line_to(place, REACH))

    def cure(self) -> Iterator[int]:
        """End what costs HP or turns."""
        for condition in sorted(self._scene.conditions & lore.CURES.keys()):
            yield from self.using(lore.CURES[condition])

    def eat(self) -> Iterator[int]:
        """Eat before hunger costs HP; what fills most comes first."""
        if self._scene.belly < self._temper.eat_below:
            yield from self.using(lore.FOOD)

    def calm(self) -> Iterator[int]:
        """Stop a crowd with an orb."""
        crowd = len(self._ground.comers)
        if crowd >= self._temper.crowd or (crowd > 1 and self._ground.is_hard_pressed):
            yield from self.using(lore.CROWD_ORBS)

    def trick(self) -> Iterator[int]:
        """In a hard fight, a seed for the enemy in front, or one eaten to blast it."""
        if not self._ground.is_hard_pressed:
            return
        direction = direction_between(self._scene.leader, self._ground.foes[0])
        yield from self.throwing(lore.TRICKS, direction)
        blast = list(self.using(lore.BLAST))
        yield from self._turned(direction, blast)

    def throw(self) -> Iterator[int]:
        """Stones and sticks at an enemy who is still on the way; stones fly over everything, to the nearest."""
        targets = self._targets()
        if self._ground.foes or not targets:
            return
        yield from self.throwing(lore.STONES, self._ground.bearing(targets[0], self._temper.throw_steps))
        for enemy in targets:
            yield from self.throwing(lore.STICKS, self._ground.line_to(enemy, self._temper.throw_steps))

    def hurl(self) -> Iterator[int]:
        """Stones and sticks at the enemy at hand when there is no move left: they do more than a bare blow."""
        powers = self._scene.move_powers
        armed = any(power > self._temper.vain_power and self._mask[MOVE + slot] for slot, power in enumerate(powers))
        if self._ground.foes and not armed:
            direction = direction_between(self._scene.leader, self._ground.foes[0])
            yield from self.throwing((*lore.STONES, *lore.STICKS), direction)

    def refill(self) -> Iterator[int]:
        """Restore PP when there is next to nothing left to fight with."""
        scene = self._scene
        left = [
            pp for pp, power in zip(scene.move_pp, scene.move_powers, strict=False) if power > self._temper.vain_power
        ]
        if left and sum(left) <= FEW_PP:
            yield from self.using(lore.ELIXIR)

    def improve(self) -> Iterator[int]:
        """In peace, eat what makes better for good, and look at the map with an orb."""
        if self._ground.awake:
            return
        yield from self.using(lore.TONICS)
        if self._scene.stairs is None:
            yield from self.using(lore.MAPS)

    def _targets(self) -> Sequence[Point]:
        """Awake enemies, the nearest first; none while a sleeper lies nearer, who would be hit and wake."""
        leader, asleep = self._scene.leader, self._scene.asleep
        sleeper = min((chebyshev(leader, enemy) for enemy in asleep), default=FAR)
        near = [enemy for enemy in self._ground.awake if chebyshev(leader, enemy) < sleeper]
        return sorted(near, key=lambda enemy: chebyshev(leader, enemy))

    def _count(self, wanted: Sequence[int]) -> int:
        return sum(item in wanted for item in self._scene.bag)

    def using(self, wanted: Sequence[int]) -> Iterator[int]:
        """Legal actions that use one of the items, the most wanted first."""
        yield from self._legal(USE_ITEM, wanted)

    def throwing(self, wanted: Sequence[int], direction: int) -> Iterator[int]:
        """Actions that throw one of the items in a direction, -1 for none; turning there comes first."""
        if direction >= 0:
            yield from self._turned(direction, list(self._legal(THROW_ITEM, wanted)))

    def _legal(self, order: int, wanted: Sequence[int]) -> Iterator[int]:
        """Legal actions with wanted items, the most wanted first; a slot may be refused where its twin is not."""
        for item in wanted:
            slots = (order + slot for slot, held in enumerate(self._scene.bag) if held == item)
            yield from (action for action in slots if self._mask[action])

    def _turned(self, direction: int, actions: Sequence[int]) -> Iterator[int]:
        """The actions in that direction: turning there first, which costs no turn, if there is anything to do."""
        if actions and direction != self._scene.facing:
            yield FACE + direction
        else:
            yield from actions
