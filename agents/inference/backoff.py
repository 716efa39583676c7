"""How long to wait before a request that failed is sent again, and how often. No network, no clock of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pmd_gym.errors import ConfigError

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""HTTP statuses that may be another ones a moment later."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Up to `tries` in all; waits double from `first_s` to `longest_s`, less up to a half at random.

    The server's own word (`Retry-After`) counts where it asks for more; one beyond `patience_s` is not waited for.
    """

    tries: int = 5
    first_s: float = 0.5
    longest_s: float = 8.0
    patience_s: float = 60.0

    def __post_init__(self) -> None:
        if not (self.tries >= 1 and 0 <= self.first_s <= self.longest_s and self.patience_s >= 0):
            raise ConfigError(f"expected tries >= 1, 0 <= first_s <= longest_s and patience_s >= 0; got {self}")

    def wait_s(self, tried: int, asked_s: float | None, dice: random.Random) -> float | None:
        """Seconds until the next try after `tried` of them; None: give up. `asked_s` is what the server asks for."""
        if tried >= self.tries or (asked_s is not None and asked_s > self.patience_s):
            return None
        own = min(self.longest_s, self.first_s * 2.0 ** min(tried - 1, 32)) * (1 - dice.random() / 2)
        return max(own, asked_s or 0.0)


def seconds_of(header: str | None) -> float | None:
    """A `Retry-After` in seconds; None where there is none, or a date, which depends on two clocks."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
