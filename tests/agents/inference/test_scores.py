"""From listed tokens to answers: exact where all is told, bounds where not, no claim where nothing is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.inference.replies import Scored, Step
from agents.inference.scores import even, scores_of

LEAD = '{"answer":"'


def step(written: str, **listed: float) -> Step:
    """A place with these tokens and probabilities; the written one is one of them."""
    scored = [Scored(token, math.log(share)) for token, share in listed.items()]
    return Step(written, math.log(listed[written]), top_logprobs=scored)


def shares(answers: tuple[str, ...], *steps: Step, lead: str = "") -> list[float]:
    return np.exp(scores_of(answers, steps, lead).log_probabilities).round(4).tolist()


def test_listed_answers_are_exact_and_other_words_do_not_count() -> None:
    steps = step("wait", wait=0.3, up=0.1, Sure=0.5)
    assert shares(("up", "wait"), steps) == [0.25, 0.75]
    assert scores_of(("up", "wait"), [steps]).known == 1.0


def test_the_written_token_counts_where_it_is_not_among_the_best() -> None:
    written = Step("up", math.log(0.01), top_logprobs=[Scored("Sure", math.log(0.6)), Scored("wait", math.log(0.03))])
    assert shares(("up", "wait"), written) == [0.25, 0.75]


def test_answers_that_are_not_listed_get_no_more_than_the_least_listed() -> None:
    scores = scores_of(("up", "wait", "north"), [step("wait", wait=0.6, Sure=0.2)])
    assert np.exp(scores.log_probabilities) == pytest.approx([0.125, 0.75, 0.125])  # 0.1, 0.6, 0.1: the rest is shared
    assert scores.known == pytest.approx(1 / 3)
    few = scores_of(("up", "wait"), [step("wait", wait=0.6, Sure=0.2, No=0.02)])
    assert np.exp(few.log_probabilities)[0] == pytest.approx(0.02 / 0.62)


def test_nothing_listed_is_even_and_nothing_known() -> None:
    scores = scores_of(("up", "wait"), [step("Sure", Sure=0.9)])
    assert (scores.known, scores.is_open, np.exp(scores.log_probabilities).tolist()) == (0.0, False, [0.5, 0.5])
    assert even(4).log_probabilities.dtype == np.float32


def test_tokens_that_only_begin_answers_are_followed() -> None:
    first = step("go ", **{"go ": 0.6, "wait": 0.2})
    second = step("up", up=0.9, down=0.3)
    assert shares(("go up", "go down", "wait"), first, second) == [0.5625, 0.1875, 0.25]


def test_a_shared_beginning_at_the_end_leaves_the_question_open() -> None:
    scores = scores_of(("go up", "go down", "wait"), [step("go ", **{"go ": 0.6, "wait": 0.2})])
    assert scores.is_open
    assert np.exp(scores.log_probabilities) == pytest.approx([0.375, 0.375, 0.25])
    assert not scores_of(("go up", "wait"), [step("go ", **{"go ": 0.6, "wait": 0.2})]).is_open


def test_an_answer_that_is_one_token_is_not_spelled() -> None:
    place = step("w", w=0.6, up=0.1, Sure=0.2)
    assert shares(("up", "wait"), place)[1] == pytest.approx(0.6 / 0.7, abs=1e-4)
    scores = scores_of(("up", "wait"), [place], whole={"wait", "up"})
    assert np.exp(scores.log_probabilities) == pytest.approx([0.5, 0.5])
    assert (scores.known, scores.is_open) == (0.5, False)


def test_bytes_decide_where_a_letter_is_cut() -> None:
    def part(octets: bytes, share: float) -> Scored:
        return Scored("\ufffd", math.log(share), list(octets))

    up, down = "↑".encode(), "↓".encode()
    first = Step("\ufffd", math.log(0.8), list(up[:2]), top_logprobs=[part(up[:2], 0.8)])
    second = Step("\ufffd", math.log(0.75), list(up[2:]), top_logprobs=[part(up[2:], 0.75), part(down[2:], 0.25)])
    assert shares(("↑", "↓"), first, second) == [0.75, 0.25]


@pytest.mark.parametrize(
    "opening", [['{"answer":"'], ["{", '"', "answer", '":', ' "'], [" ", '{ "', "answer", '"', ' : "']]
)
def test_answers_are_found_in_json_with_any_blanks(opening: list[str]) -> None:
    way = [step(token, **{token: 1.0}) for token in opening]
    assert shares(("up", "wait"), *way, step("wait", wait=0.3, up=0.1), step('"}', **{'"}': 1.0}), lead=LEAD) == [
        0.25,
        0.75,
    ]
    assert shares(("up", "wait"), *way, step('wait"', **{'wait"': 0.3, "up": 0.1}), lead=LEAD) == [0.25, 0.75]


def test_the_logarithm_of_nothing_is_nothing() -> None:
    masked = Step("up", 0.0, top_logprobs=[Scored("up", 0.0), Scored("wait", -9999.0)])
    scores = scores_of(("up", "wait", "north"), [masked])
    assert np.isfinite(scores.log_probabilities).all()
    assert np.exp(scores.log_probabilities) == pytest.approx([1, 0, 0])


@given(
    st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=5, unique=True),
    st.lists(st.dictionaries(st.text("abc", max_size=3), st.floats(1e-6, 0.3), min_size=1, max_size=4), max_size=3),
)
def test_whatever_a_server_lists_the_shares_are_probabilities(
    answers: list[str], listed: list[dict[str, float]]
) -> None:
    steps = [step(next(iter(place)), **place) for place in listed]
    scores = scores_of(tuple(answers), steps)
    assert np.exp(scores.log_probabilities).sum() == pytest.approx(1.0, abs=1e-5)
    assert 0.0 <= scores.known <= 1.0
