"""Rows of numbers: positions as the model's own code gives them, padding, and what prompts share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from transformers import Qwen3VLConfig, Qwen3VLModel

from agents.inference.local.rows import Row, block, common_beginning, positions

IMAGE = 7
PICTURE = np.zeros((64, 96, 3), np.uint8)
CELLS = (IMAGE,) * 6


def model_positions(ids: np.ndarray[Any, Any], grid: tuple[int, int]) -> tuple[np.ndarray[Any, Any], int]:
    """What the model computes itself."""
    with torch.device("meta"):
        model: Any = Qwen3VLModel(Qwen3VLConfig(image_token_id=IMAGE))
    tokens = torch.from_numpy(ids)[None]
    grids = torch.tensor([[1, *grid]]) if IMAGE in ids else None
    made, deltas = model.get_rope_index(tokens, (tokens == IMAGE).int(), image_grid_thw=grids)
    return made[:, 0].numpy(), int(deltas[0, 0]) + len(ids)


@pytest.mark.parametrize("ids", [(1, 2, 3), (1, 2, *CELLS, 3, 4), (*CELLS, 3), (5, *CELLS)])
def test_positions_are_those_of_the_model(ids: tuple[int, ...]) -> None:
    for grid in ((4, 6), (6, 4)):
        made, following = positions(np.array(ids), IMAGE, grid, 2)
        expected, expected_following = model_positions(np.array(ids), grid)
        assert np.array_equal(made, expected)
        assert following == expected_following


def test_padding_is_between_the_beginning_and_the_rest() -> None:
    rows = [Row((1, 2, 3, 4, 5), 2), Row((1, 2, 6), 2)]
    made = block(rows, IMAGE, 2, padding=9)
    assert made.shared == (1, 2)
    assert made.ids.tolist() == [[3, 4, 5], [9, 9, 6]]
    assert made.attention.tolist() == [[1, 1, 1, 1, 1], [1, 1, 0, 0, 1]]
    assert made.positions[0].tolist() == [[2, 3, 4], [0, 0, 2]]
    assert made.following.tolist() == [5, 3]


def test_rows_share_what_all_of_them_begin_with_and_keep_one_token() -> None:
    assert common_beginning([Row((1, 2, 3), 2), Row((1, 2, 4, 5), 2)]) == 2
    assert common_beginning([Row((1, 2), 2), Row((1, 2, 4, 5), 2)]) == 1
    assert common_beginning([Row((1, 2, 3), 2), Row((1, 9, 4), 2)]) == 0
    assert common_beginning([Row((1, 2, 3), 2), Row((1, 2, 3), 0)]) == 0
