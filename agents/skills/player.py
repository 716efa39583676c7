"""Skills at play: which one runs in which game, what it may do there, when it is stopped, and what came of it.

What a skill yields is checked here, whoever wrote it: an action that is no action, not legal now, or without
permission costs the skill its turn. A skill that fails three times running is not used again until it changes.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Observations
from agents.skills.ending import Ending
from agents.skills.interface import Offer
from agents.skills.loader import Library, Skill
from agents.skills.local_run import LocalRuns, Run
from agents.skills.occasions import applies
from agents.skills.permissions import complaint
from agents.skills.sight import Moment, View
from agents.skills.sighting import Sighting
from agents.skills.statistics import Statistics
from agents.skills.workers import Workers
from agents.telemetry.interface import Episode, Slot
from pmd_gym.errors import SkillError

MAX_FAILURES = 3
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Game:
    """What is kept of one game."""

    view: View = field(default_factory=View)
    sighting: Sighting | None = None
    run: Run | None = None
    steps: int = 0
    """Actions of the present run."""
    last: str = ""
    """How the latest run ended."""
    credit: str = ""
    """The skill that took the step whose reward is still to come."""
    reward: float = 0.0
    """Sum of the episode's rewards that have been credited."""


class SkillPlayer:
    """Implements `interface.Skills`, and watches a run (`Watcher`) for the rewards."""

    def __init__(
        self, library: Callable[[], Library], workers: Workers | None = None, statistics: Statistics | None = None
    ) -> None:
        """`library` gives the skills there are now; without `workers` only those of this project can be used."""
        self._library = library
        self._workers = workers
        self._local = LocalRuns()
        self._games: dict[int, _Game] = {}
        self._failures: Counter[str] = Counter()
        self.statistics = statistics or Statistics()

    def reset(self, env_ids: NDArray[np.int64]) -> None:
        """See `Skills.reset`."""
        for env_id in env_ids.tolist():
            self._stop(env_id, Ending("stopped", "a new episode began"))
            self._games[env_id] = _Game()

    def look(self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]) -> None:
        """See `Skills.look`."""
        for env_id, sighting in zip(env_ids.tolist(), Sighting.rows(observations, action_mask), strict=True):
            game = self._game(env_id)
            game.sighting = sighting
            game.view.look(sighting.scene, sighting.mask)

    def action(self, env_id: int) -> int | None:
        """See `Skills.action`."""
        game = self._game(env_id)
        if game.run is None or game.sighting is None:
            return None
        answer = self._answer(game.run, game.sighting, game.steps)
        if isinstance(answer, Ending):
            self._stop(env_id, answer)
            return None
        game.steps += 1
        game.credit = game.run.skill.name
        game.view.acted(answer)
        self.statistics.stepped(game.credit)
        return answer

    def begin(self, env_id: int, name: str, arguments: Mapping[str, object] | None = None) -> None:
        """See `Skills.begin`."""
        game, skill = self._game(env_id), self._usable(name)
        values = skill.manifest.arguments(arguments or {})
        self._stop(env_id, Ending("stopped", f"{name} was begun"))
        try:
            game.run = self._begun(skill, game.view, values)
        except SkillError as error:
            self._note(skill, Ending("failed", str(error)))
            raise
        game.steps = 0

    def acted(self, env_id: int, action: int) -> None:
        """See `Skills.acted`."""
        self._game(env_id).view.acted(action)

    def running(self, env_id: int) -> str:
        """Name of the skill that runs in this game; empty if none does."""
        run = self._game(env_id).run
        return "" if run is None else run.skill.name

    def moment(self, env_id: int) -> Moment:
        """What this game showed last, with what follows from it."""
        return self._game(env_id).view.moment

    def offers(self, env_id: int) -> list[Offer]:
        """See `Skills.offers`."""
        game = self._game(env_id)
        if game.sighting is None:
            return []
        return [
            Offer(name, skill.manifest.description, self.statistics[name].brief())
            for name, skill in self._library().skills.items()
            if self._is_offered(skill) and applies(skill.manifest.applies_when, game.view.moment)
        ]

    def last_ending(self, env_id: int) -> str:
        """See `Skills.last_ending`."""
        return self._game(env_id).last

    def close(self) -> None:
        """Stop what runs, and the workers; idempotent."""
        for env_id in list(self._games):
            self._stop(env_id, Ending("stopped", "the run ended"))
        if self._workers is not None:
            self._workers.close()

    def began(self, slot: Slot) -> None:
        """See `Watcher.began`."""

    def stepped(self, slots: Sequence[Slot]) -> None:
        """See `Watcher.stepped`: what a skill's action earned is known now."""
        for slot in slots:
            game = self._games.get(slot.env_id)
            if game is not None:
                if game.credit:
                    self.statistics.earned(game.credit, slot.reward - game.reward)
                game.credit, game.reward = "", slot.reward

    def descended(self, slot: Slot) -> None:
        """See `Watcher.descended`."""

    def ended(self, slot: Slot, episode: Episode) -> None:
        """See `Watcher.ended`: a skill under way has reached its goal if the dungeon is cleared."""
        cleared = episode.outcome == "cleared"
        over = Ending("stopped", f"the episode ended: {episode.outcome}")
        self._stop(slot.env_id, Ending("done") if cleared else over)

    @staticmethod
    def _answer(run: Run, sighting: Sighting, steps: int) -> int | Ending:
        """What the run does next, if it may."""
        manifest = run.skill.manifest
        answer = run.step(sighting)
        if isinstance(answer, Ending):
            return answer
        if steps >= manifest.max_steps:
            return Ending("stopped", f"not done after {manifest.max_steps} actions")
        problem = complaint(answer, sighting.mask, manifest.permissions)
        return Ending("failed", f"{run.skill.source.file}: {problem}") if problem else answer

    def _game(self, env_id: int) -> _Game:
        return self._games.setdefault(env_id, _Game())

    def _usable(self, name: str) -> Skill:
        skills = self._library().skills
        if name not in skills:
            raise SkillError(f"there is no skill {name!r}; skills are {', '.join(skills)}")
        if self._failures[skills[name].digest] >= MAX_FAILURES:
            raise SkillError(f"{skills[name]} failed {MAX_FAILURES} times running; change it to have it used again")
        return skills[name]

    def _is_offered(self, skill: Skill) -> bool:
        """It needs no argument, can run, and has not failed again and again."""
        complete = all(parameter.default is not None for parameter in skill.manifest.parameters.values())
        can_run = skill.is_trusted or self._workers is not None
        return complete and can_run and self._failures[skill.digest] < MAX_FAILURES

    def _begun(self, skill: Skill, view: View, values: Mapping[str, Any]) -> Run:
        if skill.is_trusted:
            return self._local.begin(skill, view, values)
        if self._workers is None:
            raise SkillError(f"{skill} did not come with this project, and workers are off; turn them on to use it")
        self._workers.retire(self._library())
        return self._workers.begin(skill, values)

    def _stop(self, env_id: int, ending: Ending) -> None:
        """The run of this game, if there is one, is over."""
        game = self._games.get(env_id)
        if game is None or game.run is None:
            return
        run, game.run = game.run, None
        run.close()
        game.last = f"{run.skill.name}: {ending.kind.replace('_', ' ')}" + (f" ({ending.why})" if ending.why else "")
        self._note(run.skill, ending)

    def _note(self, skill: Skill, ending: Ending) -> None:
        self.statistics.ended(skill.name, ending)
        if ending.kind == "failed":
            self._failures[skill.digest] += 1
            _LOG.warning("skill %s lost its turn: %s", skill, ending.why)
        elif ending.kind == "done":
            self._failures[skill.digest] = 0
