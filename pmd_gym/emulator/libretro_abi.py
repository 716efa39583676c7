"""The libretro interface as C declares it: structures, numbers and signatures of `libretro.h`, API version 1.

Only what a frontend for one GBA core needs. Knows nothing of mGBA, of Python's side of the callbacks, or of the game.
"""

from __future__ import annotations

import ctypes as c
from enum import IntEnum

API_VERSION = 1
"""What `retro_api_version` must return."""

EXPERIMENTAL = 0x10000
"""Flag on environment commands that the header marks as experimental."""


class Command(IntEnum):
    """Environment commands that are answered; every other one gets False, which is libretro's "not supported"."""

    SET_PIXEL_FORMAT = 10
    GET_VARIABLE = 15
    SET_VARIABLES = 16
    GET_VARIABLE_UPDATE = 17
    SET_MEMORY_MAPS = 36
    GET_INPUT_BITMASKS = 51


class PixelFormat(IntEnum):
    """Formats of a frame."""

    XRGB1555 = 0
    XRGB8888 = 1
    RGB565 = 2


JOYPAD = 1
JOYPAD_MASK = 256
"""Input id that asks for all buttons at once, one bit each."""

JOYPAD_B, JOYPAD_SELECT, JOYPAD_START, JOYPAD_UP, JOYPAD_DOWN, JOYPAD_LEFT, JOYPAD_RIGHT = 0, 2, 3, 4, 5, 6, 7
JOYPAD_A, JOYPAD_L, JOYPAD_R = 8, 10, 11

SAVE_RAM = 0

EnvironmentCallback = c.CFUNCTYPE(c.c_bool, c.c_uint, c.c_void_p)
VideoCallback = c.CFUNCTYPE(None, c.c_void_p, c.c_uint, c.c_uint, c.c_size_t)
AudioSampleCallback = c.CFUNCTYPE(None, c.c_int16, c.c_int16)
AudioBatchCallback = c.CFUNCTYPE(c.c_size_t, c.c_void_p, c.c_size_t)
InputPollCallback = c.CFUNCTYPE(None)
InputStateCallback = c.CFUNCTYPE(c.c_int16, c.c_uint, c.c_uint, c.c_uint, c.c_uint)


class GameInfo(c.Structure):
    """`retro_game_info`."""

    _fields_ = (("path", c.c_char_p), ("data", c.c_void_p), ("size", c.c_size_t), ("meta", c.c_char_p))


class Variable(c.Structure):
    """`retro_variable`: a core option."""

    _fields_ = (("key", c.c_char_p), ("value", c.c_char_p))


class MemoryDescriptor(c.Structure):
    """`retro_memory_descriptor`: one region of the console's address space."""

    _fields_ = (
        ("flags", c.c_uint64), ("pointer", c.c_void_p), ("offset", c.c_size_t), ("start", c.c_size_t),
        ("select", c.c_size_t), ("disconnect", c.c_size_t), ("length", c.c_size_t), ("space", c.c_char_p),
    )  # fmt: skip


class MemoryMap(c.Structure):
    """`retro_memory_map`."""

    _fields_ = (("descriptors", c.POINTER(MemoryDescriptor)), ("count", c.c_uint))


class SystemInfo(c.Structure):
    """`retro_system_info`."""

    _fields_ = (
        ("name", c.c_char_p), ("version", c.c_char_p), ("extensions", c.c_char_p), ("need_fullpath", c.c_bool),
        ("block_extract", c.c_bool),
    )  # fmt: skip


CALLBACKS = {
    "environment": EnvironmentCallback, "video_refresh": VideoCallback, "audio_sample": AudioSampleCallback,
    "audio_sample_batch": AudioBatchCallback, "input_poll": InputPollCallback, "input_state": InputStateCallback,
}  # fmt: skip
"""`retro_set_NAME` -> type of the callback."""

_FUNCTIONS: dict[str, tuple[object, tuple[object, ...]]] = {
    "retro_api_version": (c.c_uint, ()),
    "retro_get_system_info": (None, (c.POINTER(SystemInfo),)),
    "retro_init": (None, ()),
    "retro_deinit": (None, ()),
    "retro_load_game": (c.c_bool, (c.POINTER(GameInfo),)),
    "retro_unload_game": (None, ()),
    "retro_run": (None, ()),
    "retro_reset": (None, ()),
    "retro_serialize_size": (c.c_size_t, ()),
    "retro_serialize": (c.c_bool, (c.c_void_p, c.c_size_t)),
    "retro_unserialize": (c.c_bool, (c.c_void_p, c.c_size_t)),
    "retro_get_memory_size": (c.c_size_t, (c.c_uint,)),
    "retro_get_memory_data": (c.c_void_p, (c.c_uint,)),
    **{f"retro_set_{name}": (None, (kind,)) for name, kind in CALLBACKS.items()},
}


def declare(library: c.CDLL) -> None:
    """Give every function its types; AttributeError for one that the library lacks: it is no libretro core."""
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
