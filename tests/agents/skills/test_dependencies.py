"""Requirements are met, or the error names the whole chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from agents.skills.dependencies import resolve


@dataclass
class Toy:
    name: str
    version: str = "1.0.0"
    requires: Mapping[str, str] = field(default_factory=dict)


def toys(**requires: str) -> dict[str, Toy]:
    """`a="b>=1 c"`: a requires b from 1 on, and any c. `b="=2.0.0"` gives b that version."""
    made = {}
    for name, text in requires.items():
        version = next((word[1:] for word in text.split() if word.startswith("=")), "1.0.0")
        words = [word for word in text.split() if not word.startswith("=")]
        made[name] = Toy(name, version, {word[0]: word[1:] for word in words})
    return made


def test_who_is_required_comes_first() -> None:
    resolution = resolve(toys(a="b c", b="c", c="", d="a"))
    assert resolution.order == ["c", "b", "a", "d"]
    assert not resolution.problems


def test_missing() -> None:
    problems = resolve(toys(a="b", b="c>=1")).problems
    assert str(problems["b"]) == "skill b cannot be used: b -> c: b requires c >=1, and there is no skill c"
    assert str(problems["a"]) == "skill a cannot be used: a -> b: b -> c: b requires c >=1, and there is no skill c"


def test_conflict() -> None:
    resolution = resolve(toys(a="c>=2,<3", b="c<2", c="=2.1.0"))
    assert resolution.order == ["c", "a"]
    assert str(resolution.problems["b"]) == "skill b cannot be used: b -> c: b 1.0.0 requires c <2, found 2.1.0"


def test_circle() -> None:
    resolution = resolve(toys(a="b", b="c", c="b", d=""))
    assert resolution.order == ["d"]
    assert "c -> b: the circle b -> c -> b" in str(resolution.problems["c"])
    assert "the circle b -> c -> b" in str(resolution.problems["b"])
    assert "the circle b -> c -> b" in str(resolution.problems["a"])


def test_a_skill_that_requires_itself() -> None:
    assert "the circle a -> a" in str(resolve(toys(a="a")).problems["a"])


GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdefg")), min_size=1)


@given(GRAPHS)
def test_everybody_is_either_in_order_or_a_problem(graph: dict[str, set[str]]) -> None:
    skills = {name: Toy(name, requires=dict.fromkeys(sorted(others), "")) for name, others in graph.items()}
    resolution = resolve(skills)
    assert sorted([*resolution.order, *resolution.problems]) == sorted(graph)
    for place, name in enumerate(resolution.order):
        assert graph[name] <= set(resolution.order[:place])
    for name in resolution.problems:
        assert graph[name] - set(resolution.order)
