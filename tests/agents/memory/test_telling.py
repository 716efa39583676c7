"""Memories in a prompt: few, short, and only those that are like the present."""

from __future__ import annotations

import re

from agents.memory.interface import WHOLE_FLOOR, Hit
from agents.memory.telling import told
from tests.doubles.memories import record


def hit(similarity: float = 0.95, silo: int = 4, **more: object) -> Hit:
    return Hit(record(1, **more), similarity, similarity, 10, silo)


def tokens(text: str) -> int:
    """No fewer than a byte-pair vocabulary makes: each word of up to four letters, digit and sign counts."""
    return sum(-(-len(word) // 4) for word in re.findall(r"[A-Za-z]+", text)) + len(re.findall(r"[^A-Za-z\s]", text))


def test_outcomes_in_words() -> None:
    said = told([hit(hp_change=-0.4), hit(floors=1, decision="stairs"), hit(silo=1, end="fainted", decision="wait")])
    assert said == [
        "attack: 4 steps later, HP -40%", "stairs: 4 steps later, next floor", "wait: then, episode fainted",
    ]  # fmt: skip


def test_k_memories_stay_under_120_tokens() -> None:
    hits = [
        hit(silo=64, hp_change=-0.33, floors=1, end="truncated", decision="stairs", seen=f"room {number}, enemies " * 9)
        for number in range(20)
    ]  # fmt: skip
    lines = [f"Memory: {line}\n" for line in told(hits)]
    assert len(set(lines)) == len(lines) == 3
    assert 0 < tokens("".join(lines)) < 120


def test_what_is_not_like_the_present_is_left_out() -> None:
    assert told([hit(similarity=0.5), hit(decision=WHOLE_FLOOR), hit(), hit()]) == [
        "attack: 4 steps later, nothing lost"
    ]
