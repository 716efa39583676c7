"""What a skill may be allowed to do with its turn: the kinds of action behind each permission of its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind

PERMISSIONS: Mapping[str, CommandKind] = {
    "walk": CommandKind.STEP,
    "attack": CommandKind.ATTACK,
    "moves": CommandKind.MOVE,
    "stairs": CommandKind.STAIRS,
    "use_items": CommandKind.USE_ITEM,
    "throw_items": CommandKind.THROW_ITEM,
}
"""Permission -> the kind of action. Waiting and turning in place, which touch nothing, need none."""
FREE = frozenset({CommandKind.WAIT, CommandKind.FACE})


def complaint(action: object, mask: NDArray[np.int8], permissions: Iterable[str]) -> str:
    """Why `action` must not be taken; empty if it may. `mask` (actions,) int8, 1 is legal."""
    if type(action) is not int or not 0 <= action < len(ACTIONS):
        return f"yielded {action!r:.40}; expected an action, 0 to {len(ACTIONS) - 1}"
    kind = ACTIONS.kind(action)
    if kind not in FREE and kind not in {PERMISSIONS[name] for name in permissions}:
        return f"yielded {action} ({ACTIONS.names[action]}), which its manifest has no permission for"
    if not mask[action]:
        return f"yielded {action} ({ACTIONS.names[action]}), which is not legal now"
    return ""
