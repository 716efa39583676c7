"""Records to tensors: picture in patches, chat in tokens, answer as labels; equal to what the processor makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from agents.policy.answer import ANSWERS
from agents.policy.prompt import ACT, PLAN
from agents.training.model import MERGE, PATCH, TEMPORAL
from agents.training.samples import cells, motive_of
from agents.training.tokenizer import token_id
from pmd_gym.views import draw

GRID = (10, 16)
"""Patches down and across of a 160 by 240 picture, padded at the right to 256."""
IMAGE_TOKENS = GRID[0] * GRID[1] // MERGE**2
IGNORED = -100


def pictures(records: NDArray[np.void], route: bool = True) -> NDArray[np.uint8]:
    """(n, 160, 256, 3) uint8 RGB, black beyond column 240."""
    out = np.zeros((len(records), GRID[0] * PATCH, GRID[1] * PATCH, 3), np.uint8)
    for picture, record in zip(out, records, strict=True):
        drawn = draw(cells(record, route))
        picture[: drawn.shape[0], : drawn.shape[1]] = drawn
    return out


def patches(images: NDArray[np.uint8]) -> torch.Tensor:
    """(n * 160, 1536) float32: patches by merged squares; each is channel, frame (two equal ones), row, column."""
    n, (down, across) = len(images), GRID
    blocks = images.reshape(n, down // MERGE, MERGE, PATCH, across // MERGE, MERGE, PATCH, 3)
    blocks = blocks.transpose(0, 1, 4, 2, 5, 7, 3, 6)  # n, rows, columns, merge, merge, channel, y, x
    flat = np.ascontiguousarray(blocks).reshape(n * down * across, 3, 1, PATCH * PATCH)
    values = torch.from_numpy(flat).float().div_(127.5).sub_(1.0)
    return values.expand(-1, -1, TEMPORAL, -1).reshape(n * down * across, -1)


def chat(text: str, ask: str) -> str:
    """The words around the picture, up to where the answer begins."""
    image = "<|vision_start|>" + "<|image_pad|>" * IMAGE_TOKENS + "<|vision_end|>"
    return f"<|im_start|>user\n{image}{text}\n{ask}<|im_end|>\n<|im_start|>assistant\n"


def plan_of(record: Any) -> str:
    """Why, the goal and the nearest threat relative to the leader: what precedes the action after `plan`."""
    offsets = "".join(f"{int(value):+d}" for value in (*record["goal"], *record["threat"]))
    return f"{motive_of(record)}{offsets}:"


def answer_of(record: Any, ask: str) -> str:
    """`act`: the action, then the plan as an explanation. `plan`: the plan, then the action."""
    word, plan = ANSWERS[int(record["action"])], plan_of(record)
    return f"{word}\n{plan}" if ask == ACT else f"{plan}{word}"


def encode(
    records: NDArray[np.void], tokenizer: Tokenizer, random: np.random.Generator, route: bool = True
) -> dict[str, torch.Tensor]:
    """A training batch, padded at the left: half of the records ask for the action at once, half for a plan first."""
    asks = [ACT if random.random() < 0.5 else PLAN for _ in records]
    texts = [record["text"].decode(errors="replace") for record in records]
    prompts = tokenizer.encode_batch([chat(text, ask) for text, ask in zip(texts, asks, strict=True)])
    answers = tokenizer.encode_batch(
        [answer_of(record, ask) + "<|im_end|>" for record, ask in zip(records, asks, strict=True)]
    )
    rows = [(*prompt.ids, *answer.ids) for prompt, answer in zip(prompts, answers, strict=True)]
    ids, attention = padded(rows, tokenizer)
    labels = torch.full_like(ids, IGNORED)
    for row, answer in zip(labels, answers, strict=True):
        row[-len(answer.ids) :] = torch.tensor(answer.ids)
    return {
        **model_inputs(ids, attention, tokenizer), "pixel_values": patches(pictures(records, route)), "labels": labels,
    }  # fmt: skip


def padded(rows: Sequence[Sequence[int]], tokenizer: Tokenizer) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention, both (n, longest) int64, each row at the right end as when it is to be continued."""
    length, pad = max(map(len, rows)), token_id(tokenizer, "<|endoftext|>")
    ids = torch.tensor([[pad] * (length - len(row)) + list(row) for row in rows])
    attention = torch.tensor([[0] * (length - len(row)) + [1] * len(row) for row in rows])
    return ids, attention


def model_inputs(ids: torch.Tensor, attention: torch.Tensor, tokenizer: Tokenizer) -> dict[str, torch.Tensor]:
    """Token ids and what goes with them, one picture a row."""
    return {
        "input_ids": ids, "attention_mask": attention,
        "mm_token_type_ids": torch.eq(ids, token_id(tokenizer, "<|image_pad|>")).int(),
        "image_grid_thw": torch.tensor([[1, *GRID]] * len(ids)),
    }  # fmt: skip
