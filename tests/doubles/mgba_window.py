"""A real mGBA window on a display of its own, for tests of what looks at windows: Xvfb, mgba-qt, xdotool.

A Lua script, loaded by typing into mGBA's scripting window, sends the emulator's frame counter and the cartridge's
after every frame, so that a test knows what the window has to show. Settings without which mGBA stands still or runs
at the wrong speed on a machine without a sound card: the dummy audio driver with a large buffer, no video sync.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

PROGRAMS = ("Xvfb", "mgba-qt", "xdotool")
PATIENCE_S = 60.0
Result = TypeVar("Result")
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/games"])

_CLOCK = """
local server, client = socket.bind("127.0.0.1", {port}), nil
server:add("received", function() client = server:accept() end)
server:listen()
callbacks:add("frame", function()
  if client then client:send(emu:currentFrame() .. " " .. emu:read32({address}) .. "\\n") end
end)
"""


def missing_programs() -> str:
    """Those that are not installed, or empty."""
    return ", ".join(name for name in PROGRAMS if shutil.which(name, path=_PATH) is None)


class MgbaWindow:
    """One cartridge in one window. `counter` is what the script said last; -1 before it said anything."""

    def __init__(self, rom: Path, counter_address: int | None, folder: Path) -> None:
        """`folder`: an empty one, for mGBA's own files. `counter_address` None: no script is loaded."""
        self.counter = -1
        self._scripting = ""
        self._folder = folder
        self._opened = ExitStack()
        try:
            self.display = self._start_display()
            self._mgba = self._start("mgba-qt", *_SETTINGS, str(rom))
            self._game = self._window("^mGBA - .* fps")
            if counter_address is not None:
                self._watch(counter_address)
        except BaseException:
            self.close()
            raise

    def counter_now(self) -> int:
        """The cartridge's frame counter in RAM, as of the last frame that the script told of."""
        return self.counter

    def place(self, width: int, height: int) -> None:
        """Resize the game's window."""
        self._do("windowsize", "--sync", self._game, str(width), str(height))

    def end_mgba(self) -> None:
        """The window is gone, its display stays."""
        _end(self._mgba)

    def close(self) -> None:
        """End everything; idempotent."""
        self._opened.close()

    def _start_display(self) -> str:
        command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._opened.callback(_end, server)
        assert server.stdout is not None
        return f":{server.stdout.readline().strip()}"

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env=self._environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder
        )
        self._opened.callback(_end, process)
        return process

    def _environment(self) -> dict[str, str]:
        folder = str(self._folder)
        return os.environ | {
            "DISPLAY": self.display, "PATH": _PATH, "SDL_AUDIODRIVER": "dummy", "HOME": folder,
            "XDG_CONFIG_HOME": folder, "XDG_RUNTIME_DIR": folder,
        }  # fmt: skip

    def load(self, script: str, port: int) -> socket.socket:
        """Type a script's name into the scripting window; a connection to the port on which it listens."""
        path = self._folder / "script.lua"
        path.write_text(script)
        scripting = _until(self._open_scripting, "the scripting window does not open")
        self._do("windowfocus", "--sync", scripting, "mousemove", "--window", scripting, "480", "593", "click", "1")
        self._do("type", "--delay", "20", f'dofile("{path}")')
        self._do("key", "Return")
        listener = _until(lambda: _connected(port), "the script does not listen")
        self._opened.callback(listener.close)
        self._scripting = scripting
        return listener

    def hide_scripting(self) -> None:
        """Uncover the game."""
        self._do("windowunmap", "--sync", self._scripting)

    def _watch(self, counter_address: int) -> None:
        """Listen to the cartridge's frame counter."""
        port = free_port()
        listener = self.load(_CLOCK.format(port=port, address=counter_address), port)
        threading.Thread(target=self._listen, args=(listener,), daemon=True).start()
        _until(lambda: self.counter >= 0, "the script says nothing")
        self.hide_scripting()

    def _open_scripting(self) -> str:
        """Fifth entry of the menu "Tools"; the menu's own window has no name to wait for."""
        self._do("windowfocus", self._game, "mousemove", "--window", self._game, "233", "10", "click", "1")
        self._do("sleep", "0.5", "key", "--delay", "50", *["Down"] * 5, "Return", "sleep", "1")
        scripting = self._search("^Scripting$")
        if not scripting:
            self._do("key", "Escape", "Escape")
        return scripting

    def _listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), listener.makefile("r") as lines:
            for line in lines:
                self.counter = int(line.split()[1])

    def _window(self, title: str) -> str:
        return _until(lambda: self._search(title), f"no window {title}")

    def _search(self, title: str) -> str:
        assert self._mgba.poll() is None, "mGBA has ended"
        return self._do("search", "--onlyvisible", "--name", title, check=False).split("\n")[0]

    def _do(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environment(), check=check, capture_output=True, text=True,
            timeout=PATIENCE_S,
        )  # fmt: skip
        return done.stdout


_SETTINGS = (
    "-2", "-C", "audioSync=1", "-C", "videoSync=0", "-C", "audioBuffers=2048", "-C", "updateAutoCheck=0",
)  # fmt: skip


def _end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _connected(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    except OSError:
        return None


def _until(ask: Callable[[], Result | None], complaint: str) -> Result:
    """The first answer that is true; other programs take their time, so it is asked for again."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{complaint} within {PATIENCE_S:g} s")


@contextlib.contextmanager
def opened(rom: Path, counter_address: int, folder: Path) -> Iterator[MgbaWindow]:
    """A window for the length of a `with`."""
    window = MgbaWindow(rom, counter_address, folder)
    try:
        yield window
    finally:
        window.close()
