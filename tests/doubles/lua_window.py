"""mGBA's own window with the script that this project ships, on a display of its own, for tests of the link to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.doubles.mgba_window import MgbaWindow, free_port, missing_programs

SCRIPT = Path(__file__).parents[2] / "scripts" / "mgba_socket.lua"


@contextmanager
def lua_window(rom: Path, folder: Path) -> Iterator[str]:
    """HOST:PORT of the script in a window that plays `rom`; a skip that says why where the programs are missing."""
    if missing_programs():
        reason = f"needs {missing_programs()}: apt-get install --no-install-recommends mgba-qt xvfb xdotool"
        pytest.skip(reason)
    port = free_port()
    script = SCRIPT.read_text()
    assert "local PORT = 8888" in script
    window = MgbaWindow(rom, None, folder)
    try:
        with window.load(script.replace("local PORT = 8888", f"local PORT = {port}"), port) as first:
            first.sendall(b"core.currentFrame<|END|>")
            assert first.recv(64).endswith(b"<|END|>")
        yield f"127.0.0.1:{port}"
    finally:
        window.close()
