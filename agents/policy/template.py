"""Prompts as data: what a model is told and how its answer is put together, from files in `configs/prompts/`.

An answer is `opening`, then what the model writes, then `bridge`, and behind it the word of the action, which is always
one of the legal ones because only those are scored. Knows no game and no model; `prompt` fills the placeholders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Literal

from agents.policy.answer import RULES
from pmd_gym.config import load
from pmd_gym.errors import ConfigError

FOLDER = Path(__file__).resolve().parents[2] / "configs" / "prompts"
VERSION = 1
PLACEHOLDERS = {
    "rules": ("answers", "game"),
    "text": ("status", "scene", "map", "last", "memories", "feedback", "thoughts"),
}
"""Key of a template -> what may stand there behind a `$`."""
ENDINGS = ("\n", '"', ":")
"""An action's word is one token behind these, in Qwen's vocabulary and in the small model's."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a model writes before its action: at most `max_tokens`, up to one of `stop`.

    `pattern` is a regular expression for the whole of it, "" where anything will do, and `expected` says the same in
    words for the model. `keep`: it is shown again in the next prompt, as `$thoughts`.
    """

    max_tokens: int
    stop: tuple[str, ...]
    pattern: str = ""
    expected: str = ""
    keep: bool = False

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ConfigError(f"max_tokens: expected at least 1, got {self.max_tokens}")
        if not self.stop or not all(self.stop):
            raise ConfigError(f"stop: expected at least one text, none of them empty, got {list(self.stop)}")
        if bool(self.pattern) != bool(self.expected):
            raise ConfigError("expected: pattern and expected belong together; give both or neither")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ConfigError(f"pattern: expected a regular expression, got {self.pattern!r} ({error})") from error

    def fits(self, text: str) -> bool:
        """Whether a model has written what was expected of it."""
        return not self.pattern or re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One way to ask. `rules` are the same for all moments and stand first; `picture` names a view of `pmd_gym.views`.

    Placeholders of `text`: `$status` (the panel in five lines), `$scene` (all that is known, in sentences), `$map` (the
    surroundings in letters), `$last` (the latest answers); `$memories`, `$feedback` (what was wrong with the last
    answer) and `$thoughts`, which end with a line feed where there is anything. Of `rules`: `$answers` (what the words
    mean) and `$game` (the file `game.txt`).
    """

    version: int
    about: str
    picture: Literal["screen", "map", "grid", "hud", "quad", "none"]
    text: str
    rules: str = ""
    opening: str = ""
    write: Writing | None = None
    bridge: str = ""
    closing: str = ""

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise ConfigError(f"version: expected {VERSION}, got {self.version}; this file is for another release")
        for key, known in PLACEHOLDERS.items():
            _check_placeholders(key, getattr(self, key), known)
        if self.write is None and self.bridge:
            raise ConfigError("bridge: expected nothing without write; put it at the end of opening")
        lead = self.bridge if self.write else self.opening
        if (lead or self.write) and not lead.endswith(ENDINGS):
            key = "bridge" if self.write else "opening"
            raise ConfigError(f"{key}: expected a line feed, a quotation mark or a colon at its end, got {lead!r}")

    @property
    def told_rules(self) -> str:
        """The rules as a model is told them."""
        game = (FOLDER / "game.txt").read_text(encoding="utf-8").strip() if "$game" in self.rules else ""
        return Template(self.rules).substitute(answers=RULES, game=game)


def _check_placeholders(key: str, text: str, known: tuple[str, ...]) -> None:
    template = Template(text)
    if not template.is_valid():
        raise ConfigError(f"{key}: expected $$ for a dollar sign that begins no placeholder")
    unknown = sorted(set(template.get_identifiers()) - {*known})
    if unknown:
        raise ConfigError(f"{key}: expected only placeholders of {', '.join('$' + name for name in known)},"
                          f" got ${unknown[0]}")  # fmt: skip


def template_names() -> tuple[str, ...]:
    """Names of the templates that come with the project."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load_template(name: str) -> PromptTemplate:
    """The template called `name`, or in the YAML file `name`; ConfigError that names file and key for a wrong one."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if path.parent == FOLDER and not path.is_file():
        raise ConfigError(f"prompt must be one of {', '.join(template_names())}, or a YAML file; got {name!r}")
    return load(path, PromptTemplate)
