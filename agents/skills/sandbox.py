"""How a worker locks itself up before it runs code of strangers, and what this platform lets it promise.

Everywhere but on Windows: limits of memory, processor time, files and processes. On Linux also Landlock, which takes
every file and port away, and a seccomp filter, which leaves the process a handful of system calls: memory, the clock,
random numbers, reading orders and writing replies. Both hold for the superuser too, and neither can be taken back.

The only file that knows `landlockpy` and `seccompy`, which were chosen among several for being kept, typed, free of
dependencies, and for asking nothing of the system's own libraries.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMITS, LANDLOCK, SECCOMP = "limits", "landlock", "seccomp"
PROT_EXEC = 4
IN, OUT = 0, 1
MAX_FILES = 65536
_CALLS = (
    "brk", "munmap", "mremap", "madvise", "futex", "rt_sigreturn", "clock_gettime", "clock_getres", "gettimeofday",
    "getrandom", "exit", "exit_group", "restart_syscall",
)  # fmt: skip
"""System calls that the interpreter cannot do without, and that reach nothing but the process itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use up."""

    memory_bytes: int = 512 * 1024 * 1024
    """Address space, the interpreter's own 150 MiB included."""
    cpu_s: int = 120
    """Processor time of a worker's whole life; it is renewed long before, unless a single use takes so much."""
    start_s: float = 30.0
    """Until a new worker is ready."""
    load_s: float = 3.0
    """To load the code of a skill."""
    step_s: float = 1.0
    """To yield an action."""


def lock_up(limits: Limits) -> tuple[str, ...]:
    """Give up what this process could do to others; returns what is guaranteed from here on.

    Afterwards nothing can be imported that is not loaded. RuntimeError if other threads run, which would stay free.
    """
    _demand_one_thread()
    resource: Any = None if sys.platform == "win32" else importlib.import_module("resource")
    has_landlock, has_seccomp = _has("landlockpy"), _has("seccompy")  # asked while files can still be read
    _close_all_but_the_pipes()
    guarantees = _landlocked() if has_landlock else []
    guarantees += _limited(limits, resource)
    return (*guarantees, *(_filtered() if has_seccomp else []))


def _has(library: str) -> bool:
    """Whether the library is installed, and this kernel does what it is for."""
    try:
        return sys.platform == "linux" and bool(importlib.import_module(library).supported())
    except ImportError:
        return False


def _demand_one_thread() -> None:
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) > 1:
        raise RuntimeError("a worker must have one thread when it locks itself up")


def _close_all_but_the_pipes() -> None:
    os.closerange(OUT + 1, min(os.sysconf("SC_OPEN_MAX"), MAX_FILES))


def _limited(limits: Limits, resource: Any) -> list[str]:
    """Limits of the process; macOS takes the one of memory and does not keep it."""
    if resource is None:
        return []
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes, resource.RLIMIT_CPU: limits.cpu_s, resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0, resource.RLIMIT_NPROC: 0, resource.RLIMIT_NOFILE: 0,
    }  # fmt: skip
    for limit, value in wanted.items():
        _, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    return [LIMITS]


def _landlocked() -> list[str]:
    """No file can be opened, made, listed or run, and no port bound or connected; signals stay inside."""
    from landlockpy import LandlockError, Ruleset, Scope

    try:
        with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
            rules.restrict()
            return [f"{LANDLOCK} {rules.abi_version}"]
    except LandlockError:  # the kernel has it, and somebody forbids us to use it
        return []


def _filtered() -> list[str]:
    """Every system call but those few fails with EPERM; calls of a foreign architecture end the process."""
    from seccompy import Action, ArgCmp, CmpOp, Filter, SeccompError

    rules = Filter(default=Action.ERRNO | errno.EPERM)
    for call in _CALLS:
        rules.allow(call)
    rules.allow("read", args={0: IN})
    rules.allow("write", args={0: OUT})
    for call in ("mmap", "mprotect"):
        rules.allow(call, args=[ArgCmp(2, CmpOp.MASKED_EQ, 0, PROT_EXEC)])
    try:
        rules.load()
    except SeccompError:  # as with Landlock
        return []
    return [SECCOMP]
