"""The loop: observe, decide, step, record, until every episode of a plan is played.

Which game plays which episode is a matter of who is free; what happens in an episode depends on its seed alone, so the
records come out the same for any `num_envs`. Knows policies and environments by their interfaces, and neither where
records go nor what a person sees: that is told to `Watcher`s.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.policy.interface import Policy, Thinker
from agents.saving import SavedGame
from agents.telemetry.episodes import OUTCOMES, Episode
from agents.telemetry.interface import IDLE, Slot, Watcher
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.episodes import exit_cause
from pmd_gym.errors import EmulatorError
from pmd_gym.vector_env import PMDRedVectorEnv

WAIT = ACTIONS.of(CommandKind.WAIT)


def episode_seed(seed: int, episode: int) -> int:
    """Seed of the game of episode number `episode` in a run with `seed`: uint32, well spread."""
    return int(np.random.SeedSequence([seed, episode]).generate_state(1)[0])


class Runner:
    """Plays episodes on a vector environment of Gymnasium's NEXT_STEP mode; use once.

    Every end is followed by a reset of our own with the next episode's seed. When none is left, a game that is done
    idles along: it is told to wait, restarts by itself, and nothing of it is recorded.
    """

    def __init__(
        self, env: PMDRedVectorEnv, policy: Policy, *, seed: int, episodes: Iterable[int],
        watchers: Sequence[Watcher] = (), seed_of: Callable[[int], int] | None = None,
        between: Callable[[], str] = lambda: "", restored: Iterable[SavedGame] = (),
    ) -> None:  # fmt: skip
        """`episodes` are the numbers to play, in order; `seed` is the run's. `between` is called before every step
        and gives the reason why the run must end now, if there is one. `restored` episodes go on where they stood.

        `seed_of` gives the seed of an episode by its number, where another rule than `episode_seed` is wanted.
        """
        self._env = env
        self._policy = policy
        self._seed_of = seed_of or partial(episode_seed, seed)
        self._restored = deque(restored)
        known = {saved.slot.episode for saved in self._restored}
        self._pending: Iterator[int] = (number for number in episodes if number not in known)
        self._watchers = watchers
        self._between = between
        self.ended_by = ""
        """What `between` said; empty where it ended nothing."""
        self._stopping = False
        self._observations: Any = None
        self.slots = [Slot(env_id) for env_id in range(env.num_envs)]
        self.steps = 0
        self._first_steps = 0
        self._clock_s = 0.0

    @property
    def steps_per_second(self) -> float:
        """Pace of the loop since its first step, in which everything is compiled; 0.0 before a second one."""
        seconds = time.perf_counter() - self._clock_s
        return (self.steps - self._first_steps) / seconds if self.steps > self._first_steps else 0.0

    def stop(self) -> None:
        """Leave the loop after the step under way; unfinished episodes leave no record. Safe in a signal handler."""
        self._stopping = True

    async def run(self) -> list[Episode]:
        """Play until no episode is left or `stop` is called; returns the finished ones in order of their end.

        Errors of the environment and the policy pass through; finished episodes have been told to the watchers by then.
        """
        finished: list[Episode] = []
        self._begin()
        while (playing := self._playing()).size and not self._must_end():
            actions = np.full(len(self.slots), WAIT, np.int64)
            actions[playing] = await self._policy.act(playing, self._rows(playing), self._env.action_masks()[playing])
            if isinstance(self._policy, Thinker):
                for env_id, thought in self._policy.thoughts().items():
                    self.slots[env_id].thought = thought
            finished += self._step(playing, actions)
            self._begin()
        return finished

    def _must_end(self) -> bool:
        self.ended_by = self._between()
        return self._stopping or bool(self.ended_by)

    def _playing(self) -> NDArray[np.int64]:
        return np.array([slot.env_id for slot in self.slots if slot.episode != IDLE], np.int64)

    def _rows(self, env_ids: NDArray[np.int64]) -> Any:
        return self._observations if len(env_ids) == len(self.slots) else rows_of(self._observations, env_ids)

    def _begin(self) -> None:
        """Give every idle game the next episode, if there is one."""
        begun, restored = [], {}
        for env_id in (slot.env_id for slot in self.slots if slot.episode == IDLE):
            if self._restored:
                restored[env_id] = self._restored.popleft()
            slot = self._next(env_id, restored.get(env_id))
            if slot is not None:
                self.slots[env_id] = slot
                begun.append(slot)
        if begun:
            self._reset(begun, restored)

    def _next(self, env_id: int, saved: SavedGame | None) -> Slot | None:
        """The slot of a game that begins, or goes on where it was saved; None if nothing is left to play."""
        if saved is not None:
            return replace(saved.slot, env_id=env_id, actions=list(saved.slot.actions))
        number = next(self._pending, None)
        return None if number is None else Slot(env_id, number, self._seed_of(number))

    def under_way(self) -> list[SavedGame]:
        """The unfinished episodes as they stand; to be asked between two steps.

        A game whose emulator does not answer is left out: the next step sees to it, and a save must not end the run.
        """
        saved = []
        for slot in (slot for slot in self.slots if slot.episode != IDLE):
            with suppress(EmulatorError):
                saved.append(SavedGame.of(slot, self._env.save(slot.env_id), self._policy.save(slot.env_id)))
        return [*saved, *self._restored]

    def _reset(self, begun: list[Slot], restored: Mapping[int, SavedGame]) -> None:
        env_ids = np.array([slot.env_id for slot in begun], np.int64)
        seeds: list[int | None] = [None] * len(self.slots)
        for slot in begun:
            seeds[slot.env_id] = slot.seed
        mask = np.full(len(self.slots), self._observations is None)  # the first time everybody, the idle ones too
        mask[env_ids] = True
        self._observations, info = self._env.reset(seed=seeds, options={"reset_mask": mask})
        self._policy.reset(env_ids, np.array([slot.seed for slot in begun], np.uint32))
        for env_id, saved in restored.items():
            self._observations, info = self._env.load(env_id, saved.state())
            self._policy.load(env_id, saved.memory)
        for slot in begun:
            if slot.env_id not in restored:
                slot.floor, slot.hp = int(info["floor"][slot.env_id]), int(info["hp"][slot.env_id])
                slot.clock = clock_of(info, slot.env_id)
            for watcher in self._watchers:
                watcher.began(slot)

    def _step(self, playing: NDArray[np.int64], actions: NDArray[np.int64]) -> list[Episode]:
        self._observations, rewards, terminated, truncated, info = self._env.step(actions)
        self.steps += len(playing)
        if not self._first_steps:
            self._first_steps, self._clock_s = self.steps, time.perf_counter()
        for env_id in playing.tolist():
            self._follow(self.slots[env_id], int(actions[env_id]), float(rewards[env_id]), info)
        for watcher in self._watchers:
            watcher.stepped(self.slots)
        over = np.flatnonzero(terminated | truncated).tolist()
        return [self._end(self.slots[env_id], info) for env_id in playing.tolist() if env_id in over]

    def _follow(self, slot: Slot, action: int, reward: float, info: dict[str, Any]) -> None:
        slot.actions.append(action)
        slot.reward += reward
        slot.hp = int(info["hp"][slot.env_id])
        before, slot.clock = slot.clock, clock_of(info, slot.env_id)
        if slot.clock[:2] == before[:2]:
            slot.turns += max(0, before[2] - slot.clock[2])
            return
        slot.turns += 1
        gained = 1 if slot.clock[0] != before[0] else slot.clock[1] - before[1]
        slot.floor += max(0, gained)
        for watcher in self._watchers if gained > 0 else ():
            watcher.descended(slot)

    def _end(self, slot: Slot, info: dict[str, Any]) -> Episode:
        reason = str(info["reason"][slot.env_id])
        outcome = reason if reason in OUTCOMES else "truncated"
        episode = Episode(
            slot.episode, slot.seed, outcome, slot.floor, len(slot.actions), slot.hp, round(slot.reward, 6),
            "" if outcome == reason else reason, tuple(slot.actions), cause_of(info, slot.env_id), slot.turns,
        )  # fmt: skip
        self.slots[slot.env_id] = Slot(slot.env_id)
        for watcher in self._watchers:
            watcher.ended(slot, episode)
        return episode


def clock_of(info: Mapping[str, Any], env_id: int) -> tuple[int, int, int]:
    """Dungeon, floor and turns left of a game; 0 for what an environment does not tell."""
    dungeon, floor, left = (int(info[key][env_id]) if key in info else 0 for key in ("dungeon", "floor", "turns_left"))
    return dungeon, floor, left


def cause_of(info: Mapping[str, Any], env_id: int) -> str:
    """Why an episode that is over ended: the game's own reason in words, else what cut it off."""
    reason = str(info["reason"][env_id])
    cause = exit_cause(int(info["exit_reason"][env_id])) if "exit_reason" in info else ""
    return cause or ("Out of steps" if reason == "max_steps" else reason.capitalize())


def rows_of(observations: Any, rows: NDArray[np.int64]) -> Any:
    """The given rows of batched observations: arrays, tuples, and dicts of them."""
    if isinstance(observations, dict):
        return {name: rows_of(value, rows) for name, value in observations.items()}
    if isinstance(observations, tuple):
        return tuple(observations[row] for row in rows.tolist())
    return observations[rows]
