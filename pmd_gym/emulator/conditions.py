"""What the console waits for, read from EWRAM after a frame, and the rule that decides when an `advance` ends.

Plain Python on a dozen fields, because an emulator's process asks after every frame and must start without Numba. The
rules are `signals` of the RAM map; the same signals for whole batches are the decoder's. Knows nothing of the wire.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator.interface import Condition, Press
from pmd_gym.emulator.peek import BYTE, INT, address, dungeon_offset, in_dungeon, leader_is_idle
from pmd_gym.errors import ConfigError

MAX_FRAMES = 3600
STEADY_FRAMES = 2
"""Frames in a row for which the leader must be free before a command is safe (RAM guide section 5)."""
STEADY_FRAMES_AFTER_BOX = 10
"""The same after a text box closed: the game idles 8 frames there."""

_COMMAND, _MESSAGE, _CHOICE = int(Condition.COMMAND), int(Condition.MESSAGE), int(Condition.CHOICE)
_MENU, _RUN_OVER, _BOX = int(Condition.MENU), int(Condition.RUN_OVER), _MESSAGE | _CHOICE

_MENU_MODES = frozenset((6, 7, 8, 9, 10))
_FREE_MODES = frozenset((0, 3))
_WAITING_TEXT = frozenset((7, 8, 9))
_CHOICE_TEXT = 4
_WAITS_FOR_KEY, _CLOSES_BY_ITSELF = 1, 2
_FULL_BRIGHTNESS = 31

_TEXT_STATE, _TEXT_FLAGS = address("text_state"), address("text_flags")
_UI_MODE, _FLOOR_SHOWN, _FADING = address("ui_mode"), address("floor_shown"), address("fading")
_BRIGHTNESS = address("brightness")
_FLOOR_READY, _INPUT_WAIT, _MAP_SCREEN = (in_dungeon(n) for n in ("floor_ready", "input_wait", "map_screen"))


def conditions(ram: NDArray[np.uint8]) -> Condition:
    """Everything that holds for an EWRAM image of 262,144 bytes uint8, contiguous."""
    return Condition(condition_bits(ram.data))


def condition_bits(buffer: Any) -> int:
    """The same as a plain integer, for the loop over frames; `buffer` is 262,144 bytes."""
    dungeon = dungeon_offset(buffer)
    text = INT(buffer, _TEXT_STATE)[0]
    met = _text_bits(buffer, text) if text else 0
    return met | (_RUN_OVER if dungeon < 0 else _dungeon_bits(buffer, dungeon, text))


def _text_bits(buffer: Any, text: int) -> int:
    if text == _CHOICE_TEXT:
        return _CHOICE
    waits = BYTE(buffer, _TEXT_FLAGS)[0] & (_WAITS_FOR_KEY | _CLOSES_BY_ITSELF) == _WAITS_FOR_KEY
    return _MESSAGE if waits and text in _WAITING_TEXT else 0


def _dungeon_bits(buffer: Any, dungeon: int, text: int) -> int:
    if text:
        return 0
    mode = INT(buffer, _UI_MODE)[0]
    if mode in _MENU_MODES or BYTE(buffer, dungeon + _MAP_SCREEN)[0] == 1:
        return _MENU
    free = mode in _FREE_MODES and BYTE(buffer, dungeon + _INPUT_WAIT)[0] == 1
    return _COMMAND if free and _floor_runs(buffer, dungeon) and leader_is_idle(buffer, dungeon) else 0


def _floor_runs(buffer: Any, dungeon: int) -> bool:
    return bool(
        BYTE(buffer, dungeon + _FLOOR_READY)[0] == 1
        and BYTE(buffer, _FLOOR_SHOWN)[0] == 1
        and BYTE(buffer, _FADING)[0] == 0
        and INT(buffer, _BRIGHTNESS)[0] == _FULL_BRIGHTNESS
    )


def check_press(press: Press) -> None:
    """ConfigError unless every field of a press is in range."""
    if not 0 <= press.frames <= MAX_FRAMES:
        raise ConfigError(f"frames must be 0..{MAX_FRAMES}, got {press.frames}; split a longer wait")
    if not 0 <= press.hold <= MAX_FRAMES or not 0 <= press.settle <= MAX_FRAMES:
        raise ConfigError(f"hold and settle must be 0..{MAX_FRAMES}, got {press.hold} and {press.settle}")
    if not 0 <= press.buttons < 1 << 10:
        raise ConfigError(f"buttons are ten bits, got {int(press.buttons):#x}")
    if not 0 <= press.until < 1 << 5:
        raise ConfigError(f"conditions are five bits, got {int(press.until):#x}")


class StopRule:
    """Which frames of one `Press` have the buttons down, and which is the last: asked before and after each frame."""

    def __init__(self, press: Press, before: int) -> None:
        """`before`: bits of the conditions that hold when the call starts."""
        self._until = int(press.until)
        self._hold = press.hold
        self._settle = press.settle
        self._before = before
        self._unchanged = before & self._until if press.settle else 0
        self._taken = False
        self._steady = 0
        self._needed = STEADY_FRAMES
        self._frames = 0

    def holds(self) -> bool:
        """True when the buttons are down in the next frame."""
        return not self._hold or (self._frames < self._hold and not self._taken)

    def ends(self, now: int) -> bool:
        """True when the frame that gave the condition bits `now` is the last one."""
        self._frames += 1
        self._taken = self._taken or self._before & ~now != 0
        self._unchanged = self._unchanged & now if self._frames < self._settle else 0
        self._watch_command(now)
        if self._steady < self._needed:
            now &= ~_COMMAND
        return now & self._until & ~self._unchanged != 0

    def _watch_command(self, now: int) -> None:
        if now & _BOX:
            self._needed = STEADY_FRAMES_AFTER_BOX
        self._steady = self._steady + 1 if now & _COMMAND else 0
