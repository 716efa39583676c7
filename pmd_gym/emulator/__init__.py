"""The frame level: one emulator behind one seam, its wire, and the controller that turns commands into buttons.

Public names are imported on first use, so that the package itself pulls in neither WebSockets nor the simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.emulator.cartridge import Cartridge, Identity, open_cartridge
    from pmd_gym.emulator.client import Timeouts, WebSocketEmulator
    from pmd_gym.emulator.controller import Controller
    from pmd_gym.emulator.core import Core, find_core
    from pmd_gym.emulator.fleet import Fleet
    from pmd_gym.emulator.interface import Button, Condition, Emulator, EmulatorInfo, Frame, Press
    from pmd_gym.emulator.libretro import LibretroEmulator, open_mgba, read_state, state_for
    from pmd_gym.emulator.lua_socket import LuaEmulator
    from pmd_gym.emulator.simulated import SimulatedEmulator

_HOMES = {
    "Button": "interface",
    "Cartridge": "cartridge",
    "Condition": "interface",
    "Controller": "controller",
    "Core": "core",
    "Emulator": "interface",
    "EmulatorInfo": "interface",
    "Fleet": "fleet",
    "Frame": "interface",
    "Identity": "cartridge",
    "LibretroEmulator": "libretro",
    "LuaEmulator": "lua_socket",
    "Press": "interface",
    "SimulatedEmulator": "simulated",
    "Timeouts": "client",
    "WebSocketEmulator": "client",
    "find_core": "core",
    "open_cartridge": "cartridge",
    "open_mgba": "libretro",
    "read_state": "libretro",
    "state_for": "libretro",
}

__all__ = [
    "Button",
    "Cartridge",
    "Condition",
    "Controller",
    "Core",
    "Emulator",
    "EmulatorInfo",
    "Fleet",
    "Frame",
    "Identity",
    "LibretroEmulator",
    "LuaEmulator",
    "Press",
    "SimulatedEmulator",
    "Timeouts",
    "WebSocketEmulator",
    "find_core",
    "open_cartridge",
    "open_mgba",
    "read_state",
    "state_for",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
