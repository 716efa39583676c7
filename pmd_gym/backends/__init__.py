"""The turn level: `num_envs` games behind one seam, simulated in this process or played on emulators.

The two backends load on first use, so that the package itself pulls in neither Numba nor WebSockets.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.backends.emulators import EmulatorsBackend
    from pmd_gym.backends.simulator import SimulatorBackend

_HOMES = {"EmulatorsBackend": "emulators", "SimulatorBackend": "simulator"}

__all__ = ["EmulatorsBackend", "SimulatorBackend"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
