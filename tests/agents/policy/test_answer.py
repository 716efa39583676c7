"""Answers: one word an action, no word twice."""

from __future__ import annotations

import pytest

from agents.policy.answer import ACTION_OF, ANSWERS
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind


def test_every_action_has_a_word_of_its_own() -> None:
    assert len(ANSWERS) == len(ACTIONS) == len(set(ANSWERS)) == len(ACTION_OF)


@pytest.mark.parametrize(
    ("kind", "argument", "word"),
    [
        (CommandKind.WAIT, 0, "wait"), (CommandKind.STEP, 0, "↓"), (CommandKind.STEP, 3, "↗"),
        (CommandKind.FACE, 2, "East"), (CommandKind.MOVE, 3, "4"), (CommandKind.STAIRS, 0, "stairs"),
        (CommandKind.USE_ITEM, 19, "T"), (CommandKind.THROW_ITEM, 0, "a"), (CommandKind.ATTACK, 0, "attack"),
    ],
)  # fmt: skip
def test_words_mean_what_they_say(kind: CommandKind, argument: int, word: str) -> None:
    assert ANSWERS[ACTIONS.of(kind, argument)] == word
    assert ACTION_OF[word] == ACTIONS.of(kind, argument)
