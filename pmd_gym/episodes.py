"""The episodes of n games on one backend: what both environments share.

Knows scenarios, masks, rewards, limits and infos. Knows neither Gymnasium's two classes, nor autoreset, nor where seeds
come from: `env.py` is this with one game, `vector_env.py` with many and an autoreset mode.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS, offered_actions, usable_moves
from pmd_gym.backends.interface import Backend, Outcome, PictureNotes
from pmd_gym.backends.opening import RealGame, Savestates, open_backend
from pmd_gym.backends.slices import Slices
from pmd_gym.config import member_of
from pmd_gym.curriculum import CurriculumArgument, curriculum_of
from pmd_gym.errors import ClosedError, ConfigError, SavestateError
from pmd_gym.observations import Observer
from pmd_gym.ram import layout
from pmd_gym.rewards import reward_weights
from pmd_gym.scenario import STORY_TEAM, MemberLike, Scenario, Stack, bag_of, dungeon_id, friend_areas_of

Ids: TypeAlias = NDArray[np.int64]
TeamArgument: TypeAlias = Sequence[tuple[str | int, int] | Mapping[str, Any] | Any] | None
"""Members as (species, level), as keys and values of `config.MemberConfig`, or as `scenario.Member`."""
BagArgument: TypeAlias = Sequence[str | int | tuple[str | int, int]]
"""Items by name or id, or (name or id, amount)."""
FriendAreasArgument: TypeAlias = str | Sequence[str | int] | None
"""Friend areas owned: "all", or names or ids."""
OPTIONS = ("dungeon", "floor", "team", "bag", "money", "friend_areas")
NEVER = np.iinfo(np.int64).max
NOT_SEEN = -1
"""Floor seed of a snapshot before the first look."""
REASONS = np.array([outcome.name.lower() for outcome in Outcome], object)
TOO_MANY_STEPS = "max_steps"
"""Why an episode ended: by its outcome, or because of the limit."""
FIRST_NAMED_REASON = 500
"""Smaller exit reasons are ids of the move that made the leader faint."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Arguments of the environments, checked where they are used; see the table in `pmd_gym.env`."""

    emulator: str | Sequence[str] | Backend = "simulator"
    rom: str | PathLike[str] | None = None
    savestate: Savestates = None
    allow_unknown_rom: bool = False
    dungeon: str | int = "Tiny Woods"
    floor: int = 1
    team: TeamArgument = None
    bag: BagArgument = ()
    money: int = 0
    friend_areas: FriendAreasArgument = None
    curriculum: CurriculumArgument = None
    observation: str | Iterable[str] = "grid"
    visibility: str = "fair"
    reward: str | Mapping[str, float] = "default"
    reward_terms: bool = False
    max_steps: int | None = 10_000
    threads: int | None = None
    capture: str = "sync"

    def scenario(self, options: Mapping[str, Any] | None = None) -> Scenario:
        """The start of a run; `options` of `reset` may replace what `OPTIONS` names for one episode."""
        chosen = dict(options or {})
        unknown = set(chosen) - set(OPTIONS)
        if unknown:
            raise ConfigError(f"unknown reset option {sorted(unknown)[0]!r}; options are {', '.join(OPTIONS)}")
        team = chosen.get("team", self.team)
        return Scenario(
            dungeon_id(chosen.get("dungeon", self.dungeon)), _whole("floor", chosen.get("floor", self.floor)),
            STORY_TEAM if team is None else _team(team), bag=_bag(chosen.get("bag", self.bag)),
            money=_whole("money", chosen.get("money", self.money)),
            friend_areas=friend_areas_of(chosen.get("friend_areas", self.friend_areas)),
        )  # fmt: skip

    def check_real_game(self, options: Mapping[str, Any] | None = None) -> None:
        """ConfigError if the start of a run is chosen where only the savestate can say it."""
        if self.emulator != "mgba":
            return
        default = {field.name: field.default for field in dataclasses.fields(self)}
        given = {name: getattr(self, name) for name in (*OPTIONS, "curriculum")}
        chosen = [name for name, value in given.items() if value and value != default[name]]
        chosen += options or ()
        if chosen:
            raise ConfigError(
                f'{chosen[0]} cannot be chosen with emulator="mgba": a run starts where the savestate stands; '
                "leave it out, or make a savestate there"
            )

    def limit(self) -> int:
        """Steps after which an episode is truncated."""
        if self.max_steps is None:
            return int(NEVER)
        if _whole("max_steps", self.max_steps) < 1:
            raise ConfigError(f"max_steps must be at least 1, or None for no limit, got {self.max_steps}")
        return self.max_steps


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ConfigError(f"{name} must be a whole number, got {value!r}")
    return int(value)


