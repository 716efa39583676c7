"""Settings from YAML: strict frozen dataclasses, so that a typo never runs with a default.

`load(path, cls, overrides)` reads a file into a dataclass. An unknown key, a wrong type or an impossible value is a
`ConfigError` that names the file, the path of the key and, for an unknown key, the nearest valid one. Ranges are
checked by the dataclass's own `__post_init__`. Nothing but plain YAML is read, and no file larger than 256 KiB.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from pmd_gym.errors import ConfigError, ScenarioError
from pmd_gym.scenario import (
    STORY_TEAM,
    Member,
    MemberLike,
    Numbers,
    Scenario,
    dungeon_id,
    friend_areas_of,
    move_id,
    skill_id,
    species_id,
    stack_of,
    tactic_id,
)

MAX_BYTES = 256 * 1024
T = TypeVar("T")


Name: TypeAlias = str | int
"""A name of the game in any case, or its id."""


@dataclasses.dataclass(frozen=True, slots=True)
class MemberConfig(Numbers):
    """One member of a team as a file gives it; the fields are those of `scenario.Member`, by name or id."""

    species: Name
    level: int
    moves: tuple[Name, ...] | None = None
    held: Name | tuple[Name, int] | None = None
    iq: int = 1
    skills: tuple[Name, ...] = ()
    tactic: Name = 0

    def __post_init__(self) -> None:
        self.member()

    def member(self) -> Member:
        """The member by ids; ScenarioError for what the game does not have."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        values["species"] = _found("species", species_id, self.species)
        values["tactic"] = _found("tactic", tactic_id, self.tactic)
        values["moves"] = None if self.moves is None else _each("moves", move_id, self.moves)
        values["held"] = None if self.held is None else _found("held", stack_of, self.held)
        values["skills"] = _each("skills", skill_id, self.skills)
        return Member(**values)


class NeighbourFile(str):
    """Path of another file; in a file it is written relative to that file's folder, and read back absolute."""

    __slots__ = ()


@dataclasses.dataclass(frozen=True, slots=True)
class CurriculumEntry:
    """One scenario of a mixture: the file that describes it, and how often it is drawn compared with the others."""

    config: NeighbourFile
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.weight < float("inf"):
            raise ConfigError(f"weight of {Path(self.config).name} is {self.weight}; expected more than 0")


@dataclasses.dataclass(frozen=True, slots=True)
class EnvConfig:
    """Arguments of `PMDRedEnv` and `PMDRedVectorEnv` as a file gives them; their table stands in `pmd_gym.env`."""

    emulator: str | tuple[str, ...] = "simulator"
    rom: NeighbourFile | None = None
    savestate: NeighbourFile | tuple[NeighbourFile, ...] | None = None
    allow_unknown_rom: bool = False
    dungeon: str | int = "Tiny Woods"
    floor: int = 1
    team: tuple[tuple[Name, int] | MemberConfig, ...] | None = None
    bag: tuple[Name | tuple[Name, int], ...] = ()
    money: int = 0
    friend_areas: str | tuple[Name, ...] | None = None
    curriculum: NeighbourFile | tuple[CurriculumEntry, ...] | None = None
    observation: str | tuple[str, ...] = "grid"
    visibility: str = "fair"
    reward: str | dict[str, float] = "default"
    reward_terms: bool = False
    max_steps: int | None = 10_000
    threads: int | None = None
    capture: Literal["sync", "async"] = "sync"
    render_mode: str | None = None

    def __post_init__(self) -> None:
        self.scenario()

    def scenario(self) -> Scenario:
        """The start of a run by ids; ScenarioError, with the path of the key, for what the game does not have."""
        dungeon = _found("dungeon", dungeon_id, self.dungeon)
        team = STORY_TEAM if self.team is None else _each("team", member_of, self.team)
        areas = _found("friend_areas", friend_areas_of, self.friend_areas)
        return Scenario(
            dungeon, self.floor, team, bag=_each("bag", stack_of, self.bag), money=self.money, friend_areas=areas
        )

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for the constructors."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def member_of(value: Any) -> MemberLike:
    """A member from any form that a file or a caller may give: a pair, keys and values, or a finished `Member`."""
    if isinstance(value, Member):
        return value
    if isinstance(value, MemberConfig):
        return value.member()
    if isinstance(value, Mapping):
        return build(value, MemberConfig, "member of the team").member()
    species, level = value
    member = species_id(species), int(level)
    Member(*member)
    return member


def _each(path: str, find: Callable[[Any], Any], values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_found(f"{path}[{index}]", find, value) for index, value in enumerate(values))


def _found(path: str, find: Callable[[Any], Any], value: Any) -> Any:
    """`find(value)`; its error begins with the path of the key."""
    try:
        return find(value)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def load(path: str | Path, cls: type[T], overrides: Mapping[str, Any] | None = None) -> T:
    """The dataclass `cls` from a YAML file; `overrides` maps dotted keys (`env.floor`) to values that win over it.

    Raises ConfigError for a file that is missing, too large, no YAML mapping, or holds a wrong key or value.
    """
    values = _read(Path(path))
    for key, value in (overrides or {}).items():
        _put(values, key, value)
    return build(values, cls, source=str(path))


def build(values: Mapping[str, Any], cls: type[T], source: str = "configuration") -> T:
    """The dataclass `cls` from a mapping, checked like a file; `source` names its origin in errors."""
    built: T = _dataclass(values, cls, source, "")
    return built


def dump(config: Any) -> str:
    """YAML text of a dataclass, which `load` reads back to an equal one."""
    import yaml

    text: str = yaml.safe_dump(_plain(config), sort_keys=False, allow_unicode=True)
    return text


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = sorted(dataclasses.fields(value), key=lambda field: not _is_required(field))
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, (Path, NeighbourFile)) else value


