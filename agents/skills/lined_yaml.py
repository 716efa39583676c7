"""A small YAML file as plain values that remember their lines, so that a mistake can be shown where it stands.

Nothing but plain types is made of it; aliases are refused and nesting is limited, so that no file can cost more than
its size. Knows nothing of skills.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from pmd_gym.errors import SkillError

MAX_BYTES = 16 * 1024
MAX_DEPTH = 6
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str, ...]
"""Keys from the outermost to the innermost; entries of lists by their number."""


class LinedYaml:
    """The contents of one file: `value`, and errors that name the line of a key."""

    def __init__(self, data: bytes, file: str) -> None:
        """SkillError with the line where `data` is no plain YAML of the allowed size and depth."""
        self._file = file
        self._lines: dict[Path, int] = {}
        if len(data) > MAX_BYTES:
            raise SkillError(f"{file}:1: expected at most {MAX_BYTES} bytes, got {len(data)}")
        try:
            text = data.decode()
            _check_shape(text)
            self.value = self._plain(yaml.compose(text, _LOADER), ())
        except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or error
            line = 1 if mark is None else mark.line + 1
            raise SkillError(f"{file}:{line}: expected plain YAML: {problem}") from error

    def error(self, path: Path, problem: str) -> SkillError:
        """The mistake at a key, on its line or, where it is missing, on that of what it should stand in."""
        known = next((path[:size] for size in range(len(path), 0, -1) if path[:size] in self._lines), ())
        return SkillError(f"{self._file}:{self._lines.get(known, 1)}: {'.'.join(path) or 'file'}: {problem}")

    def _plain(self, node: Any, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(entry, (*path, str(index))) for index, entry in enumerate(node.value)]
        return None if node is None else yaml.SafeLoader("").construct_object(node)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        for key, value in node.value:
            inner = (*path, str(key.value))
            if inner in self._lines:
                raise yaml.MarkedYAMLError(problem=f"{key.value} is given twice", problem_mark=key.start_mark)
            self._lines[inner] = key.start_mark.line + 1
            yield inner[-1], self._plain(value, inner)


def _check_shape(text: str) -> None:
    """Look at the events, which nest nothing, before anything is built from them."""
    depth = 0
    events: Any = yaml.parse(text, _LOADER)
    for event in events:
        mark: Any = event.start_mark
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_DEPTH} levels", problem_mark=mark)
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="an alias", problem_mark=mark)
