"""`PMDRedEnv`: one game, the batch of one over `episodes`.

Arguments of both environments, all by keyword; a wrong one is a `ConfigError` that says what is expected:

| argument | default | meaning |
|---|---|---|
| `emulator` | `"simulator"` | `"embedded"`: own servers; `"mgba"`: the real game; `"ws://HOST:PORT"`; or a `Backend` |
| `rom` | `None` | mgba: path of the game's ROM; any other game or revision is a `RomError` |
| `savestate` | `None` | mgba: path of an mGBA state (`.ss0`-`.ss9`, libretro) where episodes start, or several |
| `allow_unknown_rom` | `False` | mgba: play a translation or a hack, marked by `info["unverified"]` |
| `dungeon` | `"Tiny Woods"` | dungeon by name or id 0..62 |
| `floor` | `1` | floor to start on, 1 is the first |
| `team` | `None` | 1 to 4 members, leader first; None: Charmander and Squirtle at level 5, as the story |
| `bag` | `()` | items by name or id, or `(item, amount)`; at most 20 |
| `money` | `0` | money carried, 0..99,999 |
| `friend_areas` | `None` | owned: `"all"` or names or ids; None: before recruiting begins in the story, nobody joins |
| `curriculum` | `None` | a YAML file with a mixture of scenarios, or its entries: each episode draws one by its seed |
| `observation` | `"grid"` | `"grid"`, `"map"`, `"pixels"`, `"text"`, or several of them; see `pmd_gym.observations` |
| `visibility` | `"fair"` | `"fair"`: what the player sees; `"full"`: everything |
| `reward` | `"default"` | profile name or dict of term -> weight; see `pmd_gym.rewards` |
| `reward_terms` | `False` | True adds `info["reward_terms"]`, in the order of `rewards.TERMS` |
| `max_steps` | `10000` | steps until truncation, illegal ones included; None: no limit |
| `threads` | `None` | threads of the simulator over large batches; None: by `num_envs` and cores |
| `capture` | `"sync"` | pictures of emulators: `"sync"` when observed, `"async"` by a thread while the caller works |
| `render_mode` | `None` | `"rgb_array"` (160, 240, 3) uint8; `"ansi"` text; `"human"` prints it after each step |
| `autoreset_mode` | `NEXT_STEP` | vector only: Gymnasium's three modes, as `SyncVectorEnv` does them |

A member is `(species, level)`, or keys and values of `config.MemberConfig` (moves, held item, IQ, skills, tactic,
stats). Everything may be given by name or id.

`reset(seed=)` fixes the sequence of games: each episode draws the 32-bit state of the game's general generator from the
environment's own generator. `reset(options=)` takes `dungeon`, `floor`, `team`, `bag`, `money` and
`friend_areas` for that episode alone, over the arguments of those names and instead of a draw from the curriculum.

`info`: `action_mask` (63,) int8, `dungeon`, `floor`, `turns_left`, `hp`, `explored`, `steps`, `frame` (logic frames of
the console), `game_seed`, `outcome` (`Outcome`), `illegal_action`, `exit_reason` (the game's own, 0 while the run
goes on; `episodes.exit_cause` gives it in words), and when the episode ended `reason`: `cleared`,
`fainted`, `escaped`, `lost`, `max_steps`, or why an emulator was given up. `unverified`, True, is there only where an
unknown ROM plays: what was decoded may be wrong. With observation `pixels` from emulators
also `pixels_frame` (the emulator's frame that the picture shows), `pixels_stale` (it shows an earlier one than the rest
of the observation) and `pixels_fallback` (why it was not taken as `capture` asks, empty if it was). The simulator in
this process draws its pictures from the same RAM, whatever `capture` is.

With `emulator="mgba"` the savestate decides dungeon, floor, team, bag and money; of several, each episode draws one by
its seed. Nothing else depends on the seed there: the same state and actions are the same game.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils import EzPickle, seeding
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import Backend
from pmd_gym.backends.opening import Savestates
from pmd_gym.curriculum import CurriculumArgument
from pmd_gym.episodes import BagArgument, Episodes, FriendAreasArgument, Settings, TeamArgument, checked_actions
from pmd_gym.errors import ConfigError
from pmd_gym.observations import observation_space, unbatch

Seeds = int | Sequence[int | None] | None
RENDER_MODES = ("rgb_array", "ansi", "human")
_GAME = np.zeros(1, np.int64)
_GAME.flags.writeable = False
_CLEAR_SCREEN = "\x1b[H\x1b[2J"


class PMDRedEnv(gymnasium.Env[Any, np.int64], EzPickle):
    """One game of Red Rescue Team; arguments in the table of this module."""

    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 8}  # noqa: RUF012

    def __init__(
        self,
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
    ) -> None:
        settings = Settings(
            emulator=emulator, rom=rom, savestate=savestate, allow_unknown_rom=allow_unknown_rom, dungeon=dungeon,
            floor=floor, team=team, bag=bag, money=money, friend_areas=friend_areas, curriculum=curriculum,
            observation=observation, visibility=visibility, reward=reward, reward_terms=reward_terms,
            max_steps=max_steps, threads=threads, capture=capture,
        )  # fmt: skip
        arguments = {name: getattr(settings, name) for name in Settings.__slots__}
        EzPickle.__init__(self, render_mode=render_mode, **arguments)
        self.render_mode = checked_render_mode(render_mode)
        self.action_space = gymnasium.spaces.Discrete(len(ACTIONS))
        self.observation_space = observation_space(observation)
        self._episodes = Episodes(settings, num_envs=1)
        self._running = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a new episode; `options` may hold dungeon, floor, team, bag, money, friend_areas."""
        super().reset(seed=seed)
        self._episodes.start(_GAME, draw_game_seeds([self.np_random]), options)
        self._running = True
        self._show()
        return self._look()

    def step(self, action: int | np.int64) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Carry out one action; ResetNeeded once the episode has ended."""
        if not self._running:
            raise gymnasium.error.ResetNeeded("the episode has ended or never began; call reset() before step()")
        rewards, terminated, truncated = self._episodes.step(_GAME, checked_actions([action], 1))
        self._running = not (terminated[0] or truncated[0])
        self._show()
        observation, info = self._look()
        return observation, float(rewards[0]), bool(terminated[0]), bool(truncated[0]), info

    def action_masks(self) -> NDArray[np.int8]:
        """(63,) int8, 1 is legal: the mask of the last `info`, under the name that masking algorithms look for."""
        mask: NDArray[np.int8] = self._episodes.masks(_GAME)[0]
        return mask

    @property
    def ram(self) -> NDArray[np.uint8]:
        """The console's EWRAM, (262144,) uint8; read-only."""
        image: NDArray[np.uint8] = self._episodes.backend.ram[0]
        return image

    def ram_hash(self) -> str:
        """SHA-256 of the console's EWRAM, to compare games."""
        return hashlib.sha256(self.ram.tobytes()).hexdigest()

    def render(self) -> Any:
        """Picture or text of the render mode; None for `human` (which prints after each step) and without a mode."""
        if self.render_mode in (None, "human"):
            return None
        return render_games(self._episodes, _GAME, self.render_mode)[0]

    def close(self) -> None:
        """Close the game; idempotent."""
        self._episodes.close()

    def _look(self) -> tuple[Any, dict[str, Any]]:
        observation = unbatch(self._episodes.observe(_GAME), 0)
        batch = self._episodes.info(_GAME)
        info = {key: value[0] if value.ndim > 1 else value.item() for key, value in batch.items()}
        reason = self._episodes.reasons(_GAME)[0]
        if reason:
            info["reason"] = reason
        return observation, info

    def _show(self) -> None:
        if self.render_mode == "human":
            print_scenes(render_games(self._episodes, _GAME, "ansi"))


