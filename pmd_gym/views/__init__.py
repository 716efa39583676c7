"""What a person or a language model looks at: a decoded game as text or as a picture.

Views read `GameStates` and nothing else of the game; they decide nothing. Everything loads on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.views.ascii import describe, floor_map, legend
    from pmd_gym.views.scene import scene_record

_HOMES = {"ascii": ("describe", "floor_map", "legend"), "scene": ("scene_record",)}

__all__ = ["describe", "floor_map", "legend", "scene_record"]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
