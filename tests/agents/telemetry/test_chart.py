"""The picture of an evaluation: what stands where."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from agents.telemetry.chart import BAR, COLOURS, GAP, LABELS, MARGIN, PLOT, TOP, WIDTH, chart
from agents.telemetry.scores import Score


def row(policy: str, scenario: str, rate: float, cause: str = "") -> Score:
    return Score(policy, scenario, scenario.title(), 10, round(10 * rate), rate, max(0, rate - 0.2), min(1, rate + 0.2),
                 9, 4.5, 100.0, 110.0, cause, 0.5)  # fmt: skip


def drawn(*rows: Score) -> NDArray[np.int64]:
    with Image.open(io.BytesIO(chart(rows, "Title", "note"))) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB")).astype(np.int64)


def test_the_dot_of_a_rate_stands_at_its_place_in_the_colour_of_its_policy() -> None:
    picture = drawn(row("random", "woods", 0.25), row("explorer", "woods", 0.5))
    for index, rate in enumerate((0.25, 0.5)):
        y, x = TOP + GAP // 2 + index * BAR + BAR // 2, MARGIN + LABELS + round(rate * PLOT)
        assert np.abs(picture[y, x] - COLOURS[index]).max() <= 2


def test_every_scenario_makes_the_picture_longer_and_none_wider() -> None:
    one = drawn(row("explorer", "woods", 0.5))
    two = drawn(row("explorer", "woods", 0.5), row("explorer", "cave", 0.5))
    assert one.shape[1] == two.shape[1] == WIDTH
    assert two.shape[0] - one.shape[0] == BAR + GAP


def test_words_that_are_too_long_are_cut_inside_the_page() -> None:
    picture = drawn(row("explorer", "woods", 0.1, "a very long story of how it all came to an end " * 3))
    assert (picture[:, -MARGIN // 2 :] == 255).all()


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [row("explorer", "woods", 0.5)]
    assert chart(rows, "Title", "note") == chart(rows, "Title", "note")
