"""Whether a game goes round in circles: the one place that decides it, for routers, loops and skills.

A step is no progress when nothing new comes of being there:
- the same state (see `Sight.state`) for the third time within `WINDOW` steps: a loop passes again and again, while
  walking back out of a dead end passes only twice; or
- the same place for the third time, and the memory holds at least `ALIKE` moments of this episode that are nearly this
  one: a loop whose states differ in what does not matter.

A game is stuck when at least `ENOUGH` of its last `LAST` steps were no progress. Knows nothing of games or memories.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

WINDOW, VISITS, ALIKE = 64, 3, 2
LAST, ENOUGH = 8, 6


@dataclass(frozen=True, slots=True)
class Sight:
    """One step. `state` is a value that is equal when nothing that matters has changed: place, facing, known tiles,
    HP, bag, PP, enemies in view; not the clock and not the belly. `alike` counts own memories nearly equal to it."""

    state: Hashable
    place: Hashable
    alike: int = 0


@dataclass(slots=True)
class Stuckness:
    """One game's steps in a row; a new one for each episode."""

    _sights: deque[Sight] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _states: Counter[Hashable] = field(default_factory=Counter)
    _places: Counter[Hashable] = field(default_factory=Counter)
    _vain: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST))
    steps: int = 0
    """Steps in a row for which the game has been stuck."""

    def saw(self, sight: Sight) -> bool:
        """Take in the next step; True if the game is stuck."""
        if len(self._sights) == WINDOW:
            old = self._sights[0]
            self._states[old.state] -= 1
            self._places[old.place] -= 1
        self._sights.append(sight)
        self._states[sight.state] += 1
        self._places[sight.place] += 1
        self._states, self._places = +self._states, +self._places
        again = self._states[sight.state] >= VISITS
        self._vain.append(again or (self._places[sight.place] >= VISITS and sight.alike >= ALIKE))
        self.steps = self.steps + 1 if sum(self._vain) >= ENOUGH else 0
        return self.steps > 0
