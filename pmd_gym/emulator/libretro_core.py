"""One libretro core with one game in it: frames, keys, pictures, memory and states, all synchronous.

A core keeps its game in global variables, and the loader gives the same variables to everyone who opens the same file.
So each instance loads a private copy of the library. Python code that runs inside the core (the callbacks) cannot
raise through C: what it raises is stored, and raised by the call into the core that it happened in.
"""

from __future__ import annotations

import ctypes as c
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import libretro_abi as abi
from pmd_gym.emulator.libretro_abi import Command, PixelFormat
from pmd_gym.emulator.pixels import Framebuffer
from pmd_gym.emulator.private_library import PrivateLibrary
from pmd_gym.errors import ClosedError, CoreError, SavestateError

OPTIONS = {
    "mgba_use_bios": "OFF",  # a BIOS file that happens to lie around must not change the game
    "mgba_skip_bios": "ON",
    "mgba_frameskip": "0",
}
"""Core options that are not left at their defaults."""

MAX_STATE = 4 << 20


class LibretroCore:
    """A core that has loaded a ROM; `name` and `version` are the core's own words."""

    def __init__(
        self, path: str | os.PathLike[str], rom: bytes, *, options: Mapping[str, str] = OPTIONS,
        check: Callable[[str, str], None] | None = None,
    ) -> None:  # fmt: skip
        """Load a private copy of the core at `path`, then the ROM; `check(name, version)` may refuse the core first.

        Raises CoreError if the file is no core, or does not take the ROM.
        """
        self._failure: BaseException | None = None
        self._keys = 0
        self._format = PixelFormat.XRGB1555
        self._frame: tuple[int, int, int, int] | None = None  # address, width, height, bytes per row
        self._framebuffers: dict[tuple[int, int, int, int], Framebuffer] = {}  # the one of `_frame`
        self._regions: dict[int, tuple[int, int]] = {}  # start -> address in this process, length
        self._lent: set[int] = set()
        self._options = {key.encode(): c.create_string_buffer(value.encode()) for key, value in options.items()}
        self._options_changed = False
        self._closed = False
        self._has_game = False
        self._begun = False
        self._file = _open_library(Path(path))
        self._library = self._file.functions
        self._callbacks = self._make_callbacks()
        try:
            self.name, self.version = self._begin(check)
            self._load(rom)
        except BaseException:
            self.close()
            raise

    def run(self, keys: int) -> None:
        """One frame with the keys down: a mask of libretro's joypad ids."""
        self._keys = keys
        self._library.retro_run()
        if self._failure is not None:
            self._raise_failure()

    def set_option(self, key: str, value: str) -> None:
        """Change an option of the core from the next frame on."""
        self._check_open()
        self._options[key.encode()] = c.create_string_buffer(value.encode())
        self._options_changed = True

    def reset(self) -> None:
        """Push the console's reset: the game begins as after switching on."""
        self._call("retro_reset")

    def region(self, start: int, size: int) -> NDArray[np.uint8]:
        """The memory at a bus address, (size,) uint8: the core's own bytes, good until `close`.

        The core hands out its memory map when it loads a ROM; CoreError if that has no such region.
        """
        self._check_open()
        address, length = self._regions.get(start, (0, 0))
        if not address or length < size:
            has = ", ".join(f"{one:#010x}+{size:#x}" for one, (_, size) in self._regions.items()) or "none"
            raise CoreError(f"the core's memory map has no {size:#x} bytes at {start:#010x}; it has {has}")
        self._lent.add(start)
        return _bytes_at(address, size)

    def picture(self, out: NDArray[np.uint8]) -> None:
        """Write the last frame that was drawn to `out`, (height, width, 3) uint8 RGB; black before the first one."""
        self._check_open()
        if self._frame is None:
            out[:] = 0
            return
        if self._frame not in self._framebuffers:
            self._framebuffers = {self._frame: self._framebuffer(*self._frame)}
        _, width, height, _ = self._frame
        if (height, width) != out.shape[:2]:
            raise CoreError(f"the core draws {width} x {height} pixels, expected {out.shape[1]} x {out.shape[0]}")
        self._framebuffers[self._frame].unpack(out)

    def _framebuffer(self, address: int, width: int, height: int, pitch: int) -> Framebuffer:
        size = 4 if self._format is PixelFormat.XRGB8888 else 2
        rows = _bytes_at(address, height * pitch)
        pixels = rows.view(np.uint32 if size == 4 else np.uint16).reshape(height, pitch // size)[:, :width]
        return Framebuffer(pixels, self._format)

    def serialize(self) -> bytes:
        """The state of the console, save memory included."""
        size = self._call("retro_serialize_size")  # shrinks once the game's kind of save memory is known
        if not 0 < size <= MAX_STATE:
            raise CoreError(f"the core claims a state of {size} bytes")
        state = c.create_string_buffer(size)
        if not self._call("retro_serialize", state, size):
            raise CoreError("the core cannot save its state now")
        return state.raw

    def unserialize(self, state: bytes) -> None:
        """Take a state; SavestateError if the core refuses it, and then the console is as before.

        The core looks at little before it believes: whoever has bytes from elsewhere takes them apart first
        (`ram.take_apart`).
        """
        if not state:
            raise SavestateError("an empty state")  # the core would read from no address at all
        before = self.serialize()
        if self._call("retro_unserialize", state, len(state)):
            return
        self.restore(before)  # the core refuses the state but may have taken the save memory behind it
        raise SavestateError("the core refused the state: it is damaged, or of another BIOS or version of the core")

    def restore(self, state: bytes) -> None:
        """Take a state that `serialize` of this core gave; CoreError if it is refused."""
        if not self._call("retro_unserialize", state, len(state)):
            raise CoreError("the core refused a state that it made itself")

    def close(self) -> None:
        """Give everything back; idempotent. Memory regions must not be touched afterwards."""
        if self._closed:
            return
        self._closed = True
        if self._has_game:
            self._library.retro_unload_game()
        if self._begun:
            self._library.retro_deinit()
        self._file.close()

    # Beginning

    def _begin(self, check: Callable[[str, str], None] | None) -> tuple[str, str]:
        try:
            abi.declare(self._library)
        except AttributeError as error:
            raise CoreError(f"a library, but no libretro core: {error}") from error
        spoken = self._library.retro_api_version()
        if spoken != abi.API_VERSION:
            raise CoreError(f"the core speaks libretro {spoken}, expected {abi.API_VERSION}")
        info = abi.SystemInfo()
        self._library.retro_get_system_info(c.byref(info))
        name, version = ((text or b"").decode("ascii", "replace") for text in (info.name, info.version))
        if check is not None:
            check(name, version)
        for kind, callback in self._callbacks.items():
            getattr(self._library, f"retro_set_{kind}")(callback)
        self._begun = True
        self._call("retro_init")
        return name, version

    def _load(self, rom: bytes) -> None:
        data = c.cast(c.c_char_p(rom), c.c_void_p)  # no copy: the core makes one of its own before it returns
        game = abi.GameInfo(b"game.gba", data, len(rom), None)
        self._has_game = bool(self._call("retro_load_game", c.byref(game)))
        if not self._has_game:
            raise CoreError(f"the core does not take the ROM ({len(rom):,} bytes): is it one of the GBA?")

    # Calls into the core, and what comes back

    def _call(self, name: str, *arguments: Any) -> Any:
        self._check_open()
        result = getattr(self._library, name)(*arguments)
        if self._failure is not None:
            self._raise_failure()
        return result

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the core was closed")

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if isinstance(failure, Exception):
            raise CoreError(f"a callback of the core failed: {type(failure).__name__}: {failure}") from failure
        if failure is not None:
            raise failure  # Ctrl-C and the like

    def _make_callbacks(self) -> dict[str, Any]:
        """The callbacks by name, each guarded; they must live as long as the library."""
        made: dict[str, Callable[..., Any]] = {
            "environment": self._guarded(self._on_environment, False),
            "video_refresh": self._guarded(self._on_video, None),
            "audio_sample": _ignore_sample,
            "audio_sample_batch": _ignore_samples,
            "input_poll": _ignore_poll,
            "input_state": self._guarded(self._on_input, 0),
        }
        return {name: abi.CALLBACKS[name](function) for name, function in made.items()}

    def _guarded(self, callback: Callable[..., Any], default: Any) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            try:
                return callback(*arguments)
            except BaseException as failure:  # nothing may pass through C; it is raised when the core returns
                self._failure = self._failure or failure
                return default

        return call

    def _on_environment(self, command: int, data: int | None) -> bool:
        answer = self._answers.get(command & ~abi.EXPERIMENTAL)
        return answer(self, data) if answer is not None else False

    def _on_input(self, port: int, device: int, index: int, button: int) -> int:
        if port or device != abi.JOYPAD:
            return 0
        return self._keys if button == abi.JOYPAD_MASK else self._keys >> button & 1

    def _on_video(self, address: int | None, width: int, height: int, pitch: int) -> None:
        if address:  # none: the same picture as before
            self._frame = address, width, height, pitch

    def _set_pixel_format(self, data: int | None) -> bool:
        self._format = PixelFormat(_at(data, c.c_uint).value)
        self._framebuffers.clear()
        return True

    def _get_variable(self, data: int | None) -> bool:
        if data is None:
            return False
        variable = _at(data, abi.Variable)
        value = self._options.get(variable.key)
        if value is not None:
            variable.value = c.cast(value, c.c_char_p)
        return value is not None

    def _get_variable_update(self, data: int | None) -> bool:
        _at(data, c.c_bool).value, self._options_changed = self._options_changed, False
        return True

    def _set_memory_maps(self, data: int | None) -> bool:
        memory = _at(data, abi.MemoryMap)
        descriptors = (memory.descriptors[index] for index in range(memory.count))
        regions = {one.start: (one.pointer + (one.offset or 0), one.length) for one in descriptors if one.pointer}
        moved = [start for start in self._lent if regions.get(start, (0, 0))[0] != self._regions[start][0]]
        if moved:
            raise CoreError(f"the core moved its memory at {moved[0]:#010x} while it was in use")
        self._regions = regions
        return True

    def _yes(self, data: int | None) -> bool:
        return True

    _answers: ClassVar[dict[int, Callable[[LibretroCore, int | None], bool]]] = {
        Command.SET_PIXEL_FORMAT: _set_pixel_format,
        Command.GET_VARIABLE: _get_variable,
        Command.SET_VARIABLES: _yes,
        Command.GET_VARIABLE_UPDATE: _get_variable_update,
        Command.SET_MEMORY_MAPS: _set_memory_maps,
        Command.GET_INPUT_BITMASKS: _yes,
    }


def _bytes_at(address: int, size: int) -> NDArray[np.uint8]:
    """The core's own memory, not a copy."""
    return np.frombuffer(memoryview((c.c_uint8 * size).from_address(address)), np.uint8)


def _at(data: int | None, kind: Any) -> Any:
    """The C value at an address that the core gave."""
    if not data:
        raise CoreError(f"the core asked for a {kind.__name__} at no address")
    return kind.from_address(data)


def _ignore_sample(left: int, right: int) -> None:
    """Sound is not used."""


def _ignore_samples(data: int, count: int) -> int:
    return count


def _ignore_poll() -> None:
    """The keys are set before each frame."""


def _open_library(path: Path) -> PrivateLibrary:
    try:
        return PrivateLibrary(path)
    except OSError as error:
        raise CoreError(f"{path} cannot be loaded as a core: {error}") from error
