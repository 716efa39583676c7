"""What the explorer sees of one game, in its own words: planes of the known floor, who stands where, how they fare.

The only file of the explorer that knows the environment's observation format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import mul

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations
from agents.policy.paths import Point, points_of
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.observations import PLANE_INDEX, STATUS, STATUS_INDEX

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
    partners: tuple[tuple[Point, float], ...] = ()
    """Place and health of each partner."""
    types: Mapping[Point, tuple[int, int]] = field(default_factory=dict)
    """Types of the monsters in view."""
    move_types: tuple[int, ...] = ()
    move_pp: tuple[int, ...] = ()
    conditions: frozenset[str] = frozenset()
    """What is wrong with the leader, in the words of `CONDITIONS`."""
    spared: frozenset[Point] = frozenset()
    """Of the items: money, and what belongs to a shop."""
    rooms: NDArray[np.bool_] | None = None
    """Tiles of rooms; the other walkable ones are corridors."""
    liquid: NDArray[np.bool_] | None = None
    """Known water, lava and chasm."""

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


_SCALES = np.array([entry.scale for entry in STATUS])
CONDITIONS = (
    ("burn_status", 1, "burn"), ("burn_status", 2, "poison"), ("burn_status", 3, "poison"),
    ("burn_status", 4, "paralysis"), ("cringe_status", 2, "confusion"), ("sight_status", 1, "blindness"),
)  # fmt: skip
"""Entry of the status vector, its value, and the explorer's word for it."""


class _Numbers:
    """The status vector of one game in the game's own units, by name."""

    def __init__(self, status: NDArray[np.float32]) -> None:
        self._values: list[float] = np.round(status * _SCALES, 3).tolist()

    def __getitem__(self, name: str) -> float:
        return self._values[STATUS_INDEX[name]]

    def whole(self, *names: str) -> tuple[int, ...]:
        """The entries as whole numbers."""
        return tuple(round(self[name]) for name in names)

    def moves(self, name: str) -> tuple[float, ...]:
        """One entry of each move slot."""
        return tuple(self[f"move_{slot}_{name}"] for slot in (1, 2, 3, 4))


def _scene(planes: NDArray[np.uint8], status: NDArray[np.float32]) -> Scene:
    def plane(name: str) -> NDArray[np.bool_]:
        shown: NDArray[np.bool_] = planes[PLANE_INDEX[name]] != 0
        return shown

    def points(*names: str) -> tuple[Point, ...]:
        return tuple(point for name in names for point in points_of(plane(name)))

    numbers = _Numbers(status)
    (x, y), partners = numbers.whole("x", "y"), _partners(numbers)
    return Scene(
        known=plane("known"), walkable=plane("walkable"), hollow=plane("ground") | plane("secondary"),
        leader=(x, y), facing=int(planes[PLANE_INDEX["facing"]][y, x]) - 1,
        floor=round(numbers["floor"]), last_floor=numbers["floor"] >= numbers["floors"],
        move_powers=tuple(map(mul, numbers.moves("power"), numbers.moves("known"))),
        bag=numbers.whole(*(f"bag_{slot}_item" for slot in range(1, BAG_SLOTS + 1))),
        hp=round(numbers["hp"]), max_hp=round(numbers["max_hp"]), belly=numbers["belly"],
        turns_left=round(numbers["turns_left"]),
        enemies=points("enemy"), asleep=frozenset(points_of(plane("enemy") & plane("asleep"))),
        partner_health=min((health for _, health in partners), default=1.0),
        items=points("item", "money"), traps=points("trap"), stairs=next(iter(points("stairs")), None),
        partners=partners, types=_types(planes), conditions=_conditions(numbers),
        rooms=plane("room"), liquid=plane("secondary"),
        move_types=tuple(map(round, numbers.moves("type"))), move_pp=tuple(map(round, numbers.moves("pp"))),
        spared=frozenset(points_of(plane("money") | plane("item") & plane("shop"))),
    )  # fmt: skip


def _partners(numbers: _Numbers) -> tuple[tuple[Point, float], ...]:
    x, y = numbers.whole("x", "y")
    found = []
    for slot in (1, 2, 3):
        if numbers[f"partner_{slot}_present"]:
            dx, dy = numbers.whole(f"partner_{slot}_dx", f"partner_{slot}_dy")
            health = numbers[f"partner_{slot}_hp"] / max(1.0, numbers[f"partner_{slot}_max_hp"])
            found.append(((x + dx, y + dy), health))
    return tuple(found)


def _types(planes: NDArray[np.uint8]) -> dict[Point, tuple[int, int]]:
    first, second = planes[PLANE_INDEX["type1"]], planes[PLANE_INDEX["type2"]]
    return {(x, y): (int(first[y, x]), int(second[y, x])) for x, y in points_of(first != 0)}


def _conditions(numbers: _Numbers) -> frozenset[str]:
    return frozenset(word for name, value, word in CONDITIONS if round(numbers[name]) == value)
