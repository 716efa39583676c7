"""What a skill says about itself, and whether that is well said: a mistake is told with file, line, key and remedy.

The schema is the two tables below. Knows nothing of the skill's code, nor of any other skill.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agents.skills.lined_yaml import LinedYaml, Path
from agents.skills.occasions import OCCASIONS
from agents.skills.permissions import PERMISSIONS
from pmd_gym.errors import SkillError

FILE = "manifest.yaml"
MAX_STEPS = 1000

Value: TypeAlias = bool | int | float | str
_TYPES: Mapping[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "str": (str,)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a skill. Without a default it must be given."""

    type: str
    description: str = ""
    default: Value | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Value, ...] = ()

    def complaint(self, value: object) -> str:
        """What is expected instead of `value`; empty if it will do."""
        if not isinstance(value, _TYPES[self.type]) or isinstance(value, bool) != (self.type == "bool"):
            return f"expected {self.type}, got {value!r:.40}"
        if self.choices and value not in self.choices:
            return f"expected one of {', '.join(map(str, self.choices))}, got {value!r:.40}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            if self.minimum is not None and value < self.minimum:
                return f"expected at least {self.minimum}, got {value}"
            if self.maximum is not None and value > self.maximum:
                return f"expected at most {self.maximum}, got {value}"
        return ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of `manifest.yaml`."""

    name: str
    """The same as the folder's."""
    version: str
    """Semantic version."""
    description: str
    """One line; a model that chooses skills reads it."""
    entry: str
    """FILE.py:FUNCTION, a generator function in this folder."""
    permissions: tuple[str, ...]
    """Kinds of action it may yield, of `PERMISSIONS`."""
    requires: Mapping[str, str]
    """Other skills, each with the versions that will do, as `>=1.0,<2`."""
    parameters: Mapping[str, Parameter]
    applies_when: tuple[str, ...] = ("always",)
    """It applies when all of these `OCCASIONS` are there."""
    max_steps: int = 200
    """Actions of one use; after so many it is stopped."""

    @property
    def file(self) -> str:
        """Name of the Python file."""
        return self.entry.partition(":")[0]

    @property
    def function(self) -> str:
        """Name of the generator function."""
        return self.entry.partition(":")[2]

    def arguments(self, given: Mapping[str, object]) -> dict[str, Any]:
        """All parameters with their values; SkillError for one that is unknown, missing, or of the wrong kind."""
        for name in given:
            if name not in self.parameters:
                raise SkillError(f"skill {self.name} has no parameter {name!r}{_nearest(name, self.parameters)}")
        values = {name: given.get(name, parameter.default) for name, parameter in self.parameters.items()}
        for name, value in values.items():
            problem = "it must be given" if value is None else self.parameters[name].complaint(value)
            if problem:
                raise SkillError(f"skill {self.name}, parameter {name}: {problem}")
        return values


@dataclass(frozen=True, slots=True)
class _Rule:
    expected: str
    holds: Callable[[Any], bool]
    required: bool = False


def _text(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _some_of(known: Iterable[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(entry in known for entry in value)


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _number(value: Any) -> bool:
    return type(value) in (int, float)


_NAME = r"[a-z][a-z0-9_]{0,31}"
_NUMBER = r"(0|[1-9]\d{0,5})"
_RULES = {
    "name": _Rule("a name of at most 32 small letters, digits and _, a letter first", _text(_NAME), True),
    "version": _Rule("MAJOR.MINOR.PATCH, as 1.0.0", _text(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"), True),
    "description": _Rule("one line of at most 160 characters", _text(r"[^\n\x00-\x1f]{1,160}"), True),
    "entry": _Rule("FILE.py:FUNCTION in this folder, as hop.py:run", _text(rf"{_NAME}\.py:{_NAME}"), True),
    "permissions": _Rule(f"a list of {', '.join(PERMISSIONS)}", _some_of(PERMISSIONS), True),
    "requires": _Rule("skills with the versions that will do", lambda value: isinstance(value, dict)),
    "parameters": _Rule("parameters by name", lambda value: isinstance(value, dict)),
    "applies_when": _Rule(f"a list of {', '.join(OCCASIONS)}", _some_of(OCCASIONS)),
    "max_steps": _Rule(f"a whole number of 1 to {MAX_STEPS}", _whole(1, MAX_STEPS)),
}
_PARAMETER_RULES = {
    "type": _Rule(f"one of {', '.join(_TYPES)}", lambda value: isinstance(value, str) and value in _TYPES, True),
    "description": _Rule("one line of at most 120 characters", _text(r"[^\n\x00-\x1f]{1,120}")),
    "default": _Rule("a plain value", lambda value: isinstance(value, bool | int | float | str)),
    "minimum": _Rule("a number", _number),
    "maximum": _Rule("a number", _number),
    "choices": _Rule("a list of values", lambda value: isinstance(value, list) and bool(value)),
}


def read_manifest(data: bytes, file: str, folder: str) -> Manifest:
    """The manifest in `data`, the contents of `file`, of the skill in the folder called `folder`.

    SkillError: `FILE:LINE: KEY: expected ..., got ...`.
    """
    page = LinedYaml(data, file)
    given = _checked(page, page.value, _RULES, ())
    if given["name"] != folder:
        raise page.error(("name",), f"expected {folder}, as its folder is called, got {given['name']}")
    requires = {name: _versions(page, name, versions) for name, versions in given.pop("requires", {}).items()}
    parameters = {name: _parameter(page, name, value) for name, value in given.pop("parameters", {}).items()}
    return Manifest(**_tuples(given), requires=requires, parameters=parameters)


def _checked(page: LinedYaml, value: Any, rules: Mapping[str, _Rule], path: Path) -> dict[str, Any]:
    """`value` if it is a mapping whose keys are known, whose values obey their rules, and of which none is missing."""
    if not isinstance(value, dict):
        raise page.error(path, f"expected keys and values: {', '.join(rules)}; got {value!r:.40}")
    for key, entry in value.items():
        if key not in rules:
            raise page.error((*path, key), f"expected no such key{_nearest(key, rules)}")
        if not rules[key].holds(entry):
            raise page.error((*path, key), f"expected {rules[key].expected}; got {entry!r:.60}")
    for key, rule in rules.items():
        if rule.required and key not in value:
            raise page.error((*path, key), f"missing; expected {rule.expected}")
    return value


def _versions(page: LinedYaml, name: str, versions: Any) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    path = ("requires", name)
    if not re.fullmatch(_NAME, name):
        raise page.error(path, f"expected {_RULES['name'].expected}; got {name!r:.40}")
    try:
        return str(SpecifierSet(versions))
    except (InvalidSpecifier, AttributeError, TypeError):
        raise page.error(path, f'expected versions, as ">=1.0,<2"; got {versions!r:.40}') from None


def _parameter(page: LinedYaml, name: str, value: Any) -> Parameter:
    path = ("parameters", name)
    if not re.fullmatch(_NAME, name):
        raise page.error(path, f"expected {_RULES['name'].expected}; got {name!r:.40}")
    parameter = Parameter(**_tuples(_checked(page, value, _PARAMETER_RULES, path)))
    problem = "" if parameter.default is None else parameter.complaint(parameter.default)
    if problem:
        raise page.error((*path, "default"), problem)
    return parameter


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known) or 'none'}"
