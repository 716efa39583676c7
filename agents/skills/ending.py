"""How one use of a skill ended."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("done", "gave_up", "failed", "stopped")


@dataclass(frozen=True, slots=True)
class Ending:
    """`kind`: `done`, its goal is reached; `gave_up`, it cannot be now; `failed`, the skill did what no skill may;
    `stopped`, from outside: it took too long, or its game was over. `why` in words, empty for `done`."""

    kind: str
    why: str = ""
