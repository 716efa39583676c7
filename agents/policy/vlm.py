"""The vision-language policy: each moment becomes a prompt, a model scores the legal answers, the best is played.

Where the template asks for words before the action, they are written first; they are the model's own, and what is
wrong with them is dropped, counted and told to it the next time. The action is always one of the scored answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import Choice, ChoiceRequest, Completion, InferenceBackend, Prompt, Request, Situation
from agents.policy.answer import ANSWERS
from agents.policy.interface import Observations, Thought
from agents.policy.plight import Plight
from agents.policy.prompt import RECENT, Aside, fingerprint, prompt_of
from agents.policy.template import PromptTemplate, load_template
from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.errors import ClosedError
from pmd_gym.views import Moment

Moments: TypeAlias = Callable[[NDArray[np.int64]], list[Moment]]
Recall: TypeAlias = Callable[[NDArray[np.int64], list[Moment]], Awaitable[Sequence[Sequence[str]]]]
"""Lines that are remembered at these moments, for each game: shown in the picture and in the words."""
Spent: TypeAlias = Callable[[int], Thought]
"""Model, tokens, time, money and reason of what was just asked for a game; the other fields are not looked at."""
QUOTED = 120
"""Letters that are repeated of what was wrong."""
WORTH_TELLING = 0.001
TURNS = frozenset(np.flatnonzero(ACTIONS.commands[:, 0] == CommandKind.FACE).tolist())
"""Actions that turn in place."""


@dataclass(slots=True)
class Past:
    """What is remembered of one game's episode."""

    plight: Plight
    recent: list[int] = field(default_factory=list)
    feedback: str = ""
    thoughts: str = ""


@dataclass(slots=True)
class _Turn:
    """One game's way to its action: what may be said, what was written before it, what was wrong with that."""

    env_id: int
    prompt: Prompt
    actions: list[int]
    situation: Situation
    written: str = ""
    invalid: str = ""


