"""Fitting: it learns, it goes on where it stopped, and what it saves is whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from agents.training import checkpoint
from agents.training.encode import encode
from agents.training.fit import Settings, choose, fit, loss_of, train_step
from agents.training.model import SIZES, build_model
from agents.training.samples import write_shard
from agents.training.tokenizer import train_tokenizer
from pmd_gym.errors import ConfigError
from tests.doubles.small_model import records

QUICK = Settings(batch=8, minutes=10, threads=1, report_every=1)


class After:
    """Says stop after so many questions."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_few_steps_make_the_loss_fall() -> None:
    made = records(16)
    tokenizer = train_tokenizer(record["text"].decode() for record in made)
    model = build_model(SIZES["s"], tokenizer, seed=0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    batch = encode(made, tokenizer, np.random.default_rng(0))
    losses = [train_step(model, optimizer, batch) for _ in range(12)]
    assert losses[-1] < losses[0] - 1


def test_attention_over_equal_pictures_is_that_of_the_library() -> None:
    made = records(4)
    tokenizer = train_tokenizer(record["text"].decode() for record in made)
    model = build_model(SIZES["s"], tokenizer, seed=0)
    batch = encode(made, tokenizer, np.random.default_rng(0))
    labels = batch.pop("labels")
    ours = model(**batch, labels=labels)
    model.model.visual.config._attn_implementation = "eager"
    theirs = model(**batch, labels=labels)
    assert torch.allclose(ours.logits, theirs.logits, atol=1e-5)
    assert float(loss_of(model, {**batch, "labels": labels}).detach()) == pytest.approx(
        float(theirs.loss.detach()), abs=0.03
    )


def test_the_choice_is_always_legal() -> None:
    made = records(16)
    tokenizer = train_tokenizer(record["text"].decode() for record in made)
    model = build_model(SIZES["s"], tokenizer, seed=0)
    made["mask"][:] = 0
    made["mask"][:, 22] = 1
    assert (choose(model, tokenizer, made) == 22).all()


def test_a_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    write_shard(tmp_path / "data", "a", records(32))
    rows: list[dict[str, float]] = []
    fit(tmp_path / "data", tmp_path / "model", QUICK, rows.append, After(3))
    fit(tmp_path / "data", tmp_path / "model", QUICK, rows.append, After(2))
    assert [row["steps"] for row in rows] == [1, 2, 3, 4, 5]
    _, progress = checkpoint.read(tmp_path / "model")
    assert (progress.steps, progress.samples) == (5, 40)


def test_saved_and_restored_numbers_are_equal(tmp_path: Path) -> None:
    made = records(8)
    tokenizer = train_tokenizer(record["text"].decode() for record in made)
    model = build_model(SIZES["s"], tokenizer, seed=0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    batch = encode(made, tokenizer, np.random.default_rng(0))
    train_step(model, optimizer, batch)
    checkpoint.save(tmp_path / "m", model, optimizer, tokenizer, checkpoint.Progress("s", 0, 1))
    again = build_model(SIZES["s"], tokenizer, seed=9)
    resumed = torch.optim.AdamW(again.parameters(), lr=2e-3)
    checkpoint.restore(tmp_path / "m", again, resumed)
    assert train_step(again, resumed, batch) == pytest.approx(train_step(model, optimizer, batch), abs=1e-6)
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no checkpoint"):
        checkpoint.read(tmp_path)
