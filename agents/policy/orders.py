"""The first action of each kind, to which a direction or a slot is added."""

from __future__ import annotations

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind

WAIT = ACTIONS.of(CommandKind.WAIT)
STEP = ACTIONS.of(CommandKind.STEP)
ATTACK = ACTIONS.of(CommandKind.ATTACK)
MOVE = ACTIONS.of(CommandKind.MOVE)
FACE = ACTIONS.of(CommandKind.FACE)
STAIRS = ACTIONS.of(CommandKind.STAIRS)
USE_ITEM = ACTIONS.of(CommandKind.USE_ITEM)
THROW_ITEM = ACTIONS.of(CommandKind.THROW_ITEM)
