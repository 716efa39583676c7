"""The words a model answers with: one for each action, short enough that tokenizers of Qwen keep each in one token.

A model is scored on exactly these words, so no answer can name an action that the table does not have. The words
were checked against Qwen's vocabulary (151,643 ranks): each is a single token where a line or a quotation mark
precedes it.
"""

from __future__ import annotations

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind

ARROWS = ("↓", "↘", "→", "↗", "↑", "↖", "←", "↙")
"""A step in each of the game's directions, south first."""
TURNS = ("South", "SE", "East", "NE", "North", "NW", "West", "SW")
"""Turning in place."""


_WORDS = {
    CommandKind.WAIT: ("wait",), CommandKind.STEP: ARROWS, CommandKind.ATTACK: ("attack",), CommandKind.FACE: TURNS,
    CommandKind.MOVE: ("1", "2", "3", "4"), CommandKind.STAIRS: ("stairs",),
    CommandKind.USE_ITEM: tuple("ABCDEFGHIJKLMNOPQRST"), CommandKind.THROW_ITEM: tuple("abcdefghijklmnopqrst"),
}  # fmt: skip

ANSWERS: tuple[str, ...] = tuple(_WORDS[CommandKind(kind)][argument] for kind, argument in ACTIONS.commands.tolist())
"""The word of each action."""

ACTION_OF: dict[str, int] = {word: action for action, word in enumerate(ANSWERS)}
"""The action of each word."""

RULES = (
    "↑ ↗ → ↘ ↓ ↙ ← ↖: step. North NE East SE South SW West NW: turn, which costs no time. attack: strike ahead. "
    "1 2 3 4: use that move. A-T: use the item with that letter; a-t: throw it ahead. "
    "stairs: take the stairs you stand on. wait: let a turn pass."
)
"""What the words mean, for prompts."""
