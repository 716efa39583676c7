"""The meter counts every row for its game, and changes no answer."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from agents.inference.interface import Prompt, Request, Situation, Use
from agents.inference.meter import Book, Meter
from tests.doubles.models import FakeModel, NoRoom, asked


def test_every_row_is_written_down_for_its_game() -> None:
    model, book = FakeModel(), Book()
    meter = Meter(model, "fake", book, prices=(1.0, 10.0))
    choices = asyncio.run(meter.choose([asked(1, game=4), asked(2, game=7)]))
    assert [choice.index for choice in choices] == [1, 2]
    asyncio.run(meter.generate([Request(Prompt(text="3"), situation=Situation(game=4))]))
    assert (book.total.prompt_tokens, book.total.tokens) == (30, 7)
    used = book.take(4)
    assert (used.model, used.prompt_tokens, used.tokens) == ("fake", 20, 6)
    assert used.cost == pytest.approx((20 * 1 + 6 * 10) / 1e6)
    assert used.seconds > 0
    assert book.take(4) == Use()
    assert book.take(7).prompt_tokens == 10


def test_it_stands_for_its_model() -> None:
    model = FakeModel(room=1)
    meter = Meter(model, "fake", Book())
    assert meter.out_of_memory == (NoRoom,)
    with pytest.raises(NoRoom):
        asyncio.run(meter.choose([asked(1), asked(2)]))
    assert np.array_equal(asyncio.run(meter.embed([Prompt(text="5")])), [[5, -5]])
    meter.close()
    assert model.closed == 1
