"""`PMDRedVectorEnv`: many games on one backend, stepped together.

The same games as `num_envs` single environments with seeds `seed + i`, and the same order of events as Gymnasium's
`SyncVectorEnv` in all three autoreset modes:

- `NEXT_STEP` (default): the step after the end of an episode ignores its action and begins a new one; reward 0.
- `SAME_STEP`: a new episode begins at once; `info["final_obs"]` and `info["final_info"]` hold the end of the old one.
- `DISABLED`: the caller resets with `reset(options={"reset_mask": mask})`; stepping an ended game is ResetNeeded.

Arguments are those of `pmd_gym.env`. Infos are dicts of arrays (num_envs, ...) with a mask `_key` for each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import Backend
from pmd_gym.curriculum import CurriculumArgument
from pmd_gym.env import RENDER_MODES, checked_render_mode, draw_game_seeds, print_scenes, render_games
from pmd_gym.episodes import BagArgument, Episodes, Ids, Settings, TeamArgument, checked_actions
from pmd_gym.errors import ConfigError
from pmd_gym.observations import observation_space, unbatch

Seeds = int | Sequence[int | None] | None


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
        dungeon: str | int = "Tiny Woods",
        floor: int = 1,
        team: TeamArgument = None,
        bag: BagArgument = (),
        money: int = 0,
        curriculum: CurriculumArgument = None,
        observation: str | Iterable[str] = "grid",
        visibility: str = "fair",
        reward: str | Mapping[str, float] = "default",
        reward_terms: bool = False,
        max_steps: int | None = 10_000,
        threads: int | None = None,
        render_mode: str | None = None,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
    ) -> None:
        if isinstance(num_envs, bool) or not isinstance(num_envs, int) or num_envs < 1:
            raise ConfigError(f"num_envs must be a whole number of at least 1, got {num_envs!r}")
        settings = Settings(
            emulator=emulator, dungeon=dungeon, floor=floor, team=team, bag=bag, money=money, curriculum=curriculum,
            observation=observation, visibility=visibility, reward=reward, reward_terms=reward_terms,
            max_steps=max_steps, threads=threads,
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
        self._all = np.arange(num_envs)
        self._ended = np.zeros(num_envs, np.bool_)
        self._begun, self._all_begun = np.zeros(num_envs, np.bool_), False
        self._generators: list[np.random.Generator] = []
        self._generator_seeds: list[int] = []

    def reset(self, *, seed: Seeds = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin new episodes: in all games, or where `options["reset_mask"]`, (num_envs,) bool, is True.

        `seed`: None keeps the generators, an int seeds game i with `seed + i`, a list gives one seed (or None) a game.
        """
        chosen = dict(options or {})
        games = self._games_of(chosen.pop("reset_mask", None))
        self._seed(seed, games)
        self._start(games, chosen)
        self._show()
        return self._episodes.observe(self._all), self._infos(games)

    def step(
        self, actions: Any
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """One action a game, (num_envs,) integers: observations, rewards, terminated, truncated, infos."""
        if not self._all_begun:
            raise gymnasium.error.ResetNeeded("call reset() before step()")
        if self.autoreset_mode == AutoresetMode.DISABLED and self._ended.any():
            raise gymnasium.error.ResetNeeded(
                f"games {np.flatnonzero(self._ended).tolist()} have ended; call reset(options={{'reset_mask': mask}})"
            )
        chosen = checked_actions(actions, self.num_envs)
        if not np.count_nonzero(self._ended):
            return self._finish(*self._episodes.step(self._all, chosen))
        return self._finish(*self._step_and_restart(chosen))

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
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        final: dict[str, Any] = {}
        self._ended = terminated | truncated
        if self.autoreset_mode == AutoresetMode.SAME_STEP and np.count_nonzero(self._ended):
            ended = self._all[self._ended]
            final = self._final(ended)
            self._start(ended)
        self._show()
        infos = final | self._infos(self._all)
        return self._episodes.observe(self._all), rewards, terminated, truncated, infos

    def _final(self, ended: Ids) -> dict[str, Any]:
        """`final_obs` (object array), `final_info` and their masks, for the games that have just ended."""
        observations, batch = np.full(self.num_envs, None, object), self._episodes.observe(ended)
        for row, env_id in enumerate(ended):
            observations[env_id] = unbatch(batch, row)
        mask = self._ended.copy()
        return {
            "final_obs": observations, "_final_obs": mask, "final_info": self._infos(ended), "_final_info": mask.copy(),
        }  # fmt: skip

    def _infos(self, games: Ids) -> dict[str, Any]:
        facts = self._episodes.info(games)
        present = np.zeros((len(facts), self.num_envs), np.bool_)
        present[:, games] = True
        infos: dict[str, Any] = {}
        every = len(games) == self.num_envs
        for (key, values), mask in zip(facts.items(), present, strict=True):
            infos[key], infos["_" + key] = values if every else self._spread(values, games), mask
        reasons = self._episodes.reasons(games)
        if np.count_nonzero(reasons):  # an empty text while the episode runs
            ended = reasons != ""
            infos["reason"] = self._spread(np.where(ended, reasons, np.array(None)), games)
            infos["_reason"] = infos["reason"] != np.array(None)
        return infos

    def _spread(self, values: NDArray[Any], games: Ids) -> NDArray[Any]:
        """Rows of `games` at their places among all games; 0 or None elsewhere."""
        if len(games) == self.num_envs:
            return values
        full = np.full((self.num_envs, *values.shape[1:]), None if values.dtype == object else 0, values.dtype)
        full[games] = values
        return full

    def _start(self, games: Ids, options: Mapping[str, Any] | None = None) -> None:
        self._make_generators()
        self._episodes.start(games, draw_game_seeds([self._generators[env_id] for env_id in games]), options)
        self._ended[games] = False
        self._begun[games] = True
        self._all_begun = bool(self._begun.all())

    def _games_of(self, mask: Any) -> Ids:
        if mask is None:
            return self._all
        if not isinstance(mask, np.ndarray) or mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise ConfigError(f"options['reset_mask'] must be a ({self.num_envs},) bool array, got {mask!r}")
        if not mask.any():
            raise ConfigError("options['reset_mask'] must be True for at least one game")
        return self._all[mask]

    def _seed(self, seed: Seeds, games: Ids) -> None:
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else seed
        if seeds is None:
            return
        if len(seeds) != self.num_envs:
            raise ConfigError(f"a list of seeds needs one a game: {self.num_envs} games, {len(seeds)} seeds")
        self._make_generators()
        for env_id in games:
            if seeds[env_id] is not None:
                self._generators[env_id], self._generator_seeds[env_id] = seeding.np_random(seeds[env_id])

    def _make_generators(self) -> None:
        if not self._generators:
            made = [seeding.np_random() for _ in range(self.num_envs)]
            self._generators = [generator for generator, _ in made]
            self._generator_seeds = [seed for _, seed in made]

    @property  # type: ignore[misc]  # the base class allows setting one generator; here there is one a game
    def np_random(self) -> Any:
        """Tuple of the games' generators, as a `SyncVectorEnv` has them."""
        self._make_generators()
        return tuple(self._generators)

    @property
    def np_random_seed(self) -> Any:
        """Tuple of their seeds."""
        self._make_generators()
        return tuple(self._generator_seeds)

    def action_masks(self) -> NDArray[np.int8]:
        """(num_envs, 63) int8, 1 is legal: the masks of the last `info`."""
        return self._episodes.masks(self._all)

    @property
    def ram(self) -> NDArray[np.uint8]:
        """The consoles' EWRAM, (num_envs, 262144) uint8; read-only, changed by the next step."""
        return self._episodes.backend.ram

    def render(self) -> tuple[Any, ...] | None:
        """Pictures or texts of all games; None for `human` (which prints after each step) and without a mode."""
        if self.render_mode in (None, "human"):
            return None
        return render_games(self._episodes, self._all, self.render_mode)

    def _show(self) -> None:
        if self.render_mode == "human":
            print_scenes(render_games(self._episodes, self._all, "ansi"))

    def close_extras(self, **kwargs: Any) -> None:
        """Close the games; idempotent."""
        self._episodes.close()


def _mode(mode: str | AutoresetMode) -> AutoresetMode:
    try:
        return AutoresetMode(mode)
    except ValueError as error:
        names = ", ".join(repr(known.value) for known in AutoresetMode)
        raise ConfigError(f"autoreset_mode must be one of {names}, got {mode!r}") from error
