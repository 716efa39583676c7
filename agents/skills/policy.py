"""A scripted player made of skills alone: the bar for models that choose skills, and how each core skill is measured.

It goes by a short book of rules, whose first skill that applies is used until it ends; a skill that gave up is left
alone for a while. Where no skill is of use, it does what the explorer would.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations
from agents.policy.orders import WAIT
from agents.skills.occasions import applies
from agents.skills.player import SkillPlayer
from pmd_gym.errors import SkillError

BOOK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eat", ()), ("heal", ("badly_hurt", "has_healing", "enemy_near")), ("flee", ("badly_hurt",)), ("throw_item", ()),
    ("fight", ()), ("heal", ()), ("pick_up", ()), ("take_stairs", ()), ("escape_loop", ()), ("explore", ()),
)  # fmt: skip
"""Skill, and what must hold beside its own `applies_when`; most urgent first."""
REST = 6
"""Actions for which a skill that gave up is not tried again."""


@dataclass(slots=True)
class _Course:
    steps: int = 0
    resting: dict[str, int] = field(default_factory=dict)
    """Skill -> step from which on it may be tried again."""


class SkilledPolicy:
    """Plays by `book`; implements `agents.policy.interface.Policy`."""

    observation: tuple[str, ...] = ("map",)

    def __init__(self, skills: SkillPlayer, book: tuple[tuple[str, tuple[str, ...]], ...] = BOOK) -> None:
        self._skills = skills
        self._book = book
        self._courses: dict[int, _Course] = {}

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """See `Policy.reset`; nothing is left to chance here, so the seeds are not used."""
        self._skills.reset(env_ids)
        self._courses.update((env_id, _Course()) for env_id in env_ids.tolist())

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """See `Policy.act`."""
        self._skills.look(env_ids, observations, action_mask)
        return np.array([self._decide(env_id) for env_id in env_ids.tolist()], np.int64)

    def _decide(self, env_id: int) -> int:
        course = self._courses.setdefault(env_id, _Course())
        course.steps += 1
        action = self._going_on(env_id, course)
        for name in self._candidates(env_id, course) if action is None else ():
            action = self._tried(env_id, name, course)
            if action is not None:
                return action
        return self._fallback(env_id) if action is None else action

    def _going_on(self, env_id: int, course: _Course) -> int | None:
        name = self._skills.running(env_id)
        action = self._skills.action(env_id) if name else None
        if name and action is None and not self._skills.last_ending(env_id).endswith("done"):
            course.resting[name] = course.steps + REST
        return action

    def _candidates(self, env_id: int, course: _Course) -> list[str]:
        offered = {offer.name for offer in self._skills.offers(env_id)}
        moment = self._skills.moment(env_id)
        return [
            name for name, words in self._book
            if name in offered and course.resting.get(name, 0) <= course.steps and applies(words, moment)
        ]  # fmt: skip

    def _tried(self, env_id: int, name: str, course: _Course) -> int | None:
        try:
            self._skills.begin(env_id, name)
        except SkillError:  # told to the log by the player; the next rule has its turn
            course.resting[name] = course.steps + REST
            return None
        return self._going_on(env_id, course)

    def _fallback(self, env_id: int) -> int:
        moment = self._skills.moment(env_id)
        useless = moment.journey.useless
        proposals = (action for _, action in moment.motives.proposals())
        action = next((action for action in proposals if moment.mask[action] and action not in useless), WAIT)
        self._skills.acted(env_id, action)
        return action
