"""Templates: the files that come with the project are right; wrong ones are refused by file, key and expectation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.policy.template import FOLDER, load_template, template_names
from pmd_gym.errors import ConfigError


@pytest.mark.parametrize("name", template_names())
def test_the_templates_that_come_with_the_project_are_right(name: str) -> None:
    template = load_template(name)
    assert template.about
    assert "$" not in template.told_rules.replace("$ money", "")


def test_the_variants_are_there() -> None:
    assert {"fast", "grounded", "instruct", "thinking", "ascii", "small", "small_plan"} <= {*template_names()}


GOOD: dict[str, Any] = {"version": "1", "about": "x", "picture": "grid", "text": "$last"}
WRITE = "{max_tokens: 4, stop: ['!']}"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": "2"}, "version: expected 1, got 2"),
        ({"picture": "photo"}, "picture: expected one of 'screen'"),
        ({"text": "$lst"}, "text: expected only placeholders of .status.*got .lst"),
        ({"rules": "$scene"}, "rules: expected only placeholders of .answers"),
        ({"text": "5 $ now"}, "text: expected ..* for a dollar sign"),
        ({"txt": "x"}, "txt: unknown key; did you mean 'text'"),
        ({"opening": "go"}, "opening: expected a line feed, a quotation mark or a colon at its end, got 'go'"),
        ({"write": WRITE}, "bridge: expected a line feed"),
        ({"bridge": "'x:'"}, "bridge: expected nothing without write"),
        ({"write": "{max_tokens: 0, stop: ['!']}", "bridge": "':'"}, "write: max_tokens: expected at least 1, got 0"),
        ({"write": "{max_tokens: 4, stop: ['']}", "bridge": "':'"}, "write: stop: expected at least one text"),
        ({"write": "{max_tokens: 4, stop: ['!'], pattern: '(', expected: x}", "bridge": "':'"}, "regular expression"),
        ({"write": "{max_tokens: 4, stop: ['!'], pattern: 'x'}", "bridge": "':'"}, "give both or neither"),
    ],
)
def test_a_wrong_template_is_refused_with_file_key_and_what_is_expected(
    changed: dict[str, Any], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in {**GOOD, **changed}.items()))
    with pytest.raises(ConfigError, match=told) as error:
        load_template(str(path))
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_name_that_is_none_says_which_there_are() -> None:
    with pytest.raises(ConfigError, match=r"prompt must be one of ascii, fast, .*, or a YAML file; got 'fats'"):
        load_template("fats")


def test_the_folder_holds_templates_and_the_game_only() -> None:
    assert {path.suffix for path in FOLDER.iterdir()} == {".yaml", ".txt"}
