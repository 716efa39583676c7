"""What a model is told about one moment: the small model's prompt.

The picture is the view `grid`; the text is the status panel in words and what was answered lately. The last line asks
for the action at once (`act`) or after a plan (`plan`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.policy.answer import ANSWERS

if TYPE_CHECKING:
    from pmd_gym.views import Moment

ACT, PLAN = "act", "plan"
RECENT = 4
"""Answers of the past that the prompt repeats."""


def small_text(moment: Moment, recent: Sequence[int], ask: str = ACT) -> str:
    """The words of the small model's prompt, under 120 tokens; `recent` are the latest actions, the newest last."""
    from pmd_gym.views import brief

    last = " ".join(ANSWERS[action] for action in recent[-RECENT:]) or "none"
    return f"{brief(moment.states, moment.index)}\nlast {last}\n{ask}"
