"""Turns a small solid model, a list of ellipsoids, into cel-shaded pixel sprites seen from eight sides.

One model gives all facings, so a creature keeps its shape when it turns; light always comes from the upper left.
Knows nothing of species. Model space, in pixels: x right, y forward, z up, feet at z = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import colours

SIZE = 48
"""Width and height of a sprite in pixels."""
FOOT_X, FOOT_Y = 24, 36
"""Pixel of a sprite that stands on the anchor of its tile."""
FACINGS = 8

Vector = tuple[float, float, float]

_ELEVATION = 34 * pi / 180
_SIN, _COS = sin(_ELEVATION), cos(_ELEVATION)
_LIGHT = np.array([-0.46, 0.62, 0.63])
_TONE_LIMITS = np.array([0.86, 0.34, -0.12])
_EDGE_DEPTH = 1.3
_OPAQUE = np.uint32(0xFF000000)
_ROWS, _COLUMNS = (grid.astype(np.float64) for grid in np.mgrid[0:SIZE, 0:SIZE])


@dataclass(frozen=True, slots=True)
class Part:
    """One ellipsoid: colour name, centre, radii, and turn (yaw, pitch) in degrees of its own axes.

    `second` paints a pattern: belly (front below), half (lower half), stripes, spots, tip (far end), face (front).
    Parts of one `group` have no edge line between them. `flat` parts are not shaded.
    """

    colour: str | int
    centre: Vector
    radii: Vector
    turn: tuple[float, float] = (0.0, 0.0)
    pattern: str = ""
    second: str | int = ""
    group: int = 0
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Eye:
    """A stamped eye: point and outward direction in model space, and style (dot, wide, angry, red, closed)."""

    at: Vector
    out: Vector
    style: str = "dot"


@dataclass(frozen=True, slots=True)
class Model:
    """Parts and eyes of one creature; `lift` is its height above the ground in pixels."""

    parts: tuple[Part, ...]
    eyes: tuple[Eye, ...] = ()
    lift: float = 0.0


def mirrored(part: Part) -> Part:
    """The same part on the other side of the body."""
    x, y, z = part.centre
    return Part(part.colour, (-x, y, z), part.radii, (-part.turn[0], part.turn[1]), part.pattern, part.second,
                part.group, part.flat)  # fmt: skip


def pair(part: Part) -> list[Part]:
    """A part and its mirror image."""
    return [part, mirrored(part)]


def rod(colour: str | int, start: Vector, end: Vector, first: float, last: float, group: int = 0) -> list[Part]:
    """A limb from `start` to `end`, radius `first` to `last`, as a chain of balls."""
    length = sqrt(sum((b - a) ** 2 for a, b in zip(start, end, strict=True)))
    count = max(2, int(length / max(0.9, min(first, last) * 0.8)) + 1)
    chain = []
    for index in range(count):
        share = index / (count - 1)
        x, y, z = (a + (b - a) * share for a, b in zip(start, end, strict=True))
        radius = first + (last - first) * share
        chain.append(Part(colour, (x, y, z), (radius, radius, radius), group=group))
    return chain


def scaled(model: Model, factor: float) -> Model:
    """The model larger or smaller by `factor`."""
    parts = tuple(Part(p.colour, _times(p.centre, factor), _times(p.radii, factor), p.turn, p.pattern, p.second,
                       p.group, p.flat) for p in model.parts)  # fmt: skip
    eyes = tuple(Eye(_times(eye.at, factor), eye.out, eye.style) for eye in model.eyes)
    return Model(parts, eyes, model.lift * factor)


def sprite(model: Model, facing: int) -> NDArray[np.uint32]:
    """Pixels 0xAARRGGBB of the model facing 0..7 (0 towards the viewer, then counter-clockwise), (48, 48)."""
    canvas = _Canvas()
    view = _view(facing)
    for index, part in enumerate(model.parts):
        canvas.draw(part, index, view, model.lift)
    picture = canvas.picture()
    for eye in model.eyes:
        _stamp(picture, canvas, eye, view, model.lift)
    return picture


def _times(vector: Vector, factor: float) -> Vector:
    return (vector[0] * factor, vector[1] * factor, vector[2] * factor)


def _view(facing: int) -> NDArray[np.float64]:
    """Rotation from model space to (screen right, screen up, towards the viewer), (3, 3)."""
    angle = facing * pi / 4
    # Facing 0 looks at the viewer: forward is south, and the creature's right hand is on the screen's left.
    right = np.array([-cos(angle), sin(angle), 0.0])
    south = np.array([sin(angle), cos(angle), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    return np.stack([right, up * _COS - south * _SIN, south * _COS + up * _SIN])


def _own_axes(turn: tuple[float, float]) -> NDArray[np.float64]:
    """Axes of a turned part as columns: yaw about z, then pitch about its own x, (3, 3)."""
    yaw, pitch = turn[0] * pi / 180, turn[1] * pi / 180
    about_z = np.array([[cos(yaw), -sin(yaw), 0], [sin(yaw), cos(yaw), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, cos(pitch), -sin(pitch)], [0, sin(pitch), cos(pitch)]])
    return np.asarray(about_z @ about_x, dtype=np.float64)


class _Canvas:
    """Depth-buffered picture while parts are added."""

    def __init__(self) -> None:
        self.depth = np.full((SIZE, SIZE), -np.inf)
        self.tone = np.zeros((SIZE, SIZE), dtype=np.int64)
        self.ramp = np.zeros((SIZE, SIZE), dtype=np.int64)
        self.group = np.full((SIZE, SIZE), -1, dtype=np.int64)
        self.ramps: list[tuple[int, ...]] = []

    def draw(self, part: Part, index: int, view: NDArray[np.float64], lift: float) -> None:
        """Add one ellipsoid where it is nearer than what is there."""
        x, up, near = view @ np.array(part.centre)
        x, up = x + FOOT_X, FOOT_Y - up - lift
        reach = max(part.radii) + 1.5
        box = (slice(max(0, int(up - reach)), min(SIZE, int(up + reach) + 2)),
               slice(max(0, int(x - reach)), min(SIZE, int(x + reach) + 2)))  # fmt: skip
        inverse = np.diag(1.0 / np.array(part.radii)) @ (view @ _own_axes(part.turn)).T
        local, nearness, hit = _intersect(inverse, _COLUMNS[box] + 0.5 - x, up - _ROWS[box] - 0.5)
        nearer = hit & (nearness + near > self.depth[box])
        normal = local @ inverse
        light = normal @ _LIGHT / np.maximum(np.linalg.norm(normal, axis=-1), 1e-9)
        tone = np.full(light.shape, 1) if part.flat else np.searchsorted(-_TONE_LIMITS, -light)
        colour = np.full(light.shape, self._slot(part.colour))
        if part.pattern:
            colour[_pattern(part.pattern, local)] = self._slot(part.second)
        for target, values in ((self.depth, nearness + near), (self.tone, tone), (self.ramp, colour)):
            target[box][nearer] = values[nearer]
        self.group[box][nearer] = part.group or index + 1000

    def picture(self) -> NDArray[np.uint32]:
        """Shaded pixels with selective outlines, transparent elsewhere."""
        table = np.array(self.ramps or [colours.ramp("grey")], dtype=np.uint32)
        solid = self.group >= 0
        tone = np.minimum(self.tone + self._edges(solid), colours.DEEP)
        picture = np.where(solid, table[self.ramp, tone] | _OPAQUE, np.uint32(0))
        for ring, source in self._outline(solid):
            picture[ring] = table[self.ramp[source], colours.LINE] | _OPAQUE
            solid = solid | ring
        return picture.astype(np.uint32)

    def _slot(self, colour: str | int) -> int:
        tones = colours.ramp(colour)
        if tones not in self.ramps:
            self.ramps.append(tones)
        return self.ramps.index(tones)

    def _edges(self, solid: NDArray[np.bool_]) -> NDArray[np.int64]:
        """1 or 2 tones darker where another part lies in front of a pixel."""
        darker = np.zeros((SIZE, SIZE), dtype=np.int64)
        for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            depth, group = np.roll(self.depth, shift, axis), np.roll(self.group, shift, axis)
            behind = solid & (group >= 0) & (group != self.group)
            with np.errstate(invalid="ignore"):
                darker[behind & (depth - self.depth > _EDGE_DEPTH)] = 2
        return darker

    def _outline(self, solid: NDArray[np.bool_]) -> list[tuple[NDArray[np.bool_], tuple[Any, Any]]]:
        """For each side: the empty pixels beside the figure and the pixel whose dark tone they take."""
        rings, taken = [], solid.copy()
        for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            ring = np.roll(solid, (dy, dx), (0, 1)) & ~taken
            taken |= ring
            rows, columns = np.nonzero(ring)
            rings.append((ring, ((rows - dy) % SIZE, (columns - dx) % SIZE)))
        return rings


def _intersect(
    inverse: NDArray[np.float64], x: NDArray[np.float64], up: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Nearest point of the unit ball on each ray, its nearness to the viewer, and where there is one."""
    base = x[..., None] * inverse[:, 0] + up[..., None] * inverse[:, 1]
    along = inverse[:, 2]
    square, product = along @ along, base @ along
    root = product**2 - square * (np.einsum("...i,...i", base, base) - 1)
    nearness = (np.sqrt(np.maximum(root, 0)) - product) / square
    return base + nearness[..., None] * along, nearness, root >= 0