def checked_render_mode(render_mode: str | None) -> str | None:
    """The mode, or ConfigError for one that does not exist."""
    if render_mode is not None and render_mode not in RENDER_MODES:
        raise ConfigError(f"render_mode must be None or one of {', '.join(RENDER_MODES)}, got {render_mode!r}")
    return render_mode


def draw_game_seeds(generators: Sequence[np.random.Generator]) -> NDArray[np.uint32]:
    """One state of the game's general generator from each environment's generator, (n,) uint32."""
    return np.array([generator.integers(2**32, dtype=np.uint32) for generator in generators], np.uint32)


class Generators:
    """One random generator a game, seeded as Gymnasium's `SyncVectorEnv` seeds its environments; made on first use."""

    def __init__(self, num_envs: int) -> None:
        self._num_envs = num_envs
        self._made: list[tuple[np.random.Generator, int]] = []

    def seed(self, seed: Seeds, games: NDArray[np.int64]) -> None:
        """Seed these games anew: None keeps the generators, an int seeds game i with `seed + i`, a list gives one each.

        ConfigError for a list of another length than there are games.
        """
        seeds = [seed + i for i in range(self._num_envs)] if isinstance(seed, int) else seed
        if seeds is None:
            return
        if len(seeds) != self._num_envs:
            raise ConfigError(f"a list of seeds needs one a game: {self._num_envs} games, {len(seeds)} seeds")
        pairs = self.pairs()
        for env_id in games:
            if seeds[env_id] is not None:
                pairs[env_id] = seeding.np_random(seeds[env_id])

    def draw(self, games: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Seeds of the games' next episodes, (n,) uint32."""
        pairs = self.pairs()
        return draw_game_seeds([pairs[env_id][0] for env_id in games])

    def pairs(self) -> list[tuple[np.random.Generator, int]]:
        """Each game's generator and the seed it began with."""
        if not self._made:
            self._made = [seeding.np_random() for _ in range(self._num_envs)]
        return self._made


def render_games(episodes: Episodes, env_ids: NDArray[np.int64], mode: str | None) -> tuple[Any, ...]:
    """Pictures (160, 240, 3) uint8 or texts of the games."""
    return tuple(episodes.observe.pixels(env_ids)) if mode == "rgb_array" else episodes.observe.texts(env_ids)


def print_scenes(scenes: Sequence[str]) -> None:
    """Print to the terminal, in place where it is one."""
    prefix = _CLEAR_SCREEN if sys.stdout.isatty() else ""
    print(prefix + "\n\n".join(scenes), flush=True)
