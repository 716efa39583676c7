"""When another try is made, and what tokens cost."""

from __future__ import annotations

import random

import pytest

from agents.inference.backoff import Backoff, seconds_of
from agents.inference.replies import Cached, Usage
from agents.inference.spending import Prices, Spending
from pmd_gym.errors import ConfigError


def test_waits_double_to_a_limit_and_end() -> None:
    backoff = Backoff(tries=6, first_s=0.5, longest_s=3.0)
    dice = random.Random(1)
    waits = [backoff.wait_s(tried, None, dice) for tried in range(1, 7)]
    assert waits.pop() is None
    for wait, most in zip(waits, (0.5, 1.0, 2.0, 3.0, 3.0), strict=True):
        assert wait is not None and most / 2 <= wait <= most


def test_the_servers_wish_counts_up_to_a_limit() -> None:
    backoff = Backoff(first_s=0.5, patience_s=20.0)
    assert backoff.wait_s(1, 7.0, random.Random(1)) == 7.0
    assert backoff.wait_s(1, 0.0, random.Random(1)) == pytest.approx(0.43, abs=0.1)
    assert backoff.wait_s(1, 21.0, random.Random(1)) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        (None, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_only_plain_seconds_are_a_wish(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header) == seconds


def test_nonsense_is_refused() -> None:
    with pytest.raises(ConfigError, match="tries >= 1"):
        Backoff(tries=0)
    with pytest.raises(ConfigError, match="0 or more"):
        Prices(read=-1.0)


def test_a_reply_costs_what_was_read_and_written() -> None:
    usage = Usage(1000, 10, Cached(400))
    assert Prices(read=2.0, written=30.0).of(usage) == pytest.approx(2300e-6)
    assert Prices(read=2.0, written=30.0, cached=0.5).of(usage) == pytest.approx(1700e-6)
    assert Prices().of(usage) == 0.0


def test_spending_adds_up_and_says_what_it_does_not_know() -> None:
    prices = Prices(read=1.0, written=10.0)
    spent = Spending().after(Usage(100, 5), prices).after(None, prices).after(Usage(50, None, Cached(None)), prices)
    assert spent == Spending(replies=3, unmetered=1, prompt_tokens=150, tokens=5, cost=pytest.approx(200e-6))
