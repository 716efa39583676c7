"""Settings of the whole suite: one profile for property tests, and machine code before the first timed test."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

MANY_TESTS = 500


def pytest_collection_finish(session: pytest.Session) -> None:
    """Compile the simulator before a run of many tests: the first of them would else exceed its time limit."""
    if len(session.items) >= MANY_TESTS and not session.config.option.collectonly:
        from pmd_gym.simulator.ahead import compile_ahead

        compile_ahead()
