"""What models are told: the small model's words to the byte, the others' mostly the same each time, texts short."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from agents.policy.prompt import ACT, PLAN, Aside, fingerprint, letters_around, prompt_of, small_text
from agents.policy.template import load_template
from agents.training.encode import chat
from agents.training.tokenizer import train_tokenizer
from pmd_gym.ram import decode
from pmd_gym.views import VIEWS, Moment
from tests.doubles import scene
from tests.doubles.small_model import records

CELL = 32
WRAPPING = 12
"""Tokens of the chat template around a prompt."""
CROWDED = Aside((1, 2, 3, 9), "Your last answer was not as asked: " + "x " * 30, "", ("east exit led to stairs",) * 2)


def moment() -> Moment:
    return Moment(decode(scene.scene()), steps=(True,) * 8, messages=("Sunkern uses Absorb.", "6 damage, resisted."))


def rough_tokens(text: str) -> int:
    """About what Qwen's tokenizer makes of a text: words in pieces of seven letters, digits one by one."""
    pieces = re.findall(r"\s?[A-Za-z]+|\d|[^\sA-Za-z0-9]+|\s+", text)
    return sum(max(1, -(-len(piece.strip()) // 7)) for piece in pieces)


def small_tokens() -> Callable[[str], int]:
    tokenizer = train_tokenizer(record["text"].decode() for record in records(40))
    return lambda text: len(tokenizer.encode(text).ids)


@pytest.mark.parametrize(("name", "ask"), [("small", ACT), ("small_plan", PLAN)])
@pytest.mark.parametrize("recent", [(), (1, 9, 18)])
def test_the_small_models_prompt_is_what_it_was_trained_on(name: str, ask: str, recent: tuple[int, ...]) -> None:
    prompt = prompt_of(load_template(name), moment(), Aside(recent))
    assert prompt.text == small_text(moment(), recent, ask)
    assert (prompt.rules, prompt.opening) == ("", "")
    assert np.array_equal(prompt.picture, VIEWS["grid"](moment()))
    trained_on = small_text(moment(), recent, "").rstrip()
    assert chat(trained_on, ask).endswith(f"<|vision_end|>{prompt.text}<|im_end|>\n<|im_start|>assistant\n")


@pytest.mark.parametrize("count", [rough_tokens, small_tokens()], ids=["rough", "small"])
@pytest.mark.parametrize("name", ["fast", "grounded", "instruct", "thinking"])
def test_most_of_a_prompt_stays_the_same(name: str, count: Callable[[str], int]) -> None:
    """At least 70% of all tokens, those of the picture counted, stand before the first that changes."""
    prompt = prompt_of(load_template(name), moment(), CROWDED)
    assert prompt.picture is not None
    assert prompt.picture.shape == (320, 480, 3)
    picture = prompt.picture.shape[0] // CELL * prompt.picture.shape[1] // CELL
    stable = count(prompt.rules) + 3
    whole = stable + WRAPPING + picture + count(prompt.text) + count(prompt.opening)
    assert stable / whole >= 0.7
    assert prompt_of(load_template(name), moment(), Aside()).rules == prompt.rules


def test_a_prompt_without_a_picture_is_short_and_says_what_is_near() -> None:
    prompt = prompt_of(load_template("ascii"), moment(), CROWDED)
    assert prompt.picture is None
    assert rough_tokens(prompt.rules + prompt.text) + WRAPPING < 600
    assert "@" in prompt.text
    assert "Memory: east exit led to stairs" in prompt.text
    assert "6 damage, resisted." in prompt.text


def test_letters_around_show_the_leader_in_the_middle() -> None:
    rows = letters_around(moment()).split("\n")
    assert rows[5][6] == "@"
    assert max(map(len, rows)) <= 13


def test_what_is_not_there_leaves_no_line() -> None:
    template = load_template("fast")
    bare, full = (prompt_of(template, moment(), aside).text for aside in (Aside(), CROWDED))
    assert "\n\n" not in bare
    assert bare.startswith("Your last actions, the newest last: none")
    assert full.index("Memory:") < full.index("Your last answer was not") < full.index("Your last actions")


def test_prompts_that_differ_anywhere_have_other_fingerprints() -> None:
    template = load_template("grounded")
    prompt = prompt_of(template, moment(), Aside())
    dotted = prompt.picture.copy()
    dotted[0, 0] += 1
    others = [replace(prompt, picture=None), replace(prompt, picture=dotted), replace(prompt, text="x")]
    others += [replace(prompt, rules=prompt.rules + " "), replace(prompt, opening="")]
    prints = {fingerprint(entry) for entry in [prompt, *others]}
    assert len(prints) == 6
    assert fingerprint(prompt_of(template, moment(), Aside())) == fingerprint(prompt)
