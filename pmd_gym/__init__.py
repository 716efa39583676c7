"""Pokemon Mystery Dungeon: Red Rescue Team as a Gymnasium environment.

Importing registers `PMDRed-v0` and loads nothing heavy; the names below are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import gymnasium

if TYPE_CHECKING:
    from pmd_gym.actions import ACTIONS, ActionTable
    from pmd_gym.backends.interface import Backend, CommandKind, Outcome
    from pmd_gym.env import PMDRedEnv
    from pmd_gym.scenario import Scenario
    from pmd_gym.vector_env import PMDRedVectorEnv

_HOME = {
    "ACTIONS": "actions", "ActionTable": "actions", "PMDRedEnv": "env", "PMDRedVectorEnv": "vector_env",
    "Backend": "backends.interface", "CommandKind": "backends.interface", "Outcome": "backends.interface",
    "Scenario": "scenario",
}  # fmt: skip
_ENV_ID = "PMDRed-v0"

__all__ = [
    "ACTIONS", "ActionTable", "Backend", "CommandKind", "Outcome", "PMDRedEnv", "PMDRedVectorEnv", "Scenario",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


if _ENV_ID not in gymnasium.registry:
    gymnasium.register(
        id=_ENV_ID,
        entry_point="pmd_gym.env:PMDRedEnv",
        vector_entry_point="pmd_gym.vector_env:PMDRedVectorEnv",
    )
