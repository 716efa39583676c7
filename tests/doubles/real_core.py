"""The real core for tests, and cartridges to play on it.

Without a core: a failure in CI, a skip that says why elsewhere.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from pmd_gym.emulator import Controller
from pmd_gym.emulator.cartridge import Identity, read_cartridge
from pmd_gym.emulator.core import find_core
from pmd_gym.emulator.interface import Press
from pmd_gym.emulator.libretro import LibretroEmulator
from pmd_gym.errors import CoreError
from tests.doubles.tiny_rom import tiny_rom

TWIN = Path(__file__).parent.parent / "cartridge" / "cartridge.gba"
"""A program of ours with the game's RAM layout; see tests/cartridge/README.md."""

TWIN_ARGUMENTS = ("--core", "mgba", "--rom", str(TWIN), "--allow-unknown-rom")
"""Of a server that plays it."""


def core_path() -> Path:
    """Path of the core that `find_core` finds."""
    try:
        return find_core().path
    except CoreError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have a core: {error}")
        pytest.skip(f"needs an mGBA core: {error}")


def tiny_emulator(rom: bytes | None = None) -> LibretroEmulator:
    """A console with the tiny cartridge in it, switched on."""
    return LibretroEmulator(core_path(), read_cartridge(rom or tiny_rom(), allow_unknown=True))


def twin_emulator(expected: Identity | None = None) -> LibretroEmulator:
    """A console with the twin in it, switched on; `expected`: the identity that makes it verified."""
    rom = TWIN.read_bytes()
    cartridge = read_cartridge(rom, expected=expected) if expected else read_cartridge(rom, allow_unknown=True)
    return LibretroEmulator(core_path(), cartridge)


def started_twin() -> LibretroEmulator:
    """The twin on its first floor: the leader may act, and may step south and north."""
    emulator = twin_emulator()
    emulator.load(_started()[0])
    return emulator


def twin_png() -> bytes:
    """The same as a `.ss0` file."""
    return _started()[1]


@cache
def _started() -> tuple[bytes, bytes]:
    async def play() -> tuple[bytes, bytes]:
        emulator = twin_emulator()
        await emulator.advance(Press(frames=60))  # past the title; coming to rest dismisses the first box
        await Controller(emulator).come_to_rest()
        states = await emulator.save_state(), await emulator.save_png()
        await emulator.close()
        return states

    with ThreadPoolExecutor(1) as pool:  # the caller may be in an event loop of its own
        return pool.submit(asyncio.run, play()).result()
