"""Tensors: the same as the processor of the library makes, labels on the answer alone, one token an answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import Qwen2VLImageProcessor

from agents.policy.answer import ANSWERS
from agents.policy.prompt import ACT, PLAN
from agents.training.encode import IGNORED, IMAGE_TOKENS, answer_of, chat, encode, patches, pictures
from agents.training.tokenizer import token_id, train_tokenizer
from pmd_gym.errors import ConfigError
from tests.doubles.small_model import folder, records

MADE = records(12)
TOKENIZER = train_tokenizer(record["text"].decode() for record in MADE)


def test_patches_are_those_of_the_library(tmp_path: Path) -> None:
    images = pictures(MADE[:3])
    processor = Qwen2VLImageProcessor.from_pretrained(folder(tmp_path))
    expected = processor(list(images), return_tensors="pt")
    assert expected["image_grid_thw"].tolist() == [[1, 10, 16]] * 3
    assert torch.allclose(patches(images), expected["pixel_values"], atol=1e-6)


def test_labels_stand_on_the_answer_alone() -> None:
    batch = encode(MADE, TOKENIZER, np.random.default_rng(0))
    image, end = token_id(TOKENIZER, "<|image_pad|>"), token_id(TOKENIZER, "<|im_end|>")
    assert ((batch["input_ids"] == image).sum(dim=1) == IMAGE_TOKENS).all()
    assert batch["pixel_values"].shape == (len(MADE) * 160, 1536)
    for ids, labels, attention in zip(batch["input_ids"], batch["labels"], batch["attention_mask"], strict=True):
        answered = labels != IGNORED
        assert (ids[answered] == labels[answered]).all()
        assert attention[answered].all()
        assert labels[answered][-1] == end
        assert 8 <= answered.sum() <= 10


@pytest.mark.parametrize("ask", [ACT, PLAN])
def test_an_answer_holds_its_action_as_one_token(ask: str) -> None:
    for record in MADE:
        tokens = TOKENIZER.encode(answer_of(record, ask)).tokens
        word = ANSWERS[int(record["action"])]
        assert TOKENIZER.decode([TOKENIZER.token_to_id(tokens[0 if ask == ACT else -1])]) == word


def test_every_answer_is_one_token_behind_the_prompt() -> None:
    before = len(TOKENIZER.encode(chat("words", ACT)).ids)
    for word in ANSWERS:
        assert len(TOKENIZER.encode(chat("words", ACT) + word).ids) == before + 1


def test_a_tokenizer_of_another_make_is_refused() -> None:
    with pytest.raises(ConfigError, match="no token"):
        token_id(TOKENIZER, "<|never|>")
