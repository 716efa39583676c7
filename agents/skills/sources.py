"""Skills as they lie on disk: which folders there are, and what is in them, read anew only where something changed.

Reads regular files alone, never through a link, and no more of them than a limit; runs nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from agents.skills.manifest import FILE, Manifest, read_manifest
from pmd_gym.errors import SkillError

ORIGINS = ("core", "community", "custom")
"""Whose skills they are; the later overrides the earlier."""
HOME = Path(__file__).resolve().parent
MAX_CODE = 128 * 1024
MAX_TRIES = 3

Stamp: TypeAlias = tuple[int, int, int]
"""Time of the last change, size, and inode of a file."""


def default_roots() -> dict[str, Path]:
    """The folders beside this file."""
    return {origin: HOME / origin for origin in ORIGINS}


@dataclass(frozen=True, slots=True)
class Source:
    """One skill as it stood on disk at one moment."""

    origin: str
    manifest: Manifest
    code: str
    digest: str
    """SHA-256 of both files."""

    @property
    def file(self) -> str:
        """The Python file, as messages name it."""
        return f"{self.origin}/{self.manifest.name}/{self.manifest.file}"


@dataclass(frozen=True, slots=True)
class _Seen:
    stamps: Mapping[str, Stamp | None]
    """What each file looked like; None: it was not there."""
    result: Source | SkillError


class Shelf:
    """One root folder of skills; remembers what it read."""

    def __init__(self, origin: str, root: Path) -> None:
        self._origin = origin
        self._root = root
        self._seen: dict[str, _Seen] = {}
        self.read = 0
        """Folders read so far, those that had not changed left out."""

    def sources(self) -> dict[str, Source | SkillError]:
        """By folder name, in order: what is there now, or what is wrong with it."""
        names = list(self._folders())
        self._seen = {name: self._look(name) for name in names}
        return {name: seen.result for name, seen in self._seen.items()}

    def _folders(self) -> Iterator[str]:
        if not self._root.is_dir():
            return
        for entry in sorted(os.scandir(self._root), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith((".", "_")) and _is_skill(entry.path):
                yield entry.name

    def _look(self, name: str) -> _Seen:
        known = self._seen.get(name)
        if known is not None and all(stamp == self._stamp(name, file) for file, stamp in known.stamps.items()):
            return known
        self.read += 1
        return self._read(name)

    def _read(self, name: str) -> _Seen:
        """Read until nothing changed meanwhile, so that a manifest never comes with the code of another version."""
        for _ in range(MAX_TRIES):
            stamps = {FILE: self._stamp(name, FILE)}
            try:
                result: Source | SkillError = self._source(name, stamps)
            except SkillError as error:
                result = error
            if all(stamp == self._stamp(name, file) for file, stamp in stamps.items()):
                break
        return _Seen(stamps, result)

    def _source(self, name: str, stamps: dict[str, Stamp | None]) -> Source:
        """The skill of this folder; adds the stamp of each file before it is read."""
        page = self._bytes(name, FILE)
        manifest = read_manifest(page, f"{self._origin}/{name}/{FILE}", name)
        stamps[manifest.file] = self._stamp(name, manifest.file)
        code = self._bytes(name, manifest.file)
        digest = hashlib.sha256(page + b"\0" + code).hexdigest()
        try:
            return Source(self._origin, manifest, code.decode(), digest)
        except UnicodeDecodeError as error:
            line = code[: error.start].count(b"\n") + 1
            raise SkillError(f"{self._origin}/{name}/{manifest.file}:{line}: expected UTF-8: {error}") from error

    def _stamp(self, name: str, file: str) -> Stamp | None:
        try:
            found = os.lstat(self._root / name / file)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _bytes(self, name: str, file: str) -> bytes:
        path, shown = self._root / name / file, f"{self._origin}/{name}/{file}"
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            raise SkillError(f"{shown}:1: cannot be read: {error.strerror}") from error
        with os.fdopen(handle, "rb") as opened:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SkillError(f"{shown}:1: expected a regular file")
            data = opened.read(MAX_CODE + 1)
        if len(data) > MAX_CODE:
            raise SkillError(f"{shown}:1: expected at most {MAX_CODE} bytes")
        return data


def _is_skill(folder: str) -> bool:
    """Whether somebody means this folder to be a skill: a manifest or a Python file is in it."""
    return any(path.name == FILE or path.suffix == ".py" for path in Path(folder).iterdir())
