"""Collecting: records are what the explorer saw and chose, the same for the same seed, never on held-out seeds."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from agents.suites import CONFIGS, HELD_OUT
from agents.training.collect import Collector, Plan, mixture
from pmd_gym.errors import ConfigError

TINY = mixture([(CONFIGS / "tiny_woods.yaml", 1.0)])


def collected(plan: Plan, steps: int, student: object = None) -> list[np.ndarray]:
    collector = Collector(plan, student)  # type: ignore[arg-type]
    try:
        return list(islice(collector.records(), steps))
    finally:
        collector.close()


def test_every_answer_is_legal_and_every_record_has_its_words() -> None:
    made = np.concatenate(collected(Plan(TINY, 3, num_envs=4), 60))
    assert (made["mask"][np.arange(len(made)), made["action"]] == 1).all()
    assert all(text.startswith(b"Tiny Woods ") for text in made["text"])
    assert (made["ground"] != 255).any(axis=(1, 2)).all()
    assert len(set(made["action"].tolist())) > 4


def test_one_seed_gives_the_same_records() -> None:
    first, again, other = (collected(Plan(TINY, seed, num_envs=3), 25) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_what_was_played_before_stands_in_the_next_record() -> None:
    made = collected(Plan(TINY, 7, num_envs=1, noise=0.0), 6)
    for before, after in pairwise(made):
        assert after["recent"][0][-1] == before["action"][0]


def test_a_student_plays_and_the_explorer_answers() -> None:
    def waits(records: np.ndarray) -> np.ndarray:
        return np.zeros(len(records), np.int64)

    made = collected(Plan(TINY, 7, num_envs=2, noise=0.0, student_share=1.0), 6, waits)
    assert all((batch["recent"][:, -1] == 0).all() for batch in made[1:])
    assert any((batch["action"] != 0).any() for batch in made)


def test_seeds_of_evaluations_are_refused() -> None:
    with pytest.raises(ConfigError, match="kept for evaluations"):
        Plan(TINY, HELD_OUT)
