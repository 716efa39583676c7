"""What a person or a model looks at: a decoded game as text or as a picture.

`describe`, `floor_map`, `legend` and `scene_record` give text and values; `VIEWS` the pictures of a `Moment` by name,
`quad_view` four of them in one; `canvas` draws panels, bars and text. Views read `GameStates` and nothing else of the
game; they decide nothing. Everything loads on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.views import canvas
    from pmd_gym.views.ascii import describe, floor_map, legend
    from pmd_gym.views.chart import Chart, Ground, Side, Thing, chart_of
    from pmd_gym.views.grid import Cells, cells_of, draw
    from pmd_gym.views.quad import VIEWS, Moment, quad_view
    from pmd_gym.views.route import route_of
    from pmd_gym.views.scene import scene_record
    from pmd_gym.views.summary import brief

_HOMES = {
    "ascii": ("describe", "floor_map", "legend"),
    "summary": ("brief",),
    "chart": ("Chart", "Ground", "Side", "Thing", "chart_of"),
    "grid": ("Cells", "cells_of", "draw"),
    "quad": ("VIEWS", "Moment", "quad_view"),
    "route": ("route_of",),
    "scene": ("scene_record",),
}

__all__ = [
    "VIEWS", "Cells", "Chart", "Ground", "Moment", "Side", "Thing", "brief", "canvas", "cells_of", "chart_of",
    "describe", "draw", "floor_map", "legend", "quad_view", "route_of", "scene_record",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "canvas":
        return import_module(f"{__name__}.canvas")
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
