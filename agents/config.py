"""What a run is: the settings of `scripts/run_agent.py`, from flags or a YAML file, checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass

from pmd_gym.errors import ConfigError
from pmd_gym.rewards import reward_weights
from pmd_gym.scenario import Scenario, dungeon_id

POLICIES = ("explorer", "random")
EMULATORS = ("embedded", "simulator")
DEFAULT_GAMES = 4


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One run. What happens in its episodes depends on everything but `emulator` and `num_envs`."""

    policy: str = "explorer"
    """A name of `POLICIES`."""
    emulator: str | tuple[str, ...] = "embedded"
    """`embedded`: a fleet of servers over the simulator; `simulator`: in this process; or running servers, one each."""
    dungeon: str | int = "Tiny Woods"
    floor: int = 1
    num_envs: int | None = None
    """Games at once; None: one for each server given, else 4."""
    episodes: int = 8
    seed: int = 0
    max_steps: int = 5000
    """Actions, turning included, after which an episode is cut off."""
    reward: str | dict[str, float] = "default"
    """Reward of the records; the policies here do not look at it."""

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise ConfigError(f"policy must be one of {', '.join(POLICIES)}; got {self.policy!r}")
        self._check_emulator()
        for name, least in (("num_envs", 1), ("episodes", 1), ("max_steps", 1), ("seed", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(f"{name} must be at least {least}, got {value}")
        reward_weights(self.reward)
        Scenario(dungeon_id(self.dungeon), self.floor)

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
