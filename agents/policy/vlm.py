"""The vision-language policy: each moment becomes a prompt, a model scores the legal answers, the best is played."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agents.inference.interface import ChoiceRequest, InferenceBackend, Prompt
from agents.policy.answer import ANSWERS
from agents.policy.interface import Observations
from agents.policy.plight import Plight
from agents.policy.prompt import RECENT, small_text
from pmd_gym.views import VIEWS, Moment

Moments = Callable[[NDArray[np.int64]], list[Moment]]


class VisionLanguagePolicy:
    """Asks one backend for all games at once. No illegal action can come out: only legal answers are scored."""

    observation: tuple[str, ...] = ("map",)

    def __init__(self, backend: InferenceBackend, moments: Moments, *, route: bool = True) -> None:
        self._backend = backend
        self._moments = moments
        self._route = route
        self._recent: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=RECENT))
        self._plights: dict[int, Plight] = {}

    def reset(self, env_ids: NDArray[np.int64], seeds: NDArray[np.uint32]) -> None:
        """See `Policy.reset`."""
        for env_id in env_ids.tolist():
            self._recent.pop(env_id, None)
            self._plights.pop(env_id, None)

    async def act(
        self, env_ids: NDArray[np.int64], observations: Observations, action_mask: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """See `Policy.act`; the error of a choice is raised, as no action follows from it."""
        legal = [np.flatnonzero(mask).tolist() for mask in action_mask]
        requests = [
            self._request(env_id, moment, actions)
            for env_id, moment, actions in zip(env_ids.tolist(), self._moments(env_ids), legal, strict=True)
        ]
        choices = await self._backend.choose(requests)
        for choice in choices:
            if choice.error is not None:
                raise choice.error
        chosen = [actions[choice.index] for actions, choice in zip(legal, choices, strict=True)]
        for env_id, action in zip(env_ids.tolist(), chosen, strict=True):
            self._recent[env_id].append(action)
        return np.array(chosen, np.int64)

    def _request(self, env_id: int, moment: Moment, actions: list[int]) -> ChoiceRequest:
        situation = self._plights.setdefault(env_id, Plight(env_id)).situation(moment)
        return ChoiceRequest(self._prompt(env_id, moment), tuple(ANSWERS[action] for action in actions), situation)

    def _prompt(self, env_id: int, moment: Moment) -> Prompt:
        shown = moment if self._route else replace(moment, route=False, _drawn={})
        return Prompt(picture=VIEWS["grid"](shown), text=small_text(moment, tuple(self._recent[env_id])))