def _team(members: Any) -> tuple[MemberLike, ...]:
    try:
        return tuple(member_of(member) for member in members)
    except (TypeError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f'team must be pairs like [("Charmander", 5), ("Squirtle", 5)], got {members!r}') from error


def _bag(items: Any) -> tuple[Stack, ...]:
    try:
        return bag_of(items)
    except (TypeError, ValueError, IndexError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f'bag must be items like ["Apple", ("Gravelerock", 8)], got {items!r}') from error


class Episodes:
    """n games: starts, steps, rewards, ends. Arrays handed out are fresh; `env_ids` are ascending everywhere."""

    def __init__(self, settings: Settings, num_envs: int) -> None:
        self.settings = settings
        self.num_envs = num_envs
        self._weights = reward_weights(settings.reward)
        self._limit = settings.limit()
        settings.scenario()  # refuse a wrong dungeon, floor or team before anything is opened
        self._curriculum = curriculum_of(settings.curriculum)
        settings.check_real_game()
        game = RealGame(settings.rom, settings.savestate, settings.allow_unknown_rom)
        self._backend = open_backend(settings.emulator, num_envs, settings.threads, settings.capture, game)
        self._unverified = bool(getattr(self._backend, "unverified", False))
        self.observe = Observer(self._backend, settings.observation, settings.visibility, settings.threads)
        self._slices = Slices(num_envs, settings.threads)
        self._allocate(num_envs)
        self.closed = False

    def _allocate(self, num_envs: int) -> None:
        from pmd_gym.kernels import earnings, images, results, tables

        self._flat, self._stride = images.flatten(self._backend.ram)
        self._look_kernel, self._fact_names = results.look, results.FACTS
        self._tables = tables.tables()
        self._offered, self._moves = offered_actions(self._backend), usable_moves(self._backend)
        self._games = np.zeros(num_envs, results.EPISODE)
        self._snapshot_type, self._floor_seeds = earnings.SNAPSHOT, self._games["snapshot"]["floor_seed"]
        self._facts = np.zeros((len(results.FACTS), num_envs), np.int64)
        self._seeds = self._facts[results.SEED]
        self._illegal, self._outcomes = np.zeros(num_envs, np.bool_), np.zeros(num_envs, np.uint8)
        self._masks = np.zeros((num_envs, len(ACTIONS)), np.int8)
        self._rewards, self._ends = np.zeros(num_envs), np.zeros((2, num_envs), np.bool_)
        self._terminated, self._truncated = self._ends
        self._reasons = np.full(num_envs, "", object)

    @property
    def backend(self) -> Backend:
        """The backend; ClosedError after `close`."""
        if self.closed:
            raise ClosedError("the environment was closed; make a new one")
        return self._backend

    def start(self, env_ids: Ids, seeds: NDArray[np.uint32], options: Mapping[str, Any] | None = None) -> None:
        """Begin new episodes in the games `env_ids`; `seeds` (n,) fix the games."""
        self.backend.start(env_ids, self.scenarios(seeds, options), seeds)
        self.begun(env_ids, seeds)

    def begun(self, env_ids: Ids, seeds: NDArray[np.uint32]) -> None:
        """The backend has begun a new run in each of these games: their episodes count from here."""
        self._games[env_ids] = np.zeros((), self._games.dtype)
        self._facts[:, env_ids] = 0
        self._seeds[env_ids] = seeds
        self._illegal[env_ids], self._outcomes[env_ids] = False, Outcome.RUNNING
        self._floor_seeds[env_ids] = NOT_SEEN
        self._reasons[env_ids] = ""
        self._look(env_ids, after_step=False)

    def scenarios(self, seeds: NDArray[np.uint32], options: Mapping[str, Any] | None) -> list[Scenario]:
        """One scenario a game: that of the options or the arguments, or one of the curriculum by the game's seed."""
        self.settings.check_real_game(options)
        if self._curriculum is None or options:
            return [self.settings.scenario(options)] * len(seeds)
        return [self._curriculum.draw(int(seed)) for seed in seeds]

    def step(
        self, env_ids: Ids, actions: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """One checked action in each game of `env_ids`: rewards float64, terminated, truncated, each (n,).

        An illegal action changes nothing in its game; the step still counts towards `max_steps`.
        """
        legal = self.legal(env_ids, actions)
        if np.count_nonzero(legal) == len(legal):
            self._play(env_ids, actions)
        elif np.count_nonzero(legal):
            self._play(env_ids[legal], actions[legal])
        return self.judge(env_ids)

    def legal(self, env_ids: Ids, actions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these actions the games' masks allow, (n,) bool; noted for `info`."""
        legal: NDArray[np.bool_] = self._masks[env_ids, actions] == 1
        self._illegal[env_ids] = ~legal
        return legal

    def _play(self, env_ids: Ids, actions: NDArray[np.int64]) -> None:
        self.played(env_ids, self.backend.step(env_ids, ACTIONS.commands.take(actions, axis=0)))

    def played(self, env_ids: Ids, outcomes: NDArray[np.uint8]) -> None:
        """Note how the backend's step left these games."""
        self._outcomes[env_ids] = outcomes
        for env_id in interruptions(self._backend):
            self._outcomes[env_id] = Outcome.RUNNING  # a lost emulator is no lost game

    def judge(self, env_ids: Ids) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """What the step that these games have just made was worth: see `step`."""
        ended = self._look(env_ids, after_step=True)
        return self._rewards[env_ids], *self._how_ended(env_ids, ended)

    def _look(self, env_ids: Ids, after_step: bool) -> int:
        """Bring the episodes up to date with the RAM; see `kernels.results.look`. Returns how many have ended."""
        ended = [0]

        def look(part: slice) -> None:
            count = self._look_kernel(
                self._flat, self._stride, env_ids[part], self._offered, self._moves, self._tables,
                np.empty(int(after_step), self._snapshot_type), self._weights, self._limit, self._outcomes,
                self._illegal, self._games, self._facts, self._masks, self._rewards, self._ends,
            )  # fmt: skip
            ended.append(count)

        self._slices.run(look, len(env_ids))
        return sum(ended)

    def _how_ended(self, env_ids: Ids, count: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        terminated, truncated = self._terminated[env_ids], self._truncated[env_ids]
        if count:
            ended = env_ids[terminated | truncated]
            self._reasons[ended] = np.where(self._truncated[ended], TOO_MANY_STEPS, REASONS[self._outcomes[ended]])
        for env_id, reason in interruptions(self._backend).items():
            truncated |= env_ids == env_id
            self._reasons[env_id] = reason
        return terminated, truncated

    def masks(self, env_ids: Ids) -> NDArray[np.int8]:
        """Action masks, a fresh (n, 63) int8."""
        return self._masks[env_ids]

    def info(self, env_ids: Ids) -> dict[str, NDArray[Any]]:
        """Facts about the games as fresh arrays (n, ...); `reason` only where an episode ended (see `reasons`).

        What is said of pictures is said of those observed last: observe first.
        """
        info: dict[str, NDArray[Any]] = {"action_mask": self._masks[env_ids]}
        info.update(zip(self._fact_names, self._facts.take(env_ids, axis=1), strict=True))
        info["illegal_action"] = self._illegal[env_ids]
        if self._unverified:
            info["unverified"] = np.ones(len(env_ids), np.bool_)
        if self.settings.reward_terms:
            info["reward_terms"] = self._games["terms"][env_ids]
        notes = picture_notes(self._backend, env_ids) if "pixels" in self.observe.kinds else None
        if notes is not None:
            info |= {f"pixels_{name}": values for name, values in notes._asdict().items()}
        return info

    def reasons(self, env_ids: Ids) -> NDArray[np.object_]:
        """Why each episode ended (see `pmd_gym.env`); empty while it runs."""
        return self._reasons[env_ids]

    def save(self, env_id: int) -> bytes:
        """One game with its episode: what is known of it, then the backend's savestate."""
        return b"".join(part.tobytes() for part in self._known(env_id)) + self.backend.save(env_id)

    def load(self, env_id: int, state: bytes) -> None:
        """Put a game and its episode where `save` found them; SavestateError for anything else, nothing changed."""
        parts = self._known(env_id)
        size = sum(part.nbytes for part in parts)
        if len(state) <= size:
            raise SavestateError(f"expected more than {size} bytes of a saved episode, got {len(state)}")
        self.backend.load(env_id, state[size:])
        start = 0
        for part in parts:
            part[:] = np.frombuffer(state[start : start + part.nbytes], part.dtype)
            start += part.nbytes
        self._reasons[env_id] = ""

    def _known(self, env_id: int) -> tuple[NDArray[Any], ...]:
        """All that is known of one game's episode, as views (m,)."""
        row = slice(env_id, env_id + 1)
        return (
            self._games[row], self._facts[:, env_id], self._masks[env_id], self._rewards[row], self._ends[:, env_id],
            self._illegal[row], self._outcomes[row],
        )  # fmt: skip

    def close(self) -> None:
        """Close the backend; idempotent."""
        if not self.closed:
            self.closed = True
            self.observe.close()
            self._slices.close()
            self._backend.close()


def exit_cause(exit_reason: int) -> str:
    """What the game's exit reason (`info["exit_reason"]`) means: its name in the RAM map, or the move that felled."""
    if exit_reason == 0:
        return ""
    if exit_reason < FIRST_NAMED_REASON:
        return f"Felled by {layout.enum_name('move', exit_reason)}"
    return layout.enum_name("exit_reason", exit_reason)


def interruptions(backend: Backend) -> dict[int, str]:
    """Games that the backend lost in its last call: env id -> reason (`backend.interrupted`, where there is one)."""
    lost: Mapping[int, str] | None = getattr(backend, "interrupted", None)
    return dict(lost) if lost else {}


def picture_notes(backend: Backend, env_ids: Ids) -> PictureNotes | None:
    """How the games' last pictures stand to their RAM; None where the backend has them show nothing else."""
    notes: Callable[[Ids], PictureNotes] | None = getattr(backend, "picture_notes", None)
    return None if notes is None else notes(env_ids)


def checked_actions(given: Any, count: int) -> NDArray[np.int64]:
    """`count` action numbers as int64; ConfigError for another shape, kind or range."""
    values = np.asarray(given)
    if values.shape != (count,) or values.dtype.kind not in "iu":
        raise ConfigError(f"expected {count} whole action numbers, got shape {values.shape}, dtype {values.dtype}")
    actions = values.astype(np.int64)
    if count and np.maximum.reduce(actions.view(np.uint64)) >= len(ACTIONS):  # negative numbers become huge ones
        raise ConfigError(f"actions are 0..{len(ACTIONS) - 1}, got {int(values.min())}..{int(values.max())}")
    return actions


def checked_games(env_ids: Any, num_envs: int) -> Ids:
    """Different game numbers 0..num_envs-1 as int64, at least one; ConfigError for anything else."""
    values = np.asarray(env_ids)
    if values.ndim != 1 or not len(values) or values.dtype.kind not in "iu":
        raise ConfigError(f"env_ids must be whole numbers (n,), got shape {values.shape}, dtype {values.dtype}")
    games: Ids = values.astype(np.int64)
    if games.min() < 0 or games.max() >= num_envs or len(np.unique(games)) != len(games):
        raise ConfigError(f"env_ids must be different games of 0..{num_envs - 1}, got {games.tolist()}")
    return games
