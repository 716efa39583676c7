"""What a run may use up; when that is reached it ends as if it had been asked to, and can be gone on with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from agents.inference.interface import Use
from pmd_gym.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Budget:
    """None: no limit. Tokens are those read and written; money is the user's; minutes pass by the clock."""

    max_tokens: int | None = None
    max_cost: float | None = None
    max_minutes: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_tokens", "max_cost", "max_minutes"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigError(f"{name} must be more than 0, or left out for no limit; got {value}")

    def reached(self, used: Use, seconds: float) -> str:
        """Why a run must end now, in words; empty if it may go on."""
        tokens, minutes = used.prompt_tokens + used.tokens, seconds / 60
        for name, spent, limit in (
            ("max_tokens", tokens, self.max_tokens), ("max_cost", used.cost, self.max_cost),
            ("max_minutes", minutes, self.max_minutes),
        ):  # fmt: skip
            if limit is not None and spent >= limit:
                return f"{name}: {spent:,.6g} of {limit:,.6g} are used up"
        return ""


class Stopwatch:
    """Seconds since it was made, and those before."""

    def __init__(self, before_s: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start_s = clock() - before_s

    @property
    def seconds(self) -> float:
        """All of them."""
        return self._clock() - self._start_s
