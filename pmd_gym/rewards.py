"""What a step is worth: named terms between two snapshots of a game, and profiles that weigh them.

The terms are pure functions of (before, after, outcome): nothing here keeps state between steps. A reward is the
weighted sum of the terms; a profile is a set of weights with a name. Unknown terms or profiles are refused with the
nearest name.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import ConfigError

TERMS: Mapping[str, str] = MappingProxyType({
    "floors": "floors gone down (or up) in this step; the last stairs count too",
    "cleared": "1 when the dungeon was cleared",
    "fainted": "1 when the leader, or a partner the story cannot spare, fainted",
    "escaped": "1 when the team left alive before the end",
    "lost": "1 for any other loss, such as the wind",
    "explored": "tiles of this floor seen for the first time (arriving on a floor counts nothing)",
    "exp": "experience points of the leader",
    "levels": "levels the leader gained",
    "damage": "HP the leader lost, as a share of the maximum",
    "healed": "HP the leader regained, as a share of the maximum",
    "money": "money picked up (negative when lost)",
    "items": "bag slots filled (negative when emptied)",
    "partners_lost": "team members who fainted or left",
    "starving": "1 while the belly is below 1",
    "turns": "turns spent (0 for turning in place and for illegal actions)",
    "illegal": "1 when the action was not legal",
})  # fmt: skip
"""Term -> meaning; the order is that of `info["reward_terms"]`."""

PROFILES: Mapping[str, Mapping[str, float]] = MappingProxyType({
    "default": {
        "floors": 1.0, "cleared": 5.0, "fainted": -5.0, "lost": -5.0, "explored": 0.002, "exp": 0.002,
        "turns": -0.001, "illegal": -0.01,
    },
    "sparse": {"cleared": 1.0},
    "progress": {"floors": 1.0, "cleared": 1.0, "fainted": -1.0, "lost": -1.0},
    "exploration": {"floors": 1.0, "explored": 0.01, "turns": -0.001},
})  # fmt: skip
"""Named weights. `default` pays for floors and for clearing, with small hints for exploring and growing."""


def reward_weights(reward: str | Mapping[str, float]) -> NDArray[np.float64]:
    """Weights, (len(TERMS),) float64, of a profile name or of a mapping term -> weight; ConfigError otherwise."""
    if isinstance(reward, str):
        if reward not in PROFILES:
            raise ConfigError(f"unknown reward profile {reward!r}{_nearest(reward, PROFILES)}; give a profile "
                              f"({', '.join(PROFILES)}) or a dict of term -> weight")  # fmt: skip
        reward = PROFILES[reward]
    if not isinstance(reward, Mapping):
        raise ConfigError(f"reward must be a profile name or a dict of term -> weight, got {type(reward).__name__}")
    return np.array([_weight(reward, term) for term in _checked(reward)], np.float64)


def reward_terms(
    before: NDArray[np.void], after: NDArray[np.void], outcomes: NDArray[np.uint8], illegal: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Terms, (n, len(TERMS)) float64, of n games from their snapshots (`kernels.earnings.SNAPSHOT`, (n,) each)."""
    from pmd_gym.kernels.earnings import reward_terms as fill

    out = np.empty((len(outcomes), len(TERMS)), np.float64)
    fill(before, after, outcomes, illegal, out)
    return out


def _checked(reward: Mapping[str, float]) -> Mapping[str, str]:
    for term in reward:
        if term not in TERMS:
            raise ConfigError(f"unknown reward term {term!r}{_nearest(str(term), TERMS)}; terms are {', '.join(TERMS)}")
    return TERMS


def _weight(reward: Mapping[str, float], term: str) -> float:
    weight = reward.get(term, 0.0)
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not math.isfinite(weight):
        raise ConfigError(f"weight of reward term {term!r} must be a finite number, got {weight!r}")
    return float(weight)


def _nearest(name: str, names: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
