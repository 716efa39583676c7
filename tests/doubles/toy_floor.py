"""A floor drawn in ASCII that a policy can walk on: no game behind it, only walls, sight and whoever is drawn.

`#` wall, `.` floor, `~` water, `@` leader, `p` partner, `e` enemy, `z` sleeping enemy, `!` item, `^` trap, `>` stairs.
Sight is the square of radius 2 around the leader, or everything with `seen=True`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.policy.paths import DIRECTIONS, Point
from agents.policy.scene import Scene

ACTIONS = 63
SIGHT = 2


class ToyFloor:
    """One leader on a drawn floor; enemies stand still. Actions are those of the real table."""

    def __init__(self, drawing: str, *, seen: bool = False, hp: int = 30, facing: int = 0, partner_health: float = 1.0):
        rows = [line.strip() for line in drawing.strip().splitlines()]
        self.cells = np.full((32, 56), "#")
        for y, row in enumerate(rows):
            self.cells[y, : len(row)] = list(row)
        self.leader = self.find("@")[0]
        self.hp, self.facing, self.partner_health, self.turns = hp, facing, partner_health, 1000
        self.known = np.full((32, 56), seen)
        self.cleared = False
        self._look()

    def find(self, sign: str) -> list[Point]:
        """(x, y) of everything drawn as `sign`."""
        return [(int(x), int(y)) for y, x in zip(*np.nonzero(self.cells == sign), strict=True)]

    def scene(self) -> Scene:
        """What the player sees now."""
        hollow = self.cells != "#"

        def seen(sign: str) -> tuple[Point, ...]:
            return tuple((x, y) for x, y in self.find(sign) if self.known[y, x])

        return Scene(
            known=self.known.copy(), walkable=self.known & hollow & (self.cells != "~"), hollow=self.known & hollow,
            leader=self.leader, facing=self.facing, move_powers=(), bag=(), floor=1, last_floor=False, hp=self.hp,
            max_hp=30, belly=100.0, turns_left=self.turns, enemies=seen("e") + seen("z"), asleep=frozenset(seen("z")),
            partner_health=self.partner_health, items=seen("!"), traps=seen("^"), stairs=next(iter(seen(">")), None),
        )  # fmt: skip

    def mask(self) -> NDArray[np.int8]:
        """(63,) int8: wait, steps onto free floor, attack, turning, and the stairs underfoot."""
        mask = np.zeros(ACTIONS, np.int8)
        mask[[0, 9]] = 1
        for direction in range(8):
            mask[1 + direction] = self._may_step(direction)
            mask[10 + direction] = direction != self.facing
        mask[22] = self.leader in self.find(">")
        return mask

    def step(self, action: int) -> None:
        """Carry out one legal action."""
        assert self.mask()[action], f"illegal action {action}"
        self.turns -= not 10 <= action < 18
        if 1 <= action < 9:
            self.facing = action - 1
            dx, dy = DIRECTIONS[self.facing]
            self.leader = self.leader[0] + dx, self.leader[1] + dy
            self._pick_up()
        elif 10 <= action < 18:
            self.facing = action - 10
        self.cleared = action == 22
        self._look()

    def _may_step(self, direction: int) -> bool:
        (x, y), (dx, dy) = self.leader, DIRECTIONS[direction]
        corners = self.cells[y, x + dx] != "#" and self.cells[y + dy, x] != "#"
        return bool(self.cells[y + dy, x + dx] not in "#~ez" and corners)

    def _pick_up(self) -> None:
        if self.leader in self.find("!"):
            self.cells[self.leader[1], self.leader[0]] = "."

    def _look(self) -> None:
        x, y = self.leader
        self.known[max(0, y - SIGHT) : y + SIGHT + 1, max(0, x - SIGHT) : x + SIGHT + 1] = True
