"""A model to be measured: random prompts of any length, and when each token came. For benchmarks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.inference.local.ceiling import wait
from agents.inference.local.network import Network
from agents.inference.local.pictures import PictureFormat
from agents.inference.local.rows import Row
from pmd_gym.errors import ConfigError

WORDS = (5, 1000)
"""Token ids of random prompts; every vocabulary has these."""
BEFORE = 4
"""Words before the picture."""


class Probe:
    """Times a model without words; its numbers say what a pass must read and compute at least."""

    def __init__(self, model: Any, pictures: PictureFormat) -> None:
        self._network = Network(model, pictures)
        self._pictures = pictures
        self._image_token = int(model.config.image_token_id)
        text = model.config.text_config
        heads = (2 * text.num_attention_heads + 2 * text.num_key_value_heads) * text.head_dim
        self.products = text.num_hidden_layers * text.hidden_size * (heads + 3 * text.intermediate_size)
        """Products of a prompt's token, without attention."""
        self.last_products = text.hidden_size * text.vocab_size
        """Products that the last token of a prompt, and each written one, need besides."""
        parts = (model.model.language_model.layers, model.lm_head)
        self.bytes_read = sum(p.numel() * p.itemsize for part in parts for p in part.parameters())
        """Bytes of the weights that a pass of the text part reads."""
        self.bytes_a_token = self._network.bytes_a_token

    def picture_tokens(self, picture: NDArray[np.uint8]) -> int:
        """Tokens that a picture takes."""
        return self._pictures.tokens(picture)

    def prompt(self, length: int, picture: NDArray[np.uint8] | None, seed: int) -> Row:
        """A prompt of exactly `length` tokens, its picture's among them; ConfigError where that has no room."""
        cells = 0 if picture is None else self._pictures.tokens(picture)
        if length <= cells + BEFORE:
            raise ConfigError(f"a picture takes {cells} tokens, a prompt of {length} has no room for it; allow more")
        words = np.random.default_rng(seed).integers(*WORDS, length - cells).tolist()
        ids = (*words[:BEFORE], *[self._image_token] * cells, *words[BEFORE:])
        return Row(ids, 0, picture, (0, 0) if picture is None else self._pictures.grid(picture))

    @torch.inference_mode()
    def moments(self, rows: Sequence[Row], tokens: int) -> list[float]:
        """Seconds from the start until each of so many tokens is known, all rows together; nothing ends them early."""
        device = self._network.device.type
        wait(device)
        start, taken = time.perf_counter(), []
        text = self._network.read(rows, go_on=tokens > 1)
        while True:
            chosen = self._network.logits(text).argmax(dim=-1).tolist()
            taken.append(time.perf_counter() - start)
            if len(taken) == tokens:
                return taken
            self._network.go_on(text, chosen)
