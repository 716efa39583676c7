"""Four views of one moment in one picture: screen, floor map, surroundings, status. What a vision model is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from pmd_gym.views import canvas
from pmd_gym.views.canvas import Pixels
from pmd_gym.views.chart import Chart, Point, chart_of
from pmd_gym.views.grid import grid_view
from pmd_gym.views.hud import hud_view
from pmd_gym.views.minimap import map_view
from pmd_gym.views.route import route_of

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

WIDTH, HEIGHT = 480, 320


@dataclass(frozen=True, slots=True)
class Moment:
    """What the views are drawn from: game `index` of `states`, and what belongs to it.

    `pixels` is the console's screen, (160, 240, 3) uint8, None where nobody captured it; `steps` says for each of the
    8 directions of the action table whether the leader may step there, `usable_moves` for each of the 4 move slots
    whether it can be used; `messages` and `memories` are lines, the newest last. `route` dots the way on.
    """

    states: GameStates
    index: int = 0
    pixels: NDArray[np.uint8] | None = None
    steps: Sequence[bool] = ()
    usable_moves: Sequence[bool] = (True,) * layout.MOVE_SLOTS
    messages: Sequence[str] = ()
    memories: Sequence[str] = ()
    fair: bool = True
    route: bool = True
    _drawn: dict[str, tuple[Chart | None, tuple[Point, ...]]] = field(default_factory=dict, compare=False)

    def chart(self) -> tuple[Chart | None, tuple[Point, ...]]:
        """The chart and the way on, worked out once."""
        if "chart" not in self._drawn:
            chart = chart_of(self.states, self.index, self.fair)
            self._drawn["chart"] = chart, route_of(chart) if chart is not None and self.route else ()
        return self._drawn["chart"]


def quad_view(moment: Moment) -> Pixels:
    """(320, 480, 3) uint8 RGB: screen and map above, surroundings and status below."""
    above = np.hstack([VIEWS["screen"](moment), VIEWS["map"](moment)])
    below = np.hstack([VIEWS["grid"](moment), VIEWS["hud"](moment)])
    return np.vstack([above, below])


def _screen(moment: Moment) -> Pixels:
    if moment.pixels is not None:
        return moment.pixels
    picture = np.full((layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), canvas.GROUND, np.uint8)
    canvas.text(picture, 74, 78, "no picture captured", canvas.DIM)
    return picture


def _map(moment: Moment) -> Pixels:
    chart, route = moment.chart()
    if chart is None:
        return _nothing()
    state = moment.states.records[moment.index]
    title = f"{layout.enum_name('dungeon', state['dungeon_id'])} {state['floor']}F of {state['floor_count']}"
    return map_view(chart, title, route)


def _grid(moment: Moment) -> Pixels:
    chart, route = moment.chart()
    return _nothing() if chart is None else grid_view(chart, route, moment.steps)


def _hud(moment: Moment) -> Pixels:
    return hud_view(
        moment.states, moment.index, messages=moment.messages, memories=moment.memories,
        usable_moves=moment.usable_moves,
    )  # fmt: skip


def _nothing() -> Pixels:
    picture = np.full((layout.SCREEN_HEIGHT, layout.SCREEN_WIDTH, 3), canvas.GROUND, np.uint8)
    canvas.text(picture, 74, 80, "not in a dungeon", canvas.DIM)
    return picture


VIEWS: dict[str, Callable[[Moment], Pixels]] = {
    "screen": _screen, "map": _map, "grid": _grid, "hud": _hud, "quad": quad_view,
}  # fmt: skip
"""Every view by its name; all but `quad` are (160, 240, 3)."""
