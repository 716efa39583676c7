"""The floor around the leader as the explorer judges it: ways, foes at hand, who comes, lines to throw along."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from agents.policy.journey import Journey
from agents.policy.paths import (
    DIRECTIONS,
    Point,
    Walks,
    chebyshev,
    direction_between,
    points_of,
    step_bits,
    walks_from,
)
from agents.policy.scene import Scene
from agents.policy.temper import Temper

NEAR = 3


class Ground:
    """One scene with what follows from it; everything is worked out when it is first asked for."""

    def __init__(self, scene: Scene, journey: Journey, temper: Temper) -> None:
        self.scene = scene
        self._journey = journey
        self._temper = temper

    @cached_property
    def walks(self) -> Walks:
        """Ways that keep clear of enemies and traps, and dry feet: partners cannot follow through lava."""
        return self._walks((*self.scene.enemies, *self.scene.traps), dry=True)

    @cached_property
    def wet_walks(self) -> Walks:
        """Ways that keep clear of enemies and traps alone."""
        return self._walks((*self.scene.enemies, *self.scene.traps))

    @cached_property
    def bold_walks(self) -> Walks:
        """Ways that do not care what stands on them, for what cannot be reached otherwise."""
        return self._walks(())

    @cached_property
    def foes(self) -> list[Point]:
        """Awake enemies that the leader can strike from here, the one in front first."""
        scene = self.scene
        awake = [enemy for enemy in scene.enemies if enemy not in scene.asleep]
        near = [enemy for enemy in awake if chebyshev(scene.leader, enemy) == 1 and self.can_strike(enemy)]
        return sorted(near, key=lambda enemy: direction_between(scene.leader, enemy) != scene.facing)

    @cached_property
    def awake(self) -> list[Point]:
        """Enemies that can walk here and look as if they would."""
        still, asleep = self._journey.still, self.scene.asleep
        up = [enemy for enemy in self.scene.enemies if enemy not in asleep]
        return [enemy for enemy in up
                if self.bold_walks.distance(enemy) > 0 and still.get(enemy, 0) < self._temper.idle_after]  # fmt: skip

    @cached_property
    def comers(self) -> list[Point]:
        """Awake enemies a few steps away, those at hand included."""
        return [enemy for enemy in self.awake if self.bold_walks.distance(enemy) <= NEAR]

    @property
    def is_hard_pressed(self) -> bool:
        """A fight is on, and somebody of the team is hurt or enemies come from more than one side."""
        hurt = self.scene.weakest < self._temper.press_below
        return bool(self.foes) and (hurt or len(self.foes) > 1)

    @property
    def can_spare_time(self) -> bool:
        """Enough turns before the wind, and enough belly, for something that is not on the way."""
        return self.scene.turns_left > self._temper.spare_turns and self.scene.belly > self._temper.spare_belly

    def can_strike(self, enemy: Point) -> bool:
        """Blows do not go around wall corners, but over water they do."""
        (x, y), (ex, ey) = self.scene.leader, enemy
        return bool(self.scene.hollow[y, ex] and self.scene.hollow[ey, x])

    def line_to(self, target: Point, reach: int) -> int:
        """Direction of a free straight line from the leader to `target`, at most `reach` tiles; -1 if there is none."""
        (x, y), distance = self.scene.leader, chebyshev(self.scene.leader, target)
        dx, dy = target[0] - x, target[1] - y
        if not 0 < distance <= reach or (dx and dy and abs(dx) != abs(dy)):
            return -1
        direction = DIRECTIONS.index((dx // distance, dy // distance))
        return direction if all(map(self._is_free, self._between(direction, distance))) else -1

    def bearing(self, target: Point, reach: int) -> int:
        """Direction in whose quarter `target` lies, at most `reach` tiles away; -1 if it lies farther."""
        (x, y), distance = self.scene.leader, chebyshev(self.scene.leader, target)
        if not 0 < distance <= reach:
            return -1
        return DIRECTIONS.index((int((target[0] - x) / distance), int((target[1] - y) / distance)))

    def corridors(self) -> list[Point]:
        """Known corridor tiles that a few steps reach."""
        if self.scene.rooms is None:
            return []
        tiles = points_of(self.scene.walkable & ~self.scene.rooms)
        return [tile for tile in tiles if 0 <= self.walks.distance(tile) <= self._temper.retreat_steps]

    def _between(self, direction: int, distance: int) -> Iterator[Point]:
        (x, y), (dx, dy) = self.scene.leader, DIRECTIONS[direction]
        return ((x + step * dx, y + step * dy) for step in range(1, distance))

    def _is_free(self, tile: Point) -> bool:
        taken = tile in self.scene.enemies or any(tile == place for place, _ in self.scene.partners)
        return bool(self.scene.hollow[tile[1], tile[0]]) and not taken

    def _walks(self, around: tuple[Point, ...], *, dry: bool = False) -> Walks:
        walkable = self.scene.walkable.copy()
        if dry and self.scene.liquid is not None:
            walkable &= ~self.scene.liquid
        for x, y in around:
            walkable[y, x] = False
        return walks_from(self.scene.leader, step_bits(walkable, self.scene.hollow))
