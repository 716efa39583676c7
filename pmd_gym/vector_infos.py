"""Infos of many games as Gymnasium's vector form has them: arrays by key, each with a mask `_key` of the rows it holds.

A batch has `count` rows. `step` and `reset` give every game of the environment its own row; `recv` has one row for each
game that it hands out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmd_gym.episodes import Episodes, Ids

Infos = dict[str, Any]


class Final(NamedTuple):
    """The end of one game's episode, kept until the game is handed out: facts and reason as arrays (1, ...)."""

    observation: Any
    facts: dict[str, NDArray[Any]]
    reason: NDArray[np.object_]


def infos_of(episodes: Episodes, games: Ids, rows: Ids, count: int) -> Infos:
    """Infos of `games` at the rows `rows` of a batch; the other rows are 0 or None and masked out."""
    return spread(episodes.info(games), episodes.reasons(games), rows, count)


def spread(facts: Mapping[str, NDArray[Any]], reasons: NDArray[np.object_], rows: Ids, count: int) -> Infos:
    """Facts (n, ...) and reasons (n,) of games put at their rows; `reason` only where there is one.

    The facts' masks are one and the same array.
    """
    present = np.zeros(count, np.bool_)
    present[rows] = True
    infos: Infos = dict(facts)
    if len(rows) < count:
        infos = {key: _placed(values, rows, count) for key, values in facts.items()}
    infos |= dict.fromkeys(["_" + key for key in facts], present)
    if np.count_nonzero(reasons):  # an empty text while the episode runs
        ended = reasons != ""
        infos["reason"] = _placed(np.where(ended, reasons, np.array(None)), rows, count)
        infos["_reason"] = infos["reason"] != np.array(None)
    return infos


def join(finals: Sequence[Final], rows: Ids, count: int) -> Infos:
    """Infos of several ends, each at its row."""
    facts = {key: np.concatenate([final.facts[key] for final in finals]) for key in finals[0].facts}
    return spread(facts, np.concatenate([final.reason for final in finals]), rows, count)


def final_infos(observations: Sequence[Any], infos: Infos, rows: Ids, count: int) -> Infos:
    """`final_obs` (objects) and `final_info` of games whose episode has just ended, at their rows, with the masks."""
    finals, mask = np.full(count, None, object), np.zeros(count, np.bool_)
    for row, observation in zip(rows, observations, strict=True):
        finals[row] = observation
    mask[rows] = True
    return {"final_obs": finals, "_final_obs": mask, "final_info": infos, "_final_info": mask.copy()}


def _placed(values: NDArray[Any], rows: Ids, count: int) -> NDArray[Any]:
    """Values at their rows; 0 or None elsewhere."""
    if len(rows) == count:
        return values
    full = np.full((count, *values.shape[1:]), None if values.dtype == object else 0, values.dtype)
    full[rows] = values
    return full
