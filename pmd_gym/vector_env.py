"""`PMDRedVectorEnv`: many games on one backend, stepped together.

The same games as `num_envs` single environments with seeds `seed + i`, and the same order of events as Gymnasium's
`SyncVectorEnv` in all three autoreset modes:

- `NEXT_STEP` (default): the step after the end of an episode ignores its action and begins a new one; reward 0.
- `SAME_STEP`: a new episode begins at once; `info["final_obs"]` and `info["final_info"]` hold the end of the old one.
- `DISABLED`: the caller resets with `reset(options={"reset_mask": mask})`; stepping an ended game is ResetNeeded.

`step` waits for all games. `send` and `recv` do not (the words and their meaning are EnvPool's): `send(actions,
env_ids)` gives some games their actions and returns, `recv(min_envs)` hands out those that are done, one row a game,
with `infos["env_id"]` saying whose; slow games hold nobody back. `async_reset` begins episodes the same way:

    envs.async_reset(seed=1)
    while True:
        observations, rewards, terminated, truncated, infos = envs.recv(min_envs=4)
        envs.send(policy(observations, infos["action_mask"]), infos["env_id"])

A game's own course of events is the same in both forms, in all three modes.

Arguments are those of `pmd_gym.env`. Infos are dicts of arrays (num_envs, ...) with a mask `_key` for each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import Backend
from pmd_gym.backends.opening import Savestates
from pmd_gym.curriculum import CurriculumArgument
from pmd_gym.env import RENDER_MODES, Generators, Seeds, checked_render_mode, print_scenes, render_games
from pmd_gym.episodes import (
    BagArgument,
    Episodes,
    FriendAreasArgument,
    Ids,
    Settings,
    TeamArgument,
    checked_actions,
    checked_games,
)
from pmd_gym.errors import ConfigError
from pmd_gym.in_flight import InFlight
from pmd_gym.moments import moments_of
from pmd_gym.observations import observation_space, unbatch
from pmd_gym.vector_infos import Infos, final_infos, infos_of

if TYPE_CHECKING:
    from pmd_gym.views import Moment

StepResult = tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]
"""Observations, rewards, terminated, truncated, infos."""


class PMDRedVectorEnv(VectorEnv[Any, Any, Any]):
    """`num_envs` games; arguments in the table of `pmd_gym.env`."""

    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": list(RENDER_MODES), "render_fps": 8, "autoreset_mode": AutoresetMode.NEXT_STEP,
    }  # fmt: skip

    def __init__(
        self,
        num_envs: int = 1,
        *,
        emulator: str | Sequence[str] | Backend = "simulator",
        rom: str | PathLike[str] | None = None,
        savestate: Savestates = None,
        allow_unknown_rom: bool = False,
        dungeon: str | int = "Tiny Woods",
        floor: int = 1,
        team: TeamArgument = None,
        bag: BagArgument = (),
        money: int = 0,
        friend_areas: FriendAreasArgument = None,
        curriculum: CurriculumArgument = None,
        observation: str | Iterable[str] = "grid",
        visibility: str = "fair",
        reward: str | Mapping[str, float] = "default",
        reward_terms: bool = False,
        max_steps: int | None = 10_000,
        threads: int | None = None,
        capture: str = "sync",
        render_mode: str | None = None,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
    ) -> None:
        if isinstance(num_envs, bool) or not isinstance(num_envs, int) or num_envs < 1:
            raise ConfigError(f"num_envs must be a whole number of at least 1, got {num_envs!r}")
        settings = Settings(
            emulator=emulator, rom=rom, savestate=savestate, allow_unknown_rom=allow_unknown_rom, dungeon=dungeon,
            floor=floor, team=team, bag=bag, money=money, friend_areas=friend_areas, curriculum=curriculum,
            observation=observation, visibility=visibility, reward=reward, reward_terms=reward_terms,
            max_steps=max_steps, threads=threads, capture=capture,
        )  # fmt: skip
        self.num_envs = num_envs
        self.render_mode = checked_render_mode(render_mode)
        self.autoreset_mode = _mode(autoreset_mode)
        self.metadata = {**type(self).metadata, "autoreset_mode": self.autoreset_mode}
        self.single_action_space = gymnasium.spaces.Discrete(len(ACTIONS))
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.single_observation_space = observation_space(observation)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._episodes = Episodes(settings, num_envs)
        self._generators = Generators(num_envs)
        same_step = self.autoreset_mode == AutoresetMode.SAME_STEP
        self._flight = InFlight(self._episodes, self._generators.draw, same_step)
        self._all = np.arange(num_envs)
        self._ended = np.zeros(num_envs, np.bool_)
        self._begun, self._all_begun = np.zeros(num_envs, np.bool_), False

    def reset(self, *, seed: Seeds = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin new episodes: in all games, or where `options["reset_mask"]`, (num_envs,) bool, is True.

        `seed`: None keeps the generators, an int seeds game i with `seed + i`, a list gives one seed (or None) a game.
        """
        self._check_nothing_sent("reset", self._all)
        games, chosen = self._chosen(options)
        self._generators.seed(seed, games)
        self._start(games, chosen)
        self._show(self._all)
        return self._episodes.observe(self._all), self._infos(games)

    def step(self, actions: Any) -> StepResult:
        """One action a game, (num_envs,) integers: observations, rewards, terminated, truncated, infos."""
        self._check_nothing_sent("step", self._all)
        if not self._all_begun:
            raise gymnasium.error.ResetNeeded("call reset() before step()")
        self._check_not_ended(self._all)
        chosen = checked_actions(actions, self.num_envs)
        if not np.count_nonzero(self._ended):
            return self._finish(*self._episodes.step(self._all, chosen))
        return self._finish(*self._step_and_restart(chosen))

    def async_reset(self, *, seed: Seeds = None, options: dict[str, Any] | None = None) -> None:
        """Let new episodes begin, as `reset` does, without waiting: the games come back by `recv`, with reward 0.

        Games that are under way may not be among them; with a `reset_mask` the others may be. AlreadyPendingCallError
        otherwise.
        """
        games, chosen = self._chosen(options)
        self._check_nothing_sent("async_reset", games)
        self._generators.seed(seed, games)
        self._flight.start(games, chosen)

    def send(self, actions: Any, env_ids: Any = None) -> None:
        """Give the games `env_ids`, (n,) different integers, their actions, (n,) integers, and do not wait for them.

        None sends to all games. In `NEXT_STEP` the action to an ended game is ignored and begins its new episode.
        Raises AlreadyPendingCallError for a game that was sent and not yet received, ResetNeeded for one that never
        began or, in `DISABLED`, has ended, ConfigError for wrong numbers; then nothing is sent.
        """
        games = self._all if env_ids is None else checked_games(env_ids, self.num_envs)
        chosen = checked_actions(actions, len(games))
        self._check_nothing_sent("send", games)
        if not self._begun[games].all():
            never = games[~self._begun[games]].tolist()
            raise gymnasium.error.ResetNeeded(f"games {never} never began; call reset() or async_reset() and recv()")
        self._check_not_ended(games)
        ended = self._ended[games]
        if not ended.all():
            self._flight.step(games[~ended], chosen[~ended])
        if ended.any():
            self._flight.start(games[ended])

    def recv(self, min_envs: int = 1, max_envs: int | None = None) -> StepResult:
        """Games that are done: observations, rewards, terminated, truncated and infos of (n, ...) rows.

        Waits until at least `min_envs` are done, or all that were sent if they are fewer; hands out all that are done
        then, or the first `max_envs` of them. Rows are in the order of `infos["env_id"]`, (n,) int64, ascending.
        Infos are as in `step`, with a row for each game handed out. What went wrong with one game (UnreachableError,
        for example) is raised here, once; the results of the others wait for the next call. NoAsyncCallError when
        nothing was sent.
        """
        most = self.num_envs if max_envs is None else max_envs
        if not 1 <= min_envs <= most:
            raise ConfigError(f"min_envs must be at least 1 and at most max_envs, got {min_envs} and {max_envs}")
        if not len(self._flight.games):
            raise gymnasium.error.NoAsyncCallError("nothing was sent; call send() or async_reset() first", "recv")
        games = self._flight.collect(min_envs, most)
        rewards, terminated, truncated = self._flight.results(games)
        self._begun[games] = True
        self._all_begun = bool(self._begun.all())
        self._ended[games] = (terminated | truncated) & (self.autoreset_mode != AutoresetMode.SAME_STEP)
        self._show(games)
        observations = self._episodes.observe(games)
        infos = self._flight.finals(games) | infos_of(self._episodes, games, np.arange(len(games)), len(games))
        return observations, rewards, terminated, truncated, infos | {"env_id": games}

    def _check_nothing_sent(self, call: str, games: Ids) -> None:
        if not self._flight.any_sent:
            return
        sent = np.intersect1d(self._flight.games, games)
        if len(sent):
            text = f"{call}() while games {sent.tolist()} are under way; recv() them first"
            raise gymnasium.error.AlreadyPendingCallError(text, call)

    def _check_not_ended(self, games: Ids) -> None:
        if self.autoreset_mode == AutoresetMode.DISABLED and self._ended[games].any():
            ended = games[self._ended[games]].tolist()
            raise gymnasium.error.ResetNeeded(f"games {ended} have ended; call reset(options={{'reset_mask': mask}})")

    def _step_and_restart(
        self, actions: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Play the games that run and begin the ended ones anew, which earns them nothing."""
        rewards = np.zeros(self.num_envs)
        terminated, truncated = np.zeros(self.num_envs, np.bool_), np.zeros(self.num_envs, np.bool_)
        playing, restarting = self._all[~self._ended], self._all[self._ended]
        if len(playing):
            played = self._episodes.step(playing, actions[playing])
            rewards[playing], terminated[playing], truncated[playing] = played
        self._start(restarting)
        return rewards, terminated, truncated

    def _finish(
        self, rewards: NDArray[np.float64], terminated: NDArray[np.bool_], truncated: NDArray[np.bool_]
    ) -> StepResult:
        final: Infos = {}
        self._ended = terminated | truncated
        if self.autoreset_mode == AutoresetMode.SAME_STEP and np.count_nonzero(self._ended):
            ended = self._all[self._ended]
            batch = self._episodes.observe(ended)
            ends = [unbatch(batch, row) for row in range(len(ended))]
            final = final_infos(ends, self._infos(ended), ended, self.num_envs)
            self._start(ended)
        self._show(self._all)
        observations = self._episodes.observe(self._all)
        infos = self._infos(self._all)
        return observations, rewards, terminated, truncated, final | infos if final else infos

    def _infos(self, games: Ids) -> Infos:
        return infos_of(self._episodes, games, games, self.num_envs)

    def _start(self, games: Ids, options: Mapping[str, Any] | None = None) -> None:
        self._episodes.start(games, self._generators.draw(games), options)
        self._ended[games] = False
        self._begun[games] = True
        self._all_begun = bool(self._begun.all())

    def _chosen(self, options: Mapping[str, Any] | None) -> tuple[Ids, dict[str, Any]]:
        """Games that `options` name, and the other options."""
        chosen = dict(options or {})
        mask = chosen.pop("reset_mask", None)
        if mask is None:
            return self._all, chosen
        if not isinstance(mask, np.ndarray) or mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise ConfigError(f"options['reset_mask'] must be a ({self.num_envs},) bool array, got {mask!r}")
        if not mask.any():
            raise ConfigError("options['reset_mask'] must be True for at least one game")
        return self._all[mask], chosen

    @property  # type: ignore[misc]  # the base class allows setting one generator; here there is one a game
    def np_random(self) -> Any:
        """Tuple of the games' generators, as a `SyncVectorEnv` has them."""
        return tuple(generator for generator, _ in self._generators.pairs())

    @property
    def np_random_seed(self) -> Any:
        """Tuple of their seeds."""
        return tuple(seed for _, seed in self._generators.pairs())

    def action_masks(self) -> NDArray[np.int8]:
        """(num_envs, 63) int8, 1 is legal: the masks of the last `info`."""
        return self._episodes.masks(self._all)

    @property
    def ram(self) -> NDArray[np.uint8]:
        """The consoles' EWRAM, (num_envs, 262144) uint8; read-only, changed by the next step.

        The row of a game that was sent and not received may change at any time.
        """
        return self._episodes.backend.ram

    def save(self, env_id: int) -> bytes:
        """One game and its episode, to be gone on with by `load`, here or in another process with equal arguments."""
        return self._episodes.save(env_id)

    def load(self, env_id: int, state: bytes) -> tuple[Any, dict[str, Any]]:
        """Put one game where `save` found it; its episode goes on. Returns what `reset` would, for all games.

        SavestateError for bytes that are no such state, and then nothing has changed. All games must have begun.
        """
        self._check_nothing_sent("load", self._all)
        if not self._all_begun:
            raise gymnasium.error.ResetNeeded("call reset() before load()")
        self._episodes.load(env_id, state)
        self._ended[env_id] = False
        return self._episodes.observe(self._all), self._infos(self._all)

    def moments(self, env_ids: Ids, pixels: bool = True) -> list[Moment]:
        """What the views of `pmd_gym.views` are drawn from, one for each game of `env_ids`, by the fair rules.

        They hold until the next step. `pixels` False leaves the screens out, which saves their capture.
        """
        return moments_of(self._episodes.backend, env_ids, self._episodes.masks(env_ids), pixels)

    def render(self) -> tuple[Any, ...] | None:
        """Pictures or texts of all games; None for `human` (which prints after each step) and without a mode."""
        if self.render_mode in (None, "human"):
            return None
        self._check_nothing_sent("render", self._all)
        return render_games(self._episodes, self._all, self.render_mode)

    def _show(self, games: Ids) -> None:
        if self.render_mode == "human":
            print_scenes(render_games(self._episodes, games, "ansi"))

    def close_extras(self, **kwargs: Any) -> None:
        """Close the games; idempotent."""
        self._episodes.close()


def _mode(mode: str | AutoresetMode) -> AutoresetMode:
    try:
        return AutoresetMode(mode)
    except ValueError as error:
        names = ", ".join(repr(known.value) for known in AutoresetMode)
        raise ConfigError(f"autoreset_mode must be one of {names}, got {mode!r}") from error
