"""Pictures are padded and cut as the model's own processor cuts them, and never scaled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from transformers import Qwen2VLImageProcessor

from agents.inference.local.pictures import PictureFormat
from pmd_gym.errors import ConfigError

FORMAT = PictureFormat()


def test_a_picture_takes_whole_cells() -> None:
    picture = np.full((160, 240, 3), 9, np.uint8)
    assert (FORMAT.grid(picture), FORMAT.tokens(picture)) == ((10, 16), 40)


def test_cells_of_another_size_are_refused() -> None:
    with pytest.raises(ConfigError, match="no cells of 32"):
        PictureFormat(patch=14)


@pytest.mark.parametrize("mean", [(0.5, 0.5, 0.5), (0.48, 0.46, 0.41)])
def test_patches_are_those_of_the_processor(mean: tuple[float, ...]) -> None:
    random = np.random.default_rng(1)
    pictures = [random.integers(0, 256, shape, np.uint8) for shape in ((64, 96, 3), (32, 32, 3), (320, 480, 3))]
    loaded: Any = Qwen2VLImageProcessor
    processor = loaded(
        patch_size=16, merge_size=2, temporal_patch_size=2, image_mean=mean, image_std=(0.5, 0.4, 0.3),
        size={"shortest_edge": 1024, "longest_edge": 4194304},
    )  # fmt: skip
    expected = processor(pictures, return_tensors="np")
    made = PictureFormat(mean=mean, deviation=(0.5, 0.4, 0.3))
    two_frames = expected["pixel_values"].reshape(-1, 3, 2, 256)
    np.testing.assert_allclose(made.patches(pictures).reshape(-1, 3, 256), two_frames[:, :, 0], atol=1e-6)
    assert np.array_equal(two_frames[:, :, 0], two_frames[:, :, 1])
    assert [(1, *made.grid(picture)) for picture in pictures] == [*map(tuple, expected["image_grid_thw"].tolist())]
