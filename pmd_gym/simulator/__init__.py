"""The simulator: the game's own rules over the game's own memory image. Public names load on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.simulator.ahead import is_ready
    from pmd_gym.simulator.art.font import glyph
    from pmd_gym.simulator.floor import GeneratedFloor, generate_floor
    from pmd_gym.simulator.games import PLAYABLE, Games
    from pmd_gym.simulator.screen import render, render_batch, render_map
    from pmd_gym.simulator.start import start_floor

__all__ = [
    "PLAYABLE", "Games", "GeneratedFloor", "generate_floor", "glyph", "is_ready", "render", "render_batch",
    "render_map", "start_floor",
]  # fmt: skip

_HOMES = {
    "PLAYABLE": "pmd_gym.simulator.games",
    "Games": "pmd_gym.simulator.games",
    "GeneratedFloor": "pmd_gym.simulator.floor",
    "generate_floor": "pmd_gym.simulator.floor",
    "glyph": "pmd_gym.simulator.art.font",
    "is_ready": "pmd_gym.simulator.ahead",
    "render": "pmd_gym.simulator.screen",
    "render_batch": "pmd_gym.simulator.screen",
    "render_map": "pmd_gym.simulator.screen",
    "start_floor": "pmd_gym.simulator.start",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)
