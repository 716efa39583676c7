"""The last layer of the text part, run for the last token alone: of the others only keys and values are needed.

In a model of three layers that is a quarter of a prompt's work. The result is that of the whole layer; tests compare.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import DynamicCache
from transformers.models.qwen3_vl.modeling_qwen3_vl import apply_rotary_pos_emb

_rotated: Any = apply_rotary_pos_emb


class LastLayer(torch.nn.Module):
    """Stands in the place of a `Qwen3VLTextDecoderLayer`; gives (n, 1, width) for (n, length, width)."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer

    def forward(
        self, hidden_states: torch.Tensor, position_embeddings: tuple[torch.Tensor, torch.Tensor],
        attention_mask: torch.Tensor | None = None, past_key_values: Any = None, **others: Any,
    ) -> torch.Tensor:  # fmt: skip
        cosine, sine = position_embeddings
        cache = DynamicCache() if past_key_values is None else past_key_values
        if hidden_states.shape[1] > 1:
            self._remember(hidden_states[:, :-1], cosine[:, :-1], sine[:, :-1], cache)
        if attention_mask is not None and attention_mask.ndim == 4:
            attention_mask = attention_mask[:, :, -1:]
        made: torch.Tensor = self.layer(
            hidden_states[:, -1:], position_embeddings=(cosine[:, -1:], sine[:, -1:]), attention_mask=attention_mask,
            past_key_values=cache, **others,
        )  # fmt: skip
        return made

    def _remember(self, hidden: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor, cache: Any) -> None:
        """Put the keys and values of tokens into the cache, as the layer's own attention does."""
        attention = self.layer.self_attn
        shape = (*hidden.shape[:-1], -1, attention.head_dim)
        normed = self.layer.input_layernorm(hidden)
        keys = attention.k_norm(attention.k_proj(normed).view(shape)).transpose(1, 2)
        values = attention.v_proj(normed).view(shape).transpose(1, 2)
        cache.update(_rotated(keys, keys, cosine, sine)[1], values, attention.layer_idx)


def shorten(model: Any) -> None:
    """Replace the last layer of a `Qwen3VLModel`'s text part, unless what is seen enters as late as that."""
    layers = model.language_model.layers
    if len(layers) > len(model.visual.deepstack_visual_indexes):
        layers[-1] = LastLayer(layers[-1])