def _pattern(name: str, local: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the second colour goes, in coordinates of the unit ball of the part."""
    x, y, z = local[..., 0], local[..., 1], local[..., 2]
    masks = {
        "belly": (y > 0.25) & (np.abs(x) < 0.62) & (z < 0.75),
        "half": z < 0.0,
        "top": z > 0.35,
        "stripes": np.sin(y * 9.0) > 0.35,
        "rings": np.sin(z * 9.0) > 0.3,
        "spots": np.sin(x * 7 + 1) * np.sin(y * 7) * np.sin(z * 7 + 0.6) > 0.22,
        "tip": y > 0.45,
        "end": y < -0.35,
        "face": (y > 0.45) & (z < 0.5),
        "mask": (y > 0.3) & (np.abs(z - 0.1) < 0.3),
        "shell": np.sin(x * 6.3) * np.sin(y * 6.3 + 1.5) > 0.0,
        "chin": (z < -0.15) & (y > 0.0),
        "side": np.abs(x) > 0.55,
    }
    return masks[name]


_STAMPS = {
    "dot": ("wk", "kk", "kk"),
    "small": ("k", "k"),
    "wide": (".kk", "wkk", "kkk"),
    "angry": ("kk.", "wkk", "wkr"),
    "red": ("kk", "wr", "kk"),
    "closed": ("..", "kk"),
    "big": ("wwk", "wkk", "wwk"),
    "glow": ("yy", "yy"),
}
_INKS = {"k": 0xFF181820, "w": 0xFFFFFFFF, "r": 0xFFE03030, "y": 0xFFFFF090}


def _stamp(picture: NDArray[np.uint32], canvas: _Canvas, eye: Eye, view: NDArray[np.float64], lift: float) -> None:
    """Draw an eye if it looks at the viewer and nothing hides it; it narrows when seen from the side."""
    x, up, near = view @ np.array(eye.at)
    facing_x, _, facing_near = view @ np.array(eye.out) / np.linalg.norm(eye.out)
    column, row = int(round(x + FOOT_X - 0.5)), int(round(FOOT_Y - up - lift - 0.5))
    if facing_near < 0.10 or near + 1.6 < canvas.depth[row, column]:
        return
    stamp = _STAMPS[eye.style]
    width = len(stamp[0])
    narrow = facing_near < 0.42 and width > 1
    left = column - width // 2 + (1 if facing_x < 0 and width == 2 else 0)
    for dy, line in enumerate(stamp):
        for dx, ink in enumerate(line[:-1] if narrow else line):
            y, at = row + dy - len(stamp) // 2, left + dx
            if ink in _INKS and 0 <= y < SIZE and 0 <= at < SIZE and canvas.group[y, at] >= 0:
                picture[y, at] = _INKS[ink]


def build(parts: Sequence[Part | Sequence[Part]], eyes: Sequence[Eye] = (), lift: float = 0.0) -> Model:
    """A model from parts and nested lists of parts."""
    flat: list[Part] = []
    for entry in parts:
        flat.extend([entry] if isinstance(entry, Part) else entry)
    return Model(tuple(flat), tuple(eyes), lift)
