"""Pictures of a console: from its framebuffer or from its window, at once or by a thread that keeps the newest.

Public names are imported on first use, so that the package itself pulls in neither mss nor an X connection.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmd_gym.capture.direct import DirectCapture
    from pmd_gym.capture.framebuffer import FramebufferSource
    from pmd_gym.capture.interface import Capture, Screenshot, Source
    from pmd_gym.capture.newest import NewestCapture
    from pmd_gym.capture.picture_area import Region
    from pmd_gym.capture.window import WindowSource

_HOMES = {
    "Capture": "interface",
    "DirectCapture": "direct",
    "FramebufferSource": "framebuffer",
    "NewestCapture": "newest",
    "Region": "picture_area",
    "Screenshot": "interface",
    "Source": "interface",
    "WindowSource": "window",
}

__all__ = [
    "Capture",
    "DirectCapture",
    "FramebufferSource",
    "NewestCapture",
    "Region",
    "Screenshot",
    "Source",
    "WindowSource",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
