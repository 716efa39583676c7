"""Every exception of the package, in one tree.

A message says what was expected, what came, and what to do about it. Command line tools print the message
as one line and exit with code 2 for any `PmdGymError`; everything else is a bug and keeps its traceback.
"""

from __future__ import annotations


class PmdGymError(Exception):
    """Base class: a mistake of the caller or a failure of the world, never a bug of ours."""


class ConfigError(PmdGymError, ValueError):
    """An argument or a configuration key is unknown, of the wrong type, or out of range."""


class ScenarioError(ConfigError):
    """A dungeon, floor, team or species that the game does not have."""


class SavestateError(PmdGymError, ValueError):
    """A save state that is torn, too large, of another game, or of no known format."""


class RomError(PmdGymError, ValueError):
    """A ROM that is missing, truncated, no ROM at all, or not the game that the RAM map describes."""


class UnsupportedRule(PmdGymError, NotImplementedError):
    """The simulator was asked for a rule of the game that it does not play yet."""


class ClosedError(PmdGymError, RuntimeError):
    """A backend, emulator or environment was used after `close()`."""


class EmulatorError(PmdGymError):
    """Something went wrong between us and an emulator."""


class CoreError(EmulatorError):
    """There is no emulator core, it is too old or no core at all, or it failed while it was called."""


class UnreachableError(EmulatorError, ConnectionError):
    """No emulator answers at the address, or the connection was lost and could not be made again."""


class GameLostError(UnreachableError):
    """The server answers, but it was started anew: the game that was played there is gone."""


class EmulatorTimeout(EmulatorError, TimeoutError):
    """The emulator did not answer in time, or did not reach the awaited condition within its frames."""


class BusyError(EmulatorError):
    """Another client already plays the game of this server."""


class RefusedError(EmulatorError, PermissionError):
    """The server refused the client: wrong token, wrong origin, or another protocol version."""


class ProtocolError(EmulatorError, ValueError):
    """A message that is malformed, oversized, out of order, or of an unknown kind."""


class ControlError(EmulatorError):
    """The game did not react to the buttons of a command as it should (a menu did not open, a box stayed)."""


class CaptureError(PmdGymError):
    """No picture could be taken: the window is gone, covered or of another shape, or the emulator gave none."""


class StaleScreenshot(CaptureError):
    """The newest picture is older than allowed, or none that is new enough came in time."""


class InferenceError(PmdGymError):
    """A model gave no answer to a request, or not one to each."""


class InferenceTimeout(InferenceError, TimeoutError):
    """No answer within the time that the request allowed."""


class StorageError(PmdGymError, OSError):
    """A file of ours could not be written: the disk is full, or went away. What was written before is whole."""


class SkillError(PmdGymError, ValueError):
    """A skill that is wrong: its manifest, its code, what it requires, what it was called with, or what it did."""


class MemoryFault(PmdGymError, ValueError):
    """What an agent remembers is damaged, or was made with other keys than those asked for."""
