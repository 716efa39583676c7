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
from pmd_gym.kernels.legality import fill_mask

TERM_COUNT = 16

EPISODE = np.dtype([("snapshot", SNAPSHOT), ("terms", "<f8", (TERM_COUNT,))])
"""One game's episode: what the RAM showed last, and the terms of the last step's reward."""

FACTS = ("dungeon", "floor", "turns_left", "hp", "explored", "steps", "frame", "game_seed", "outcome", "exit_reason")
"""Rows of the facts, (10, games) int64, one column a game: whoever wants one fact of all games reads few cache lines.

`game_seed` is the caller's to write at the start of an episode.
"""
STEPS, SEED = FACTS.index("steps"), FACTS.index("game_seed")


@kernel
def look(
    flat: Bytes, stride: int, env_ids: NDArray[np.int64], offered: NDArray[np.uint8], moves: NDArray[np.uint8],
    tables: NDArray[np.void], before: NDArray[np.void], weights: NDArray[np.float64], limit: int,
    outcomes: NDArray[np.uint8], illegal: NDArray[np.bool_], episodes: NDArray[np.void], facts: NDArray[np.int64],
    masks: NDArray[np.int8], rewards: NDArray[np.float64], ends: NDArray[np.bool_],
) -> int:  # fmt: skip
    """Bring what is known of the games `env_ids` (n,) up to date with the RAM; returns how many of them have ended.

    What is known are the `episodes`, `facts`, `masks` (games, 63), `rewards` (games,) and `ends` (2, games), which are
    terminated and truncated, of all games. After a step `before` is work space for one snapshot, (1,), and the step is
    counted and rewarded, by its `outcomes` (games,) and by whether it was `illegal` (games,); at the start of an
    episode it is empty. `limit` is the number of steps after which an episode is truncated.
    """
    ended = 0
    for env_id in env_ids:
        start, episode = env_id * stride, episodes[env_id]
        if len(before):
            copy_figures(episode.snapshot, before[0])
        take_snapshot(flat, start, episode.snapshot)
        fill_mask(flat, start, offered, moves, tables[0], masks[env_id])
        if len(before):
            outcome = outcomes[env_id]
            fill_terms(before[0], episode.snapshot, outcome, illegal[env_id], episode.terms)
            rewards[env_id] = _worth(episode.terms, weights)
            facts[STEPS, env_id] += 1
            ends[0, env_id] = outcome != RUNNING
            ends[1, env_id] = outcome == RUNNING and facts[STEPS, env_id] >= limit
            ended += ends[0, env_id] or ends[1, env_id]
        _fill_facts(flat, start, episode.snapshot, outcomes[env_id], facts[:, env_id])
    return ended


@kernel
def _worth(terms: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    reward = 0.0
    for term in range(TERM_COUNT):
        reward += terms[term] * weights[term]
    return reward


@kernel
def _fill_facts(flat: Bytes, start: int, snapshot: Record, outcome: int, facts: NDArray[np.int64]) -> None:
    facts[0], facts[1], facts[2] = snapshot.dungeon, snapshot.floor, snapshot.turns_left
    facts[3], facts[4] = snapshot.hp, snapshot.explored
    facts[6] = flat[start : start + IMAGE_SIZE].view(IMAGE)[0].logic_frames
    facts[8], facts[9] = outcome, snapshot.exit_reason
