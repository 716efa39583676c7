"""What a server was asked for and what that costs, in tokens and in the user's own money. No network, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agents.inference.replies import Usage
from pmd_gym.errors import ConfigError

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Price of a million tokens, in any unit: read, read from the server's cache (None: as read), written."""

    read: float = 0.0
    written: float = 0.0
    cached: float | None = None

    def __post_init__(self) -> None:
        if min(self.read, self.written, self.cached or 0.0) < 0:
            raise ConfigError(f"prices of a million tokens are 0 or more; got {self}")

    def of(self, usage: Usage) -> float:
        """The price of one reply."""
        cached = min(usage.cached, usage.prompt_tokens)
        dear = (usage.prompt_tokens - cached) * self.read
        cheap = cached * (self.read if self.cached is None else self.cached)
        return (dear + cheap + (usage.completion_tokens or 0) * self.written) / MILLION


@dataclass(frozen=True, slots=True)
class Spending:
    """All until now. `unmetered` replies came without a count of tokens: their cost is not in `cost`.

    `retries` are requests sent again, `failures` those given up; neither is known to have cost anything.
    """

    replies: int = 0
    retries: int = 0
    failures: int = 0
    unmetered: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    tokens: int = 0
    cost: float = 0.0

    def after(self, usage: Usage | None, prices: Prices) -> Spending:
        """With one reply more."""
        if usage is None:
            return replace(self, replies=self.replies + 1, unmetered=self.unmetered + 1)
        return replace(
            self, replies=self.replies + 1, prompt_tokens=self.prompt_tokens + usage.prompt_tokens,
            cached_tokens=self.cached_tokens + usage.cached, tokens=self.tokens + (usage.completion_tokens or 0),
            cost=self.cost + prices.of(usage),
        )  # fmt: skip
