"""A Qwen3-VL model as two calls: read prompts, go on by a token. Knows nothing of words.

The beginning that prompts of a run share (their rules) is read once and its keys and values are kept; a batch starts
from copies of them. That is exact: the model looks only backwards, and the shared tokens stand at the same positions
in every prompt.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from agents.inference.local.last_layer import shorten
from agents.inference.local.pictures import PictureFormat
from agents.inference.local.rows import Block, Row, block
from agents.inference.local.vision import Eye

BEGINNINGS = 4
"""Shared beginnings of which keys and values are kept; a run has one or two."""
WORTH_KEEPING = 16
"""Tokens of a shared beginning below which copying costs what reading does."""

Keys = list[tuple[torch.Tensor, torch.Tensor]]
_Layer: Any = DynamicLayer


@dataclass(slots=True)
class Text:
    """Rows that were read and may be gone on with.

    `hidden` (n, width) is the last layer at each row's last token; `lengths` are the rows' tokens.
    """

    hidden: torch.Tensor
    lengths: tuple[int, ...]
    cache: Any
    attention: torch.Tensor
    following: torch.Tensor

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows remain, in this order; a row may be named several times."""
        index = torch.tensor(rows, device=self.hidden.device)
        self.hidden, self.attention = self.hidden[index], self.attention[index]
        self.following = self.following[index]
        self.lengths = tuple(self.lengths[row] for row in rows)
        self.cache.batch_select_indices(index)


class Network:
    """A model on a device; used by one thread at a time."""

    def __init__(self, model: Any, pictures: PictureFormat) -> None:
        """`model` is a `Qwen3VLForConditionalGeneration` in evaluation mode; see `Eye` and `LastLayer`
        for what changes."""
        self._eye = Eye(model.model.visual)
        shorten(model.model)
        self._model = model
        self._pictures = pictures
        self._image_token = int(model.config.image_token_id)
        self._kept: OrderedDict[tuple[int, ...], Keys] = OrderedDict()
        self.device = model.device
        self.width = int(model.config.text_config.hidden_size)
        self.longest = int(model.config.text_config.max_position_embeddings)

    def read(self, rows: Sequence[Row], *, share: bool = True, go_on: bool = True) -> Text:
        """Read prompts, at least one. `share` uses the kept beginning; `go_on` False keeps nothing to go on from."""
        if not share or min(row.shared for row in rows) < WORTH_KEEPING:
            rows = [Row(row.ids, 0, row.picture, row.grid) for row in rows]
        made = block(rows, self._image_token, self._pictures.merge)
        cache = self._beginning(made.shared, len(rows)) if made.shared else DynamicCache() if go_on else None
        attention = self._tensor(made.attention)
        hidden = self._forward(made, attention, cache, self._seen(rows))
        lengths = tuple(len(row.ids) for row in rows)
        return Text(hidden, lengths, cache, attention, self._tensor(made.following))

    def go_on(self, text: Text, tokens: Sequence[int]) -> None:
        """Put one token behind each row of a text."""
        n = len(tokens)
        text.attention = torch.cat([text.attention, text.attention.new_ones(n, 1)], dim=1)
        text.hidden = self._model.model(
            input_ids=torch.tensor(tokens, device=self.device)[:, None], attention_mask=text.attention,
            position_ids=text.following.expand(3, n)[:, :, None], past_key_values=text.cache, use_cache=True,
        )[0][:, -1]  # fmt: skip
        text.following = text.following + 1
        text.lengths = tuple(length + 1 for length in text.lengths)

    def logits(self, text: Text) -> torch.Tensor:
        """(n, vocabulary) float32: what comes next."""
        made: torch.Tensor = self._model.lm_head(text.hidden).float()
        return made

    @property
    def bytes_a_token(self) -> int:
        """What keys and values of one token take."""
        text = self._model.config.text_config
        each = 2 * int(text.num_hidden_layers * text.num_key_value_heads * text.head_dim)
        size: int = self._model.dtype.itemsize
        return each * size

    def forget(self) -> None:
        """Drop the kept beginnings."""
        self._kept.clear()

    def _forward(self, made: Block, attention: torch.Tensor, cache: Any, seen: Any) -> torch.Tensor:
        hidden: torch.Tensor = self._model.model(
            input_ids=self._tensor(made.ids), attention_mask=attention, position_ids=self._tensor(made.positions),
            past_key_values=cache, use_cache=cache is not None,
            mm_encoder_outputs={} if seen is None else {"image": seen},
        )[0]  # fmt: skip
        return hidden[:, -1]

    def _seen(self, rows: Sequence[Row]) -> Any:
        """What the vision part makes of the rows' pictures; None where there are none."""
        pictures = [row.picture for row in rows if row.picture is not None]
        if not pictures:
            return None
        patches = torch.from_numpy(self._pictures.patches(pictures)).to(self.device)
        return self._eye.see(patches, [row.grid for row in rows if row.picture is not None])

    def _beginning(self, shared: tuple[int, ...], count: int) -> Any:
        """A cache with the shared tokens in `count` rows."""
        if shared not in self._kept:
            cache: Any = DynamicCache()
            ids = torch.tensor([shared], device=self.device)
            places = torch.arange(len(shared), device=self.device).expand(3, 1, -1)
            self._model.model(input_ids=ids, position_ids=places, past_key_values=cache, use_cache=True)
            self._kept[shared] = [(layer.keys, layer.values) for layer in cache.layers]
        self._kept.move_to_end(shared)
        while len(self._kept) > BEGINNINGS:
            self._kept.popitem(last=False)
        return _in_rows(self._kept[shared], count)

    def _tensor(self, values: NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(values).to(self.device)


def _in_rows(kept: Keys, count: int) -> Any:
    """A cache whose rows are views of the same keys and values; the next tokens put behind them copy them."""
    cache: Any = DynamicCache()
    cache.layers = [_Layer() for _ in kept]
    for layer, (keys, values) in zip(cache.layers, kept, strict=True):
        layer.lazy_initialization(keys, values)
        layer.keys, layer.values = keys.expand(count, -1, -1, -1), values.expand(count, -1, -1, -1)
    return cache
