"""One use of a core skill in this process; `workers.ForeignRun` is the same for all other skills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from agents.skills.ending import Ending
from agents.skills.loader import Skill
from agents.skills.program import Program, where
from agents.skills.sight import GiveUp, View
from agents.skills.sighting import Sighting
from pmd_gym.errors import SkillError


class Run(Protocol):
    """One use of a skill, wherever it runs. What it yields is not checked here: it may be illegal, or no action."""

    skill: Skill

    def step(self, sighting: Sighting) -> int | Ending:
        """Its next action at this sight of its game, or how it ended."""

    def close(self) -> None:
        """The use is over; idempotent."""


class LocalRun:
    """A generator of this process. It sees its game through the game's own view, which remembers the whole floor."""

    def __init__(self, skill: Skill, program: Program, view: View, arguments: Mapping[str, Any]) -> None:
        """`view` has taken in what there is to see before each `step`. SkillError if the code cannot be loaded."""
        self.skill = skill
        self._actions = program.begin(view, arguments)

    def step(self, sighting: Sighting) -> int | Ending:
        """See `Run`."""
        try:
            action: Any = next(self._actions)
            return int(action) if isinstance(action, np.integer) else action
        except StopIteration:
            return Ending("done")
        except GiveUp as error:
            return Ending("gave_up", str(error))
        except Exception as error:  # a skill's mistake must not end the games of others
            return Ending("failed", where(error, self.skill.source.file))

    def close(self) -> None:
        """See `Run`."""
        self._actions.close()


class LocalRuns:
    """Begins uses of core skills; keeps each version compiled as long as it is in use."""

    def __init__(self) -> None:
        self._programs: dict[str, tuple[str, Program]] = {}

    def begin(self, skill: Skill, view: View, arguments: Mapping[str, Any]) -> LocalRun:
        """One use in the game of `view`, with checked arguments; SkillError if it cannot begin."""
        if not skill.is_trusted:
            raise SkillError(f"{skill} did not come with this project, nor did all that it requires: it needs a worker")
        digest, program = self._programs.get(skill.name, ("", None))
        if program is None or digest != skill.digest:
            program = Program(skill.parts())
            self._programs[skill.name] = skill.digest, program
        return LocalRun(skill, program, view, arguments)
