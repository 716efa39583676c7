"""One person's game: an environment, what is to be seen of it, and the recording of what was done.

Plays through `PMDRedEnv` alone; a replay goes the same way as live play.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pmd_gym.play.notices import Narrator
from pmd_gym.play.recording import HASH_LETTERS, Recorder
from pmd_gym.play.scene import Scene, scene_of


class Game(Protocol):
    """The parts of `PMDRedEnv` that are used here."""

    @property
    def ram(self) -> NDArray[np.uint8]: ...

    def reset(self, *, seed: int | None = None) -> tuple[Any, dict[str, Any]]:
        """See `PMDRedEnv.reset`."""

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """See `PMDRedEnv.step`."""

    def render(self) -> Any:
        """See `PMDRedEnv.render`."""

    def ram_hash(self) -> str:
        """See `PMDRedEnv.ram_hash`."""


class Session:
    """A game from its reset on. `scene` is the present moment, `ended` why the game is over or ''."""

    scene: Scene

    def __init__(self, game: Game, *, fair: bool = True, recorder: Recorder | None = None) -> None:
        from pmd_gym.ram import Decoder

        self._game = game
        self._fair = fair
        self._recorder = recorder
        self._decoder = Decoder(1)
        self.narrator = Narrator()
        self.steps = 0
        self.ended = ""

    def begin(self, seed: int, settings: dict[str, Any] | None = None) -> None:
        """Reset with a seed; `settings` (keys of `EnvConfig`) go into the recording."""
        _, info = self._game.reset(seed=seed)
        self._look(info)
        self.narrator.begin(self.scene)
        if self._recorder:
            self._recorder.begin(settings or {}, seed, self.ram_hash())

    def again(self) -> None:
        """Begin the next game; its seed follows from that of the first one."""
        _, info = self._game.reset()
        self._look(info)
        self.ended = ""
        self.narrator.begin(self.scene)
        if self._recorder:
            self._recorder.again(self.ram_hash())

    def act(self, action: int) -> Scene:
        """Carry out one action; the scene after it. Nothing must be asked of a game that `ended`."""
        before = self.scene
        _, _, terminated, truncated, info = self._game.step(action)
        self.steps += 1
        if self._recorder:
            self._recorder.step(action, self.ram_hash())
        self._look(info)
        self.narrator.follow(before, self.scene)
        if terminated or truncated:
            self.ended = str(info["reason"])
            self.narrator.say(end_line(self.ended))
        return self.scene

    def pixels(self) -> NDArray[np.uint8]:
        """The console's screen, (160, 240, 3) uint8."""
        picture: NDArray[np.uint8] = self._game.render()
        return picture

    def ram_hash(self) -> str:
        """Fingerprint of the RAM as recordings hold it."""
        return self._game.ram_hash()[:HASH_LETTERS]

    def _look(self, info: dict[str, Any]) -> None:
        states = self._decoder.decode(self._game.ram[np.newaxis])
        self.scene = scene_of(states, self._game.ram, np.asarray(info["action_mask"], np.int8), self._fair)


_ENDS = {
    "cleared": "The dungeon is cleared!",
    "fainted": "The team was defeated.",
    "escaped": "The team escaped.",
    "lost": "The adventure was lost.",
    "max_steps": "No steps are left.",
}


def end_line(reason: str) -> str:
    """A reason of `info` as a sentence."""
    return _ENDS.get(reason, f"The game ended: {reason}.")
