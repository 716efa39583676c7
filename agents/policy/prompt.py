"""What a model is told about one moment: a template's placeholders filled in, and the small model's own words.

The small model was trained on exactly what `small_text` gives with the view `grid`; the templates `small` and
`small_plan` say the same, and a test compares them byte by byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from agents.inference.interface import Prompt
from agents.policy.answer import ANSWERS
from agents.policy.template import PromptTemplate

if TYPE_CHECKING:
    from pmd_gym.views import Moment

ACT, PLAN = "act", "plan"
RECENT = 4
"""Answers of the past that the prompt repeats."""
MAP_RADIUS = 6, 5
"""Tiles to each side and up and down that the map in letters shows."""


def small_text(moment: Moment, recent: Sequence[int], ask: str = ACT) -> str:
    """The words of the small model's prompt, under 120 tokens; `recent` are the latest actions, the newest last."""
    from pmd_gym.views import brief

    return f"{brief(moment.states, moment.index)}\nlast {told_answers(recent)}\n{ask}"


def told_answers(recent: Sequence[int]) -> str:
    """The latest actions in the words of answers, the newest last."""
    return " ".join(ANSWERS[action] for action in recent[-RECENT:]) or "none"


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside a moment: earlier answers, what was wrong with the last, earlier thoughts, memories."""

    recent: Sequence[int] = ()
    feedback: str = ""
    thoughts: str = ""
    memories: Sequence[str] = ()


def prompt_of(template: PromptTemplate, moment: Moment, aside: Aside) -> Prompt:
    """The prompt for a moment, up to where the model begins to write."""
    from pmd_gym.views import VIEWS

    picture = None if template.picture == "none" else VIEWS[template.picture](moment)
    return Prompt(template.told_rules, picture, text_of(template, moment, aside), template.opening)


def text_of(template: PromptTemplate, moment: Moment, aside: Aside) -> str:
    """The words about a moment; only what the template names is worked out."""
    from pmd_gym.views import brief, describe

    wanted = Template(template.text).get_identifiers()
    values = {
        "last": told_answers(aside.recent),
        "feedback": _line(aside.feedback),
        "thoughts": _line(aside.thoughts and f"You thought: {aside.thoughts}"),
        "memories": "".join(f"Memory: {line}\n" for line in aside.memories),
    }
    if "status" in wanted:
        values["status"] = brief(moment.states, moment.index)
    if "scene" in wanted:
        message = " ".join(moment.messages[-2:])
        values["scene"] = describe(moment.states, moment.index, moment.fair, message)
    if "map" in wanted:
        values["map"] = letters_around(moment)
    return Template(template.text).substitute(values)


def letters_around(moment: Moment) -> str:
    """The surroundings of the leader in the letters of `floor_map`, 13 by 11 tiles, spaces at the right left out."""
    from pmd_gym.views import floor_map

    chart, _ = moment.chart()
    if chart is None or chart.leader is None:
        return ""
    leader = chart.leader
    (across, down), rows = MAP_RADIUS, floor_map(moment.states, moment.index, moment.fair).split("\n")
    top, left = max(0, leader.y - down), max(0, leader.x - across)
    return "\n".join(row[left : leader.x + across + 1].rstrip() for row in rows[top : leader.y + down + 1])


def fingerprint(prompt: Prompt) -> str:
    """16 hexadecimal digits that differ for different prompts: the beginning of a SHA-256 over all parts."""
    digest = hashlib.sha256("\0".join((prompt.rules, prompt.text, prompt.opening)).encode())
    if prompt.picture is not None:
        digest.update(str(prompt.picture.shape).encode() + prompt.picture.tobytes())
    return digest.hexdigest()[:16]


def _line(text: str) -> str:
    return f"{text}\n" if text else ""
