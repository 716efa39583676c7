"""Opens whoever plays: a scripted player, or a model with its queue, its router and the bill for both.

The one place where policies and models meet. Nothing heavy is imported before a model is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from agents.inference.interface import InferenceBackend
from agents.inference.meter import Book, Meter
from agents.inference.queue import InferenceQueue, Limits
from agents.model_settings import CHECKPOINT, SERVER, SMALL, ModelSettings
from agents.policy import make_policy
from agents.policy.interface import Policy, Thought
from pmd_gym.errors import ConfigError

if TYPE_CHECKING:
    from agents.inference.router import Decision
    from pmd_gym.vector_env import PMDRedVectorEnv

VLM = "vlm"
QUIET = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
"""Read by the libraries when they are imported; bars and notes of theirs would stand in the middle of our own."""
BATCH_TARGET_MS = 2000.0
"""A batch is made smaller where it takes longer than this and smaller ones take less a row."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who can sit down at games. `book` says what his models were used for, if he has any."""

    observation: tuple[str, ...]
    seat: Callable[[PMDRedVectorEnv], Policy]
    book: Book


@contextmanager
def open_player(name: str, settings: ModelSettings) -> Iterator[Player]:
    """The player called `name`, his models closed at the end.

    ConfigError, with the command that helps, where a package or a model is not there.
    """
    if name != VLM:
        policy = make_policy(name)
        yield Player(policy.observation, lambda env: policy, Book())
        return
    book = Book()
    with ExitStack() as opened:
        routes = _Routes()
        backend = _routed(settings, book, routes, opened)
        yield Player(("map",), lambda env: _policy(settings, backend, env, book, routes), book)


def _policy(
    settings: ModelSettings, backend: InferenceBackend, env: PMDRedVectorEnv, book: Book, routes: _Routes
) -> Policy:
    from agents.policy.vlm import VisionLanguagePolicy

    screen = settings.template.picture in ("screen", "quad")
    return VisionLanguagePolicy(
        backend, lambda env_ids: env.moments(env_ids, pixels=screen), settings.template, route=settings.route,
        spent=lambda game: routes.bill(game, book),
    )  # fmt: skip


def _routed(settings: ModelSettings, book: Book, routes: _Routes, opened: ExitStack) -> InferenceBackend:
    """One model's queue, or a router over several."""
    queues = [_queue(name, settings, book, opened) for name in settings.models]
    if len(queues) == 1:
        return queues[0]
    from agents.inference.router import Router, Tier

    prices = [settings.prices[0] if name.startswith(SERVER) else 0.0 for name in settings.models]
    tiers = [Tier(*tier) for tier in zip(settings.models, queues, prices, strict=True)]
    return Router(tiers, on_decision=routes.add)


def _queue(name: str, settings: ModelSettings, book: Book, opened: ExitStack) -> InferenceBackend:
    model = _opened(name, settings)
    metered = Meter(model, name, book, settings.prices if name.startswith(SERVER) else (0.0, 0.0))
    limits = Limits(settings.max_batch, capacity=max(64, settings.max_batch), target_ms=BATCH_TARGET_MS)
    queue = InferenceQueue(metered, limits, memory=getattr(model, "memory_in_use", lambda: 0.0))
    opened.callback(queue.close)
    return queue


def _opened(name: str, settings: ModelSettings) -> Any:
    """The model itself."""
    if name.startswith(SERVER):
        _check_installed("openai")
        from agents.inference.openai import OpenAIBackend

        return OpenAIBackend(name, concurrency=settings.max_batch)
    _check_installed("torch", "transformers")
    if name == SMALL and not (CHECKPOINT / "config.json").is_file():
        raise ConfigError(
            f"there is no model in {CHECKPOINT}; train it (python scripts/train_vlm.py --help says how) and export it"
            f" with: python scripts/train_vlm.py export --model runs/vlm/model --out {CHECKPOINT};"
            " or play without a model: --policy explorer"
        )
    for variable, value in QUIET.items():
        os.environ.setdefault(variable, value)
    from agents.inference.transformers import TransformersBackend

    quantization = None if settings.quantization == "none" else settings.quantization
    return TransformersBackend(
        CHECKPOINT if name == SMALL else name, threads=settings.threads, quantization=quantization
    )


def _check_installed(*packages: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise ConfigError(
            f"the policy vlm needs {' and '.join(missing)}; install with: pip install -c constraints.txt -e '.[vlm]';"
            " or play without a model: --policy explorer"
        )


@dataclass(slots=True)
class _Routes:
    """What a router decided for each game since its last bill."""

    decisions: dict[int, list[Decision]] = field(default_factory=dict)

    def add(self, decision: Decision) -> None:
        self.decisions.setdefault(decision.game, []).append(decision)

    def bill(self, game: int, book: Book) -> Thought:
        """Model, reason and use of what was just asked for a game."""
        use, decided = book.take(game), self.decisions.pop(game, [])
        return Thought(
            "", "", model=decided[-1].tier if decided else use.model,
            reason="; ".join(dict.fromkeys(f"{decision.tier}: {decision.reason}" for decision in decided)),
            prompt_tokens=use.prompt_tokens, tokens=use.tokens, latency_s=round(use.seconds, 4), cost=use.cost,
        )  # fmt: skip
