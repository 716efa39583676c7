"""The seam's suite on a fake model, on the small one, and on the small one over a server, alone and behind a queue, a
router, and both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.inference.interface import ChoiceRequest, InferenceBackend, Prompt
from agents.inference.openai import OpenAIBackend
from agents.inference.queue import InferenceQueue, Limits
from agents.inference.router import Router, Tier
from agents.inference.transformers import TransformersBackend
from pmd_gym.views import draw
from tests.agents.inference.conformance import CHECKS, Subject
from tests.doubles.models import FakeModel, asked
from tests.doubles.openai_engines import Small
from tests.doubles.openai_server import OpenAIServer
from tests.doubles.small_model import folder, records

QUICK = Limits(max_wait_ms=1.0)
WRAPPERS: dict[str, Callable[[Callable[[], InferenceBackend]], InferenceBackend]] = {
    "alone": lambda make: make(),
    "queue": lambda make: InferenceQueue(make(), QUICK),
    "router": lambda make: Router([Tier("small", make()), Tier("large", make())]),
    "router over queues": lambda make: Router(
        [Tier("small", InferenceQueue(make(), QUICK)), Tier("large", InferenceQueue(make(), QUICK))]
    ),
    "queue over a router": lambda make: InferenceQueue(Router([Tier("small", make())]), QUICK),
}
SUBJECTS = [(model, wrapper) for model in ("fake", "small") for wrapper in WRAPPERS]
SUBJECTS += [("served", wrapper) for wrapper in ("alone", "queue", "router over queues")]


def fake_requests(count: int) -> list[ChoiceRequest]:
    return [asked(number) for number in range(count)]


def small_requests(count: int) -> list[ChoiceRequest]:
    from agents.training.samples import cells

    return [
        ChoiceRequest(
            Prompt(picture=draw(cells(record)), text=record["text"].decode() + "\nact" * (row % 3)),
            ("wait", "↑", "↗", "attack", "1"),
        )
        for row, record in enumerate(records(count))
    ]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def address(weights: Path) -> Iterator[str]:
    server = OpenAIServer(Small(weights))
    yield server.address
    server.close()


@pytest.fixture(scope="module", params=SUBJECTS, ids=" ".join)
def subject(request: pytest.FixtureRequest, weights: Path, address: str) -> Iterator[Subject]:
    """One subject for all checks of a kind; the last one closes it."""
    model, wrapper = request.param
    wrap = WRAPPERS[wrapper]
    if model == "fake":
        made = Subject(wrap(FakeModel), fake_requests)
    elif model == "served":
        made = Subject(wrap(lambda: OpenAIBackend(address)), small_requests)
    else:
        made = Subject(wrap(lambda: TransformersBackend(weights, threads=1)), small_requests)
    yield made
    made.backend.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_seam_is_kept(check: Callable[[Subject], None], subject: Subject) -> None:
    check(subject)
