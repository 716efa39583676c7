"""What a skill sees and what it may use: one moment of its game as the player sees it, ways, judgement, other skills.

The same in this process and in a worker. It holds the observation and what follows from it, and nothing of the game
behind it. The moment is replaced after each action that the skill yields.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from agents.policy.belongings import Belongings
from agents.policy.explorer import Motives
from agents.policy.ground import Ground
from agents.policy.journey import Journey
from agents.policy.paths import Point, step_bits, way_to
from agents.policy.scene import Scene
from agents.policy.temper import Temper

Actions: TypeAlias = Generator[int, None, None]
"""What a skill is: a generator of actions. It returns when it is done, and raises `GiveUp` when it cannot be."""
TRAP_PRICE, ENEMY_PRICE, WET_PRICE = 40, 12, 4
"""Steps that a way around a seen trap, an enemy, and water that partners cannot cross may cost."""


class GiveUp(Exception):
    """A skill's goal cannot be reached now; the message says why."""


class Moment:
    """One sight of a game, with what follows from it worked out when it is first asked for."""

    def __init__(self, scene: Scene, mask: NDArray[np.int8], journey: Journey, temper: Temper) -> None:
        """`mask` (actions,) int8, 1 is legal; `journey` has taken in `scene` already."""
        self.scene = scene
        self.mask = mask
        self.journey = journey
        self.temper = temper

    @cached_property
    def motives(self) -> Motives:
        """The explorer's judgement of this moment."""
        return Motives(self.scene, self.mask, self.journey, self.temper)

    @cached_property
    def prices(self) -> dict[Point, int]:
        """What it costs beside the step to step on a tile."""
        scene = self.scene
        wet = [] if scene.liquid is None else [(int(x), int(y)) for y, x in zip(*np.nonzero(scene.liquid), strict=True)]
        return {
            **dict.fromkeys(wet, WET_PRICE),
            **dict.fromkeys(scene.enemies, ENEMY_PRICE),
            **dict.fromkeys(scene.traps, TRAP_PRICE),
        }

    @cached_property
    def bits(self) -> NDArray[np.uint8]:
        """(32, 56) uint8: the steps that are possible on the known floor, corners of walls minded."""
        return step_bits(self.scene.walkable, self.scene.hollow)


class View:
    """The present moment of one game; whoever plays it calls `look` before each action."""

    def __init__(self, temper: Temper | None = None) -> None:
        self._temper = temper or Temper()
        self._journey = Journey()
        self.moment: Moment

    def look(self, scene: Scene, mask: NDArray[np.int8]) -> None:
        """Take in what is seen now; `mask` (actions,) int8, 1 is legal."""
        self._journey = self._journey.followed(scene)
        self.moment = Moment(scene, mask, self._journey, self._temper)

    def acted(self, action: int) -> None:
        """This action is being carried out."""
        self._journey.last_action = action


Callee: TypeAlias = Callable[[View, Mapping[str, object]], Actions]
"""A skill that another one may use: given the view and the parameters, it plays."""


class Sight:
    """The first argument of every skill."""

    def __init__(self, view: View, callees: Mapping[str, Callee]) -> None:
        self._view = view
        self._callees = callees

    @property
    def scene(self) -> Scene:
        """What the player sees now."""
        return self._view.moment.scene

    @property
    def ground(self) -> Ground:
        """The floor around the leader: foes at hand, who comes, ways, lines to throw along."""
        return self.motives.ground

    @property
    def motives(self) -> Motives:
        """The explorer's proposals, by motive: `fight`, `explore`, `retreat` and the like."""
        return self._view.moment.motives

    @property
    def bag(self) -> Belongings:
        """The explorer's proposals that need an item, and actions with items of one's choice."""
        return self.motives.bag

    @property
    def journey(self) -> Journey:
        """What the player remembers of this floor."""
        return self._view.moment.journey

    @property
    def temper(self) -> Temper:
        """How careful, how patient, how thrifty."""
        return self._view.moment.temper

    def legal(self, action: int) -> bool:
        """Whether the game would carry out this action now."""
        return bool(self._view.moment.mask[action])

    def first(self, proposals: Iterable[int]) -> int | None:
        """The first of these actions that is legal and did not just turn out to change nothing, if there is one."""
        useless = self.journey.useless
        return next((action for action in proposals if self.legal(action) and action not in useless), None)

    def best(self, proposals: Iterable[int], otherwise: str) -> int:
        """The same, or GiveUp with the words `otherwise`."""
        action = self.first(proposals)
        if action is None:
            raise GiveUp(otherwise)
        return action

    def way_to(self, goal: Point) -> list[int]:
        """Directions of the cheapest known walk to a tile, around seen traps and enemies where that is possible."""
        moment = self._view.moment
        return way_to(self.scene.leader, goal, moment.bits, moment.prices)

    def towards(self, goal: Point) -> Iterable[int]:
        """Actions that bring the leader nearer to a tile: a step, or a blow at the enemy who stands there."""
        way = self.way_to(goal)
        return self.motives.advance(way[0]) if way else ()

    def call(self, skill: str, **parameters: Any) -> Actions:
        """Another skill, for `yield from`; it must be named under `requires` in the manifest."""
        if skill not in self._callees:
            raise LookupError(f"skill {skill} is not required by the manifest; it may call {', '.join(self._callees)}")
        return self._callees[skill](self._view, parameters)
