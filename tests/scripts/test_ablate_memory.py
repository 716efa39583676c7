"""The interval of paired differences: what it covers, and that it is the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from ablate_memory import interval


def test_the_interval_surrounds_the_mean_and_is_repeatable() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 50)
    low, high = interval(values)
    assert low < values.mean() < high
    assert (low, high) == interval(values)
    assert abs((high - low) - 2 * 1.96 * values.std() / 50**0.5) < 0.2


def test_no_difference_is_none() -> None:
    assert interval(np.zeros(20)) == (0.0, 0.0)
