"""The small model: Qwen3-VL's architecture with small numbers, random at first, saved as `from_pretrained` loads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AttentionInterface, Qwen3VLConfig, Qwen3VLForConditionalGeneration

from agents.training.tokenizer import token_id

PATCH, MERGE, TEMPORAL = 16, 2, 2
EQUAL_PICTURES = "flash_equal_pictures"
"""Name of `attend_equal_pictures`; "flash" in it has the library hand over all pictures at once."""


@dataclass(frozen=True, slots=True)
class Size:
    """Layers and widths. `heads` times 32 is the width of the text part."""

    vision_layers: int
    vision_width: int
    layers: int
    heads: int


SIZES = {"s": Size(2, 96, 3, 3), "m": Size(3, 128, 4, 4)}
"""About 1.1 and 2.5 million parameters."""


def build_model(size: Size, tokenizer: Tokenizer, seed: int) -> Any:
    """A random `Qwen3VLForConditionalGeneration` in fp32 for this tokenizer."""
    torch.manual_seed(seed)
    model: Any = Qwen3VLForConditionalGeneration(config_of(size, tokenizer))
    model.model.visual.config._attn_implementation = EQUAL_PICTURES  # set afterwards: a loader would look for a kernel
    return model


def attend_equal_pictures(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *_: Any,
    scaling: float, cu_seq_lens_q: torch.Tensor, **__: Any,
) -> tuple[torch.Tensor, None]:  # fmt: skip
    """Attention inside each of n pictures of one size, all in one product: (1, heads, n * patches, width) each.

    The library's own way on a CPU is one call a picture, which took a third of the training's time.
    """
    pictures = len(cu_seq_lens_q) - 1
    heads, length, width = query.shape[1:]
    q, k, v = (part.to(value.dtype).view(heads, pictures, -1, width) for part in (query, key, value))
    weights = (q * scaling @ k.transpose(-1, -2)).softmax(dim=-1).to(v.dtype)
    return (weights @ v).view(heads, length, width).transpose(0, 1)[None], None


AttentionInterface.register(EQUAL_PICTURES, attend_equal_pictures)


def config_of(size: Size, tokenizer: Tokenizer) -> Any:
    """The model's configuration, special tokens taken from the tokenizer."""
    token = partial(token_id, tokenizer)
    width = size.heads * 32
    return Qwen3VLConfig(
        text_config={
            "vocab_size": -(-tokenizer.get_vocab_size() // 64) * 64, "hidden_size": width,
            "intermediate_size": width * 3, "num_hidden_layers": size.layers, "num_attention_heads": size.heads,
            "num_key_value_heads": size.heads, "head_dim": 32, "hidden_act": "silu", "rms_norm_eps": 1e-6,
            "attention_bias": False, "max_position_embeddings": 4096, "bos_token_id": token("<|endoftext|>"),
            "eos_token_id": token("<|im_end|>"), "tie_word_embeddings": True,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": 10000.0, "mrope_section": [6, 5, 5], "mrope_interleaved": True,
            },
        },
        vision_config={
            "depth": size.vision_layers, "hidden_size": size.vision_width,
            "intermediate_size": size.vision_width * 3, "num_heads": size.vision_width // 32, "in_channels": 3,
            "patch_size": PATCH, "spatial_merge_size": MERGE, "temporal_patch_size": TEMPORAL,
            "out_hidden_size": width, "num_position_embeddings": 256, "deepstack_visual_indexes": [0],
            "hidden_act": "gelu_pytorch_tanh",
        },
        image_token_id=token("<|image_pad|>"), video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"), vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=True,
    )  # fmt: skip