class VisionLanguagePolicy:
    """Asks one backend for all games at once. No illegal action can come out: only legal answers are scored."""

    observation: tuple[str, ...] = ("map",)

    def __init__(
        self, backend: InferenceBackend, moments: Moments, template: PromptTemplate | None = None, *,
        route: bool = True, recall: Recall | None = None, spent: Spent = lambda game: Thought("", ""),
    ) -> None:  # fmt: skip
        """`template` None is the small model's. `route` dots the way on. `recall` gives memories, `spent` the bill."""
        self._backend = backend
        self._moments = moments
        self._template = template or load_template("small")
        self._route = route
        self._recall = recall
        self._spent = spent
        self._pasts: dict[int, Past] = {}
        self._thoughts: dict[int, Thought] = {}
        self.repaired = 0
        """Answers until now whose words before the action were not as expected."""

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """See `Policy.reset`."""
        for env_id in env_ids.tolist():
            self._pasts.pop(env_id, None)

    def save(self, env_id: int) -> bytes:
        """See `Policy.save`."""
        return msgspec.json.encode(self._past(env_id))

    def load(self, env_id: int, state: bytes) -> None:
        """See `Policy.load`."""
        self._pasts[env_id] = msgspec.json.decode(state, type=Past)
        self._pasts[env_id].plight.game = env_id

    def thoughts(self) -> Mapping[int, Thought]:
        """See `Thinker.thoughts`."""
        return self._thoughts

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """See `Policy.act`; the error of a choice is raised, as no action follows from it."""
        moments = [self._shown(moment) for moment in self._moments(env_ids)]
        memories = await self._recall(env_ids, moments) if self._recall else [()] * len(moments)
        rows = zip(env_ids.tolist(), moments, memories, action_mask, strict=True)
        turns = [self._turn(*row) for row in rows]
        if self._template.write:
            await self._write(turns)
        choices = await self._backend.choose([self._choice_of(turn) for turn in turns])
        for choice in choices:
            if choice.error is not None:
                raise choice.error
        decided = list(zip(turns, choices, strict=True))
        self._thoughts = {turn.env_id: self._thought(turn, choice) for turn, choice in decided}
        return np.array([self._played(turn, choice) for turn, choice in decided], np.int64)

    def _shown(self, moment: Moment) -> Moment:
        return moment if self._route else replace(moment, route=False, _drawn={})

    def _past(self, env_id: int) -> Past:
        return self._pasts.setdefault(env_id, Past(Plight(env_id)))

    def _turn(self, env_id: int, moment: Moment, memories: Sequence[str], mask: NDArray[np.int8]) -> _Turn:
        past = self._past(env_id)
        aside = Aside(past.recent, past.feedback, past.thoughts, memories)
        prompt = prompt_of(self._template, replace(moment, memories=memories) if memories else moment, aside)
        return _Turn(env_id, prompt, offered(np.flatnonzero(mask).tolist(), past.recent), past.plight.situation(moment))

    async def _write(self, turns: Sequence[_Turn]) -> None:
        """Have the words before the actions written; those that are not as expected are dropped."""
        writing = self._template.write
        assert writing
        requests = [
            Request(turn.prompt, writing.max_tokens, situation=turn.situation, stop=writing.stop) for turn in turns
        ]
        for turn, done in zip(turns, await self._backend.generate(requests), strict=True):
            turn.invalid = self._complaint(done)
            turn.written = "" if turn.invalid else done.text.rstrip()

    def _complaint(self, done: Completion) -> str:
        """What is wrong with what was written; empty if nothing is."""
        if isinstance(done.error, ClosedError):
            raise done.error
        if done.error is not None:
            return f"nothing was written: {done.error}"
        writing = self._template.write
        assert writing
        if writing.fits(done.text):
            return ""
        text = self._template.opening + done.text
        return f"expected {writing.expected}; got {text[:QUOTED]!r}"

    def _choice_of(self, turn: _Turn) -> ChoiceRequest:
        opening = turn.prompt.opening + turn.written + self._template.bridge
        answers = tuple(ANSWERS[action] for action in turn.actions)
        return ChoiceRequest(replace(turn.prompt, opening=opening), answers, turn.situation)

    def _played(self, turn: _Turn, choice: Choice) -> int:
        """The action of a turn, and what is remembered of it."""
        action, past, writing = turn.actions[choice.index], self._past(turn.env_id), self._template.write
        past.recent = [*past.recent, action][-RECENT:]
        past.feedback = f"Your last answer was not as asked: {turn.invalid}" if turn.invalid else ""
        past.thoughts = turn.written if writing and writing.keep else ""
        self.repaired += bool(turn.invalid)
        return action

    def _thought(self, turn: _Turn, choice: Choice) -> Thought:
        said = turn.prompt.opening + turn.written + self._template.bridge
        word = ANSWERS[turn.actions[choice.index]]
        return replace(
            self._spent(turn.env_id), prompt=fingerprint(turn.prompt), answer=said + word + self._template.closing,
            probabilities=_likely(turn.actions, choice), invalid=turn.invalid,
        )  # fmt: skip


def offered(legal: Sequence[int], recent: Sequence[int]) -> list[int]:
    """The legal actions that a model may choose from: after two turns in place running, none of them.

    Turning costs no time, so nothing would change any more, and a model that always takes the likeliest answer would
    turn to and fro for ever. Waiting is always legal.
    """
    if len(recent) >= 2 and TURNS.issuperset(recent[-2:]):
        return [action for action in legal if action not in TURNS]
    return list(legal)


def _likely(actions: Sequence[int], choice: Choice) -> dict[str, float]:
    """The answers that are worth telling, likeliest first; none where the model told no probabilities."""
    if choice.known == 0.0:
        return {}
    shares = np.exp(choice.log_probabilities.astype(np.float64))
    order = np.argsort(-shares, kind="stable").tolist()
    return {ANSWERS[actions[row]]: round(float(shares[row]), 4) for row in order if shares[row] >= WORTH_TELLING}
