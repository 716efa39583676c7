"""What a step came to, in one pass over each game: snapshot, mask, terms, reward, end; and the numbers of an `info`.

One kernel and not five, because with one game a call from Python costs more than the work, and with a thousand games
each pass fetches the same cache lines again. Knows neither Gymnasium nor what the terms mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.kernels.earnings import RUNNING, SNAPSHOT, copy_figures, fill_terms, take_snapshot
from pmd_gym.kernels.images import IMAGE, IMAGE_SIZE, Bytes, Record
from pmd_gym.kernels.legality import COUNT, fill_mask

TERM_COUNT = 16

EPISODE = np.dtype([
    ("snapshot", SNAPSHOT), ("steps", "<i8"), ("seed", "<i8"), ("reward", "<f8"), ("terms", "<f8", (TERM_COUNT,)),
    ("mask", "i1", (COUNT,)), ("illegal", "?"), ("outcome", "u1"), ("terminated", "?"), ("truncated", "?"),
])  # fmt: skip
"""One game's episode: what the RAM showed last, what may be done, and how the last step ended; `seed` is the game's."""

INFO = ("dungeon", "floor", "turns_left", "hp", "explored", "steps", "frame", "game_seed", "outcome", "exit_reason")
"""Rows of `fill_info`."""


@kernel
def look(
    flat: Bytes, stride: int, env_ids: NDArray[np.int64], offered: NDArray[np.uint8], moves: NDArray[np.uint8],
    tables: NDArray[np.void], before: NDArray[np.void], weights: NDArray[np.float64], limit: int,
    episodes: NDArray[np.void],
) -> int:  # fmt: skip
    """Bring the `episodes` (n,) of the games `env_ids` up to date with the RAM; returns how many of them have ended.

    After a step `before` is work space for one snapshot, (1,), and the step is counted and rewarded; at the start of an
    episode it is empty. `limit` is the number of steps after which an episode is truncated.
    """
    ended = 0
    for row in range(len(env_ids)):
        start, episode = env_ids[row] * stride, episodes[row]
        if len(before):
            copy_figures(episode.snapshot, before[0])
        take_snapshot(flat, start, episode.snapshot)
        fill_mask(flat, start, offered, moves, tables[0], episode.mask)
        if len(before):
            fill_terms(before[0], episode.snapshot, episode.outcome, episode.illegal, episode.terms)
            ended += _settle(episode, weights, limit)
    return ended


@kernel
def _settle(episode: Record, weights: NDArray[np.float64], limit: int) -> bool:
    reward = 0.0
    for term in range(TERM_COUNT):
        reward += episode.terms[term] * weights[term]
    episode.reward = reward
    episode.steps += 1
    episode.terminated = episode.outcome != RUNNING
    episode.truncated = episode.outcome == RUNNING and episode.steps >= limit
    return bool(episode.terminated or episode.truncated)


@kernel
def fill_info(
    flat: Bytes, stride: int, env_ids: NDArray[np.int64], episodes: NDArray[np.void], out: NDArray[np.int64],
    masks: NDArray[np.int8], illegal: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Write the numbers named in `INFO` to `out`, (10, n), for the games `env_ids` out of all `episodes`; and their
    `masks`, (n, 63), and whether the last action was `illegal`, (n,)."""
    for row in range(len(env_ids)):
        start, episode = env_ids[row] * stride, episodes[env_ids[row]]
        snapshot = episode.snapshot
        out[0, row], out[1, row], out[2, row] = snapshot.dungeon, snapshot.floor, snapshot.turns_left
        out[3, row], out[4, row], out[5, row] = snapshot.hp, snapshot.explored, episode.steps
        out[6, row] = flat[start : start + IMAGE_SIZE].view(IMAGE)[0].logic_frames
        out[7, row], out[8, row], out[9, row] = episode.seed, episode.outcome, snapshot.exit_reason
        illegal[row] = episode.illegal
        for action in range(COUNT):
            masks[row, action] = episode.mask[action]
