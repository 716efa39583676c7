"""A mixture of scenarios: each episode draws one of them, by the seed of its game and nothing else.

The same seed gives the same scenario in every process, whatever was played before, so an episode of a mixture can be
played again from `info["game_seed"]` alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias

from pmd_gym.config import CurriculumEntry, EnvConfig, build, load
from pmd_gym.errors import ConfigError
from pmd_gym.scenario import Scenario

CurriculumArgument: TypeAlias = "str | Path | Sequence[CurriculumEntry | Mapping[str, Any]] | Curriculum | None"
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Scenarios with their names and weights, in the order of the story or whatever order the file has."""

    names: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.scenarios or len({len(self.names), len(self.scenarios), len(self.weights)}) != 1:
            raise ConfigError(f"a curriculum needs scenarios, each with a name and a weight; got {len(self.scenarios)}")
        if not all(0 < weight < float("inf") for weight in self.weights):
            raise ConfigError(f"weights of a curriculum must be more than 0, got {self.weights}")

    def draw(self, seed: int) -> Scenario:
        """The scenario of the game with this seed (uint32); each comes with a chance in proportion to its weight."""
        bounds = list(accumulate(self.weights))
        share = _spread(seed) / (_MASK + 1) * bounds[-1]
        return self.scenarios[min(bisect_right(bounds, share), len(bounds) - 1)]


def curriculum_of(value: CurriculumArgument) -> Curriculum | None:
    """The mixture that an argument names: a YAML file with the key `curriculum`, its entries, or a finished one."""
    if value is None or isinstance(value, Curriculum):
        return value
    if isinstance(value, (str, Path)):
        entries = load(value, EnvConfig).curriculum
        if not isinstance(entries, tuple):
            raise ConfigError(f"{value}: expected a list under the key 'curriculum'; see configs/env/curriculum.yaml")
        return _mixture(entries, str(value))
    if not isinstance(value, Sequence):
        raise ConfigError(f"curriculum must be a YAML file, or a list of entries with `config`, got {value!r}")
    return _mixture(tuple(_entry(entry) for entry in value), "curriculum")


def _entry(value: Any) -> CurriculumEntry:
    return value if isinstance(value, CurriculumEntry) else build(value, CurriculumEntry, "curriculum")


def _mixture(entries: tuple[CurriculumEntry, ...], source: str) -> Curriculum:
    if not entries:
        raise ConfigError(f"{source}: curriculum is empty; list at least one scenario")
    return Curriculum(
        tuple(Path(entry.config).stem for entry in entries),
        tuple(_scenario(entry) for entry in entries),
        tuple(entry.weight for entry in entries),
    )


def _scenario(entry: CurriculumEntry) -> Scenario:
    config = load(entry.config, EnvConfig)
    if config.curriculum is not None:
        raise ConfigError(f"{entry.config}: is a curriculum itself; an entry must be a file with one scenario")
    return config.scenario()


def _spread(seed: int) -> int:
    """A well mixed 32-bit number from another (the finaliser of MurmurHash3, public domain, by Austin Appleby)."""
    mixed = int(seed) & _MASK
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B & _MASK
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & _MASK
    return mixed ^ mixed >> 16
