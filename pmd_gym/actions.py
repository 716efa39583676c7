"""The one action table of the mission: 63 actions, fixed, and the mask that says which of them are legal now.

An action is an index; what it asks for is a `Command` kind and argument for a backend. Directions are the game's own:
0 south, then counter-clockwise. The mask never depends on hidden luck: it is read from the RAM image alone, by the walk
bits of the leader's tile, the moves' PP, the bag, and what the backend can carry out.

| index | name | legal when |
|---|---|---|
| 0 | `wait` | always; with an empty belly the game refuses and no turn passes |
| 1-8 | `step_<direction>` | the leader's kind may walk there and nobody blocks; a partner who can swap does not block |
| 9 | `attack` | always |
| 10-17 | `face_<direction>` | the leader does not face there already (turning costs no turn) |
| 18-21 | `move_1`..`move_4` | the slot has a move with PP, neither disabled nor sealed, that the backend plays |
| 22 | `stairs` | the leader stands on the stairs |
| 23-42 | `use_item_1`..`use_item_20` | the bag slot holds something to eat, drink or use that is not sticky |
| 43-62 | `throw_item_1`..`throw_item_20` | the bag slot holds anything but a sticky missile |

A muzzled leader does not eat; an orb needs a backend that plays its move, a TM a leader that learns it in a free slot.
A terrified leader keeps its hands off the bag, and the first visit of the first dungeon has none.

An action that the mask hides changes nothing: no turn passes, and `info["illegal_action"]` is True.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import Backend, CommandKind
from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout

DIRECTIONS = ("south", "southeast", "east", "northeast", "north", "northwest", "west", "southwest")
"""Direction names by the game's number."""


@dataclass(frozen=True)
class ActionTable:
    """Names and commands of the actions, in order of index."""

    names: tuple[str, ...]
    commands: NDArray[np.int16]
    """(63, 2): `CommandKind` and argument of each action; read-only."""

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """Index of the action called `name`; ConfigError if there is none."""
        if name not in self.names:
            raise ConfigError(f"unknown action {name!r}; actions are {', '.join(self.names)}")
        return self.names.index(name)

    def of(self, kind: CommandKind, argument: int = 0) -> int:
        """Index of the action that gives this command; ConfigError if there is none."""
        found = np.flatnonzero((self.commands == (int(kind), argument)).all(axis=1))
        if not len(found):
            raise ConfigError(f"no action is {kind.name} with argument {argument}")
        return int(found[0])

    def kind(self, action: int) -> CommandKind:
        """Kind of command of an action."""
        return CommandKind(int(self.commands[action, 0]))


def _entries() -> list[tuple[str, CommandKind, int]]:
    slots = range(layout.BAG_SLOTS)
    return [
        ("wait", CommandKind.WAIT, 0),
        *((f"step_{name}", CommandKind.STEP, number) for number, name in enumerate(DIRECTIONS)),
        ("attack", CommandKind.ATTACK, 0),
        *((f"face_{name}", CommandKind.FACE, number) for number, name in enumerate(DIRECTIONS)),
        *((f"move_{slot + 1}", CommandKind.MOVE, slot) for slot in range(layout.MOVE_SLOTS)),
        ("stairs", CommandKind.STAIRS, 0),
        *((f"use_item_{slot + 1}", CommandKind.USE_ITEM, slot) for slot in slots),
        *((f"throw_item_{slot + 1}", CommandKind.THROW_ITEM, slot) for slot in slots),
    ]


def _table() -> ActionTable:
    entries = _entries()
    commands = np.array([(int(kind), argument) for _, kind, argument in entries], np.int16)
    commands.flags.writeable = False
    return ActionTable(tuple(name for name, _, _ in entries), commands)


ACTIONS = _table()
"""The table; `len(ACTIONS) == 63`."""


def offered_actions(backend: Backend) -> NDArray[np.uint8]:
    """(63,) uint8: 1 for the actions whose kind of command the backend can carry out."""
    kinds = {int(kind) for kind in backend.commands}
    return np.array([int(kind) in kinds for kind, _ in ACTIONS.commands], np.uint8)


class ActionMasks:
    """Computes masks for the games of one backend."""

    def __init__(self, backend: Backend) -> None:
        from pmd_gym.kernels import images, legality, tables

        self._offered = offered_actions(backend)
        self._moves = usable_moves(backend)
        self._flat, self._stride = images.flatten(backend.ram)
        self._tables = tables.tables()
        self._kernel = legality.action_masks

    def __call__(self, env_ids: NDArray[np.int64], out: NDArray[np.int8]) -> None:
        """Write the masks of the games `env_ids` to `out`, (n, 63) int8: 1 is legal."""
        self._kernel(self._flat, self._stride, env_ids, self._offered, self._moves, self._tables, out)


@cache
def _all_moves() -> NDArray[np.uint8]:
    return np.ones(max(layout.enum("move")) + 1, np.uint8)


def usable_moves(backend: Backend) -> NDArray[np.uint8]:
    """(413,) uint8 by move id: 1 for the moves that the backend plays (`backend.usable_moves`, or all of them)."""
    offered = getattr(backend, "usable_moves", None)
    return _all_moves() if offered is None else np.ascontiguousarray(offered, np.uint8)


def action_mask(backend: Backend) -> NDArray[np.int8]:
    """Masks of all games of a backend, a fresh (num_envs, 63) int8 array: 1 is legal."""
    out = np.empty((backend.num_envs, len(ACTIONS)), np.int8)
    ActionMasks(backend)(np.arange(backend.num_envs), out)
    return out
