"""What a run is: the settings of `scripts/run_agent.py`, from flags or a YAML file, checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agents.budget import Budget
from agents.model_settings import ModelSettings
from agents.suites import HELD_OUT, STORY, Start, suite_of
from pmd_gym.config import EnvConfig, MemberConfig, Name, NeighbourFile
from pmd_gym.errors import ConfigError
from pmd_gym.rewards import reward_weights

POLICIES = ("vlm", "explorer", "random")
EMULATORS = ("embedded", "simulator", "mgba")
SCENARIO = ("dungeon", "floor", "team", "bag", "money")
"""Settings that make the start of an episode; a file of `configs/env/` has the same."""
DEFAULT_GAMES = 4
LAST_SEED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class RunConfig(ModelSettings):
    """One run. What happens in its episodes depends on everything but `emulator` and `num_envs`."""

    policy: str = "vlm"
    """A name of `POLICIES`."""
    emulator: str | tuple[str, ...] = "embedded"
    """`embedded`: a fleet of servers over the simulator; `simulator`: in this process; `mgba`: the real game, a server
    each; or running servers, one each."""
    rom: NeighbourFile | None = None
    """The real game's ROM, for `mgba`."""
    savestate: NeighbourFile | tuple[NeighbourFile, ...] | None = None
    """Where episodes start on `mgba`: one file, or several of which each episode draws one by its seed."""
    allow_unknown_rom: bool = False
    """Plays a translation or a hack on `mgba`, observations marked as unverified."""
    dungeon: str | int = "Tiny Woods"
    floor: int = 1
    team: tuple[tuple[Name, int] | MemberConfig, ...] | None = None
    """As in `configs/env/`; None: the story's start."""
    bag: tuple[Name | tuple[Name, int], ...] = ()
    money: int = 0
    num_envs: int | None = None
    """Games at once; None: one for each server given, else 4."""
    episodes: int = 8
    seed: int = 0
    max_steps: int = 5000
    """Actions, turning included, after which an episode is cut off."""
    reward: str | dict[str, float] = "default"
    """Reward of the records; the policies here do not look at it."""
    memory: str = "off"
    """`off`; `on`: in the run's folder; or a folder that several runs share. Only the explorer has a use for it."""
    max_tokens: int | None = None
    max_cost: float | None = None
    max_minutes: float | None = None
    """The run ends when so much is used up; see `agents.budget`."""

    def __post_init__(self) -> None:
        ModelSettings.__post_init__(self)  # slots make a new class, which plain `super()` does not know
        _ = self.budget
        if self.policy not in POLICIES:
            raise ConfigError(f"policy must be one of {', '.join(POLICIES)}; got {self.policy!r}")
        self._check_emulator()
        for name, least in (("num_envs", 1), ("episodes", 1), ("max_steps", 1), ("seed", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(f"{name} must be at least {least}, got {value}")
        if self.memory != "off" and self.policy != "explorer":
            raise ConfigError(f"memory is of use to the explorer alone, got policy {self.policy!r}; leave it off")
        reward_weights(self.reward)
        self.start()

    @property
    def budget(self) -> Budget:
        """What the run may use up."""
        return Budget(self.max_tokens, self.max_cost, self.max_minutes)

    def start(self) -> EnvConfig:
        """The scenario alone; ScenarioError, with the path of the key, for what the game does not have."""
        return EnvConfig(dungeon=self.dungeon, floor=self.floor, team=self.team, bag=self.bag, money=self.money)

    @property
    def place(self) -> str | int:
        """Where episodes start, in words: the dungeon, or the savestates that decide it."""
        if self.emulator == "mgba":
            files = (self.savestate,) if isinstance(self.savestate, str) else self.savestate or ()
            return " or ".join(Path(file).name for file in files)
        return self.dungeon

    @property
    def addresses(self) -> tuple[str, ...]:
        """The running servers to play on, empty if `emulator` names none."""
        parts = tuple(self.emulator.split(",")) if isinstance(self.emulator, str) else self.emulator
        return () if parts[:1] in [(known,) for known in EMULATORS] else tuple(part.strip() for part in parts)

    @property
    def games(self) -> int:
        """Games at once."""
        return self.num_envs or len(self.addresses) or DEFAULT_GAMES

    def _check_emulator(self) -> None:
        for address in self.addresses or (() if self.emulator in EMULATORS else ("",)):
            if not address.startswith(("ws://", "wss://")):
                raise ConfigError(
                    f"emulator must be {', '.join(EMULATORS)} or ws://HOST:PORT (several with commas), got {address!r}"
                )
        if self.addresses and self.games != len(self.addresses):
            raise ConfigError(f"num_envs is {self.games}, but emulator lists {len(self.addresses)} servers: one each")


@dataclass(frozen=True, slots=True)
class EvaluationConfig(ModelSettings):
    """One evaluation: every policy plays every start of the suite with the same seeds (`scripts/evaluate.py`)."""

    policies: tuple[str, ...] = ("explorer",)
    """Names of `POLICIES`."""
    suite: str = STORY
    """`story`, the name of a file in `configs/env/`, or a file of one's own; see `agents.suites`."""
    seeds: int = 50
    """Episodes of each policy in each scenario."""
    first_seed: int = HELD_OUT
    """Environment seed of the first one; smaller than `suites.HELD_OUT` for tuning."""
    max_steps: int = 10_000
    """Actions, turning included, after which an episode is cut off."""
    num_envs: int = 16
    """Games at once; the figures do not depend on it."""

    def __post_init__(self) -> None:
        ModelSettings.__post_init__(self)
        for policy in self.policies:
            if policy not in POLICIES:
                raise ConfigError(f"policy must be one of {', '.join(POLICIES)}; got {policy!r}")
        if not self.policies or len(set(self.policies)) != len(self.policies):
            raise ConfigError(f"policies must be one or several different ones, got {list(self.policies)}")
        for name, least in (("seeds", 1), ("first_seed", 0), ("max_steps", 1), ("num_envs", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if self.first_seed + self.seeds > LAST_SEED + 1:
            raise ConfigError(f"first_seed {self.first_seed} with {self.seeds} seeds goes beyond {LAST_SEED}")
        suite_of(self.suite)

    def run(self, policy: str, start: Start) -> RunConfig:
        """The settings of one policy's episodes in one scenario."""
        scenario = {name: getattr(start.config, name) for name in SCENARIO}
        return RunConfig(
            policy=policy, emulator="simulator", num_envs=self.num_envs, episodes=self.seeds, max_steps=self.max_steps,
            **scenario, **self.model_settings(),
        )  # fmt: skip
