"""`SkillLoader`: from folders to a library of skills that can be used, again and again, with as little work as changed.

A library never changes; a new one takes its place in one assignment, so whoever plays sees all of an edit or none of
it, and a use of a skill goes on with the version it began with. What is broken keeps its last good version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Lock

from agents.skills.dependencies import resolve
from agents.skills.manifest import Manifest
from agents.skills.program import Part, check
from agents.skills.sources import ORIGINS, Shelf, Source, default_roots
from pmd_gym.errors import SkillError


@dataclass(frozen=True, eq=False, slots=True)
class Skill:
    """One version of one skill, linked with the versions of those that it requires."""

    source: Source
    requires: Mapping[str, Skill]
    digest: str
    """Tells versions apart: of its own files and of all that it requires."""

    @property
    def manifest(self) -> Manifest:
        """What it says about itself."""
        return self.source.manifest

    @property
    def name(self) -> str:
        """Its name."""
        return self.source.manifest.name

    @property
    def is_trusted(self) -> bool:
        """It and all that it requires came with this project, so that it may run in this process."""
        return all(part.source.origin == "core" for part in self.closure())

    def closure(self) -> list[Skill]:
        """All that it requires, each after what it requires itself, and it last."""
        found: dict[str, Skill] = {}
        for skill in self.requires.values():
            found.update((part.name, part) for part in skill.closure())
        return [*found.values(), self]

    def parts(self) -> list[Part]:
        """The code of its closure."""
        return [Part(skill.source.file, skill.source.code, skill.manifest) for skill in self.closure()]

    def __str__(self) -> str:
        return f"{self.source.origin} {self.name} {self.manifest.version}"


@dataclass(frozen=True, slots=True)
class Library:
    """All skills that can be used, by name, in alphabetical order, and what is wrong with those on disk."""

    skills: Mapping[str, Skill] = field(default_factory=dict)
    problems: tuple[SkillError, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a look at the disk came to. What `problems` concern, each with file and line, stayed as it was."""

    library: Library
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    """Which skill overrides which, where that is new."""
    problems: tuple[SkillError, ...] = ()
    """Those that are new."""

    def __bool__(self) -> bool:
        return bool(self.added or self.replaced or self.removed or self.notices or self.problems)

    def lines(self) -> list[str]:
        """All of it for people."""
        kinds = {"added": self.added, "replaced": self.replaced, "removed": self.removed}
        told = [f"skills {kind}: {', '.join(names)}" for kind, names in kinds.items() if names]
        return [*told, *self.notices, *map(str, self.problems)]


Check = Callable[[Source], None]
"""Loads a skill's code once to see whether it works; SkillError with file and line if not."""


def check_here(source: Source) -> None:
    """The check of code that may run in this process."""
    check(Part(source.file, source.code, source.manifest))


