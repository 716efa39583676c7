"""What the explorer remembers of one game on its present floor, and how a new sight of it changes that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from agents.policy.paths import Point
from agents.policy.scene import Scene

FADING = 0.98


@dataclass(slots=True)
class Journey:
    """Memory of one floor of one game; `remember` brings it up to date before each decision."""

    floor: int = 0
    resting: bool = False
    vain_turns: int = 0
    """Turns of the present rest in which nobody regained anything; resting does not help the poisoned or the hungry."""
    waits: int = 0
    """Turns waited in a row for an enemy to come."""
    target: Point | None = None
    """Where exploring was heading; kept so that two equally near places do not pull to and fro."""
    last_action: int = -1
    motive: str = ""
    """Why the last action was chosen: name of a method of `Motives` or `Belongings`."""
    useless: set[int] = field(default_factory=set)
    """Actions that changed nothing since the last change."""
    refused: set[Point] = field(default_factory=set)
    """Items that stayed on their tile although the leader stood there."""
    visits: Counter[Point] = field(default_factory=Counter)
    still: dict[Point, int] = field(default_factory=dict)
    """Turns that an enemy has been seen on the same tile."""
    worst_blow: float = 0.0
    """HP that the hardest turn of late has cost the leader; fades slowly, and goes along to the next floor."""
    _last: Scene | None = None

    def followed(self, scene: Scene) -> Journey:
        """The memory that holds after this sight: the same on the same floor, else a new one."""
        journey = self if self.floor == scene.floor else Journey(floor=scene.floor, worst_blow=self.worst_blow)
        journey.remember(scene)
        return journey

    def remember(self, scene: Scene) -> None:
        """Take in what is seen now on this floor."""
        changed = self._last is None or _signature(scene) != _signature(self._last)
        self.useless = set() if changed else self.useless | {self.last_action}
        if self._last is None or scene.turns_left != self._last.turns_left:
            self.still = {place: self.still.get(place, 0) + 1 for place in scene.enemies}
            self.visits[scene.leader] += 1
            self._count_vain_turn(scene)
            lost = self._last.hp - scene.hp if self._last is not None else 0
            self.worst_blow = max(float(lost), self.worst_blow * FADING)
        if scene.leader in scene.items and not self.useless:
            self.refused.add(scene.leader)
        self._last = scene

    def _count_vain_turn(self, scene: Scene) -> None:
        gained = self._last is not None and scene.weakest > self._last.weakest
        self.vain_turns = 0 if gained or not self.resting else self.vain_turns + 1


def _signature(scene: Scene) -> tuple[object, ...]:
    return scene.leader, scene.facing, scene.turns_left, scene.hp, scene.enemies
