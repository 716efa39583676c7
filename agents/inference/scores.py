"""Probabilities of whole answers from the log probabilities of tokens that a server lists. Pure numbers, no network.

It goes along the tokens that were written, and at each weighs what was listed in its place:

- A listed token that completes an answer gives that answer its probability.
- Where the written token only begins answers, they share its probability, and the way goes on among them; but not
  those that are known to be one token: a model that means them does not spell them.
- All others share what the listed tokens leave over, and none gets more than the least of them: upper bounds.

The shares at a place are made to sum to what the way so far has. Tokens that lead to no answer count for nothing, as if
the model had been kept to the answers from the start, which is what `InferenceBackend.choose` means.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.inference.replies import Step

LEAST = 1e-30
"""Stands for a probability of nothing, which has no logarithm."""
TAILS = (b"", b'"', b'"}')
"""What may cling to the end of an answer in JSON, in one token with it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """`log_probabilities` (n,) float32 of n answers, normalised; `known` is the share of them that were listed.

    `is_open`: the tokens ended where several answers still shared a beginning; more of them would tell.
    """

    log_probabilities: NDArray[np.float32]
    known: float
    is_open: bool


def even(answers: int) -> Scores:
    """What is known where nothing is told."""
    return Scores(np.full(answers, -math.log(answers), np.float32), 0.0, False)


def scores_of(
    answers: Sequence[str], steps: Sequence[Step], lead: str = "", whole: Collection[str] = frozenset()
) -> Scores:
    """Scores of `answers` by the tokens written; with a `lead`, each stands in JSON behind it, blanks not counted.

    Those in `whole` are known to be one token.
    """
    way = _Way([(lead + answer).encode() for answer in answers], lead.encode(), [answer in whole for answer in answers])
    for step in steps:
        if not way.takes(step):
            break
    return way.scores()


class _Way:
    """Where the written tokens have led: `prefix`, to which `left` answers fit, which have `mass` together."""

    def __init__(self, targets: Sequence[bytes], lead: bytes, whole: Sequence[bool]) -> None:
        self._targets = targets
        self._whole = whole
        self._lead = lead
        self._prefix = b""
        self._left = list(range(len(targets)))
        self._mass = 1.0
        self._shares = np.zeros(len(targets))
        self._told = np.zeros(len(targets), bool)

    def takes(self, step: Step) -> bool:
        """Weigh what was listed at a step; whether the way goes on behind the written token."""
        written = self._joined(step.raw())
        if written == self._prefix:  # a blank, which JSON does not count, or the end, which has no text
            return bool(step.raw())
        weights = self._weights(step)
        found = {row: weights[text] for row in self._left for text in weights if self._completes(text, row)}
        done = any(self._completes(written, row) for row in self._left)
        on = [] if done else [row for row in self._left if row not in found and self._begins(written, row)]
        self._share(found, weights[written] if on else 0.0, on, _bound(weights, len(self._left) - len(found) - len(on)))
        self._prefix, self._left = written, on
        return len(on) > 1

    def scores(self) -> Scores:
        """The outcome; answers that share a beginning to the end share its mass evenly."""
        self._shares[self._left] = self._mass / max(1, len(self._left))
        self._told[self._left] = len(self._left) == 1
        if not self._told.any() or not self._shares.sum():
            return Scores(even(len(self._targets)).log_probabilities, 0.0, len(self._left) > 1)
        shares = np.maximum(self._shares / self._shares.sum(), LEAST)
        return Scores(np.log(shares).astype(np.float32), float(self._told.mean()), len(self._left) > 1)

    def _weights(self, step: Step) -> dict[bytes, float]:
        """Probability of every text that the listed tokens would lead to; tokens that differ in blanks add up.

        Of tokens with the same text (some vocabularies have a letter twice) the likelier one counts.
        """
        listed: dict[bytes, float] = {}
        for scored in (*step.top_logprobs, step):
            token = scored.raw()
            listed[token] = max(listed.get(token, 0.0), math.exp(min(0.0, scored.logprob)))
        weights: dict[bytes, float] = {}
        for token, weight in listed.items():
            text = self._joined(token)
            weights[text] = weights.get(text, 0.0) + weight
        return weights

    def _share(self, found: dict[int, float], going_on: float, on: list[int], bound: float) -> None:
        rest = [row for row in self._left if row not in found and row not in on]
        total = sum(found.values()) + going_on + bound * len(rest)
        scale = self._mass / total if total else 0.0
        for row in self._left:
            self._shares[row] = scale * found.get(row, bound)
        self._told[list(found)] = True
        self._mass = going_on * scale

    def _joined(self, token: bytes) -> bytes:
        """The prefix and a token behind it, without blanks where JSON does not count them."""
        text = bytearray(self._prefix)
        for byte in token:
            if len(text) >= len(self._lead) or not chr(byte).isspace():
                text.append(byte)
        return bytes(text)

    def _completes(self, text: bytes, row: int) -> bool:
        target = self._targets[row]
        return text == target or (bool(self._lead) and text.startswith(target) and text[len(target) :] in TAILS)

    def _begins(self, text: bytes, row: int) -> bool:
        return not self._whole[row] and self._targets[row].startswith(text)


def _bound(weights: dict[bytes, float], others: int) -> float:
    """The most that each of `others` can have, none of which is listed."""
    left_over = max(0.0, 1.0 - sum(weights.values()))
    return min(min(weights.values()), left_over / others) if others else 0.0