class SkillLoader:
    """Finds, checks and links skills. `library` is what there is now; `refresh` looks whether that still holds."""

    def __init__(self, roots: Mapping[str, Path] | None = None, check_foreign: Check = check_here) -> None:
        """`roots`: a folder for each of `ORIGINS`, or for some of them.

        `check_foreign` is asked about each new version of a skill that did not come with this project.
        """
        paths = default_roots() if roots is None else roots
        self._shelves = {origin: Shelf(origin, paths[origin]) for origin in ORIGINS if origin in paths}
        self._check_foreign = check_foreign
        self._good: dict[tuple[str, str], Source] = {}
        self._bad: dict[tuple[str, str], tuple[str, SkillError]] = {}
        self._told: frozenset[str] = frozenset()
        self._lock = Lock()
        self.library = Library()

    @property
    def folders_read(self) -> int:
        """Folders whose files were read so far; one that did not change is not read again."""
        return sum(shelf.read for shelf in self._shelves.values())

    def refresh(self) -> Change:
        """Bring the library up to date with the disk, as a whole. One at a time; safe in any thread."""
        with self._lock:
            before, problems = self.library, list[SkillError]()
            offered = self._offered(problems)
            skills, notices = self._linked(offered, problems)
            self.library = Library(dict(sorted(skills.items())), tuple(problems))
            return self._change(before, notices)

    def _offered(self, problems: list[SkillError]) -> dict[str, list[Source]]:
        """Sources that work, by name, the one that overrides the others last."""
        offered: dict[str, list[Source]] = {}
        for origin, shelf in self._shelves.items():
            found = shelf.sources()
            for name, result in found.items():
                source = self._accepted((origin, name), result, problems)
                if source is not None:
                    offered.setdefault(name, []).append(source)
            for key in [key for key in self._good if key[0] == origin and key[1] not in found]:
                del self._good[key]
        return offered

    def _accepted(self, key: tuple[str, str], result: Source | SkillError, problems: list[SkillError]) -> Source | None:
        """The newest version that works: this one, or the one before it."""
        problem = result if isinstance(result, SkillError) else self._complaint(key, result)
        if problem is not None:
            problems.append(problem)
        elif isinstance(result, Source):
            self._good[key] = result
        return self._good.get(key)

    def _complaint(self, key: tuple[str, str], source: Source) -> SkillError | None:
        """What is wrong with the code, asked once for each version."""
        good, bad = self._good.get(key), self._bad.get(key)
        if good is not None and good.digest == source.digest:
            return None
        if bad is not None and bad[0] == source.digest:
            return bad[1]
        try:
            (check_here if source.origin == "core" else self._check_foreign)(source)
        except SkillError as error:
            self._bad[key] = source.digest, error
            return error
        return None

    def _linked(
        self, offered: dict[str, list[Source]], problems: list[SkillError]
    ) -> tuple[dict[str, Skill], list[str]]:
        """Skills linked with those that they require; what cannot be is as it was before, or the one it overrides."""
        while True:
            resolution = resolve({name: sources[-1].manifest for name, sources in offered.items()})
            problems += [error for error in resolution.problems.values() if str(error) not in map(str, problems)]
            lesser = [name for name in resolution.problems if len(offered[name]) > 1 and not self._had(name)]
            if not lesser:
                break
            for name in lesser:
                offered[name].pop()
        skills = {name: self.library.skills[name] for name in resolution.problems if self._had(name)}
        for name in resolution.order:
            skills[name] = self._link(offered[name][-1], skills)
        return skills, [line for sources in offered.values() for line in _overrides(sources)]

    def _had(self, name: str) -> bool:
        return name in self.library.skills

    def _link(self, source: Source, skills: Mapping[str, Skill]) -> Skill:
        """The skill with the present versions of what it requires; the same object as before if nothing changed."""
        requires = {name: skills[name] for name in source.manifest.requires}
        digests = "".join(skill.digest for skill in requires.values())
        digest = hashlib.sha256(f"{source.origin} {source.digest}{digests}".encode()).hexdigest()
        before = self.library.skills.get(source.manifest.name)
        return before if before is not None and before.digest == digest else Skill(source, requires, digest)

    def _change(self, before: Library, notices: list[str]) -> Change:
        new, old = self.library.skills, before.skills
        told, self._told = self._told, frozenset([*notices, *map(str, self.library.problems)])
        return Change(
            self.library,
            tuple(name for name in new if name not in old),
            tuple(name for name in new if name in old and new[name] is not old[name]),
            tuple(name for name in old if name not in new),
            tuple(line for line in notices if line not in told),
            tuple(error for error in self.library.problems if str(error) not in told),
        )


def _overrides(sources: Sequence[Source]) -> Iterator[str]:
    """`custom hop 1.1.0 overrides core hop 1.0.0` and the like."""
    shown = [f"{source.origin} {source.manifest.name} {source.manifest.version}" for source in sources]
    return (f"{upper} overrides {lower}" for lower, upper in pairwise(shown))
