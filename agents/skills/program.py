"""Skills as running code: sources compiled, their entries found and checked, each able to call those that it requires.

Used in this process for core skills, and inside a worker for all others. Reads no file: it is given the sources.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from agents.skills.manifest import Manifest
from agents.skills.sight import Actions, Callee, Sight, View
from pmd_gym.errors import SkillError


@dataclass(frozen=True, slots=True)
class Part:
    """The code of one skill, and what others need to know to call it."""

    file: str
    """The Python file, as messages name it."""
    code: str
    manifest: Manifest


class Program:
    """A skill with all skills that it requires, compiled; `begin` starts one use of it."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """`parts`: each after those that it requires, the skill itself last. SkillError with file and line."""
        self._parts = tuple(parts)
        self._codes: dict[str, CodeType] = {part.manifest.name: compiled(part) for part in parts}

    def begin(self, view: View, arguments: Mapping[str, Any]) -> Actions:
        """The generator of one use, in namespaces of its own: uses share nothing, so games cannot get at one another.

        SkillError with file and line where the code cannot be loaded, or for an argument that is missing or wrong.
        """
        callees: dict[str, Callee] = {}
        for part in self._parts:
            required = {name: callees[name] for name in part.manifest.requires}
            callees[part.manifest.name] = _callee(part, self._codes[part.manifest.name], required)
        return callees[self._parts[-1].manifest.name](view, arguments)


def check(part: Part) -> None:
    """Load the code once; SkillError with file and line if it is no Python, fails, or has no entry."""
    _entry(part, compiled(part))


def compiled(part: Part) -> CodeType:
    """The code of a part; SkillError with file and line where it is no Python."""
    try:
        return compile(part.code, part.file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        problem = error.args[0] if error.args else ""
        raise SkillError(f"{part.file}:{line}: {type(error).__name__}: {problem}") from error


def where(error: BaseException, file: str) -> str:
    """`FILE:LINE: KIND: MESSAGE` of an error in a skill: the innermost line of its own code, or of another skill."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".py")]
    own = [frame for frame in frames if frame.filename == file] or [
        frame for frame in frames if frame.filename.split("/")[0] in ("core", "community", "custom")
    ]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else f"{file}:1"
    return f"{place}: {type(error).__name__}: {error}"


def _callee(part: Part, code: CodeType, required: Mapping[str, Callee]) -> Callee:
    entry = _entry(part, code)

    def call(view: View, parameters: Mapping[str, object]) -> Actions:
        actions: Actions = entry(Sight(view, required), **part.manifest.arguments(parameters))
        return actions

    return call


def _entry(part: Part, code: CodeType) -> Any:
    """The generator function that the manifest names, after the code has run once."""
    namespace: dict[str, Any] = {"__name__": f"skill_{part.manifest.name}", "__file__": part.file}
    try:
        exec(code, namespace)
    except Exception as error:  # whatever a skill's code may raise while it is loaded
        raise SkillError(where(error, part.file)) from error
    entry = namespace.get(part.manifest.function)
    if not inspect.isgeneratorfunction(entry):
        raise SkillError(
            f"{part.file}:1: expected a generator function {part.manifest.function}(sight, ...), as the manifest's "
            f"entry says, got {type(entry).__name__}"
        )
    return entry
