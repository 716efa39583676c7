"""The console's RAM: its layout, and the reading of it.

`decode(ram)` and `Decoder(num_envs).decode(ram)` give `GameStates` for a batch of EWRAM images; `awaiting(ram)`
says what one game waits for, cheap enough for every frame; `message(ram)` is the text on screen;
`load_savestate(path)` reads files of emulators; `take_apart`, `libretro_state` and `png_state` turn one into another.
Everything loads on first use, so that importing the package compiles nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.ram.decoder import Decoder, decode
    from pmd_gym.ram.mgba_format import MgbaState, libretro_state, png_state, take_apart
    from pmd_gym.ram.savestate import Savestate, load_savestate, parse_savestate
    from pmd_gym.ram.signals import awaiting, signal_reader, stairs_prompt
    from pmd_gym.ram.state import STAGES, STATE, STATS, STATUS_GROUPS, WALKERS, Awaiting, GameStates, Mode
    from pmd_gym.ram.text import log_lines, member_name, message, plain_text

_HOMES = {
    "decoder": ("Decoder", "decode"),
    "mgba_format": ("MgbaState", "libretro_state", "png_state", "take_apart"),
    "savestate": ("Savestate", "load_savestate", "parse_savestate"),
    "signals": ("awaiting", "signal_reader", "stairs_prompt"),
    "state": ("STAGES", "STATE", "STATS", "STATUS_GROUPS", "WALKERS", "Awaiting", "GameStates", "Mode"),
    "text": ("log_lines", "member_name", "message", "plain_text"),
}

__all__ = [
    "STAGES", "STATE", "STATS", "STATUS_GROUPS", "WALKERS", "Awaiting", "Decoder", "GameStates", "MgbaState", "Mode",
    "Savestate", "awaiting", "decode", "libretro_state", "load_savestate", "log_lines", "member_name", "message",
    "parse_savestate", "plain_text", "png_state", "signal_reader", "stairs_prompt", "take_apart",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
