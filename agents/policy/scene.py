"""What the explorer sees of one game, in its own words: planes of the known floor, who stands where, how they fare.

The only file of the explorer that knows the environment's observation format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations
from agents.policy.paths import Point, points_of
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.observations import PLANE_INDEX, status_value

BAG_SLOTS = sum(ACTIONS.kind(action) == CommandKind.USE_ITEM for action in range(len(ACTIONS)))


@dataclass(frozen=True, slots=True)
class Scene:
    """One game as its player sees it. Planes are (32, 56) bool, row y, column x."""

    known: NDArray[np.bool_]
    """Tiles seen so far on this floor."""
    walkable: NDArray[np.bool_]
    """Known tiles that the leader can stand on, whoever stands there now."""
    hollow: NDArray[np.bool_]
    """Known tiles that are no wall: floor, water, lava, chasm."""
    leader: Point
    facing: int
    floor: int
    last_floor: bool
    """The stairs of this floor end the dungeon."""
    hp: int
    max_hp: int
    move_powers: tuple[float, ...]
    """Power of each move slot, 0 for an empty one and for moves that do no damage by power."""
    bag: tuple[int, ...]
    """Item id in each bag slot, 0 for an empty one."""
    belly: float
    """0..200, in the units on the screen."""
    turns_left: int
    enemies: tuple[Point, ...]
    asleep: frozenset[Point]
    """Those of the enemies that sleep."""
    partner_health: float
    """HP of the weakest partner as a share of its maximum, 1.0 without partners."""
    items: tuple[Point, ...]
    """Items and money."""
    traps: tuple[Point, ...]
    stairs: Point | None

    @property
    def weakest(self) -> float:
        """The smaller of the leader's and the weakest partner's health."""
        return min(self.health, self.partner_health)

    @property
    def health(self) -> float:
        """HP of the leader as a share of the maximum."""
        return self.hp / max(1, self.max_hp)


def scenes_of(observations: Observations) -> Iterator[Scene]:
    """Scenes of a batch of fair `map` observations, one for each row."""
    for planes, status in zip(observations["planes"], observations["status"], strict=True):
        yield _scene(planes, status)


def _scene(planes: NDArray[np.uint8], status: NDArray[np.float32]) -> Scene:
    def plane(name: str) -> NDArray[np.bool_]:
        shown: NDArray[np.bool_] = planes[PLANE_INDEX[name]] != 0
        return shown

    def points(*names: str) -> tuple[Point, ...]:
        return tuple(point for name in names for point in points_of(plane(name)))

    def number(name: str) -> float:
        return float(status_value(status, name))

    leader = int(number("x")), int(number("y"))
    return Scene(
        known=plane("known"), walkable=plane("walkable"), hollow=plane("ground") | plane("secondary"),
        leader=leader, facing=int(planes[PLANE_INDEX["facing"]][leader[1], leader[0]]) - 1,
        floor=int(number("floor")), last_floor=number("floor") >= number("floors"),
        move_powers=tuple(number(f"move_{slot}_power") * number(f"move_{slot}_known") for slot in (1, 2, 3, 4)),
        bag=tuple(int(number(f"bag_{slot}_item")) for slot in range(1, BAG_SLOTS + 1)),
        hp=int(number("hp")), max_hp=int(number("max_hp")), belly=number("belly"), turns_left=int(number("turns_left")),
        enemies=points("enemy"), asleep=frozenset(points_of(plane("enemy") & plane("asleep"))),
        partner_health=min((_health(status, slot) for slot in (1, 2, 3)), default=1.0),
        items=points("item", "money"), traps=points("trap"), stairs=next(iter(points("stairs")), None),
    )  # fmt: skip


def _health(status: NDArray[np.float32], partner: int) -> float:
    """HP of a partner as a share of the maximum, 1.0 if there is none."""
    if not status_value(status, f"partner_{partner}_present"):
        return 1.0
    most = float(status_value(status, f"partner_{partner}_max_hp"))
    return float(status_value(status, f"partner_{partner}_hp")) / max(1.0, most)
