"""Typed records: each kind survives a round trip, and the exported schema accepts what is written."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from agents.telemetry.measures import AnyMeasure, Figure, from_line, json_schema, to_lines
from pmd_gym.errors import ConfigError

KINDS = get_args(AnyMeasure)
VALUES = {int: 3, float: 0.25, str: "words"}


def value_of(kind: Any) -> object:
    return get_args(kind)[0] if get_origin(kind) is Literal else VALUES[kind]


def example(kind: type[msgspec.Struct]) -> msgspec.Struct:
    return kind(**{field.name: value_of(field.type) for field in msgspec.structs.fields(kind)})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_the_wire(kind: type[msgspec.Struct]) -> None:
    made = example(kind)
    line = to_lines([made])  # type: ignore[list-item]
    assert line.endswith(b"\n")
    assert from_line(line) == made


def test_the_schema_names_every_kind_and_field() -> None:
    schema = json_schema()
    for kind in KINDS:
        described = schema["$defs"][kind.__name__]["properties"]
        assert set(json.loads(to_lines([example(kind)]))) == set(described)  # type: ignore[list-item]


@pytest.mark.parametrize("line", [b"", b"{", b"[1]", b'{"kind":"figure"}', b'{"kind":"figure","name":1,"value":2}'])
def test_a_line_that_does_not_fit_is_refused(line: bytes) -> None:
    with pytest.raises(ConfigError, match="schema 1"):
        from_line(line)


def test_what_is_told_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Figure(name="a", value=1.0).value = 2.0  # type: ignore[misc]
