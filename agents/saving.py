"""A run that goes on later: the games under way, what their player remembers, and what was used up, in one file.

The file is replaced as a whole, so a run killed at any moment loses at most the steps since the last save. Nothing in
it is executed when it is read. Knows neither the loop nor who plays.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from agents.budget import Budget, Stopwatch
from agents.inference.interface import Use
from agents.policy.keeping import packed, unpacked
from agents.telemetry.folder import write_atomically
from agents.telemetry.interface import Slot
from pmd_gym.errors import ConfigError

FILE = "state.bin"
VERSION = 1
MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class SavedGame:
    """One episode under way: its record so far, the game, and what the player remembers of it."""

    slot: Slot
    game: bytes
    """Compressed `PMDRedVectorEnv.save`."""
    memory: bytes
    """`Policy.save`."""

    @classmethod
    def of(cls, slot: Slot, game: bytes, memory: bytes) -> SavedGame:
        """An episode from its parts."""
        return cls(slot, zlib.compress(game, 1), memory)

    def state(self) -> bytes:
        """What `PMDRedVectorEnv.load` takes; ConfigError where it is damaged."""
        try:
            return zlib.decompress(self.game)
        except zlib.error as error:
            raise ConfigError(f"the saved game of episode {self.slot.episode} is damaged ({error})") from error


@dataclass(frozen=True, slots=True)
class SavedRun:
    """Everything beside the log that a run needs to go on."""

    version: int = VERSION
    games: tuple[SavedGame, ...] = ()
    used: Use = field(default_factory=Use)
    seconds: float = 0.0
    repaired: int = 0


def read_saved(folder: Path) -> SavedRun:
    """What a run left in its folder, an empty one where it left nothing; ConfigError for another kind of file."""
    path = folder / FILE
    if not path.is_file():
        return SavedRun()
    try:
        saved = unpacked(path.read_bytes()[:MAX_BYTES], SavedRun)
    except (msgspec.DecodeError, OSError) as error:
        raise ConfigError(f"{path} cannot be read ({error}); delete it to begin its episodes anew") from error
    if saved.version != VERSION:
        raise ConfigError(f"{path} is of version {saved.version}, expected {VERSION}; delete it to begin anew")
    return saved


class Keeper:
    """Saves a run now and then, and ends it when its budget is used up: to be called between two steps."""

    def __init__(
        self, folder: Path, games: Callable[[], Sequence[SavedGame]], used: Callable[[], tuple[Use, int]],
        budget: Budget, watch: Stopwatch, every_s: float,
    ) -> None:  # fmt: skip
        """`games` are those under way; `used` gives what models were used for and how many answers were repaired."""
        self._folder = folder
        self._games = games
        self._used = used
        self._budget = budget
        self._watch = watch
        self._every_s = every_s
        self._saved_s = watch.seconds

    def __call__(self) -> str:
        """Why the run must end now; empty if it may go on. StorageError if a save is due and cannot be written."""
        if self._watch.seconds - self._saved_s >= self._every_s:
            self.save()
        return self._budget.reached(self._used()[0], self._watch.seconds)

    def save(self) -> None:
        """Write the state as it is now."""
        used, repaired = self._used()
        saved = SavedRun(VERSION, tuple(self._games()), used, self._watch.seconds, repaired)
        write_atomically(self._folder / FILE, packed(saved))
        self._saved_s = self._watch.seconds
