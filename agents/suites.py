"""Suites: which starts an evaluation plays, in which order, and with which seeds.

Held-out seeds: an evaluation plays environment seeds from `HELD_OUT` on (`HELD_OUT + k` for the k-th episode of each
scenario), with the same episodes for every policy. Whatever is trained or tuned must use smaller seeds: an environment
reset with `seed=s` plays `s`, a vector of n games `s` to `s + n - 1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pmd_gym.config import EnvConfig, load
from pmd_gym.curriculum import curriculum_of
from pmd_gym.errors import ConfigError
from pmd_gym.scenario import Scenario, dungeon_name, playable_floors

HELD_OUT = 1_000_000_000
"""First environment seed that is kept for evaluations."""

STORY = "story"
CONFIGS = Path(__file__).resolve().parent.parent / "configs" / "env"
CURRICULUM = CONFIGS / "curriculum.yaml"


@dataclass(frozen=True, slots=True)
class Start:
    """One scenario of a suite under the name of its file, with the settings that make it."""

    name: str
    config: EnvConfig

    @property
    def scenario(self) -> Scenario:
        """The scenario by ids."""
        return self.config.scenario()

    @property
    def dungeon(self) -> str:
        """Name of its dungeon."""
        return dungeon_name(self.scenario.dungeon)

    @property
    def floors(self) -> int:
        """Floors of its dungeon."""
        return playable_floors()[self.scenario.dungeon]


def suite_of(name: str) -> tuple[Start, ...]:
    """The starts that `name` stands for; ConfigError with what there is otherwise.

    `story`: all of `configs/env/curriculum.yaml`, in order; a name of one of them; or a YAML file of one's own, with
    one scenario or with a curriculum.
    """
    known = {path.stem: path for path in sorted(CONFIGS.glob("*.yaml"))}
    path = CURRICULUM if name == STORY else known.get(name, Path(name))
    if not path.is_file():
        names = ", ".join(entry for entry in known if entry != CURRICULUM.stem)
        raise ConfigError(f"suite must be {STORY}, a YAML file, or one of {names}; got {name!r}")
    config = load(path, EnvConfig)
    if config.curriculum is None:
        return (Start(path.stem, config),)
    curriculum_of(path)  # refuses empty mixtures and mixtures of mixtures
    return _distinct(tuple(Start(entry.stem, load(entry, EnvConfig)) for entry in _files(config)))


def _files(config: EnvConfig) -> tuple[Path, ...]:
    entries = config.curriculum if isinstance(config.curriculum, tuple) else ()
    return tuple(Path(entry.config) for entry in entries)


def _distinct(starts: tuple[Start, ...]) -> tuple[Start, ...]:
    """ConfigError when two starts share a name, because their rows could not be told apart."""
    names = [start.name for start in starts]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigError(f"two scenarios of the suite are called {doubled[0]!r}; rename one of the files")
    return starts
