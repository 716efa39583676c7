"""Where the mGBA core is, and whether it is one that we trust to be exact.

A core is a shared library that speaks libretro. It is found, not shipped: `MGBA_CORE`, else the one inside a wheel
(`gbax`, or its successor `retrokix`), else where Linux distributions and RetroArch put it. Knows nothing of ROMs.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pmd_gym.errors import CoreError

VARIABLE = "MGBA_CORE"
"""Environment variable with the path of a core; it wins over everything else and is taken as it is."""

INSTALL = "pip install --no-deps gbax==0.16.0"
"""Gets a core for Linux x86-64: a wheel of 1 MB. Its dependencies, 330 MB, are those of a program that is not used."""

OLDEST = (0, 10)
"""Older cores lose the sprites after a state is loaded, and take damaged states without a word (0.7, measured)."""

_PINNED = "117a4d302762c18f4ae7b0b1d75234431c5b06f5d65e427e3da4e0f5993ef58d"
"""SHA-256 of the core in gbax 0.16.0 and retrokix 1.3.1: mGBA 0.10.5 of upstream's release commit 26b7884."""
_WHEELS = ("gbax", "retrokix")
_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu/libretro", "/usr/lib/aarch64-linux-gnu/libretro", "/usr/lib/libretro",
    "/usr/lib64/libretro", "/usr/local/lib/libretro", "~/.config/retroarch/cores",
    "~/.var/app/org.libretro.RetroArch/config/retroarch/cores", "~/snap/retroarch/current/.config/retroarch/cores",
    "~/Library/Application Support/RetroArch/cores", "~/AppData/Roaming/RetroArch/cores", "C:/RetroArch-Win64/cores",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Core:
    """A file that should be a core, and how it was found."""

    path: Path
    found_by: str


def find_core() -> Core:
    """The first core there is; CoreError that says how to get one, or that a wheel's file is not the pinned one."""
    given = os.environ.get(VARIABLE)
    if given:
        return _existing(Path(given).expanduser())
    for name in _WHEELS:
        path = _inside_wheel(name)
        if path is not None:
            return _pinned(path, name)
    for path in _installed():
        return Core(path, "the system")
    raise CoreError(
        f"no mGBA core was found; get one with `{INSTALL}`, or install your distribution's libretro-mgba, "
        f"or name one: {VARIABLE}=/path/to/{_file_name()}"
    )


def _existing(path: Path) -> Core:
    if not path.is_file():
        raise CoreError(f"{VARIABLE} is {str(path)!r}, which is no file; name the core itself, or unset it")
    return Core(path, VARIABLE)


def _inside_wheel(name: str) -> Path | None:
    """The core in an installed wheel, without importing any of its code."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "cores" / _file_name()
        if path.is_file():
            return path
    return None


def _pinned(path: Path, name: str) -> Core:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != _PINNED:
        raise CoreError(
            f"{path} is not the core that was tried with this program (SHA-256 {found[:12]}..., expected "
            f"{_PINNED[:12]}...); `{INSTALL}` gives that one, or set {VARIABLE} to use this one all the same"
        )
    return Core(path, f"the wheel {name}")


def _installed() -> Iterator[Path]:
    for folder in _FOLDERS:
        path = Path(folder).expanduser() / _file_name()
        if path.is_file():
            yield path


def _file_name() -> str:
    return "mgba_libretro" + {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")


def check_version(name: str, version: str) -> None:
    """CoreError unless the core calls itself mGBA, of version 0.10 or newer."""
    if "mgba" not in name.lower():
        raise CoreError(f"the core is {name!r} {version!r}; an mGBA core is needed: `{INSTALL}`")
    numbers = version.split()[0].lstrip("v").split("-")[0].split(".") if version.split() else []
    try:
        found = tuple(int(number) for number in numbers[:2])
    except ValueError:
        found = ()
    if len(found) < 2 or found < OLDEST:
        raise CoreError(f"the core is {name} {version or '(no version)'}; 0.10 or newer is needed: `{INSTALL}`")
