"""Recordings of play: JSON lines with the start, every action, and a hash of the RAM behind each.

Line by line and flushed, so that a crash costs nothing; read as data of known shape and size, never executed. A last
line without its end is what a killed process leaves and is dropped; any other flaw is a `ConfigError` with its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any, TypeAlias

import msgspec

from pmd_gym.actions import ACTIONS
from pmd_gym.config import EnvConfig, build
from pmd_gym.errors import ConfigError

VERSION = 1
MAX_BYTES = 64 << 20
"""Size of the largest file that is written or read: some 800,000 steps."""
MAX_LINE = 64 << 10
NO_CURRICULUM = "a recording holds one scenario; a curriculum's files may change behind it"
HASH_LETTERS = 32
"""Hexadecimal digits kept of the RAM's SHA-256."""

Hash: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{HASH_LETTERS}}}$")]
Seed: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
Action: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=len(ACTIONS))]


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="begin"):
    """First line: the settings of the environment that fix the games, the seed of its first reset, the RAM then."""

    version: int
    env: dict[str, Any]
    seed: Seed
    ram: Hash


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="step"):
    """One action, and the RAM after it."""

    action: Action
    ram: Hash


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="again"):
    """The environment was reset without a seed, and the RAM after it."""

    ram: Hash


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="end"):
    """Last line: why the session ended."""

    reason: Annotated[str, msgspec.Meta(max_length=400)]


Entry: TypeAlias = Step | Again
_Line: TypeAlias = Begin | Step | Again | End


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording in memory; `end` is None when its process was killed."""

    config: EnvConfig
    seed: int
    ram: str
    entries: tuple[Entry, ...]
    end: str | None = None

    @property
    def steps(self) -> int:
        """Actions in all."""
        return sum(isinstance(entry, Step) for entry in self.entries)


class Recorder:
    """Writes a recording; refuses a file that exists."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: IO[bytes] | None = path.open("xb")
        except FileExistsError as error:
            raise ConfigError(f"{path} exists; record into a new file, or delete it first") from error
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
        self._path = path
        self._written = 0

    def begin(self, settings: dict[str, Any], seed: int, ram: str) -> None:
        """The first line; `settings` are keys of `EnvConfig`, ConfigError if a curriculum is among them."""
        if settings.get("curriculum") is not None:
            raise ConfigError(f"{NO_CURRICULUM}; play without --record, or name one of its scenarios with --config")
        self._write(Begin(VERSION, settings, seed, ram))

    def step(self, action: int, ram: str) -> None:
        """One action that was carried out; ConfigError when the file is full."""
        self._write(Step(action, ram))

    def again(self, ram: str) -> None:
        """A new game."""
        self._write(Again(ram))

    def close(self, reason: str) -> None:
        """The last line, with why it ended; a recording that never began leaves no file. Idempotent."""
        if self._file:
            with self._file:
                if self._written:
                    self._write(End(reason[:400]))
            if not self._written:
                self._path.unlink(missing_ok=True)
            self._file = None

    def _write(self, line: _Line) -> None:
        assert self._file, "the recording was closed"
        data = msgspec.json.encode(line) + b"\n"
        if self._written + len(data) > MAX_BYTES and not isinstance(line, End):
            raise ConfigError(f"the recording is full: {MAX_BYTES} bytes; play on without --record or with another one")
        self._file.write(data)
        self._file.flush()
        self._written += len(data)


def read(path: Path) -> Recording:
    """The recording in a file; ConfigError names what is wrong with it, and the line."""
    lines = _decoded(path, _content(path))
    begin = next(lines, None)
    if not isinstance(begin, Begin):
        raise ConfigError(f"{path}: line 1: expected the beginning of a recording made by scripts/play.py --record")
    if begin.version != VERSION:
        raise ConfigError(f"{path}: version {begin.version} of the format; this program reads version {VERSION}")
    config = _config(path, begin.env)
    entries, end = _rest(path, lines)
    return Recording(config, begin.seed, begin.ram, entries, end)


def _config(path: Path, values: dict[str, Any]) -> EnvConfig:
    """Settings as a file of settings gives them, but none that name further files."""
    if values.get("curriculum") is not None:
        raise ConfigError(f"{path}: line 1: {NO_CURRICULUM}")
    return build(values, EnvConfig, f"{path}: line 1: env")


def _rest(path: Path, lines: Iterator[_Line]) -> tuple[tuple[Entry, ...], str | None]:
    """Entries and the reason of the end, which may be missing and must be the last line."""
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=2):
        if isinstance(line, Begin):
            raise ConfigError(f"{path}: line {number}: a second beginning; one file holds one recording")
        if isinstance(line, End):
            if next(lines, None) is not None:
                raise ConfigError(f"{path}: line {number + 1}: lines after the end")
            return tuple(entries), line.reason
        entries.append(line)
    return tuple(entries), None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + MAX_LINE)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; check the path") from error
    if len(content) >= MAX_BYTES + MAX_LINE:
        raise ConfigError(f"{path}: more than {MAX_BYTES} bytes, the most a recording has")
    return content


def _decoded(path: Path, content: bytes) -> Iterator[_Line]:
    decoder: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(Begin | Step | Again | End)
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        if len(line) > MAX_LINE:
            raise ConfigError(f"{path}: line {number}: {len(line)} bytes; a line has at most {MAX_LINE}")
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConfigError(f"{path}: line {number}: {error}") from error
