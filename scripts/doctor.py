"""Looks whether everything is in place, and says what to do where it is not: `python scripts/doctor.py`.

    python scripts/doctor.py --rom red.gba --savestate tiny_woods.ss0    # also those files
    python scripts/doctor.py --json                                      # one JSON object for programs

`wrong` stops something that was asked for, `missing` is an extra that some part needs. The exit code is 1 if anything
is wrong, else 0. Nothing is installed, changed or sent anywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pmd_gym.emulator.cartridge import open_cartridge
from pmd_gym.emulator.core import INSTALL, Core, find_core
from pmd_gym.emulator.lua_socket import DEFAULT_ADDRESS
from pmd_gym.errors import PmdGymError
from pmd_gym.ram import load_savestate

State = Literal["ok", "missing", "wrong"]
OLDEST_PYTHON = (3, 11)
CACHE_BYTES = 500 << 20
"""Compiled kernels take some 50 MB, and more with every version of the sources."""
EXTRAS = {  # extra: (distributions, what it is for)
    "vlm": (("torch", "transformers", "accelerate"), "vision-language policies"),
    "memory": (("faiss-cpu",), "retrieval memory"),
    "rl": (("stable-baselines3", "sb3-contrib"), "training with PPO"),
    "gui": (("mss",), "pictures of a visible window"),
    "play": (("pygame-ce",), "playing in a window"),
    "wandb": (("wandb",), "records in W&B"),
    "test": (("pytest", "hypothesis"), "the tests"),
}
_STYLES = {"ok": "green", "missing": "yellow", "wrong": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is empty where nothing is to be done."""

    name: str
    state: State
    found: str
    remedy: str = ""


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def _can_listen() -> bool:
    try:
        with socket.socket() as tried:
            tried.bind(("127.0.0.1", 0))
            return True
    except OSError:
        return False


def _gpus() -> str:
    """One line a GPU; empty without any."""
    try:
        command = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


@dataclass(frozen=True)
class Machine:
    """Everything outside that is asked; a test gives its own."""

    python: tuple[int, ...] = sys.version_info[:3]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    version: Callable[[str], str | None] = _version
    which: Callable[[str], str | None] = lambda name: shutil.which(name) or shutil.which(name, path="/usr/games")
    core: Callable[[], Core] = find_core
    answers: Callable[[str, int], bool] = _answers
    can_listen: Callable[[], bool] = _can_listen
    free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
    writable: Callable[[Path], bool] = lambda path: os.access(path, os.W_OK)
    gpus: Callable[[], str] = _gpus


def examine(machine: Machine, rom: Path | None = None, savestate: Path | None = None) -> list[Finding]:
    """Everything, in the order in which a newcomer needs it."""
    return [
        check_python(machine), *check_extras(machine), check_faiss(machine), check_core(machine), check_rom(rom),
        check_savestate(savestate), check_display(machine), check_window(machine), check_script(machine),
        check_ports(machine), check_cache(machine), check_gpu(machine), check_models(machine),
    ]  # fmt: skip


def check_python(machine: Machine) -> Finding:
    """Its version."""
    found = ".".join(map(str, machine.python))
    if tuple(machine.python[:2]) >= OLDEST_PYTHON:
        return Finding("Python", "ok", found)
    return Finding("Python", "wrong", found, "install Python 3.11 or newer and make the virtual environment with it")


def check_extras(machine: Machine) -> list[Finding]:
    """Which optional parts are installed."""
    return [_check_extra(machine, name) for name in EXTRAS]


def _check_extra(machine: Machine, name: str) -> Finding:
    distributions, purpose = EXTRAS[name]
    versions = {each: _faiss_or(machine, each) for each in distributions}
    absent = [each for each, version in versions.items() if version is None]
    if absent:
        remedy = f'only for {purpose}: pip install -c constraints.txt -e ".[{name}]"'
        return Finding(f"extra [{name}]", "missing", f"not installed: {', '.join(absent)}", remedy)
    return Finding(f"extra [{name}]", "ok", ", ".join(f"{each} {version}" for each, version in versions.items()))


def _faiss_or(machine: Machine, distribution: str) -> str | None:
    """The GPU build of faiss serves as well as the CPU's."""
    alternatives = _FAISS if distribution == "faiss-cpu" else (distribution,)
    return next((found for each in alternatives if (found := machine.version(each)) is not None), None)


_FAISS = ("faiss-cpu", "faiss-gpu", "faiss-gpu-cu11", "faiss-gpu-cu12")


def check_faiss(machine: Machine) -> Finding:
    """Two builds install the same folder; the one that came last wrote over the other."""
    found = [each for each in _FAISS if machine.version(each) is not None]
    if len(found) < 2:
        return Finding("faiss builds", "ok", found[0] if found else "none")
    remedy = f"they overwrite each other: pip uninstall -y {' '.join(found)}, then install one of them"
    return Finding("faiss builds", "wrong", " and ".join(found), remedy)


def check_core(machine: Machine) -> Finding:
    """The mGBA core for `emulator="mgba"`."""
    try:
        core = machine.core()
    except PmdGymError as error:
        state: State = "wrong" if machine.environ.get("MGBA_CORE") else "missing"
        return Finding("mGBA core", state, str(error), f'only for emulator="mgba": {INSTALL}')
    return Finding("mGBA core", "ok", f"{core.path} ({core.found_by})")


def check_rom(rom: Path | None) -> Finding:
    """The owner's game."""
    if rom is None:
        return Finding("ROM", "missing", "none given", "only for the real game: doctor.py --rom FILE checks yours")
    try:
        cartridge = open_cartridge(rom)
    except PmdGymError as error:
        return Finding("ROM", "wrong", str(error), "use your own, unchanged dump of the US game (docs/real_game.md)")
    return Finding("ROM", "ok", f"{rom}: {cartridge.title} ({cartridge.code}), as expected to the byte")