def _read(path: Path) -> dict[str, Any]:
    import yaml

    text = _text(path)
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys and values at the top, got {_kind(values)}")
    return values


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(f"{path}: {size} bytes; a configuration has at most {MAX_BYTES}")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text") from error


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        inner = values.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"override {key!r}: {parent!r} holds a value, not keys")
        values = inner
    values[last] = value


def _dataclass(values: Any, cls: type[Any], source: str, path: str) -> Any:
    if not isinstance(values, Mapping):
        raise ConfigError(f"{source}: {path or 'top level'}: expected keys and values, got {_kind(values)}")
    hints, fields = typing.get_type_hints(cls), {field.name: field for field in dataclasses.fields(cls) if field.init}
    for key in values:
        _check_known(str(key), list(fields), source, path)
    missing = [name for name, field in fields.items() if name not in values and _is_required(field)]
    if missing:
        raise ConfigError(f"{source}: {_join(path, missing[0])}: is required; add it")
    made = {key: _value(value, hints[key], source, _join(path, key)) for key, value in values.items()}
    try:
        return cls(**made)
    except ConfigError as error:
        raise type(error)(f"{source}: {path + ': ' if path else ''}{error}") from error


def _check_known(key: str, names: Sequence[str], source: str, path: str) -> None:
    if key not in names:
        near = difflib.get_close_matches(key, names, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"keys are {', '.join(names)}"
        raise ConfigError(f"{source}: {_join(path, key)}: unknown key; {hint}")


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _value(value: Any, hint: Any, source: str, path: str) -> Any:
    """`value` as the type `hint` wants it; ConfigError if it cannot be."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _either(value, typing.get_args(hint), source, path)
    if dataclasses.is_dataclass(hint):
        if isinstance(value, typing.cast(type[Any], hint)):
            return value
        return _dataclass(value, typing.cast(type[Any], hint), source, path)
    if origin in (tuple, list, Sequence) and isinstance(value, (list, tuple)):
        return _sequence(value, hint, source, path)
    if origin in (dict, Mapping) and isinstance(value, Mapping):
        key_hint, item_hint = typing.get_args(hint)
        return {_value(key, key_hint, source, path): _value(item, item_hint, source, _join(path, str(key)))
                for key, item in value.items()}  # fmt: skip
    if origin is typing.Literal and value in typing.get_args(hint):
        return value
    return _scalar(value, hint, source, path)


def _either(value: Any, hints: tuple[Any, ...], source: str, path: str) -> Any:
    """The first alternative that fits; where only one has the shape of the value, its own error otherwise."""
    alike = [hint for hint in hints if _shape(hint) == _shape_of(value)]
    if len(alike) == 1 and _shape_of(value) != "scalar":
        return _value(value, alike[0], source, path)
    for hint in sorted(hints, key=lambda hint: not _is_exact(value, hint)):
        try:
            return _value(value, hint, source, path)
        except ConfigError:
            continue
    raise ConfigError(f"{source}: {path}: expected {' or '.join(map(_name, hints))}, got {_kind(value)}")


def _shape(hint: Any) -> str:
    """`keys` for what is written as keys and values, `list`, or `scalar`."""
    origin = typing.get_origin(hint)
    if dataclasses.is_dataclass(hint) or origin in (dict, Mapping):
        return "keys"
    return "list" if origin in (tuple, list, Sequence) else "scalar"


def _shape_of(value: Any) -> str:
    if isinstance(value, Mapping):
        return "keys"
    return "list" if isinstance(value, (list, tuple)) else "scalar"


def _is_exact(value: Any, hint: Any) -> bool:
    return isinstance(hint, type) and type(value) is hint


def _sequence(value: Sequence[Any], hint: Any, source: str, path: str) -> Any:
    arguments = typing.get_args(hint)
    made = tuple if typing.get_origin(hint) is tuple else list
    if made is list or arguments[-1] is Ellipsis:
        inner = [arguments[0]] * len(value)
    else:
        inner = list(arguments)
    if len(inner) != len(value):
        raise ConfigError(f"{source}: {path}: expected {len(inner)} values, got a list of {len(value)}")
    return made(_value(item, wanted, source, f"{path}[{index}]")
                for index, (item, wanted) in enumerate(zip(value, inner, strict=True)))  # fmt: skip


def _scalar(value: Any, hint: Any, source: str, path: str) -> Any:
    if hint is Any or (hint in (None, type(None)) and value is None):
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is Path and isinstance(value, (str, Path)):
        return Path(value)
    if hint is NeighbourFile and isinstance(value, str):
        return NeighbourFile(Path(source).parent.resolve() / value)
    if isinstance(hint, type) and isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    raise ConfigError(f"{source}: {path}: expected {_name(hint)}, got {_kind(value)}")


def _name(hint: Any) -> str:
    if hint in (None, type(None)):
        return "nothing (null)"
    if typing.get_origin(hint) is typing.Literal:
        return "one of " + ", ".join(repr(value) for value in typing.get_args(hint))
    plain = {
        str: "text", int: "a whole number", float: "a number", bool: "true or false",
        Path: "a path", NeighbourFile: "a path",
    }  # fmt: skip
    origins = {tuple: "a list", list: "a list", Sequence: "a list", dict: "keys and values", Mapping: "keys and values"}
    return plain.get(hint) or origins.get(typing.get_origin(hint)) or str(getattr(hint, "__name__", hint))


def _kind(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, Mapping):
        return "keys and values"
    return "nothing (null)" if value is None else repr(value)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
