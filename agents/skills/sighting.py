"""One observation of one game, as a scene for skills here and as text for workers; each made once, if at all."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.policy.scene import Scene, scenes_of
from agents.skills.wire import packed


class Sighting:
    """A row of the observation `map` with the row of the action mask that belongs to it."""

    def __init__(self, planes: NDArray[np.uint8], status: NDArray[np.float32], mask: NDArray[np.int8]) -> None:
        """`planes` (23, 32, 56) uint8, `status` (128,) float32, `mask` (63,) int8; none of them is changed."""
        self._planes = planes
        self._status = status
        self.mask = mask

    @classmethod
    def rows(cls, observations: Any, masks: NDArray[np.int8]) -> list[Sighting]:
        """One for each row of a batch."""
        return [cls(*row) for row in zip(observations["planes"], observations["status"], masks, strict=True)]

    @cached_property
    def scene(self) -> Scene:
        """The scene in the words of `agents.policy`."""
        return next(scenes_of({"planes": self._planes[None], "status": self._status[None]}))

    @cached_property
    def packed(self) -> str:
        """All of it as text."""
        return packed(self._planes, self._status, self.mask)
