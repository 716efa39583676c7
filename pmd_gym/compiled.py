"""The one door to Numba: `kernel` compiles a function and keeps the machine code on disk.

Numba's own cache looks only at the file a function stands in, so a change in a called kernel or in the RAM map would go
unseen. Here a kernel's cache folder is named after a hash of its module, of every module of the package that this one
imports, directly or not, and of the RAM map: a change gives a fresh folder, and nothing stale is ever run.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent
_IMPORT = re.compile(r"^(?:from|import) (pmd_gym[\w.]*)(?: import (\([^)]*\)|[^\n]*))?", re.MULTILINE)
_NUMBA: Any = numba


@cache
def cache_folder(module: str) -> Path:
    """Folder of the compiled kernels of a module for exactly these sources; `PMD_GYM_CACHE` moves its parent.

    Default parent: `$XDG_CACHE_HOME/pmd_gym` or `~/.cache/pmd_gym`.
    """
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {module}".encode())
    for name in sorted(_closure(module)):
        digest.update(_source(name))
    digest.update(_PACKAGE.joinpath("ram", "ram_map.json").read_bytes())
    parent = os.environ.get("PMD_GYM_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "pmd_gym"
    )
    return Path(parent, digest.hexdigest()[:16])


def is_warm(module: str = "pmd_gym.simulator.games") -> bool:
    """True when the kernels of a module, by default the simulator's entry, were compiled before for these sources."""
    folder = cache_folder(module)
    return folder.is_dir() and any(folder.iterdir())


def _closure(module: str) -> set[str]:
    """A module of the package and all modules of the package that it imports, directly or not."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _source(name):
            found.add(name)
            waiting += _imports(name)
    return found


@cache
def _imports(module: str) -> list[str]:
    """Names that a module imports from the package; `from a import b` may mean the module `a.b`, so both are named."""
    names = []
    for package, rest in _IMPORT.findall(_source(module).decode()):
        items = re.findall(r"\w+", re.sub(r"#.*", "", rest))
        names += [package, *(f"{package}.{item}" for item in items)]
    return names


@cache
def _source(module: str) -> bytes:
    """Source of a module of the package; empty when there is no such module."""
    path = _PACKAGE.parent.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate.read_bytes()
    return b""


def kernel(function: Function) -> Function:
    """Compile `function` with Numba on first call, without the GIL, and cache the result on disk.

    With `NUMBA_DISABLE_JIT=1` the function stays plain Python, which the tests use as its slow twin.
    """
    if _NUMBA.config.DISABLE_JIT:
        return function
    previous, _NUMBA.config.CACHE_DIR = _NUMBA.config.CACHE_DIR, str(cache_folder(function.__module__))
    try:
        compiled: Any = _NUMBA.njit(cache=True, nogil=True, no_cfunc_wrapper=True)(function)
        return cast(Function, _sharing_compilations(compiled))
    finally:
        _NUMBA.config.CACHE_DIR = previous


def _sharing_compilations(dispatcher: Any) -> Any:
    """Let all calls from other kernels share one compilation, whatever the width of their integers.

    Numba else compiles a called kernel again for every literal and every mix of uint8, int16 and int64 arguments, which
    multiplies the time of a cold start; the integers of the RAM all fit into int64.
    """
    original = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return original(tuple(map(_widened, args)), {name: _widened(kind) for name, kind in dict(kws).items()})

    dispatcher.get_call_template = get_call_template
    return dispatcher


def _widened(kind: Any) -> Any:
    plain = _NUMBA.types.unliteral(kind)
    return _NUMBA.types.int64 if isinstance(plain, _NUMBA.types.Integer) else plain


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
