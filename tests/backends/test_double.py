"""The double of the environment's tests keeps to the seam as the real backends do."""

from __future__ import annotations

from pmd_gym.backends.interface import Backend
from tests.backends.conformance import BackendConformance
from tests.doubles.backend import OpenFloorBackend


class TestOpenFloor(BackendConformance):
    def make(self, num_envs: int) -> Backend:
        return OpenFloorBackend(num_envs)
