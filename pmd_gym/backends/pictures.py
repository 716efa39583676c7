"""Which picture belongs to a game's RAM: the one that shows the frame at which the game came to rest.

`sync` asks the emulator when a picture is wanted. `async` has one thread a game take it as soon as the game has come
to rest, while the caller still works or other games still run; the same picture then only has to be copied. Either way
the frame numbers are compared: an emulator that runs on by itself (a window) may show an earlier frame, and then the
picture is marked as stale. A picture of a run, or of a server, that was left is never used. Where the emulator is lost,
the picture is black and marked as stale: what becomes of the game is the next step's business.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.event_loop import EventLoopThread, all_of
from pmd_gym.backends.interface import PictureNotes
from pmd_gym.backends.resumable import ResumableGame
from pmd_gym.capture import FramebufferSource, NewestCapture, Screenshot
from pmd_gym.capture.interface import UNKNOWN_FRAME
from pmd_gym.errors import CaptureError, EmulatorError

_log = logging.getLogger(__name__)


class Pictures:
    """Pictures of a backend's games. `came_to_rest` and `left` are called in the event loop, the rest outside."""

    def __init__(self, games: Sequence[ResumableGame], loop: EventLoopThread, capture: str, timeout_s: float) -> None:
        """`timeout_s`: when a thread's picture is given up and the emulator asked instead, with its own timeouts."""
        self._games = games
        self._loop = loop
        self._captures: list[NewestCapture] = []
        if capture == "async":
            self._captures = [_thread(index, game, loop, timeout_s) for index, game in enumerate(games)]
        self._wanted = np.zeros(len(games), np.bool_)  # its last picture was read, so the next one will be, too
        self._frames = np.zeros(len(games), np.int64)
        self._stale = np.zeros(len(games), np.bool_)
        self._fallbacks = np.full(len(games), "", object)

    def came_to_rest(self, index: int) -> None:
        """The game waits for its leader: have its picture taken, if anyone looks at them."""
        if self._captures and self._wanted[index]:
            self._wanted[index] = False
            self._captures[index].refresh()

    def left(self, index: int) -> None:
        """The game is another one now, or on another server: frames count anew."""
        if self._captures:
            self._captures[index].forget()

    def take(self, env_ids: Sequence[int], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Write the games' screens to `out`, (n, 160, 240, 3) uint8 RGB; returns their frames, (n,) int64."""
        late = [(index, out[row]) for row, index in enumerate(env_ids) if not self._take_at_once(index, out[row])]
        if late:
            self._loop.run(all_of(self._take_later(index, target) for index, target in late))
        return self._frames[env_ids]

    def notes(self, env_ids: NDArray[np.int64]) -> PictureNotes:
        """What is known of the games' last pictures; fresh arrays."""
        return PictureNotes(self._frames[env_ids], self._stale[env_ids], self._fallbacks[env_ids])

    def close(self) -> None:
        """End the threads; idempotent."""
        for capture in self._captures:
            capture.close()

    def _take_at_once(self, index: int, out: NDArray[np.uint8]) -> bool:
        """Copy the picture that the thread has taken; False if there is none of the frame at which the game rests."""
        self._wanted[index] = True
        if not self._captures or self._captures[index].fallback:
            return False
        try:
            shot = self._captures[index].newest()
        except CaptureError:
            return False
        if shot.frame < self._games[index].frame:
            return False
        out[:] = shot.pixels
        self._note(index, shot.frame, shot.fallback)
        return True

    async def _take_later(self, index: int, out: NDArray[np.uint8]) -> None:
        fallback = ""
        if self._captures:
            try:
                shot = await self._captured(index)
                out[:] = shot.pixels
                return self._note(index, shot.frame, "")
            except (CaptureError, EmulatorError) as error:
                fallback = str(error)
        try:
            self._note(index, await self._games[index].pixels(out), fallback)
        except EmulatorError as error:
            _log.warning("no picture of game %d: %s", index, error)
            out[:] = 0
            self._note(index, UNKNOWN_FRAME, str(error))

    async def _captured(self, index: int) -> Screenshot:
        """The thread's picture of where the game rests; CaptureError where it takes none."""
        capture = self._captures[index]
        if not capture.fallback:
            shot = await capture.since(self._games[index].frame)
            if not shot.fallback:
                return shot
        raise CaptureError(capture.fallback)

    def _note(self, index: int, frame: int, fallback: str) -> None:
        self._frames[index], self._fallbacks[index] = frame, fallback
        self._stale[index] = frame < self._games[index].frame


def _thread(index: int, game: ResumableGame, loop: EventLoopThread, timeout_s: float) -> NewestCapture:
    source = FramebufferSource(game.pixels, loop.loop, timeout_s)
    return NewestCapture(source, max_age_s=timeout_s, name=f"capture of game {index}")
