"""Skills written for the occasion, and drawn floors as the observations that skills are given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from agents.skills.manifest import Manifest
from agents.skills.sources import Source
from pmd_gym.observations import PLANE_INDEX, STATUS, STATUS_INDEX
from tests.doubles.toy_floor import ToyFloor

WAITS = "def run(sight):\n    while True:\n        yield 0\n"
"""A skill that waits for ever."""


def manifest_text(name: str, **keys: Any) -> str:
    """A manifest that is in order, with other values for some keys."""
    plain = {"name": name, "version": "1.0.0", "description": f"does {name}", "entry": f"{name}.py:run"}
    return yaml.safe_dump({**plain, "permissions": ["walk"], **keys}, sort_keys=False)


def write_skill(root: Path, name: str, code: str = WAITS, **keys: Any) -> Path:
    """Put a skill into a folder of skills; returns its Python file."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.yaml").write_text(manifest_text(name, **keys))
    (folder / f"{name}.py").write_text(code)
    return folder / f"{name}.py"


def source(code: str, name: str = "hop", **keys: Any) -> Source:
    """A custom skill that is on no disk."""
    values: dict[str, Any] = {"permissions": ("walk",), "requires": {}, "parameters": {}, **keys}
    manifest = Manifest(name, "1.0.0", "hops", f"{name}.py:run", **values)
    return Source("custom", manifest, code, f"digest of {code}")


def observation_of(floor: ToyFloor) -> Mapping[str, NDArray[Any]]:
    """A batch of one `map` observation that shows a drawn floor; figures not drawn are those of a fit team."""
    scene = floor.scene()
    planes = np.zeros((1, len(PLANE_INDEX), 32, 56), np.uint8)
    shown = {"known": scene.known, "walkable": scene.walkable, "ground": scene.hollow}
    for name, plane in shown.items():
        planes[0, PLANE_INDEX[name]] = plane
    places = {"enemy": scene.enemies, "asleep": scene.asleep, "item": scene.items, "trap": scene.traps}
    for name, points in {**places, "stairs": [scene.stairs] if scene.stairs else []}.items():
        for x, y in points:
            planes[0, PLANE_INDEX[name], y, x] = 1
    x, y = scene.leader
    planes[0, PLANE_INDEX["facing"], y, x] = scene.facing + 1
    numbers = {"x": x, "y": y, "floor": 1, "floors": 3, "hp": scene.hp, "max_hp": 30, "belly": 100, "turns_left": 900}
    status = np.zeros((1, len(STATUS)), np.float32)
    for name, value in numbers.items():
        status[0, STATUS_INDEX[name]] = value / STATUS[STATUS_INDEX[name]].scale
    return {"planes": planes, "status": status}
