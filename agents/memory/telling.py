"""Memories in words, for a prompt: what was done in such a place and what came of it, in few tokens."""

from __future__ import annotations

from collections.abc import Sequence

from agents.memory.interface import WHOLE_FLOOR, Hit

MAX_LINES, MAX_LETTERS = 3, 72
"""Three lines of 72 letters are below 120 tokens of Qwen's vocabulary, which the tests count with margin."""
MIN_SIMILARITY = 0.8
"""Less like the present, a memory says nothing about it."""


def told(hits: Sequence[Hit]) -> list[str]:
    """At most `MAX_LINES` lines, best first; what says the same as a line before is left out."""
    lines = [_line(hit) for hit in hits if hit.similarity >= MIN_SIMILARITY and hit.record.decision != WHOLE_FLOOR]
    return list(dict.fromkeys(lines))[:MAX_LINES]


def _line(hit: Hit) -> str:
    record = hit.record
    parts = [f"{hit.silo} steps later" if hit.silo > 1 else "then"]
    if record.hp_change:
        parts.append(f"HP {record.hp_change:+.0%}")
    if record.floors:
        parts.append("next floor")
    if record.end:
        parts.append(f"episode {record.end}")
    if len(parts) == 1:
        parts.append("nothing lost")
    return f"{record.decision}: {', '.join(parts)}; {record.seen}".rstrip("; ")[:MAX_LETTERS]
