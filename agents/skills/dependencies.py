"""Which skill uses which: requirements met by the right versions, in no circle, or an error with the chain.

Knows names, versions and ranges; neither files nor code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pmd_gym.errors import SkillError


class Requiring(Protocol):
    """What is asked of a skill here; a manifest has it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def requires(self) -> Mapping[str, str]:
        """Name -> range of versions."""


@dataclass(slots=True)
class Resolution:
    """`order`: skills that can be used, each after those that it requires; `problems`: the others, with the reason."""

    order: list[str] = field(default_factory=list)
    problems: dict[str, SkillError] = field(default_factory=dict)


def resolve(skills: Mapping[str, Requiring]) -> Resolution:
    """Who can be used, and in which order; who requires somebody who cannot, cannot either, and the chain says why."""
    resolution = Resolution()
    for name in skills:
        _visit(name, (), skills, resolution)
    return resolution


def _visit(name: str, chain: tuple[str, ...], skills: Mapping[str, Requiring], resolution: Resolution) -> None:
    if name in resolution.problems or name in resolution.order:
        return
    skill, chain = skills[name], (*chain, name)
    for other, versions in skill.requires.items():
        problem = _mismatch(skill, other, versions, skills)
        if not problem and other in chain:
            problem = f"the circle {_arrows((*chain[chain.index(other) :], other))}"
        if not problem:
            _visit(other, chain, skills, resolution)
            if name in resolution.problems:  # it was found to be part of a circle from there
                return
            problem = _inherited(other, resolution)
        if problem:
            resolution.problems[name] = SkillError(f"skill {name} cannot be used: {_arrows((name, other))}: {problem}")
            return
    resolution.order.append(name)


def _mismatch(skill: Requiring, other: str, versions: str, skills: Mapping[str, Requiring]) -> str:
    from packaging.specifiers import SpecifierSet

    if other not in skills:
        return f"{skill.name} requires {other} {versions}, and there is no skill {other}"
    found = skills[other].version
    if not SpecifierSet(versions).contains(found, prereleases=True):
        return f"{skill.name} {skill.version} requires {other} {versions}, found {found}"
    return ""


def _inherited(other: str, resolution: Resolution) -> str:
    """The problem of a skill that is required, without its beginning."""
    problem = resolution.problems.get(other)
    return str(problem).partition(" cannot be used: ")[2] if problem else ""


def _arrows(names: tuple[str, ...]) -> str:
    return " -> ".join(names)
