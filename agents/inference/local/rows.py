"""Prompts as rows of numbers: token ids, the places of a picture's tokens, positions in M-RoPE. Knows no torch.

In Qwen3-VL a token has three positions (time, row, column). Words have three equal ones; those of a picture's tokens
count its cells, and the words behind it go on after the longer side. They are computed here and given to the model, so
that nothing depends on what the model remembers of its last prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt: all its token ids, and its picture, if any, whose tokens are already among them.

    The first `shared` ids are the same in every prompt with the same rules; no picture is among them.
    """

    ids: tuple[int, ...]
    shared: int = 0
    picture: NDArray[np.uint8] | None = None
    grid: tuple[int, int] = (0, 0)
    """Patches of the picture, down and across."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is behind the shared beginning of several rows, padded at the left to one length.

    `ids` (n, length) int64; `attention` (n, shared + length) int64, 1 where there is a token; `positions`
    (3, n, length) int64; `following` (n,) int64, the position of the next token of each row.
    """

    shared: tuple[int, ...]
    ids: NDArray[np.int64]
    attention: NDArray[np.int64]
    positions: NDArray[np.int64]
    following: NDArray[np.int64]


def block(rows: Sequence[Row], image_token: int, merge: int, padding: int = 0) -> Block:
    """Rows for one forward pass, with the beginning that is theirs together (perhaps none) apart."""
    shared = common_beginning(rows)
    count, length = len(rows), max(len(row.ids) for row in rows) - shared
    ids = np.full((count, length), padding, np.int64)
    attention = np.ones((count, shared + length), np.int64)
    places = np.zeros((3, count, length), np.int64)
    following = np.zeros(count, np.int64)
    for number, row in enumerate(rows):
        own = np.array(row.ids, np.int64)
        start = length - (len(own) - shared)
        all_places, following[number] = positions(own, image_token, row.grid, merge)
        ids[number, start:] = own[shared:]
        attention[number, shared : shared + start] = 0
        places[:, number, start:] = all_places[:, shared:]
    return Block(rows[0].ids[:shared], ids, attention, places, following)


def common_beginning(rows: Sequence[Row]) -> int:
    """How many ids all rows share at their beginning, by their own `shared`; each row keeps one id behind it."""
    length = min(min(row.shared, len(row.ids) - 1) for row in rows)
    first = rows[0].ids[:length]
    return length if all(row.ids[:length] == first for row in rows) else 0


def positions(
    ids: NDArray[np.int64], image_token: int, grid: tuple[int, int], merge: int
) -> tuple[NDArray[np.int64], int]:
    """((3, n) positions of a row with at most one picture, the position of the token after it)."""
    places = np.tile(np.arange(len(ids)), (3, 1))
    pictured = np.flatnonzero(ids == image_token)
    if not len(pictured):
        return places, len(ids)
    down, across = grid[0] // merge, grid[1] // merge
    start, end = int(pictured[0]), int(pictured[-1]) + 1
    cells = np.arange(end - start)
    places[:, start:end] = start + np.stack([np.zeros_like(cells), cells // across, cells % across])
    places[:, end:] += start + max(down, across) - end
    return places, len(ids) - end + start + max(down, across)
