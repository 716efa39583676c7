"""Every mistake in a manifest is told with file, line, key and what belongs there."""

from __future__ import annotations

import pytest

from agents.skills.manifest import Manifest, Parameter, read_manifest
from pmd_gym.errors import SkillError

GOOD = """name: hop
version: 1.2.0
description: Hops about.
entry: hop.py:run
requires:
  go_to: ">=1,<2"
permissions: [walk, stairs]
parameters:
  x: {type: int, minimum: 0, maximum: 55}
  far: {type: bool, default: false}
applies_when: [always]
"""


def read(text: str) -> Manifest:
    return read_manifest(text.encode(), "custom/hop/manifest.yaml", "hop")


def test_what_is_right_is_read() -> None:
    manifest = read(GOOD)
    assert (manifest.name, manifest.version, manifest.file, manifest.function) == ("hop", "1.2.0", "hop.py", "run")
    assert manifest.requires == {"go_to": "<2,>=1"}
    assert manifest.permissions == ("walk", "stairs")
    assert manifest.parameters["x"] == Parameter("int", minimum=0, maximum=55)
    assert manifest.max_steps == 200


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("1.2.0", "1.2", "2: version: expected MAJOR.MINOR.PATCH, as 1.0.0; got 1.2"),
        ("1.2.0", "01.2.0", "2: version: expected MAJOR"),
        ("1.2.0", "1.2.0-beta", "2: version: expected MAJOR"),
        ("walk,", "wlak,", "7: permissions: expected a list of walk, attack"),
        ("[walk, stairs]", "[]", "7: permissions: expected a list of"),
        ("[walk, stairs]", "walk", "7: permissions: expected a list of"),
        ("description:", "descripton:", "3: descripton: expected no such key; did you mean description?"),
        ("entry: hop.py:run\n", "", "1: entry: missing; expected FILE.py:FUNCTION"),
        ("hop.py:run", "../hop.py:run", "4: entry: expected FILE.py:FUNCTION"),
        ("hop.py:run", "hop.py", "4: entry: expected FILE.py:FUNCTION"),
        ('">=1,<2"', '"about 1"', "6: requires.go_to: expected versions"),
        ('">=1,<2"', "3", "6: requires.go_to: expected versions"),
        ("go_to", "Go", "6: requires.Go: expected a name"),
        ("type: int", "type: integer", "9: parameters.x.type: expected one of int, float, bool, str"),
        ("type: int, ", "", "9: parameters.x.type: missing"),
        ("minimum: 0", "minimum: low", "9: parameters.x.minimum: expected a number"),
        ("default: false", "default: 3", "10: parameters.far.default: expected bool, got 3"),
        ("x: {type: int, minimum: 0, maximum: 55}", "x: 3", "9: parameters.x: expected keys and values"),
        ("[always]", "[allways]", "11: applies_when: expected a list of always"),
        ("[always]", "[always]\nmax_steps: 0", "12: max_steps: expected a whole number of 1 to 1000; got 0"),
        ("[always]", "[always]\nmax_steps: true", "12: max_steps: expected a whole number"),
        ("name: hop", "name: hip", "1: name: expected hop, as its folder is called, got hip"),
        ("name: hop\n", "name: hop\nname: hop\n", "2: expected plain YAML: name is given twice"),
        ("[always]", "[always", "12: expected plain YAML"),
        ("[always]", "&a [always]\nextra: *a", "12: expected plain YAML: an alias"),
        ("[always]", "[[[[[[[[1]]]]]]]]", "11: expected plain YAML: more than 6 levels"),
        ("[always]", "!!python/name:os.system x", "11: expected plain YAML: could not determine a constructor"),
        (GOOD, "", "1: file: expected keys and values"),
        (GOOD, "x" * 20_000, "1: expected at most 16384 bytes"),
        ("Hops about.", "Hops\x07", "expected plain YAML"),
    ],
)
def test_a_mistake_is_told_where_it_stands(right: str, wrong: str, place: str) -> None:
    with pytest.raises(SkillError) as error:
        read(GOOD.replace(right, wrong, 1))
    assert str(error.value).startswith("custom/hop/manifest.yaml:")
    assert place in str(error.value)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(SkillError, match=r"manifest.yaml:1: expected plain YAML"):
        read_manifest(b"name: \xff", "custom/hop/manifest.yaml", "hop")


def test_arguments_are_checked_and_completed() -> None:
    manifest = read(GOOD)
    assert manifest.arguments({"x": 3}) == {"x": 3, "far": False}
    for given, problem in (
        ({}, "parameter x: it must be given"),
        ({"x": 56}, "parameter x: expected at most 55, got 56"),
        ({"x": -1}, "parameter x: expected at least 0, got -1"),
        ({"x": True}, "parameter x: expected int, got True"),
        ({"x": "3"}, "parameter x: expected int, got '3'"),
        ({"x": 3, "fra": True}, "has no parameter 'fra'; did you mean far?"),
    ):
        with pytest.raises(SkillError, match=problem):
            manifest.arguments(given)


def test_choices() -> None:
    parameter = Parameter("str", choices=("near", "far"))
    assert not parameter.complaint("far")
    assert parameter.complaint("fra") == "expected one of near, far, got 'fra'"
