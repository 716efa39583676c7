"""Two kernels that compile quickly, in a module of their own: for tests of where compiled code is kept."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel


@kernel
def doubled(numbers: Any) -> Any:
    return numbers * 2


@kernel
def tripled(numbers: Any) -> Any:
    return numbers * 3