def check_savestate(savestate: Path | None) -> Finding:
    """A state inside a dungeon, of this game."""
    if savestate is None:
        remedy = "only for the real game: save one inside a dungeon with Shift+F1 in mGBA (docs/real_game.md)"
        return Finding("save state", "missing", "none given", remedy)
    try:
        state = load_savestate(savestate)
    except PmdGymError as error:
        return Finding("save state", "wrong", str(error), "save a new one with mGBA 0.9 or newer, in the game itself")
    return Finding("save state", "ok", f"{savestate}: {state.title or 'raw RAM'}, format {state.format}")


def check_display(machine: Machine) -> Finding:
    """Where windows can open."""
    if machine.platform != "linux":
        return Finding("display", "ok", machine.platform)
    found = machine.environ.get("DISPLAY") or machine.environ.get("WAYLAND_DISPLAY")
    if found:
        return Finding("display", "ok", found)
    remedy = "only for windows: run it on a desktop, or `Xvfb :77 -screen 0 1024x768x24 &` and `export DISPLAY=:77`"
    return Finding("display", "missing", "neither DISPLAY nor WAYLAND_DISPLAY is set", remedy)


def check_window(machine: Machine) -> Finding:
    """mGBA's own program."""
    found = next((path for name in ("mgba-qt", "mGBA", "mgba") if (path := machine.which(name))), None)
    if found:
        return Finding("mGBA window", "ok", found)
    remedy = "only to watch in a window: `apt-get install mgba-qt`, or mgba.io/downloads"
    return Finding("mGBA window", "missing", "mgba-qt is not on the path", remedy)


def check_script(machine: Machine) -> Finding:
    """Something that listens where the Lua script does."""
    host, _, port = DEFAULT_ADDRESS.rpartition(":")
    if machine.answers(host, int(port)):
        return Finding("Lua script", "ok", f"something listens at {DEFAULT_ADDRESS}")
    remedy = "only for a window: in mGBA, Tools > Scripting... > File > Load script... > scripts/mgba_socket.lua"
    return Finding("Lua script", "missing", f"nothing listens at {DEFAULT_ADDRESS}", remedy)


def check_ports(machine: Machine) -> Finding:
    """Emulator servers listen on free ports of the loopback."""
    if machine.can_listen():
        return Finding("ports", "ok", "a free port of 127.0.0.1 can be had")
    return Finding("ports", "wrong", "cannot listen on 127.0.0.1", "allow it in the firewall; servers need it")


def check_cache(machine: Machine) -> Finding:
    """Where compiled kernels are kept."""
    folder = Path(
        machine.environ.get("PMD_GYM_CACHE")
        or Path(machine.environ.get("XDG_CACHE_HOME") or machine.home / ".cache", "pmd_gym")
    )
    present = next(path for path in (folder, *folder.parents) if path.exists())
    if not machine.writable(present):
        return Finding("compile cache", "wrong", f"{present} cannot be written", "set PMD_GYM_CACHE to another folder")
    free = machine.free_bytes(present)
    if free < CACHE_BYTES:
        remedy = "free some space, or set PMD_GYM_CACHE to a folder on another disk"
        return Finding("compile cache", "wrong", f"{folder}: only {free >> 20} MiB free", remedy)
    return Finding("compile cache", "ok", f"{folder}: {free >> 30} GiB free" + ("" if folder.exists() else ", new"))


def check_gpu(machine: Machine) -> Finding:
    """NVIDIA's, as its own tool names them."""
    found = machine.gpus()
    if found:
        return Finding("GPU", "ok", "; ".join(found.splitlines()))
    remedy = "only models need one; without it use a small model, or a server of another machine"
    return Finding("GPU", "missing", "nvidia-smi names none", remedy)


def check_models(machine: Machine) -> Finding:
    """Qwen3-VL in the cache of Hugging Face."""
    hub = machine.environ.get("HF_HUB_CACHE")
    folder = Path(hub) if hub else Path(machine.environ.get("HF_HOME") or machine.home / ".cache/huggingface") / "hub"
    found = sorted(path.name.removeprefix("models--").replace("--", "/") for path in folder.glob("models--*Qwen3-VL*"))
    if found:
        return Finding("models", "ok", ", ".join(found))
    remedy = "only for vision-language policies: `hf download Qwen/Qwen3-VL-2B-Instruct`, 4 GB"
    return Finding("models", "missing", f"no Qwen3-VL in {folder}", remedy)


def main(arguments: Sequence[str] | None = None, machine: Machine | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = _options(arguments)
    findings = examine(machine or Machine(), options.rom, options.savestate)
    wrong = any(finding.state == "wrong" for finding in findings)
    if options.json:
        print(json.dumps({"ok": not wrong, "findings": [asdict(finding) for finding in findings]}))
    else:
        _print(findings)
    return int(wrong)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Look whether everything is in place, and say what to do.")
    parser.add_argument("--rom", type=Path, help="check this ROM too")
    parser.add_argument("--savestate", type=Path, help="check this save state too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(arguments)


def _print(findings: Sequence[Finding]) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("", "", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark = Text(finding.state, _STYLES[finding.state])
        table.add_row(Text(finding.name), mark, Text(finding.found), Text(finding.remedy))
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(table)
    wrong = [finding.name for finding in findings if finding.state == "wrong"]
    console.print(Text(f"To be mended: {', '.join(wrong)}." if wrong else "Nothing is wrong.", "bold"))


if __name__ == "__main__":
    sys.exit(main())
