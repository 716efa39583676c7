"""Makes examples: games are played, and for each moment the explorer says what it would do.

Who plays is free: the explorer itself, now and then a random step so that mistakes are seen too, or a student that is
to learn from its own mistakes (DAgger). Seeds of evaluations are never played.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from agents.policy.explorer import MOTIVES, Explorer
from agents.policy.prompt import RECENT, small_text
from agents.suites import HELD_OUT
from agents.training.samples import SAMPLE, sample_of
from pmd_gym.config import CurriculumEntry, NeighbourFile
from pmd_gym.errors import ConfigError
from pmd_gym.vector_env import PMDRedVectorEnv

Student: TypeAlias = "Callable[[NDArray[np.void]], NDArray[np.int64]]"
"""Records without answers (n,) -> the actions it takes, (n,)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play. `mixture`: scenario files with weights; `noise`: share of random steps, `student_share`: share of
    games that the student plays."""

    mixture: tuple[CurriculumEntry, ...]
    seed: int
    num_envs: int = 64
    noise: float = 0.05
    student_share: float = 0.0
    max_steps: int = 3000

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= HELD_OUT - self.num_envs:
            raise ConfigError(f"seed must be 0..{HELD_OUT - self.num_envs}: larger ones are kept for evaluations")


class Collector:
    """Plays and records; use once."""

    def __init__(self, plan: Plan, student: Student | None = None) -> None:
        self._plan = plan
        self._student = student
        self._random = np.random.default_rng(plan.seed)
        self._env = PMDRedVectorEnv(plan.num_envs, curriculum=plan.mixture, observation="map", max_steps=plan.max_steps)
        self._explorer = Explorer()
        self._recent: list[list[int]] = [[] for _ in range(plan.num_envs)]
        self._student_plays = np.arange(plan.num_envs) < round(plan.student_share * plan.num_envs)
        self._all = np.arange(plan.num_envs)

    def records(self) -> Iterator[NDArray[np.void]]:
        """Batches (num_envs,) of `SAMPLE`, without end; games that have just ended are left out."""
        observations, _ = self._env.reset(seed=self._plan.seed)
        self._begin(self._all)
        ended = np.zeros(self._plan.num_envs, bool)
        while True:
            masks = self._env.action_masks()
            labels = asyncio.run(self._explorer.act(self._all, observations, masks))
            batch = self._examples(labels, masks)
            yield batch[~ended]
            actions = self._choose(batch, labels, masks)
            self._explorer.played(self._all, actions)
            for recent, action in zip(self._recent, actions.tolist(), strict=True):
                recent[:] = [*recent[1 - RECENT :], action]
            observations, _, terminated, truncated, _ = self._env.step(actions)
            self._begin(self._all[ended])  # the step above was their restart
            ended = terminated | truncated

    def close(self) -> None:
        """Close the games."""
        self._env.close()

    def _begin(self, env_ids: NDArray[np.int64]) -> None:
        self._explorer.reset(env_ids, np.zeros(len(env_ids), np.uint32))
        for env_id in env_ids.tolist():
            self._recent[env_id] = []

    def _examples(self, labels: NDArray[np.int64], masks: NDArray[np.int8]) -> NDArray[np.void]:
        batch = np.zeros(self._plan.num_envs, SAMPLE)
        for env_id, moment in enumerate(self._env.moments(self._all, pixels=False)):
            chart, route = moment.chart()
            if chart is not None:
                text = small_text(moment, self._recent[env_id], "").rstrip()
                batch[env_id] = sample_of(chart, route, moment.steps, text)
            recent = self._recent[env_id]
            batch["recent"][env_id] = [-1] * (RECENT - len(recent)) + recent
            batch["motive"][env_id] = MOTIVES.index(self._explorer.motive(env_id))
        batch["action"], batch["mask"] = labels, masks
        batch["seed"] = self._plan.seed
        return batch

    def _choose(self, batch: NDArray[np.void], labels: NDArray[np.int64], masks: NDArray[np.int8]) -> NDArray[np.int64]:
        actions = labels.copy()
        if self._student is not None and self._student_plays.any():
            actions[self._student_plays] = self._student(batch[self._student_plays])
        stray = self._random.random(len(actions)) < self._plan.noise
        for env_id in np.flatnonzero(stray).tolist():
            actions[env_id] = self._random.choice(np.flatnonzero(masks[env_id]))
        return actions


def mixture(weights: Sequence[tuple[Any, float]]) -> tuple[CurriculumEntry, ...]:
    """Entries from pairs of a scenario file and its weight."""
    return tuple(CurriculumEntry(NeighbourFile(path), weight) for path, weight in weights)
