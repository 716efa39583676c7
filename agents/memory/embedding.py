"""From a moment of a game to a key: rows of length 1, so that an inner product is a cosine. Nothing here is random.

Three embedders behind one seam. `FeatureEmbedder`: what the decoded RAM says, no model. `HiddenEmbedder`: the policy
model's own pooled hidden state, handed over by the pass that decides or asked for once. `text_encoder.TextEmbedder`: a
small sentence encoder. The name of an embedder is written into the files of a memory, so keys never mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import InferenceBackend, Prompt
from pmd_gym.errors import ConfigError
from pmd_gym.observations import PLANE_INDEX, STATUS, STATUS_INDEX

DIMENSIONS = 384

PLACE, AROUND, PLIGHT = 0.4, 0.35, 0.25
"""Weights of the three parts of a feature key; the cosine of two keys is the weighted mean of the parts' cosines."""
REACH_X, REACH_Y, POOL = 7, 6, 2
"""Tiles around the leader that count, and how many by how many become one number: 15 by 13 tiles make 8 by 7 cells."""
SEEN = (("wall",), ("enemy",), ("item", "money"), ("trap",), ("stairs",))
"""Planes of the surroundings, those of a group together: 5 x 56 numbers."""
WAVES = 10
"""Wavelengths of the place, 2 to 1024 doubling, for each of floor, x and y; and one number for each dungeon's bit."""
SHARES = (
    ("hp", "max_hp"), ("belly", "max_belly"), ("partner_1_hp", "partner_1_max_hp"),
    ("partner_2_hp", "partner_2_max_hp"),
)  # fmt: skip


class Embedder(Protocol):
    """Keys of many games at once."""

    name: str
    dimensions: int

    async def embed(self, observations: Any, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """(n, dimensions) float32, rows of length 1, of batched `map` observations and the prompts made of them."""


class FeatureEmbedder:
    """Where the leader is, what is around him, and how he fares, in 384 numbers; deterministic.

    Each part is scaled to length 1 and weighted with the square root of its weight:
    place (67): sin and cos of floor, x, y at ten wavelengths, the dungeon's number in 7 bits as -1 and 1;
    around (280): mean over 2 by 2 tiles of each group of `SEEN` within the reach, the square root of it;
    plight (37, 10 of them spare): shares of HP, belly and partners' HP, PP of the moves, what is wrong, enemies.
    """

    name = "features-1"
    dimensions = DIMENSIONS

    async def embed(self, observations: Any, prompts: Sequence[Prompt] = ()) -> NDArray[np.float32]:
        """See `Embedder.embed`; prompts are not looked at."""
        return self.keys(observations)

    def keys(self, observations: Any) -> NDArray[np.float32]:
        """(n, 384) float32 of `planes` (n, 23, 32, 56) and `status` (n, 128)."""
        status = observations["status"] * _SCALES
        parts = ((PLACE, _place(status)), (AROUND, _around(observations["planes"], status)), (PLIGHT, _plight(status)))
        keys = np.concatenate([np.sqrt(weight) * _unit(part) for weight, part in parts], axis=1)
        return _unit(keys).astype(np.float32)


class HiddenEmbedder:
    """The model's pooled hidden state: what the deciding pass offered, at no cost, or else asked for."""

    def __init__(self, backend: InferenceBackend, name: str, dimensions: int) -> None:
        """`name` of the model, as its keys fit no other's; `dimensions` its hidden size."""
        self.name, self.dimensions = f"hidden-{name}"[:48], dimensions
        self._backend = backend
        self._offered: NDArray[np.float32] | None = None

    def offer(self, hidden: NDArray[np.float32]) -> None:
        """Hidden states (n, dimensions) of the prompts that are embedded next, from the pass that decided on them."""
        self._offered = hidden

    async def embed(self, observations: Any, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        """See `Embedder.embed`; ConfigError if the model has another hidden size."""
        hidden, self._offered = self._offered, None
        if hidden is None or len(hidden) != len(prompts):
            hidden = await self._backend.embed(prompts)
        if hidden.shape != (len(prompts), self.dimensions):
            expected = len(prompts), self.dimensions
            raise ConfigError(f"expected hidden states {expected}, the model gave {hidden.shape}")
        return _unit(hidden).astype(np.float32)


_SCALES = np.array([entry.scale for entry in STATUS], np.float32)
_BITS = 7
_WRONG = tuple(
    name for name, entry in ((entry.name, entry) for entry in STATUS) if name.endswith("_status") and entry.low == 0
)


def _place(status: NDArray[np.float32]) -> NDArray[np.float32]:
    where = _columns(status, "floor", "x", "y")
    angles = where[:, :, None] * (2 * np.pi / 2.0 ** np.arange(1, WAVES + 1, dtype=np.float32))
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=2).reshape(len(status), -1)
    dungeon = _columns(status, "dungeon_id").round().astype(np.int64)
    bits = 2.0 * (dungeon >> np.arange(_BITS) & 1) - 1.0
    return np.concatenate([waves, bits], axis=1).astype(np.float32)


def _around(planes: NDArray[np.uint8], status: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = 2 * REACH_Y + 1 + 1, 2 * REACH_X + 1 + 1
    window = np.zeros((len(planes), len(SEEN), height, width), np.float32)
    for row, (x, y) in enumerate(_columns(status, "x", "y").round().astype(np.int64).tolist()):
        top, left = max(0, y - REACH_Y), max(0, x - REACH_X)
        seen = planes[row, :, top : y + REACH_Y + 1, left : x + REACH_X + 1]
        down, across = top - (y - REACH_Y), left - (x - REACH_X)
        for group, names in enumerate(SEEN):
            shown = seen[[PLANE_INDEX[name] for name in names]].any(axis=0)
            window[row, group, down : down + shown.shape[0], across : across + shown.shape[1]] = shown
    cells = window.reshape(len(planes), len(SEEN), height // POOL, POOL, width // POOL, POOL).mean(axis=(3, 5))
    flat: NDArray[np.float32] = np.sqrt(cells.reshape(len(planes), -1))
    return flat


def _plight(status: NDArray[np.float32]) -> NDArray[np.float32]:
    shares = [_columns(status, now)[:, 0] / np.maximum(1.0, _columns(status, most)[:, 0]) for now, most in SHARES]
    pp = np.minimum(1.0, _columns(status, *(f"move_{slot}_pp" for slot in (1, 2, 3, 4))) / 20.0)
    wrong = _columns(status, *_WRONG) > 0
    near = _columns(status, "nearest_enemy_dx", "nearest_enemy_dy") / 8.0
    count = np.minimum(1.0, _columns(status, "enemies_shown") / 4.0)
    rest = _columns(status, "in_room", "on_stairs", "stairs_known", "bag_items")
    rest[:, 3] /= 20.0
    made = np.concatenate([np.stack(shares, axis=1), pp, wrong, np.tanh(near), count, rest], axis=1)
    return np.pad(made, ((0, 0), (0, DIMENSIONS - _PLACE_SIZE - _AROUND_SIZE - made.shape[1]))).astype(np.float32)


_PLACE_SIZE = 6 * WAVES + _BITS
_AROUND_SIZE = len(SEEN) * ((2 * REACH_Y + 2) // POOL) * ((2 * REACH_X + 2) // POOL)


def _columns(status: NDArray[np.float32], *names: str) -> NDArray[np.float32]:
    columns: NDArray[np.float32] = status[:, [STATUS_INDEX[name] for name in names]].copy()
    return columns


def _unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    """Rows scaled to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, 1e-12)
    return unit
