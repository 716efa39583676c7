"""The backend that an environment's `emulator` argument names.

Knows which backends there are and what each needs; loads only the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from pmd_gym.backends.interface import Backend, checked_capture
from pmd_gym.errors import ConfigError

NAMES = '"simulator", "embedded", "mgba", "ws://HOST:PORT" or a list of such addresses'


Savestates: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]] | None
"""Files of savestates: one, or several of which each episode draws one by its seed."""


@dataclass(frozen=True, slots=True)
class RealGame:
    """What `emulator="mgba"` plays: the ROM's file, one file or more of savestates, and whether any ROM will do."""

    rom: str | PathLike[str] | None = None
    savestate: Savestates = None
    allow_unknown: bool = False

    def is_given(self) -> bool:
        """True if any of it was given."""
        return self.rom is not None or self.savestate is not None or self.allow_unknown


def open_backend(
    emulator: str | Sequence[str] | Backend, num_envs: int, threads: int | None = None, capture: str = "sync",
    game: RealGame | None = None,
) -> Backend:  # fmt: skip
    """The backend of `num_envs` games; ConfigError if `emulator` names none, or not what it needs.

    For `"mgba"` also RomError, CoreError and SavestateError, before any process is started.
    """
    checked_capture(capture)
    if emulator == "mgba":
        return _open_mgba(num_envs, game or RealGame(), capture)
    if game is not None and game.is_given():
        raise ConfigError(f'rom, savestate and allow_unknown_rom are for emulator="mgba", got emulator={emulator!r}')
    if not isinstance(emulator, (str, Sequence)):
        return _given(emulator, num_envs)
    if emulator == "simulator":
        from pmd_gym.backends.simulator import SimulatorBackend

        return SimulatorBackend(num_envs, threads=threads)
    from pmd_gym.backends.emulators import EmulatorsBackend

    addresses = [] if emulator == "embedded" else _addresses(emulator, num_envs)
    return EmulatorsBackend(num_envs, addresses, capture=capture)


def _addresses(emulator: str | Sequence[str], num_envs: int) -> list[str]:
    addresses = [emulator] if isinstance(emulator, str) else list(emulator)
    if not addresses or not all(isinstance(a, str) and a.startswith(("ws://", "wss://")) for a in addresses):
        raise ConfigError(f"emulator must be {NAMES}, got {emulator!r}")
    if len(addresses) != num_envs:
        raise ConfigError(f"{num_envs} games need {num_envs} emulator addresses, got {len(addresses)}: one game each")
    return addresses


def _given(backend: Backend, num_envs: int) -> Backend:
    if not hasattr(backend, "commands") or not hasattr(backend, "ram"):
        raise ConfigError(f"emulator must be {NAMES}, or a Backend, got {backend!r}")
    if backend.num_envs != num_envs:
        raise ConfigError(f"the backend plays {backend.num_envs} games, the environment needs {num_envs}")
    return backend


def _open_mgba(num_envs: int, game: RealGame, capture: str) -> Backend:
    """One server process a game, each with a core of its own; runs start from the states, which are read here."""
    from pmd_gym.backends.emulators import EmulatorsBackend
    from pmd_gym.emulator import find_core, open_cartridge, read_state

    if game.rom is None or not game.savestate:
        missing = "rom" if game.rom is None else "savestate"
        raise ConfigError(f'emulator="mgba" needs {missing}=PATH; every episode starts where the savestate stands')
    find_core()
    rom = Path(game.rom).absolute()  # a server may be started again later
    cartridge = open_cartridge(rom, allow_unknown=game.allow_unknown)
    files = [game.savestate] if isinstance(game.savestate, (str, PathLike)) else game.savestate
    states = [read_state(file, cartridge) for file in files]
    arguments = ["--core", "mgba", "--rom", str(rom)]
    arguments += ["--allow-unknown-rom"] * game.allow_unknown
    return EmulatorsBackend(num_envs, arguments=arguments, savestate=states, capture=capture)
