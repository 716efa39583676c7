"""Sprites of all 423 species in eight facings, made from `species.txt` when a species is first seen.

`sheet(species)` is the only door. A line of the table names a body plan, three colours and features; the solid model
built from it is shaded once for each facing. The letters of the species 201..226, 415 and 416 come from the font.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from pmd_gym.simulator.art import font, solid
from pmd_gym.simulator.art.features import FEATURES, STYLE_WORDS
from pmd_gym.simulator.art.plans import PLANS, Frame
from pmd_gym.simulator.art.solid import Model, Part, build, scaled

SPECIES_COUNT = 424
"""Species ids are 1..423; 0 is drawn as the decoy."""

_LETTERS = {**{201 + index: chr(ord("A") + index) for index in range(26)}, 415: "!", 416: "?"}
_UNKNOWN = 421
_GROWTH = 0.11
"""Model units to pixels for a size of 1 in the table: the smallest fill half a tile, the largest two."""


def sheet(species: int) -> NDArray[np.uint32]:
    """Pixels 0xAARRGGBB of a species, (8, 48, 48): facing 0 south, then counter-clockwise as the game counts."""
    shape = model(species)
    return np.stack([solid.sprite(shape, facing) for facing in range(solid.FACINGS)])


def model(species: int) -> Model:
    """Solid model of a species 1..423; of the decoy for any other number."""
    if species in _LETTERS:
        return _letter(_LETTERS[species])
    return _from_line(_table().get(species) or _table()[_UNKNOWN])


def describe(species: int) -> str:
    """The table's line of a species, for the gallery."""
    return " ".join(_table().get(species, ["letter"]))


@cache
def _table() -> dict[int, list[str]]:
    """Species id -> words of its line after the id and the name."""
    text = resources.files(__package__).joinpath("species.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {int(row[0]): row[2:] for row in rows}


def _from_line(words: list[str]) -> Model:
    plan, size, main, second, accent, *rest = words
    pairs = [word.partition("=") for word in rest]
    frame = Frame(main, second, accent, {name: value for name, _, value in pairs})
    PLANS[plan](frame)
    if "lift" in frame.words:
        frame.lift = 4.0
    for name, _, value in pairs:
        if name in FEATURES:
            FEATURES[name](frame, value)
        elif name not in STYLE_WORDS:
            raise ValueError(f"species.txt: unknown feature {name!r}; use one of {sorted({*FEATURES, *STYLE_WORDS})}")
    return scaled(Model(tuple(frame.parts), tuple(frame.eyes), frame.lift), int(size) * _GROWTH)


def _letter(letter: str) -> Model:
    """A floating letter with one eye: every dot of the font's glyph is a small ball."""
    dots = np.argwhere(font.glyph(letter))
    top, left = dots.min(0)
    bottom, right = dots.max(0)
    middle = (left + right) / 2
    parts = [Part("coal", ((middle - column) * 3.0, 0.0, (bottom - row) * 3.0 + 2.0), (1.9, 1.5, 1.9), group=1)
             for row, column in dots]  # fmt: skip
    height = float(bottom - top) * 1.5 + 2.0
    eye = [
        Part("white", (0, 1.0, height), (2.4, 1.8, 2.4), flat=True),
        Part("black", (0, 2.4, height), (0.9, 0.9, 1.1), flat=True),
    ]
    return build([parts, eye], lift=3.0)
