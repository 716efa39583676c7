"""What servers are told, by kind: bound answers in each one's own words."""

from __future__ import annotations

import json
import re

import pytest

from agents.inference.dialects import DIALECTS, dialect_of, unwrapped

ANSWERS = ("wait", "↑", 'a"b', "1.5|x")


def test_vllm_takes_a_list() -> None:
    assert DIALECTS["vllm"].bind(ANSWERS) == {"structured_outputs": {"choice": list(ANSWERS)}}
    assert DIALECTS["vllm-guided"].bind(ANSWERS) == {"guided_choice": list(ANSWERS)}


def test_sglang_takes_a_regular_expression_that_matches_just_these() -> None:
    pattern = DIALECTS["sglang"].bind(ANSWERS)["regex"]
    assert pattern == '(wait|↑|a"b|1\\.5\\|x)'
    assert [bool(re.fullmatch(pattern, text)) for text in (*ANSWERS, "1x5|x", "wai", "x")] == [True] * 4 + [False] * 3


def test_llamacpp_takes_a_grammar() -> None:
    assert DIALECTS["llamacpp"].bind(ANSWERS) == {"grammar": 'root ::= "wait" | "↑" | "a\\"b" | "1.5|x"'}


@pytest.mark.parametrize("name", ["ollama", "lmstudio", "openai", "generic"])
def test_the_others_take_a_schema(name: str) -> None:
    form = DIALECTS[name].bind(ANSWERS)["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert form["json_schema"]["schema"] == {
        "type": "object", "properties": {"answer": {"type": "string", "enum": list(ANSWERS)}},
        "required": ["answer"], "additionalProperties": False,
    }  # fmt: skip
    assert DIALECTS[name].wrapped


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("vllm", "vllm"), ("sglang", "sglang"), ("llamacpp", "llamacpp"), ("library", "ollama"),
        ("organization_owner", "lmstudio"), ("system", "openai"), ("somebody", "generic"), ("", "generic"),
    ],
)  # fmt: skip
def test_a_server_is_known_by_who_owns_its_models(owner: str, name: str) -> None:
    assert dialect_of(owner) == name


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"answer": "↑"}', "↑"),
        (' {"answer":"a\\"b"}\n', 'a"b'),
        (" wait ", "wait"),
        ('{"answer": 1}', '{"answer": 1}'),
    ],
)
def test_answers_are_taken_out_of_their_json(text: str, answer: str) -> None:
    assert unwrapped(text) == answer


def test_every_dialect_can_be_sent() -> None:
    for dialect in DIALECTS.values():
        assert json.loads(json.dumps(dialect.bind(ANSWERS))) == dialect.bind(ANSWERS)
