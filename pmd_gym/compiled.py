"""The one door to Numba: `kernel` compiles a function and keeps the machine code on disk.

Numba's own cache looks only at the file a function stands in, so a change in a called kernel, in the RAM map or
in a table would go unseen. Here the cache folder is named after a hash of every kernel source and data file of
the package: any change gives a fresh folder, and nothing stale is ever run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent
_NUMBA: Any = numba


@cache
def cache_folder() -> Path:
    """Folder of the compiled kernels for exactly these sources; `PMD_GYM_CACHE` moves its parent.

    Default parent: `$XDG_CACHE_HOME/pmd_gym` or `~/.cache/pmd_gym`.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(_PACKAGE.rglob("*.py")) + sorted(_PACKAGE.rglob("*.json")):
        digest.update(source.relative_to(_PACKAGE).as_posix().encode())
        digest.update(source.read_bytes())
    parent = os.environ.get("PMD_GYM_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "pmd_gym"
    )
    return Path(parent, digest.hexdigest()[:16])


def is_warm() -> bool:
    """True when kernels of these exact sources were compiled before on this machine."""
    folder = cache_folder()
    return folder.is_dir() and any(folder.iterdir())


def kernel(function: Function) -> Function:
    """Compile `function` with Numba on first call, without the GIL, and cache the result on disk.

    With `NUMBA_DISABLE_JIT=1` the function stays plain Python, which the tests use as its slow twin.
    """
    if _NUMBA.config.DISABLE_JIT:
        return function
    previous, _NUMBA.config.CACHE_DIR = _NUMBA.config.CACHE_DIR, str(cache_folder())
    try:
        return cast(Function, _without_literals(numba.njit(cache=True, nogil=True)(function)))
    finally:
        _NUMBA.config.CACHE_DIR = previous


def _without_literals(dispatcher: Any) -> Any:
    """Let calls from other kernels share one compilation for all constants of a type.

    Numba else compiles a called kernel again for every literal argument, `rand_int(game, 100)` and
    `rand_int(game, 8)` apart, which doubles the time of a cold start.
    """
    original = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        plain = {name: _NUMBA.types.unliteral(kind) for name, kind in dict(kws).items()}
        return original(tuple(_NUMBA.types.unliteral(kind) for kind in args), plain)

    dispatcher.get_call_template = get_call_template
    return dispatcher


@dataclass(frozen=True, slots=True)
class ArrayArgument:
    """An array argument of a kernel; `any_layout` accepts strided arrays too, `readonly` accepts both kinds."""

    dtype: np.dtype[Any]
    ndim: int = 1
    any_layout: bool = False
    readonly: bool = False


def specialize(function: Callable[..., Any], *arguments: ArrayArgument) -> None:
    """Compile a kernel for these arguments alone, or load it from the cache.

    Without it, Numba compiles a kernel once more for each mix of strided, contiguous, writable and read-only arrays.
    """
    types = tuple(
        numba.types.Array(numba.from_dtype(a.dtype), a.ndim, "A" if a.any_layout else "C", readonly=a.readonly)
        for a in arguments
    )
    dispatcher: Any = function
    dispatcher.compile(types)
    dispatcher.disable_compile()
