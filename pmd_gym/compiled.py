"""The one door to Numba: `kernel` compiles a function and keeps the machine code on disk.

Numba's own cache looks only at the file a function stands in, so a change in a called kernel or in the RAM map would go
unseen. Here a kernel's cache folder is named after a hash of its module, of every module of the package that this one
imports, directly or not, and of the RAM map: a change gives a fresh folder, and nothing stale is ever run. Where that
folder cannot be written or read, by a full disk say, kernels are compiled all the same and said once not to be kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

import numba
import numpy as np
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator
from numba.extending import typeof_impl

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent
_INNER = "pmd_gym.inner"  # imported where it is needed, and part of how every kernel is compiled
_IMPORT = re.compile(r"^(?:from|import) (pmd_gym[\w.]*)(?: import (\([^)]*\)|[^\n]*))?", re.MULTILINE)
_NUMBA: Any = numba
_ARRAYS = (np.ndarray, np.void)
_NUMBERS = (int, float, np.generic)
_UNREADABLE = (OSError, EOFError, pickle.UnpicklingError)
_log = logging.getLogger(__name__)
_said: list[str] = []


@cache
def cache_folder(module: str) -> Path:
    """Folder of the compiled kernels of a module for exactly these sources; `PMD_GYM_CACHE` moves its parent.

    Default parent: `$XDG_CACHE_HOME/pmd_gym` or `~/.cache/pmd_gym`.
    """
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {module}".encode())
    for name in sorted(_closure(module) | {_INNER}):
        digest.update(_source(name))
    digest.update(_PACKAGE.joinpath("ram", "ram_map.json").read_bytes())
    parent = os.environ.get("PMD_GYM_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "pmd_gym"
    )
    return Path(parent, digest.hexdigest()[:16])


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


class _OurFolderOnly(CompileResultCacheImpl):
    """Left to itself, Numba turns to `__pycache__` when the folder cannot be written, and would run what is stale."""

    _locator_classes: ClassVar[list[Any]] = [UserProvidedCacheLocator]  # type: ignore[misc]


class _Cache(FunctionCache):
    """The kept machine code of one kernel; a disk that fails costs time, never the game."""

    _impl_class = _OurFolderOnly

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What cannot be read is forgotten: None, as for a kernel that was never kept."""
        try:
            return super().load_overload(sig, target_context)
        except _UNREADABLE:
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Nothing is kept where it cannot be written; Numba takes its half-written file away."""
        try:
            super().save_overload(sig, data)
        except _UNREADABLE as error:  # the index is read before it is written
            _say_not_kept(str(error))


def _say_not_kept(why: str) -> None:
    """Once a process: the next kernels fare no better."""
    if not _said:
        _said.append(why)
        _log.warning("compiled kernels are not kept (%s): free some space, or set PMD_GYM_CACHE to another folder", why)


class Kernel:
    """A function that runs compiled when it is given NumPy arrays and numbers, and as plain Python when it is not.

    A first argument that is an array settles it.

    Plain calls are the slow twin of the compiled ones: given records of Python numbers (tests/doubles/plain.py), the
    whole simulator runs without Numba. Compilation happens on the first call that needs it, without the GIL held, and
    is kept on disk.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        if type(arguments[0]) is np.ndarray:
            return self.compiled(*arguments)
        arrays = False
        for argument in arguments:
            if type(argument) in _ARRAYS:
                arrays = True
            elif not isinstance(argument, _NUMBERS):
                return self.function(*arguments)
        return self.compiled(*arguments) if arrays else self.function(*arguments)

    @cached_property
    def compiled(self) -> Any:
        """The Numba dispatcher for calls from Python; with `NUMBA_DISABLE_JIT=1` the function itself."""
        from pmd_gym.inner import ProgramCompiler

        program = _NUMBA.njit(nogil=True, no_cfunc_wrapper=True, pipeline_class=ProgramCompiler)(self.function)
        if program is not self.function:
            _keep(program, cache_folder(self.function.__module__))
        return program

    @cached_property
    def inner(self) -> Any:
        """The Numba dispatcher for calls from other kernels."""
        from pmd_gym.inner import inner_dispatcher

        return inner_dispatcher(self.function)


def _keep(program: Any, folder: Path) -> None:
    """Have Numba keep what it compiles in a folder."""
    previous, _NUMBA.config.CACHE_DIR = _NUMBA.config.CACHE_DIR, str(folder)
    try:
        program._cache = _Cache(program.py_func)
    except RuntimeError:  # its only word for a folder that cannot be made or written
        _say_not_kept(f"{folder} cannot be written")
    finally:
        _NUMBA.config.CACHE_DIR = previous


@typeof_impl.register(Kernel)
def _type_of_kernel(kernel: Kernel, context: Any) -> Any:
    """To Numba, a kernel named in another one is its inner dispatcher."""
    return _NUMBA.types.Dispatcher(kernel.inner)


def kernel(function: Function) -> Function:
    """Make `function` a `Kernel`."""
    return cast(Function, Kernel(function))


def prefetch(record: Any, offset: int) -> None:
    """In kernels: ask memory for the cache line `offset` bytes into a record, without waiting. Else nothing."""


def is_compiled(function: Callable[..., Any]) -> bool:
    """True when machine code of a kernel, for whatever arguments, is on disk for exactly these sources."""
    module = function.__module__
    return any(cache_folder(module).rglob(f"{module.rpartition('.')[2]}.{function.__name__}-*.nbi"))


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
    dispatcher = cast(Kernel, function).compiled
    dispatcher.compile(types)
    dispatcher.disable_compile()
