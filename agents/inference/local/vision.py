"""The vision part of Qwen3-VL, run faster outside of GPUs without changing what it computes.

Three things take most of its time there, and all are saved here:

- Patches go through a three-dimensional convolution over two frames, which are equal for a still picture. The weights
  of both frames are added once, and the convolution, whose stride is its size, is a linear map.
- Attention is computed picture by picture. Pictures of one size are independent rows of a batch.
- Where each patch is (learned position, angles) is worked out anew each time, for pictures of always the same size.

Results differ from the original's by rounding only; tests compare them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import torch
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.vision_utils import get_vision_interpolation_indices_and_weights, get_vision_position_ids

ATTENTION = "flash_like_by_pictures"
"""Name in the attention registry. Those with "flash" in it are given all pictures at once and where each begins."""
SIZES_KEPT = 8

Grid = tuple[int, int]


class Eye:
    """A model's vision part; it must not be trained afterwards."""

    def __init__(self, visual: Any) -> None:
        """`visual` is a `Qwen3VLVisionModel`; it is used in place, with another attention."""
        AttentionInterface.register(ATTENTION, attention_by_pictures)
        visual.config._attn_implementation = ATTENTION
        self._visual = visual
        self._weight, self._bias = _folded(visual.patch_embed.proj)
        self._places = lru_cache(SIZES_KEPT)(self._places_of)

    def see(self, patches: torch.Tensor, grids: Sequence[Grid]) -> Any:
        """What the model's `get_image_features` gives, for patches (n, 3 * patch * patch) of one frame."""
        learned, cosine, sine = (torch.cat(parts) for parts in zip(*map(self._places, grids), strict=True))
        hidden = torch.nn.functional.linear(patches.to(self._weight.dtype), self._weight, self._bias) + learned
        lengths = [down * across for down, across in grids]
        starts = torch.tensor([0, *lengths], device=patches.device).cumsum(0, dtype=torch.int32)
        deep = []
        for number, block in enumerate(self._visual.blocks):
            hidden = block(
                hidden, cu_seqlens=starts, max_seqlen=max(lengths), position_embeddings=(cosine, sine),
            )  # fmt: skip
            if number in self._visual.deepstack_visual_indexes:
                merger = self._visual.deepstack_merger_list[self._visual.deepstack_visual_indexes.index(number)]
                deep.append((merger(hidden),))
        return SimpleNamespace(pooler_output=(self._visual.merger(hidden),), deepstack_features=deep)

    def _places_of(self, grid: Grid) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(patches, width) learned positions, and cosines and sines of the angles, of one picture."""
        visual, where = self._visual, torch.tensor([[1, *grid]], device=self._weight.device)
        indices, weights = get_vision_interpolation_indices_and_weights(
            where, num_grid_per_side=visual.num_grid_per_side, mode=visual.interpolation_mode,
            align_corners=visual.interpolation_align_corners, spatial_merge_size=visual.spatial_merge_size,
        )  # fmt: skip
        learned = (visual.pos_embed(indices) * weights[:, :, None]).sum(1).to(self._weight.dtype)
        cosine, sine = visual.rotary_pos_emb(learned, get_vision_position_ids(where, visual.spatial_merge_size))
        return learned, cosine, sine


def attention_by_pictures(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attention_mask: None, *,
    cu_seq_lens_q: torch.Tensor, max_length_q: int, scaling: float, **others: Any,
) -> tuple[torch.Tensor, None]:  # fmt: skip
    """Full attention within each picture; (1, heads, patches, width) in, (1, patches, heads, width) out."""
    if query.shape[2] == (len(cu_seq_lens_q) - 1) * max_length_q:
        made = _attend(module, scaling, *(_by_picture(tensor, max_length_q) for tensor in (query, key, value)))
        return made.flatten(0, 1).unsqueeze(0), None
    lengths = cu_seq_lens_q.diff().tolist()
    parts = zip(*(torch.split(tensor, lengths, dim=2) for tensor in (query, key, value)), strict=True)
    return torch.cat([_attend(module, scaling, *part) for part in parts], dim=1), None


def _folded(convolution: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and biases of the convolution as a linear map of one frame."""
    weight = convolution.weight.detach().float().sum(dim=2).flatten(1)
    return weight.to(convolution.weight.dtype), convolution.bias.detach()


def _by_picture(tensor: torch.Tensor, length: int) -> torch.Tensor:
    """(1, heads, pictures * length, width) to (pictures, heads, length, width)."""
    heads, width = tensor.shape[1], tensor.shape[3]
    return tensor.squeeze(0).reshape(heads, -1, length, width).transpose(0, 1)


def _attend(module: Any, scaling: float, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    made: torch.Tensor = sdpa_attention_forward(module, query, key, value, None, scaling=scaling, is_causal=False)[0]
    return made
